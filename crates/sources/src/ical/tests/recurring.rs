//! Events that come again.

use super::*;

/// A rule's occurrences by the campus's clock, as month, day and time.
fn dates(start: &str, rule: &str) -> String {
    let records = event(&format!("DTSTART;TZID=Europe/Paris:{start}\nRRULE:{rule}"));
    assert!(each(&records, "problem").iter().all(|problem| problem.is_empty()), "{rule}");
    each(&records, "start").iter().map(|start| &start[5..16]).collect::<Vec<_>>().join(" ")
}

#[test]
fn follows_rules() {
    for (start, rule, expected) in [
        ("20260105T080000", "FREQ=WEEKLY;COUNT=3", "01-05T08:00 01-12T08:00 01-19T08:00"),
        (
            "20260105T080000",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=4",
            "01-05T08:00 01-07T08:00 01-19T08:00 01-21T08:00",
        ),
        ("20260105T080000", "FREQ=WEEKLY;UNTIL=20260119T070000Z", "01-05T08:00 01-12T08:00 01-19T08:00"),
        ("20260105T080000", "FREQ=WEEKLY;UNTIL=20260119", "01-05T08:00 01-12T08:00 01-19T08:00"),
        ("20260105T080000", "FREQ=WEEKLY;UNTIL=20260119T065959Z", "01-05T08:00 01-12T08:00"),
        ("20260131T080000", "FREQ=MONTHLY;COUNT=3", "01-31T08:00 03-31T08:00 05-31T08:00"),
        ("20260131T080000", "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", "01-31T08:00 02-28T08:00 03-31T08:00"),
        ("20260105T080000", "FREQ=MONTHLY;BYDAY=1MO,-1FR;COUNT=4", "01-05T08:00 01-30T08:00 02-02T08:00 02-27T08:00"),
        ("20260105T080000", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2", "01-30T08:00 02-27T08:00"),
        ("20260105T080000", "FREQ=YEARLY;BYDAY=20MO", "05-18T08:00"),
        ("20260105T080000", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "05-11T08:00"),
        ("20260105T080000", "FREQ=YEARLY;BYYEARDAY=32,-1", "02-01T08:00 12-31T08:00"),
        ("20260105T080000", "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "03-29T08:00"),
        ("20260105T080000", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=1,15", "02-01T08:00 02-15T08:00"),
        ("20260105T080000", "FREQ=DAILY;BYHOUR=8,14;BYMINUTE=0,30;COUNT=3", "01-05T08:00 01-05T08:30 01-05T14:00"),
        ("20260105T080000", "FREQ=HOURLY;INTERVAL=3;COUNT=3", "01-05T08:00 01-05T11:00 01-05T14:00"),
        ("20260105T235000", "FREQ=MINUTELY;INTERVAL=15;COUNT=2", "01-05T23:50 01-06T00:05"),
        ("20260105T080000", "FREQ=SECONDLY;BYHOUR=9;BYMINUTE=0;BYSECOND=0;COUNT=2", "01-05T09:00 01-06T09:00"),
        (
            "20260103T080000",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA,SU;WKST=SU;COUNT=3",
            "01-03T08:00 01-11T08:00 01-17T08:00",
        ),
        ("20160104T080000", "FREQ=WEEKLY;COUNT=523", "01-05T08:00"),
        ("20160101T080000", "RSCALE=GREGORIAN;SKIP=OMIT;FREQ=YEARLY", "01-01T08:00"),
    ] {
        assert_eq!(dates(start, rule), expected, "{rule}");
    }
}

#[test]
fn each_occurrence_has_an_id_that_stays_when_it_moves() {
    let master = "BEGIN:VEVENT\nUID:c\nDTSTART;TZID=Europe/Paris:20260105T080000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=3\nEND:VEVENT\n";
    let moved = "BEGIN:VEVENT\nUID:c\nRECURRENCE-ID;TZID=Europe/Paris:20260112T080000\nSUMMARY:moved\n\
        DTSTART;TZID=Europe/Paris:20260113T140000\nSEQUENCE:1\nEND:VEVENT\n";
    let cancelled =
        "BEGIN:VEVENT\nUID:c\nRECURRENCE-ID:20260119T070000Z\nSTATUS:CANCELLED\nDTSTART:20260119T070000Z\nEND:VEVENT\n";
    let mut before = events(master);
    let mut after = events(&format!("{moved}{master}{cancelled}"));
    for records in [&mut before, &mut after] {
        records.sort_by_key(|record| text(record, "id").to_owned());
    }
    let ids = ["c/2026-01-05T08:00:00+01:00", "c/2026-01-12T08:00:00+01:00", "c/2026-01-19T08:00:00+01:00"];
    assert_eq!(each(&before, "id"), ids);
    assert_eq!(each(&after, "id"), ids);
    assert_eq!(each(&after, "start")[1], "2026-01-13T14:00:00+01:00");
    assert_eq!(each(&after, "recurrence_of"), ["c", "c", "c"]);
    assert_eq!(after[2].get("cancelled"), Some(&Value::Bool(true)));
}

#[test]
fn the_newest_of_several_moves_counts() {
    let moved = |sequence: u8, hour: u8| {
        format!(
            "BEGIN:VEVENT\nUID:c\nRECURRENCE-ID:20260112T070000Z\nDTSTART:20260112T{hour:02}0000Z\nSEQUENCE:{sequence}\nEND:VEVENT\n"
        )
    };
    let records = events(&format!("{}{}{}", moved(1, 10), moved(3, 12), moved(2, 11)));
    assert_eq!(each(&records, "start"), ["2026-01-12T13:00:00+01:00"]);
}

#[test]
fn a_course_moved_out_of_the_window_is_gone_from_it() {
    let records = events(
        "BEGIN:VEVENT\nUID:c\nDTSTART:20261228T080000Z\nRRULE:FREQ=WEEKLY;COUNT=1\nEND:VEVENT\n\
        BEGIN:VEVENT\nUID:c\nRECURRENCE-ID:20261228T080000Z\nDTSTART:20270104T080000Z\nEND:VEVENT",
    );
    assert!(records.is_empty(), "{records:?}");
}

#[test]
fn dates_are_added_and_left_out_however_they_are_written() {
    let records = event(
        "DTSTART;TZID=Europe/Paris:20260105T080000\nDTEND;TZID=Europe/Paris:20260105T090000\nRRULE:FREQ=DAILY;COUNT=6\n\
        RDATE;TZID=Europe/Paris:20260201T080000,20260202T080000\nRDATE;VALUE=PERIOD:20260203T070000Z/PT3H\n\
        EXDATE;TZID=Europe/Paris:20260106T080000\nEXDATE:20260107T080000\nEXDATE;VALUE=DATE:20260108\nEXDATE:20260109T070000Z",
    );
    let starts: Vec<_> = each(&records, "start").iter().map(|start| &start[5..10]).collect();
    assert_eq!(starts, ["01-05", "01-10", "02-01", "02-02", "02-03"]);
    assert_eq!(text(&records[4], "end"), "2026-02-03T11:00:00+01:00");
    let days = event("DTSTART;VALUE=DATE:20260105\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:20260106T000000Z");
    assert_eq!(days.len(), 2);
}

#[test]
fn a_rule_that_cannot_be_read_leaves_the_first_occurrence_and_is_told() {
    let records = event("DTSTART:20260105T080000Z\nRRULE:FREQ=FORTNIGHTLY");
    assert_eq!(each(&records, "start"), ["2026-01-05T09:00:00+01:00", ""]);
    assert_eq!(text(&records[1], "problem"), "RRULE cannot be read: FREQ=FORTNIGHTLY");
}

#[test]
fn what_a_rule_of_exceptions_names_is_left_out() {
    let course = "DTSTART;TZID=Europe/Paris:20260105T080000\nRRULE:FREQ=DAILY;COUNT=9\nRDATE:20260201T070000Z\n";
    let records = event(&format!("{course}EXRULE:FREQ=WEEKLY;BYDAY=SA,SU"));
    let days: Vec<_> = each(&records, "start").iter().map(|start| &start[5..10]).collect();
    assert_eq!(days.join(" "), "01-05 01-06 01-07 01-08 01-09 01-12 01-13");
    let records = event(&format!("{course}EXRULE:FREQ=FORTNIGHTLY"));
    assert_eq!(text(records.last().unwrap(), "problem"), "EXRULE cannot be read: FREQ=FORTNIGHTLY");
}

const COURSE: &str = "BEGIN:VEVENT\nUID:c\nSUMMARY:old\nDTSTART;TZID=Europe/Paris:20260316T080000\nDURATION:PT1H\n\
    RRULE:FREQ=WEEKLY;COUNT=5\nEXDATE;TZID=Europe/Paris:20260406T080000\nEND:VEVENT\n";

fn from_then_on(day: &str, summary: &str, start: &str) -> String {
    format!(
        "BEGIN:VEVENT\nUID:c\nSUMMARY:{summary}\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Paris:{day}T080000\n\
        DTSTART;TZID=Europe/Paris:{start}\nDURATION:PT2H\nEND:VEVENT\n"
    )
}

/// Start, end and name of each occurrence, in order.
fn told(calendar: &str) -> Vec<String> {
    let mut records = events(calendar);
    records.sort_by_key(|record| text(record, "start").to_owned());
    let part = |record, name, range: Range<usize>| text(record, name)[range].to_owned();
    records
        .iter()
        .map(|record| {
            let name = text(record, "summary");
            format!("{} {} {name}", part(record, "start", 5..16), part(record, "end", 11..16))
        })
        .collect()
}

#[test]
fn a_course_may_change_for_all_its_future_and_again() {
    let once = format!("{COURSE}{}", from_then_on("20260323", "new", "20260324T140000"));
    assert_eq!(
        told(&once),
        ["03-16T08:00 09:00 old", "03-24T14:00 16:00 new", "03-31T14:00 16:00 new", "04-14T14:00 16:00 new"]
    );
    let twice = format!("{}{once}", from_then_on("20260330", "last", "20260330T080000"));
    assert_eq!(
        told(&twice),
        ["03-16T08:00 09:00 old", "03-24T14:00 16:00 new", "03-30T08:00 10:00 last", "04-13T08:00 10:00 last"]
    );
    let single = "BEGIN:VEVENT\nUID:c\nSUMMARY:one\nRECURRENCE-ID:20260330T060000Z\nDTSTART:20260330T100000Z\n\
        DURATION:PT1H\nEND:VEVENT\n";
    assert_eq!(told(&format!("{once}{single}"))[2], "03-30T12:00 13:00 one");
    let ids = |calendar: &str| {
        let mut ids: Vec<_> = each(&events(calendar), "id").into_iter().map(str::to_owned).collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(&once), ids(COURSE));
    assert_eq!(ids(&twice), ids(COURSE));
}

#[test]
fn a_change_of_a_future_that_nobody_tells_is_one_occurrence_and_is_told() {
    let records = events(&from_then_on("20260323", "new", "20260324T140000"));
    assert_eq!(each(&records, "start"), ["2026-03-24T14:00:00+01:00", ""]);
    assert_eq!(text(&records[1], "problem"), "RANGE=THISANDFUTURE is taken for this occurrence only");
}
