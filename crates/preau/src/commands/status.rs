//! `preau status`: every campus and source of a running server, as real traffic saw them.

use std::process::ExitCode;

use comfy_table::{ContentArrangement, Table, presets};
use http::Method;
use serde_json::Value;

use crate::commands::text;
use crate::{Outcome, admin, cli};

pub(crate) async fn run(arguments: cli::Status) -> Outcome {
    let answer = admin::ask(&arguments.socket.admin_socket, Method::GET, "/status", None).await?;
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["campus", "source", "state", "last success", "last failure"]);
    for campus in answer.get("campuses").and_then(Value::as_array).into_iter().flatten() {
        let id = text(campus, "campus");
        let sources = campus.get("sources").and_then(Value::as_object).into_iter().flatten();
        let sources = sources.map(|(source, state)| (source.as_str(), state));
        let login = campus.get("login").filter(|login| !login.is_null()).map(|login| ("[login]", login));
        for (source, state) in login.into_iter().chain(sources) {
            let failure = state.get("last_failure").filter(|failure| !failure.is_null());
            let failure = failure.map(|failure| {
                format!("{} {}: {}", text(failure, "at"), text(failure, "kind"), text(failure, "message"))
            });
            table.add_row([
                id,
                source,
                text(state, "state"),
                text(state, "last_success"),
                &failure.unwrap_or_default(),
            ]);
        }
    }
    if table.row_count() > 0 {
        say!("{table}");
    }
    for campus in answer.get("campuses").and_then(Value::as_array).into_iter().flatten() {
        let problems = campus.get("problems").and_then(Value::as_array).into_iter().flatten();
        if text(campus, "newest_declaration") == "refused" {
            say!(
                "\n{}: the newest declaration has errors; the former version, if any, is served\n",
                text(campus, "campus")
            );
            problems.filter_map(Value::as_str).for_each(|problem| say!("{problem}\n"));
        }
    }
    for alarm in answer.get("alarms").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
        say!("alarm: {alarm}");
    }
    Ok(ExitCode::SUCCESS)
}
