//! What differs between two packages, as a person reads it.

use std::collections::BTreeSet;
use std::time::Duration;

use similar::TextDiff;

use super::Package;

/// A longer file is told in one line.
const MAX_TEXT: usize = 1 << 20;
/// What is shown at most, in bytes.
const MAX_SHOWN: usize = 1 << 20;
/// For one file; lines are then compared less closely.
const PATIENCE: Duration = Duration::from_millis(500);

impl Package {
    /// What `newer` has otherwise: a unified diff of each text, a line for each other file; empty where nothing differs.
    #[must_use]
    pub fn diff(&self, newer: &Self) -> String {
        let paths: BTreeSet<_> = self.files.keys().chain(newer.files.keys()).collect();
        let mut shown = String::new();
        let pairs = paths.into_iter().map(|path| (path, self.files.get(path), newer.files.get(path)));
        let mut differing = pairs.filter(|(_, before, after)| before != after);
        for (path, before, after) in differing.by_ref() {
            shown.push_str(&file(path, before.map(Vec::as_slice), after.map(Vec::as_slice)));
            if shown.len() > MAX_SHOWN {
                let rest = differing.count();
                shown.truncate(shown.floor_char_boundary(MAX_SHOWN));
                shown.push_str(&format!("\n… cut after 1 MiB; {rest} more files differ\n"));
                break;
            }
        }
        shown
    }
}

fn file(path: &str, before: Option<&[u8]>, after: Option<&[u8]>) -> String {
    let texts = [before, after].map(|content| text(content.unwrap_or_default()));
    if let [Some(old), Some(new)] = texts {
        let name = |content: Option<_>| if content.is_some() { path } else { "/dev/null" };
        let diff = TextDiff::configure().timeout(PATIENCE).diff_lines(old, new);
        let shown = diff.unified_diff().header(name(before), name(after)).to_string();
        if !shown.is_empty() {
            return shown;
        }
    }
    match [before, after].map(|content| content.map(<[u8]>::len)) {
        [Some(old), Some(new)] => format!("{path} changed: {old} bytes before, {new} after\n"),
        [None, new] => format!("{path} added: {} bytes\n", new.unwrap_or_default()),
        [old, None] => format!("{path} removed: {} bytes\n", old.unwrap_or_default()),
    }
}

/// A content that can be shown: control characters would be the terminal's to follow.
fn text(content: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(content).ok().filter(|text| text.len() <= MAX_TEXT)?;
    (!text.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))).then_some(text)
}
