//! One file per command.

pub(crate) mod attempt;
pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod cache;
pub(crate) mod cell;
pub(crate) mod check;
pub(crate) mod demo;
pub(crate) mod egress;
pub(crate) mod login_check;
pub(crate) mod publications;
pub(crate) mod reference;
pub(crate) mod restore;
pub(crate) mod serve;
pub(crate) mod status;

use std::io::IsTerminal;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use campus::{Campus, Surroundings};
use comfy_table::{ContentArrangement, Table, presets};
use identity::{Failure, Site};
use serde_json::Value;
use url::Url;

/// The campus of a folder.
///
/// # Errors
/// Its mistakes, each with its place and remedy.
pub(crate) fn campus(folder: &Path, surroundings: &Surroundings) -> Result<Campus, String> {
    let folder = folder.canonicalize().map_err(|error| format!("{}: {error}", folder.display()))?;
    let checked = campus::check(&folder, surroundings);
    checked.campus.ok_or_else(|| {
        let problems: Vec<_> = checked.problems.iter().map(|problem| problem.render(false)).collect();
        format!("the campus has errors:\n\n{}", problems.join("\n\n"))
    })
}

/// The address that a login's provider is told to send the browser back to.
///
/// # Errors
/// Nobody says which it is.
pub(crate) fn site(given: Option<&Url>, campus: &Campus) -> Result<Site, String> {
    let url = match (given, campus.hosts.first()) {
        (Some(url), _) => url.clone(),
        (None, Some(host)) => format!("https://{host}").parse().map_err(|error| format!("https://{host}: {error}"))?,
        (None, None) => return Err(format!("{} has no host: say its address with --site", campus.id)),
    };
    Site::new(&url).map_err(|error| format!("--site: {error}"))
}

/// Why signing in does not work, and whose fault it is.
pub(crate) fn told(failure: &Failure) -> String {
    format!("{:?}: {failure}", failure.kind)
}

/// An empty table, as wide as the terminal, or as a file can be read.
pub(crate) fn table(columns: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_BORDERS_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(columns.to_vec());
    if !std::io::stdout().is_terminal() {
        table.set_width(160);
    }
    table
}

/// Who types the command, as it is remembered.
pub(crate) fn who() -> String {
    let named = std::env::var("SUDO_USER").or_else(|_| std::env::var("USER"));
    // A process's own folder belongs to its user.
    let number = || std::fs::metadata("/proc/self").map(|folder| format!("uid {}", folder.uid()));
    named.or_else(|_| number()).unwrap_or_else(|_| "unknown".to_owned())
}

/// A path with the parameters that are given.
pub(crate) fn query(path: &str, parameters: &[(&str, Option<&str>)]) -> String {
    let given = parameters.iter().filter_map(|(name, value)| Some((*name, (*value)?)));
    format!("{path}?{}", url::form_urlencoded::Serializer::new(String::new()).extend_pairs(given).finish())
}

/// How far a change reached, in words.
pub(crate) fn reached(answer: &Value) -> &'static str {
    match answer.get("replicated").and_then(Value::as_bool) {
        Some(true) => "another cell has it too",
        _ => "on this machine's disk",
    }
}

/// A text of a document; empty where there is none.
pub(crate) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A number and what it counts.
pub(crate) fn count(number: usize, one: &str, several: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { several })
}
