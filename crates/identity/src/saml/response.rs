//! A provider's response: whether it is for us, about this sign-in, in time, and signed; and then what it says.
//!
//! The order is that of trust: signatures first, and everything after is read from what they cover (SAML profiles, 4.1.4).

use jiff::{SignedDuration, Timestamp};

use super::certificate::base64;
use super::cipher::open;
use super::keys::Pair;
use super::provider::{PROTOCOL, Provider};
use super::signature::{Broken, covered};
use super::xml::Element;
use crate::{Failure, FailureKind};

/// The namespace of assertions.
pub(super) const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";

/// What the formats of name identifiers begin with.
pub(super) const NAME_ID: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:";

const STATUS: &str = "urn:oasis:names:tc:SAML:2.0:status:";
const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";

/// A response in XML: some 10 KiB are usual, hundreds of groups make 100.
const LARGEST: usize = 512 << 10;

/// How far clocks may be apart.
const SKEW: SignedDuration = SignedDuration::from_secs(60);

/// What a response has to answer.
pub(super) struct Expected<'a> {
    /// The id of our request.
    pub(super) request: String,
    /// Where the response is to be sent.
    pub(super) callback: String,
    /// Our own name.
    pub(super) audience: String,
    /// Our keys.
    pub(super) pairs: &'a [Pair],
    /// The present instant.
    pub(super) now: Timestamp,
}

/// An assertion that holds.
#[derive(Debug)]
pub(super) struct Accepted {
    /// As it was signed.
    pub(super) assertion: Element,
    /// Its id, good for one use until then.
    pub(super) id: String,
    pub(super) until: Timestamp,
    /// `SessionIndex`: how the provider will name this sign-in when it ends.
    pub(super) session: Option<String>,
    /// The name identifier and its format.
    pub(super) name: Option<(String, String)>,
}

/// Why a response is not accepted.
#[derive(Debug)]
pub(super) enum Refused {
    /// No known key of the provider signed it.
    Key,
    /// The provider says no.
    Status(FailureKind, String),
    /// Anything else.
    Invalid(String),
}

impl<T: Into<String>> From<T> for Refused {
    fn from(message: T) -> Self {
        Self::Invalid(message.into())
    }
}

impl Refused {
    /// The failure that it is, told with the provider's name.
    pub(super) fn failure(self, provider: &str) -> Failure {
        let (kind, what) = match self {
            Self::Key => (
                FailureKind::Invalid,
                "it is signed with a key that is not in the provider's metadata: get the metadata anew".to_owned(),
            ),
            Self::Status(kind, what) => (kind, what),
            Self::Invalid(what) => (FailureKind::Invalid, what),
        };
        Failure::new(kind, format!("the response of {provider} is not accepted: {what}"))
    }
}

/// Checks a response, as it is in the form.
pub(super) fn check(field: &str, expected: &Expected<'_>, provider: &Provider) -> Result<Accepted, Refused> {
    // Base64 is a third longer than what it holds, and may be cut into lines.
    if field.len() > LARGEST * 3 / 2 {
        return Err(format!("it is larger than {} KiB", LARGEST >> 10).into());
    }
    let text = base64(field).and_then(|bytes| String::from_utf8(bytes).ok());
    let response = Element::parse(&text.ok_or("it is not in Base64 and UTF-8")?, LARGEST)?;
    if !response.is(PROTOCOL, "Response") {
        return Err("it is no response of SAML 2.0".into());
    }
    let signed = signed(&response, provider)?;
    check_response(signed.as_ref().unwrap_or(&response), expected, provider)?;
    let assertion = the_assertion(&response, signed.as_ref(), expected, provider)?;
    check_issuer(&assertion, provider)?;
    check_conditions(&assertion, expected)?;
    let subject = assertion.one(ASSERTION, "Subject")?;
    let until = confirmed_until(subject, expected)?;
    let name = subject.at_most_one(ASSERTION, "NameID")?.map(|name| {
        (
            name.text(),
            name.attribute("Format").unwrap_or("urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified").to_owned(),
        )
    });
    let session = session(&assertion, expected)?;
    let id = assertion.attribute("ID").filter(|id| !id.is_empty()).ok_or("its assertion has no id")?.to_owned();
    Ok(Accepted { id, until, session, name: name.filter(|(name, _)| !name.is_empty()), assertion })
}

fn signed(element: &Element, provider: &Provider) -> Result<Option<Element>, Refused> {
    covered(element, &provider.certificates, LARGEST).map_err(|broken| match broken {
        Broken::Key => Refused::Key,
        Broken::Other(what) => Refused::Invalid(what),
    })
}

/// The response's own words. Where it is not signed they are not to be believed, but a true one has them right.
fn check_response(response: &Element, expected: &Expected<'_>, provider: &Provider) -> Result<(), Refused> {
    if response.attribute("Version") != Some("2.0") {
        return Err("it is not of SAML 2.0".into());
    }
    check_status(response)?;
    if let Some(issuer) = response.at_most_one(ASSERTION, "Issuer")?
        && issuer.text() != provider.entity_id
    {
        return Err("it is from another provider".into());
    }
    if response.attribute("Destination") != Some(&expected.callback) {
        return Err("it is for another address than ours: give the provider our metadata anew".into());
    }
    if response.attribute("InResponseTo") != Some(&expected.request) {
        return Err("it does not answer the request of this sign-in".into());
    }
    Ok(())
}

/// Success, or what the provider says instead (SAML core, 3.2.2.2). Its own words are not repeated.
fn check_status(response: &Element) -> Result<(), Refused> {
    let mut code = response.one(PROTOCOL, "Status")?.one(PROTOCOL, "StatusCode")?;
    if code.attribute("Value").and_then(|value| value.strip_prefix(STATUS)) == Some("Success") {
        return Ok(());
    }
    let mut reason = "no reason";
    for _ in 0..2 {
        let value = code.attribute("Value").and_then(|value| value.strip_prefix(STATUS)).unwrap_or_default();
        reason = KNOWN_STATUS.iter().find(|known| **known == value).copied().unwrap_or(reason);
        let Some(inner) = code.at_most_one(PROTOCOL, "StatusCode")? else { break };
        code = inner;
    }
    Err(match reason {
        "AuthnFailed" | "RequestDenied" | "NoPassive" | "UnknownPrincipal" => {
            Refused::Status(FailureKind::Denied, format!("the sign-in was refused there ({reason})"))
        }
        _ => Refused::Status(
            FailureKind::Misconfigured,
            format!("the provider does not take our request ({reason}): its log says why, give it our metadata anew"),
        ),
    })
}

const KNOWN_STATUS: &[&str] = &[
    "AuthnFailed",
    "InvalidNameIDPolicy",
    "NoAuthnContext",
    "NoPassive",
    "RequestDenied",
    "RequestUnsupported",
    "Requester",
    "Responder",
    "UnknownPrincipal",
    "UnsupportedBinding",
    "VersionMismatch",
];

/// The only assertion, as its own signature or else the response's covers it.
fn the_assertion(
    response: &Element,
    signed_response: Option<&Element>,
    expected: &Expected<'_>,
    provider: &Provider,
) -> Result<Element, Refused> {
    let covered = signed_response.unwrap_or(response);
    let plain = covered.at_most_one(ASSERTION, "Assertion")?;
    let (own, around) = match (plain, covered.at_most_one(ASSERTION, "EncryptedAssertion")?) {
        // The signature of an assertion may need namespaces that stand around it in the document as it came.
        (Some(plain), None) => (signed(response.one(ASSERTION, "Assertion")?, provider)?, plain.clone()),
        (None, Some(encrypted)) => {
            let text = open(encrypted, expected.pairs, signed_response.is_some())?;
            let opened = Element::parse(&text, LARGEST)?;
            (signed(&opened, provider)?, opened)
        }
        (None, None) => return Err("it has no assertion".into()),
        (Some(_), Some(_)) => return Err("it has more than one assertion".into()),
    };
    match (own, signed_response) {
        (Some(own), _) => Ok(own),
        (None, Some(_)) => Ok(around),
        (None, None) => Err("neither it nor its assertion is signed".into()),
    }
}

fn check_issuer(assertion: &Element, provider: &Provider) -> Result<(), Refused> {
    if !assertion.is(ASSERTION, "Assertion") || assertion.attribute("Version") != Some("2.0") {
        return Err("its assertion is not of SAML 2.0".into());
    }
    if assertion.one(ASSERTION, "Issuer")?.text() != provider.entity_id {
        return Err("its assertion is from another provider".into());
    }
    Ok(())
}

/// In time, and for us (SAML core, 2.5.1). A condition that is not understood is not met.
fn check_conditions(assertion: &Element, expected: &Expected<'_>) -> Result<(), Refused> {
    let conditions = assertion.one(ASSERTION, "Conditions")?;
    check_time(conditions, expected.now)?;
    let mut audiences = 0;
    for condition in conditions.elements() {
        match condition.local.as_str() {
            _ if *condition.namespace != *ASSERTION => return Err("its assertion has an unknown condition".into()),
            "AudienceRestriction" => {
                if !condition.all(ASSERTION, "Audience").any(|audience| audience.text() == expected.audience) {
                    return Err("its assertion is for another service: give the provider our metadata anew".into());
                }
                audiences += 1;
            }
            "OneTimeUse" | "ProxyRestriction" => {}
            _ => return Err("its assertion has an unknown condition".into()),
        }
    }
    if audiences == 0 { Err("its assertion does not say which service it is for".into()) } else { Ok(()) }
}

/// Until when the person is who brings the assertion (SAML profiles, 4.1.4.2).
fn confirmed_until(subject: &Element, expected: &Expected<'_>) -> Result<Timestamp, Refused> {
    let mut last = Refused::from("its assertion may not be brought by a browser");
    for confirmation in subject.all(ASSERTION, "SubjectConfirmation") {
        if confirmation.attribute("Method") != Some(BEARER) {
            continue;
        }
        match confirmed(confirmation, expected) {
            Ok(until) => return Ok(until),
            Err(refused) => last = refused,
        }
    }
    Err(last)
}

fn confirmed(confirmation: &Element, expected: &Expected<'_>) -> Result<Timestamp, Refused> {
    let data = confirmation.one(ASSERTION, "SubjectConfirmationData")?;
    if data.attribute("Recipient") != Some(&expected.callback) {
        return Err("its assertion is for another address than ours: give the provider our metadata anew".into());
    }
    if data.attribute("InResponseTo") != Some(&expected.request) {
        return Err("its assertion does not answer the request of this sign-in".into());
    }
    check_time(data, expected.now)?.ok_or_else(|| "its assertion does not say until when it may be brought".into())
}

/// Checks `NotBefore` and `NotOnOrAfter`, and gives the latter, from when on it is refused in any case.
fn check_time(element: &Element, now: Timestamp) -> Result<Option<Timestamp>, Refused> {
    let from = instant(element, "NotBefore")?;
    let until = instant(element, "NotOnOrAfter")?.map(|until| until.saturating_add(SKEW)).transpose();
    let until = until.map_err(|_| "its assertion has a malformed time")?;
    if from.is_some_and(|from| from.duration_since(now) > SKEW) {
        return Err("its assertion is not valid yet: are the clocks right?".into());
    }
    if until.is_some_and(|until| now >= until) {
        return Err("its assertion is not valid any more: are the clocks right?".into());
    }
    Ok(until)
}

fn instant(element: &Element, name: &str) -> Result<Option<Timestamp>, Refused> {
    let parsed = element.attribute(name).map(str::parse).transpose();
    parsed.map_err(|_| "its assertion has a malformed time".into())
}

/// `SessionIndex` of the statement that the person signed in, which there has to be.
fn session(assertion: &Element, expected: &Expected<'_>) -> Result<Option<String>, Refused> {
    let mut statements = assertion.all(ASSERTION, "AuthnStatement").peekable();
    if statements.peek().is_none() {
        return Err("its assertion does not say that anybody signed in".into());
    }
    let mut session = None;
    for statement in statements {
        if instant(statement, "SessionNotOnOrAfter")?.is_some_and(|end| expected.now.duration_since(end) >= SKEW) {
            return Err("the sign-in that it tells of is over".into());
        }
        session = session.or(statement.attribute("SessionIndex"));
    }
    Ok(session.map(str::to_owned))
}
