//! `preau cache`: the level-2 cache of a running server.

use std::process::ExitCode;

use http::Method;
use serde_json::{Value, json};

use crate::cli::CacheAction;
use crate::commands::{count, reached, text, who};
use crate::{Outcome, admin, cli};

pub(crate) async fn run(arguments: cli::Cache) -> Outcome {
    let socket = &arguments.socket.admin_socket;
    match arguments.action {
        CacheAction::Show => {
            let answer = admin::ask(socket, Method::GET, "/cache", None).await?;
            let held = |held: &Value| {
                format!("{}, {:.1} MiB", entries(held, "entries"), number(held, "bytes") as f64 / 1_048_576.0)
            };
            let disk = answer.get("disk").unwrap_or(&Value::Null);
            say!("{}; on disk {}", held(&answer), held(disk));
            if let Some(failure) = disk.get("failure").and_then(Value::as_str) {
                say!("nothing can be kept on disk: {failure}");
            }
            for change in answer.get("changes").and_then(Value::as_array).into_iter().flatten() {
                say!("{}", changed(change));
            }
        }
        CacheAction::Lifetimes { campus, scope, fresh_for, stale_for, keep } => {
            let seconds = |lasting: Option<kinds::Lasting>| lasting.map(|lasting| lasting.0.as_secs());
            let change =
                json!({ "fresh_for": seconds(fresh_for), "stale_for": seconds(stale_for), "keep": seconds(keep) });
            let body = about(&campus, &scope, &json!({ "change": change }));
            let answer = admin::ask(socket, Method::PUT, "/cache/lifetimes", Some(&body)).await?;
            let what = if [fresh_for, stale_for, keep].iter().all(Option::is_none) { "as declared" } else { "now" };
            for (data, now) in answer.get("lifetimes").and_then(Value::as_object).into_iter().flatten() {
                let [fresh, stale, keep] = ["fresh_for", "stale_for", "keep"].map(|name| number(now, name));
                say!("{campus}/{data} {what}: fresh for {fresh} s, then usable for {stale} s; on phones for {keep} s");
            }
            say!("{}", reached(&answer));
        }
        CacheAction::Purge { campus, scope, devices } => {
            let body = about(&campus, &scope, &json!({ "devices": devices }));
            let answer = admin::ask(socket, Method::POST, "/cache/purge", Some(&body)).await?;
            let phones = if devices { ", phones too" } else { "" };
            let what = match text(&answer, "scope") {
                "campus" => "all".to_owned(),
                scope => scope.replacen('/', " ", 1),
            };
            say!("{campus}: {what} is forgotten{phones}; {}", reached(&answer));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A question about a scope of a campus.
fn about(campus: &str, scope: &cli::Scope, more: &Value) -> Value {
    let mut body = json!({ "campus": campus, "by": who() });
    for part in [json!(scope), more.clone()] {
        if let (Value::Object(body), Value::Object(part)) = (&mut body, part) {
            body.extend(part);
        }
    }
    body
}

/// A change in force, in one line.
fn changed(change: &Value) -> String {
    let seconds = |name: &str, words: &str| {
        let seconds = change.get("change")?.get(name)?.as_u64()?;
        Some(format!("{words} {seconds} s"))
    };
    let times =
        [seconds("fresh_for", "fresh for"), seconds("stale_for", "then usable for"), seconds("keep", "on phones for")];
    format!(
        "{}: {} changed: {}",
        text(change, "campus"),
        text(change, "scope").replacen('/', " ", 1),
        times.into_iter().flatten().collect::<Vec<_>>().join(", ")
    )
}

fn entries(answer: &Value, name: &str) -> String {
    count(number(answer, name) as usize, "entry", "entries")
}

fn number(answer: &Value, name: &str) -> u64 {
    answer.get(name).and_then(Value::as_u64).unwrap_or_default()
}
