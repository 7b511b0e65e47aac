//! From a directory's entry to claims.

use serde_json::{Map, Value};

use super::message::Entry;
use super::server::Server;
use super::supann;
use crate::Failure;

/// Values of all attributes together; a person in more groups than this needs fewer `read_attributes`.
const MOST: usize = 5_000;

/// Attributes that a school most often knows its people by: inetOrgPerson, eduPerson, SupAnn and Active Directory.
pub(super) const USUAL: &[&str] = &[
    "uid",
    "cn",
    "sn",
    "givenName",
    "displayName",
    "mail",
    "memberOf",
    "sAMAccountName",
    "userPrincipalName",
    "eduPersonAffiliation",
    "eduPersonPrimaryAffiliation",
    "eduPersonPrincipalName",
    "supannEtuId",
    "supannCodeINE",
    "supannEmpId",
    "supannRefId",
    "supannAliasLogin",
    "supannEtablissement",
    "supannEntiteAffectation",
    "supannEntiteAffectationPrincipale",
    "supannEtuInscription",
    "supannEmpProfil",
];

/// What the entry says of the attributes that were asked for, under the names that they were asked by (directories write
/// `supannEtuId` in letters of their own): one value as a text, several as a list. Values that are no text are left out.
/// `dn` is the entry's name, `parsed` holds the structure of SupAnn values ([`supann::parse`]).
pub(super) fn claims(entry: &Entry, attributes: &[&str], server: &Server) -> Result<Map<String, Value>, Failure> {
    if entry.attributes.iter().map(|(_, values)| values.len()).sum::<usize>() > MOST {
        return Err(
            server.misconfigured("answers with more than 5000 values for one person: name fewer `read_attributes`")
        );
    }
    let (mut claims, mut parsed) = (Map::new(), Map::new());
    for (name, values) in &entry.attributes {
        let Some(name) = attributes.iter().find(|asked| asked.eq_ignore_ascii_case(name)) else { continue };
        let Some(texts) = values.iter().map(|value| text(value)).collect::<Option<Vec<&str>>>() else { continue };
        parsed.extend(supann::parse(&texts).map(|values| ((*name).to_owned(), values.into())));
        match &texts[..] {
            [] => {}
            [one] => drop(claims.insert((*name).to_owned(), (*one).into())),
            several => drop(claims.insert((*name).to_owned(), several.into())),
        }
    }
    claims.insert("dn".to_owned(), entry.dn.as_str().into());
    claims.insert("parsed".to_owned(), parsed.into());
    Ok(claims)
}

/// A value that is a text: some binary ones happen to be UTF-8, but hardly without a control character.
fn text(value: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(value).ok()?;
    text.chars().all(|letter| !letter.is_control() || letter.is_ascii_whitespace()).then_some(text)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(attributes: &[(&str, &[&[u8]])]) -> Result<Map<String, Value>, Failure> {
        let attributes = attributes
            .iter()
            .map(|(name, values)| ((*name).to_owned(), values.iter().map(|value| value.to_vec()).collect()))
            .collect();
        let entry = Entry { dn: "uid=a".to_owned(), attributes };
        claims(&entry, USUAL, &Server::parse("ldaps://ldap.univ.fr", false).unwrap())
    }

    #[test]
    fn one_value_is_a_text_several_are_a_list_and_structure_stands_beside() {
        let claims = of(&[
            ("uid", &[b"adupont"]),
            ("EDUPERSONAFFILIATION", &[b"student", b"member"]),
            ("supannEtablissement", &[b"{UAI}0751717J"]),
            ("mail", &[]),
        ]);
        let expected = json!({
            "dn": "uid=a", "uid": "adupont", "eduPersonAffiliation": ["student", "member"],
            "supannEtablissement": "{UAI}0751717J", "parsed": { "supannEtablissement": ["0751717J"] },
        });
        assert_eq!(Value::Object(claims.unwrap()), expected);
    }

    #[test]
    fn what_is_no_text_or_was_not_asked_for_is_left_out() {
        let claims =
            of(&[("cn", &[b"\xff\xd8"]), ("sn", &[b"a", b"\x01\x05"]), ("jpegPhoto", &[b"a"]), ("mail;x-a", &[b"a"])]);
        assert_eq!(Value::Object(claims.unwrap()), json!({"dn": "uid=a", "parsed": {}}));
    }

    #[test]
    fn a_person_of_too_many_values_is_refused() {
        let values = vec![&b"a"[..]; MOST + 1];
        assert!(of(&[("memberOf", &values)]).is_err());
    }
}
