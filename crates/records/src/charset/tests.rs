//! Tests of `charset`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use bytes::Bytes;
use proptest::prelude::*;

use super::{text, utf8};

fn utf16(text: &str, bom: bool, big: bool) -> Vec<u8> {
    let units = bom.then_some(0xFEFF).into_iter().chain(text.encode_utf16());
    units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

#[test]
fn a_byte_order_mark_wins_over_what_is_declared() {
    assert_eq!(text(b"\xEF\xBB\xBF\xC3\xA9t\xC3\xA9", Some("iso-8859-1")), "été");
}

#[test]
fn utf_16_is_known_with_and_without_a_byte_order_mark() {
    for (bom, big) in [(true, true), (true, false), (false, true), (false, false)] {
        let bytes = utf16("<?xml version='1.0' encoding='utf-16'?><a>été</a>", bom, big);
        assert_eq!(
            text(&bytes, None),
            "<?xml version='1.0' encoding='utf-16'?><a>été</a>",
            "bom {bom}, big-endian {big}"
        );
    }
}

#[test]
fn utf_32_is_known_by_its_beginning() {
    for start in ["<", "{", "\u{FEFF}é"] {
        let whole = format!("{start}été 🎓");
        for order in [u32::to_be_bytes, u32::to_le_bytes] {
            let bytes: Vec<u8> = whole.chars().flat_map(|c| order(u32::from(c))).collect();
            assert_eq!(text(&bytes, Some("utf-8")), whole.trim_start_matches('\u{FEFF}'));
        }
    }
}

#[test]
fn utf_8_that_a_server_declares_as_latin_1_stays_utf_8() {
    let bytes = "<?xml version='1.0' encoding='utf-8'?><a>été</a>".as_bytes();
    assert!(text(bytes, Some("iso-8859-1")).ends_with("<a>été</a>"));
    assert_eq!(text("été".as_bytes(), Some("windows-1252")), "été");
}

#[test]
fn what_calls_itself_utf_16_and_shows_no_nul_is_not() {
    assert_eq!(text("<?xml version='1.0' encoding='utf-16'?><a>été</a>".as_bytes(), Some("utf-16")).len(), 51);
}

#[test]
fn labels_mean_what_they_mean_to_browsers() {
    assert_eq!(text(b"l\x92\xE9t\xE9 \x80", Some("ISO-8859-1")), "l’été €");
    assert_eq!(text(b"10 \xA4", Some("iso-8859-15")), "10 €");
    assert_eq!(text(b"10 \xA4", Some("iso-8859-1")), "10 ¤");
}

#[test]
fn http_wins_over_the_xml_declaration() {
    let bytes = b"<?xml version=\"1.0\" encoding=\"windows-1251\"?><a>\xE9</a>";
    assert!(text(bytes, Some("windows-1252")).ends_with("<a>é</a>"));
    assert!(text(bytes, None).ends_with("<a>й</a>"));
}

#[test]
fn an_html_meta_tells_the_charset() {
    assert!(text(b"<html><meta charset=windows-1251><p>\xE9", None).ends_with("<p>й"));
    assert!(text(b"<meta http-equiv=x content='text/html; charset=windows-1251'><p>\xE9", None).ends_with("<p>й"));
}

#[test]
fn latin_1_that_calls_itself_utf_8_is_detected() {
    let bytes = b"<?xml version='1.0' encoding='utf-8'?><a>Universit\xE9 d'\xE9t\xE9 \xE0 Orl\xE9ans</a>";
    assert!(text(bytes, Some("utf-8")).ends_with("<a>Université d'été à Orléans</a>"));
}

#[test]
fn utf_8_with_one_cut_character_stays_utf_8() {
    assert_eq!(text(b"\xC3\xA9t\xC3\xA9 \xC3", Some("utf-8")), "été \u{FFFD}");
}

#[test]
fn control_characters_are_dropped() {
    assert_eq!(text(b"a\0b\x07\tc\r\n\x7Fd\xC2\x85", None), "ab\tc\r\nd");
}

#[test]
fn an_unknown_label_is_passed_over() {
    assert_eq!(text("été".as_bytes(), Some("klingon")), "été");
    assert_eq!(text("été".as_bytes(), Some("iso-2022-kr")), "été");
}

#[test]
fn json_in_utf_8_is_not_copied() {
    let bytes = Bytes::from_static("\u{FEFF}{\"é\":1}".as_bytes());
    let json = utf8(bytes.clone(), Some("iso-8859-1"));
    assert_eq!(json, "{\"é\":1}".as_bytes());
    assert_eq!(json.as_ptr(), bytes.slice(3..).as_ptr());
    assert_eq!(utf8(Bytes::from(utf16("{\"é\":1}", false, false)), None), "{\"é\":1}".as_bytes());
    assert_eq!(utf8(Bytes::from_static(b"\"\xE9\""), Some("iso-8859-1")), "\"é\"".as_bytes());
}

proptest! {
    #[test]
    fn any_bytes_with_any_label_become_text(bytes: Vec<u8>, label in "utf-16|utf-16be|utf-8|gbk|shift_jis|iso-2022-jp|.{0,8}") {
        let text = text(&bytes, Some(&label));
        prop_assert!(!text.contains('\0'));
        utf8(bytes.into(), Some(&label));
    }
}
