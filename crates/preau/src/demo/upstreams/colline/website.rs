//! The school's website: news as Atom, and the student union's wall as JSON Feed.

use std::io;

use axum::Router;
use jiff::civil::time;

use crate::demo::upstreams::answer::Document;
use crate::demo::upstreams::clock::Clock;
use crate::demo::upstreams::table::rows;
use crate::demo::upstreams::text::escaped;
use crate::demo::upstreams::wall::{published, read, wall};

/// Newest first.
const ARTICLES: &str = include_str!("articles.txt");

/// Newest first; posts have no title.
const POSTS: &str = include_str!("posts.txt");

pub fn routes(clock: &Clock, base: &str) -> io::Result<Router> {
    let changed = clock.published(0, time(7, 45, 0, 0))?;
    let atom = Document::new("application/atom+xml; charset=utf-8", atom(clock, base)?, &changed)?;
    let wall = Document::new(
        "application/feed+json",
        wall(POSTS, &format!("{base}/vie-etudiante/mur"), clock)?.to_string(),
        &changed,
    )?;
    let page = Document::page("École de la Colline", "Vie étudiante", &read(POSTS), &changed)?;
    let mut router = Router::new()
        .route("/vie-etudiante/mur", page.route())
        .route("/feed.atom", atom.route())
        .route("/vie-etudiante/feed.json", wall.route());
    for [slug, _, _, _, title, html] in rows(ARTICLES) {
        let page = Document::page("École de la Colline", title, html, &changed)?;
        router = router.route(&format!("/actualites/{slug}"), page.route());
    }
    Ok(router)
}

/// Atom 1.0 (RFC 4287).
pub fn atom(clock: &Clock, base: &str) -> io::Result<String> {
    let entry = |[slug, days_ago, hour, category, title, html]: [&str; 6]| {
        let published = published(clock, days_ago, hour)?;
        Ok(format!(
            "<entry><id>tag:colline.example,2024:{slug}</id><title>{}</title><published>{published}</published>\
             <updated>{published}</updated><link rel=\"alternate\" href=\"{base}/actualites/{slug}\"/>\
             <author><name>Service communication</name></author><category term=\"{}\"/>\
             <content type=\"html\">{}</content></entry>\n",
            escaped(title),
            escaped(category),
            escaped(html)
        ))
    };
    let entries = rows(ARTICLES).map(entry).collect::<io::Result<String>>()?;
    let updated = published(clock, "0", "07:45")?;
    Ok(format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"fr\">\
         <title>École de la Colline</title><id>tag:colline.example,2024:actualites</id><updated>{updated}</updated>\
         <link href=\"{base}/\"/><link rel=\"self\" href=\"{base}/feed.atom\"/>\n{entries}</feed>\n"
    ))
}
