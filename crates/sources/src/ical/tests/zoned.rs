//! Which instant a time of a calendar is.

use super::*;

fn start(property: &str) -> String {
    text(&event(property)[0], "start").to_owned()
}

#[test]
fn times_of_any_zone_are_told_in_the_campuss() {
    for (property, expected) in [
        ("DTSTART:20260704T080000Z", "2026-07-04T10:00:00+02:00"),
        ("DTSTART:20260104T080000", "2026-01-04T08:00:00+01:00"),
        ("DTSTART;TZID=Europe/Paris:20260704T080000", "2026-07-04T08:00:00+02:00"),
        ("DTSTART;TZID=\"Indian/Reunion\":20260704T080000", "2026-07-04T06:00:00+02:00"),
        ("DTSTART;TZID=/freeassociation.sourceforge.net/America/New_York:20260104T080000", "2026-01-04T14:00:00+01:00"),
        ("DTSTART;TZID=/mozilla.org/20050126_1/America/Argentina/Ushuaia:20260104T080000", "2026-01-04T12:00:00+01:00"),
        ("DTSTART;TZID=Romance Standard Time:20260704T080000", "2026-07-04T08:00:00+02:00"),
        ("DTSTART;TZID=\"GMT Standard Time\":20260704T080000", "2026-07-04T09:00:00+02:00"),
        ("DTSTART;TZID=Central Standard Time (Mexico):20260104T080000", "2026-01-04T15:00:00+01:00"),
    ] {
        assert_eq!(start(property), expected, "{property}");
    }
}

#[test]
fn an_hour_that_the_clock_leaves_out_is_the_one_after_it() {
    assert_eq!(start("DTSTART;TZID=Europe/Paris:20260329T023000"), "2026-03-29T03:30:00+02:00");
}

#[test]
fn of_an_hour_that_comes_twice_the_first_is_meant() {
    assert_eq!(start("DTSTART;TZID=Europe/Paris:20261025T023000"), "2026-10-25T02:30:00+02:00");
}

#[test]
fn a_weekly_course_keeps_its_hour_when_the_clock_changes() {
    let records = event("DTSTART;TZID=Europe/Paris:20260323T080000\nDURATION:PT2H\nRRULE:FREQ=WEEKLY;COUNT=2");
    assert_eq!(each(&records, "start"), ["2026-03-23T08:00:00+01:00", "2026-03-30T08:00:00+02:00"]);
    assert_eq!(each(&records, "end"), ["2026-03-23T10:00:00+01:00", "2026-03-30T10:00:00+02:00"]);
}

#[test]
fn an_end_keeps_the_exact_length_and_a_duration_in_days_the_hour() {
    let night = "DTSTART;TZID=Europe/Paris:20260328T200000\nRRULE:FREQ=DAILY;COUNT=1\n";
    assert_eq!(
        text(&event(&format!("{night}DTEND;TZID=Europe/Paris:20260329T200000"))[0], "end"),
        "2026-03-29T20:00:00+02:00"
    );
    let before = "DTSTART;TZID=Europe/Paris:20260327T200000\nRRULE:FREQ=DAILY;COUNT=2\n";
    let exact = event(&format!("{before}DTEND;TZID=Europe/Paris:20260328T200000"));
    assert_eq!(each(&exact, "end"), ["2026-03-28T20:00:00+01:00", "2026-03-29T21:00:00+02:00"]);
    let nominal = event(&format!("{before}DURATION:P1D"));
    assert_eq!(each(&nominal, "end"), ["2026-03-28T20:00:00+01:00", "2026-03-29T20:00:00+02:00"]);
}

#[test]
fn days_last_from_midnight_to_midnight() {
    for lines in [
        "DTSTART;VALUE=DATE:20260328",
        "DTSTART:20260328\nDTEND;VALUE=DATE:20260328",
        "DTSTART;VALUE=DATE:20260328T000000\nDURATION:P1D",
    ] {
        let records = event(lines);
        assert_eq!(records[0].get("all_day"), Some(&Value::Bool(true)), "{lines}");
        assert_eq!(text(&records[0], "start"), "2026-03-28T00:00:00+01:00", "{lines}");
        assert_eq!(text(&records[0], "end"), "2026-03-29T00:00:00+01:00", "{lines}");
    }
    let records = event("DTSTART;VALUE=DATE:20260328\nDTEND;VALUE=DATE:20260401");
    assert_eq!(text(&records[0], "end"), "2026-04-01T00:00:00+02:00");
}

#[test]
fn a_time_without_end_has_none_and_one_that_ends_before_it_starts_neither() {
    assert_eq!(event("DTSTART:20260105T080000Z")[0].get("end"), Some(&Value::Null));
    let records = event("DTSTART:20260105T080000Z\nDTEND:20260105T070000Z");
    assert_eq!(records[0].get("end"), Some(&Value::Null));
    assert_eq!(text(&records[0], "problem"), "it ends before it starts");
}

#[test]
fn a_name_of_the_tz_database_wins_over_what_the_calendar_says_of_it() {
    let lie = "BEGIN:VTIMEZONE\nTZID:Europe/Paris\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0900\nTZOFFSETTO:+0900\nEND:STANDARD\nEND:VTIMEZONE\n";
    let records = events(&format!("{lie}BEGIN:VEVENT\nUID:1\nDTSTART;TZID=Europe/Paris:20260105T080000\nEND:VEVENT"));
    assert_eq!(each(&records, "start"), ["2026-01-05T08:00:00+01:00"]);
}

#[test]
fn a_zone_that_only_the_calendar_knows_is_read_from_it() {
    let zone = |rules: &str| format!("BEGIN:VTIMEZONE\nTZID:Campus\n{rules}\nEND:VTIMEZONE\n");
    let part = |name: &str, offset: &str, rule: &str| {
        format!("BEGIN:{name}\nDTSTART:16010101T030000\nTZOFFSETFROM:+0000\nTZOFFSETTO:{offset}\n{rule}\nEND:{name}")
    };
    let starts = |zone: &str| {
        let records = events(&format!(
            "{zone}BEGIN:VEVENT\nUID:1\nDTSTART;TZID=Campus:20260105T080000\nRDATE;TZID=Campus:20260705T080000\nEND:VEVENT"
        ));
        assert!(records.iter().all(|record| text(record, "problem").is_empty()), "{zone}");
        each(&records, "start").join(" ")
    };
    let fixed = zone(&part("STANDARD", "+0530", ""));
    assert_eq!(starts(&fixed), "2026-01-05T03:30:00+01:00 2026-07-05T04:30:00+02:00");
    let summer = zone(&format!(
        "{}\n{}",
        part("STANDARD", "+0200", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10"),
        part("DAYLIGHT", "+0300", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3")
    ));
    assert_eq!(starts(&summer), "2026-01-05T07:00:00+01:00 2026-07-05T07:00:00+02:00");
    let named = zone(&format!("X-LIC-LOCATION:America/New_York\n{}", part("STANDARD", "+0100", "")));
    assert_eq!(starts(&named), "2026-01-05T14:00:00+01:00 2026-07-05T14:00:00+02:00");
}

#[test]
fn a_zone_that_nothing_explains_is_the_campuss_and_that_is_told() {
    let records = event("DTSTART;TZID=Nowhere/Land:20260105T080000");
    assert_eq!(text(&records[0], "start"), "2026-01-05T08:00:00+01:00");
    assert_eq!(text(&records[0], "problem"), "time zone Nowhere/Land is not known, the campus's is taken");
    let outlook = event("DTSTART;TZID=(UTC+01:00) Bruxelles, Copenhague, Madrid, Paris:20260105T080000");
    assert_eq!(text(&outlook[0], "start"), "2026-01-05T08:00:00+01:00");
}
