//! `preau check`: every mistake of campus folders at once, and whether the providers of their logins are there.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use campus::{Campus, Severity};
use jiff::Timestamp;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::commands::{count, site, told};
use crate::settings::Settings;
use crate::{Outcome, cli, environment};

/// How long a provider may take to answer all that it is asked.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) async fn run(arguments: cli::Check) -> Outcome {
    let surroundings =
        environment::surroundings(&Settings::load(arguments.settings.as_deref())?, BTreeMap::new(), false)?;
    let folders = arguments.folders.iter().map(|folder| campuses(folder)).collect::<Result<Vec<_>, _>>()?.concat();
    // All providers are asked at the same time.
    let checked: Vec<_> = folders
        .iter()
        .map(|folder| {
            let checked = campus::check(folder, &surroundings);
            let probe = checked.campus.as_ref().and_then(|campus| Probe::start(campus, &arguments));
            (checked, probe)
        })
        .collect();
    let color = std::io::stdout().is_terminal();
    let (mut errors, mut warnings) = (0, 0);
    for (checked, probe) in checked {
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
        if let Some(probe) = probe
            && !probe.told().await
        {
            errors += 1;
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

/// Whether the people of a campus can sign in.
struct Probe {
    how: String,
    /// What the provider answers; `None` where it is not asked.
    found: Option<JoinHandle<Result<Vec<String>, String>>>,
}

impl Probe {
    /// Begins to ask the provider; `None` where nobody signs in.
    fn start(campus: &Campus, arguments: &cli::Check) -> Option<Self> {
        let sign_in = Arc::clone(campus.sign_in.as_ref()?);
        let site = match site(arguments.site.as_ref(), campus) {
            _ if arguments.offline => Err("--offline".to_owned()),
            _ if !sign_in.complete => Err("not all that it refers to is here".to_owned()),
            site => site,
        };
        let how = format!("people sign in by {}", sign_in.method);
        let site = match site {
            Ok(site) => site,
            Err(why) => return Some(Self { how: format!("{how}, which was not tried: {why}"), found: None }),
        };
        let how = format!("{how}, as {site}");
        let found = tokio::spawn(async move {
            match timeout(PATIENCE, sign_in.login.probe(&site, Timestamp::now())).await {
                Ok(found) => found.map_err(|failure| told(&failure)),
                Err(_) => Err(format!("the provider does not answer within {} s", PATIENCE.as_secs())),
            }
        });
        Some(Self { how, found: Some(found) })
    }

    /// Tells what was found; whether it is as it should be.
    async fn told(self) -> bool {
        say!("  {}", self.how);
        let Some(found) = self.found else { return true };
        let found = found.await.unwrap_or_else(|error| Err(error.to_string()));
        match &found {
            Ok(lines) => lines.iter().for_each(|line| say!("    {line}")),
            Err(message) => say!("    error: {message}"),
        }
        found.is_ok()
    }
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
