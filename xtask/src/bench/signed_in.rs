//! Reads in somebody's name: what a session adds to a cached read, and what a read costs that no cache can serve.

use std::path::Path;
use std::process::Command;

use super::load::By;
use super::server::Site;
use super::{GZIP, Plan, Spread, cost, inputs};
use crate::step;

/// People who read in turn: enough that nobody waits for their own answer or uses up their calls of a minute.
const PEOPLE: u32 = 4_000;

/// A kind of read: the data set, how its reader is known, and whether the client takes gzip.
struct Read {
    name: &'static str,
    data: &'static str,
    token: Option<[&'static str; 2]>,
    encoding: Option<&'static str>,
}

const COOKIE: Option<[&str; 2]> = Some(["Cookie", "__Host-preau=1."]);
const BEARER: Option<[&str; 2]> = Some(["Authorization", "Bearer "]);

/// The first is what the others are compared with.
const READS: [Read; 8] = [
    Read { name: "cached, for all, nobody signed in", data: "short", token: None, encoding: None },
    Read { name: "cached, for all, with a cookie", data: "short", token: COOKIE, encoding: None },
    Read { name: "cached, for all, with a bearer token", data: "short", token: BEARER, encoding: None },
    Read { name: "cached, for a group, with a bearer token", data: "short-of-a-group", token: BEARER, encoding: None },
    Read { name: "personal, JSON", data: "timetable-json", token: BEARER, encoding: None },
    Read { name: "personal, JSON, sent as gzip", data: "timetable-json", token: BEARER, encoding: Some("gzip") },
    Read { name: "personal, iCal", data: "timetable-ical", token: BEARER, encoding: None },
    Read { name: "personal, iCal, sent as gzip", data: "timetable-ical", token: BEARER, encoding: Some("gzip") },
];

/// Prints what each costs, and then what a session costs in a process of its own.
///
/// # Errors
/// What did not answer as it should.
pub fn run(folder: &Path, preau: &Site<'_>, plan: &Plan) -> Result<(), String> {
    let tokens = folder.join("tokens");
    let script = folder.join("sessions.lua");
    let mut costs = READS.map(|_| Vec::new());
    for _ in 0..plan.rounds {
        // They are good for ten minutes.
        inputs::write_tokens(folder, &tokens, PEOPLE)?;
        for (read, costs) in READS.iter().zip(&mut costs) {
            let by = By::People { script: &script, tokens: &tokens, header: read.token };
            costs.push(cost(preau, &read.path(), read.encoding.map(|_| GZIP), by, plan.seconds)?);
        }
    }
    println!("\n| read | bytes | préau | beside the first |\n|---|---|---|---|");
    let token = std::fs::read_to_string(&tokens).map_err(|error| format!("{}: {error}", tokens.display()))?;
    let mut first = None;
    for (read, costs) in READS.iter().zip(costs) {
        let bytes = read.once(preau, token.lines().next().unwrap_or_default())?;
        let cost = Spread::of(costs);
        let share = cost.median / *first.get_or_insert(cost.median);
        println!("| {} | {bytes} | {cost} | {share:.2} |", read.name);
    }
    step::run("a session alone", Command::new(step::root().join(inputs::SESSIONS)))
}

impl Read {
    fn path(&self) -> String {
        format!("/api/data/{}", self.data)
    }

    /// The body's bytes, where it is the one meant.
    fn once(&self, preau: &Site<'_>, token: &str) -> Result<usize, String> {
        let mut lines: Vec<String> =
            self.token.iter().map(|[name, before]| format!("{name}: {before}{token}")).collect();
        lines.extend(self.encoding.map(|_| GZIP.to_owned()));
        let header = (!lines.is_empty()).then(|| lines.join("\r\n"));
        Ok(preau.get(&self.path(), header.as_deref())?.expect(200, self.encoding)?.body.len())
    }
}
