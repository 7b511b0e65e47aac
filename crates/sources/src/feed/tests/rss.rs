//! RSS, from 0.9 to 2.0 and with its modules.

use super::{field, records};

fn item(fields: &str) -> String {
    format!(
        "<rss version='2.0'><channel><link>https://www.univ-demo.fr/actu/</link><item>{fields}</item></channel></rss>"
    )
}

#[test]
fn a_feed_of_wordpress_is_read() {
    let feed = r#"<?xml version="1.0" encoding="UTF-8"?>
        <rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
          xmlns:atom="http://www.w3.org/2005/Atom">
        <channel>
          <title>Univ Démo</title><link>https://www.univ-demo.fr</link>
          <atom:link href="https://www.univ-demo.fr/feed/" rel="self" type="application/rss+xml"/>
          <item>
            <title>La bibliothèque ouvre jusqu&#8217;à 22&nbsp;h</title>
            <link>https://www.univ-demo.fr/?p=4211&amp;utm=rss</link>
            <dc:creator><![CDATA[Service communication]]></dc:creator>
            <pubDate>Mon, 23 Nov 2026 08:30:00 +0000</pubDate>
            <category><![CDATA[Bibliothèques]]></category><category><![CDATA[R&D]]></category><category>Bibliothèques</category>
            <guid isPermaLink="false">https://www.univ-demo.fr/?p=4211</guid>
            <description><![CDATA[<p>Du 30 novembre au 18 décembre&#8230; <a href="/suite">Lire</a></p>]]></description>
            <content:encoded><![CDATA[<p onclick="x()">La <strong>BU</strong></p><p><img src="/bu.jpg" width="600"/></p><script>x()</script>]]></content:encoded>
            <enclosure url="https://www.univ-demo.fr/plan.pdf" length="1" type="application/pdf"/>
          </item>
        </channel></rss>"#;
    insta::assert_json_snapshot!(records(feed), @r#"
    [
      {
        "author": "Service communication",
        "categories": [
          "Bibliothèques",
          "R&D"
        ],
        "content": "<p>La <strong>BU</strong></p><p><img src=\"https://www.univ-demo.fr/bu.jpg\" width=\"600\"></p>",
        "enclosure": "https://www.univ-demo.fr/plan.pdf",
        "id": "https://www.univ-demo.fr/?p=4211",
        "image": "https://www.univ-demo.fr/bu.jpg",
        "published": "2026-11-23T08:30:00Z",
        "summary": "Du 30 novembre au 18 décembre… Lire",
        "text": "La BU",
        "title": "La bibliothèque ouvre jusqu’à 22 h",
        "url": "https://www.univ-demo.fr/?p=4211&utm=rss"
      }
    ]
    "#);
}

#[test]
fn rss_1_has_its_items_beside_the_channel() {
    let feed = r#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:d="http://purl.org/dc/elements/1.1/">
        <channel rdf:about="https://univ-demo.fr/"><title>Univ</title><link>https://univ-demo.fr/</link></channel>
        <item rdf:about="https://univ-demo.fr/1"><title>Un</title><link>https://univ-demo.fr/un</link><d:date>2026-11-23</d:date><d:subject>Sport</d:subject></item>
        </rdf:RDF>"#;
    insta::assert_json_snapshot!(records(feed), @r#"
    [
      {
        "categories": [
          "Sport"
        ],
        "id": "https://univ-demo.fr/1",
        "published": "2026-11-22T23:00:00Z",
        "title": "Un",
        "url": "https://univ-demo.fr/un"
      }
    ]
    "#);
}

#[test]
fn a_description_with_markup_is_the_article_too() {
    let with = item("<description>&lt;p>Un &lt;b>gala&lt;/b>&lt;/p></description>");
    assert_eq!(
        (field(&with, "summary"), field(&with, "content")),
        ("Un gala".to_owned(), "<p>Un <b>gala</b></p>".to_owned())
    );
    let without = item("<description>Un gala &amp;amp; une fête</description>");
    assert_eq!(
        (field(&without, "summary"), field(&without, "content")),
        ("Un gala & une fête".to_owned(), "(none)".to_owned())
    );
    let inline = item("<description>Un <b>gala</b> &amp; <i>x</i></description>");
    assert_eq!(field(inline, "content"), "Un <b>gala</b> &amp; <i>x</i>");
}

#[test]
fn a_summary_is_brief_and_a_text_is_whole() {
    let feed = item(&format!("<description>{}</description>", "mot ".repeat(400)));
    assert_eq!(field(&feed, "summary").chars().count(), 500);
    assert!(field(&feed, "summary").ends_with("mot…"));
    assert_eq!(field(&feed, "text").len(), 4 * 400 - 1);
}

#[test]
fn relative_links_start_at_the_feeds_link_and_never_at_its_secret_address() {
    let feed = item("<link>gala.html</link><description>&lt;a href='#x'>x&lt;/a></description>");
    assert_eq!(field(&feed, "url"), "https://www.univ-demo.fr/actu/gala.html");
    let bare = "<rss><channel><item><link>gala.html</link><description>&lt;a href='#x'>x&lt;/a></description></item></channel></rss>";
    assert_eq!(field(bare, "url"), "https://univ-demo.fr/flux/gala.html");
    assert_eq!(field(bare, "content"), r##"<a href="https://univ-demo.fr/flux/#x" rel="noopener">x</a>"##);
}

#[test]
fn an_id_is_the_guid_else_the_link_else_a_hash_of_title_and_date() {
    assert_eq!(field(item("<guid> a b </guid><link>/c</link>"), "id"), "a b");
    assert_eq!(field(item("<link>/c</link>"), "id"), "https://www.univ-demo.fr/c");
    let hashed = item("<title>Gala</title><pubDate>1 Jan 2026 00:00 GMT</pubDate>");
    assert_eq!(field(&hashed, "id"), field(hashed.replace("</title>", "</title><description>x</description>"), "id"));
    insta::assert_snapshot!(field(&hashed, "id"), @"d03e27c4eab25226");
}

#[test]
fn a_guid_that_is_an_address_is_the_link() {
    assert_eq!(field(item("<guid>https://univ-demo.fr/1</guid>"), "url"), "https://univ-demo.fr/1");
    assert_eq!(field(item("<guid isPermaLink='false'>https://univ-demo.fr/1</guid>"), "url"), "(none)");
    assert_eq!(field(item("<link>javascript:alert(1)</link>"), "url"), "(none)");
}

#[test]
fn pictures_are_found_where_feeds_put_them() {
    for fields in [
        "<media:content url='/a.jpg' medium='image'/><media:thumbnail url='/b.jpg'/>",
        "<media:group><media:content url='/film.mp4' type='video/mp4'/><media:thumbnail url='/a.jpg'/></media:group>",
        "<media:content url='/film.mp4' type='video/mp4'><media:thumbnail url='/a.jpg'/></media:content>",
        "<enclosure url='/a.jpg' type='image/jpeg'/>",
        "<itunes:image href='/a.jpg'/>",
        "<image><url>/a.jpg</url></image>",
        "<description>&lt;img src=/a.jpg></description>",
    ] {
        assert_eq!(field(item(fields), "image"), "https://www.univ-demo.fr/a.jpg", "{fields}");
    }
    assert_eq!(field(item("<enclosure url='/son.mp3' type='audio/mpeg'/>"), "image"), "(none)");
    assert_eq!(
        field(item("<enclosure url='/son.mp3' type='audio/mpeg'/>"), "enclosure"),
        "https://www.univ-demo.fr/son.mp3"
    );
}

#[test]
fn authors_are_names_and_not_their_mail() {
    assert_eq!(field(item("<author>anne@univ-demo.fr (Anne Martin)</author>"), "author"), "Anne Martin");
    assert_eq!(field(item("<author>Anne Martin &lt;anne@univ-demo.fr&gt;</author>"), "author"), "Anne Martin");
    assert_eq!(field(item("<dc:creator>Anne</dc:creator><dc:creator>Léo</dc:creator>"), "author"), "Anne, Léo");
}

#[test]
fn dates_without_a_zone_are_the_campus_s() {
    assert_eq!(field(item("<pubDate>Sat, 31 Jan 2026 08:00:00</pubDate>"), "published"), "2026-01-31T07:00:00Z");
    assert_eq!(field(item("<pubDate>demain</pubDate>"), "published"), "(none)");
}

#[test]
fn modules_tell_what_the_rest_of_an_entry_does_not() {
    let group = item("<media:group><media:description>Un film</media:description></media:group>");
    assert_eq!(field(&group, "summary"), "Un film");
    assert_eq!(field(item("<itunes:subtitle>Un son</itunes:subtitle>"), "summary"), "Un son");
    let fields = "<media:category label='Sport'/><itunes:keywords>Gala, Vie étudiante</itunes:keywords>\
        <itunes:category text='Arts'/>";
    assert_eq!(records(item(fields))[0]["categories"], serde_json::json!(["Sport", "Gala", "Vie étudiante", "Arts"]));
}

#[test]
fn the_author_is_named_without_an_address() {
    for author in ["anne@univ-demo.fr (Anne Martin)", "Anne Martin (anne@univ-demo.fr)", "Anne Martin &lt;anne@x>"] {
        assert_eq!(field(item(&format!("<author>{author}</author>")), "author"), "Anne Martin");
    }
}
