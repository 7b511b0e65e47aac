//! `preau audit`, `conflicts`, `session-keys`: who changed what, what was changed twice, which keys are believed.

use std::path::Path;
use std::process::ExitCode;

use http::Method;
use journal::{Past, Version};
use serde_json::{Value, json};

use crate::cli::{Format, SessionKeysAction};
use crate::commands::{query, reached, table, text, who};
use crate::{Outcome, admin, cli};

pub(crate) async fn audit(arguments: cli::Audit) -> Outcome {
    let cli::Audit { campus, format, socket } = arguments;
    let mut shown = table(&["at", "campus", "what", "before", "after", "who"]);
    if format == Format::Csv {
        say!("{}", Past::csv_head().trim_end());
    }
    let mut after = None;
    loop {
        let page = page(campus.as_deref(), after.as_ref(), &socket.admin_socket).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.version.clone());
        for past in &page {
            match format {
                Format::Json => say!("{}", json!(past)),
                Format::Csv => say!("{}", past.csv().trim_end()),
                Format::Table => {
                    let value = |value: &Value| if value.is_null() { String::new() } else { value.to_string() };
                    let (before, now) = (value(&past.before), value(&past.value));
                    let campus = past.campus.as_deref().unwrap_or_default();
                    let (at, key) = (past.at.to_string(), past.key.to_string());
                    shown.add_row([&*at, campus, &key, &before, &now, &past.by]);
                }
            }
        }
    }
    if format == Format::Table {
        say!("{shown}");
    }
    Ok(ExitCode::SUCCESS)
}

async fn page(campus: Option<&str>, after: Option<&Version>, socket: &Path) -> Result<Vec<Past>, String> {
    let after = after.map(ToString::to_string);
    let path = query("/audit", &[("campus", campus), ("after", after.as_deref())]);
    let mut answer = admin::ask(socket, Method::GET, &path, None).await?;
    let changes = answer.get_mut("changes").map(Value::take).unwrap_or_default();
    serde_json::from_value(changes).map_err(|error| format!("the server is of another version: {error}"))
}

pub(crate) async fn conflicts(arguments: cli::Conflicts) -> Outcome {
    let path = query("/conflicts", &[("campus", arguments.campus.as_deref())]);
    let answer = admin::ask(&arguments.socket.admin_socket, Method::GET, &path, None).await?;
    let mut shown = table(&["campus", "what", "state", "at", "value", "who"]);
    for conflict in answer.get("conflicts").and_then(Value::as_array).into_iter().flatten() {
        let open = conflict.get("open").and_then(Value::as_bool).unwrap_or_default();
        let changes = conflict.get("changes").and_then(Value::as_array).cloned().unwrap_or_default();
        for (place, change) in changes.iter().enumerate() {
            let state = match (open, place + 1 == changes.len()) {
                (true, true) => "in force: set it again to settle it",
                (true, false) => "lost",
                (false, _) => "settled",
            };
            let value = change.get("value").map(Value::to_string).unwrap_or_default();
            let [campus, key, at, by] = ["campus", "key", "at", "by"].map(|name| text(change, name));
            shown.add_row([campus, key, state, at, &value, by]);
        }
    }
    match shown.row_count() {
        0 => say!("no value was changed twice without one knowing of the other"),
        _ => say!("{shown}"),
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn session_keys(arguments: cli::SessionKeys) -> Outcome {
    let socket = &arguments.socket.admin_socket;
    if let Some(SessionKeysAction::Revoke { id }) = &arguments.action {
        let body = json!({ "id": id, "by": who() });
        let answer = admin::ask(socket, Method::POST, "/session-keys/revoke", Some(&body)).await?;
        say!("sessions under {id} are over; {}", reached(&answer));
    }
    let answer = admin::ask(socket, Method::GET, "/session-keys", None).await?;
    let mut shown = table(&["key", "state"]);
    let ids = |name: &str| {
        let ids = answer.get(name).and_then(Value::as_array).into_iter().flatten();
        ids.filter_map(Value::as_str).collect::<Vec<_>>()
    };
    for (place, id) in ids("trusted").into_iter().enumerate() {
        shown.add_row([id, if place == 0 { "seals" } else { "opens" }]);
    }
    for id in ids("revoked") {
        shown.add_row([id, "revoked"]);
    }
    say!("{shown}");
    Ok(ExitCode::SUCCESS)
}
