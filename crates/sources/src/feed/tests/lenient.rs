//! Feeds that no strict reader reads.

use super::{field, records};

#[test]
fn tags_that_do_not_match_are_closed_or_passed_over() {
    let feed = "<rss><channel><item><title>a</b></title><description>x<br>y<p>z</description></item><item><title>b</item></channel>";
    let records = records(feed);
    assert_eq!(records[0]["title"], "a");
    assert_eq!(records[0]["text"], "x y z");
    assert_eq!(records[1]["title"], "b");
}

#[test]
fn names_may_be_in_capitals_and_attributes_without_quotes() {
    assert_eq!(
        field(
            "<RSS><CHANNEL><ITEM><TITLE>a</TITLE><PubDate>1 Jan 2026 UTC</PubDate><Link Href=https://univ-demo.fr/ ></ITEM></CHANNEL></RSS>",
            "url"
        ),
        "https://univ-demo.fr/"
    );
}

#[test]
fn namespaces_may_be_undeclared_or_unknown() {
    assert_eq!(
        field(
            "<rss xmlns='urn:mine'><channel><item><dc:date>2026-01-31T08:00:00Z</dc:date></item></channel></rss>",
            "published"
        ),
        "2026-01-31T08:00:00Z"
    );
    assert_eq!(
        field(
            "<rss xmlns:content='urn:mine'><channel><item><content:encoded>a</content:encoded></item></channel></rss>",
            "content"
        ),
        "a"
    );
    assert_eq!(field("<feed><entry><summary>a</summary></entry></feed>", "summary"), "a");
}

#[test]
fn what_stands_before_and_behind_the_feed_is_passed_over() {
    assert_eq!(
        field(
            "\u{FEFF}\n Warning: x <br />\n<?xml version='1.0'?><rss><channel><item><title>a</title></item></channel></rss><!-- cached -->",
            "title"
        ),
        "a"
    );
    assert_eq!(field("<rss><channel><item><title>a</title></item></channel></rs", "title"), "a");
}

#[test]
fn entities_of_html_are_known_and_those_of_a_document_type_are_not() {
    assert_eq!(
        field(
            "<rss><channel><item><title>&eacute;t&eacute; &OElig; R&D AT&T &mine;</title></item></channel></rss>",
            "title"
        ),
        "été Œ R&D AT&T &mine;"
    );
    let bomb = "<!DOCTYPE rss [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><rss><channel><item><title>&b;</title></item></channel></rss>";
    assert_eq!(field(bomb, "title"), "&b;");
}

#[test]
fn a_lone_bracket_is_text() {
    let feed =
        "<rss><channel><item><title>1 < 2, I <3 you <</title><description><![CDATA[2 < 3 <b>]]></description></item>";
    assert_eq!(field(feed, "title"), "1 < 2, I <3 you <");
    assert_eq!(field(feed, "text"), "2 < 3");
    assert_eq!(field(format!("<rss><channel><item><title>{}", "< ".repeat(200_000)), "title").len(), 399_999);
}

#[test]
fn a_json_feed_may_have_a_byte_order_mark_or_be_in_utf_16() {
    let feed = "\u{FEFF}{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[{\"title\":\"é\"}]}";
    assert_eq!(field(feed, "title"), "é");
    assert_eq!(field(feed.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>(), "title"), "é");
}

#[test]
fn charsets_are_found_out() {
    let feed =
        "<?xml version='1.0' encoding='utf-8'?><rss><channel><item><title>Été à l’école</title></item></channel></rss>";
    let latin: Vec<u8> =
        feed.chars().map(|c| if c == '’' { 0x92 } else { u8::try_from(u32::from(c)).unwrap() }).collect();
    assert_eq!(field(latin, "title"), "Été à l’école");
    for wide in [u16::to_be_bytes, u16::to_le_bytes] {
        assert_eq!(field(feed.encode_utf16().flat_map(wide).collect::<Vec<_>>(), "title"), "Été à l’école");
    }
}
