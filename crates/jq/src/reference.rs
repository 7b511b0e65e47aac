//! The reference page of the language, produced from the table of functions.

use std::fmt::Write;

use crate::functions::{SECTIONS, formats::FORMATS};

const LANGUAGE: &str = "\
# Expressions

Expressions say where a value is and what to make of it. They are a total subset of [jq](https://jqlang.org/manual/):
whatever the input, they end, and their cost is bounded. What both have means the same.

| written | meaning |
|---|---|
| `.` | the value itself |
| `.title`, `.\"dc-title\"`, `.[\"dc-title\"]` | a field; null where there is none |
| `.items[0]`, `.items[-1]` | an element, from 0; from the end where negative |
| `.items[2:5]`, `.title[:10]` | elements or characters from a position to before another |
| `.items[]` | each element or field value, one by one |
| `.title?` | nothing instead of an error |
| `a \\| b` | b, of each output of a |
| `a, b` | the outputs of a, then those of b |
| `a // b` | a, or b where a is null, false, an error or nothing |
| `+ - * / %` | numbers; `+` joins texts, arrays and objects, `-` takes elements out, `*` merges objects and repeats texts, `/` splits texts |
| `== != < <= > >=` | in the order null, false, true, numbers, texts, arrays, objects |
| `and`, `or`, `not` | all but null and false count as true |
| `if a then b elif c then d else e end` | `else` may be left out: the value itself |
| `[…]` | an array of all outputs |
| `{a, $x, \"b c\": .d, (.e): .f}` | an object; `a` alone is `a: .a`, `$x` alone is `x: $x` |
| `\"Salle \\(.room)\"` | a text with values in it |
| `a as $x \\| b` | b, where `$x` is each output of a |
| `try a catch b` | b of the error, where a has one |
| `# …` | a comment, up to the end of the line |

There is no `def`, `reduce`, `foreach`, `recurse`, `..`, `range`, `while`, `until`, `repeat`, no assignment, and nothing
that reads the clock, the environment or other inputs. Numbers are finite: a division by zero is an error. Whole numbers
beyond 64 bits become decimal ones. Patterns are those of the Rust crate `regex`, without look-around and
back-references, and stand in the program as texts.
";

/// The page, as Markdown.
#[must_use]
pub fn reference() -> String {
    let mut page = LANGUAGE.to_owned();
    for (title, functions) in SECTIONS {
        heading(&mut page, title);
        for function in functions {
            row(&mut page, function.usage, function.doc, function.example);
        }
    }
    heading(&mut page, "Formats");
    for (name, doc, example, _) in FORMATS {
        row(&mut page, &format!("@{name}"), doc, example);
    }
    page
}

fn heading(page: &mut String, title: &str) {
    // Writing to a String cannot fail.
    _ = write!(page, "\n## {title}\n\n| function | meaning | example | of | gives |\n|---|---|---|---|---|\n");
}

fn row(page: &mut String, usage: &str, doc: &str, [program, input, output]: [&str; 3]) {
    let cells = [program, input, output].map(|code| format!("`` {} ``", code.replace('|', "\\|"))).join(" | ");
    _ = writeln!(page, "| `{usage}` | {} | {cells} |", doc.replace('|', "\\|"));
}
