//! What a CAS server answers: who a ticket is for, a proxy ticket, or a failure, which it tells with status 200 too.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::xml::{self, Element};

/// The namespace of CAS's own elements; their prefix is the server's choice.
const CAS: &str = "http://www.yale.edu/tp/cas";

/// What CAS itself says beside the attributes.
const OWN: [&str; 5] = ["user", "attributes", "attribute", "proxyGrantingTicket", "proxies"];

/// What a CAS server answers.
#[derive(Debug, PartialEq)]
pub(super) enum Response {
    /// The ticket holds.
    Success {
        /// `user`, and each attribute: a text, or a list where it comes several times.
        claims: Map<String, Value>,
        /// Under which name it left a proxy-granting ticket (PGTIOU).
        left_as: Option<String>,
    },
    /// A proxy ticket.
    Proxy(String),
    /// A failure's code.
    Failure(String),
}

/// Reads an answer.
///
/// # Errors
/// What it is instead, without a word of it.
pub(super) fn read(text: &str) -> Result<Response, &'static str> {
    const OTHER: &str = "something that is no answer of CAS";
    let root = xml::read(text, CAS)?;
    let [answer] = root.children.as_slice() else { return Err(OTHER) };
    match answer.name.as_str() {
        _ if !root.is("serviceResponse") || !answer.ours => Err(OTHER),
        "authenticationSuccess" => success(answer),
        "proxySuccess" => Ok(Response::Proxy(required(answer, "proxyTicket")?)),
        "authenticationFailure" | "proxyFailure" => Ok(Response::Failure(code(answer))),
        _ => Err(OTHER),
    }
}

fn success(answer: &Element) -> Result<Response, &'static str> {
    let user = required(answer, "user")?;
    let left_as = answer.child("proxyGrantingTicket")?.map(|ticket| ticket.text().to_owned());
    // CAS 3 has attributes in an element of their own, RubyCAS's heirs beside the user; django-cas-server says all twice,
    // the second time beside the user as `<cas:attribute name="…" value="…"/>`.
    let within = answer.child("attributes")?.map(|attributes| attributes.children.as_slice()).unwrap_or_default();
    let beside = answer.children.iter().filter(|child| !OWN.contains(&child.name.as_str()) || is_pair(child));
    let mut attributes = collect(within.iter());
    for (name, values) in collect(beside) {
        attributes.entry(name).or_insert(values);
    }
    let mut claims: Map<String, Value> =
        attributes.into_iter().map(|(name, values)| (name, one_or_all(values))).collect();
    claims.insert("user".to_owned(), Value::String(user));
    Ok(Response::Success { claims, left_as: left_as.filter(|name| !name.is_empty()) })
}

fn is_pair(element: &Element) -> bool {
    element.name == "attribute" && element.attribute("name").is_some()
}

/// Attributes by name, values in their order. What has no text of its own is no value.
fn collect<'a>(elements: impl Iterator<Item = &'a Element>) -> BTreeMap<String, Vec<String>> {
    let mut attributes = BTreeMap::<_, Vec<_>>::new();
    for element in elements.filter(|element| element.children.is_empty()) {
        let (name, value) = match element.attribute("name") {
            Some(name) if is_pair(element) => (name, element.attribute("value").unwrap_or(element.text())),
            _ => (element.name.as_str(), element.text()),
        };
        if !value.is_empty() {
            attributes.entry(name.to_owned()).or_default().push(value.to_owned());
        }
    }
    attributes
}

fn one_or_all(mut values: Vec<String>) -> Value {
    match values.pop() {
        Some(only) if values.is_empty() => Value::String(only),
        last => values.into_iter().chain(last).map(Value::String).collect(),
    }
}

fn required(answer: &Element, name: &str) -> Result<String, &'static str> {
    let text = answer.child(name)?.filter(|element| element.children.is_empty()).map(Element::text);
    text.filter(|text| !text.is_empty()).map(str::to_owned).ok_or("a success of CAS without its user or ticket")
}

/// Codes are words of the protocol. What looks like none is not repeated: the text beside it may hold a ticket.
fn code(answer: &Element) -> String {
    let code = answer.attribute("code").unwrap_or_default();
    let is_word = |code: &str| code.len() <= 40 && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    if is_word(code) { code.to_owned() } else { String::new() }
}

#[cfg(test)]
mod tests;
