//! What came of a sign-in, for the person at the terminal.

use campus::Campus;
use identity::{Person, Role, Staff, Tokens};
use jiff::{SignedDuration, Timestamp};
use kinds::Audience;
use serde_json::{Map, Value};

use crate::commands::{count, table};

/// A value, in characters.
const SHOWN: usize = 60;

/// The claims that the provider sent: what they are, and what they say only where that is wanted.
pub(super) fn claims(claims: &Map<String, Value>, show_values: bool) -> String {
    let mut table = table(&["claim", "type", "value"]);
    for (name, value) in claims {
        let shown = if show_values { text(value) } else { masked(value) };
        table.add_row([plain(name), type_of(value), shown]);
    }
    let hint = if show_values { "" } else { "\n(--show-values shows them)" };
    format!("claims received\n{table}{hint}")
}

/// Whom the campus makes of them, with the roles that the operator's own file gives.
pub(super) fn person(person: &Person, staff: Option<&Staff>) -> String {
    let list = |texts: &[String]| if texts.is_empty() { "none".to_owned() } else { texts.join("\n") };
    let given: Vec<_> = Role::of(person, staff).iter().map(ToString::to_string).collect();
    let idle: Vec<_> = person.roles.iter().filter(|role| !given.contains(role)).cloned().collect();
    let mut roles = list(&given).replace('\n', ", ");
    if !idle.is_empty() {
        roles += &format!(" (claims cannot give {})", idle.join(", "));
    }
    let mut table = table(&["part of [login]", "this person"]);
    table.add_row(["user", person.user.as_str()]);
    table.add_row(["name", person.name.as_deref().unwrap_or("none")]);
    table.add_row(["groups", &list(&person.groups)]);
    table.add_row(["affiliation", &list(&person.affiliations)]);
    table.add_row(["roles", &roles]);
    for (name, value) in &person.attributes {
        table.add_row([&format!("attributes.{name}"), value]);
    }
    format!("the person\n{table}")
}

/// What of the campus's data they may read.
pub(super) fn data(campus: &Campus, person: &Person) -> String {
    let mut table = table(&["data set", "kind", "for", "may read"]);
    for set in campus.data.values() {
        let may = match &set.audience {
            Audience::Group(group) => person.groups.contains(group),
            Audience::Public | Audience::Members | Audience::Personal => true,
        };
        let (kind, audience) = (set.kind.name.as_str(), set.audience.to_string());
        table.add_row([&*set.name, kind, &audience, if may { "yes" } else { "no" }]);
    }
    format!("data sets\n{table}")
}

/// Which tokens there are, and how long they are good.
pub(super) fn tokens(tokens: &Tokens, passed_on: bool, now: Timestamp) -> String {
    let access = match tokens.access_until.and_then(|until| Timestamp::from_second(until).ok()) {
        Some(until) => format!("access token, good for {}", lasting(until.duration_since(now))),
        None => "access token, of unsaid lifetime".to_owned(),
    };
    let held: Vec<_> = [
        (&tokens.access, access.as_str()),
        (&tokens.refresh, "refresh token"),
        (&tokens.hint, "ID token, to sign out with"),
        (&tokens.granting, "proxy-granting ticket"),
    ]
    .into_iter()
    .filter_map(|(token, what)| token.as_ref().map(|_| format!("\n  {what}")))
    .collect();
    let use_of = if passed_on { "sources are asked with them" } else { "no source is asked with them" };
    let held = if held.is_empty() { "\n  none".to_owned() } else { held.concat() };
    format!("tokens ({use_of}){held}")
}

fn lasting(duration: SignedDuration) -> String {
    match duration.as_secs() {
        ..=0 => "no time at all".to_owned(),
        seconds @ 1..120 => format!("{seconds} s"),
        seconds => format!("{} min", seconds / 60),
    }
}

fn type_of(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(_) => "true or false".to_owned(),
        Value::Number(_) => "number".to_owned(),
        Value::String(_) => "text".to_owned(),
        Value::Array(values) => format!("list of {}", values.len()),
        Value::Object(fields) => format!("object of {}", count(fields.len(), "field", "fields")),
    }
}

/// How long it is, and nothing else.
fn masked(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => format!("••• ({})", count(text.chars().count(), "character", "characters")),
        _ => "•••".to_owned(),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => plain(text),
        Value::Array(values) => values.iter().map(text).collect::<Vec<_>>().join("\n"),
        other => plain(&other.to_string()),
    }
}

/// What a provider says must not control a terminal.
fn plain(text: &str) -> String {
    let mut shown: String =
        text.chars().take(SHOWN).map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}
