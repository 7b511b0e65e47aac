//! What a school says of its CAS server in `[login]`.

use ::settings::{SettingError, wrong};
use schemars::JsonSchema;
use serde::Deserialize;
use url::{Host, Url};

/// The keys of `[login]` for `method = "cas"`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    /// The server's address, up to and without `/login`: `https://cas.univ.fr/cas`.
    url: String,
    /// The protocol's version: 3, or 2 for an old server without `/p3/serviceValidate`, whose attributes, if it has any,
    /// are read too.
    #[serde(default)]
    version: Version,
    /// Ask for the password at each sign-in, even of those who are signed in at the school already.
    #[serde(default)]
    renew: bool,
    /// Get proxy tickets, with which sources can be asked in the person's name. The server must allow proxies for this
    /// service, and reach `/api/login/proxy` by https.
    #[serde(default)]
    proxy: bool,
    /// Where the server leaves proxy-granting tickets, where several processes answer for this campus: an address of
    /// this process only, by one of the campus's host names, that ends in `/api/login/proxy`. The ticket has to reach
    /// the process that asks for it.
    #[serde(default)]
    proxy_callback: Option<String>,
    /// Let native apps sign in by CAS's REST protocol: the phone itself gives the password to `/v1/tickets` of the
    /// server and brings a service ticket here.
    #[serde(default)]
    rest: bool,
}

/// A version of the protocol.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(try_from = "u8")]
pub(super) enum Version {
    Two,
    #[default]
    Three,
}

/// Settings that can be right.
pub(super) struct Checked {
    pub(super) url: Url,
    pub(super) version: Version,
    pub(super) renew: bool,
    pub(super) proxy: bool,
    pub(super) proxy_callback: Option<Url>,
    pub(super) rest: bool,
}

impl Settings {
    pub(super) fn checked(self) -> Result<Checked, Vec<SettingError>> {
        let mut mistakes = Vec::new();
        let mut address = |key: &str, text: &str| {
            let checked = address(text).map_err(|what| mistakes.push(wrong(key, what)));
            checked.ok()
        };
        let url = address("url", &self.url);
        let proxy_callback = self.proxy_callback.as_deref().map(|text| address("proxy_callback", text));
        if url.as_ref().is_some_and(|url| url.path().trim_end_matches('/').ends_with("/login")) {
            mistakes.push(wrong("url", "write the address up to and without /login"));
        }
        if self.proxy_callback.is_some() && !self.proxy {
            mistakes.push(wrong("proxy_callback", "proxy_callback means nothing without proxy = true"));
        }
        let Self { version, renew, proxy, rest, .. } = self;
        let checked =
            || Some(Checked { url: url?, version, renew, proxy, proxy_callback: proxy_callback.flatten(), rest });
        checked().filter(|_| mistakes.is_empty()).ok_or(mistakes)
    }
}

fn address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text.trim()).map_err(|error| format!("not a web address ({error}): write https://…"))?;
    if !is_private_enough(&url) {
        return Err(
            "passwords and tickets travel by https only (plain http: this machine only): write https://…".to_owned()
        );
    }
    let bare =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    if bare { Ok(url) } else { Err("write it without a user, a query or a fragment".to_owned()) }
}

/// Whether nobody on the way can read what is sent there: https, or this machine.
pub(super) fn is_private_enough(url: &Url) -> bool {
    let here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && here)
}

impl TryFrom<u8> for Version {
    type Error = &'static str;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        match number {
            2 => Ok(Self::Two),
            3 => Ok(Self::Three),
            _ => Err("CAS has versions 2 and 3 of its protocol (version 1 has no attributes)"),
        }
    }
}

impl JsonSchema for Version {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Version".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "integer", "enum": [2, 3] })
    }
}
