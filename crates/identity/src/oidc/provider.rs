//! The provider as we know it now: its configuration and keys, fetched in time and kept while it is down.

use std::sync::Arc;

use bytes::Bytes;
use http::header::ACCEPT;
use http::{HeaderMap, HeaderValue, Method};
use jiff::{SignedDuration, Timestamp};
use outbound::{Client, Request, Response, Rules, site};
use url::Url;

use super::issuer::Issuer;
use super::kept::{FRESH, Kept, PAUSE};
use super::metadata::Metadata;
use crate::jws::{Keys, Refused, Signed};
use crate::{Context, Failure, FailureKind};

/// Its answers, in bytes at most.
const LARGEST: usize = 512 << 10;

pub(super) struct Provider {
    client: Client,
    issuer: Issuer,
    host: String,
    metadata: Kept<Metadata>,
    keys: Kept<Keys>,
}

impl Provider {
    pub(super) fn new(issuer: Issuer, context: &Context) -> Self {
        // What is posted carries secrets, and what is read says whom to trust: neither follows a redirect.
        let rules = Rules { max_body: LARGEST, max_redirects: 0, plain_http: false, ..context.rules.clone() };
        let host = site(issuer.url());
        Self { client: context.outbound.client(rules), issuer, host, metadata: Kept::new(), keys: Kept::new() }
    }

    pub(super) fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// How messages call it.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    pub(super) async fn metadata(&self, now: Timestamp) -> Result<Arc<Metadata>, Failure> {
        let fetch = async { Metadata::read(&self.get(self.issuer.discovery()).await?, &self.issuer, &self.host) };
        self.metadata.get(now, FRESH, fetch).await
    }

    /// Its keys, at most so old where that can be had.
    pub(super) async fn keys(&self, now: Timestamp, oldest: SignedDuration) -> Result<Arc<Keys>, Failure> {
        let url = &self.metadata(now).await?.keys;
        let fetch = async {
            let wrong = |what| {
                Failure::new(FailureKind::Misconfigured, format!("what {} announces as jwks_uri {what}", self.host))
            };
            Keys::read(&self.get(url.clone()).await?).map_err(wrong)
        };
        self.keys.get(now, oldest, fetch).await
    }

    /// Checks the signature of one of its tokens, called `what`; keys that it has not shown yet are fetched.
    pub(super) async fn verify(&self, token: &str, what: &str, now: Timestamp) -> Result<Signed, Failure> {
        let mut outcome = self.keys(now, FRESH).await?.verify(token);
        if matches!(outcome, Err(Refused::UnknownKey)) {
            outcome = self.keys(now, PAUSE).await?.verify(token);
        }
        outcome.map_err(|refused| match refused {
            Refused::UnknownKey => self.invalid(what, "is signed with a key that is not among those it publishes"),
            Refused::Invalid(why) => self.invalid(what, why),
        })
    }

    /// What it said does not hold.
    pub(super) fn invalid(&self, what: &str, why: &str) -> Failure {
        Failure::invalid(format!("the {what} of {} {why}", self.host))
    }

    /// Sends a request that is answered with JSON.
    pub(super) async fn send(
        &self,
        method: Method,
        url: Url,
        mut headers: HeaderMap,
        body: Bytes,
    ) -> Result<Response, Failure> {
        headers.entry(ACCEPT).or_insert(HeaderValue::from_static("application/json"));
        Ok(self.client.send(Request { method, url, headers, body }).await?)
    }

    async fn get(&self, url: Url) -> Result<Bytes, Failure> {
        Ok(self.send(Method::GET, url, HeaderMap::new(), Bytes::new()).await?.check()?.body)
    }
}
