//! `/api/calendar`: data sets as iCalendar, at addresses that calendar programs subscribe to and that seal whose they are.

mod colour;
mod event;
mod writer;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use campus::{Campus, DataSet};
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, StatusCode};
use identity::{Brake, Person, Refused, Subscription};
use kinds::Audience;
use serde_json::{Value, json};

use self::event::Origin;
use self::writer::Writer;
use crate::held::{Held, second};
use crate::origin::{Form, Here};
use crate::page::Language;
use crate::path::{Found, Reading, admit, find};
use crate::reader::{Member, Reader};
use crate::routes::{Name, Query};
use crate::{Gateway, Problem, channel};

/// Reads of one address: calendar programs on several devices, each every few minutes.
const READS: u32 = 60;
const HOUR: Duration = Duration::from_hours(1);

/// Addresses whose reads are counted at a time.
const ADDRESSES: usize = 200_000;

/// How often calendar programs are asked to look, at least and at most, in minutes.
const OFTEN: (u64, u64) = (60, 24 * 60);

pub(crate) fn brake() -> Brake {
    Brake::new(READS, HOUR, ADDRESSES)
}

/// `POST /api/calendar`: an address of the data set `name` with its parameters, for the member who asks.
pub(crate) async fn subscribe(
    State(gateway): State<Arc<Gateway>>,
    member: Member,
    reader: Reader,
    Here(site): Here,
    Form(mut form): Form,
) -> Result<Response, Problem> {
    let name = form.remove("name").unwrap_or_default();
    let language = language(form.remove("language").as_deref(), &reader.campus);
    let set = find(&reader.campus, &name)?;
    admit(&set, &reader)?;
    subscribable(&set)?;
    if let Some(unknown) = form.keys().find(|name| !set.params.contains_key(*name)) {
        let unknown: String = unknown.chars().take(80).collect();
        return Err(Problem::bad_parameter(format!("\"{name}\" has no parameter \"{unknown}\"")));
    }
    let params = set.params(&form).map_err(Problem::bad_parameter)?;
    let person = least(member.person(), &set.audience);
    let subscription = Subscription { person, set: name, params, language: language.tag().to_owned() };
    let now = (gateway.clock)();
    let sealed = gateway.identity.sessions.subscribe(&reader.campus.id, &subscription, now);
    let (sealed, until) = sealed.ok_or_else(|| Problem::new("internal", "the address would be too long"))?;
    let url = site.at(&format!("/api/calendar/{sealed}.ics"));
    let answer = json!({ "url": url.as_str(), "until": second(until) });
    Ok(([(CACHE_CONTROL, "no-store")], Json(answer)).into_response())
}

/// `POST /api/calendar/revoke`: no address that the member has so far is good any more.
pub(crate) async fn revoke(State(gateway): State<Arc<Gateway>>, member: Member) -> Result<Json<Value>, Problem> {
    let now = (gateway.clock)();
    let ended = gateway.identity.sessions.end_calendars(&member.campus.id, &member.person().user, now);
    let written = gateway.revoke(ended).await?;
    Ok(Json(json!({ "revoked": true, "replicated": written.replicated })))
}

/// `GET /api/calendar/{file}`: a calendar by its sealed address, or that of a data set that anybody may read.
pub(crate) async fn read(
    State(gateway): State<Arc<Gateway>>,
    reader: Reader,
    Name(file): Name,
    Query(mut query): Query,
    asked: HeaderMap,
) -> Result<Response, Problem> {
    let campus = &reader.campus;
    let name = file.strip_suffix(".ics").ok_or_else(|| Problem::new("not-found", "calendars end in .ics"))?;
    // What is sealed begins with a capital, as no data set does.
    if let Some(set) = campus.data.get(name) {
        subscribable(set)?;
        if set.audience != Audience::Public {
            let detail = format!("\"{name}\" is not public: POST /api/calendar gives an address of it");
            return Err(Problem::new("sign-in-required", detail));
        }
        let tag = if set.params.contains_key("language") { None } else { query.remove("language") };
        let reading = gateway.read(&reader, name, &query).await?;
        return Ok(answer(campus, &reading, language(tag.as_deref(), campus), &asked));
    }
    let now = (gateway.clock)();
    let subscription =
        gateway.identity.sessions.subscription(&campus.id, name, now).map_err(|refused| match refused {
            Refused::Foreign => Problem::new("not-found", "there is no such calendar"),
            Refused::Expired | Refused::Revoked => Problem::new("calendar-over", "subscribe again in the app"),
        })?;
    let left = gateway.calendars.try_now(name, now);
    left.map_err(|wait| Problem::too_many(wait, "this calendar is read more often than it changes"))?;
    let Subscription { person, set, params, language: tag } = subscription;
    let set = find(campus, &set)?;
    subscribable(&set)?;
    let params = set.params(&params).map_err(Problem::bad_parameter)?;
    let reading = match &set.audience {
        Audience::Personal => gateway.read_about(campus, set, params, &person).await?,
        Audience::Group(group) if !person.groups.contains(group) => return Err(Problem::not_allowed(&set)),
        _ => gateway.read_shared(campus, set, params).await?,
    };
    Ok(answer(campus, &reading, language(Some(&tag), campus), &asked))
}

/// The language of a tag; without one, the campus's first.
fn language(tag: Option<&str>, campus: &Campus) -> Language {
    let tag = tag.or(campus.languages.first().map(String::as_str)).unwrap_or_default();
    if tag.split('-').next() == Some("en") { Language::English } else { Language::French }
}

/// Of a person, what a set of this audience asks for.
fn least(person: &Person, audience: &Audience) -> Person {
    let groups = person.groups.iter().filter(|group| matches!(audience, Audience::Group(needed) if needed == *group));
    Person {
        user: person.user.clone(),
        name: None,
        groups: groups.cloned().collect(),
        affiliations: Vec::new(),
        roles: Vec::new(),
        attributes: if *audience == Audience::Personal { person.attributes.clone() } else { BTreeMap::new() },
    }
}

/// News have a time too, and belong into no calendar; tokens of a person end within hours.
fn subscribable(set: &DataSet) -> Result<(), Problem> {
    let name = &set.name;
    if set.kind.time.as_ref().is_none_or(|time| time.newest_first) {
        return Err(Problem::bad_parameter(format!("\"{name}\" holds nothing that stands in a calendar")));
    }
    if set.asks_with.is_some() {
        let why = "is asked with the person's own token, which ends within hours: no calendar can read it";
        return Err(Problem::bad_parameter(format!("\"{name}\" {why}")));
    }
    Ok(())
}

/// The calendar, or that the program has it already: by its items, for the instant of reading is in each event.
fn answer(campus: &Campus, reading: &Reading, language: Language, asked: &HeaderMap) -> Response {
    let (held, control);
    let own;
    match &reading.items {
        Found::Shared(shared) => (held, control) = (shared.get(), "no-cache"),
        Found::Own(items) => {
            own = items.clone().into_answer();
            (held, control) = (&*own, "no-store");
        }
    }
    let who = if reading.set.audience == Audience::Public { "public" } else { "private" };
    let control = format!("{who}, {control}");
    let etag = format!("W/\"{}-{}-{}\"", held.tag(), campus.version, language.tag());
    let known = asked.get(IF_NONE_MATCH).and_then(|tags| tags.to_str().ok()).is_some_and(|tags| tags.contains(&etag));
    let head = [(CACHE_CONTROL, control), (ETAG, etag)];
    if known {
        return channel::marked((StatusCode::NOT_MODIFIED, head).into_response(), campus);
    }
    let name = format!("inline; filename=\"{}.ics\"", reading.set.name);
    let kind = [(CONTENT_TYPE, "text/calendar; charset=utf-8"), (CONTENT_DISPOSITION, &name)];
    channel::marked((head, kind, text(campus, reading, held, language)).into_response(), campus)
}

/// RFC 5545, with the names and the colour of RFC 7986 and those that programs knew before it.
fn text(campus: &Campus, reading: &Reading, held: &Held, language: Language) -> String {
    let set = &reading.set;
    let name = format!("{} – {}", language.of(&set.title.fr, &set.title.en), campus.short_name);
    let minutes = (reading.fresh_for.as_secs() / 60).clamp(OFTEN.0, OFTEN.1);
    let mut writer = Writer::new();
    writer.line("BEGIN", "VCALENDAR");
    writer.line("VERSION", "2.0");
    writer.line("PRODID", "-//Preau//Preau//EN");
    writer.line("CALSCALE", "GREGORIAN");
    writer.text("NAME", &name);
    writer.text("X-WR-CALNAME", &name);
    writer.text("X-WR-TIMEZONE", campus.timezone.iana_name().unwrap_or("UTC"));
    writer.line("REFRESH-INTERVAL;VALUE=DURATION", &format!("PT{minutes}M"));
    writer.line("X-PUBLISHED-TTL", &format!("PT{minutes}M"));
    if let Some(color) = &campus.theme.color {
        writer.line("X-APPLE-CALENDAR-COLOR", color);
        writer.line("COLOR", colour::nearest(color));
    }
    let origin = Origin { campus: &campus.id, set: &set.name, kind: &set.kind, language, as_of: reading.as_of };
    let mut written = false;
    for (_, json) in held.items().iter() {
        // Items were written by us.
        if let Ok(item) = serde_json::from_slice(json) {
            written |= origin.write(&item, &mut writer);
        }
    }
    if !written {
        writer.zone();
    }
    writer.line("END", "VCALENDAR");
    writer.finish()
}
