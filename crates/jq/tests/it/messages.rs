//! What is said of a program that does not compile: all problems at once, where, and what to write instead.

use std::fmt::Write;

use jq::Program;

use crate::scope;

/// Problems as `text at fault: message (help)`.
fn problems(source: &str) -> String {
    let Err(errors) = Program::compile(source, &scope()) else { return "none".to_owned() };
    let mut out = String::new();
    for error in errors {
        let at = source.get(error.span.clone()).unwrap_or("?!");
        let help = error.help.map(|help| format!(" ({help})")).unwrap_or_default();
        writeln!(out, "`{at}` {}{help}", error.message).unwrap();
    }
    out
}

#[test]
fn names_what_was_meant() {
    insta::assert_snapshot!(problems(".a | ascii_down | slit(\",\")"), @r#"
    `ascii_down` unknown function `ascii_down` (did you mean `ascii_downcase`?)
    `slit` unknown function `slit` (did you mean `split`?)
    "#);
    insta::assert_snapshot!(problems(". as $person | $persn.name"), @r#"`$persn` unknown variable `$persn` (did you mean `$person`?)"#);
    insta::assert_snapshot!(problems("lookup(\"romos\"), lookup(\"x\")"), @r#"
    `"romos"` unknown table "romos" (did you mean "rooms"?)
    `"x"` unknown table "x" (the tables are "rooms")
    "#);
    insta::assert_snapshot!(problems("split"), @r#"`split` `split` is called with the wrong number of arguments (write `split(separator)` or `split(pattern; flags)`)"#);
    insta::assert_snapshot!(problems("title"), @r#"`title` unknown function `title` (write `.title` if it is a field)"#);
    insta::assert_snapshot!(problems(".dc-title"), @r#"`title` unknown function `title` (write `."dc-title"` if that is the field's name)"#);
    insta::assert_snapshot!(problems("@csv, @htm \"x\""), @r#"
    `@csv` unknown format `@csv` (the formats are @text, @json, @html, @uri, @urid, @base64, @base64d)
    `@htm` unknown format `@htm` (the formats are @text, @json, @html, @uri, @urid, @base64, @base64d)
    "#);
}

#[test]
fn names_what_stands_in_for_what_the_language_leaves_out() {
    insta::assert_snapshot!(problems("def f: 1 + f; f"), @r#"`def` `def` is not part of this language (write the expression out: functions cannot be defined)"#);
    insta::assert_snapshot!(problems("reduce .[] as $x (0; . + $x)"), @r#"`reduce` `reduce` is not part of this language (write `add`, `min`, `max`, `any`, `all`, `join` or `group_by`)"#);
    insta::assert_snapshot!(problems("[.. | .id?]"), @r#"`..` `..` is not part of this language (write the path that is meant, such as `.items[].id`)"#);
    insta::assert_snapshot!(problems("[recurse, range(5), input, now, $ENV.PATH, env]"), @r#"
    `recurse` `recurse` is not part of this language (write the path that is meant, such as `.items[].id`)
    `range` `range` is not part of this language (write `map(…)`, `limit(n; …)` or `.[2:5]` over an array)
    `input` `input` is not part of this language (an expression sees its input only)
    `now` `now` is not part of this language (an expression does not know the time, so that it always gives the same answer)
    `$ENV` unknown variable `$ENV` (an expression sees its input only)
    `env` `env` is not part of this language (an expression sees its input only)
    "#);
    insta::assert_snapshot!(problems(".a = 1"), @r#"`=` assignments are not part of this language (write `==` to compare, `. + {name: …}` to set a field)"#);
    insta::assert_snapshot!(problems(".a |= . + 1"), @r#"`|=` assignments are not part of this language (write `. + {name: (.name | …)}`, or `map_values(…)` for every field)"#);
    insta::assert_snapshot!(problems(". as [$a, $b] | $a"), @r#"`[` patterns after `as` are not part of this language (write `.[0] as $a | .[1] as $b | …`)"#);
    insta::assert_snapshot!(problems("strptime(\"%Y\")"), @r#"`strptime` `strptime` is not part of this language (write `datetime("%d/%m/%Y %H:%M")`)"#);
    insta::assert_snapshot!(problems("[match(\"a\")]"), @r#"`match` `match` is not part of this language (write `capture("(?<name>…)")`, `scan("…")` or `splits("…")`)"#);
}

#[test]
fn knows_the_habits_of_other_languages() {
    insta::assert_snapshot!(problems(".a == 'x'"), @r#"`'x'` a text stands between double quotes (write `"x"`)"#);
    insta::assert_snapshot!(problems(".a && .b"), @r#"`&&` `&&` is not an operator (write `and`)"#);
    insta::assert_snapshot!(problems(".a || .b"), @r#"`||` `||` is not an operator (write `or`)"#);
    insta::assert_snapshot!(problems("!.a"), @r#"`!` `!` is not an operator (write `… | not`)"#);
    insta::assert_snapshot!(problems("1 < . < 3"), @r#"`<` comparisons cannot be chained (write `a < b and b < c`)"#);
    insta::assert_snapshot!(problems(".prénom"), @r#"`.prénom` a name without quotes has letters a-z, digits and _ only (write `."prénom"`)"#);
}

#[test]
fn says_what_is_wrong_with_an_argument() {
    insta::assert_snapshot!(problems("test(\"(a\"), test(\"(?=a)\"), test(.p), test(\"a\"; \"y\")"), @r#"
    `"(a"` this pattern cannot be used: unclosed group
    `"(?=a)"` this pattern cannot be used: look-around, including look-ahead and look-behind, is not supported
    `.p` the pattern of `test` must be a text written here, as it is checked before it runs (write `test("…")`)
    `"y"` unknown flag `y` (the flags are g, i, x and s)
    "#);
    insta::assert_snapshot!(problems("test(\"(\\\\w{500}){500}\")"), @r#"`"(\\w{500}){500}"` this pattern cannot be used: Compiled regex exceeds size limit of 1048576 bytes."#);
    insta::assert_snapshot!(problems("capture(\"a\"), gsub(\"a\"; .[])"), @r#"
    `"a"` this pattern has no named group (write `(?<name>…)` around what is wanted, or use `scan`)
    `.[]` the replacement may give several values (write `first(…)` around it, or choose one value)
    "#);
    insta::assert_snapshot!(problems("datetime(\"%d/%m\"), date(\"%K\"), datetime(\"%Y-%m-%d\"; \"Paris\")"), @r#"
    `"%d/%m"` no date can be read with the format "%d/%m" (write for example "%d/%m/%Y %H:%M": %Y year, %m month, %d day, %H hour, %M minute, %S second, %z offset, %B month's name)
    `"%K"` the format "%K" is wrong: strftime formatting failed: found unrecognized specifier directive `K` (write for example "%d/%m/%Y %H:%M": %Y year, %m month, %d day, %H hour, %M minute, %S second, %z offset, %B month's name)
    `"Paris"` unknown time zone "Paris" (write a name such as "Europe/Paris")
    "#);
    insta::assert_snapshot!(problems("del(.[] | .a), del(.[-1])"), @r#"
    `.[] | .a` `del` takes plain paths (write `del(.a, .b.c)`, or `map(select(…))` to drop elements)
    `.[-1]` `del` takes plain paths (write `del(.a, .b.c)`, or `map(select(…))` to drop elements)
    "#);
}

#[test]
fn goes_on_after_a_mistake() {
    insta::assert_snapshot!(problems("{a: (1 +), b: nope} | [.x ++ 1] | foo(1; 2 2)"), @r#"
    `)` unexpected `)`, expected a value such as `.title`
    `nope` unknown function `nope` (write `.nope` if it is a field)
    `+` unexpected `+`, expected a value such as `.title`
    `foo` unknown function `foo` (did you mean `floor`?)
    `2` unexpected `2`, expected `;` between arguments, or `)`
    "#);
    insta::assert_snapshot!(problems("\"a\\q\\u12\" | \"\\(.a"), @r#"
    `\q` unknown escape `\q` (write `\\q` for a backslash before it)
    `\u` this escape is no character (write `\u` and four hexadecimal digits)
    `"` this text is not closed (write `"` at its end)
    `` the expression ends here, expected an operator or `)`
    "#);
    insta::assert_snapshot!(problems(""), @r#"`` the expression is empty (write `.` for the value itself)"#);
    insta::assert_snapshot!(problems("(1, 2"), @r#"`` the expression ends here, expected an operator or `)`"#);
    insta::assert_snapshot!(problems("if . then 1"), @r#"`` the expression ends here, expected `end`"#);
    insta::assert_snapshot!(problems(". }"), @r#"`}` unexpected `}`, expected an operator or the end"#);
    insta::assert_snapshot!(problems("1 § 2 1e999"), @r#"
    `§` unexpected character `§`
    `2` unexpected `2`, expected an operator or the end
    `1e999` this number is too large
    "#);
    insta::assert_snapshot!(problems("{a: 1 b: 2}"), @r#"`b` unexpected `b`, expected `,` or `}`"#);
    insta::assert_snapshot!(problems("."), @r#"none"#);
}
