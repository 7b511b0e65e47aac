//! Hostile programs and inputs: nothing panics, nothing overflows the stack, all cost is bounded.

use jq::{Failure, Fuel, Program};
use proptest::prelude::*;
use records::Value;

use crate::{compile, fuel, parsed, scope};

/// Less than the 2 MB that threads of tests and of tokio have; optimised frames are several times smaller than these.
const STACK: usize = 1_536 << 10;

fn on_a_small_stack(test: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(STACK).spawn(test).unwrap().join().unwrap();
}

/// Compiles and, where that succeeds, runs.
fn survives(source: &str) {
    if let Ok(program) = Program::compile(source, &scope()) {
        let input = parsed(r#"{"a":{"a":[1,"x",null]}}"#);
        let mut limited = Fuel { steps: 100_000, bytes: 1_000_000 };
        let _ = program.run(&input, &mut limited, &mut |_, _| Ok(()));
        let _ = program.reads();
    }
}

#[test]
fn nested_programs_are_refused_not_overflowed() {
    on_a_small_stack(|| {
        let shapes = [
            ("(", "1", ")"),
            ("[", "1", "]"),
            ("{a:", "1", "}"),
            ("-", "1", ""),
            ("\"\\(", "1", ")\""),
            ("if 1 then ", "1", " end"),
            ("try ", "1", ""),
            ("1 as $x | ", "$x", ""),
            ("map(", ".", ")"),
            (".[", "0", "]"),
            ("", ".", "[0]"),
            ("", ".", "?"),
            ("first(", "1,2", ")"),
            ("1 as $x | 2 or 3 and 4 == 5 + 6 * -[", "1", "] * 7 + 8 == 9 and 1 or 2 // 3, 4 | 5"),
        ];
        for (open, inner, close) in shapes {
            for depth in [10, 60, 64, 100, 3_000] {
                survives(&(open.repeat(depth) + inner + &close.repeat(depth)));
            }
        }
    });
}

#[test]
fn long_chains_are_refused_not_overflowed() {
    on_a_small_stack(|| {
        for link in [
            ".|",
            "[.]|",
            ".,",
            "1+",
            "\"a\"+",
            "1 or ",
            ".a//",
            "1*",
            "(.,.)|",
            "first(.,.)|",
            "{a:.}|",
            "(1,2)+",
            "(true,false) or ",
            "(.,.)//",
            "1 as $x|",
        ] {
            for length in [50, 200, 250, 700, 4_000] {
                survives(&("if . then 1 ".to_owned() + &"elif 2 then 3 ".repeat(length) + "end"));
                survives(&(link.repeat(length) + "."));
            }
        }
    });
}

#[test]
fn the_deepest_programs_allowed_run_in_a_small_stack() {
    on_a_small_stack(|| {
        for (program, outputs) in [
            ("[.]|".repeat(120) + ".", 1),
            ("(.,empty)|".repeat(80) + ".", 1),
            ("(1,empty)+".repeat(80) + "1", 1),
            ("1+".repeat(200) + "1", 1),
        ] {
            let program = compile(&program);
            let mut count = 0;
            program
                .run(&Value::Null, &mut fuel(), &mut |_, _| {
                    count += 1;
                    Ok(())
                })
                .unwrap();
            assert_eq!(count, outputs);
        }
    });
}

#[test]
fn values_as_deep_as_programs_can_make_them_are_handled() {
    on_a_small_stack(|| {
        let deep = "[".repeat(60) + &"]".repeat(60);
        for end in [". == [.]", "tojson | length", "flatten", "contains([.])", "sort | unique", "{a: .} * {a: [.]}"] {
            let program = compile(&("[.]|".repeat(115) + end));
            let input = parsed(&deep);
            program.run(&input, &mut fuel(), &mut |_, _| Ok(())).unwrap();
        }
    });
}

#[test]
fn patterns_and_problems_are_bounded() {
    let errors = Program::compile("test(\"a\"),".repeat(33).trim_end_matches(','), &scope()).unwrap_err();
    assert_eq!(errors[0].message, "more than 32 patterns and lookups in one expression");
    let errors = Program::compile("nope,".repeat(3_000).trim_end_matches(','), &scope()).unwrap_err();
    assert_eq!(errors.len(), 20);
}

#[test]
fn source_length_is_bounded() {
    let errors = Program::compile(&" ".repeat(20_000), &scope()).unwrap_err();
    assert_eq!(errors[0].message, "the expression has 20000 bytes; at most 16384 are read");
}

fn exhausts(source: &str, input: &str) {
    let mut limited = Fuel { steps: 200_000, bytes: 1_000_000 };
    let end = compile(source).run(&parsed(input), &mut limited, &mut |_, _| Ok(()));
    assert_eq!(end, Err(Failure::Exhausted), "{source}");
}

#[test]
fn work_and_output_are_bounded() {
    let numbers = format!("[{}]", vec!["1"; 1_000].join(","));
    exhausts("\"abc\" * 1e9", "null");
    exhausts("\"abc\" * 1e300", "null");
    exhausts(&("(.,.)|".repeat(40) + "."), "null");
    exhausts(&("[.,.]|".repeat(40) + "."), "null");
    exhausts(&(". + .|".repeat(40) + "."), "\"x\"");
    exhausts(&("\"\\(.)\\(.)\"|".repeat(40) + "."), "\"x\"");
    exhausts(&("{a:.,b:.}|".repeat(40) + "."), "\"x\"");
    exhausts("[.[] as $x | .[] as $y | $x + $y]", &numbers);
    exhausts(". as $all | [.[] | . as $x | $all | index($x, $x, $x)]", &numbers);
    exhausts(". as $all | .[] | [$all | sort] | length", &numbers);
    exhausts("contains([2]) as $x | . as $all | map($all | contains([2]))", &numbers);
    exhausts(". as $all | map($all == $all)", &numbers);
    exhausts("map(. as $x | [$x]) as $all | map($all | unique) | length", &numbers);
    exhausts("try (.[] as $x | .[] as $y | .[] as $z | $z) catch 1", &numbers);
    exhausts("tojson|".repeat(60).trim_end_matches('|'), "\"\\\"\\\\\"");
}

#[test]
fn exhaustion_is_caught_by_nothing() {
    exhausts("(try (\"a\" * 1e9) catch 1), ((\"a\" * 1e9)? // 2), [first(\"a\" * 1e9)]", "null");
}

#[test]
fn a_failure_of_the_receiver_ends_the_run() {
    let program = compile("try .[] catch 9 // 8");
    let mut seen = 0;
    let end = program.run(&parsed("[1,2,3]"), &mut fuel(), &mut |_, _| {
        seen += 1;
        Err(Failure::Value("full".to_owned()))
    });
    assert_eq!((seen, end), (1, Err(Failure::Value("full".to_owned()))));
}

#[test]
fn one_is_one() {
    let input = parsed(r#"{"a":[1,2]}"#);
    let one = |source: &str| {
        compile(source).one(&input, &mut fuel()).map(|output| output.map(|value| value.into_owned().into_owned()))
    };
    assert_eq!(one(".a[0]"), Ok(Some(Value::Int(1))));
    assert_eq!(one("empty"), Ok(None));
    assert_eq!(one(".a[] | select(. > 1)"), Ok(Some(Value::Int(2))));
    assert_eq!(one(".a[]"), Err(Failure::Value("more than one value where one is expected".to_owned())));
    assert_eq!(compile(".a[0] == 1").holds(&input, &mut fuel()), Ok(true));
    assert_eq!(compile(".b").holds(&input, &mut fuel()), Ok(false));
    assert_eq!(compile("empty").holds(&input, &mut fuel()), Ok(false));
}

#[test]
fn fields_of_the_document_are_borrowed() {
    let input = parsed(r#"{"a":[{"b":"text"}]}"#);
    let before = fuel();
    let mut after = before.clone();
    let program = compile(".a[0].b // .c");
    assert!(matches!(program.one(&input, &mut after), Ok(Some(std::borrow::Cow::Borrowed(_)))));
    assert_eq!(before.bytes, after.bytes);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_compiles_or_is_refused_within_the_source(source in r#"([.\[\](){}|,:;?"\\$@#'a-c0-2 +*/%<>=é-]|and|or|if|then|else|end|try|catch|as|map|test|select|\\\(|\.\.){0,40}"#) {
        if let Err(errors) = Program::compile(&source, &scope()) {
            prop_assert!(!errors.is_empty());
            for error in errors {
                prop_assert!(source.get(error.span.clone()).is_some(), "{:?} of {:?}", error, source);
            }
        } else {
            survives(&source);
        }
    }
}
