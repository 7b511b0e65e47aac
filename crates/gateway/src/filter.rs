//! Filters that the server applies: a span of time, words, pages.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{Context, SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use campus::DataSet;
use icu_normalizer::DecomposingNormalizerBorrowed;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::Problem;
use crate::held::{Held, short};

/// Query parameters with a meaning of their own.
pub(crate) const PARAMETERS: [&str; 5] = ["from", "to", "q", "limit", "cursor"];

/// A page's size at most; without `limit`, everything is one page.
const LONGEST_PAGE: usize = 1000;

/// Words of a search at most.
const MOST_WORDS: usize = 8;

/// What a request wants of a data set's items.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    /// Items that end after this second.
    from: Option<i64>,
    /// Items that start before this second.
    to: Option<i64>,
    /// Words that all occur, folded.
    words: Vec<String>,
    limit: Option<usize>,
    /// Id of the last item of the former page.
    after: Option<String>,
}

/// What a filter leaves.
pub(crate) struct Selection {
    /// A JSON list.
    pub items: Vec<u8>,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
    /// Digest of the items, 16 hexadecimal digits.
    pub tag: String,
}

impl Filter {
    /// The filter of a request; `None` where it wants everything.
    pub(crate) fn parse(query: &BTreeMap<String, String>, set: &DataSet) -> Result<Option<Self>, Problem> {
        if !PARAMETERS.iter().any(|name| query.contains_key(*name)) {
            return Ok(None);
        }
        let bound = |name: &str| query.get(name).map(|text| instant(name, text, set)).transpose();
        let limit = query.get("limit").map(|text| match text.parse() {
            Ok(limit @ 1..=LONGEST_PAGE) => Ok(limit),
            _ => Err(Problem::bad_parameter(format!("limit is a number from 1 to {LONGEST_PAGE}"))),
        });
        let after = query.get("cursor").map(|cursor| {
            let id = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|id| String::from_utf8(id).ok());
            id.ok_or_else(|| Problem::bad_parameter("cursor is the `next` of an earlier answer, as it was"))
        });
        let words: Vec<_> =
            query.get("q").map(|text| fold(text).split_whitespace().map(str::to_owned).collect()).unwrap_or_default();
        if words.len() > MOST_WORDS {
            return Err(Problem::bad_parameter(format!("q has at most {MOST_WORDS} words")));
        }
        Ok(Some(Self {
            from: bound("from")?,
            to: bound("to")?,
            words,
            limit: limit.transpose()?,
            after: after.transpose()?,
        }))
    }

    fn fits(&self, item: &mapping::Item, json: &[u8]) -> bool {
        let late_enough = self
            .from
            .is_none_or(|from| item.end.or(item.start).is_some_and(|end| end > from || item.start == Some(from)));
        let early_enough = self.to.is_none_or(|to| item.start.is_some_and(|start| start < to));
        late_enough && early_enough && (self.words.is_empty() || has_words(json, &self.words))
    }
}

/// Applies a filter.
pub(crate) fn select(held: &Held, filter: &Filter) -> Result<Selection, Problem> {
    let mut fitting = held.items().iter().filter(|(item, json)| filter.fits(item, json));
    if let Some(after) = &filter.after
        && !fitting.any(|(_, json)| id(json).as_deref() == Some(after))
    {
        return Err(Problem::new(
            "cursor-expired",
            "the item at which the former page ended is gone: read again from the start",
        ));
    }
    let limit = filter.limit.unwrap_or(usize::MAX);
    let mut items = vec![b'['];
    let mut digest = Context::new(&SHA256);
    let mut last = None;
    let mut next = None;
    for (taken, (_, json)) in fitting.enumerate() {
        if taken == limit {
            next = last.and_then(id).map(|id| URL_SAFE_NO_PAD.encode(id));
            break;
        }
        if taken > 0 {
            items.push(b',');
        }
        items.extend_from_slice(json);
        digest.update(json);
        last = Some(json);
    }
    items.push(b']');
    digest.update(next.as_deref().unwrap_or_default().as_bytes());
    let mut sum = [0; 32];
    sum.copy_from_slice(digest.finish().as_ref());
    Ok(Selection { items, next, tag: short(&sum) })
}

/// RFC 3339, or a day: its midnight in the campus's zone.
fn instant(name: &str, text: &str, set: &DataSet) -> Result<i64, Problem> {
    if set.kind.time.is_none() {
        return Err(Problem::bad_parameter(format!("\"{}\" has no time: {name} does not apply", set.name)));
    }
    // A `+` in a query is a space.
    let text = text.replace(' ', "+");
    let day = || {
        let day: Date = text.parse().ok()?;
        day.to_zoned_datetime(set.mapping.zone().clone()).ok().map(|midnight| midnight.timestamp())
    };
    let instant = text.parse::<Timestamp>().ok().or_else(day);
    instant.map(Timestamp::as_second).ok_or_else(|| {
        Problem::bad_parameter(format!("{name} is an instant (2026-10-05T08:00:00Z) or a day (2026-10-05)"))
    })
}

fn id(json: &[u8]) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Id {
        id: String,
    }
    serde_json::from_slice::<Id>(json).ok().map(|item| item.id)
}

/// Whether all words occur in the texts of an item, whatever their case and accents.
fn has_words(json: &[u8], words: &[String]) -> bool {
    let Ok(item) = serde_json::from_slice::<serde_json::Value>(json) else { return false };
    let mut text = String::new();
    collect(&item, &mut text);
    let text = fold(&text);
    words.iter().all(|word| text.contains(word.as_str()))
}

fn collect(value: &serde_json::Value, text: &mut String) {
    match value {
        serde_json::Value::String(found) if !found.starts_with("http") => {
            text.push_str(found);
            text.push('\n');
        }
        serde_json::Value::Array(values) => values.iter().for_each(|value| collect(value, text)),
        serde_json::Value::Object(parts) => parts.values().for_each(|value| collect(value, text)),
        _ => {}
    }
}

/// Lower case, without accents.
fn fold(text: &str) -> String {
    let decomposed = DecomposingNormalizerBorrowed::new_nfkd().normalize_iter(text.chars());
    decomposed.filter(|c| !('\u{300}'..='\u{36f}').contains(c)).flat_map(char::to_lowercase).collect()
}
