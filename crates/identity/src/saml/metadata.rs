//! Metadata of a provider, kept: asked again after a while, kept while the federation does not answer, and asked at once,
//! but rarely, where a key is not known.

use std::sync::Arc;

use http::header::ACCEPT;
use http::{HeaderMap, HeaderValue, Method};
use jiff::{SignedDuration, Timestamp};
use outbound::{Client, Request, site};
use tokio::sync::Mutex;
use url::Url;

use super::certificate::Certificate;
use super::provider::Provider;
use crate::{Failure, FailureKind};

/// How long metadata is kept before it is asked again, unless it says for how long.
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// How long it is kept at most, whether it may be asked or does not answer.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Between two questions.
const PAUSE: SignedDuration = SignedDuration::from_mins(1);

/// Where metadata comes from.
pub(super) enum Origin {
    /// It stands in the declaration.
    Given(Arc<Provider>),
    /// It is asked for.
    At(Url),
}

/// The metadata of one provider.
pub(super) struct Metadata {
    pub(super) origin: Origin,
    pub(super) entity_id: Option<String>,
    pub(super) signers: Vec<Certificate>,
    pub(super) client: Client,
    /// Held while asking, so that many who sign in at once ask once.
    pub(super) kept: Mutex<Kept>,
}

/// What was got, and when.
#[derive(Default)]
pub(super) struct Kept {
    good: Option<(Arc<Provider>, Timestamp)>,
    failed: Option<Failure>,
    asked: Option<Timestamp>,
}

impl Metadata {
    /// The provider as it is known now.
    pub(super) async fn provider(&self, now: Timestamp) -> Result<Arc<Provider>, Failure> {
        let url = match &self.origin {
            Origin::Given(provider) if is_over(provider, now) => {
                return Err(misconfigured("metadata of [login] is past its validUntil: get it anew".to_owned()));
            }
            Origin::Given(provider) => return Ok(Arc::clone(provider)),
            Origin::At(url) => url,
        };
        let mut kept = self.kept.lock().await;
        let fresh = kept.good.as_ref().filter(|(provider, got)| {
            let keep = provider.keep.unwrap_or(HOUR).clamp(HOUR, DAY);
            now.duration_since(*got) < keep && !is_over(provider, now)
        });
        if let Some((provider, _)) = fresh {
            return Ok(Arc::clone(provider));
        }
        if kept.may_ask(now) {
            self.ask(url, &mut kept, now).await;
        }
        let good = kept.good.as_ref().filter(|(provider, got)| match provider.until {
            Some(until) => now < until,
            None => now.duration_since(*got) < DAY,
        });
        good.map(|(provider, _)| Arc::clone(provider)).ok_or_else(|| {
            let over = || misconfigured(format!("the metadata that {} gives is past its validUntil", site(url)));
            kept.failed.clone().unwrap_or_else(over)
        })
    }

    /// The provider anew, where it may have changed since `known`: some signature was made with an unknown key.
    pub(super) async fn newer(&self, known: &Arc<Provider>, now: Timestamp) -> Option<Arc<Provider>> {
        let Origin::At(url) = &self.origin else { return None };
        let mut kept = self.kept.lock().await;
        if kept.good.as_ref().is_some_and(|(provider, _)| Arc::ptr_eq(provider, known)) && kept.may_ask(now) {
            self.ask(url, &mut kept, now).await;
        }
        let (provider, _) = kept.good.as_ref()?;
        (provider.certificates != known.certificates).then(|| Arc::clone(provider))
    }

    async fn ask(&self, url: &Url, kept: &mut Kept, now: Timestamp) {
        kept.asked = Some(now);
        match self.get(url).await {
            Ok(provider) => (kept.good, kept.failed) = (Some((Arc::new(provider), now)), None),
            Err(failure) => kept.failed = Some(failure),
        }
    }

    async fn get(&self, url: &Url) -> Result<Provider, Failure> {
        let accept = HeaderValue::from_static("application/samlmetadata+xml, application/xml;q=0.9, text/xml;q=0.8");
        let headers = HeaderMap::from_iter([(ACCEPT, accept)]);
        let request = Request { method: Method::GET, url: url.clone(), headers, body: bytes::Bytes::new() };
        let response = self.client.send(request).await?.check()?;
        let text = std::str::from_utf8(&response.body).map_err(|_| "it is not in UTF-8".to_owned());
        let provider = text.and_then(|text| Provider::parse(text, self.entity_id.as_deref(), &self.signers));
        provider.map_err(|what| misconfigured(format!("the metadata that {} gives cannot be used: {what}", site(url))))
    }
}

impl Kept {
    fn may_ask(&self, now: Timestamp) -> bool {
        self.asked.is_none_or(|asked| now.duration_since(asked) >= PAUSE || now < asked)
    }
}

fn is_over(provider: &Provider, now: Timestamp) -> bool {
    provider.until.is_some_and(|until| now >= until)
}

fn misconfigured(message: String) -> Failure {
    Failure::new(FailureKind::Misconfigured, message)
}
