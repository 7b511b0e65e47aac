//! The keys that seal sessions: from the environment or a file, which is read again when it changes.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_lc_rs::rand;
use gateway::Gateway;
use identity::{Chance, Keyring};

/// Wins over the file.
const VARIABLE: &str = "PREAU_SESSION_KEYS";

/// How often the file's time is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Where the keys come from.
pub(crate) enum Keys {
    /// A variable, which does not change.
    Environment(String),
    /// A file, which may.
    File(PathBuf),
}

/// The machine's randomness. Where it has none left, nothing that is sealed could be trusted.
pub(crate) fn chance() -> Chance {
    Arc::new(|bytes: &mut [u8]| {
        if rand::fill(bytes).is_err() {
            tracing::error!("the machine gives no randomness");
            std::process::abort();
        }
    })
}

impl Keys {
    /// The environment's keys, or those of a file, which is made where there is none.
    ///
    /// # Errors
    /// The file cannot be made.
    pub(crate) fn of(path: &Path) -> Result<Self, String> {
        if let Ok(keys) = std::env::var(VARIABLE) {
            return Ok(Self::Environment(keys));
        }
        let wrong = |error: std::io::Error| {
            format!(
                "the session keys {} cannot be made: {error}; set session_keys to a path that can be written",
                path.display()
            )
        };
        match std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
            Ok(mut file) => file.write_all(Keyring::generate(&chance()).as_bytes()).map_err(wrong)?,
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(wrong(error)),
        }
        Ok(Self::File(path.to_owned()))
    }

    /// The keys as they are now.
    ///
    /// # Errors
    /// They cannot be read, or a line is no key.
    pub(crate) fn read(&self) -> Result<Keyring, String> {
        match self {
            // Several keys fit a variable too: white space parts them.
            Self::Environment(keys) => {
                let lines = keys.split_whitespace().collect::<Vec<_>>().join("\n");
                Keyring::parse(&lines, chance()).map_err(|error| format!("{VARIABLE}: {error}"))
            }
            Self::File(path) => {
                let text = std::fs::read_to_string(path).map_err(|error| error.to_string());
                let keys = text.and_then(|text| Keyring::parse(&text, chance()));
                keys.map_err(|error| format!("the session keys {}: {error}", path.display()))
            }
        }
    }

    /// Hands keys that change to the gateway, for ever. A file that cannot be read leaves the former keys in place.
    pub(crate) async fn follow(self, gateway: Arc<Gateway>) {
        let mut seen = self.changed();
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let now = self.changed();
            if now == seen {
                continue;
            }
            seen = now;
            match self.read() {
                Ok(keys) => {
                    gateway.rotate(keys);
                    tracing::info!("session keys read again");
                }
                Err(error) => tracing::warn!("the former session keys stay: {error}"),
            }
        }
    }

    fn changed(&self) -> Option<SystemTime> {
        match self {
            Self::Environment(_) => None,
            Self::File(path) => std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok(),
        }
    }
}
