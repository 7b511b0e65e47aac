//! The university's WordPress: a feed in ISO-8859-15, pages of articles, events as JSON in pages.

mod articles;
mod events;
mod notices;

use std::io;

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, Uri};
use jiff::civil::{Time, time};
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::demo::upstreams::answer::{self, Document, number};
use crate::demo::upstreams::clock::Clock;
use crate::demo::upstreams::text::{escaped, latin9};
use crate::demo::upstreams::wall;
use articles::{ARTICLES, Article};
use events::{EVENTS, Event};

pub fn routes(clock: &Clock, base: &str) -> io::Result<Router> {
    let feed = latin9(&feed(clock, base)?);
    let feed = Document::new("application/rss+xml; charset=ISO-8859-15", feed, &clock.published(0, ARTICLES_CHANGED)?)?;
    let mut router = Router::new().route("/actualites/flux.xml", feed.route());
    for article in ARTICLES {
        let published = clock.published(article.days_ago, article.at)?;
        let page = Document::page(SITE, article.title, article.html, &published)?;
        router = router.route(&format!("/actualites/{}", article.slug), page.route());
    }
    for event in EVENTS {
        let page = Document::page(SITE, event.title, event.html, clock.start())?;
        router = router.route(&format!("/evenements/{}", event.slug), page.route());
    }
    let read = Document::page(SITE, "Vie étudiante", &wall::read(POSTS), clock.start())?;
    let wall = wall::wall(POSTS, &format!("{base}/vie-etudiante"), clock)?.to_string();
    let wall = Document::new("application/feed+json", wall, &clock.published(0, ARTICLES_CHANGED)?)?;
    let notices = notices::notices(clock)?;
    router = router
        .route("/vie-etudiante", read.route())
        .route("/vie-etudiante/flux.json", wall.route())
        .route("/wp-json/wp/v2/alertes", get(async move || answer::json(&notices)));
    let (events, base) = (events_json(clock, base)?, base.to_owned());
    Ok(router.route("/wp-json/wp/v2/evenements", get(move |uri: Uri| async move { events_page(&uri, &base, &events) })))
}

/// Newest first; posts have no title.
const POSTS: &str = include_str!("posts.txt");

const SITE: &str = "Université de Rivage";

/// The hour of the newest article.
const ARTICLES_CHANGED: Time = time(8, 15, 0, 0);

/// RSS 2.0 as an older CMS writes it: HTML within the description, links relative to the site.
pub fn feed(clock: &Clock, base: &str) -> io::Result<String> {
    let items = ARTICLES.iter().map(|article| item(article, clock, base)).collect::<io::Result<String>>()?;
    Ok(format!(
        "<?xml version=\"1.0\" encoding=\"ISO-8859-15\"?>\n<rss version=\"2.0\"><channel>\n\
         <title>Université de Rivage – Actualités</title><link>{base}/</link>\n\
         <description>La vie de l’université</description><language>fr</language>\n{items}</channel></rss>\n"
    ))
}

fn item(article: &Article, clock: &Clock, base: &str) -> io::Result<String> {
    let published = rfc2822::to_string(&clock.published(article.days_ago, article.at)?).map_err(io::Error::other)?;
    let Article { slug, title, category, html, number, .. } = article;
    Ok(format!(
        "<item><title>{}</title><link>{base}/actualites/{slug}</link><guid isPermaLink=\"false\">rivage-{number}</guid>\
         <pubDate>{published}</pubDate><category>{}</category><description>{}</description></item>\n",
        escaped(title),
        escaped(category),
        escaped(html)
    ))
}

/// Events as the REST API of WordPress gives a type of content with fields of its own.
pub fn events_json(clock: &Clock, base: &str) -> io::Result<Vec<Value>> {
    EVENTS.iter().map(|event| event_json(event, clock, base)).collect()
}

fn event_json(event: &Event, clock: &Clock, base: &str) -> io::Result<Value> {
    let local = |days, time| clock.working_day(days, time).map(|at| at.strftime("%Y-%m-%d %H:%M:%S").to_string());
    let published = clock.published(12, event.from)?;
    Ok(json!({
        "id": event.number,
        "date": published.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
        "date_gmt": published.with_time_zone(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S").to_string(),
        "slug": event.slug,
        "status": "publish",
        "type": "evenement",
        "link": format!("{base}/evenements/{}", event.slug),
        "title": { "rendered": event.title.replace('’', "&#8217;") },
        "excerpt": { "rendered": format!("<p>{}</p>\n", event.summary), "protected": false },
        "content": { "rendered": event.html, "protected": false },
        "acf": {
            "debut": local(event.days, event.from)?,
            "fin": local(event.days, event.to)?,
            "lieu": event.place,
            "rubrique": event.category,
            "tarif": event.price,
            "organisateur": event.organizer,
            "annule": event.cancelled
        }
    }))
}

/// `page` and `per_page`, the next page in `Link`, and 400 beyond the last one.
fn events_page(uri: &Uri, base: &str, events: &[Value]) -> Response {
    let (page, per_page) = (number(uri, "page", 1).max(1), number(uri, "per_page", 10).clamp(1, 100));
    let Some(part) = events.chunks(per_page).nth(page - 1) else {
        let message = "Le numéro de page demandé est plus grand que le nombre de pages disponibles.";
        let problem = json!({ "code": "rest_post_invalid_page_number", "message": message, "data": { "status": 400 } });
        return answer::refusal(StatusCode::BAD_REQUEST, &problem);
    };
    let pages = events.len().div_ceil(per_page);
    let counts = [("X-WP-Total", events.len().to_string()), ("X-WP-TotalPages", pages.to_string())];
    let body = answer::json(&Value::from(part));
    if page == pages {
        return (counts, body).into_response();
    }
    let next = format!("<{base}/wp-json/wp/v2/evenements?per_page={per_page}&page={}>; rel=\"next\"", page + 1);
    (counts, [("Link", next)], body).into_response()
}
