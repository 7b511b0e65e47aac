//! `preau cell …`: a cell is set up, joined to the others, rebuilt, looked at, and taken leave of.

mod status;

use std::process::ExitCode;

use journal::postgres::{Address, Cell, PostgresJournal};
use journal::{Durability, Journal, Key, Origin, State};
use serde_json::Value;

use crate::cli::CellAction;
use crate::settings::Settings;
use crate::{Outcome, cli, node};

pub(crate) async fn run(arguments: cli::Cell) -> Outcome {
    let settings = Settings::load(arguments.settings.as_deref())?;
    let cell = settings.cell.as_ref().ok_or("the settings have no [cell]: name the file that has with --settings")?;
    let cell = cell.resolve(&settings)?;
    if let CellAction::Status { json } = arguments.action {
        return status::run(&cell, &settings, json).await;
    }
    let admin = Address::parse(&arguments.admin_url, sources::machine_authorities().as_bytes().to_vec())
        .map_err(|error| format!("--admin-url: {error}"))?;
    let left = act(&cell, &admin, &arguments.action, &mut |line| say!("{line}")).await?;
    match left {
        0 => say!("done"),
        1 => say!("1 thing is left to do"),
        _ => say!("{left} things are left to do"),
    }
    Ok(if left == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Does what a command says, and tells of it; how many things are left to do.
///
/// # Errors
/// The cell's own database does not do as told.
pub(crate) async fn act(
    cell: &Cell,
    admin: &Address,
    action: &CellAction,
    tell: &mut (dyn FnMut(&str) + Send),
) -> Result<usize, String> {
    let left = match action {
        CellAction::Init { tune } => cell.init(admin, *tune, tell).await,
        CellAction::Join => cell.join(admin, tell).await,
        CellAction::Recover => cell.recover(admin, tell).await,
        CellAction::Forget { name } => {
            if take_out(cell, name).await? {
                tell(&format!("{name}: phones are not told of it any more"));
            }
            cell.forget(admin, name, tell).await
        }
        CellAction::Status { .. } => Ok(0),
    };
    left.map_err(|failure| failure.to_string())
}

/// Takes a cell out of what phones are told, if it is there.
async fn take_out(cell: &Cell, gone: &Origin) -> Result<bool, String> {
    let (origin, clock, key) = (cell.origin.clone(), node::clock(), Key::Cell(gone.to_string()));
    let journal: std::sync::Arc<dyn Journal> =
        std::sync::Arc::new(PostgresJournal::open(&cell.database, origin.clone(), clock.clone()));
    let wrong = |failure: journal::Failure| failure.to_string();
    let state = State::open(journal, None, clock).map_err(wrong)?;
    state.catch_up().await.map_err(wrong)?;
    if state.value(None, &key).is_none() {
        return Ok(false);
    }
    // Nobody follows into this read model that nobody looks at: what was appended is enough.
    let fact = journal::Fact::Change(state.change(None, key, Value::Null, &format!("cell:{origin}")));
    state.journal().append(vec![fact.record(None)], Durability::Local).await.map_err(wrong)?;
    Ok(true)
}
