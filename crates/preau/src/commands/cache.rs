//! `preau cache`: the level-2 cache of a running server.

use std::process::ExitCode;

use http::Method;
use serde_json::{Value, json};

use crate::cli::CacheAction;
use crate::{Outcome, admin, cli};

pub(crate) async fn run(arguments: cli::Cache) -> Outcome {
    let socket = &arguments.socket.admin_socket;
    match arguments.action {
        CacheAction::Show => {
            let answer = admin::ask(socket, Method::GET, "/cache", None).await?;
            let number = |name: &str| answer.get(name).and_then(Value::as_u64).unwrap_or_default();
            println!("{} entries, {:.1} MiB", number("entries"), number("bytes") as f64 / 1_048_576.0);
            for change in answer.get("changes").and_then(Value::as_array).into_iter().flatten() {
                println!("changed: {change}");
            }
        }
        CacheAction::Lifetimes { campus, data, fresh_for, stale_for } => {
            let seconds = |lasting: Option<sources::Lasting>| lasting.map(|lasting| lasting.0.as_secs());
            let change = json!({ "fresh_for": seconds(fresh_for), "stale_for": seconds(stale_for) });
            let body = json!({ "campus": campus, "data": data, "change": change });
            let answer = admin::ask(socket, Method::PUT, "/cache/lifetimes", Some(&body)).await?;
            let number = |name: &str| answer.get(name).and_then(Value::as_u64).unwrap_or_default();
            let what = if fresh_for.is_none() && stale_for.is_none() { "as declared" } else { "now" };
            println!(
                "{campus}/{data} {what}: fresh for {} s, then usable for {} s",
                number("fresh_for"),
                number("stale_for")
            );
        }
        CacheAction::Purge { campus, data, source } => {
            let body = json!({ "campus": campus, "data": data, "source": source });
            let answer = admin::ask(socket, Method::POST, "/cache/purge", Some(&body)).await?;
            println!("{} entries forgotten", answer.get("purged").and_then(Value::as_u64).unwrap_or_default());
        }
    }
    Ok(ExitCode::SUCCESS)
}
