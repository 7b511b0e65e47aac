//! The page in which the app starts: the build's template, filled with what makes it the campus's.

use campus::{Campus, Colour, PRODUCTION};
use web::Web;

use crate::page::{Language, escape};

/// What the head of the page refers to.
pub(super) struct Head<'a> {
    pub web: &'a Web,
    /// Digest of the colours.
    pub theme: &'a str,
    /// Addresses of the icons: of the browser's tab, and of a phone's home screen.
    pub icons: [&'a str; 2],
    pub colour: Colour,
}

/// The page of a campus in a language.
pub(super) fn fill(campus: &Campus, language: Language, head: &Head<'_>) -> String {
    let template = head.web.file("index.html").map(|file| String::from_utf8_lossy(&file.plain)).unwrap_or_default();
    let (name, mark) = (escape(&campus.name), escape(&campus.channel));
    let title = if *campus.channel == *PRODUCTION { name.clone() } else { format!("{name} ({mark})") };
    // What a campus is called is never taken for one of the holes.
    let mut page = String::with_capacity(template.len() + 2048);
    let mut rest = &*template;
    while let Some((before, after)) = rest.split_once("%PREAU_") {
        page.push_str(before);
        let Some((hole, after)) = after.split_once('%') else { break };
        match hole {
            "LANG" => page.push_str(language.tag()),
            "TITLE" => page.push_str(&title),
            "NAME" => page.push_str(&name),
            "HEAD" => page.push_str(&head.text()),
            _ => {}
        }
        rest = after;
    }
    page.push_str(rest);
    page
}

impl Head<'_> {
    fn text(&self) -> String {
        let Self { theme, icons: [tab, home], colour, .. } = self;
        let dark = Colour::DARK;
        format!(
            "<meta name=\"theme-color\" content=\"{colour}\" media=\"(prefers-color-scheme: light)\">\n\
             <meta name=\"theme-color\" content=\"{dark}\" media=\"(prefers-color-scheme: dark)\">\n\
             <link rel=\"icon\" href=\"{tab}\">\n\
             <link rel=\"apple-touch-icon\" href=\"{home}\">\n\
             <link rel=\"manifest\" href=\"/manifest.webmanifest\" crossorigin=\"use-credentials\">\n\
             <link rel=\"stylesheet\" href=\"/theme.css?v={theme}\">"
        )
    }
}
