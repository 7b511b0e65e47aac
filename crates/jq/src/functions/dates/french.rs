//! French names of months and days, which strptime does not know.

/// Beginnings, without accents, that no name of another meaning has in French or English; the English name.
const NAMES: [(&str, &str); 18] = [
    ("janv", "January"),
    ("fev", "February"),
    ("mars", "March"),
    ("avr", "April"),
    ("mai", "May"),
    ("juin", "June"),
    ("juil", "July"),
    ("aout", "August"),
    ("sept", "September"),
    ("octo", "October"),
    ("nov", "November"),
    ("dec", "December"),
    ("lun", "Monday"),
    ("mard", "Tuesday"),
    ("mer", "Wednesday"),
    ("jeu", "Thursday"),
    ("ven", "Friday"),
    ("dim", "Sunday"),
];

/// The text with names in English, short where the format says `%b`, `%h` or `%a`; `1er` becomes `1`, and the dot of an
/// abbreviation goes.
pub(super) fn to_english(text: &str, format: &str) -> String {
    let short_month = format.contains("%b") || format.contains("%h");
    let short_day = format.contains("%a");
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if !first.is_alphabetic() {
            out.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            continue;
        }
        let end = rest.find(|char: char| !char.is_alphabetic()).unwrap_or(rest.len());
        let (word, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        rest = after;
        match english(word) {
            Some(name) => {
                let short = if name.ends_with("day") { short_day } else { short_month };
                out.push_str(if short { name.get(..3).unwrap_or(name) } else { name });
                rest = rest.strip_prefix('.').unwrap_or(rest);
            }
            None if word == "er" && out.ends_with('1') => {}
            None => out.push_str(word),
        }
    }
    out
}

fn english(word: &str) -> Option<&'static str> {
    let plain: String = word.to_lowercase().chars().map(without_accent).collect();
    match plain.as_str() {
        "oct" => Some("October"),
        "sam" | "samedi" => Some("Saturday"),
        _ => NAMES.iter().find(|(start, _)| plain.starts_with(start)).map(|(_, name)| *name),
    }
}

fn without_accent(char: char) -> char {
    match char {
        'é' => 'e',
        'û' => 'u',
        other => other,
    }
}
