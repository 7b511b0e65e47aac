//! Université de Rivage: ADE, a WordPress website, the CROUS's files, SIRI Lite, a library, records in SQLite, a CSV.

pub mod accounts;
pub mod crous;
pub mod directory;
mod library;
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

/// Groups: the number by which ADE knows them, and their name.
const GROUPS: [(&str, &str); 4] =
    [("4101", "L3 INFO gr1"), ("4102", "L3 INFO gr2"), ("4210", "M1 LITTORAL"), ("4305", "L1 LEA grA")];

/// Makes the university's systems; `base` is where its routes will answer, `folder` where its files go.
pub async fn start(clock: &Clock, base: &str, folder: &Path) -> io::Result<School> {
    let lessons: Arc<[Lesson]> = Lesson::table(include_str!("rivage/lessons.txt"))?.into();
    let records = folder.join("scolarite.sqlite");
    records::write(&records, clock, &lessons).await?;
    let provider = Provider::new(
        Settings {
            campus: "rivage",
            name: "Université de Rivage",
            colour: "#0b6e8f",
            base: base.to_owned(),
            people: accounts::people(),
        },
        clock,
    )?;
    let router = Router::new()
        .merge(Arc::clone(&provider).routes())
        .merge(timetable::routes(clock, lessons))
        .merge(website::routes(clock, base)?)
        .merge(crous::routes(clock)?)
        .merge(transit::routes(clock))
        .merge(library::routes(clock))
        .merge(directory::routes(clock)?);
    let calendar = "jsp/custom/modules/plannings/anonymous_cal.jsp";
    let environment = vec![
        ("RIVAGE_TIMETABLE_URL", format!("{base}/{calendar}?projectId={}&calType=ical", timetable::PROJECT)),
        ("RIVAGE_NEWS_URL", format!("{base}/actualites/flux.xml")),
        ("RIVAGE_WALL_URL", format!("{base}/vie-etudiante/flux.json")),
        ("RIVAGE_WEBSITE_URL", format!("{base}/wp-json/wp/v2/")),
        ("RIVAGE_CROUS_URL", format!("{base}/feed/rivage/externe/")),
        ("RIVAGE_TRANSIT_URL", format!("{base}/siri/2.0/")),
        ("RIVAGE_LIBRARY_URL", format!("{base}/affluence/")),
        ("RIVAGE_RECORDS_URL", format!("sqlite:{}", records.display())),
        ("RIVAGE_EXPORTS_URL", format!("{base}/exports/")),
        ("RIVAGE_LOGIN_ISSUER", provider.issuer()),
        ("RIVAGE_LOGIN_SECRET", provider.secret.clone()),
    ];
    Ok(School { router, environment })
}
