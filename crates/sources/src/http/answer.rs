//! One page's bytes, as what they were declared to be.

use bytes::Bytes;
use outbound::{Failure, FailureKind, site};
use records::{Limits, Options, Payload};
use url::Url;

use super::settings::Format;
use crate::page::is_page;

/// A page as received.
pub(super) struct Page {
    pub(super) bytes: Bytes,
    pub(super) content_type: Option<String>,
    pub(super) charset: Option<String>,
    pub(super) url: Url,
}

impl Page {
    /// The page in its format. A login or maintenance page is told as such, instead of as a syntax error.
    pub(super) fn payload(
        &self,
        declared: Option<Format>,
        delimiter: Option<u8>,
        limits: &Limits,
    ) -> Result<Payload, Failure> {
        let content_type = self.content_type.as_deref().unwrap_or_default();
        let format = declared.unwrap_or_else(|| by_content_type(content_type));
        let (name, format) = match format {
            Format::Json => ("JSON", records::Format::Json),
            Format::Xml => ("XML", records::Format::Xml),
            Format::Csv => ("CSV", records::Format::Csv),
        };
        let malformed =
            |what: String| Failure::new(FailureKind::Malformed, format!("{} answered {what}", site(&self.url)));
        let says_html = matches!(content_type, "text/html" | "application/xhtml+xml");
        let is_markup = format != records::Format::Xml && self.bytes.trim_ascii_start().starts_with(b"<");
        if is_page(&self.bytes) || (says_html && is_markup) {
            return Err(malformed(format!("an HTML page (a login or maintenance page?), not {name}")));
        }
        let delimiter = delimiter.or_else(|| (content_type == "text/tab-separated-values").then_some(b'\t'));
        let options = Options { delimiter, ..Options::default() };
        Payload::new(format, self.bytes.clone(), self.charset.as_deref(), &options, limits)
            .map_err(|error| malformed(error.message))
    }
}

/// JSON where nothing else is said: many scripts answer it as `text/html` or `text/plain`.
fn by_content_type(content_type: &str) -> Format {
    match content_type {
        "text/csv" | "application/csv" | "text/tab-separated-values" => Format::Csv,
        "application/xml" | "text/xml" => Format::Xml,
        other if other.ends_with("+xml") && other != "application/xhtml+xml" => Format::Xml,
        _ => Format::Json,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn outcome(content_type: &str, body: &'static str, declared: Option<Format>) -> Result<Payload, String> {
        let content_type = Some(content_type.to_owned()).filter(|text| !text.is_empty());
        let url = Url::parse("https://edt.univ.fr/hidden?hidden").unwrap();
        let page = Page { bytes: Bytes::from_static(body.as_bytes()), content_type, charset: None, url };
        page.payload(declared, None, &Limits::default()).map_err(|failure| failure.message)
    }

    #[test]
    fn reads_what_the_content_type_says_or_else_json() {
        assert!(matches!(outcome("application/ld+json", "{}", None), Ok(Payload::Json(_))));
        assert!(matches!(outcome("", "{}", None), Ok(Payload::Json(_))));
        assert!(matches!(outcome("text/html", "{}", None), Ok(Payload::Json(_))));
        assert!(matches!(outcome("application/atom+xml", "<feed/>", None), Ok(Payload::Xml(_))));
        assert!(matches!(outcome("text/html", "<root/>", Some(Format::Xml)), Ok(Payload::Xml(_))));
        let tabs = outcome("text/tab-separated-values", "a\tb", None);
        assert!(matches!(tabs, Ok(Payload::Csv { delimiter: b'\t', .. })));
    }

    #[test]
    fn tells_a_login_page_from_an_answer() {
        for (content_type, body) in [
            ("application/json", "<!DOCTYPE html><html>"),
            ("text/html", "<div>maintenance</div>"),
            ("application/xml", "<?xml version='1.0'?>\n<!-- cas -->\n<HTML lang='fr'>"),
            ("text/csv", "\u{feff}<!doctype HTML>"),
        ] {
            let message = outcome(content_type, body, None).unwrap_err();
            assert!(message.starts_with("edt.univ.fr answered an HTML page"), "{message}");
        }
    }
}
