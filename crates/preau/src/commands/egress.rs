//! `preau egress`: where a campus's sources and login connect to, and from which addresses, for a school's allow-list.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::process::ExitCode;

use campus::{Campus, Checked};
use outbound::Destination;
use serde_json::{Value, json};

use crate::commands::table;
use crate::settings::Settings;
use crate::{Outcome, cli, environment};

pub(crate) fn run(arguments: &cli::Egress) -> Outcome {
    let settings = Settings::load(arguments.settings.as_deref())?;
    // Where secrets are elsewhere, the rest is told all the same.
    let surroundings = environment::surroundings(&settings, BTreeMap::new(), false)?;
    let folder = arguments.campus.canonicalize().map_err(|error| format!("{}: {error}", arguments.campus.display()))?;
    let Checked { campus, others, .. } = campus::check(&folder, &surroundings);
    let campus = campus.ok_or_else(|| format!("the campus has errors: preau check {}", arguments.campus.display()))?;
    let addresses = &settings.outbound.egress;
    let ways = ways(std::iter::once(&campus).chain(&others), addresses);
    if arguments.json {
        let ways: Vec<_> = ways.iter().map(|(way, channels)| way.json(channels)).collect();
        say!("{:#}", json!({ "campus": campus.id, "addresses": addresses, "destinations": ways }));
        return Ok(ExitCode::SUCCESS);
    }
    let mut shown = table(&["who", "how", "host", "port", "from", "channels"]);
    for (way, channels) in &ways {
        shown.add_row([
            &way.who,
            way.how,
            way.host(),
            &way.port(),
            &way.from.map_or_else(|| "any".to_owned(), |from| from.to_string()),
            &channels.join(", "),
        ]);
    }
    say!("{shown}");
    match addresses.is_empty() {
        true => say!("our addresses: none are named in preau.toml, [outbound.egress]"),
        false => say!(
            "our addresses: {}",
            addresses.iter().map(|(name, ip)| format!("{ip} ({name})")).collect::<Vec<_>>().join(", ")
        ),
    }
    Ok(ExitCode::SUCCESS)
}

/// A connection that somebody has to let through.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Way {
    who: String,
    how: &'static str,
    destination: Destination,
    from: Option<IpAddr>,
}

/// What stands in for a host that a secret tells which is not here.
const MISSING: &str = "missing.invalid";

/// Each way once, with the channels that take it.
fn ways<'c>(
    campuses: impl Iterator<Item = &'c Campus>,
    addresses: &BTreeMap<String, IpAddr>,
) -> BTreeMap<Way, Vec<String>> {
    let mut ways = BTreeMap::<Way, Vec<String>>::new();
    for campus in campuses {
        let sources = campus.upstreams.iter().flat_map(|(name, upstream)| {
            upstream.destinations.iter().map(move |destination| Way {
                who: format!("source {name}"),
                how: upstream.connector,
                destination: destination.clone(),
                from: upstream.egress.as_ref().and_then(|name| addresses.get(name).copied()),
            })
        });
        let login = campus.sign_in.iter().flat_map(|sign_in| {
            let way = |destination| Way { who: "login".to_owned(), how: sign_in.method, destination, from: None };
            sign_in.login.destinations().into_iter().map(way)
        });
        for way in sources.chain(login) {
            let channels = ways.entry(way).or_default();
            // A token endpoint may be on the host of the source itself.
            if !channels.iter().any(|channel| **channel == *campus.channel) {
                channels.push(campus.channel.to_string());
            }
        }
    }
    ways
}

impl Way {
    fn known(&self) -> bool {
        self.destination.host != MISSING
    }

    fn host(&self) -> &str {
        if self.known() { &self.destination.host } else { "(a secret that is not here)" }
    }

    fn port(&self) -> String {
        if self.known() { self.destination.port.to_string() } else { String::new() }
    }

    fn json(&self, channels: &[String]) -> Value {
        let known = self.known().then_some(&self.destination);
        json!({
            "who": self.who, "how": self.how, "host": known.map(|known| &known.host), "port": known.map(|known| known.port),
            "from": self.from, "channels": channels,
        })
    }
}
