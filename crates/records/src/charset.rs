//! Text in whatever charset, to UTF-8.

use std::borrow::Cow;

use bytes::{Buf, Bytes};
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE};

/// Decodes text: a byte order mark wins, then the declared charset, then what an XML declaration or an HTML `meta`
/// says, then detection. Labels mean what they mean to browsers (`iso-8859-1` is windows-1252). Whatever is declared, a
/// text that is no UTF-8 is not taken for it, and one that is, is not taken for one byte per letter. Bytes that are no
/// text become U+FFFD; control characters other than tab and line ends are dropped.
#[must_use]
pub fn text(bytes: &[u8], declared: Option<&str>) -> String {
    if let Some(unit) = utf32(bytes) {
        let (units, _) = bytes.as_chunks();
        let chars = units.iter().map(|bytes| char::from_u32(unit(*bytes)).unwrap_or('\u{FFFD}'));
        return printable(chars.filter(|c| *c != '\u{FEFF}').collect());
    }
    let decoded = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding.decode_with_bom_removal(bytes).0,
        None => encoding(bytes, declared).decode_without_bom_handling(bytes).0,
    };
    printable(decoded)
}

/// Drops control characters other than tab and line ends.
pub(crate) fn printable(text: Cow<'_, str>) -> String {
    // 0xC2 begins the control characters beyond ASCII, and others.
    let suspicious = |byte| matches!(byte, 0..=8 | 11 | 12 | 14..=31 | 127 | 0xC2);
    if text.bytes().any(suspicious) { text.replace(is_unwanted, "") } else { text.into_owned() }
}

/// The same for JSON, without a copy where the bytes are UTF-8 already: RFC 8259 (8.1) knows no other charset, so that
/// a declared one matters only where they are not.
pub(crate) fn utf8(mut bytes: Bytes, declared: Option<&str>) -> Bytes {
    if wide(&bytes).is_some() || std::str::from_utf8(&bytes).is_err() {
        return text(&bytes, declared).into();
    }
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        bytes.advance(3);
    }
    bytes
}

fn is_unwanted(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\n' | '\r')
}

fn encoding(bytes: &[u8], declared: Option<&str>) -> &'static Encoding {
    let head = String::from_utf8_lossy(bytes.get(..HEAD).unwrap_or(bytes));
    let labels = [declared.map(Cow::Borrowed), own_label(&head)];
    wide(bytes)
        .or_else(|| {
            labels
                .into_iter()
                .flatten()
                .filter_map(|label| Encoding::for_label(label.as_bytes()))
                .find(|it| fits(it, bytes))
        })
        .unwrap_or_else(|| detect(bytes))
}

/// How far into a document its own words about its charset may stand, as for HTML.
const HEAD: usize = 1024;

/// UTF-16 without a byte order mark: of any markup or punctuation in it, every other byte is NUL.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..64).unwrap_or(bytes);
    let nuls = |parity| head.iter().enumerate().filter(|(at, byte)| at % 2 == parity && **byte == 0).count();
    match (nuls(0), nuls(1)) {
        (0, odd) if odd > 0 && odd * 4 >= head.len() => Some(UTF_16LE),
        (even, 0) if even > 0 && even * 4 >= head.len() => Some(UTF_16BE),
        _ => None,
    }
}

/// UTF-32, which browsers do not know: with its byte order mark, or where a `<` or `{` begins it.
fn utf32(bytes: &[u8]) -> Option<fn([u8; 4]) -> u32> {
    match bytes.first_chunk()? {
        b"\0\0\xFE\xFF" | b"\0\0\0<" | b"\0\0\0{" => Some(u32::from_be_bytes),
        b"\xFF\xFE\0\0" | b"<\0\0\0" | b"{\0\0\0" => Some(u32::from_le_bytes),
        _ => None,
    }
}

/// UTF-16 would have shown by its NULs; UTF-8 is believed where most of what is not ASCII is valid, because a text cut
/// within a character is common, and so is Latin-1 that calls itself UTF-8.
fn fits(encoding: &'static Encoding, bytes: &[u8]) -> bool {
    if encoding == UTF_8 {
        mostly_utf8(bytes)
    } else if encoding.is_single_byte() {
        // A server that declares one charset for all its files: by chance no sentence is valid UTF-8.
        bytes.is_ascii() || std::str::from_utf8(bytes).is_err()
    } else {
        encoding.is_ascii_compatible() && encoding != REPLACEMENT
    }
}

fn mostly_utf8(bytes: &[u8]) -> bool {
    if std::str::from_utf8(bytes).is_ok() {
        return true;
    }
    let (mut valid, mut invalid) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        valid += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        invalid += usize::from(!chunk.invalid().is_empty());
    }
    valid > invalid
}

fn detect(bytes: &[u8]) -> &'static Encoding {
    if mostly_utf8(bytes) {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Deny)
}

/// What markup says of itself: `<?xml … encoding="…"?>`, `<meta charset="…">`, `<meta … content="…; charset=…">`.
fn own_label(head: &str) -> Option<Cow<'_, str>> {
    let head = head.trim_start();
    let after = if head.starts_with("<?xml") {
        let declaration = head.split("?>").next()?;
        declaration.split_once("encoding")?.1
    } else if head.starts_with('<') {
        let lower = head.to_ascii_lowercase();
        let meta = lower.find("<meta")?;
        let at = meta + lower.get(meta..)?.find("charset")?;
        head.get(at + "charset".len()..)?
    } else {
        return None;
    };
    let value = after.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    value.split(['"', '\'', ' ', ';', '>', '/']).next().map(|label| Cow::Owned(label.to_owned()))
}

#[cfg(test)]
mod tests;
