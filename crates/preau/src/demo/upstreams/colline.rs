//! École de la Colline: HyperPlanning, a website with Atom and JSON feeds and a calendar, an intranet's API, SQLite.

pub mod accounts;
pub mod calendar;
pub mod intranet;
mod records;
pub mod timetable;
pub mod transit;
pub mod website;

use std::io;
use std::path::Path;
use std::sync::Arc;

use axum::Router;

use crate::demo::upstreams::School;
use crate::demo::upstreams::clock::Clock;
use crate::demo::upstreams::lessons::Lesson;
use crate::demo::upstreams::provider::{Provider, Settings};

/// Groups: the name of their calendar's file, and what they are called.
const GROUPS: [(&str, &str); 3] =
    [("B1A", "Bachelor 1 Design"), ("B2UX", "Bachelor 2 Numérique"), ("M1IM", "Master 1 Innovation")];

/// Makes the school's systems; `base` is where its routes will answer, `folder` where its files go.
pub async fn start(clock: &Clock, base: &str, folder: &Path) -> io::Result<School> {
    let lessons = Lesson::table(include_str!("colline/lessons.txt"))?;
    let records = folder.join("colline.sqlite");
    records::write(&records, clock, &lessons).await?;
    let provider = Provider::new(
        Settings {
            campus: "colline",
            name: "École de la Colline",
            colour: "#a33b20",
            base: base.to_owned(),
            people: accounts::people(),
        },
        clock,
    )?;
    let router = Router::new()
        .merge(Arc::clone(&provider).routes())
        .merge(timetable::routes(clock, &lessons)?)
        .merge(website::routes(clock, base)?)
        .merge(calendar::routes(clock)?)
        .merge(intranet::routes(clock))
        .merge(transit::routes(clock));
    let environment = vec![
        ("COLLINE_TIMETABLE_URL", format!("{base}{}", timetable::address("{group}"))),
        ("COLLINE_WEBSITE_URL", format!("{base}/feed.atom")),
        ("COLLINE_WALL_URL", format!("{base}/vie-etudiante/feed.json")),
        ("COLLINE_CALENDAR_URL", format!("{base}/agenda.ics")),
        ("COLLINE_INTRANET_URL", format!("{base}/intranet/api/")),
        ("COLLINE_INTRANET_TOKEN", intranet::TOKEN.to_owned()),
        ("COLLINE_TRANSIT_URL", format!("{base}/temps-reel/")),
        ("COLLINE_RECORDS_URL", format!("sqlite:{}", records.display())),
        ("COLLINE_LOGIN_ISSUER", provider.issuer()),
        ("COLLINE_LOGIN_SECRET", provider.secret.clone()),
    ];
    Ok(School { router, environment })
}
