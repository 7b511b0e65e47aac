//! A server: campuses loaded and watched, the phone's API and the admin socket answered until told to stop.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use campus::Campuses;
use gateway::{Gateway, SigningKey};
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::settings::Settings;
use crate::{admin, environment, listener, tls};

/// A server that is ready to answer.
pub(crate) struct Server {
    listener: TcpListener,
    tls: Option<Arc<rustls::ServerConfig>>,
    admin: admin::Socket,
    campuses: Arc<Campuses>,
    gateway: Arc<Gateway>,
    max_connections: usize,
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
        let surroundings = environment::surroundings(settings, extra, true)?;
        let folder = campuses.display();
        let campuses = Campuses::load(campuses, surroundings)
            .map_err(|error| format!("the campuses' folder {folder} cannot be read: {error}"))?;
        let campuses = Arc::new(campuses);
        if campuses.all().is_empty() && campuses.all_broken().is_empty() {
            tracing::warn!("no campus in {folder} yet: a campus is a folder with a campus.toml in it");
        }
        let gateway = Gateway::new(Arc::clone(&campuses), settings.cache.max_mib << 20, key, Arc::new(Timestamp::now));
        let tls = settings.tls.as_ref().map(tls::config).transpose()?;
        let listener = listener::bind(settings.listen, tls.is_some()).await?;
        let admin = admin::Socket::open(&settings.admin_socket).await?;
        Ok(Self { listener, tls, admin, campuses, gateway, max_connections: settings.max_connections })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> Option<std::net::SocketAddr> {
        self.listener.local_addr().ok()
    }

    /// The campuses it serves.
    pub(crate) fn campuses(&self) -> &Campuses {
        &self.campuses
    }

    /// Answers until SIGTERM or SIGINT.
    pub(crate) async fn run(self) {
        let watching = tokio::spawn(async move {
            if let Err(error) = campus::watch(self.campuses).await {
                tracing::error!("campus folders are not watched: {error}; restart to load changes");
            }
        });
        let admin = tokio::spawn(self.admin.serve(gateway::admin_router(Arc::clone(&self.gateway))));
        let router = gateway::router(self.gateway);
        listener::serve(self.listener, self.tls, self.max_connections, router, told_to_stop()).await;
        watching.abort();
        admin.abort();
        let _ = admin.await;
    }
}

async fn told_to_stop() {
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping: requests under way finish");
}
