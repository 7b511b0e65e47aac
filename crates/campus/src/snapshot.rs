//! The checked declaration of a campus: immutable, shared by all requests that began under it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use identity::{Claims, Login, Person, Who};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use kinds::{Audience, Bilingual, Kind, Lifetimes};
use mapping::Mapping;
use outbound::{Destination, Gate};
use sources::{Credential, Fetch, Params};

use crate::{Accessibility, Screen, Theme};

/// The channel of everybody who is not a tester.
pub const PRODUCTION: &str = "production";

/// A campus on one of its channels.
#[derive(Debug)]
pub struct Campus {
    /// Its id, a DNS label: the name of its folder, or what it is published as.
    pub id: Arc<str>,
    /// The channel: `production` or one of `channels`.
    pub channel: Arc<str>,
    /// The number of the publication that it is from; none from a folder.
    pub publication: Option<u32>,
    /// Its name as people read it.
    pub name: String,
    /// The same under the app's icon: 12 characters at most.
    pub short_name: String,
    /// Where its data may be processed.
    pub zone: String,
    /// The zone of its times.
    pub timezone: TimeZone,
    /// Languages of its app, the first being the default.
    pub languages: Vec<String>,
    /// Host names it answers at.
    pub hosts: Vec<String>,
    /// How its app looks.
    pub theme: Theme,
    /// What its app shows, in order.
    pub screens: Vec<Screen>,
    /// What the school says in its app: `welcome`, `help`, `legal`, `privacy`, `maintenance`, those that there are.
    pub texts: BTreeMap<&'static str, Bilingual>,
    /// What it says of the app's accessibility.
    pub accessibility: Option<Accessibility>,
    /// How its people sign in; nobody does without it.
    pub sign_in: Option<Arc<SignIn>>,
    /// Who may choose which channel besides `production`.
    pub channels: BTreeMap<String, Testers>,
    /// The systems that it comes from, by name.
    pub upstreams: BTreeMap<Arc<str>, Upstream>,
    /// What it offers, by name.
    pub data: BTreeMap<Arc<str>, Arc<DataSet>>,
    /// Digest of the declaration and the channel, 16 hexadecimal digits: another one has another version.
    pub version: String,
}

/// A system of the school.
#[derive(Debug)]
pub struct Upstream {
    /// The protocol: `http`.
    pub connector: &'static str,
    /// Where we connect to; nowhere for a file.
    pub destinations: Vec<Destination>,
    /// The address that it sees us come from, by the operator's name, where it chooses one.
    pub egress: Option<String>,
    /// What its requests pass, whatever the channel that they are of, where it is declared the same on several.
    pub gate: Arc<Gate>,
}

/// Who may choose a channel.
#[derive(Debug, Default)]
pub struct Testers(pub(crate) Vec<Tester>);

/// Some testers, and when they are none any more.
#[derive(Debug)]
pub(crate) struct Tester {
    pub who: Who,
    pub until: Option<Timestamp>,
}

impl Testers {
    /// Whether a person is among them now.
    #[must_use]
    pub fn includes(&self, person: &Person, now: Timestamp) -> bool {
        self.0.iter().any(|tester| tester.who.includes(person) && tester.until.is_none_or(|end| now < end))
    }
}

/// How the people of a campus sign in.
pub struct SignIn {
    /// The method's name: `oidc`.
    pub method: &'static str,
    /// The way to the provider.
    pub login: Arc<dyn Login>,
    /// What the provider's claims mean.
    pub claims: Claims,
    /// The absolute end of a session, from its beginning.
    pub lasting: SignedDuration,
    /// Where native apps may be sent back to.
    pub native_redirects: Vec<String>,
    /// Whether any source is asked with the person's own token or ticket, so that sessions have to carry it.
    pub passes_tokens: bool,
    /// Whether all that it refers to is there. Where a declaration is only checked, something else may stand in for
    /// secrets, with which the provider cannot be asked.
    pub complete: bool,
}

/// What a campus offers under a name.
pub struct DataSet {
    /// Its name in the API.
    pub name: Arc<str>,
    /// Its kind.
    pub kind: Arc<Kind>,
    /// What people call it.
    pub title: Bilingual,
    /// The source it comes from.
    pub source: Arc<str>,
    /// Who may read it.
    pub audience: Audience,
    /// How long it is kept, and where.
    pub lifetimes: Lifetimes,
    /// The share of the last good answer's items, in per cent, below which an answer is held; any number is good without it.
    pub may_shrink_to: Option<u8>,
    /// Request parameters, by name.
    pub params: BTreeMap<String, Param>,
    /// Parameters that tell who a personal set is about, which no request may give: `user`, `user_ATTRIBUTE`.
    pub person_params: Vec<String>,
    /// How its records become items.
    pub mapping: Mapping,
    /// Whether the school authorises encrypted copies of this personal set in a server's memory.
    pub server_copy: bool,
    /// With what of the person's session the source is asked, where it is.
    pub asks_with: Option<Credential>,
    /// The question to the source.
    pub fetch: Arc<dyn Fetch>,
    /// Digest of its part of the declaration: what was fetched under another one is not this set's.
    pub version: u64,
}

/// A request parameter.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Param {
    /// What it means.
    pub about: String,
    /// Its value where a request gives none; required without it.
    pub default: Option<String>,
    /// What people call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Bilingual>,
    /// The values it may have; any without.
    pub one_of: Vec<String>,
    /// What people call those values.
    pub names: BTreeMap<String, String>,
    /// Characters at most.
    pub max_length: usize,
}

impl DataSet {
    /// The values of the declared parameters for a request that gave `given`.
    ///
    /// # Errors
    /// What is wrong with the first value that does not do, or which one is missing.
    pub fn params(&self, given: &BTreeMap<String, String>) -> Result<Params, String> {
        self.params
            .iter()
            .map(|(name, param)| {
                param.value(name, given.get(name).map(String::as_str)).map(|value| (name.clone(), value))
            })
            .collect()
    }

    /// Fields of the source that the mapping reads.
    #[must_use]
    pub fn reads(&self) -> BTreeSet<String> {
        self.mapping.reads()
    }
}

impl Param {
    fn value(&self, name: &str, given: Option<&str>) -> Result<String, String> {
        let value = given
            .or(self.default.as_deref())
            .ok_or_else(|| format!("the parameter \"{name}\" is required: {}", self.about))?;
        if value.chars().count() > self.max_length {
            return Err(format!("the parameter \"{name}\" is longer than {} characters", self.max_length));
        }
        if value.chars().any(char::is_control) {
            return Err(format!("the parameter \"{name}\" contains control characters"));
        }
        if !self.one_of.is_empty() && !self.one_of.iter().any(|known| known == value) {
            return Err(format!("the parameter \"{name}\" is one of {}", self.one_of.join(", ")));
        }
        Ok(value.to_owned())
    }
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn").field("method", &self.method).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for DataSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DataSet").field("name", &self.name).field("kind", &self.kind.name).finish_non_exhaustive()
    }
}
