//! HTML pages that come in place of documents: a login, an apology for maintenance.

/// Whether a document begins as an HTML page does.
pub(crate) fn is_page(document: &[u8]) -> bool {
    let start = document.trim_ascii_start();
    let begins = |mark: &[u8]| start.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark));
    begins(b"<!doctype html") || begins(b"<html")
}
