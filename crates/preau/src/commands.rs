//! One file per command.

pub(crate) mod attempt;
pub(crate) mod cache;
pub(crate) mod check;
pub(crate) mod demo;
pub(crate) mod login_check;
pub(crate) mod reference;
pub(crate) mod serve;
pub(crate) mod status;

use std::io::IsTerminal;
use std::path::Path;

use campus::{Campus, Surroundings};
use comfy_table::{ContentArrangement, Table, presets};

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

/// A number and what it counts.
pub(crate) fn count(number: usize, one: &str, several: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { several })
}
