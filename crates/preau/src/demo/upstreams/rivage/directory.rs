//! The university's directory of services, as its CSV export.

use std::io;

use axum::Router;
use jiff::civil::time;

use crate::demo::upstreams::answer::Document;
use crate::demo::upstreams::clock::Clock;
use crate::demo::upstreams::table::rows;
use crate::demo::upstreams::text::windows_1252;

pub fn routes(clock: &Clock) -> io::Result<Router> {
    let exported = clock.published(0, time(3, 0, 0, 0))?;
    let export = Document::new("text/csv", windows_1252(&csv()), &exported)?;
    Ok(Router::new().route("/exports/annuaire.csv", export.route()))
}

/// The export, in Unicode; it is sent in Windows-1252.
pub fn csv() -> String {
    let services = rows::<8>(include_str!("services.txt"));
    let lines = services.map(|service| service.map(quoted).join(";") + "\r\n");
    format!("code;nom;rubrique;mission;mail;telephone;bureau;horaires\r\n{}", lines.collect::<String>())
}

fn quoted(cell: &str) -> String {
    if cell.contains([';', '"']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}
