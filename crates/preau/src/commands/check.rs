//! `preau check`: every mistake of campus folders at once.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use campus::Severity;

use crate::commands::count;
use crate::settings::Settings;
use crate::{Outcome, cli, environment};

pub(crate) fn run(arguments: &cli::Check) -> Outcome {
    let surroundings =
        environment::surroundings(&Settings::load(arguments.settings.as_deref())?, BTreeMap::new(), false)?;
    let folders = arguments.folders.iter().map(|folder| campuses(folder)).collect::<Result<Vec<_>, _>>()?.concat();
    let color = std::io::stdout().is_terminal();
    let (mut errors, mut warnings) = (0, 0);
    for folder in &folders {
        let checked = campus::check(folder, &surroundings);
        for problem in &checked.problems {
            say!("{}\n", problem.render(color));
            match problem.severity {
                Severity::Error => errors += 1,
                Severity::Warning => warnings += 1,
            }
        }
        if let Some(campus) = checked.campus {
            say!("{}: {} in order", campus.id, count(campus.data.len(), "data set", "data sets"));
        }
    }
    say!(
        "{}, {}, {}",
        count(folders.len(), "campus", "campuses"),
        count(errors, "error", "errors"),
        count(warnings, "warning", "warnings")
    );
    Ok(if errors == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The folder itself where it is a campus, else the campuses in it.
fn campuses(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let folder = folder.canonicalize().map_err(|error| format!("{}: {error}", folder.display()))?;
    if folder.join("campus.toml").exists() {
        return Ok(vec![folder]);
    }
    let entries = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut found: Vec<_> =
        entries.flatten().map(|entry| entry.path()).filter(|path| path.join("campus.toml").exists()).collect();
    found.sort();
    if found.is_empty() {
        return Err(format!(
            "{} is no campus and holds none: a campus is a folder with a campus.toml in it",
            folder.display()
        ));
    }
    Ok(found)
}
