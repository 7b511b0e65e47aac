//! CPU per read: of the cache, beside nginx's `proxy_cache` and a bare hyper with the same bytes, and in somebody's name,
//! beside nobody's. One run, client and machine.

mod answer;
mod inputs;
mod load;
pub mod mapping;
mod server;
mod signed_in;

use std::fmt;
use std::str::FromStr;

use crate::packages;
use crate::step::{self, cargo, root};
use answer::Answer;
use load::By;
use server::{Server, Site};

/// How long each load lasts, and how often it is repeated.
struct Plan {
    seconds: u32,
    rounds: u32,
}

/// A kind of read: what the client adds to its request, what must come back, and where the peer has it.
struct Read {
    name: &'static str,
    tls: bool,
    ask: fn(&Answer) -> Option<String>,
    status: u16,
    encoding: Option<&'static str>,
    peer_folder: &'static str,
}

const GZIP: &str = "Accept-Encoding: gzip";

const READS: [Read; 6] = [
    Read { name: "as it is", tls: false, ask: |_| None, status: 200, encoding: None, peer_folder: "cached" },
    Read {
        name: "gzip, made by nginx at each read",
        tls: false,
        ask: |_| Some(GZIP.to_owned()),
        status: 200,
        encoding: Some("gzip"),
        peer_folder: "cached",
    },
    Read {
        name: "gzip, made once",
        tls: false,
        ask: |_| Some(GZIP.to_owned()),
        status: 200,
        encoding: Some("gzip"),
        peer_folder: "precompressed",
    },
    Read { name: "304", tls: false, ask: known, status: 304, encoding: None, peer_folder: "cached" },
    Read { name: "TLS 1.3, as it is", tls: true, ask: |_| None, status: 200, encoding: None, peer_folder: "cached" },
    Read { name: "TLS 1.3, 304", tls: true, ask: known, status: 304, encoding: None, peer_folder: "cached" },
];

fn known(answer: &Answer) -> Option<String> {
    Some(format!("If-None-Match: {}", answer.header("etag")?))
}

/// Prints one row per kind of read: CPU microseconds per request, and its share of nginx's, or of an anonymous read's.
///
/// # Errors
/// What could not be installed, built, started or read.
pub fn run(options: &[&str]) -> Result<(), String> {
    let plan = Plan::read(options)?;
    packages::install(packages::BENCH)?;
    step::run(
        "build",
        cargo("build --release --locked -p preau --bin preau --example bare -p identity --example sessions"),
    )?;
    let folder = root().join("target/bench");
    let ports = server::free_ports()?;
    inputs::write(&folder, &ports)?;
    let peer = Server::nginx(&folder, &ports)?;
    let preau = Server::preau(&folder, ports.preau, false)?;
    let preau_tls = Server::preau(&folder, ports.preau_tls, true)?;

    println!(
        "\nCPU microseconds per request: median of {} rounds of {} s (lowest to highest)\n",
        plan.rounds, plan.seconds
    );
    println!(
        "| cached read | bytes | nginx | hyper | préau | préau / nginx | préau / hyper |\n|---|---|---|---|---|---|---|"
    );
    for (data, _) in inputs::DATA {
        let (path, preau) = (format!("/api/data/{data}"), preau.site(ports.preau, false));
        let plain = preau.get(&path, None)?.expect(200, None)?;
        let compressed = preau.get(&path, Some(GZIP))?.expect(200, Some("gzip"))?;
        inputs::publish(&folder, data, &plain.body, &compressed.body)?;
    }
    let bare = Server::bare(&folder, &ports)?;
    for (data, _) in inputs::DATA {
        for read in &READS {
            let sites = match read.tls {
                false => [peer.site(ports.peer, false), bare.site(ports.bare, false), preau.site(ports.preau, false)],
                true => [
                    peer.site(ports.peer_tls, true),
                    bare.site(ports.bare_tls, true),
                    preau_tls.site(ports.preau_tls, true),
                ],
            };
            println!("{}", row(&sites, data, read, &plan)?);
        }
    }
    signed_in::run(&folder, &preau.site(ports.preau, false), &plan)
}

fn row(sites: &[Site<'_>; 3], data: &str, read: &Read, plan: &Plan) -> Result<String, String> {
    let paths = [format!("/{}/{data}.json", read.peer_folder), format!("/{data}.json"), format!("/api/data/{data}")];
    let mut bytes = 0;
    let mut costs = [const { Vec::new() }; 3];
    for _ in 0..plan.rounds {
        for ((site, path), costs) in sites.iter().zip(&paths).zip(&mut costs) {
            let header = (read.ask)(&site.get(path, None)?.expect(200, None)?);
            bytes = site.get(path, header.as_deref())?.expect(read.status, read.encoding)?.body.len();
            costs.push(cost(site, path, header.as_deref(), By::Anybody, plan.seconds)?);
        }
    }
    let [peer, bare, ours] = costs.map(Spread::of);
    let [to_peer, to_bare] = [&peer, &bare].map(|other| ours.median / other.median);
    Ok(format!("| {data}, {} | {bytes} | {peer} | {bare} | {ours} | {to_peer:.2} | {to_bare:.2} |", read.name))
}

/// CPU microseconds of the server per request.
fn cost(site: &Site<'_>, path: &str, header: Option<&str>, by: By<'_>, seconds: u32) -> Result<f64, String> {
    let url = site.url(path);
    load::run(&url, header, by, 1)?;
    let before = site.server.cpu()?;
    let requests = load::run(&url, header, by, seconds)?;
    let spent = site.server.cpu()?.saturating_sub(before);
    Ok(spent.as_secs_f64() * 1e6 / f64::from(requests))
}

impl Plan {
    fn read(options: &[&str]) -> Result<Self, String> {
        let mut plan = Self { seconds: 5, rounds: 3 };
        for option in options.chunks(2) {
            match option {
                ["--seconds", value] => plan.seconds = positive(value)?,
                ["--rounds", value] => plan.rounds = positive(value)?,
                _ => return Err(format!("not an option of bench: {}", option.join(" "))),
            }
        }
        Ok(plan)
    }
}

fn positive(value: &str) -> Result<u32, String> {
    u32::from_str(value).ok().filter(|number| *number > 0).ok_or_else(|| format!("not a number of at least 1: {value}"))
}

/// Repeated measurements of one thing.
struct Spread {
    lowest: f64,
    median: f64,
    highest: f64,
}

impl Spread {
    fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
        Self { lowest: at(0), median: at(values.len() / 2), highest: at(values.len().saturating_sub(1)) }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} ({:.1} to {:.1})", self.median, self.lowest, self.highest)
    }
}
