//! Tests of `html`.
#![allow(clippy::expect_used)]

use proptest::prelude::*;
use url::Url;

use super::{clean, escape, picture, plain};

fn cleaned(html: &str) -> String {
    clean(html, &Url::parse("https://univ-demo.fr/actualites/").expect("an address"))
}

#[test]
fn what_runs_or_frames_or_styles_is_gone() {
    for html in [
        "a<script>alert(1)</script>",
        "a<style>p { color: red }</style>",
        "a<iframe src='https://evil.example/'></iframe>",
        "a<form action='https://evil.example/'><input name=q></form>",
        "a<svg onload=alert(1)></svg>",
        "a<object data=x></object><embed src=x><link rel=stylesheet href=x><meta http-equiv=refresh>",
        "a<!-- comment -->",
        "a<scr<script>ipt>alert(1)</scr</script>ipt>",
    ] {
        let safe = cleaned(html);
        assert!(!safe.contains('<') || !safe.to_ascii_lowercase().contains("script"), "{html}: {safe}");
        assert_eq!(plain(&safe).chars().next(), Some('a'), "{html}: {safe}");
        assert!(!safe.contains("evil") && !safe.contains("alert(1)</"), "{html}: {safe}");
    }
    assert_eq!(cleaned("<p style='x' class=y onclick=z lang=fr>a</p>"), "<p lang=\"fr\">a</p>");
}

#[test]
fn links_are_absolute_and_give_no_handle_on_their_opener() {
    assert_eq!(
        cleaned("<a href='gala.html'>x</a>"),
        r#"<a href="https://univ-demo.fr/actualites/gala.html" rel="noopener">x</a>"#
    );
    assert_eq!(cleaned("<img src=/a.jpg alt=a>"), r#"<img src="https://univ-demo.fr/a.jpg" alt="a">"#);
    assert_eq!(cleaned("<a href='javascript:alert(1)'>x</a>"), r#"<a rel="noopener">x</a>"#);
    assert_eq!(cleaned("<img src='data:image/png;base64,AAAA'>"), "<img>");
    assert_eq!(
        cleaned("<a href=mailto:a@univ-demo.fr target=_blank>x</a>"),
        r#"<a href="mailto:a@univ-demo.fr" rel="noopener">x</a>"#
    );
}

#[test]
fn plain_text_keeps_words_apart() {
    assert_eq!(
        plain(&cleaned("<p>Gala&nbsp;:\n<b>l</b>es <i>places</i></p><ul><li>a<li>b</ul>c<br>d")),
        "Gala\u{a0}: les places a b c d"
    );
    assert_eq!(plain(&cleaned("2 &lt; 3 &amp;amp; 5 < 6")), "2 < 3 &amp; 5 < 6");
    assert_eq!(plain(&cleaned(&escape("<b> & co"))), "<b> & co");
}

#[test]
fn the_first_picture_is_no_counting_pixel() {
    let html = cleaned(
        "<img src=/pixel width=1 height=1><p title='<img src=x>'><img alt='src=\"no\"' src='/a.jpg?b=1&amp;c=2'>",
    );
    assert_eq!(picture(&html).as_deref(), Some("https://univ-demo.fr/a.jpg?b=1&c=2"));
    assert_eq!(picture("<p>a</p>"), None);
}

#[test]
fn what_nests_deeper_than_anybody_writes_is_dropped() {
    assert_eq!(cleaned(&"<div>".repeat(300)), "");
    assert_eq!(cleaned(&"<div></x>".repeat(300)), "");
    assert!(cleaned(&"<div></div><br><p>a<li>".repeat(300)).len() > 300);
}

#[test]
fn long_texts_are_cut_between_characters() {
    assert!(cleaned(&"é".repeat(1 << 20)).len() <= super::LONGEST);
}

proptest! {
    #[test]
    fn any_text_becomes_clean_and_plain(html in r"(<|>|a|/|p|b| |=|'|é|&|;|<a href=|<img src=|</p>|<!--|-->|script){0,32}") {
        let safe = cleaned(&html);
        prop_assert!(!safe.contains("<script"));
        picture(&safe);
        prop_assert!(!plain(&safe).contains('\n'));
    }
}
