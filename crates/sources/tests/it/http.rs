//! The `http` connector against an upstream on loopback.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod auth;
mod disguise;
mod pages;
mod questions;
mod settings;

use std::sync::Arc;

use ::settings::SettingError;
use outbound::{Failure, Rules};
use serde_json::Value;
use sources::{Fetch, Params, Reply};

use crate::upstream::{ask, context};

/// A question of a data set with the parameters `group` and `page`.
fn question(source: Value, request: Value) -> Result<Arc<dyn Fetch>, Vec<SettingError>> {
    let source = sources::find("http").unwrap().source(source, &context(Rules::default()))?;
    source.request(request, &["group".to_owned(), "day".to_owned()])
}

fn params(pairs: &[(&str, &str)]) -> Params {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

async fn fetch(source: Value, request: Value, pairs: &[(&str, &str)]) -> Result<Reply, Failure> {
    let question = question(source, request).unwrap_or_else(|errors| panic!("{errors:?}"));
    ask(&*question, &params(pairs), None).await
}

/// Pages under these rules.
async fn pages_within(rules: Rules, url: &str, request: Value) -> Result<usize, Failure> {
    let source = sources::find("http").unwrap().source(serde_json::json!({ "url": url }), &context(rules));
    let question = source.and_then(|source| source.request(request, &[])).unwrap_or_else(|errors| panic!("{errors:?}"));
    counted(ask(&*question, &Params::new(), None).await?)
}

/// How many pages came.
async fn pages(source: Value, request: Value) -> Result<usize, Failure> {
    counted(fetch(source, request, &[]).await?)
}

fn counted(reply: Reply) -> Result<usize, Failure> {
    match reply {
        Reply::Records { pages, .. } => Ok(pages.len()),
        Reply::Unchanged(_) => panic!("unchanged, unasked"),
    }
}
