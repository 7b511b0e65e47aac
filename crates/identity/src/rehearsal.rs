//! A browser without a screen or scripts that signs in as a person would, to try a campus's login for real.

mod choice;
mod jar;
mod page;

use std::collections::BTreeSet;
use std::time::Duration;

use http::header::{ACCEPT, CONTENT_TYPE, COOKIE, HeaderName, LOCATION, ORIGIN, REFERER};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use outbound::{Client, Outbound, Request, Response, Rules};
use settings::Secret;
use url::Url;
use url::form_urlencoded::Serializer;

use self::choice::{Step, Visitor};
use self::jar::Jar;
use self::page::{Page, PageForm};
use crate::method::Form;
use crate::{Begun, Failure, FailureKind, Site};

/// Requests of one sign-in. Chains of brokers take about fifteen.
const PAGES: usize = 30;

/// A page, in bytes.
const LARGEST: usize = 2 << 20;

/// The whole sign-in.
const PATIENCE: Duration = Duration::from_mins(2);

/// Signs in as a person would with a browser, up to the address that the provider sends the browser back to, which is
/// not contacted.
pub struct Rehearsal {
    client: Client,
    jar: Jar,
    history: Vec<String>,
}

/// What came back at [`Site::CALLBACK`].
#[derive(Clone, PartialEq, Eq)]
pub struct Given {
    /// Query parameters.
    pub query: Form,
    /// Fields of a form.
    pub form: Form,
}

/// One request.
struct Hop {
    url: Url,
    /// What is posted; `None` is a GET.
    fields: Option<Vec<(String, String)>>,
    /// The page it comes from.
    from: Option<Url>,
}

impl Rehearsal {
    /// A browser that was nowhere yet.
    #[must_use]
    pub fn new(outbound: &Outbound, rules: Rules) -> Self {
        // Open data may travel in the open; passwords may not.
        let rules = Rules { plain_http: false, max_body: rules.max_body.min(LARGEST), ..rules };
        Self { client: outbound.client(rules), jar: Jar::default(), history: Vec::new() }
    }

    /// Where it was, in order: host and path of each page.
    #[must_use]
    pub fn history(&self) -> &[String] {
        &self.history
    }

    /// Signs in from what a browser does first to what the provider gives it for us.
    ///
    /// # Errors
    /// `Denied` where the provider shows its form again; `Misconfigured`, with the page and what was found there, where a
    /// person would not know on either; `Unavailable`.
    pub async fn sign_in(
        &mut self,
        begun: Begun,
        site: &Site,
        user: &str,
        password: &Secret,
    ) -> Result<Given, Failure> {
        let hop = match begun {
            Begun::Redirect(url) => Hop { url, fields: None, from: None },
            Begun::Post(url, fields) => Hop { url, fields: Some(fields), from: Some(site.origin().clone()) },
            Begun::Form => {
                let fields = [("user", user), ("password", password.expose())];
                let form = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
                return Ok(Given { query: Form::new(), form });
            }
        };
        let visitor = Visitor { user, password: password.expose(), callback: &site.at(Site::CALLBACK) };
        tokio::time::timeout(PATIENCE, self.walk(hop, &visitor)).await.unwrap_or_else(|_| {
            let message = format!("{} and before took more than {} s", self.here(), PATIENCE.as_secs());
            Err(Failure::new(FailureKind::Unavailable, message))
        })
    }

    async fn walk(&mut self, mut hop: Hop, visitor: &Visitor<'_>) -> Result<Given, Failure> {
        let mut typed = BTreeSet::new();
        for _ in 0..PAGES {
            if choice::same_page(&hop.url, visitor.callback) {
                return Ok(hop.given());
            }
            let response = self.ask(&hop).await?;
            hop = match hop.redirected(&response) {
                Some(next) => next,
                None => self.act(response, visitor, &mut typed)?,
            };
        }
        let (here, back) = (self.here(), name(visitor.callback));
        Err(wrong(format!("{here} is the {PAGES}th page, and none leads back to {back}: is that address registered?")))
    }

    async fn ask(&mut self, hop: &Hop) -> Result<Response, Failure> {
        self.history.push(name(&hop.url));
        let mut headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("text/html,*/*;q=0.8"))]);
        headers.extend(self.jar.header(&hop.url).map(|cookies| (COOKIE, cookies)));
        let mut body = String::new();
        if let Some(fields) = &hop.fields {
            // Django takes a form over TLS only from where it can see that it showed it.
            headers.extend(hop.from.as_ref().into_iter().flat_map(origin));
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
            body = Serializer::new(body).extend_pairs(fields).finish();
        }
        let method = if hop.fields.is_some() { Method::POST } else { Method::GET };
        let response = self.client.hop(Request { method, url: hop.url.clone(), headers, body: body.into() }).await?;
        self.jar.keep(&hop.url, &response.headers);
        Ok(response)
    }

    /// What a person does on a page.
    fn act(
        &self,
        response: Response,
        visitor: &Visitor<'_>,
        typed: &mut BTreeSet<(Step, String)>,
    ) -> Result<Hop, Failure> {
        let here = self.here();
        if response.status.is_server_error() || response.status == StatusCode::TOO_MANY_REQUESTS {
            response.check()?;
            return Err(wrong(format!("{here} shows nothing")));
        }
        let page = Page::read(&String::from_utf8_lossy(&response.body));
        let Some(choice) = choice::choose(&page, &response.url, visitor, typed.is_empty()) else {
            return Err(stuck(here, &response, &page, typed.is_empty()));
        };
        if choice.step != Step::On && !typed.insert((choice.step, name(&choice.url))) {
            let message = format!("{here} shows the provider's form again: wrong user or password?");
            return Err(Failure::new(FailureKind::Denied, message));
        }
        Ok(Hop { url: choice.url, fields: choice.fields, from: Some(response.url) })
    }

    fn here(&self) -> &str {
        self.history.last().map_or("the provider", String::as_str)
    }
}

impl Hop {
    fn given(self) -> Given {
        let query = self.url.query_pairs().into_owned().collect();
        Given { query, form: self.fields.unwrap_or_default().into_iter().collect() }
    }

    /// Where an answer sends the browser on (RFC 9110, 15.4).
    fn redirected(&self, response: &Response) -> Option<Self> {
        let keeps = match response.status.as_u16() {
            301..=303 => false,
            307 | 308 => true,
            _ => return None,
        };
        let location = response.headers.get(LOCATION)?;
        let mut url = self.url.join(std::str::from_utf8(location.as_bytes()).ok()?).ok()?;
        url.set_fragment(None);
        Some(Self { url, fields: self.fields.clone().filter(|_| keeps), from: self.from.clone() })
    }
}

/// What browsers say of the page that holds a form.
fn origin(from: &Url) -> Vec<(HeaderName, HeaderValue)> {
    let origin = from.origin().ascii_serialization();
    [(REFERER, format!("{origin}/")), (ORIGIN, origin)]
        .into_iter()
        .filter_map(|(name, value)| Some((name, HeaderValue::try_from(value).ok()?)))
        .collect()
}

/// What messages call a page: host and path, without what may name a session (queries, `;jsessionid=`).
fn name(url: &Url) -> String {
    let path = url.path().split(';').next().unwrap_or_default();
    format!("{}{}", outbound::site(url), path.chars().take(200).collect::<String>().trim_end_matches('/'))
}

/// A page on which a person would not know on either. What it says is told only while it cannot know who reads it.
fn stuck(here: &str, response: &Response, page: &Page, stranger: bool) -> Failure {
    let mut found = vec![match response.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) {
        Some(other) if !other.contains("html") => {
            format!("answers with {} where a page is expected", other.chars().take(60).collect::<String>())
        }
        _ if stranger => "shows no form that takes a password".to_owned(),
        _ => "is not understood, after the password (a second factor, or something to accept)".to_owned(),
    }];
    if !response.status.is_success() {
        found.push(format!("its status is {}", response.status.as_u16()));
    }
    if stranger && !page.title.is_empty() {
        found.push(format!("its title is {:?}", page.title));
    }
    let asked: Vec<_> = page.forms.iter().flat_map(PageForm::asks).filter(|name| name.len() < 60).take(10).collect();
    if !asked.is_empty() {
        found.push(format!("it asks for {}", asked.join(", ")));
    } else if page.scripts && page.forms.is_empty() {
        found.push("pages that scripts make need a real browser".to_owned());
    }
    let refused = !stranger && matches!(response.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
    let kind = if refused { FailureKind::Denied } else { FailureKind::Misconfigured };
    Failure::new(kind, format!("{here} {}", found.join("; ")))
}

fn wrong(message: String) -> Failure {
    Failure::new(FailureKind::Misconfigured, message)
}
