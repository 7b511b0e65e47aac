//! `preau publish`, `promote`, `rollback`, `withdraw`, `diff`, `history`: what is published, and what each channel shows.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use campus::Package;
use http::Method;
use serde_json::{Value, json};

use crate::commands::{query, reached, table, text, who};
use crate::{Outcome, admin, cli};

pub(crate) async fn publish(arguments: cli::Publish) -> Outcome {
    let folder = arguments.folder.canonicalize().map_err(|error| format!("{}: {error}", arguments.folder.display()))?;
    let named = folder.file_name().map(|name| name.to_string_lossy().into_owned());
    let campus = arguments.campus.or(named).ok_or("say which campus it is with --campus")?;
    let package = Package::read(&folder)?;
    let files: BTreeMap<_, _> = package.files().iter().map(|(path, bytes)| (path, STANDARD.encode(bytes))).collect();
    let body = json!({
        "campus": campus, "channel": arguments.channel, "files": files, "note": arguments.note, "by": who(),
    });
    let answer = admin::ask(&arguments.socket.admin_socket, Method::POST, "/publications", Some(&body)).await?;
    shown(&campus, &answer);
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn promote(arguments: cli::Promote) -> Outcome {
    let cli::Promote { campus, from, to, socket } = arguments;
    let body = json!({ "campus": campus, "from": from, "to": to, "by": who() });
    shown(&campus, &admin::ask(&socket.admin_socket, Method::POST, "/publications/promote", Some(&body)).await?);
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn roll_back(arguments: cli::Rollback) -> Outcome {
    let cli::Rollback { campus, channel, to, socket } = arguments;
    let body = json!({ "campus": campus, "channel": channel, "to": to, "by": who() });
    shown(&campus, &admin::ask(&socket.admin_socket, Method::POST, "/publications/rollback", Some(&body)).await?);
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn withdraw(arguments: cli::Withdraw) -> Outcome {
    let cli::Withdraw { campus, channel, socket } = arguments;
    let body = json!({ "campus": campus, "channel": channel, "by": who() });
    let answer = admin::ask(&socket.admin_socket, Method::POST, "/publications/withdraw", Some(&body)).await?;
    say!("{campus} is off {channel}; {}", reached(&answer));
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn diff(arguments: cli::Diff) -> Outcome {
    let cli::Diff { campus, from, to, socket } = arguments;
    let (from, to) =
        (package(&campus, &from, &socket.admin_socket).await?, package(&campus, &to, &socket.admin_socket).await?);
    let diff = from.diff(&to);
    if diff.is_empty() {
        say!("the same files");
    } else {
        say!("{}", diff.trim_end());
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn history(arguments: cli::History) -> Outcome {
    let path = query("/publications", &[("campus", arguments.campus.as_deref())]);
    let answer = admin::ask(&arguments.socket.admin_socket, Method::GET, &path, None).await?;
    let list = |value: &Value, name: &str| value.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    for campus in list(&answer, "campuses") {
        let mut published = table(&["publication", "digest", "at", "by", "note"]);
        for publication in list(&campus, "publications") {
            let digest: String = text(&publication, "digest").chars().take(12).collect();
            let number = publication.get("number").map(Value::to_string).unwrap_or_default();
            let [at, by, note] = ["at", "by", "note"].map(|name| text(&publication, name));
            published.add_row([&number, &digest, at, by, note]);
        }
        let mut channels = table(&["channel", "shows", "since", "by"]);
        for (channel, state) in campus.get("channels").and_then(Value::as_object).into_iter().flatten() {
            for (place, past) in list(state, "history").iter().enumerate() {
                let number = past.get("value").and_then(|value| value.get("number")).map(Value::to_string);
                let name = if place == 0 { channel.as_str() } else { "" };
                channels.add_row([name, &number.unwrap_or("nothing".to_owned()), text(past, "at"), text(past, "by")]);
            }
        }
        say!("{}\n{published}\n{channels}", text(&campus, "campus"));
        for (channel, state) in campus.get("channels").and_then(Value::as_object).into_iter().flatten() {
            for problem in list(state, "problems").iter().filter_map(Value::as_str) {
                say!(
                    "\n{channel}: what it should show has errors here, and what it showed before is served\n\n{problem}"
                );
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A folder's files, or a publication's.
async fn package(campus: &str, name: &str, socket: &Path) -> Result<Package, String> {
    if name.contains('/') {
        return Package::read(Path::new(name));
    }
    let path = query("/publications/files", &[("campus", Some(campus)), ("name", Some(name))]);
    let answer = admin::ask(socket, Method::GET, &path, None).await?;
    let files = answer.get("files").and_then(Value::as_object).into_iter().flatten();
    let decoded = files.map(|(path, text)| {
        let bytes = STANDARD.decode(text.as_str().unwrap_or_default());
        bytes.map(|bytes| (path.clone(), bytes)).map_err(|error| format!("{path}: {error}"))
    });
    Package::from_files(decoded.collect::<Result<_, String>>()?)
}

fn shown(campus: &str, answer: &Value) {
    let number = answer.get("publication").and_then(|publication| publication.get("number"));
    let number = number.map(Value::to_string).unwrap_or_default();
    say!("{campus}: publication {number} is on {}; {}", text(answer, "channel"), reached(answer));
}
