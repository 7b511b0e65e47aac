//! `preau cell status`: a cell among the others, and what somebody should do.

use std::process::ExitCode;

use http::Method;
use journal::postgres::{Cell, Watch};
use serde_json::{Value, json};

use crate::commands::table;
use crate::settings::Settings;
use crate::{Outcome, admin, node};

pub(super) async fn run(cell: &Cell, settings: &Settings, as_json: bool) -> Outcome {
    // A running server has the same settings and knows of its own clock; without one, we look ourselves.
    let status = match admin::ask(&settings.admin_socket, Method::GET, "/cell", None).await {
        Ok(status) if text(&status, "origin") == cell.origin.as_str() => status,
        _ => json!(Watch::new(&cell.database, cell.origin.clone(), &cell.peers, node::clock()).look().await),
    };
    let alarms = list(&status, "alarms");
    if as_json {
        say!("{status:#}");
    } else {
        say!("{}", peers(&status));
        say!("{}", streams(&status));
        match alarms {
            [] => say!("all is well"),
            alarms => alarms.iter().filter_map(Value::as_str).for_each(|alarm| say!("alarm: {alarm}")),
        }
    }
    Ok(if alarms.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn peers(status: &Value) -> String {
    let mut table =
        table(&["peer", "answers", "receiving", "not here yet", "not there yet", "kept for it", "our clock is"]);
    for peer in list(status, "peers") {
        let answers = if peer.get("problem").is_some_and(Value::is_null) { "yes" } else { "no" };
        let receiving = if peer.get("receiving") == Some(&Value::Bool(true)) { "yes" } else { "no" };
        let skew = peer.get("skew_ms").and_then(Value::as_i64);
        table.add_row([
            text(peer, "origin").to_owned(),
            answers.to_owned(),
            receiving.to_owned(),
            lag(peer.get("behind")),
            lag(peer.get("ahead")),
            kept(peer.get("kept")),
            skew.map_or_else(|| "?".to_owned(), |skew| format!("{skew:+} ms")),
        ]);
    }
    table.to_string()
}

fn streams(status: &Value) -> String {
    let mut table = table(&["cell", "life", "entries", "the last at", "missing"]);
    for end in list(status, "streams") {
        let number = |name: &str| end.get(name).map(Value::to_string).unwrap_or_default();
        table.add_row([
            text(end, "origin").to_owned(),
            number("incarnation"),
            number("seq"),
            text(end, "at").to_owned(),
            number("missing"),
        ]);
    }
    table.to_string()
}

fn lag(lag: Option<&Value>) -> String {
    let Some(lag) = lag.filter(|lag| !lag.is_null()) else { return "?".to_owned() };
    match (number(lag, "entries"), number(lag, "seconds")) {
        (0, _) => "nothing".to_owned(),
        (entries, seconds) => format!("{entries} for {seconds} s"),
    }
}

fn kept(kept: Option<&Value>) -> String {
    let Some(kept) = kept.filter(|kept| !kept.is_null()) else { return "nothing".to_owned() };
    if kept.get("lost") == Some(&Value::Bool(true)) {
        return "too much was missed".to_owned();
    }
    let limit = kept.get("limit").and_then(Value::as_u64).map(|limit| format!(" of {} MiB", limit >> 20));
    format!("{} MiB{}", number(kept, "bytes") >> 20, limit.unwrap_or_default())
}

fn number(value: &Value, name: &str) -> u64 {
    value.get(name).and_then(Value::as_u64).unwrap_or_default()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}
