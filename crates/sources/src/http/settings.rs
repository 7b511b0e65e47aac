//! What a school writes of an HTTP source and of its data sets.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::Secret;

/// `[sources.NAME]` with `connector = "http"`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceSettings {
    /// The address that the paths of data sets are appended to: `https://api.univ-demo.fr/v1`.
    pub url: Secret,
    /// Headers of every request. Their values are taken for secrets and never leave this origin, except those of
    /// `Accept…`, `Prefer` and `User-Agent`.
    #[serde(default)]
    pub headers: BTreeMap<String, Secret>,
    /// How the interface knows us; nothing for open data.
    #[serde(default)]
    pub auth: Option<Auth>,
    /// Allow plain-text HTTP to a public host, for open data that has no TLS. Credentials are refused then.
    #[serde(default)]
    pub plain_http: bool,
    /// Where errors come with status 200: an expression over the answer that is neither `false` nor `null` for an error.
    /// The texts `"refused"`, `"unavailable"`, `"rejected"` and `"malformed"` say whose fault it is; anything else
    /// means `"rejected"`. An answer that the expression does not fit is no error.
    #[serde(default)]
    pub fails_when: Option<String>,
    /// An expression over such an answer that gives the upstream's own words for the error.
    #[serde(default)]
    pub failure_message: Option<String>,
}

/// How an interface knows us.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Auth {
    /// User and password (RFC 7617).
    Basic(Basic),
    /// A token that does not change (RFC 6750).
    Bearer(Secret),
    /// A key in a header or in the query.
    ApiKey(ApiKey),
    /// A token that is fetched when it is needed and kept until it expires (RFC 6749, client credentials).
    Oauth2(Oauth2),
    /// What the person's own session carries; only for data sets with `audience = "self"`.
    Person(AsPerson),
}

/// What of a person's session an interface is asked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum AsPerson {
    /// The access token that the identity provider gave for the person, as a bearer token (RFC 6750).
    Token,
    /// A proxy ticket for the interface's address, as the query parameter `ticket` (CAS).
    Ticket,
}

/// User and password.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Basic {
    /// The service account.
    pub user: Secret,
    /// Its password.
    pub password: Secret,
}

/// A key.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{ "required": ["header"] }, { "required": ["query"] }]))]
pub(super) struct ApiKey {
    /// The header that carries it: `X-Api-Key`.
    #[serde(default)]
    pub header: Option<String>,
    /// The query parameter that carries it: `apikey`.
    #[serde(default)]
    pub query: Option<String>,
    /// The key.
    pub value: Secret,
}

/// Where tokens come from.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Oauth2 {
    /// The address of the token endpoint; it is under the same rules as the source.
    pub token_url: String,
    /// The client's name.
    pub client_id: String,
    /// Its secret.
    pub client_secret: Secret,
    /// What is asked for: `https://graph.microsoft.com/.default`.
    #[serde(default)]
    pub scope: Option<String>,
    /// Where the token endpoint wants name and secret.
    #[serde(default)]
    pub credentials_in: CredentialsIn,
}

/// Where a token endpoint wants the client's name and secret.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum CredentialsIn {
    /// As basic authentication, which every server takes.
    #[default]
    Header,
    /// In the form, as some servers want it (Koha).
    Body,
}

/// `[data.NAME]` of an HTTP source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestSettings {
    /// Appended to the source's address: `etudiants/{student}/notes`. A parameter is one segment, whatever it holds.
    #[serde(default)]
    pub path: String,
    /// Query parameters. A field whose parameter has no value is left out.
    #[serde(default)]
    pub query: BTreeMap<String, Texts>,
    /// How it is asked: `GET`, or `POST` for interfaces that take questions so.
    #[serde(default)]
    pub method: Method,
    /// Headers of this data set; a header whose parameter has no value is left out.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// What is posted; only with `method = "POST"`.
    #[serde(default)]
    pub body: Option<Body>,
    /// What the answer is; what its `Content-Type` says without it, and JSON where that says nothing.
    #[serde(default)]
    pub format: Option<Format>,
    /// What stands between the fields of CSV; guessed from the first line without it.
    #[serde(default)]
    pub delimiter: Option<char>,
    /// How further pages are asked for; one page without it.
    #[serde(default)]
    pub pagination: Option<Pagination>,
    /// As the source's `fails_when`, in its place.
    #[serde(default)]
    pub fails_when: Option<String>,
    /// As the source's `failure_message`, in its place.
    #[serde(default)]
    pub failure_message: Option<String>,
}

/// A field's value, or several for a field that repeats. Texts have `{parameter}` places.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum Texts {
    /// One text.
    One(String),
    /// A number, as it is.
    Number(i64),
    /// Several texts: the field repeats.
    Many(Vec<String>),
}

/// The methods that ask and change nothing.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Method {
    /// RFC 9110, 9.3.1.
    #[default]
    Get,
    /// RFC 9110, 9.3.3.
    Post,
}

/// What is posted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Body {
    /// A JSON document with `{parameter}` places: `{"group": "{group}"}`.
    Json(String),
    /// Fields, form-encoded. A field whose parameter has no value is left out.
    Form(BTreeMap<String, Texts>),
    /// Any text with `{parameter}` places, as `text/plain` unless `headers` say otherwise.
    Text(String),
}

/// What an answer may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Format {
    /// RFC 8259.
    Json,
    /// XML 1.0 without a DTD.
    Xml,
    /// Delimited text with a first line of names.
    Csv,
}

/// How further pages are asked for: exactly one of `link`, `next`, `cursor` and `page`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [
    { "required": ["link"] }, { "required": ["next"] }, { "required": ["cursor", "param"] }, { "required": ["page"] }
]))]
pub(super) struct Pagination {
    /// `true` where the answer's `Link` header names the next page (RFC 8288, `rel="next"`).
    #[serde(default)]
    pub link: Option<bool>,
    /// An expression over the answer that gives the next page's address: `.["@odata.nextLink"]`. It must be of the
    /// same origin.
    #[serde(default)]
    pub next: Option<String>,
    /// An expression over the answer that gives where the next page starts; `null` or nothing on the last one. A list
    /// repeats `param`.
    #[serde(default)]
    pub cursor: Option<String>,
    /// The query parameter that takes the cursor: `after[]`.
    #[serde(default)]
    pub param: Option<String>,
    /// The query parameter that takes the page's number. The last page is the one that has no records, or the one
    /// before a 400 or 404.
    #[serde(default)]
    pub page: Option<String>,
    /// The first page's number; 1 without it.
    #[serde(default)]
    pub first: Option<u32>,
    /// How many records a full page has: a page with fewer is the last, which saves a request.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub size: Option<u32>,
    /// An expression that finds a page's records; `.[]` without it.
    #[serde(default)]
    pub records: Option<String>,
    /// More pages than these are a failure, for nothing is left out silently; 20 without it, 1000 at most.
    #[serde(default)]
    #[schemars(range(min = 1, max = 1000))]
    pub max_pages: Option<u32>,
}
