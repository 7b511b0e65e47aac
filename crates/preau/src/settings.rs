//! The operator's settings: one file, documented by its defaults.

mod cell;
mod hidden;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use identity::Staff;
use ipnet::IpNet;
use kinds::Lasting;
use serde::Deserialize;

pub(crate) use cell::Cell;
pub(crate) use hidden::Hidden;

/// The file with every setting, its documentation and its default; what a file of the operator's leaves out comes from
/// here.
pub(crate) const DEFAULT: &str = include_str!("settings/default.toml");

/// Where the admin socket is by default.
pub(crate) const ADMIN_SOCKET: &str = "/tmp/preau-admin.sock";

/// The settings of a server.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    pub listen: SocketAddr,
    pub zone: Option<String>,
    pub state: PathBuf,
    pub drain: Option<Lasting>,
    pub cell: Option<Cell>,
    pub admin_socket: PathBuf,
    pub signing_key: PathBuf,
    pub session_keys: PathBuf,
    pub directories: Vec<PathBuf>,
    pub max_connections: NonZeroU32,
    pub balancers: Vec<IpNet>,
    pub tls: Option<Tls>,
    pub cache: Cache,
    pub outbound: Outbound,
    pub variables: BTreeMap<String, Vec<String>>,
    pub staff: BTreeMap<String, Staff>,
    pub log: Log,
    pub telemetry: Option<Telemetry>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tls {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cache {
    pub max_mib: u32,
    pub disk_mib: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Outbound {
    pub authorities: Vec<PathBuf>,
    pub private: BTreeMap<String, Vec<IpNet>>,
    pub zones: BTreeMap<String, Vec<String>>,
    pub egress: BTreeMap<String, IpAddr>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Log {
    pub format: Format,
    pub level: String,
    pub slow: Lasting,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Telemetry {
    pub endpoint: String,
    #[serde(default)]
    pub headers: BTreeMap<String, Hidden>,
    #[serde(default = "Telemetry::a_tenth")]
    pub sampling: f64,
    #[serde(default = "Telemetry::name")]
    pub service: String,
    #[serde(default)]
    pub private: Vec<IpNet>,
    #[serde(default)]
    pub trusted: Vec<IpNet>,
}

impl Telemetry {
    fn a_tenth() -> f64 {
        0.1
    }

    fn name() -> String {
        "preau".to_owned()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    Text,
    Json,
}

impl Settings {
    /// The defaults, and over them a file.
    ///
    /// # Errors
    /// The file cannot be read, or a setting in it is wrong: with its place.
    pub(crate) fn load(file: Option<&Path>) -> Result<Self, String> {
        let mut table: toml::Table = toml::from_str(DEFAULT).map_err(|error| error.to_string())?;
        if let Some(path) = file {
            let text = std::fs::read_to_string(path)
                .map_err(|error| format!("the settings {} cannot be read: {error}", path.display()))?;
            // Not the line itself, which may hold a password.
            let wrong = |error: toml::de::Error| {
                let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
                format!("{}:{}: {}", path.display(), before.matches('\n').count() + 1, error.message())
            };
            let own: toml::Table = toml::from_str(&text).map_err(wrong)?;
            overlay(&mut table, own);
        }
        let place = file.map(|path| path.display().to_string()).unwrap_or_default();
        table.try_into().map_err(|error: toml::de::Error| format!("{place}: {error}"))
    }
}

fn overlay(base: &mut toml::Table, over: toml::Table) {
    for (key, value) in over {
        match (base.get_mut(&key), value) {
            (Some(toml::Value::Table(base)), toml::Value::Table(over)) => overlay(base, over),
            (_, value) => drop(base.insert(key, value)),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_defaults_are_the_defaults() {
        let settings = Settings::load(None).unwrap();
        assert_eq!(settings.admin_socket, Path::new(ADMIN_SOCKET));
        assert_eq!(settings.cache.max_mib, 256);
        assert!(settings.outbound.private.is_empty());
    }

    #[test]
    fn a_file_says_only_what_differs() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("preau.toml");
        let said = "balancers = [\"10.2.0.7/32\"]\n[outbound.private]\nrivage = [\"10.2.0.0/16\"]\n";
        std::fs::write(&file, said).unwrap();
        let settings = Settings::load(Some(&file)).unwrap();
        assert_eq!(settings.balancers, ["10.2.0.7/32".parse().unwrap()]);
        assert_eq!(settings.outbound.private.get("rivage").unwrap().len(), 1);
        assert_eq!(settings.log.format, Format::Text);
    }

    #[test]
    fn an_unknown_setting_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("preau.toml");
        std::fs::write(&file, "[cache]\nmax_mb = 3\n").unwrap();
        let refusal = Settings::load(Some(&file)).unwrap_err();
        assert!(refusal.contains("max_mb") && refusal.contains("max_mib"), "{refusal}");
    }
}
