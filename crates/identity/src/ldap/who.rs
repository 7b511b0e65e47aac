//! How the person who typed a name is found in the directory: by a search, or by a name made of theirs.

use std::time::Duration;

use ldap3::Scope;
use ldap3::asn1::{OctetString, Tag, TagClass};
use settings::{Secret, SettingError, wrong};

use super::Settings;
use super::connection::{Connection, Found};
use super::message::Entry;
use crate::Failure;

/// What stands for the typed name.
const USER: &str = "{user}";

/// A filter or a name, in bytes: the parser of filters recurses.
const LONGEST: usize = 500;

/// How somebody is found.
#[derive(Debug)]
pub(super) enum Who {
    /// By a search below `base`, by an account or by nobody.
    Search { base: String, filter: String, account: Option<(String, Secret)> },
    /// At a place made of their name.
    Place(String),
}

impl Who {
    /// What a school declared.
    pub(super) fn declared(settings: &Settings) -> Result<Self, SettingError> {
        let account = match (&settings.bind_dn, &settings.bind_password) {
            (Some(dn), Some(password)) if !dn.is_empty() && !password.expose().is_empty() => {
                Some((dn.clone(), password.clone()))
            }
            (None, None) => None,
            _ => return Err(wrong("bind_dn", "an account needs both `bind_dn` and `bind_password`")),
        };
        match (&settings.user_dn, &settings.base) {
            (Some(place), None) if settings.filter.is_none() && account.is_none() => {
                if place.len() > LONGEST || !place.contains(&format!("={USER}")) {
                    return Err(wrong(
                        "user_dn",
                        "write a name with \"{user}\" in it, such as \"uid={user},ou=people,dc=univ,dc=fr\"",
                    ));
                }
                Ok(Self::Place(place.clone()))
            }
            (None, Some(base)) => {
                let filter = settings.filter.as_deref().unwrap_or("(uid={user})");
                // An escaped letter can stand where a value does, and nowhere else.
                let right = filter.len() <= LONGEST && filter.contains(USER) && parse(filter, "\\61").is_some();
                let message = "write an LDAP filter (RFC 4515) with \"{user}\" for a value, such as \"(uid={user})\"";
                let search = || Self::Search { base: base.clone(), filter: filter.to_owned(), account };
                right.then(search).ok_or_else(|| wrong("filter", message))
            }
            (Some(_), _) => {
                Err(wrong("user_dn", "with `user_dn` nothing is searched: leave out `base`, `filter` and `bind_dn`"))
            }
            (None, None) => {
                Err(wrong("base", "say where people are: `base = \"ou=people,dc=univ,dc=fr\"`, or `user_dn`"))
            }
        }
    }

    /// Whether the account that searches reads the entries too; else people read their own.
    pub(super) fn reads(&self) -> bool {
        matches!(self, Self::Search { account: Some(_), .. })
    }

    /// The name of nobody, where somebody's could be.
    pub(super) fn nobody(&self) -> String {
        match self {
            Self::Search { base, .. } => format!("cn=nobody-of-this-name,{base}"),
            Self::Place(place) => place.replace(USER, "nobody-of-this-name"),
        }
    }

    /// The entry of whoever typed this name, with these attributes where [`Self::reads`].
    pub(super) async fn find(
        &self,
        connection: &mut Connection<'_>,
        user: &str,
        attributes: &[&str],
        timeout: Duration,
    ) -> Result<Option<Entry>, Failure> {
        let (base, filter) = match self {
            // A directory folds other letters than these in ways of its own, by which one account would have many names.
            Self::Place(_) if !user.is_ascii() => return Ok(None),
            Self::Place(place) => {
                let dn = place.replace(USER, &ldap3::dn_escape(user));
                return Ok(Some(Entry { dn, attributes: Vec::new() }));
            }
            Self::Search { base, filter, .. } => (base, parse(filter, &ldap3::ldap_escape(user))),
        };
        let Some(filter) = filter else { return Ok(None) };
        self.admit(connection).await?;
        let attributes = if self.reads() { attributes } else { NO_ATTRIBUTES };
        match connection.search((base, Scope::Subtree), filter, attributes, timeout).await? {
            Found::None => Ok(None),
            Found::One(entry) => Ok(Some(entry)),
            Found::Several => {
                Err(connection.server().misconfigured("finds several people for one name: make `filter` narrower"))
            }
        }
    }

    /// Whether people could be found, in words for a terminal.
    pub(super) async fn probe(&self, connection: &mut Connection<'_>, timeout: Duration) -> Result<String, Failure> {
        self.admit(connection).await?;
        let (base, found) = match self {
            Self::Search { base, account, .. } => {
                let by = account.as_ref().map_or("anybody", |_| "the account of `bind_dn`");
                (base.as_str(), format!("`base` is there, and {by} may search it"))
            }
            Self::Place(_) => {
                ("", "people bind by names made of theirs; whether `user_dn` fits, a sign-in tells".to_owned())
            }
        };
        match connection.search((base, Scope::Base), anything(), NO_ATTRIBUTES, timeout).await? {
            Found::None => {
                Err(connection.server().misconfigured("has no `base` of this name, or does not show it to who asks"))
            }
            Found::One(_) | Found::Several => Ok(found),
        }
    }

    async fn admit(&self, connection: &mut Connection<'_>) -> Result<(), Failure> {
        let Self::Search { account: Some((dn, password)), .. } = self else { return Ok(()) };
        let outcome = connection.bind(dn, password.expose()).await?;
        connection.server().admitted(&outcome)
    }
}

/// RFC 4511, 4.5.1.8: only the entry's name.
const NO_ATTRIBUTES: &[&str] = &["1.1"];

/// A filter that every entry passes: `(objectClass=*)`.
pub(super) fn anything() -> Tag {
    Tag::OctetString(OctetString { id: 7, class: TagClass::Context, inner: b"objectClass".to_vec() })
}

/// The filter for a user, who is escaped already.
fn parse(filter: &str, user: &str) -> Option<Tag> {
    ldap3::parse_filter(filter.replace(USER, user)).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use ldap3::asn1::{ASNTag, PL, StructureTag};
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn declared(settings: serde_json::Value) -> Result<Who, SettingError> {
        let mut settings = settings;
        settings.as_object_mut().unwrap().insert("url".to_owned(), "ldaps://ldap.univ.fr".into());
        Who::declared(&settings::read(settings).unwrap())
    }

    #[test]
    fn says_what_is_wrong_with_a_declaration() {
        let deep = format!("{}(uid={{user}}){}", "(!".repeat(250), ")".repeat(250));
        for (settings, key) in [
            (json!({}), "base"),
            (json!({"base": "dc=fr", "filter": "(uid=adupont)"}), "filter"),
            (json!({"base": "dc=fr", "filter": "uid={user})"}), "filter"),
            (json!({"base": "dc=fr", "filter": "({user}=x)"}), "filter"),
            (json!({"base": "dc=fr", "filter": deep}), "filter"),
            (json!({"base": "dc=fr", "bind_dn": "cn=reader"}), "bind_dn"),
            (json!({"base": "dc=fr", "bind_dn": "cn=reader", "bind_password": ""}), "bind_dn"),
            (json!({"base": "dc=fr", "user_dn": "uid={user}"}), "user_dn"),
            (json!({"user_dn": "uid=adupont"}), "user_dn"),
            (json!({"user_dn": "{user}"}), "user_dn"),
        ] {
            assert_eq!(declared(settings.clone()).unwrap_err().key, key, "{settings}");
        }
        let deep = format!("{}(uid={{user}}){}", "(!".repeat(160), ")".repeat(160));
        for settings in [
            json!({"base": "dc=fr"}),
            json!({"base": "dc=fr", "filter": "(&(objectClass=person)(|(uid={user})(mail={user}@univ.fr)))"}),
            json!({"base": "dc=fr", "filter": deep}),
            json!({"user_dn": "uid={user},dc=fr"}),
        ] {
            assert!(declared(settings.clone()).is_ok(), "{settings}");
        }
    }

    proptest! {
        #[test]
        fn whatever_was_typed_is_one_value_of_the_filter(user in "\\PC{1,40}|[*()\\\\\0a&|!=]{1,12}") {
            let filter = parse("(uid={user})", &ldap3::ldap_escape(user.as_str())).unwrap().into_structure();
            prop_assert_eq!((filter.id, filter.class), (3, TagClass::Context), "equality");
            let PL::C(parts) = filter.payload else { panic!("an attribute and a value") };
            let parts: Vec<Vec<u8>> = parts.into_iter().filter_map(StructureTag::expect_primitive).collect();
            prop_assert_eq!(parts, [b"uid".to_vec(), user.into_bytes()]);
        }

        #[test]
        fn whatever_was_typed_is_one_value_of_the_name(user in "[ -~]{1,40}|[,+\\\\=#; \"<>a]{1,12}") {
            let place = format!("uid={},dc=fr", ldap3::dn_escape(user.as_str()));
            let value = place.strip_prefix("uid=").unwrap().strip_suffix(",dc=fr").unwrap();
            prop_assert_eq!(unescaped(value), Some(user));
        }
    }

    /// RFC 4514, section 3: a value without anything that could end it, its pairs resolved.
    fn unescaped(value: &str) -> Option<String> {
        let (mut bytes, mut rest) = (Vec::new(), value.bytes());
        if value.starts_with([' ', '#']) || value.ends_with(' ') {
            return None;
        }
        while let Some(byte) = rest.next() {
            match byte {
                b'"' | b'+' | b',' | b';' | b'<' | b'>' | 0 => return None,
                b'\\' => {
                    let pair = [rest.next()?, rest.next()?];
                    bytes.push(u8::from_str_radix(std::str::from_utf8(&pair).ok()?, 16).ok()?);
                }
                other => bytes.push(other),
            }
        }
        String::from_utf8(bytes).ok()
    }
}
