//! Functions that neither jq nor jaq has: what holds of them whatever their input is.

use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, ToSpan};
use jq::{Failure, Fuel, Program};
use proptest::prelude::*;
use records::Value;

use crate::{compile, fuel, run, scope, shown};

/// The only output, as a text.
fn text(source: &str, input: &Value<'_>) -> String {
    match compile(source).one(input, &mut fuel()).unwrap().as_deref() {
        Some(Value::Text(text)) => text.to_string(),
        other => panic!("{source} of {input:?}: {other:?}"),
    }
}

fn texts(source: &str, input: &str) -> Vec<String> {
    match compile(source).one(&Value::text(input.to_owned()), &mut fuel()).unwrap().as_deref() {
        Some(Value::List(values)) => values.iter().map(|value| value.as_str().unwrap().to_owned()).collect(),
        other => panic!("{source} of {input:?}: {other:?}"),
    }
}

/// What a function makes of a text and an argument.
fn of(function: &str, input: &str, argument: impl Into<Value<'static>>) -> String {
    let record = [("a".into(), Value::text(input.to_owned())), ("b".into(), argument.into())];
    text(&format!(".b as $b | .a | {function}($b)"), &record.into_iter().collect())
}

fn any_value() -> impl Strategy<Value = Value<'static>> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        (-1e300..1e300).prop_map(Value::Float),
        ".{0,12}".prop_map(Value::text),
        "(\\PC|\\s|\u{feff}){0,8}".prop_map(Value::text),
        "[-+0-9:TZ/. ]{0,24}".prop_map(Value::text),
        "(\\[|\\]|=|%|[0-9a-fA-F]|<|>|&#?[a-z0-9]*;){0,12}".prop_map(Value::text),
        (date(), "[T ][0-9]{2}:[0-9]{2}(Z|[-+][0-9]{2}:?[0-9]{2})?")
            .prop_map(|(day, time)| Value::text(format!("{day}{time}"))),
    ];
    leaf.prop_recursive(2, 12, 4, |inner| {
        let name = prop::sample::select(vec!["a", "b", "key", "value", "time", "day", "start", "timeZone"]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
            prop::collection::vec((name.prop_map(Into::into), inner), 0..4)
                .prop_map(|pairs| pairs.into_iter().collect()),
        ]
    })
}

fn date() -> impl Strategy<Value = Date> {
    (1900_i16..2100, 1_i8..=12, 1_i8..=28).prop_map(|(year, month, day)| jiff::civil::date(year, month, day))
}

fn local() -> impl Strategy<Value = DateTime> {
    (date(), 0_i8..24, 0_i8..60, 0_i8..60).prop_map(|(day, hour, minute, second)| day.at(hour, minute, second, 0))
}

fn zone() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "Europe/Paris",
        "America/Cayenne",
        "Pacific/Noumea",
        "Indian/Reunion",
        "UTC",
        "Romance Standard Time",
        "W. Europe Standard Time",
    ])
}

/// The examples of the reference page: each function and format, called as it is meant to be.
fn examples() -> Vec<String> {
    let page = jq::reference();
    let examples = page.lines().filter_map(|row| row.split("`` ").nth(1)?.split(" ``").next());
    examples.map(|example| example.replace("\\|", "|").replace("\"sites\"", "\"rooms\"")).collect()
}

#[test]
fn every_function_has_an_example_on_the_page() {
    let all = examples();
    assert!(all.len() > 100, "{}", all.len());
    assert!(
        ["labels", "composite", "unhex", "in_zone", "@urid"]
            .iter()
            .all(|name| all.iter().any(|one| one.contains(name)))
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_function_answers_or_refuses_any_value(example in prop::sample::select(examples()), input in any_value()) {
        let program = Program::compile(&example, &scope()).unwrap();
        for source in [&program, &compile(&format!(".[]? | {example}"))] {
            let end = source.run(&input, &mut fuel(), &mut |_, _| Ok(()));
            prop_assert_ne!(end, Err(Failure::Exhausted), "{}", example);
            let mut none = Fuel { steps: 2, bytes: 2 };
            let _ = source.run(&input, &mut none, &mut |_, _| Ok(()));
        }
    }

    #[test]
    fn functions_of_two_values_answer_or_refuse_any(
        function in prop::sample::select(vec!["in_zone", "at_time", "later", "getpath", "trimstr", "split", "join", "has"]),
        input in any_value(),
        argument in any_value(),
    ) {
        let program = compile(&format!(".b as $b | .a | {function}($b)"));
        let record = [("a".into(), input), ("b".into(), argument)].into_iter().collect();
        prop_assert_ne!(program.run(&record, &mut fuel(), &mut |_, _| Ok(())), Err(Failure::Exhausted));
    }

    #[test]
    fn unhex_gives_the_text_of_its_bytes(input in "\\PC{0,20}", capitals in any::<bool>()) {
        let hex: String =
            input.bytes().map(|byte| if capitals { format!("{byte:02X}") } else { format!("{byte:02x}") }).collect();
        prop_assert_eq!(text("unhex", &Value::text(hex)), input);
    }

    #[test]
    fn urid_gives_what_uri_escaped(input in "\\PC{0,20}") {
        prop_assert_eq!(text("@uri | @urid", &Value::text(input.clone())), input);
    }

    #[test]
    fn lines_lose_blanks_only(input in "(\\PC|[ \t\r\n]){0,40}") {
        let lines = texts("lines", &input);
        let solid = |text: &str| text.split_whitespace().collect::<String>();
        prop_assert_eq!(solid(&lines.concat()), solid(&input));
        prop_assert!(lines.iter().all(|line| line.trim() == line && !line.is_empty() && !line.contains('\n')));
        prop_assert_eq!(texts("lines | join(\"\\n\") | lines", &input), lines);
    }

    #[test]
    fn words_lose_blanks_only(input in "(\\PC|[ \t\r\n]){0,40}") {
        let words = texts("words", &input);
        prop_assert_eq!(words.join(" "), input.split_whitespace().collect::<Vec<_>>().join(" "));
    }

    #[test]
    fn labels_are_found_with_their_values_among_other_lines(
        pairs in prop::collection::vec(("[A-Zé][a-zé ]{0,10}[a-z]", "[0-9A-Za-z]{1,6}( [:a-z]{1,6})?"), 0..6),
        other in prop::sample::select(vec!["", "10:30", "sans valeur :", "https://univ-demo.fr", "une ligne"]),
        blank in prop::sample::select(vec![":", " : ", "\u{a0}: ", ":  "]),
    ) {
        let written: Vec<_> = pairs.iter().map(|(label, value)| format!("{label}{blank}{value}\n{other}\n")).collect();
        let mut expected: Vec<(&str, String)> = Vec::new();
        for (label, value) in &pairs {
            match expected.iter_mut().find(|(known, _)| known == label) {
                Some((_, known)) => *known += &format!(", {value}"),
                None => expected.push((label, value.clone())),
            }
        }
        let expected: Value = expected.into_iter().map(|(label, value)| (label.into(), Value::text(value))).collect();
        prop_assert_eq!(run("labels", &Value::text(written.concat())), (vec![expected.into_owned()], None));
    }

    #[test]
    fn composites_are_taken_apart_as_they_were_made(
        pairs in prop::collection::btree_map("[a-z]{1,8}", prop::collection::vec("[^\\]\\p{C}]{0,8}", 1..3), 0..6),
    ) {
        let part = |(name, value): (&String, &String)| format!("[{name}={value}]");
        let parts = pairs.iter().flat_map(|(name, values)| values.iter().map(move |value| part((name, value))));
        let written = Value::text(parts.collect::<String>());
        let expected: Value = pairs.iter().map(|(name, values)| {
            let mut values: Vec<_> = values.iter().map(|value| Value::text(value.clone())).collect();
            let value = if values.len() == 1 { values.remove(0) } else { Value::List(values) };
            (name.clone().into(), value)
        }).collect();
        prop_assert_eq!(run("composite", &written), (vec![expected], None));
    }

    #[test]
    fn in_zone_keeps_what_clocks_show_and_then_the_instant(local in local(), zone in zone(), other in zone()) {
        let given = of("in_zone", &local.to_string(), Value::text(zone));
        let shown: DateTime = given[..19].parse().unwrap();
        let skipped = shown.duration_since(local);
        prop_assert!(skipped.is_zero() || (1..=3_600).contains(&skipped.as_secs()), "{} as {}", local, given);
        prop_assert!(given.parse::<Timestamp>().is_ok());
        prop_assert_eq!(of("in_zone", &given, Value::text(other)), given);
    }

    #[test]
    fn at_time_counts_hours_beyond_the_day_in_the_days_after(
        day in date(), days in 0_u8..4, hour in 0_u8..24, minute in 0_u8..60, second in 0_u8..60,
    ) {
        let late = of("at_time", &day.to_string(), Value::text(format!("{}:{minute:02}:{second:02}", hour + 24 * days)));
        let then = day.checked_add(i64::from(days).days()).unwrap();
        prop_assert_eq!(&late, &format!("{then}T{hour:02}:{minute:02}:{second:02}"));
        let compact = day.strftime("%Y%m%d").to_string();
        prop_assert_eq!(of("at_time", &compact, Value::text(format!("{hour}:{minute}"))), format!("{day}T{hour:02}:{minute:02}:00"));
    }

    #[test]
    fn later_adds_up_and_goes_back(
        local in local(), offset in prop::sample::select(vec!["", "Z", "+02:00", "-03:30"]), first in -1_000_000_i64..1_000_000, then in -1_000_000_i64..1_000_000,
    ) {
        let start = format!("{local}{offset}");
        let later = |text: &str, seconds: i64| of("later", text, Value::Int(seconds));
        let moved = later(&start, first);
        prop_assert_eq!(later(&moved, then), later(&start, first + then));
        prop_assert_eq!(later(&later(&moved, -first), 0), later(&start, 0));
        let passed = |text: &str| match text.parse::<Timestamp>() {
            Ok(instant) => instant.as_second(),
            Err(_) => format!("{text}Z").parse::<Timestamp>().unwrap().as_second(),
        };
        prop_assert_eq!(passed(&moved) - passed(&start), first);
    }

    #[test]
    fn an_epoch_is_the_same_in_seconds_and_milliseconds(seconds in -10_000_000_000_i64..100_000_000_000) {
        let given = text("epoch", &Value::Int(seconds));
        prop_assert_eq!(given.parse::<Timestamp>().unwrap().as_second(), seconds);
        prop_assert_eq!(text("epoch_ms", &Value::Int(seconds * 1_000)), given);
    }
}

#[test]
fn what_is_null_stays_null_or_is_none() {
    for (source, none) in
        [("lines", "[]"), ("labels", "null"), ("composite", "null"), ("unhex", "null"), ("as_list", "[]")]
    {
        assert_eq!(shown(source, "null"), none, "{source}");
    }
    for call in ["in_zone(\"UTC\")", "at_time(\"8:30\")", "later(5)", "epoch", "date(\"%d/%m/%Y\")"] {
        assert_eq!(shown(call, "null"), "null", "{call}");
    }
}
