//! Programs, inputs, outputs: what jq 1.7 answers, and where this language adds to it.

use crate::shown;

/// Reports every case that differs, not only the first.
fn check(cases: &[(&str, &str, &str)]) {
    let wrong: Vec<_> = cases
        .iter()
        .map(|(program, input, expected)| (program, input, expected, shown(program, input)))
        .filter(|(_, _, expected, found)| **expected != found)
        .map(|(program, input, expected, found)| {
            format!("{program}   of   {input}\n  gives  {found}\n  not    {expected}")
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn paths() {
    check(&[
        (".", r#"{"a":1}"#, r#"{"a":1}"#),
        (".a", r#"{"a":1}"#, "1"),
        (".a", "null", "null"),
        (".a", "{}", "null"),
        (".a", "[]", r#"! cannot index array with "a""#),
        (".a", "3", r#"! cannot index number with "a""#),
        (".a?", "3", ""),
        (".a.b?", r#"{"a":3}"#, ""),
        (".a?.b", "3", ""),
        (r#"."a b""#, r#"{"a b":1}"#, "1"),
        (r#".["a"]"#, r#"{"a":1}"#, "1"),
        (r#".["a"].b"#, r#"{"a":{"b":2}}"#, "2"),
        (r#".a["b"]"#, r#"{"a":{"b":2}}"#, "2"),
        (r#".a.["b"]"#, r#"{"a":{"b":2}}"#, "2"),
        (r#".a."b""#, r#"{"a":{"b":2}}"#, "2"),
        (r#"."a"."b""#, r#"{"a":{"b":2}}"#, "2"),
        (".if", r#"{"if":2}"#, "2"),
        (".[0]", "[1,2]", "1"),
        (".[-1]", "[1,2]", "2"),
        (".[-3]", "[1,2]", "null"),
        (".[5]", "[1,2]", "null"),
        (".[1.7]", "[1,2]", "2"),
        (".[0]", "{}", "! cannot index object with number"),
        (".[0]", "null", "null"),
        (".[.k]", r#"{"k":"k"}"#, r#""k""#),
        (".a[.i]", r#"{"a":[5,6],"i":1}"#, "6"),
        (".[true]", "[]", "! cannot index array with boolean"),
        (".[true]?", "[]", ""),
        (".[0,1]", "[5,6]", "5 6"),
        (".[]", "[1,2]", "1 2"),
        (".[]", r#"{"b":1,"a":2}"#, "1 2"),
        (".[]", "1", "! cannot iterate over number"),
        (".[]?", "1", ""),
        (".[].a", r#"[{"a":1},{"a":2}]"#, "1 2"),
        (".[].a?", r#"[{"a":1},2]"#, "1"),
        (".a[]", r#"{"a":[1]}"#, "1"),
        (".[2:4]", "[0,1,2,3,4]", "[2,3]"),
        (".[:2]", "[0,1,2]", "[0,1]"),
        (".[-2:]", "[0,1,2]", "[1,2]"),
        (".[2:1]", "[0,1,2]", "[]"),
        (".[:-1]", r#""été""#, r#""ét""#),
        (".[1:]", r#""été""#, r#""té""#),
        (".[1:2]", "null", "null"),
        (".[1:]", "{}", "! cannot slice object"),
        (".[1:]?", "{}", ""),
        (".[\"a\":]", "[]", "! start and end of a slice must be numbers, not string"),
        (".a[1:][0]", r#"{"a":[1,2]}"#, "2"),
        ("(.a,.b)|.c", r#"{"a":{"c":1},"b":{"c":2}}"#, "1 2"),
        ("# all\n. # of it", "1", "1"),
    ]);
}

#[test]
fn operators_bind_as_in_jq() {
    check(&[
        ("1 + 2 * 3", "null", "7"),
        ("10 - 2 - 3", "null", "5"),
        ("12 / 2 / 3", "null", "2"),
        ("6 / 4 % 3", "null", "1"),
        ("1, 2 | . * 2", "null", "2 4"),
        ("1 + 1 == 2 and true", "null", "true"),
        ("false and false or true", "null", "true"),
        ("null // 1 + 1", "null", "2"),
        ("null // false // 3", "null", "3"),
        ("1, null // 3", "null", "1 3"),
        ("-1 + 3", "null", "2"),
        ("-1 as $x | 1, $x", "null", "1 -1"),
        ("-.a * 2", r#"{"a":4}"#, "-8"),
        ("1 - -1", "null", "2"),
        ("1 as $x | 2 as $y | $x + $y", "null", "3"),
        ("1 + (2 as $x | $x * 2), 9", "null", "5 9"),
        ("1 as $x | 2, $x", "null", "2 1"),
        ("(1 as $x | 2), 3", "null", "2 3"),
        ("1 as $x | [$x, (2 as $x | $x), $x]", "null", "[1,2,1]"),
        ("if . then 1 else 2 end + 1", "true", "2"),
        ("try error(\"x\") // 1", "null", "1"),
        ("[.[] as $x | $x.a]", r#"[{"a":1},{"a":2}]"#, "[1,2]"),
        ("{a: 1 + 2, b: 3 | . + 1}", "null", r#"{"a":3,"b":4}"#),
    ]);
}

#[test]
fn arithmetic() {
    check(&[
        ("null + 1, 1 + null, null + null", "null", "1 1 null"),
        (r#""a" + "b""#, "null", r#""ab""#),
        ("[1] + [2]", "null", "[1,2]"),
        (r#"{a:1} + {b:2} + {a:3}"#, "null", r#"{"a":3,"b":2}"#),
        ("1 + \"a\"", "null", "! number and string cannot be added"),
        ("{} + []", "null", "! object and array cannot be added"),
        ("[1,2,1,3] - [1]", "null", "[2,3]"),
        ("[1,1.0,2] - [1.0]", "null", "[2]"),
        ("{} - {}", "null", "! object and object cannot be subtracted"),
        ("\"a\" - 1", "null", "! string and number cannot be subtracted"),
        (r#"{a:{b:1,c:2}} * {a:{b:3}}"#, "null", r#"{"a":{"b":3,"c":2}}"#),
        (r#""ab" * 3, 3 * "ab""#, "null", r#""ababab" "ababab""#),
        (r#""ab" * 0, "ab" * -1"#, "null", "null null"),
        (r#""ab" * 0.5"#, "null", r#""ab""#),
        (r#""a,b" / ",""#, "null", r#"["a","b"]"#),
        ("1 / 2, 4 / 2, 1 / 4", "null", "0.5 2 0.25"),
        ("1 / 0", "null", "! number cannot be divided because the divisor is zero"),
        ("5 % 3, -5 % 3, 5 % -3", "null", "2 -2 2"),
        ("5.9 % 2.1", "null", "1"),
        ("5 % 0", "null", "! number cannot be divided because the divisor is zero"),
        ("1 % 0.5", "null", "! number cannot be divided because the divisor is zero"),
        ("9223372036854775807 + 1 > 9223372036854775807", "null", "true"),
        ("9223372036854775807 + 0", "null", "9223372036854775807"),
        ("-\"a\"", "null", "! string cannot be negated"),
        ("1e308 * 10", "null", "! the result is not a finite number"),
        ("1.0, 1.5, 100e-2, 1e17, 1e-7, 2.5e20, .5", "null", "1 1.5 1 1e+17 1e-7 2.5e+20 0.5"),
        ("[(1,2) + (10,20)]", "null", "[11,12,21,22]"),
        ("[(1,2) * (3,4)]", "null", "[3,6,4,8]"),
    ]);
}

#[test]
fn comparisons_follow_the_total_order() {
    check(&[
        ("1 == 1.0, 1 != 1, \"a\" == \"a\"", "null", "true false true"),
        ("[null, false, true, 0, \"\", [], {}] | . == sort", "null", "true"),
        ("sort", r#"[{},[],"a",1,true,false,null]"#, r#"[null,false,true,1,"a",[],{}]"#),
        (r#"{"a":1,"b":2} == {"b":2,"a":1}"#, "null", "true"),
        (r#"{"a":2} < {"a":1,"b":0}, {"b":1} > {"a":2}, {"a":1} < {"a":2}"#, "null", "true true true"),
        ("[1,2] < [1,3], [1] < [1,0]", "null", "true true"),
        (r#""a" < "b", "é" > "z""#, "null", "true true"),
        ("9007199254740993 == 9007199254740992.0", "null", "false"),
        ("[(1,2) < (2,1)]", "null", "[true,false,false,false]"),
    ]);
}

#[test]
fn conditions_and_alternatives() {
    check(&[
        ("if . > 1 then \"a\" elif . == 1 then \"b\" else \"c\" end", "1", r#""b""#),
        ("if . then 1 end", "false", "false"),
        ("if (true,false) then 1 else 2 end", "null", "1 2"),
        ("[.[] | if . then 1 else 2 end]", "[null,false,true,0,\"\"]", "[2,2,1,1,1]"),
        ("(true,true,false) and (true,false)", "null", "true false true false false"),
        ("(true,false) or (true,false)", "null", "true true false"),
        ("true or error", "null", "true"),
        ("false and error", "null", "false"),
        ("null and 1, 1 or null", "null", "false true"),
        (".a // \"x\"", "{}", r#""x""#),
        (".a // \"x\"", r#"{"a":false}"#, r#""x""#),
        (".a // .b // .c", r#"{"c":3}"#, "3"),
        (".a.b // 1", r#"{"a":5}"#, "1"),
        ("(1,null,2) // 3", "null", "1 2"),
        ("(null,false) // 3", "null", "3"),
        ("(1,error(\"x\"),2) // 3", "null", "1"),
        ("empty // 3", "null", "3"),
        ("null // empty", "null", ""),
        ("1 // error(\"x\")", "null", "1"),
        ("(1,2) // 3 | error(\"x\")", "null", "! x"),
        ("try error(\"x\") catch .", "null", r#""x""#),
        ("try error({a:1}) catch .a", "null", "1"),
        ("[.[] | try if . > 1 then error(\"big\") else . end catch \"caught\"]", "[1,2]", r#"[1,"caught"]"#),
        ("try (1, error(\"x\"), 2) catch .", "null", r#"1 "x""#),
        ("(try (1,2) catch 3) | error(\"later\")", "null", "! later"),
        ("[.[] | tonumber?]", r#"["1","x","3"]"#, "[1,3]"),
        ("(1, error(\"x\"))?", "null", "1"),
        ("error({a:1})", "null", "! stopped by error() with object"),
        ("error(null)", "null", "! stopped by error() with null"),
        (".[] | not", "[null,1]", "true false"),
    ]);
}

#[test]
fn constructions() {
    check(&[
        ("[]", "null", "[]"),
        ("{}", "null", "{}"),
        ("[.[] | . * 2]", "[1,2]", "[2,4]"),
        ("{a, \"b\", \"c d\", e: 1}", r#"{"a":1,"b":2,"c d":3}"#, r#"{"a":1,"b":2,"c d":3,"e":1}"#),
        (
            "1 as $x | \"k\" as $k | {$x, $k: 2, (\"a\",\"b\"): $x}",
            "null",
            r#"{"x":1,"k":2,"a":1} {"x":1,"k":2,"b":1}"#,
        ),
        ("{a: (1,2), b: (3,4)} | [.a, .b]", "null", "[1,3] [1,4] [2,3] [2,4]"),
        ("{(\"a\",\"b\"): (1,2)}", "null", r#"{"a":1} {"a":2} {"b":1} {"b":2}"#),
        ("{a: empty}", "null", ""),
        ("{(1): 2}", "null", "! the name of a field must be a string, not number"),
        ("{a: 1, a: 2}", "null", r#"{"a":2}"#),
        ("{if: 1, and: 2}", "null", r#"{"if":1,"and":2}"#),
        ("{\"a\\(1)\": 2, @base64 \"x\": 3}", "null", r#"{"a1":2,"x":3}"#),
        ("{a: .b?}", "3", ""),
    ]);
}

#[test]
fn texts() {
    check(&[
        (r#""a\(.x)b""#, r#"{"x":[1]}"#, r#""a[1]b""#),
        (r#""\(1,2)-\(3,4)""#, "null", r#""1-3" "2-3" "1-4" "2-4""#),
        (r#""x\("a" + "\(1)")y""#, "null", r#""xa1y""#),
        (r#""\(empty)""#, "null", ""),
        (r#""\"\\\/\n\t\u00e9\ud83d\ude00""#, "null", r#""\"\\/\n\té😀""#),
        (r#"@html "<i>\(.)</i>\("<")""#, r#""<&'\"""#, r#""<i>&lt;&amp;&#39;&quot;</i>&lt;""#),
        (r#"@json "x\(.)""#, r#"{"a":[1,"b"]}"#, r#""x{\"a\":[1,\"b\"]}""#),
        ("@base64d", r#""w6k=""#, r#""é""#),
        ("@base64d", r#""***""#, "! this string is not base64"),
        (r#"split("")"#, r#""aé""#, r#"["a","é"]"#),
        (r#"split(",")"#, r#""""#, "[]"),
        (r#"split(1)"#, r#""a""#, "! split takes a string, not number"),
        (r#"join(",")"#, r#"["a",null,1,true]"#, r#""a,,1,true""#),
        (r#"join(",")"#, "[]", r#""""#),
        (r#"join(",")"#, "[[1]]", "! array cannot be joined"),
        (r#"ltrimstr("a")"#, "1", "1"),
        (r#"ltrimstr(1)"#, r#""a""#, r#""a""#),
        ("trim", "1", "! trim takes a string, not number"),
        ("tonumber", r#""007""#, "7"),
        ("tonumber", r#""nan""#, "! this string cannot be parsed as a number"),
        ("tonumber", r#""""#, "! this string cannot be parsed as a number"),
        ("tonumber", r#""1e999""#, "! the result is not a finite number"),
        ("tonumber", "[]", "! array cannot be parsed as a number"),
        ("length, utf8bytelength", r#""é""#, "1 2"),
        ("length", "true", "! boolean has no length"),
        (r#"index("b"), rindex("b"), indices("b"), index("z")"#, r#""ébab""#, "1 3 [1,3] null"),
        (r#"indices("aa")"#, r#""aaa""#, "[0,1]"),
        (r#"indices("")"#, r#""a""#, "[]"),
        ("explode | implode", r#""é😀""#, r#""é😀""#),
        ("implode", "[-1]", "! implode takes an array of code points"),
        ("reverse", r#""été!""#, r#""!été""#),
        ("fromjson", r#""[1,{\"a\":2}]""#, r#"[1,{"a":2}]"#),
        ("fromjson", r#""{""#, "! this string is not JSON"),
        ("[1.5, 2] | tojson", "null", r#""[1.5,2]""#),
    ]);
}

#[test]
fn arrays_and_objects() {
    check(&[
        ("first, last", "[1,2,3]", "1 3"),
        ("first", "[]", "null"),
        ("first(empty)", "null", ""),
        ("first(.[]), last(.[]), nth(1)", "[1,2,3]", "1 3 2"),
        ("[limit(2; .[])], [limit(0; 1, 2)], [limit(-1; 1)]", "[1,2,3]", "[1,2] [] []"),
        ("[limit(1; 1, error(\"x\"))]", "null", "[1]"),
        ("[limit(2; limit(3; 1,2,3))]", "null", "[1,2]"),
        ("first(limit(3; 1,2,3))", "null", "1"),
        ("isempty(empty), isempty(1, error(\"x\"))", "null", "true false"),
        ("add", r#"["a","b"]"#, r#""ab""#),
        ("add", "[]", "null"),
        ("add", r#"{"a":1,"b":2}"#, "3"),
        ("add", "[[1],[2]]", "[1,2]"),
        ("any, all", "[]", "false true"),
        ("any(. > 1), all(. > 1)", "[1,2]", "true false"),
        ("flatten, flatten(1), flatten(0)", "[1,[2,[3]]]", "[1,2,3] [1,2,[3]] [1,[2,[3]]]"),
        ("flatten(-1)", "[]", "! flatten depth must not be negative"),
        (
            "sort_by(.a, .b)",
            r#"[{"a":2,"b":1},{"a":1,"b":2},{"a":1,"b":1}]"#,
            r#"[{"a":1,"b":1},{"a":1,"b":2},{"a":2,"b":1}]"#,
        ),
        ("sort", "1", "! number cannot be sorted, as it is not an array"),
        ("group_by(.a) | map(map(.b))", r#"[{"a":2,"b":1},{"a":1,"b":2},{"a":2,"b":3}]"#, "[[2],[1,3]]"),
        ("unique, unique_by(. % 2)", "[3,1,2,1]", "[1,2,3] [2,3]"),
        (
            "min, max, (min_by(.a)|.b), (max_by(.a)|.b)",
            r#"[{"a":1,"b":1},{"a":1,"b":2}]"#,
            r#"{"a":1,"b":1} {"a":1,"b":2} 1 2"#,
        ),
        ("min, max", "[]", "null null"),
        ("reverse", "null", "[]"),
        ("contains(\"bar\")", r#""foobar""#, "true"),
        ("contains([\"ba\"])", r#"["foobar"]"#, "true"),
        ("contains({a:[1]})", r#"{"a":[1,2],"b":1}"#, "true"),
        ("contains(1)", r#""a""#, "! string and number cannot have their containment checked"),
        ("inside([1,2])", "[1]", "true"),
        ("index(2), index([2,3]), indices(2)", "[1,2,3,2]", "1 1 [1,3]"),
        ("indices([])", "[1]", "[]"),
        ("has(0), has(1), has(-1)", "[1]", "true false false"),
        ("has(\"a\")", "[]", "! cannot check whether array has a string key"),
        ("keys, keys_unsorted", r#"{"b":1,"a":2}"#, r#"["a","b"] ["b","a"]"#),
        ("keys", "[5,6]", "[0,1]"),
        ("map_values(. + 1)", "[1,2]", "[2,3]"),
        ("map_values(empty)", r#"{"a":1}"#, "{}"),
        ("map_values(., .)", r#"{"a":1}"#, r#"{"a":1}"#),
        ("to_entries", "[5]", r#"[{"key":0,"value":5}]"#),
        ("to_entries", r#"{"b":1,"a":2}"#, r#"[{"key":"b","value":1},{"key":"a","value":2}]"#),
        (
            "from_entries",
            r#"[{"k":"a","v":1},{"Name":"b","Value":2},{"key":null,"value":3},{"key":false},{"key":5}]"#,
            r#"{"a":1,"b":2,"null":3,"false":null,"5":null}"#,
        ),
        ("with_entries({key: .key, value: (.value + 1)})", r#"{"a":1}"#, r#"{"a":2}"#),
        ("del(.a)", r#"{"a":1,"b":2}"#, r#"{"b":2}"#),
        ("del(.[0], .[2])", "[1,2,3]", "[2]"),
        ("del(.a.b)", r#"{"a":null}"#, r#"{"a":null}"#),
        ("del(.a.b)", r#"{"a":3}"#, "! cannot delete a field of number"),
        ("transpose", "[[1],[2,3]]", "[[1,2],[null,3]]"),
        ("map(in([5,6]))", "[0,2]", "[true,false]"),
        ("as_list", r#"{"a":1}"#, r#"[{"a":1}]"#),
        ("[.[] | scalars]", "[1,[2],\"a\",{}]", r#"[1,"a"]"#),
    ]);
}

#[test]
fn patterns() {
    check(&[
        (r#"test("A"; "i")"#, r#""banana""#, "true"),
        (r#"test("a.c"), test("a.c"; "s")"#, r#""a\nc""#, "false true"),
        (r#"test("a$"), [splits("")]"#, r#""a\n""#, r#"false ["","a","\n",""]"#),
        (r#"test("a b"; "x")"#, r#""ab""#, "true"),
        (r#"test("a")"#, "1", "! test takes a string, not number"),
        (r#"capture("(?<y>\\d{4})-(?<m>\\d+)")"#, r#""le 2026-07""#, r#"{"y":"2026","m":"07"}"#),
        (r#"capture("(?<a>x)|(?<b>y)")"#, r#""y""#, r#"{"a":null,"b":"y"}"#),
        (r#"capture("(?<a>x)")"#, r#""y""#, ""),
        (r#"[capture("(?<a>[a-z])"; "g").a]"#, r#""a1b""#, r#"["a","b"]"#),
        (r#"[scan("[a-z]")], [scan("([a-z])([0-9])")]"#, r#""a1b2""#, r#"["a","b"] [["a","1"],["b","2"]]"#),
        (r#"sub("a"; "b"), gsub("a"; "b"), sub("a"; "b"; "g")"#, r#""aa""#, r#""ba" "bb" "bb""#),
        (r#"gsub("(?<l>[aeiou])"; "<\(.l)>")"#, r#""banane""#, r#""b<a>n<a>n<e>""#),
        (r#"gsub(""; "-")"#, r#""ab""#, r#""-a-b-""#),
        (r#"sub("z"; 1)"#, r#""a""#, r#""a""#),
        (r#"sub("a"; 1)"#, r#""a""#, "! a replacement must be a string, not number"),
        (r#"sub("a"; empty)"#, r#""a""#, ""),
        (r#"split("[,;]"; null), split("X"; "i")"#, r#""a,b;cxd""#, r#"["a","b","cxd"] ["a,b;c","d"]"#),
    ]);
}

#[test]
fn dates() {
    check(&[
        (r#"datetime("%d/%m/%Y")"#, r#""03/02/2026""#, r#""2026-02-03T00:00:00+01:00""#),
        (r#"datetime("%d/%m/%Y %H:%M")"#, r#"" 3/7/2026 8:05 ""#, r#""2026-07-03T08:05:00+02:00""#),
        (r#"datetime("%Y-%m-%dT%H:%M:%S%z")"#, r#""2026-07-03T08:05:00+0000""#, r#""2026-07-03T10:05:00+02:00""#),
        (r#"datetime("%s")"#, r#""1782909000""#, r#""2026-07-01T14:30:00+02:00""#),
        (r#"datetime("%Y-%m-%d %H:%M")"#, r#""2026-03-29 02:30""#, r#""2026-03-29T03:30:00+02:00""#),
        (r#"datetime("%Y-%m-%d %H:%M")"#, r#""2026-10-25 02:30""#, r#""2026-10-25T02:30:00+02:00""#),
        (r#"datetime("%d/%m/%Y"; "UTC")"#, r#""03/02/2026""#, r#""2026-02-03T00:00:00+00:00""#),
        (r#"datetime("%d/%m/%Y")"#, r#""31/02/2026""#, "! this string is no date in the format \"%d/%m/%Y\""),
        (r#"datetime("%d/%m/%Y"), date("%d/%m/%Y")"#, "null", "null null"),
        (r#"datetime("%d/%m/%Y")"#, "5", "! datetime takes a string, not number"),
        (
            r#"map(date("%A %d %B %Y"))"#,
            r#"["mardi 24 novembre 2026","Sunday 1 March 2026","dimanche 1er mars 2026","samedi 1 août 2026"]"#,
            r#"["2026-11-24","2026-03-01","2026-03-01","2026-08-01"]"#,
        ),
        (
            r#"map(date("%d %b %Y"))"#,
            r#"["1 juil. 2026","1 juin 2026","2 Déc 2026","3 févr. 2026","4 Jul 2026","5 oct. 2026","6 mai 2026"]"#,
            r#"["2026-07-01","2026-06-01","2026-12-02","2026-02-03","2026-07-04","2026-10-05","2026-05-06"]"#,
        ),
        ("epoch", "0", r#""1970-01-01T00:00:00Z""#),
        ("epoch", "1.5", r#""1970-01-01T00:00:01.5Z""#),
        ("epoch_ms", "-1", r#""1969-12-31T23:59:59.999Z""#),
        ("epoch", "9223372036854775807", "! this number is too large for epoch"),
        ("epoch", "null", "null"),
    ]);
}

#[test]
fn html_and_tables() {
    check(&[
        ("html_text", r#""a<br>b<br/>c""#, r#""a\nb\nc""#),
        (
            "html_text",
            r#""<p>Un &eacute;t&#233; &#x2019; &unknown; &amp;lt;</p>\n\n<p>deux</p>""#,
            r#""Un été ’ &unknown; &lt;\ndeux""#,
        ),
        ("html_text", r#""<script>if (a < b) x()</script>a<style>p{}</style>b<!-- c -->d""#, r#""abd""#),
        ("html_text", r#""<a title=\"a>b\" href='x'>lien</a> 1 < 2""#, r#""lien 1 < 2""#),
        ("html_text", r#""<p unclosed""#, r#""""#),
        ("html_text", r#""<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>""#, r#""a b\nc""#),
        ("html_text", "null", "null"),
        ("html_text", "1", "! html_text takes a string, not number"),
        (r#"lookup("rooms")"#, r#""B12""#, r#""Bâtiment B, salle 12""#),
        (r#"map(lookup("rooms"))"#, r#"[7,"x",null]"#, r#"["sept",null,null]"#),
        (r#"lookup("rooms")"#, "[]", "! lookup takes a string or a number, not array"),
    ]);
}
