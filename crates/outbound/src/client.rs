//! One source's requests under its rules: each hop is checked, timed and followed by hand.

mod prepare;

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tracing::Span;
use tracing::field::Empty;
use url::{Host, Url};

use crate::address::{Reach, check};
use crate::failure::seconds;
use crate::gate::Outcome;
use crate::names::Names;
use crate::resolve::Guard;
use crate::{Failure, FailureKind, Request, Response, Rules, body, explain, redirect, site};

/// Headers of an answer, and their bytes: nobody needs more. (HTTP/1 heads are read up to 400 KiB before they are judged.)
const MOST_HEADERS: usize = 64;
const LARGEST_HEAD: u32 = 32 << 10;

/// Connections that wait for another request: how many, and how long.
const MOST_IDLE: usize = 8;
const LONGEST_IDLE: Duration = Duration::from_secs(30);

/// An HTTP client of one source under its rules; connections are reused.
#[derive(Debug, Clone)]
pub struct Client {
    /// For https, and for plain http without credentials where the source declares it.
    allowed: reqwest::Client,
    /// For all other plain http. Apart, so that a connection made without credentials is never reused with them.
    declared: reqwest::Client,
    rules: Arc<Rules>,
}

impl Client {
    pub(crate) fn new(tls: &rustls::ClientConfig, names: &Arc<Names>, rules: Rules) -> Self {
        let rules = Arc::new(rules);
        let tls = rules.tls.as_ref().map_or(tls, |own| &own.config);
        let [allowed, declared] = [Reach::Allowed, Reach::Declared].map(|reach| connections(tls, names, &rules, reach));
        Self { allowed, declared, rules }
    }

    /// Sends a request. An error status is an answer, not a failure: what it means is the connector's to say
    /// ([`Response::check`] has the usual meaning). What only asks is sent again where that is safe.
    ///
    /// # Errors
    /// [`Failure`] where no whole answer within the rules was had.
    pub async fn send(&self, request: Request) -> Result<Response, Failure> {
        let asks = matches!(request.method, Method::GET | Method::HEAD | Method::OPTIONS);
        self.attempt(request, if asks { u32::MAX } else { 0 }).await
    }

    /// The same for what must not be sent twice, whatever its method: it carries something that is used up.
    ///
    /// # Errors
    /// [`Failure`] where no whole answer within the rules was had.
    pub async fn send_once(&self, request: Request) -> Result<Response, Failure> {
        self.attempt(request, 0).await
    }

    /// The same without following redirects: they are answers too. For those that walk as a browser does.
    ///
    /// # Errors
    /// [`Failure`] where no whole answer within the rules was had.
    pub async fn hop(&self, request: Request) -> Result<Response, Failure> {
        let first = site(&request.url);
        let asking = async {
            let request = prepare::first_hop(request)?;
            let response = self.ask(&request).await?;
            self.read(response, request).await
        };
        self.in_time(&first, Instant::now() + self.rules.total_timeout, asking).await
    }

    /// One exchange, through the gate where there is one, and as many further ones as it lets through.
    #[tracing::instrument(name = "outbound", skip_all, fields(
        otel.kind = "client",
        http.request.method = request.method.as_str(),
        http.response.status_code = Empty,
        server.address = request.url.host_str(),
        server.port = request.url.port_or_known_default(),
    ))]
    async fn attempt(&self, request: Request, most: u32) -> Result<Response, Failure> {
        let first = site(&request.url);
        let deadline = Instant::now() + self.rules.total_timeout;
        let Some(gate) = &self.rules.gate else {
            return self.in_time(&first, deadline, self.follow(request, &first)).await;
        };
        let mut pass = gate.enter(&first, deadline).await?;
        let mut tries = 0;
        loop {
            let outcome = self.in_time(&first, deadline, self.follow(request.clone(), &first)).await;
            let failure = outcome.as_ref().map_or_else(|failure| Some(failure.clone()), Response::failure);
            // A paused source is asked once: by then, others wait to hear of it.
            let most = if pass.finds_out() { 0 } else { most };
            let again = failure.as_ref().filter(|failure| tries < most && passes(&outcome, failure));
            let Some(pause) = again.and_then(|failure| gate.second_try(tries, failure.retry_after, deadline)) else {
                pass.leave(&failure.as_ref().map_or(Outcome::Good, Outcome::of));
                return outcome;
            };
            // However many tries, a request fails once.
            drop(pass);
            sleep(pause).await;
            // Where the source is paused by now, what it last said is the better answer.
            let Ok(next) = gate.enter(&first, deadline).await else { return outcome };
            (pass, tries) = (next, tries + 1);
        }
    }

    async fn in_time(
        &self,
        first: &str,
        deadline: Instant,
        exchange: impl Future<Output = Result<Response, Failure>>,
    ) -> Result<Response, Failure> {
        timeout_at(deadline, exchange).await.unwrap_or_else(|_| {
            let message = format!("{first} did not finish its answer within {}", seconds(self.rules.total_timeout));
            Err(Failure::new(FailureKind::Unavailable, message))
        })
    }

    async fn follow(&self, request: Request, first: &str) -> Result<Response, Failure> {
        let mut request = prepare::first_hop(request)?;
        for hop in 0..=self.rules.max_redirects {
            let context = |failure| if hop == 0 { failure } else { explain::after_redirect(failure, first) };
            let response = self.ask(&request).await.map_err(context)?;
            if !redirect::is_redirect(response.status(), response.headers()) {
                return self.read(response, request).await.map_err(context);
            }
            request = redirect::next(request, response.status(), response.headers()).map_err(context)?;
        }
        let message = format!("{first} redirects more than {} times, which is not followed", self.rules.max_redirects);
        Err(Failure::new(FailureKind::Rejected, message))
    }

    /// One hop, up to the head of its answer.
    async fn ask(&self, request: &Request) -> Result<reqwest::Response, Failure> {
        let open = self.rules.plain_http && !redirect::has_credentials(&request.headers);
        let (connections, reach) = match request.url.scheme() {
            "http" if !open => (&self.declared, Reach::Declared),
            _ => (&self.allowed, Reach::Allowed),
        };
        // Addresses written as such never reach the resolver, and names only once per connection.
        self.rules.admit(request.url.host_str().unwrap_or_default())?;
        match request.url.host() {
            Some(Host::Ipv4(ip)) => check(&ip.to_string(), ip.into(), &self.rules, reach)?,
            Some(Host::Ipv6(ip)) => check(&ip.to_string(), ip.into(), &self.rules, reach)?,
            Some(Host::Domain(_)) | None => {}
        }
        let sending = connections
            .request(request.method.clone(), request.url.clone())
            .headers(request.headers.clone())
            .body(request.body.clone())
            .send();
        match timeout(self.rules.first_byte_timeout, sending).await {
            Ok(Ok(answer)) => head(answer, &request.url),
            Ok(Err(error)) => Err(explain::unsent(&error, &site(&request.url), &self.rules)),
            Err(_) => {
                let limit = seconds(self.rules.first_byte_timeout);
                let message = format!("{} did not answer within {limit}", site(&request.url));
                Err(Failure::new(FailureKind::Unavailable, message))
            }
        }
    }

    async fn read(&self, mut response: reqwest::Response, request: Request) -> Result<Response, Failure> {
        Span::current().record("http.response.status_code", response.status().as_u16());
        let body = body::read(&mut response, &site(&request.url), &self.rules).await?;
        let mut headers = std::mem::take(response.headers_mut());
        prepare::drop_connection_headers(&mut headers);
        Ok(Response { status: response.status(), headers, body, url: request.url })
    }
}

/// Whether a failure may be over in a moment, and the request has changed nothing.
fn passes(outcome: &Result<Response, Failure>, failure: &Failure) -> bool {
    match outcome {
        Ok(answer) => matches!(answer.status.as_u16(), 429 | 502 | 503 | 504),
        Err(_) => failure.passing,
    }
}

/// An answer whose head is no larger than heads are.
fn head(answer: reqwest::Response, url: &Url) -> Result<reqwest::Response, Failure> {
    let size: usize = answer.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if answer.headers().len() <= MOST_HEADERS && size <= LARGEST_HEAD as usize {
        return Ok(answer);
    }
    let message = format!(
        "{} answered with {} headers of {size} bytes: at most {MOST_HEADERS} and {LARGEST_HEAD} bytes are taken",
        site(url),
        answer.headers().len(),
    );
    Err(Failure::new(FailureKind::Malformed, message))
}

/// Connections of one reach. No proxy, no redirects, no cookies, no decompression that is not ours.
#[expect(clippy::expect_used, reason = "with a TLS setup given, nothing is read that could fail")]
fn connections(tls: &rustls::ClientConfig, names: &Arc<Names>, rules: &Arc<Rules>, reach: Reach) -> reqwest::Client {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls.clone())
        .dns_resolver(Guard { names: Arc::clone(names), rules: Arc::clone(rules), reach })
        .local_address(rules.local_address)
        .connect_timeout(rules.connect_timeout)
        .pool_idle_timeout(LONGEST_IDLE)
        .pool_max_idle_per_host(MOST_IDLE)
        .http2_max_header_list_size(LARGEST_HEAD)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .no_proxy()
        .build()
        .expect("an HTTP client of fixed settings")
}
