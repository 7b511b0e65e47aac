//! Atom 0.3 and 1.0.

use super::{field, records};

fn entry(fields: &str) -> String {
    format!(
        "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://univ-demo.fr/actu/'><author><name>BDE</name></author><entry>{fields}</entry></feed>"
    )
}

#[test]
fn an_atom_feed_is_read() {
    let feed = r#"<?xml version="1.0" encoding="utf-8"?>
        <a:feed xmlns:a="http://www.w3.org/2005/Atom">
          <a:title>Univ</a:title><a:link rel="self" href="https://univ-demo.fr/feed"/><a:link href="https://univ-demo.fr/"/>
          <a:entry xml:base="/actu/">
            <a:id>tag:univ-demo.fr,2026:1</a:id>
            <a:title type="html">Gala &amp;amp; &amp;lt;fête&amp;gt;</a:title>
            <a:link rel="enclosure" type="image/png" href="a.png"/><a:link rel="edit" href="edit"/>
            <a:link rel="alternate" type="application/json" href="1.json"/><a:link rel="alternate" type="text/html" href="1.html"/>
            <a:published>2026-11-23T09:30:00+01:00</a:published><a:updated>2026-11-23T10:05:00Z</a:updated>
            <a:author><a:name>Anne</a:name><a:email>anne@univ-demo.fr</a:email></a:author>
            <a:category term="sport" label="Sport"/><a:category term="culture"/>
            <a:summary>1 &lt; 2</a:summary>
            <a:content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Le <a href="gala">gala</a><br/>2 &lt; 3</p></div></a:content>
            <a:source><a:id>no</a:id><a:title>no</a:title></a:source>
          </a:entry>
        </a:feed>"#;
    insta::assert_json_snapshot!(records(feed), @r#"
    [
      {
        "author": "Anne",
        "categories": [
          "Sport",
          "culture"
        ],
        "content": "<div><p>Le <a href=\"https://univ-demo.fr/actu/gala\" rel=\"noopener\">gala</a><br>2 &lt; 3</p></div>",
        "enclosure": "https://univ-demo.fr/actu/a.png",
        "id": "tag:univ-demo.fr,2026:1",
        "image": "https://univ-demo.fr/actu/a.png",
        "published": "2026-11-23T08:30:00Z",
        "summary": "1 < 2",
        "text": "Le gala 2 < 3",
        "title": "Gala & <fête>",
        "updated": "2026-11-23T10:05:00Z",
        "url": "https://univ-demo.fr/actu/1.html"
      }
    ]
    "#);
}

#[test]
fn a_text_is_what_its_type_says() {
    assert_eq!(field(entry("<title>1 &lt;b&gt; 2</title>"), "title"), "1 <b> 2");
    assert_eq!(field(entry("<title type='html'>1 &lt;b&gt;2&lt;/b&gt;</title>"), "title"), "1 2");
    assert_eq!(field(entry("<title type='xhtml'><div>1 <b>2</b></div></title>"), "title"), "1 2");
    assert_eq!(field(entry("<content type='image/png' src='a.png'/>"), "content"), "(none)");
    assert_eq!(field(entry("<content type='html' mode='base64'>PHA+w6k8L3A+</content>"), "content"), "<p>é</p>");
    assert_eq!(field(entry("<content type='text/html' mode='xml'><p>é</p></content>"), "content"), "<p>é</p>");
}

#[test]
fn an_entry_without_an_author_has_the_feeds() {
    assert_eq!(field(entry("<title>a</title>"), "author"), "BDE");
}

#[test]
fn bases_add_up() {
    let feed = entry("<link href='a'/><content type='html' xml:base='2026/'>&lt;a href='b'>b&lt;/a></content>");
    assert_eq!(field(&feed, "url"), "https://univ-demo.fr/actu/a");
    assert_eq!(field(&feed, "content"), r#"<a href="https://univ-demo.fr/actu/2026/b" rel="noopener">b</a>"#);
}

#[test]
fn atom_0_3_is_read() {
    let feed = "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry><id>1</id><issued>2026-01-31T08:00:00Z</issued>\
        <modified>2026-01-31T09:00:00Z</modified><link rel='alternate' type='text/html' href='https://univ-demo.fr/1'/></entry></feed>";
    insta::assert_json_snapshot!(records(feed), @r#"
    [
      {
        "categories": [],
        "id": "1",
        "published": "2026-01-31T08:00:00Z",
        "updated": "2026-01-31T09:00:00Z",
        "url": "https://univ-demo.fr/1"
      }
    ]
    "#);
}

#[test]
fn content_of_another_type_is_in_base64() {
    let content = |kind: &str, text: &str| {
        format!(
            "<feed xmlns='http://www.w3.org/2005/Atom'><entry><content type='{kind}'>{text}</content></entry></feed>"
        )
    };
    assert_eq!(field(content("application/octet-stream", "PGI+w6l0\nw6k8L2I+"), "content"), "<b>été</b>");
    assert_eq!(field(content("image/png", "AAECAw=="), "content"), "(none)");
    assert_eq!(field(content("application/xml", "AAAA"), "content"), "(none)");
}
