//! Attributes of an assertion as claims: by the short names of well-known ones, by their friendly names, and as they are.

use serde_json::{Map, Value};

use super::response::ASSERTION;
use super::xml::Element;

/// Well-known attributes of schools' providers: eduPerson 202208, inetOrgPerson (RFC 2798), SupAnn 2009 and later,
/// subject identifiers of SAML, groups of Active Directory.
#[rustfmt::skip]
const KNOWN: &[(&str, &str)] = &[
    ("urn:oid:0.9.2342.19200300.100.1.1", "uid"),
    ("urn:oid:0.9.2342.19200300.100.1.3", "mail"),
    ("urn:oid:2.5.4.3", "cn"),
    ("urn:oid:2.5.4.4", "sn"),
    ("urn:oid:2.5.4.10", "o"),
    ("urn:oid:2.5.4.11", "ou"),
    ("urn:oid:2.5.4.42", "givenName"),
    ("urn:oid:2.16.840.1.113730.3.1.3", "employeeNumber"),
    ("urn:oid:2.16.840.1.113730.3.1.4", "employeeType"),
    ("urn:oid:2.16.840.1.113730.3.1.39", "preferredLanguage"),
    ("urn:oid:2.16.840.1.113730.3.1.241", "displayName"),
    ("urn:oid:1.2.840.113556.1.2.102", "memberOf"),
    ("urn:oid:1.3.6.1.4.1.5923.1.5.1.1", "isMemberOf"),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.1", "eduPersonAffiliation"),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.3", "eduPersonOrgDN"),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.4", "eduPersonOrgUnitDN"),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.5", "eduPersonPrimaryAffiliation"),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.6", "eduPersonPrincipalName"),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.7", "eduPersonEntitlement"),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.9", "eduPersonScopedAffiliation"),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.10", "eduPersonTargetedID"),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.11", "eduPersonAssurance"),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.13", "eduPersonUniqueId"),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.16", "eduPersonOrcid"),
    ("urn:oid:1.3.6.1.4.1.7135.1.2.1.8", "supannEntiteAffectation"),
    ("urn:oid:1.3.6.1.4.1.7135.1.2.1.9", "supannCodeINE"),
    ("urn:oid:1.3.6.1.4.1.7135.1.2.1.10", "supannEtuId"),
    ("urn:oid:1.3.6.1.4.1.7135.1.2.1.11", "supannEmpId"),
    ("urn:oid:1.3.6.1.4.1.7135.1.2.1.13", "supannEntiteAffectationPrincipale"),
    ("urn:oid:1.3.6.1.4.1.7135.1.2.1.14", "supannEtablissement"),
    ("urn:oid:1.3.6.1.4.1.7135.1.2.1.20", "supannAliasLogin"),
    ("urn:oid:1.3.6.1.4.1.7135.1.2.1.23", "supannRoleGenerique"),
    ("urn:oid:1.3.6.1.4.1.7135.1.2.1.25", "supannEtuAnneeInscription"),
    ("urn:oid:1.3.6.1.4.1.7135.1.2.1.29", "supannEtuEtape"),
    ("urn:oid:1.3.6.1.4.1.7135.1.2.1.30", "supannEtuInscription"),
    ("urn:oid:1.3.6.1.4.1.7135.1.2.1.37", "supannRefId"),
    ("urn:oasis:names:tc:SAML:attribute:subject-id", "subject-id"),
    ("urn:oasis:names:tc:SAML:attribute:pairwise-id", "pairwise-id"),
];

/// The attributes of an assertion. A name that comes again adds values. Where two attributes lay claim to one name, the
/// attribute that is really called so has it, then the well-known one, then the one that is only said to be.
pub(super) fn claims(assertion: &Element) -> Map<String, Value> {
    let (mut named, mut known, mut friendly) = (Map::new(), Map::new(), Map::new());
    let statements = assertion.all(ASSERTION, "AttributeStatement");
    for attribute in statements.flat_map(|statement| statement.all(ASSERTION, "Attribute")) {
        let Some(name) = attribute.attribute("Name") else { continue };
        let values: Vec<String> = attribute.all(ASSERTION, "AttributeValue").filter_map(value).collect();
        add(&mut named, name, &values);
        match KNOWN.iter().find(|(oid, _)| *oid == name) {
            Some((_, short)) => add(&mut known, short, &values),
            None => attribute.attribute("FriendlyName").into_iter().for_each(|name| add(&mut friendly, name, &values)),
        }
    }
    friendly.extend(known);
    friendly.extend(named);
    friendly
}

/// Its text, or that of the one name identifier in it (eduPersonTargetedID).
fn value(element: &Element) -> Option<String> {
    let mut inner = element.elements();
    let text = match (inner.next(), inner.next()) {
        (None, _) => element.text(),
        (Some(only), None) if only.is(ASSERTION, "NameID") => only.text(),
        _ => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}

fn add(claims: &mut Map<String, Value>, name: &str, values: &[String]) {
    for value in values {
        let value = Value::from(value.as_str());
        match claims.get_mut(name) {
            None => drop(claims.insert(name.to_owned(), value)),
            Some(Value::Array(values)) => values.push(value),
            Some(first) => *first = Value::from(vec![first.take(), value]),
        }
    }
}
