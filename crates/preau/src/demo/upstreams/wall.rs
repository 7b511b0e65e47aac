//! What associations and services post, as JSON Feed.

use std::io;

use serde_json::{Value, json};

use super::clock::Clock;
use super::table::rows;

/// JSON Feed 1.1 of a table of posts, newest first; posts have no title. `page` is where they are read.
pub fn wall(posts: &'static str, page: &str, clock: &Clock) -> io::Result<Value> {
    let post = |[id, days_ago, hour, author, text]: [&str; 5]| {
        Ok(json!({
            "id": id,
            "url": format!("{page}#{id}"),
            "content_text": text,
            "date_published": published(clock, days_ago, hour)?,
            "authors": [{ "name": author }]
        }))
    };
    let posts = rows(posts).map(post).collect::<io::Result<Vec<_>>>()?;
    Ok(json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Vie étudiante",
        "language": "fr",
        "home_page_url": page,
        "items": posts
    }))
}

/// The page on which posts are read.
pub fn read(posts: &'static str) -> String {
    let post =
        |[id, _, _, author, text]: [&str; 5]| format!("<article id=\"{id}\"><h2>{author}</h2><p>{text}</p></article>");
    rows(posts).map(post).collect()
}

/// RFC 3339, of two cells of a table.
pub fn published(clock: &Clock, days_ago: &str, hour: &str) -> io::Result<String> {
    let days_ago = days_ago.parse().map_err(io::Error::other)?;
    let hour = hour.parse().map_err(io::Error::other)?;
    Ok(clock.published(days_ago, hour)?.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
}
