//! LDAP messages as bytes (RFC 4511): requests by ldap3's encoder, answers by a reader that no directory can harm.
//!
//! ldap3's own reader recurses as deep as an answer is nested, so that 18 kB of brackets overflow a thread's stack and end
//! the process of all schools; it panics on an unexpected shape, and waits for whatever length is announced.

use std::time::Duration;

use bytes::BytesMut;
use ldap3::Scope;
use ldap3::asn1::{
    ASNTag, Boolean, Enumerated, Integer, Null, OctetString, PL, Sequence, StructureTag, Tag, TagClass, write,
};

/// Asks the directory to say why it refuses to bind: an account that is locked, a password that is too old.
/// (draft-behera-ldap-password-policy; OpenLDAP, 389 Directory Server)
const PASSWORD_POLICY: &str = "1.3.6.1.4.1.42.2.27.8.5.1";
const START_TLS: &str = "1.3.6.1.4.1.1466.20037";

/// One request, whose answers carry its number.
pub(super) struct Request {
    operation: Tag,
    control: Option<&'static str>,
}

impl Request {
    /// A simple bind.
    pub(super) fn bind(dn: &str, password: &str) -> Self {
        let operation = operation(0, vec![integer(3), text(dn), choice(password)]);
        Self { operation, control: Some(PASSWORD_POLICY) }
    }

    /// A search that follows no alias, of at most two entries: a second one is already too many.
    pub(super) fn search(base: &str, scope: Scope, filter: Tag, attributes: &[&str], timeout: Duration) -> Self {
        let seconds = i64::try_from(timeout.as_secs()).unwrap_or(i64::MAX);
        let values_too = Tag::Boolean(Boolean { inner: false, ..Default::default() });
        let attributes = sequence(attributes.iter().map(|name| text(name)).collect());
        let limits = [number_of(scope as i64), number_of(0), integer(2), integer(seconds), values_too];
        let parts = [text(base)].into_iter().chain(limits).chain([filter, attributes]);
        Self { operation: operation(3, parts.collect()), control: None }
    }

    /// TLS from the answer on.
    pub(super) fn start_tls() -> Self {
        Self { operation: operation(23, vec![choice(START_TLS)]), control: None }
    }

    /// The end of the connection, which nothing answers.
    pub(super) fn unbind() -> Self {
        Self { operation: Tag::Null(Null { id: 2, class: TagClass::Application, inner: () }), control: None }
    }

    /// The message of a number.
    pub(super) fn encode(self, number: i64) -> Vec<u8> {
        let mut parts = vec![integer(number), self.operation];
        parts.extend(self.control.map(|name| {
            let controls = PL::C(vec![sequence(vec![text(name)]).into_structure()]);
            Tag::StructureTag(StructureTag { id: 0, class: TagClass::Context, payload: controls })
        }));
        let mut bytes = BytesMut::new();
        // Writing into memory does not fail.
        write::encode_into(&mut bytes, sequence(parts).into_structure()).unwrap_or_default();
        bytes.into()
    }
}

fn operation(id: u64, inner: Vec<Tag>) -> Tag {
    Tag::Sequence(Sequence { id, class: TagClass::Application, inner })
}

fn sequence(inner: Vec<Tag>) -> Tag {
    Tag::Sequence(Sequence { inner, ..Default::default() })
}

fn integer(inner: i64) -> Tag {
    Tag::Integer(Integer { inner, ..Default::default() })
}

fn number_of(inner: i64) -> Tag {
    Tag::Enumerated(Enumerated { inner, ..Default::default() })
}

fn text(text: &str) -> Tag {
    Tag::OctetString(OctetString { inner: text.as_bytes().to_vec(), ..Default::default() })
}

/// A text where one of several kinds could stand: of those we only use the first.
fn choice(text: &str) -> Tag {
    Tag::OctetString(OctetString { id: 0, class: TagClass::Context, inner: text.as_bytes().to_vec() })
}

/// What an answer says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The operation's end.
    Done(Outcome),
    /// An entry that was searched.
    Entry(Entry),
    /// A reference to another directory, which is not followed, or something in between.
    Other,
}

/// How an operation ended.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    /// The result code; 0 is success.
    pub(super) code: u32,
    /// The directory's own words. They may repeat what was asked, so they are read and never shown.
    pub(super) words: String,
    /// The error of the password policy control.
    pub(super) policy: Option<u32>,
}

/// One entry.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its name.
    pub(super) dn: String,
    /// Its attributes and their values, as they come.
    pub(super) attributes: Vec<(String, Vec<Vec<u8>>)>,
}

/// The length of a message after these first bytes, and how many bytes say so. `None` where more bytes are needed.
///
/// # Errors
/// It begins as no message does.
pub(super) fn length(head: &[u8]) -> Result<Option<(usize, usize)>, ()> {
    match head {
        [] | [SEQUENCE] => Ok(None),
        [SEQUENCE, short @ ..=0x7f, ..] => Ok(Some((2, usize::from(*short)))),
        [SEQUENCE, long @ 0x81..=0x84, digits @ ..] => {
            let count = usize::from(long & 0x7f);
            let length = digits.get(..count).map(|digits| (2 + count, number(digits)));
            Ok(length.map(|(head, length)| (head, usize::try_from(length).unwrap_or(usize::MAX))))
        }
        _ => Err(()),
    }
}

/// The number of a whole message, and what it says. `None` where it is none.
pub(super) fn decode(message: &[u8]) -> Option<(u32, Answer)> {
    let mut outer = message;
    let mut rest = expect(&mut outer, SEQUENCE)?;
    let number = number(expect(&mut rest, INTEGER)?);
    let (operation, mut parts) = take(&mut rest)?;
    let answer = match operation {
        BIND_RESPONSE | SEARCH_DONE | EXTENDED_RESPONSE => {
            let code = self::number(expect(&mut parts, ENUMERATED)?);
            expect(&mut parts, OCTETS)?;
            let words = String::from_utf8_lossy(expect(&mut parts, OCTETS)?).into_owned();
            let policy = expect(&mut rest, CONTROLS).and_then(policy);
            Answer::Done(Outcome { code, words, policy })
        }
        SEARCH_ENTRY => {
            let dn = String::from_utf8(expect(&mut parts, OCTETS)?.to_vec()).ok()?;
            let mut list = expect(&mut parts, SEQUENCE)?;
            let mut attributes = Vec::new();
            while !list.is_empty() {
                attributes.push(attribute(expect(&mut list, SEQUENCE)?)?);
            }
            Answer::Entry(Entry { dn, attributes })
        }
        SEARCH_REFERENCE | INTERMEDIATE => Answer::Other,
        _ => return None,
    };
    Some((number, answer))
}

fn attribute(mut parts: &[u8]) -> Option<(String, Vec<Vec<u8>>)> {
    let name = String::from_utf8(expect(&mut parts, OCTETS)?.to_vec()).ok()?;
    let (mut set, mut values) = (expect(&mut parts, SET)?, Vec::new());
    while !set.is_empty() {
        values.push(expect(&mut set, OCTETS)?.to_vec());
    }
    Some((name, values))
}

/// The error in the password policy's control, where it is among these.
fn policy(mut controls: &[u8]) -> Option<u32> {
    loop {
        let mut control = expect(&mut controls, SEQUENCE)?;
        if expect(&mut control, OCTETS)? == PASSWORD_POLICY.as_bytes() {
            expect(&mut control, CRITICALITY);
            let mut value = expect(&mut control, OCTETS)?;
            let mut parts = expect(&mut value, SEQUENCE)?;
            expect(&mut parts, POLICY_WARNING);
            return expect(&mut parts, POLICY_ERROR).map(number);
        }
    }
}

const CRITICALITY: u8 = 0x01;
const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const ENUMERATED: u8 = 0x0a;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const BIND_RESPONSE: u8 = 0x61;
const SEARCH_ENTRY: u8 = 0x64;
const SEARCH_DONE: u8 = 0x65;
const SEARCH_REFERENCE: u8 = 0x73;
const EXTENDED_RESPONSE: u8 = 0x78;
const INTERMEDIATE: u8 = 0x79;
const CONTROLS: u8 = 0xa0;
const POLICY_WARNING: u8 = 0xa0;
const POLICY_ERROR: u8 = 0x81;

/// Takes an element of this tag off the beginning: its contents.
fn expect<'b>(rest: &mut &'b [u8], tag: u8) -> Option<&'b [u8]> {
    let mut after = *rest;
    let (_, content) = take(&mut after).filter(|(found, _)| *found == tag)?;
    *rest = after;
    Some(content)
}

/// Takes an element off the beginning: its tag and its contents. Lengths are definite (RFC 4511, 5.1).
fn take<'b>(rest: &mut &'b [u8]) -> Option<(u8, &'b [u8])> {
    let (tag, after) = rest.split_first()?;
    let (first, after) = after.split_first()?;
    let (length, after) = match first {
        ..=0x7f => (usize::from(*first), after),
        0x81..=0x84 => {
            let (digits, after) = after.split_at_checked(usize::from(first & 0x7f))?;
            (usize::try_from(number(digits)).ok()?, after)
        }
        _ => return None,
    };
    let (content, after) = after.split_at_checked(length)?;
    *rest = after;
    Some((*tag, content))
}

/// At most four bytes as a number; what is longer than it may be has no meaning to us.
fn number(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |number, digit| number << 8 | u32::from(*digit))
}

#[cfg(test)]
mod tests;
