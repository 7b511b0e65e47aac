//! One source's requests under its rules: each hop is checked, timed and followed by hand.

mod prepare;

use std::sync::Arc;

use tokio::time::timeout;
use tracing::Span;
use tracing::field::Empty;
use url::Host;

use crate::address::{Reach, check};
use crate::failure::seconds;
use crate::resolve::Guard;
use crate::{Failure, FailureKind, Request, Response, Rules, body, explain, redirect, site};

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
    pub(crate) fn new(tls: &rustls::ClientConfig, rules: Rules) -> Self {
        let rules = Arc::new(rules);
        let [allowed, declared] = [Reach::Allowed, Reach::Declared].map(|reach| connections(tls, &rules, reach));
        Self { allowed, declared, rules }
    }

    /// Sends a request. An error status is an answer, not a failure: what it means is the connector's to say
    /// ([`Response::check`] has the usual meaning).
    ///
    /// # Errors
    /// [`Failure`] where no whole answer within the rules was had.
    #[tracing::instrument(name = "outbound", skip_all, fields(
        otel.kind = "client",
        http.request.method = request.method.as_str(),
        http.response.status_code = Empty,
        server.address = request.url.host_str(),
        server.port = request.url.port_or_known_default(),
    ))]
    pub async fn send(&self, request: Request) -> Result<Response, Failure> {
        let first = site(&request.url);
        self.in_time(&first, self.follow(request, &first)).await
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
        self.in_time(&first, asking).await
    }

    async fn in_time(
        &self,
        first: &str,
        exchange: impl Future<Output = Result<Response, Failure>>,
    ) -> Result<Response, Failure> {
        timeout(self.rules.total_timeout, exchange).await.unwrap_or_else(|_| {
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
            Ok(answer) => answer.map_err(|error| explain::unsent(&error, &site(&request.url), &self.rules)),
            Err(_) => {
                let limit = seconds(self.rules.first_byte_timeout);
                let message = format!("{} did not answer within {limit}", site(&request.url));
                Err(Failure::new(FailureKind::Unavailable, message))
            }
        }
    }

    async fn read(&self, mut response: reqwest::Response, request: Request) -> Result<Response, Failure> {
        Span::current().record("http.response.status_code", response.status().as_u16());
        let body = body::read(&mut response, &site(&request.url), self.rules.max_body).await?;
        let mut headers = std::mem::take(response.headers_mut());
        prepare::drop_connection_headers(&mut headers);
        Ok(Response { status: response.status(), headers, body, url: request.url })
    }
}

/// Connections of one reach. No proxy, no redirects, no cookies, no decompression that is not ours.
#[expect(clippy::expect_used, reason = "with a TLS setup given, nothing is read that could fail")]
fn connections(tls: &rustls::ClientConfig, rules: &Arc<Rules>, reach: Reach) -> reqwest::Client {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls.clone())
        .dns_resolver(Guard { rules: Arc::clone(rules), reach })
        .connect_timeout(rules.connect_timeout)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .no_proxy()
        .build()
        .expect("an HTTP client of fixed settings")
}
