//! What jq has and this language leaves out: loops without bound, the outside world, paths as values.

/// What to write, instead of these names.
const REFUSED: [(&str, &[&str]); 10] = [
    (
        "write the path that is meant, such as `.items[].id`",
        &["recurse", "walk", "paths", "leaf_paths", "path", "pick", "tostream", "fromstream", "truncate_stream"],
    ),
    ("write `. + {name: …}` to set a field, `del(.name)` to drop one", &["setpath", "delpaths"]),
    (
        "write `map(…)`, `limit(n; …)` or `.[2:5]` over an array",
        &["range", "repeat", "while", "until", "combinations", "skip"],
    ),
    (
        "an expression sees its input only",
        &[
            "input",
            "inputs",
            "env",
            "debug",
            "stderr",
            "input_filename",
            "input_line_number",
            "halt",
            "halt_error",
            "builtins",
        ],
    ),
    ("an expression does not know the time, so that it always gives the same answer", &["now", "localtime"]),
    ("write `datetime(\"%d/%m/%Y %H:%M\")`", &["strptime", "mktime", "fromdate", "fromdateiso8601", "strflocaltime"]),
    (
        "write `epoch` for seconds since 1970, `datetime(\"…\")` for a text",
        &["strftime", "todate", "todateiso8601", "gmtime"],
    ),
    ("write `capture(\"(?<name>…)\")`, `scan(\"…\")` or `splits(\"…\")`", &["match"]),
    (
        "numbers are finite here: write `+ - * / %`, `floor`, `round` or `sqrt`",
        &["infinite", "nan", "isinfinite", "isnan", "isnormal", "pow", "log", "log2", "log10", "exp"],
    ),
    ("write `downcase` or `upcase`", &["tolower", "lower", "toupper", "upper"]),
];

/// What to write instead of a function that is left out on purpose.
pub(crate) fn instead_of(name: &str) -> Option<&'static str> {
    REFUSED.iter().find(|(_, names)| names.contains(&name)).map(|(help, _)| *help)
}
