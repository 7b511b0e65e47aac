//! HTML pages that come in place of documents: a login, an apology for maintenance.

/// Whether a document starts as a web page does, after a byte order mark, an XML declaration and comments.
pub(crate) fn is_page(bytes: &[u8]) -> bool {
    let mut rest = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    while let Some(end) = [(&b"<?"[..], &b"?>"[..]), (b"<!--", b"-->")].iter().find_map(|(start, end)| {
        let inside = rest.strip_prefix(*start)?;
        inside
            .windows(end.len())
            .take(LONGEST_HEAD)
            .position(|window| window == *end)
            .map(|at| inside.get(at + end.len()..))
    }) {
        rest = end.unwrap_or_default().trim_ascii_start();
    }
    [&b"<!doctype html"[..], b"<html"]
        .iter()
        .any(|start| rest.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start)))
}

/// How far the end of a declaration or comment is looked for, in bytes.
const LONGEST_HEAD: usize = 4096;
