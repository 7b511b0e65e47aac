//! `GET /api/explain/{name}`: why a screen is empty or old, as facts and in plain words.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use campus::DataSet;
use http::header::CACHE_CONTROL;
use jiff::Timestamp;
use kinds::{Audience, Lifetimes};
use serde_json::{Value, json};
use sources::FailureKind;

use crate::health::Seen;
use crate::held::{Held, fresh_until, second};
use crate::path::{admit, find, key};
use crate::problem::{failing, word};
use crate::reader::Reader;
use crate::routes::{Name, Query};
use crate::{Gateway, Problem};

/// Explains a data set as it stands, without asking its source.
pub(crate) async fn explain(
    State(gateway): State<Arc<Gateway>>,
    reader: Reader,
    Name(name): Name,
    Query(query): Query,
) -> Result<Response, Problem> {
    let (campus, set) = (&reader.campus, find(&reader.campus, &name)?);
    let admitted = admit(&set, &reader);
    let base = json!({
        "name": set.name, "kind": set.kind.name, "audience": set.audience.to_string(), "allowed": admitted.is_ok(),
        "signed_in": reader.member().is_ok(), "login": gateway.login(campus, false),
    });
    let facts = match admitted {
        Ok(_) if set.audience == Audience::Personal => gateway.personal_facts(campus, &set, &query)?,
        Ok(_) => gateway.facts(campus, &set, &query).await?,
        Err(_) if campus.sign_in.is_none() => json!({ "why": why("no-sign-in") }),
        Err(problem) => json!({ "why": why(problem.slug) }),
    };
    // What it says depends on who asks.
    Ok(([(CACHE_CONTROL, "private, no-store")], Json(merged(base, facts))).into_response())
}

impl Gateway {
    /// Of a personal set nothing is kept: its source's state is all there is to tell.
    fn personal_facts(
        &self,
        campus: &campus::Campus,
        set: &DataSet,
        query: &std::collections::BTreeMap<String, String>,
    ) -> Result<Value, Problem> {
        let params = set.params(query).map_err(Problem::bad_parameter)?;
        let seen = self.health.of(&campus.id, &set.source);
        let failing_now = seen.last_failure.as_ref().filter(|_| seen.failing > 0).map(|(_, kind, _)| *kind);
        let reason = failing_now.map_or("asked-each-time", failing);
        Ok(
            json!({ "why": why(reason), "parameters": params, "source": source(set, seen), "server_copy": set.server_copy }),
        )
    }

    async fn facts(
        &self,
        campus: &campus::Campus,
        set: &DataSet,
        query: &std::collections::BTreeMap<String, String>,
    ) -> Result<Value, Problem> {
        let params = set.params(query).map_err(Problem::bad_parameter)?;
        let known = self.cache.known(&key(campus, set, params.clone())).await;
        let lifetimes = self.overrides.of(&campus.id, set);
        let seen = self.health.of(&campus.id, &set.source);
        let now = (self.clock)();
        let held = known.value.as_ref().map(|(value, as_of)| (value.get(), *as_of));
        let reason = reason(held, now, &lifetimes, known.trouble.as_ref().map(|(trouble, _)| trouble.kind));
        Ok(json!({
            "why": why(reason),
            "parameters": params,
            "source": source(set, seen),
            "cache": {
                "as_of": held.map(|(_, as_of)| second(as_of)),
                "fresh_until": held.map(|(_, as_of)| second(fresh_until(as_of, lifetimes.fresh_for))),
                "usable_until": held.map(|(_, as_of)| second(usable_until(as_of, &lifetimes))),
                "next_try": known.trouble.map(|(_, retry_at)| second(retry_at)),
            },
            "items": held.map(|(held, _)| held.items().len()),
            "account": held.map(|(held, _)| held.account()),
        }))
    }
}

fn source(set: &DataSet, seen: Seen) -> Value {
    json!({
        "name": set.source,
        "state": seen.state(),
        "last_success": seen.last_success.map(second),
        "last_failure": seen.last_failure.map(|(at, kind, _)| json!({ "at": second(at), "kind": word(kind) })),
    })
}

fn reason(
    held: Option<(&Held, Timestamp)>,
    now: Timestamp,
    lifetimes: &Lifetimes,
    trouble: Option<FailureKind>,
) -> &'static str {
    match (held, trouble) {
        (None, None) => "not-asked-yet",
        (None, Some(kind)) => failing(kind),
        (Some((_, as_of)), Some(kind)) if usable_until(as_of, lifetimes) <= now => failing(kind),
        (Some((_, as_of)), Some(_)) if fresh_until(as_of, lifetimes.fresh_for) <= now => "old-because-the-source-fails",
        (Some((held, _)), _) if held.account().received == 0 => "empty-at-the-source",
        (Some((held, _)), _) if held.items().is_empty() => "all-records-rejected",
        (Some((held, _)), _) if held.account().rejected > 0 => "some-records-rejected",
        _ => "in-order",
    }
}

fn usable_until(as_of: Timestamp, lifetimes: &Lifetimes) -> Timestamp {
    fresh_until(as_of, lifetimes.fresh_for.saturating_add(lifetimes.stale_for))
}

/// Reasons in plain words, French and English.
const WORDS: &[(&str, &str, &str)] = &[
    ("in-order", "Tout est en ordre.", "Everything is in order."),
    ("sign-in-required", "Connectez-vous pour voir ces informations.", "Sign in to see this."),
    ("session-expired", "Votre session est à renouveler.", "Your session has to be renewed."),
    (
        "not-allowed",
        "Ces informations sont destinées à un groupe dont vous ne faites pas partie.",
        "This is for a group that you do not belong to.",
    ),
    ("no-sign-in", "L'établissement n'a pas encore ouvert la connexion.", "The school has not opened sign-in yet."),
    (
        "asked-each-time",
        "Ces informations sont les vôtres : elles sont demandées à l'établissement à chaque fois, et aucun serveur ne les garde.",
        "This is yours: the school is asked for it each time, and no server keeps it.",
    ),
    (
        "not-asked-yet",
        "Ces informations n'ont pas encore été demandées à l'établissement.",
        "The school has not been asked for this yet.",
    ),
    (
        "empty-at-the-source",
        "Le système de l'établissement répond, et ne contient rien ici.",
        "The school's system answers, and holds nothing here.",
    ),
    (
        "all-records-rejected",
        "Le système de l'établissement répond, mais aucune de ses données n'a pu être lue ; l'établissement peut voir pourquoi.",
        "The school's system answers, but none of its records could be read; the school can see why.",
    ),
    (
        "some-records-rejected",
        "Une partie des données de l'établissement n'a pas pu être lue ; l'établissement peut voir pourquoi.",
        "Some of the school's records could not be read; the school can see why.",
    ),
    (
        "old-because-the-source-fails",
        "Le système de l'établissement ne répond pas correctement : voici la dernière version connue.",
        "The school's system does not answer as it should: this is the last known version.",
    ),
    ("source-unavailable", "Le système de l'établissement ne répond pas.", "The school's system does not answer."),
    (
        "source-refused",
        "Le système de l'établissement refuse l'accès ; l'établissement doit corriger les droits.",
        "The school's system refuses access; the school has to correct the rights.",
    ),
    (
        "source-rejected",
        "Le système de l'établissement rejette la demande ; l'établissement doit corriger le réglage.",
        "The school's system rejects the request; the school has to correct the settings.",
    ),
    (
        "source-malformed",
        "Le système de l'établissement répond autre chose que prévu.",
        "The school's system answers something else than expected.",
    ),
];

fn why(reason: &'static str) -> Value {
    let (_, fr, en) = WORDS.iter().find(|(known, ..)| *known == reason).copied().unwrap_or((reason, "", ""));
    json!({ "reason": reason, "fr": fr, "en": en })
}

fn merged(mut base: Value, more: Value) -> Value {
    if let (Some(base), Value::Object(more)) = (base.as_object_mut(), more) {
        base.extend(more);
    }
    base
}
