//! Generated rules, compared with python-dateutil.
//!
//! Left out is where the two differ, and RFC 5545 is with us: `BYSETPOS` in the week of the start, of which dateutil
//! does not see the days before it; `BYDAY` with and without numbers in one rule, of which dateutil finds none; and
//! weeks beyond the 50th from either end, which dateutil miscounts at the turn of some years.

use proptest::collection::btree_set;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::*;

const RULES: usize = 2_000;

/// A part of a rule that is there in one rule of three.
fn part(name: &'static str, values: impl Strategy<Value = String> + 'static, most: usize) -> BoxedStrategy<String> {
    let part = btree_set(values, 1..=most).prop_map(move |values| {
        let values: Vec<_> = values.into_iter().collect();
        format!(";{name}={}", values.join(","))
    });
    weighted(0.33, part).prop_map(Option::unwrap_or_default).boxed()
}

fn number(values: impl Strategy<Value = i32> + 'static) -> BoxedStrategy<String> {
    values.prop_map(|value| value.to_string()).boxed()
}

/// From the front or from the back.
fn place(last: i32) -> BoxedStrategy<String> {
    number(prop_oneof![1..=last, -last..=-1])
}

fn nothing() -> BoxedStrategy<String> {
    Just(String::new()).boxed()
}

/// A start and a rule that counts in `frequency`.
fn rule(frequency: &'static str) -> BoxedStrategy<String> {
    let (yearly, monthly) = (frequency == "YEARLY", frequency == "MONTHLY");
    let interval = match frequency {
        "HOURLY" => 1..40,
        "MINUTELY" => 7..1_500,
        "SECONDLY" => 2_000..90_000,
        _ => 1..5,
    };
    let day = "MO|TU|WE|TH|FR|SA|SU";
    let weeks = if yearly { part("BYWEEKNO", place(50), 3) } else { nothing() };
    let days = (part("BYDAY", day.boxed(), 3), part("BYDAY", (place(5), day).prop_map(|(n, day)| n + &day), 3));
    let days = (weeks, any::<bool>(), days).prop_map(move |(weeks, numbered, (every, nth))| {
        let numbered = numbered && (yearly || monthly) && weeks.is_empty();
        weeks + &if numbered { nth } else { every }
    });
    let year_days = if yearly { part("BYYEARDAY", place(366), 6) } else { nothing() };
    let positions = if yearly || monthly { part("BYSETPOS", place(6), 3) } else { nothing() };
    let end = prop_oneof![
        (1..60).prop_map(|count| format!(";COUNT={count}")),
        (1..=12, 1..=28).prop_map(|(month, day)| format!(";UNTIL=2026{month:02}{day:02}T120000")),
        nothing(),
    ];
    let first_year = if ["YEARLY", "MONTHLY", "WEEKLY", "DAILY"].contains(&frequency) { 2023 } else { 2026 };
    let start = (first_year..=2026, 1..=12, 1..=28, 0..24, 0..60).prop_map(move |(year, month, day, hour, minute)| {
        format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:00 FREQ={frequency}")
    });
    let dates = (part("BYMONTH", number(1..=12), 4), part("BYMONTHDAY", place(31), 5), days, year_days);
    let times =
        (part("BYHOUR", number(0..=23), 3), part("BYMINUTE", number(0..=59), 2), part("BYSECOND", number(0..=59), 2));
    (start, interval, weighted(0.3, day), dates, times, positions, end)
        .prop_map(|(start, interval, week_start, dates, times, positions, end)| {
            let week_start = week_start.map(|day| format!(";WKST={day}")).unwrap_or_default();
            let by = dates.0 + &dates.1 + &dates.2 + &dates.3 + &times.0 + &times.1 + &times.2;
            // A place needs a set to be in.
            let positions = if by.is_empty() { String::new() } else { positions };
            format!("{start};INTERVAL={interval}{week_start}{by}{positions}{end}")
        })
        .boxed()
}

#[test]
fn rules_recur_as_dateutil_lets_them() {
    let frequencies = ["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"];
    let mut chance = TestRunner::deterministic();
    let mut rules = Vec::new();
    for frequency in frequencies.iter().cycle().take(RULES) {
        rules.push(rule(frequency).new_tree(&mut chance).unwrap().current());
    }
    let input = rules.join("\n");
    let answer = testbed::need!(testbed::expand_rules(&input, "2025-12-31T23:00:00", "2026-12-31T23:00:00"));
    let expected: Vec<Vec<Timestamp>> = serde_json::from_str(&answer).unwrap();
    let (mut cut, mut found_any) = (0, 0);
    for (rule, expected) in rules.iter().zip(expected) {
        let (start, parts) = rule.split_once(' ').unwrap();
        let start = start.replace(['-', ':'], "");
        let records = event(&format!("DTSTART:{start}Z\nRRULE:{parts}"));
        if records.iter().any(|record| !text(record, "problem").is_empty()) {
            cut += 1;
            continue;
        }
        let found: Vec<Timestamp> = each(&records, "start").iter().map(|start| start.parse().unwrap()).collect();
        found_any += usize::from(!found.is_empty());
        assert_eq!(found, expected, "{rule}");
    }
    assert!(cut * 20 < RULES, "{cut} rules occur too often to compare");
    assert!(found_any * 3 > RULES, "only {found_any} rules occur at all");
}
