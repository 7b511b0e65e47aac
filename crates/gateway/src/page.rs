//! The pages that the gateway itself serves, as pure functions: HTML that works without script, and the policy it needs.

mod language;
mod post;
mod problem;
mod sign_in;

use aws_lc_rs::digest::{SHA256, digest};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use campus::Colour;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};

pub use self::language::Language;
pub use self::post::post_form;
pub use self::problem::problem;
pub use self::sign_in::{FormProblem, sign_in_form};

/// Whose page it is.
#[derive(Debug, Clone, Copy)]
pub struct School<'a> {
    /// What the school is called.
    pub name: &'a str,
    /// Its main colour, `#RRGGBB`; a calm blue without it.
    pub colour: Option<&'a str>,
    /// The channel, where it is not everybody's: the page is marked with it.
    pub channel: Option<&'a str>,
}

/// A page, and the Content-Security-Policy under which it works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The whole document.
    pub html: String,
    /// The value of `Content-Security-Policy`.
    pub policy: String,
}

/// What a page is made of.
pub struct Draft<'a> {
    /// Whose it is.
    pub school: School<'a>,
    /// The language of its words.
    pub language: Language,
    /// What stands in the browser's tab, before the school's name. Text.
    pub title: &'a str,
    /// What stands below the school's name. HTML: whatever comes from outside has gone through [`escape`].
    pub main: &'a str,
    /// Where its forms may lead: the sources of `form-action`. `None` leaves it open, for browsers apply it to the
    /// redirects that follow too, and those are the provider's own.
    pub forms: Option<&'a str>,
    /// The one script that it may run.
    pub script: Option<&'static str>,
}

const STYLE: &str = include_str!("page/style.css");

impl Draft<'_> {
    /// The page.
    #[must_use]
    pub fn page(&self) -> Page {
        let Self { school, language, title, main, .. } = self;
        let colour = school.colour.and_then(Colour::parse).unwrap_or(Colour::CALM);
        let style = format!("{STYLE}{}", variables(colour));
        let script = self.script.map(|script| format!("<script>{script}</script>\n")).unwrap_or_default();
        let channel = school.channel.map(|channel| format!("<span class=\"channel\">{}</span>", escape(channel)));
        let channel = channel.unwrap_or_default();
        let (name, title, mark) = (escape(school.name), escape(title), escape(&initial(school.name)));
        let html = format!(
            "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n\
             <meta name=\"theme-color\" content=\"{colour}\">\n\
             <title>{title} – {name}</title>\n<style>{style}</style>\n</head>\n<body>\n\
             <header><span class=\"mark\" aria-hidden=\"true\">{mark}</span><bdi>{name}</bdi>{channel}</header>\n\
             <main>\n{main}</main>\n{script}</body>\n</html>\n",
            language.tag(),
        );
        let mut policy = format!("default-src 'none'; style-src {}", source(&style));
        for (directive, value) in
            [("script-src", self.script.map(source)), ("form-action", self.forms.map(str::to_owned))]
        {
            policy.extend(value.map(|value| format!("; {directive} {value}")));
        }
        policy.push_str("; base-uri 'none'; frame-ancestors 'none'");
        Page { html, policy }
    }
}

/// What style.css reads: a ground of the colour, what is written on it, and the colour as text.
fn variables(colour: Colour) -> String {
    let light = colour.beside(Colour::LIGHT, Colour::READABLE);
    let dark = colour.beside(Colour::DARK, Colour::BRIGHT);
    let block = |ground: Colour, text: Colour| {
        format!(":root{{--school:{ground};--on-school:{};--accent:{text}}}", ground.ink())
    };
    format!("{}@media(prefers-color-scheme:dark){{{}}}", block(colour, light), block(dark, dark))
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        // Without a referrer, browsers would say of a posted form that it comes from nowhere (`Origin: null`).
        let headers =
            [(CONTENT_TYPE, "text/html; charset=utf-8"), (CACHE_CONTROL, "no-store"), (REFERRER_POLICY, "same-origin")];
        (headers, [(CONTENT_SECURITY_POLICY, self.policy)], self.html).into_response()
    }
}

/// Text between tags, or within quotes of an attribute.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // HTML has no way to write it.
            '\0' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

/// The letter that stands for a school where its logo would: `R` of `Université de Rivage`.
fn initial(name: &str) -> String {
    let letters = || name.split_whitespace().filter_map(|word| word.chars().next());
    letters().rfind(|c| c.is_uppercase()).or_else(|| letters().next()).map(String::from).unwrap_or_default()
}

/// An inline style or script as the policy names it.
fn source(inline: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(digest(&SHA256, inline.as_bytes()).as_ref()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests;
