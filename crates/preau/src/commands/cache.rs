//! `preau cache`: the level-2 cache of a running server.

use std::process::ExitCode;

use http::Method;
use serde_json::{Value, json};

use crate::cli::CacheAction;
use crate::commands::count;
use crate::{Outcome, admin, cli};

pub(crate) async fn run(arguments: cli::Cache) -> Outcome {
    let socket = &arguments.socket.admin_socket;
    match arguments.action {
        CacheAction::Show => {
            let answer = admin::ask(socket, Method::GET, "/cache", None).await?;
            say!("{}, {:.1} MiB", entries(&answer, "entries"), number(&answer, "bytes") as f64 / 1_048_576.0);
            for change in answer.get("changes").and_then(Value::as_array).into_iter().flatten() {
                say!("{}", changed(change));
            }
        }
        CacheAction::Lifetimes { campus, data, fresh_for, stale_for } => {
            let seconds = |lasting: Option<kinds::Lasting>| lasting.map(|lasting| lasting.0.as_secs());
            let change = json!({ "fresh_for": seconds(fresh_for), "stale_for": seconds(stale_for) });
            let body = json!({ "campus": campus, "data": data, "change": change });
            let answer = admin::ask(socket, Method::PUT, "/cache/lifetimes", Some(&body)).await?;
            let what = if fresh_for.is_none() && stale_for.is_none() { "as declared" } else { "now" };
            let (fresh, stale) = (number(&answer, "fresh_for"), number(&answer, "stale_for"));
            say!("{campus}/{data} {what}: fresh for {fresh} s, then usable for {stale} s");
        }
        CacheAction::Purge { campus, data, source } => {
            let body = json!({ "campus": campus, "data": data, "source": source });
            let answer = admin::ask(socket, Method::POST, "/cache/purge", Some(&body)).await?;
            say!("{} forgotten", entries(&answer, "purged"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A change in force, in one line.
fn changed(change: &Value) -> String {
    let text = |name: &str| change.get(name).and_then(Value::as_str).unwrap_or_default();
    let seconds = |name: &str, words: &str| {
        let seconds = change.get("change")?.get(name)?.as_u64()?;
        Some(format!("{words} {seconds} s"))
    };
    let times = [seconds("fresh_for", "fresh for"), seconds("stale_for", "then usable for")];
    format!(
        "{}/{} changed: {}",
        text("campus"),
        text("data"),
        times.into_iter().flatten().collect::<Vec<_>>().join(", ")
    )
}

fn entries(answer: &Value, name: &str) -> String {
    count(number(answer, name) as usize, "entry", "entries")
}

fn number(answer: &Value, name: &str) -> u64 {
    answer.get(name).and_then(Value::as_u64).unwrap_or_default()
}
