//! Who changed what, when, before and after: as JSON, or as a table that a spreadsheet opens.

use std::collections::BTreeMap;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use journal::{Conflict, Past, Version};
use serde_json::{Value, json};

use crate::changes::unwritten;
use crate::publications::Pointer;
use crate::{Gateway, Problem};

/// Lines of one answer at most.
const MOST: usize = 1000;

/// Conflicts that are shown at most.
const MOST_CONFLICTS: usize = 100;

/// A part of the trail.
pub(crate) struct Trail<'q> {
    campus: Option<&'q str>,
    after: Option<Version>,
    most: usize,
}

impl<'q> Trail<'q> {
    /// The part that a query asks for: `after` a version, at most `limit`.
    pub(crate) fn asked(campus: Option<&'q str>, query: &BTreeMap<String, String>) -> Result<Self, Problem> {
        let after = query.get("after").map(|after| after.parse().map_err(Problem::bad_parameter)).transpose()?;
        let most =
            query.get("limit").map(|limit| limit.parse::<usize>().ok().filter(|limit| (1..=MOST).contains(limit)));
        let most = most.unwrap_or(Some(MOST)).ok_or_else(|| Problem::bad_parameter(format!("limit is 1 to {MOST}")))?;
        Ok(Self { campus, after, most })
    }
}

impl Gateway {
    pub(crate) fn audit(&self, trail: &Trail<'_>) -> Result<Vec<Past>, Problem> {
        self.state.look(|tables| tables.audit(trail.campus, trail.after.as_ref(), trail.most)).map_err(unwritten)
    }

    pub(crate) fn conflicts(&self, campus: Option<&str>) -> Result<Vec<Conflict>, Problem> {
        self.state.look(|tables| tables.conflicts(campus, MOST_CONFLICTS)).map_err(unwritten)
    }

    /// What is published of a campus, where each channel points, and where it pointed before.
    pub(crate) fn channels_of(&self, campus: &str) -> Result<Value, Problem> {
        let channel = |(channel, pointer): (String, Pointer)| {
            let history = self.history(campus, &channel)?;
            let broken = self.campuses.broken_on(campus, &channel);
            let problems: Option<Vec<_>> =
                broken.map(|broken| broken.problems.iter().map(|problem| problem.render(false)).collect());
            let served = self.campuses.on(campus, &channel).and_then(|campus| campus.publication);
            let now = json!({ "publication": pointer, "served": served, "problems": problems, "history": history });
            Ok::<_, Problem>((channel, now))
        };
        let channels = self.pointers(campus).into_iter().map(channel).collect::<Result<serde_json::Map<_, _>, _>>()?;
        Ok(json!({ "campus": campus, "channels": channels, "publications": self.published(campus)? }))
    }
}

/// A part of the trail as it is asked for.
pub(crate) fn respond(past: &[Past], headers: &HeaderMap) -> Response {
    let accepted = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if !accepted.contains("text/csv") {
        return ([(CACHE_CONTROL, "private, no-store")], Json(json!({ "changes": past }))).into_response();
    }
    let head = [
        (CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\""),
        (CACHE_CONTROL, "private, no-store"),
    ];
    let table: String = std::iter::once(Past::csv_head()).chain(past.iter().map(Past::csv)).collect();
    (head, table).into_response()
}
