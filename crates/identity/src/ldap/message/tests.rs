//! Messages as the standard has them, and as it does not.

#![allow(clippy::unwrap_used, clippy::panic)]

use proptest::prelude::*;

use super::*;

/// An element of less than 64 KiB.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(content.len()).unwrap().to_be_bytes();
    [&[tag, 0x82, high, low], content].concat()
}

fn message(operation: u8, parts: &[Vec<u8>], controls: &[u8]) -> Vec<u8> {
    let number = element(INTEGER, &[1, 4]);
    element(SEQUENCE, &[number, element(operation, &parts.concat()), controls.to_vec()].concat())
}

fn outcome(code: u8, words: &str) -> [Vec<u8>; 3] {
    [element(ENUMERATED, &[code]), element(OCTETS, b""), element(OCTETS, words.as_bytes())]
}

#[test]
fn reads_how_an_operation_ended() {
    let read = decode(&message(BIND_RESPONSE, &outcome(49, "data 775"), &[])).unwrap();
    assert_eq!(read, (260, Answer::Done(Outcome { code: 49, words: "data 775".to_owned(), policy: None })));
}

#[test]
fn reads_why_a_password_policy_refuses() {
    for before in [Vec::new(), element(POLICY_WARNING, &element(0x80, &[9]))] {
        let value = element(SEQUENCE, &[before, element(POLICY_ERROR, &[1])].concat());
        let control = [element(OCTETS, PASSWORD_POLICY.as_bytes()), element(OCTETS, &value)].concat();
        let other = element(SEQUENCE, &element(OCTETS, b"1.2.3"));
        let controls = element(CONTROLS, &[other, element(SEQUENCE, &control)].concat());
        let Some((_, Answer::Done(read))) = decode(&message(BIND_RESPONSE, &outcome(49, ""), &controls)) else {
            panic!("an outcome")
        };
        assert_eq!(read.policy, Some(1));
    }
}

#[test]
fn reads_an_entry() {
    let values = element(SET, &[element(OCTETS, b"a"), element(OCTETS, b"\xff")].concat());
    let attribute = element(SEQUENCE, &[element(OCTETS, b"uid"), values].concat());
    let read =
        decode(&message(SEARCH_ENTRY, &[element(OCTETS, b"uid=a"), element(SEQUENCE, &attribute)], &[])).unwrap();
    let attributes = vec![("uid".to_owned(), vec![b"a".to_vec(), b"\xff".to_vec()])];
    assert_eq!(read.1, Answer::Entry(Entry { dn: "uid=a".to_owned(), attributes }));
}

#[test]
fn any_depth_of_nesting_costs_nothing() {
    let mut deep = Vec::new();
    for length in (0..100_000_u32).rev() {
        deep.extend([SEQUENCE, 0x84]);
        deep.extend((length * 6).to_be_bytes());
    }
    assert_eq!(decode(&deep), None);
}

#[test]
fn knows_the_length_of_a_message_from_its_first_bytes() {
    assert_eq!(length(&[]), Ok(None));
    assert_eq!(length(&[SEQUENCE, 12]), Ok(Some((2, 12))));
    assert_eq!(length(&[SEQUENCE, 0x82, 1]), Ok(None));
    assert_eq!(length(&[SEQUENCE, 0x82, 1, 0]), Ok(Some((4, 256))));
    assert_eq!(length(&[SEQUENCE, 0x84, 0xff, 0xff, 0xff, 0xff]), Ok(Some((6, 0xffff_ffff))));
    for wrong in [&b"HTTP/1.1"[..], &[SEQUENCE, 0x80], &[SEQUENCE, 0x85, 1], &[0x16, 3, 1]] {
        assert_eq!(length(wrong), Err(()));
    }
}

#[test]
fn writes_a_bind_as_the_standard_says() {
    let bytes = Request::bind("cn=a", "b").encode(1);
    let policy = element_short(CONTROLS, &element_short(SEQUENCE, &element_short(OCTETS, PASSWORD_POLICY.as_bytes())));
    let bind = element_short(0x60, b"\x02\x01\x03\x04\x04cn=a\x80\x01b");
    assert_eq!(bytes, element_short(SEQUENCE, &[&b"\x02\x01\x01"[..], &bind, &policy].concat()));
}

fn element_short(tag: u8, content: &[u8]) -> Vec<u8> {
    [&[tag, u8::try_from(content.len()).unwrap()], content].concat()
}

proptest! {
    #[test]
    fn no_bytes_are_its_end(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&bytes);
        let _ = length(&bytes);
    }

    #[test]
    fn a_cut_or_changed_answer_is_no_answer_or_another(at in 0..60_usize, byte in any::<u8>()) {
        let values = element(SET, &element(OCTETS, b"adupont"));
        let attribute = element(SEQUENCE, &[element(OCTETS, b"uid"), values].concat());
        let mut bytes = message(SEARCH_ENTRY, &[element(OCTETS, b"uid=a"), element(SEQUENCE, &attribute)], &[]);
        prop_assert_eq!(decode(bytes.get(..at.min(bytes.len() - 1)).unwrap()), None);
        if let Some(place) = bytes.get_mut(at) {
            *place = byte;
        }
        let _ = decode(&bytes);
    }
}
