//! Names into addresses: as the machine's name servers say, for as long as they say, and a while longer where they are away.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use hickory_resolver::config::{
    ConnectionConfig, LookupIpStrategy, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts,
};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::op::Query;
use hickory_resolver::proto::rr::{Name, RecordType};
use hickory_resolver::{Hosts, TokioResolver, system_conf};
use jiff::Timestamp;
use tokio::time::timeout;

use crate::Clock;

pub(crate) struct Names {
    clock: Clock,
    /// In place of the machine's name servers.
    server: Option<SocketAddr>,
    machine: Mutex<Option<Arc<Machine>>>,
    kept: Mutex<HashMap<String, Kept>>,
}

/// What the machine says of names.
struct Machine {
    hosts: Hosts,
    resolver: TokioResolver,
    /// When the files that say it were written.
    written: [Option<SystemTime>; 2],
}

/// The addresses of a name; none where it has none.
#[derive(Debug, Clone)]
struct Kept {
    addresses: Vec<IpAddr>,
    /// When a name server said so.
    learnt: Timestamp,
    /// Nobody is asked from then until then.
    at: Timestamp,
    until: Timestamp,
}

/// Where the machine says it.
const FILES: [&str; 2] = ["/etc/resolv.conf", "/etc/hosts"];

/// How long an answer is kept at least and at most, whatever it says of itself.
const SHORTEST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_secs(300);

/// How long it is kept that a name has no address.
const NONE: Duration = Duration::from_secs(5);

/// Where no name server answers: until when the last answer counts, how long it is waited for a new one, and how long until
/// the next try.
const STALE: Duration = Duration::from_hours(24);
const PATIENCE: Duration = Duration::from_millis(500);
const AGAIN: Duration = Duration::from_secs(15);

/// Names kept at most: campuses declare few, redirects may bring any.
const MOST: usize = 4_000;

impl Names {
    pub(crate) fn new(clock: Clock, server: Option<SocketAddr>) -> Self {
        Self { clock, server, machine: Mutex::default(), kept: Mutex::default() }
    }

    /// The addresses of a host, none where it has none or nobody knows.
    pub(crate) async fn addresses(&self, host: &str) -> Vec<IpAddr> {
        let name = host.trim_end_matches('.').to_ascii_lowercase();
        let now = (self.clock)();
        let kept = self.kept().get(&name).cloned();
        if let Some(kept) = kept.as_ref().filter(|kept| (kept.at..kept.until).contains(&now)) {
            return kept.addresses.clone();
        }
        let last = kept.filter(|kept| !kept.addresses.is_empty() && now < after(kept.learnt, STALE));
        let found = match &last {
            // Where an answer is at hand, nobody waits long for a newer one.
            Some(_) => timeout(PATIENCE, self.ask(&name)).await.ok().flatten(),
            None => self.ask(&name).await,
        };
        let kept = match (found, last) {
            (Some((addresses, ttl)), _) => Kept { addresses, learnt: now, at: now, until: after(now, ttl) },
            (None, Some(last)) => Kept { at: now, until: after(now, AGAIN), ..last },
            (None, None) => return Vec::new(),
        };
        let addresses = kept.addresses.clone();
        self.keep(name, kept, now);
        addresses
    }

    fn keep(&self, name: String, kept: Kept, now: Timestamp) {
        let mut all = self.kept();
        if all.len() >= MOST {
            all.retain(|_, kept| now < kept.until);
        }
        if all.len() < MOST {
            all.insert(name, kept);
        }
    }

    /// What is known of a name, and for how long; `None` where nobody answers.
    async fn ask(&self, name: &str) -> Option<(Vec<IpAddr>, Duration)> {
        let machine = self.machine()?;
        let here = machine.here(name);
        if !here.is_empty() {
            return Some((here, SHORTEST));
        }
        match machine.resolver.lookup_ip(name).await {
            Ok(found) => {
                let seconds = found.as_lookup().answers().iter().map(|record| record.ttl).min().unwrap_or_default();
                let ttl = Duration::from_secs(seconds.into()).clamp(SHORTEST, LONGEST);
                Some((found.iter().collect(), ttl))
            }
            Err(error) if error.is_no_records_found() => Some((Vec::new(), NONE)),
            Err(error) => {
                tracing::warn!(%name, %error, "no name server answers");
                None
            }
        }
    }

    /// What the machine says now: its files are read again when they change.
    fn machine(&self) -> Option<Arc<Machine>> {
        let written = FILES.map(|file| std::fs::metadata(file).and_then(|file| file.modified()).ok());
        let mut machine = self.machine.lock().unwrap_or_else(PoisonError::into_inner);
        if machine.as_ref().is_none_or(|machine| machine.written != written) {
            let resolver = resolver(self.server)?;
            let hosts = Hosts::from_system().unwrap_or_default();
            *machine = Some(Arc::new(Machine { hosts, resolver, written }));
        }
        machine.clone()
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<String, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Machine {
    /// What `/etc/hosts` says. It wins, and alone, as in the system's own resolver.
    fn here(&self, name: &str) -> Vec<IpAddr> {
        let Ok(name) = Name::from_utf8(name) else { return Vec::new() };
        let found = |kind| self.hosts.lookup_static_host(&Query::query(name.clone(), kind));
        let found = [RecordType::A, RecordType::AAAA].into_iter().filter_map(found);
        found
            .flat_map(|lookup| lookup.answers().iter().filter_map(|record| record.data.ip_addr()).collect::<Vec<_>>())
            .collect()
    }
}

/// Asks the machine's name servers, and keeps nothing itself: by its own clock, nobody could test what is kept.
fn resolver(server: Option<SocketAddr>) -> Option<TokioResolver> {
    let at = |server: SocketAddr| {
        let mut connection = ConnectionConfig::udp();
        connection.port = server.port();
        let server = NameServerConfig::new(server.ip(), true, vec![connection]);
        (ResolverConfig::from_parts(None, Vec::new(), vec![server]), ResolverOpts::default())
    };
    let (config, mut options) = match server {
        Some(server) => at(server),
        // Without the file, as the system's own resolver does.
        None => system_conf::read_system_conf().unwrap_or_else(|_| at(([127, 0, 0, 1], 53).into())),
    };
    options.cache_size = 0;
    options.use_hosts_file = ResolveHosts::Never;
    options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
    // A server that is away is not all that there is time for.
    options.timeout = options.timeout.min(Duration::from_secs(1));
    let builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default()).with_options(options);
    builder.build().inspect_err(|error| tracing::warn!(%error, "names cannot be resolved")).ok()
}

fn after(now: Timestamp, time: Duration) -> Timestamp {
    now.checked_add(time).unwrap_or(Timestamp::MAX)
}
