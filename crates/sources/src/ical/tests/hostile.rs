//! Calendars made to cost: nothing panics, and all work and output is bounded.

use proptest::prelude::*;

use super::*;

fn problem(lines: &str) -> (usize, String) {
    let records = event(lines);
    (records.len(), records.last().map(|record| text(record, "problem").to_owned()).unwrap_or_default())
}

#[test]
fn rules_without_end_stop_at_a_thousand_occurrences_and_tell() {
    for rule in ["FREQ=SECONDLY", "FREQ=DAILY;BYHOUR=1,2,3,4;BYMINUTE=5,6", "FREQ=SECONDLY;COUNT=4000000000"] {
        let (count, problem) = problem(&format!("DTSTART:20260101T080000Z\nRRULE:{rule};UNTIL=99991231T235959Z"));
        assert_eq!((count, problem.as_str()), (1_001, "it occurs more than 1,000 times"), "{rule}");
    }
}

#[test]
fn rules_that_never_match_end() {
    for rule in [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30;COUNT=9",
        "FREQ=MINUTELY;INTERVAL=1000000000",
        "FREQ=DAILY;BYSETPOS=366",
    ] {
        assert_eq!(problem(&format!("DTSTART:20200101T080000Z\nRRULE:{rule}")), (0, String::new()), "{rule}");
    }
}

#[test]
fn rules_that_take_too_long_are_given_up_and_tell() {
    for rule in [
        "FREQ=SECONDLY;COUNT=4000000000",
        "FREQ=SECONDLY;INTERVAL=60;BYSECOND=30",
        "FREQ=YEARLY;COUNT=4000000000;BYMONTHDAY=31;BYMONTH=2;BYHOUR=1;INTERVAL=1",
    ] {
        let (_, problem) = problem(&format!("DTSTART:00010101T080000Z\nRRULE:{rule}"));
        assert!(problem.is_empty() || problem == "its rule takes too long to follow", "{rule}: {problem}");
    }
    assert_eq!(
        problem("DTSTART:20200101T080000Z\nRRULE:FREQ=SECONDLY;COUNT=4000000000").1,
        "its rule takes too long to follow"
    );
}

#[test]
fn a_million_seconds_in_a_set_are_picked_from_without_being_listed() {
    let all = |to: u8| (0..to).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    let rule =
        format!("FREQ=YEARLY;BYMONTHDAY=1;BYHOUR={};BYMINUTE={};BYSECOND={};BYSETPOS=-1", all(24), all(60), all(60));
    let records = event(&format!("DTSTART:20200101T080000Z\nRRULE:{rule}"));
    assert_eq!(each(&records, "start"), ["2026-12-02T00:59:59+01:00"]);
}

#[test]
fn a_calendar_with_too_many_occurrences_is_refused() {
    let one = "BEGIN:VEVENT\nUID:e\nDTSTART:20260101T080000Z\nRRULE:FREQ=HOURLY;COUNT=990\nEND:VEVENT\n";
    let body = format!("BEGIN:VCALENDAR\n{}END:VCALENDAR", one.repeat(60));
    assert_eq!(
        read(body.as_bytes()).unwrap_err(),
        "a calendar with more than 50,000 occurrences in the window: a shorter `ahead` helps"
    );
}

#[test]
fn a_long_text_is_not_repeated_without_end() {
    let body = format!(
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:e\nDTSTART:20260101T080000Z\nRRULE:FREQ=HOURLY;COUNT=990\nDESCRIPTION:{}\nEND:VEVENT\nEND:VCALENDAR",
        "x".repeat(100_000)
    );
    assert_eq!(
        read(body.as_bytes()).unwrap_err(),
        "a calendar with more than 32 MiB of text in the window: a shorter `ahead` helps"
    );
}

#[test]
fn nesting_is_bounded() {
    let body = format!("BEGIN:VCALENDAR\n{}", "BEGIN:X\n".repeat(100_000));
    assert_eq!(read(body.as_bytes()).unwrap_err(), "a calendar whose parts are nested deeper than 8");
    let events = format!("BEGIN:VCALENDAR\n{}END:VCALENDAR", "BEGIN:VEVENT\n".repeat(1_000));
    assert_eq!(read(events.as_bytes()).unwrap().len(), 1_000);
}

#[test]
fn more_dates_than_a_thousand_are_cut_and_tell() {
    let dates: Vec<_> = (0..1_200).map(|n| format!("20260105T{:02}{:02}00Z", n / 60, n % 60)).collect();
    let (count, problem) = problem(&format!("DTSTART:20260101T080000Z\nRDATE:{}", dates.join(",")));
    assert_eq!((count, problem.as_str()), (1_001, "it occurs more than 1,000 times"));
}

#[test]
fn many_dates_are_read_once_each() {
    let dates = vec!["20260105T080000Z"; 100_000].join(",");
    assert_eq!(event(&format!("DTSTART:20260101T080000Z\nRDATE:{dates}\nEXDATE:{dates}")).len(), 1);
}

const SEED: &str = "BEGIN:VCALENDAR\r\nMETHOD:PUBLISH\r\nBEGIN:VTIMEZONE\r\nTZID:X\r\nBEGIN:STANDARD\r\nDTSTART:16010101T030000\r\n\
    TZOFFSETTO:+0100\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:16010101T020000\r\n\
    TZOFFSETTO:+0200\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:1\r\n\
    DTSTART;TZID=X:20260105T080000\r\nDTEND;TZID=\"X\":20260105T100000\r\nRRULE:FREQ=MONTHLY;BYDAY=1MO,-1FR;BYSETPOS=1;COUNT=9\r\n\
    EXDATE;TZID=X:20260202T080000\r\nRDATE;VALUE=PERIOD:20260203T070000Z/PT3H\r\nSUMMARY:a\\,b\r\nDESCRIPTION:l : v\\nm\r\n n\r\n\
    END:VEVENT\r\nBEGIN:VEVENT\r\nUID:1\r\nRECURRENCE-ID;TZID=X:20260302T080000\r\nDTSTART;VALUE=DATE:20260303\r\nDURATION:P1W\r\n\
    END:VEVENT\r\nEND:VCALENDAR\r\n";

/// What must hold of any answer.
fn is_bounded(bytes: &[u8]) {
    let Ok(records) = read(bytes) else { return };
    for record in records {
        let at = |name| text(&record, name).parse::<Timestamp>().ok();
        let Some(start) = at("start") else { continue };
        assert!(start < year().end, "{record:?}");
        assert!(start >= year().start || at("end").is_some_and(|end| end > year().start), "{record:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn survives_any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        is_bounded(&bytes);
        is_bounded(&[b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n".as_slice(), &bytes, b"\nEND:VEVENT\nEND:VCALENDAR"].concat());
    }

    #[test]
    fn survives_mutated_calendars(edits in proptest::collection::vec((0..SEED.len(), 0..6_usize, "[A-Z0-9:;,=\\-+TZ\"/\\\\\r\n ]{0,6}"), 1..8)) {
        let mut body = SEED.as_bytes().to_vec();
        for (at, removed, added) in edits {
            let at = at.min(body.len());
            let end = (at + removed).min(body.len());
            body.splice(at..end, added.into_bytes());
        }
        is_bounded(&body);
    }

    #[test]
    fn survives_any_rule(
        frequency in "YEARLY|MONTHLY|WEEKLY|DAILY|HOURLY|MINUTELY|SECONDLY",
        parts in proptest::collection::vec("(INTERVAL|COUNT|BYMONTH|BYWEEKNO|BYYEARDAY|BYMONTHDAY|BYHOUR|BYMINUTE|BYSECOND|BYSETPOS)=-?[0-9]{1,3}(,[0-9]{1,2}){0,4}|BYDAY=-?[1-5]?(MO|TU|SU)|WKST=(SU|TH)|UNTIL=(99991231|20260601T000000Z)", 0..5),
        start in "(0001|1601|1970|2020|2026|9999)(01|02|12)(01|28)(T233000Z?)?",
        length in "P1D|PT1S|P500W|P9999D|-PT1H",
    ) {
        let rule = format!("FREQ={frequency};{}", parts.join(";"));
        is_bounded(format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:{start}\nDURATION:{length}\nRRULE:{rule}\nEND:VEVENT\nEND:VCALENDAR").as_bytes());
    }
}
