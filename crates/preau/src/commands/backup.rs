//! `preau backup`: a copy of one machine's journal, through the running server or without one.

use std::path::absolute;
use std::process::ExitCode;

use http::Method;
use serde_json::json;

use crate::node::{Folder, clock};
use crate::settings::Settings;
use crate::{Outcome, admin, cli};

/// What is copied where PostgreSQL keeps the journal.
const CELL: &str = "a cell's journal is in its PostgreSQL, and in every other cell: copy it with pg_dump -Fc --schema=preau; a cell that \
    lost its disk gets everything back with `preau cell init` and `preau cell recover`";

pub(crate) async fn run(arguments: cli::Backup) -> Outcome {
    let settings = Settings::load(arguments.settings.as_deref())?;
    if settings.cell.is_some() {
        return Err(CELL.to_owned());
    }
    let file = absolute(&arguments.file).map_err(|error| format!("{}: {error}", arguments.file.display()))?;
    if !settings.state.join("journal.sqlite").exists() {
        return Err(format!("no journal is in {}: see `state` in the settings", settings.state.display()));
    }
    match Folder::open(&settings.state) {
        Ok(folder) => {
            let journal = folder.open_journal(&clock())?;
            journal.backup(&file).await.map_err(|failure| failure.to_string())?;
        }
        // A server uses it.
        Err(_) => {
            drop(admin::ask(&settings.admin_socket, Method::POST, "/backup", Some(&json!({ "file": file }))).await?);
        }
    }
    say!("{} holds all that was acknowledged until now", file.display());
    Ok(ExitCode::SUCCESS)
}
