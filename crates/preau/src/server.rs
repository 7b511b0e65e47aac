//! A server: campuses loaded and watched, the phone's API and the admin socket answered until told to stop.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use campus::Campuses;
use gateway::{Gateway, Identity, SigningKey};
use identity::{InMemory, Sessions};
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::keys::{Keys, chance};
use crate::settings::Settings;
use crate::{admin, environment, listener, tls};

/// A server that is ready to answer.
pub(crate) struct Server {
    listener: TcpListener,
    tls: Option<Arc<rustls::ServerConfig>>,
    admin: admin::Socket,
    campuses: Arc<Campuses>,
    gateway: Arc<Gateway>,
    limits: listener::Limits,
    keys: Keys,
}

impl Server {
    /// Loads the campuses and opens the listeners. `extra` are variables that win over the environment's.
    ///
    /// # Errors
    /// What cannot be read, opened or bound, and what to do about it.
    pub(crate) async fn prepare(
        settings: &Settings,
        campuses: &Path,
        key: SigningKey,
        extra: BTreeMap<String, String>,
    ) -> Result<Self, String> {
        let tls = settings.tls.as_ref().map(tls::config).transpose()?;
        let listener = listener::bind(settings.listen, tls.is_some()).await?;
        let admin = admin::Socket::open(&settings.admin_socket).await?;
        let surroundings = environment::surroundings(settings, extra, true)?;
        let folder = campuses.display();
        let campuses = Campuses::load(Some(campuses), surroundings)
            .map_err(|error| format!("the campuses' folder {folder} cannot be read: {error}"))?;
        let campuses = Arc::new(campuses);
        if campuses.all().is_empty() && campuses.all_broken().is_empty() {
            tracing::warn!("no campus in {folder} yet: a campus is a folder with a campus.toml in it");
        }
        let capacity = u64::from(settings.cache.max_mib) << 20;
        let keys = Keys::of(&settings.session_keys)?;
        let sessions = Sessions::new(keys.read()?, chance(), Arc::new(InMemory::default()));
        let identity = Identity { sessions, staff: settings.staff.clone(), chance: chance() };
        let gateway = Gateway::new(Arc::clone(&campuses), capacity, key, identity, Arc::new(Timestamp::now));
        let limits = listener::Limits::of(settings.max_connections.get() as usize);
        Ok(Self { listener, tls, admin, campuses, gateway, limits, keys })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> Option<std::net::SocketAddr> {
        self.listener.local_addr().ok()
    }

    /// The campuses it serves.
    pub(crate) fn campuses(&self) -> &Campuses {
        &self.campuses
    }

    /// Answers until told to stop.
    pub(crate) async fn run(self, stop: Stop) {
        let admin = gateway::admin_router(Arc::clone(&self.gateway));
        let keys = self.keys.follow(Arc::clone(&self.gateway));
        let router = gateway::router(self.gateway);
        // In this order: campuses are watched before the first request is answered.
        tokio::select! {
            biased;
            () = watch(self.campuses) => {}
            () = self.admin.serve(admin) => {}
            () = keys => {}
            () = listener::serve(self.listener, self.tls, self.limits, router, stop.ordered()) => {}
        }
    }
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

    async fn ordered(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
        tracing::info!("stopping: requests under way finish");
    }
}
