//! A mistake in a declaration: where, what, and what to write instead.

use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The campus cannot be served so.
    Error,
    /// It can, but somebody should know.
    Warning,
}

/// A problem with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Error or warning.
    pub severity: Severity,
    /// The file, relative to where the campuses are: `rivage/campus.toml`.
    pub file: String,
    /// The file's text, where there is one to show.
    pub text: Arc<str>,
    /// Byte range in it.
    pub span: Option<Range<usize>>,
    /// What is wrong: names the thing and the value.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl Problem {
    /// The problem as rustc would show it: message, `file:line:column`, the line with a caret, the remedy.
    #[must_use]
    pub fn render(&self, color: bool) -> String {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = level.primary_title(self.message.as_str());
        let group: Group<'_> = match &self.span {
            Some(span) => {
                let annotation = AnnotationKind::Primary.span(self.visible(span));
                title.element(Snippet::source(&*self.text).path(self.file.as_str()).annotation(annotation))
            }
            None => title.element(Origin::path(self.file.as_str())),
        };
        let group = self.help.iter().fold(group, |group, help| group.element(Level::HELP.message(help.as_str())));
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&[group])
    }

    /// Line and column, both from 1, columns in characters.
    #[must_use]
    pub fn line_and_column(&self) -> Option<(usize, usize)> {
        let start = self.span.as_ref()?.start;
        let before = self.text.get(..start)?;
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Some((before.matches('\n').count() + 1, before.get(line_start..)?.chars().count() + 1))
    }

    /// The first line of a range, so that a whole table is not underlined.
    fn visible(&self, span: &Range<usize>) -> Range<usize> {
        let end = self
            .text
            .get(span.clone())
            .and_then(|text| text.find('\n'))
            .map_or(span.end, |newline| span.start + newline);
        span.start.min(self.text.len())..end.min(self.text.len()).max(span.start)
    }
}
