//! Entity references of XML and HTML: the named ones of HTML, which include XML's five, and numeric ones.

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;
use web_atoms::NAMED_ENTITIES;

/// What a reference stands for, by what is between `&` and `;`: `eacute`, `#233`, `#xE9`. A control character stands
/// for nothing. `None` where the name is not known or the number not one.
#[must_use]
pub fn entity(name: &str) -> Option<Cow<'static, str>> {
    let Some(number) = name.strip_prefix('#') else {
        let (first, second) = NAMED_ENTITIES.get(&format!("{name};"))?;
        let characters = [*first, *second].into_iter().filter(|code| *code != 0).filter_map(char::from_u32);
        return Some(Cow::Owned(characters.collect())).filter(|text: &Cow<'_, str>| !text.is_empty());
    };
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
        None => number.parse(),
    };
    Some(character(code.ok()?))
}

/// Replaces the references in a text; what is none stays as it is, a lone `&` included.
#[must_use]
pub fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        if let Some((meaning, tail)) = reference(after) {
            out.push_str(&meaning);
            rest = tail;
        } else {
            out.push('&');
            rest = after;
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// HTML's longest name, `CounterClockwiseContourIntegral`, has 31 letters.
const LONGEST: usize = 32;

fn reference(after: &str) -> Option<(Cow<'static, str>, &str)> {
    let end = after.bytes().take(LONGEST).position(|byte| byte == b';')?;
    Some((entity(after.get(..end)?)?, after.get(end + 1..)?))
}

/// HTML (13.2.5.80): 128 to 159 are meant in windows-1252, as word processors wrote them.
fn character(code: u32) -> Cow<'static, str> {
    match (code, char::from_u32(code)) {
        (128..=159, _) => {
            let byte = u8::try_from(code).unwrap_or_default();
            Cow::Owned(WINDOWS_1252.decode_without_bom_handling(&[byte]).0.replace(char::is_control, ""))
        }
        (_, Some(c)) if c.is_control() && !c.is_ascii_whitespace() => Cow::Borrowed(""),
        (_, Some(c)) => Cow::Owned(c.to_string()),
        (_, None) => Cow::Borrowed("\u{FFFD}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{entity, unescape};

    #[test]
    fn knows_names_of_xml_and_html_and_numbers() {
        assert_eq!(unescape("&lt;&eacute;&hellip;&#233;&#xE9;&rArr;&OElig;&pi;&nvlt;"), "<é…éé⇒Œπ<\u{20D2}");
    }

    #[test]
    fn keeps_what_is_no_reference() {
        assert_eq!(unescape("a & b &nonsense; &; &#x; & &#zz; R&D;"), "a & b &nonsense; &; &#x; & &#zz; R&D;");
    }

    #[test]
    fn reads_numbers_as_browsers_do() {
        assert_eq!(unescape("l&#146;ann&#xe9;e &#128;"), "l’année €");
        assert_eq!(entity("#0").as_deref(), Some(""));
        assert_eq!(entity("#xD800").as_deref(), Some("\u{FFFD}"));
        assert_eq!(entity("#99999999999"), None);
    }
}
