//! The sections of campus.toml as written. Their documentation is the reference's and the editor's.

mod look;
mod way;

use std::collections::BTreeMap;

use identity::{DeclaredClaims, Who};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kinds::{Audience, DeclaredTitle, Lasting};
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) use look::{DeclaredAccessibility, DeclaredScreen, DeclaredTexts, DeclaredTheme, Labels, Prose};
pub(crate) use way::{DeclaredLimits, DeclaredTls};

use crate::look::ICONS;

/// A campus: one school, the tenant. Its folder's name is its id.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "campus.toml")]
pub(crate) struct Declaration {
    /// Its name as people read it: `Université de Démonstration`.
    pub name: String,
    /// Its name under the app's icon, of 12 characters at most: `Démo`; a part of its name, or initials, without it.
    pub short_name: Option<ShortName>,
    /// Where its data may be processed: a server of another zone refuses it.
    #[serde(default = "eu")]
    pub zone: Zone,
    /// The zone of its times, by its IANA name: `Europe/Paris`.
    pub timezone: ZoneName,
    /// Languages of its app, the first being the default.
    #[serde(default = "both")]
    pub languages: Vec<Language>,
    /// Host names it answers at; `ID.localhost` always works on the server itself.
    #[serde(default)]
    pub hosts: Vec<HostName>,
    /// How its app looks.
    #[serde(default)]
    #[expect(dead_code, reason = "read by itself, with the files that it names")]
    pub theme: DeclaredTheme,
    /// What its app shows, in this order; without it, everything that it offers, in the order of kinds.
    #[serde(default)]
    #[expect(dead_code, reason = "read screen by screen, for the place of each mistake")]
    pub screens: Vec<DeclaredScreen>,
    /// What the school says in its app.
    #[serde(default)]
    pub texts: DeclaredTexts,
    /// What the school says of the accessibility of its app.
    pub accessibility: Option<DeclaredAccessibility>,
    /// How its people sign in; without it, only public data sets can be read.
    #[serde(default)]
    #[expect(dead_code, reason = "read by itself, under its method's own schema")]
    pub login: Option<Table>,
    /// Versions of it that some people see before the others, by name: `beta`.
    #[serde(default)]
    pub channels: BTreeMap<String, DeclaredChannel>,
    /// Kinds of its own, by name.
    #[serde(default)]
    #[expect(dead_code, reason = "read table by table, for the place of each mistake")]
    pub kinds: BTreeMap<String, Table>,
    /// Upstream systems, by name.
    #[serde(default)]
    #[expect(dead_code, reason = "read table by table, each under its connector's own schema")]
    pub sources: BTreeMap<String, Table>,
    /// What it offers, by name.
    #[serde(default)]
    #[expect(dead_code, reason = "read table by table, each under its connector's own schema")]
    pub data: BTreeMap<String, Table>,
}

/// A table that is read by itself.
type Table = BTreeMap<String, serde_json::Value>;

/// A language of the app.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Language {
    /// French.
    Fr,
    /// English.
    En,
}

/// A channel besides `production`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeclaredChannel {
    /// Who may choose it: `user:NAME` or `group:NAME`, or one of them for some time,
    /// `{ who = "user:jmartin", until = "2026-12-31" }`.
    #[serde(default)]
    pub testers: Vec<DeclaredTester>,
}

/// Who may choose a channel, for good or for some time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum DeclaredTester {
    /// For good.
    Always(People),
    /// For some time.
    Until(DeclaredUntil),
}

/// Who may choose a channel for some time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeclaredUntil {
    /// `user:NAME` or `group:NAME`.
    pub who: People,
    /// The last day, in the campus's time zone, or the instant from which on it is over.
    pub until: Until,
}

/// What every login may say, whatever its method.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct DeclaredLogin {
    /// After this, a person signs in again, however often the app was used; 30 days without it, 400 at most.
    #[serde(default = "thirty_days")]
    pub session: Lasting,
    /// Where native apps may be sent back to after signing in, exactly as they ask for it: `fr.univ-demo.app:/signed-in`.
    #[serde(default)]
    pub native_redirects: Vec<String>,
    /// Where the claims hold what.
    #[serde(flatten)]
    pub claims: DeclaredClaims,
}

/// What every source may say, whatever its connector.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeclaredSource {
    /// Where this system processes data, in the same words as the campus's `zone`, which it is without it. From another
    /// zone, public data may come.
    pub zone: Option<Zone>,
    /// `authorised` where data for members and about persons may come from a system of another zone: it records that the
    /// school has decided so, and knows on what ground the law lets it (GDPR, articles 44 to 49).
    pub transfer: Option<Transfer>,
    /// What it may take of this server, and how long.
    #[serde(default)]
    pub limits: DeclaredLimits,
    /// Its TLS, where that is not by public certificates and passwords.
    pub tls: Option<DeclaredTls>,
    /// The address that it sees us come from, by the name that the operator gave it.
    pub egress: Option<String>,
    /// What it has otherwise on a channel, by the channel's name: `[sources.records.on.beta]` with the address of the
    /// school's pre-production platform. Tables are put over its own key by key, anything else in its place.
    #[serde(default)]
    #[expect(dead_code, reason = "put over the source before the rest is read")]
    pub on: BTreeMap<String, Table>,
}

/// Whether persons may be asked about in another zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Transfer {
    /// The school has decided that they may.
    Authorised,
}

/// What a school authorises a server to keep of a personal data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ServerCopy {
    /// A copy in memory, encrypted under a key that only the person's own token holds, for `fresh_for` and `stale_for`.
    Authorised,
}

/// What every data set may say, whatever its connector.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeclaredSet {
    /// The source it comes from: a name of `[sources]`.
    #[expect(dead_code, reason = "looked up before the rest is read: it tells the keys of the rest")]
    pub source: String,
    /// Its kind, where that is not its name.
    #[expect(dead_code, reason = "looked up before the rest is read: it tells the keys of the rest")]
    pub kind: Option<String>,
    /// What people call it, where that is not what they call its kind: `{ fr = "Groupes de TD", en = "Groups" }`.
    pub title: Option<DeclaredTitle>,
    /// Who may read it: `public`, `members`, `group:NAME` or `self`; the kind's default without it.
    pub audience: Option<Audience>,
    /// Level 2: no upstream call within this time; the kind's default without it.
    pub fresh_for: Option<Lasting>,
    /// Level 2: after that, how long it may answer while refreshing or when the upstream fails.
    pub stale_for: Option<Lasting>,
    /// Level 1: how long a phone keeps it.
    pub on_device: Option<Lasting>,
    /// Level 2: how short it may become from one good answer to the next, `20%`. Where the last good one had 20 items or more,
    /// an answer with a smaller share of them is held as a failure, and the last good one is served, until the set is purged
    /// or enough is there again. Not for `audience = "self"`, of which nothing is kept to compare with. Without it, a list may become empty.
    pub may_shrink_to: Option<Share>,
    /// Only for `audience = "self"`: `authorised` where the school lets the server keep an encrypted copy in memory, which
    /// answers within `fresh_for` and when the upstream fails. Nothing is kept without it.
    pub server_copy: Option<ServerCopy>,
    /// Request parameters, by name; expressions and templates of the source refer to them.
    #[serde(default)]
    pub params: BTreeMap<String, DeclaredParam>,
    /// `each`, which finds the records, and one jq expression per field of the kind.
    #[serde(default)]
    #[expect(dead_code, reason = "compiled from the tree, for the place of each mistake")]
    pub map: BTreeMap<String, String>,
    /// Tables for `lookup("NAME")` in the mapping.
    #[serde(default)]
    #[expect(dead_code, reason = "compiled from the tree, for the place of each mistake")]
    pub tables: BTreeMap<String, BTreeMap<String, String>>,
}

/// A request parameter: `GET /api/data/NAME?group=L3`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeclaredParam {
    /// What it means.
    #[serde(default)]
    pub about: String,
    /// Its value where a request gives none; required without it.
    pub default: Option<String>,
    /// What people call it: `{ fr = "Groupe", en = "Group" }`.
    pub title: Option<DeclaredTitle>,
    /// The values it may have; any without.
    #[serde(default)]
    pub one_of: Vec<String>,
    /// What people call those values: `{ 4101 = "L3 INFO groupe 1" }`.
    #[serde(default)]
    pub names: BTreeMap<String, String>,
    /// Characters at most.
    #[serde(default = "sixty_four")]
    #[schemars(range(min = 1))]
    pub max_length: u16,
}

/// Says what is wrong with a text, and what to write instead.
pub(crate) type Form = fn(&str) -> Result<(), String>;

/// Texts with a form of their own; [`FORMS`] has the check of each.
macro_rules! forms {
    ($($(#[$doc:meta])* $name:ident: $check:expr;)*) => {
        $(
            #[derive(Debug, Clone, Deserialize, JsonSchema)]
            $(#[$doc])*
            #[serde(transparent)]
            pub(crate) struct $name(pub String);
        )*

        /// Checks of texts by the name of their definition in the schema: an error's message and remedy.
        pub(crate) const FORMS: &[(&str, Form)] = &[
            ("Audience", |text| text.parse::<Audience>().map(drop)),
            ("Lasting", |text| text.parse::<Lasting>().map(drop)),
            $((stringify!($name), $check)),*
        ];
    };
}

forms! {
    /// The IANA name of a time zone.
    ZoneName: |text| TimeZone::get(text).map(drop).map_err(|_| {
        let names: Vec<_> = jiff::tz::db().available().map(|name| name.to_string()).collect();
        let near = jq::did_you_mean(text, names.iter().map(String::as_str)).unwrap_or("Europe/Paris");
        format!("\"{text}\" is no time zone: write its IANA name, such as \"{near}\"")
    });
    /// A zone: `eu`.
    Zone: |text| {
        let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if (1..=30).contains(&text.len()) && text.bytes().all(known) {
            return Ok(());
        }
        let shown: String = text.chars().take(40).collect();
        Err(format!("\"{shown}\" is no zone: write it in lower-case letters, digits and hyphens, such as \"eu\""))
    };
    /// A host name.
    HostName: |text| {
        let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let label = |label: &str| (1..=63).contains(&label.len()) && label.bytes().all(known);
        if text.len() <= 253 && text.split('.').all(label) {
            return Ok(());
        }
        let instead = "write it in lower case, without scheme and port, such as \"app.univ-demo.fr\"";
        Err(format!("\"{text}\" is no host name: {instead}"))
    };
    /// Some people: `user:NAME` or `group:NAME`.
    People: |text| text.parse::<Who>().map(drop);
    /// A day, `2026-12-31`, or an instant, `2026-12-31T18:00:00+01:00`.
    Until: |text| end_of(text, &TimeZone::UTC).map(drop).ok_or_else(|| {
        let shown: String = text.chars().take(40).collect();
        format!("\"{shown}\" is no day and no instant: write \"2026-12-31\" or \"2026-12-31T18:00:00+01:00\"")
    });
    /// A share of what there was, in whole per cent: `20%`.
    Share: |text| percent(text).map(drop).ok_or_else(|| {
        let shown: String = text.chars().take(40).collect();
        format!("\"{shown}\" is no share: write a whole number from 1 to 100 and a per cent sign, such as \"20%\"")
    });
    /// A name under an icon.
    ShortName: |text| shows(text, 12, false);
    /// A name on one line.
    Label: |text| shows(text, 40, false);
    /// Plain text: paragraphs are apart by an empty line.
    Paragraphs: |text| shows(text, 4_000, true);
    /// A part of an address of the app.
    ScreenId: |text| if is_screen_id(text) { Ok(()) } else {
        let shown: String = text.chars().take(40).collect();
        let reserved = RESERVED.join(", ");
        Err(format!("\"{shown}\" is no screen's id: write lower-case letters, digits and hyphens, other than {reserved}"))
    };
    /// The name of a sign (<https://lucide.dev>).
    #[schemars(extend("enum" = ICONS))]
    Icon: |text| if ICONS.contains(&text) { Ok(()) } else {
        let shown: String = text.chars().take(40).collect();
        let near = match jq::did_you_mean(text, ICONS.iter().copied()) {
            Some(near) => format!("\"{near}\""),
            None => format!("one of {}", ICONS.join(", ")),
        };
        Err(format!("there is no icon \"{shown}\": write {near}"))
    };
    /// Where people write to: a `mailto:` or `https:` address.
    Contact: |text| {
        let url = url::Url::parse(text).ok().filter(|_| text.len() <= 500);
        let fits = url.is_some_and(|url| match url.scheme() {
            "mailto" => url.path().contains('@'),
            "https" => url.host().is_some(),
            _ => false,
        });
        let instead = "write \"mailto:accessibilite@univ-demo.fr\", or an https address";
        if fits { Ok(()) } else { Err(format!("this is nowhere to write to: {instead}")) }
    };
    /// A colour, `#RRGGBB`.
    Color: |text| match text.strip_prefix('#') {
        Some(digits) if digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()) => Ok(()),
        _ => Err(format!("\"{text}\" is no colour: write \"#\" and six hexadecimal digits, such as \"#1b5e8c\"")),
    };
}

/// Screens of the app itself, and what else an address of it may begin with.
const RESERVED: &[&str] = &["api", "assets", "icons", "inbox", "more", "settings", "welcome", "sign-in", "calendar"];

/// Whether a screen of the campus may have this name.
pub(crate) fn is_screen_id(text: &str) -> bool {
    let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    (1..=63).contains(&text.len()) && text.bytes().all(known) && !RESERVED.contains(&text)
}

/// A text of some length that shows, on one line or in paragraphs.
fn shows(text: &str, most: usize, several_lines: bool) -> Result<(), String> {
    let length = text.chars().count();
    if length > most {
        return Err(format!("this text has {length} characters: write {most} at most"));
    }
    if text.trim().is_empty() {
        return Err("this text is empty: write it, or leave the key out".to_owned());
    }
    match text.chars().find(|c| c.is_control() && !(several_lines && *c == '\n')) {
        Some(c) => Err(format!("this text holds \"{}\": write it without", c.escape_default())),
        None => Ok(()),
    }
}

/// A share in per cent, from 1 to 100.
pub(crate) fn percent(text: &str) -> Option<u8> {
    let digits = text.strip_suffix('%').filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
    digits.parse().ok().filter(|percent| (1..=100).contains(percent))
}

/// When a day in a time zone is over, or the instant itself.
pub(crate) fn end_of(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    if text.len() > "2026-12-31".len() {
        return text.parse().ok();
    }
    let day: Date = text.parse().ok()?;
    zone.to_timestamp(day.tomorrow().ok()?.at(0, 0, 0, 0)).ok()
}

/// The zone of a campus that names none.
pub(crate) fn eu() -> Zone {
    Zone("eu".to_owned())
}

fn both() -> Vec<Language> {
    vec![Language::Fr, Language::En]
}

fn thirty_days() -> Lasting {
    Lasting(std::time::Duration::from_hours(30 * 24))
}

fn sixty_four() -> u16 {
    64
}
