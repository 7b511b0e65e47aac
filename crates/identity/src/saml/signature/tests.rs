//! Whatever is done to a signed document, what is read of it is what was signed, or nothing.

#![allow(clippy::unwrap_used, clippy::string_slice, clippy::indexing_slicing)]

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;
use settings::Secret;

const MOST: usize = 1 << 16;

/// What documents are made of, and what they are damaged with.
const PIECES: &[&str] = &[
    "<",
    ">",
    "/",
    "\"",
    "'",
    "=",
    " ",
    "&",
    ";",
    "#",
    "!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "a",
    "saml:",
    "ds:",
    "xmlns",
    "xmlns:ds=\"u\"",
    "ID=\"_1\"",
    "Id=\"_1\"",
    "<saml:NameID>evil</saml:NameID>",
    "<!-- x -->",
    "<?x?>",
    "<!DOCTYPE a>",
    "&amp;",
    "&#65;",
    "\u{0}",
    "é",
];

/// An assertion, signed by us as a provider would sign it.
fn signed() -> (String, Certificate) {
    let identity = testbed::rsa("idp.univ-demo.fr");
    let pair =
        Pair::new(&identity.certificate, &Secret::new(identity.key)).unwrap_or_else(|(_, what)| unreachable!("{what}"));
    let head = "<saml:Assertion xmlns:saml=\"urn:a\" ID=\"_1\">";
    let rest = "<saml:NameID>adupont</saml:NameID><saml:Role a=\"1\" b=\"é&amp;\">student</saml:Role></saml:Assertion>";
    let signature = signature(&pair, "_1", &format!("{head}{rest}")).unwrap();
    (format!("{head}{signature}{rest}"), pair.certificate)
}

fn read(text: &str, certificate: &Certificate) -> Option<String> {
    let element = Element::parse(text, MOST).ok()?;
    let covered = covered(&element, std::slice::from_ref(certificate), MOST).ok()??;
    Some(canonical(&covered, &[], None, MOST).unwrap())
}

fn damage(text: &str, places: &[(Index, usize, &str)]) -> String {
    let mut damaged = text.to_owned();
    for (place, cut, piece) in places {
        let from = damaged.floor_char_boundary(place.index(damaged.len() + 1));
        let to = damaged.ceil_char_boundary((from + cut).min(damaged.len()));
        damaged.replace_range(from..to, piece);
    }
    damaged
}

#[test]
fn what_is_read_of_a_damaged_document_is_what_was_signed_or_nothing() {
    let (document, certificate) = signed();
    let whole = read(&document, &certificate).unwrap();
    assert!(whole.contains("adupont") && !whole.contains("Signature"));
    let places = vec((any::<Index>(), 0..40_usize, select(PIECES)), 1..4);
    proptest!(ProptestConfig::with_cases(4000), |(places in places)| {
        let damaged = damage(&document, &places);
        if let Some(read) = read(&damaged, &certificate) {
            prop_assert_eq!(&read, &whole, "{}", damaged);
        }
    });
}

#[test]
fn what_is_moved_around_in_a_document_is_not_taken_for_what_was_signed() {
    let (document, certificate) = signed();
    let whole = read(&document, &certificate).unwrap();
    let evil = "<saml:Assertion xmlns:saml=\"urn:a\" ID=\"_2\"><saml:NameID>evil</saml:NameID>";
    proptest!(ProptestConfig::with_cases(2000), |(at in any::<Index>(), piece in select(vec![
        evil.to_owned() + "</saml:Assertion>", format!("{evil}{document}</saml:Assertion>"), document.clone(),
    ]))| {
        let place = document.floor_char_boundary(at.index(document.len() + 1));
        let mixed = format!("{}{piece}{}", &document[..place], &document[place..]);
        for text in [mixed, format!("<r>{document}{piece}</r>"), piece.replacen("</saml:NameID>", &format!("</saml:NameID>{document}"), 1)] {
            if let Some(read) = read(&text, &certificate) {
                prop_assert_eq!(&read, &whole, "{}", text);
            }
        }
    });
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_and_its_canonical_form_stays_the_same(pieces in vec(select(PIECES), 0..40)) {
        for text in [pieces.concat(), format!("<a xmlns:ds='v' xmlns:saml='s'>{}</a>", pieces.concat())] {
            if let Ok(element) = Element::parse(&text, MOST) {
                let first = canonical(&element, &[], None, MOST).unwrap();
                let again = canonical(&Element::parse(&first, MOST).unwrap(), &[], None, MOST).unwrap();
                prop_assert_eq!(first, again);
            }
        }
    }
}
