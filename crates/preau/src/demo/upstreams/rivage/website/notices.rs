//! What everybody at the university should know now, as a type of WordPress's content.

use std::io;

use jiff::civil::time;
use serde_json::{Value, json};

use crate::demo::upstreams::clock::Clock;
use crate::demo::upstreams::table::rows;
use crate::demo::upstreams::wall::published;

/// All of them, newest first.
pub fn notices(clock: &Clock) -> io::Result<Value> {
    let notice = |row: [&str; 9]| {
        let [number, level, heading, place, days_ago, hour, left, title, html] = row;
        let end = clock.day(left.parse().map_err(io::Error::other)?, time(20, 0, 0, 0))?;
        Ok(json!({
            "id": number,
            "date": published(clock, days_ago, hour)?,
            "title": { "rendered": title },
            "content": { "rendered": html },
            "acf": {
                "niveau": level,
                "rubrique": heading,
                "lieu": Some(place).filter(|place| !place.is_empty()),
                "fin": end.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
            }
        }))
    };
    rows(include_str!("../notices.txt")).map(notice).collect()
}
