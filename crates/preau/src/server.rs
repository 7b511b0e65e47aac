//! A server: campuses loaded and watched, its state followed, the phone's API and the admin socket answered until told to
//! stop.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use campus::Campuses;
use gateway::{Api, Gateway, Identity, Parts, Revoked, SigningKey};
use identity::Sessions;
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::keys::{Keys, chance};
use crate::node::Node;
use crate::process::Process;
use crate::settings::Settings;
use crate::telemetry::Telemetry;
use crate::{admin, environment, listener, telemetry, tls};

/// A server that is ready to answer.
pub(crate) struct Server {
    listener: TcpListener,
    tls: Option<Arc<rustls::ServerConfig>>,
    admin: admin::Socket,
    campuses: Arc<Campuses>,
    gateway: Arc<Gateway>,
    node: Node,
    limits: listener::Limits,
    clients: Arc<listener::Clients>,
    keys: Keys,
    drain: Duration,
}

impl Server {
    /// Loads the campuses of a folder, where there is one, and what is published, and opens the listeners. `extra` are
    /// variables that win over the environment's.
    ///
    /// # Errors
    /// What cannot be read, opened or bound, and what to do about it.
    pub(crate) async fn prepare(
        settings: &Settings,
        campuses: Option<&Path>,
        key: SigningKey,
        extra: BTreeMap<String, String>,
    ) -> Result<Self, String> {
        open_files();
        let tls = settings.tls.as_ref().map(tls::config).transpose()?;
        let listener = listener::bind(settings.listen, tls.is_some()).await?;
        let admin = admin::Socket::open(&settings.admin_socket).await?;
        let node = Node::open(settings).await?;
        let surroundings = environment::surroundings(settings, extra, true)?;
        let folder = campuses.unwrap_or(Path::new("")).display();
        let campuses = Campuses::load(campuses, surroundings)
            .map_err(|error| format!("the campuses' folder {folder} cannot be read: {error}"))?;
        let campuses = Arc::new(campuses);
        let connections = settings.max_connections.get() as usize;
        let clients = listener::Clients::new(connections, &settings.balancers);
        let keys = Keys::of(&settings.session_keys)?;
        let sessions = Sessions::new(keys.read()?, chance(), Arc::new(Revoked(Arc::clone(&node.state))));
        let disk = u64::from(settings.cache.disk_mib) << 20;
        let gateway = Gateway::new(Parts {
            campuses: Arc::clone(&campuses),
            capacity: u64::from(settings.cache.max_mib) << 20,
            disk: (disk > 0).then(|| (node.folder.cache(), disk)),
            signing_key: key,
            identity: Identity { sessions, staff: settings.staff.clone(), chance: chance() },
            state: Arc::clone(&node.state),
            publications: node.folder.publications(),
            cell: node.cell.as_ref().map(|cell| gateway::Cell { name: cell.origin.to_string(), url: cell.url.clone() }),
            web: web::Web::embedded(),
            slow: settings.log.slow.0,
            collectors: vec![Box::new(Process::beginning()), Box::new(Arc::clone(&clients))],
            clock: Arc::new(Timestamp::now),
        });
        if campuses.all().is_empty() && campuses.all_broken().is_empty() {
            tracing::warn!("no campus yet: publish one (preau publish), or make a folder with a campus.toml in it");
        }
        let limits = listener::Limits::of(connections);
        let drain = settings.drain.map_or(Duration::ZERO, |drain| drain.0);
        Ok(Self { listener, tls, admin, campuses, gateway, node, limits, clients, keys, drain })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> Option<std::net::SocketAddr> {
        self.listener.local_addr().ok()
    }

    /// The campuses it serves.
    pub(crate) fn campuses(&self) -> &Campuses {
        &self.campuses
    }

    /// Answers until told to stop; with traces, where they are wanted.
    pub(crate) async fn run(self, stop: Stop, traces: Option<&Telemetry>) {
        let Self { listener, tls, admin, campuses, gateway, node, limits, clients, keys, drain } = self;
        let stop = drained(stop, Arc::clone(&gateway), drain);
        let socket = gateway::admin_router(Arc::clone(&gateway)).merge(admin::node::router(&node));
        let api = Api::new(Arc::clone(&gateway));
        let answer = telemetry::around(traces, move |request, peer| api.clone().answer(request, Some(peer)));
        // In this order: campuses are watched before the first request is answered.
        tokio::select! {
            biased;
            () = watch(campuses) => {}
            () = follow(&node, &gateway) => {}
            () = admin.serve(socket) => {}
            () = keys.follow(Arc::clone(&gateway)) => {}
            () = gateway.tidy() => {}
            () = listener::serve(listener, tls, limits, clients, answer, stop) => {}
        }
    }
}

/// Takes as many open files as the system lets this process have: each connection is one, and systems start with a thousand.
fn open_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }) {
        tracing::warn!("open files stay limited to {:?}: {error}", limit.current);
    }
}

/// Follows the journal and looks at the cell, for ever.
async fn follow(node: &Node, gateway: &Gateway) {
    // A task of its own: a write waits for it, whoever else is waited for.
    tokio::spawn(Arc::clone(&node.state).follow());
    if let Some(cell) = &node.cell {
        cell.keep_looking(&node.state, gateway).await;
    }
    std::future::pending::<()>().await;
}

/// The order to stop, once load balancers had the time to notice; a second order is one to wait no longer.
async fn drained(mut stop: Stop, gateway: Arc<Gateway>, drain: Duration) {
    stop.ordered().await;
    gateway.drain();
    if !drain.is_zero() {
        tracing::info!(seconds = drain.as_secs(), "draining: load balancers are told to send requests elsewhere");
        let _ = tokio::time::timeout(drain, stop.ordered()).await;
    }
    tracing::info!("stopping: requests under way finish");
}

/// Reloads campuses that change, for ever.
async fn watch(campuses: Arc<Campuses>) {
    if let Err(error) = campus::watch(campuses).await {
        tracing::error!("campus folders are not watched: {error}; restart to load changes");
    }
    std::future::pending::<()>().await;
}

/// The order to stop, SIGTERM or SIGINT: heard from the beginning, so that one given while the server starts is not lost.
pub(crate) struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

impl Stop {
    /// Listens for it from now on.
    ///
    /// # Errors
    /// The system does not deliver signals.
    pub(crate) fn listen() -> Result<Self, String> {
        let wrong = |error: std::io::Error| format!("no signals: {error}");
        let signal = |kind| signal(kind).map_err(wrong);
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits for the next.
    pub(crate) async fn ordered(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
