//! LemonLDAP::NG: a school's single sign-on over its directory: CAS server, SAML identity provider and OpenID provider.

mod settings;

use std::net::{SocketAddr, TcpStream};

use crate::process::{Process, free_port, installed};
use crate::slapd::Slapd;

/// What may sign in through it. Without an address, that protocol has no application.
#[derive(Default)]
pub struct Applications {
    /// OpenID Connect: redirect URI of the client [`LemonLdap::CLIENT`].
    pub redirect: String,
    /// OpenID Connect: where that client's users may come back to after signing out.
    pub signed_out: String,
    /// CAS: the services, separated by spaces; with any query.
    pub service: String,
    /// SAML: a service provider's metadata, XML.
    pub metadata: String,
    /// SAML: that of another, for which assertions are encrypted.
    pub encrypted: String,
}

/// A running LemonLDAP::NG.
pub struct LemonLdap {
    _process: Process,
    address: SocketAddr,
}

/// Starts one over a directory, with the applications made for its own address (`http://127.0.0.1:PORT/`). `None` where it
/// is not installed.
///
/// Of single logout it speaks that of CAS and of SAML; version 2.16 has no back-channel logout of OpenID Connect.
#[must_use]
pub fn lemonldap(directory: &Slapd, applications: impl FnOnce(&str) -> Applications) -> Option<LemonLdap> {
    if !installed("starman") || !std::path::Path::new(PORTAL).exists() {
        return crate::missing("LemonLDAP::NG", "lemonldap-ng liblemonldap-ng-portal-perl starman liblasso-perl");
    }
    let mut process = Process::new("www-data", "TERM");
    let address = free_port();
    let portal = format!("http://{address}/");
    let settings = settings::of(&process, directory, &portal, &applications(&portal));
    process.write("conf/lmConf-1.json", settings.to_string().as_bytes());
    process.write(
        "lemonldap-ng.ini",
        include_str!("lemonldap/lemonldap-ng.ini").replace("DIRECTORY", &process.path("")).as_bytes(),
    );
    process.write("portal.psgi", include_bytes!("lemonldap/portal.psgi"));
    for folder in ["conf", "cache", "sessions", "sessions/lock", "remembered", "remembered/lock"] {
        process.folder(folder);
    }
    let settings = format!("LLNG_DEFAULTCONFFILE={}", process.path("lemonldap-ng.ini"));
    let (port, portal) = (address.port().to_string(), process.path("portal.psgi"));
    let program =
        ["env", &settings, "plackup", "-s", "Starman", "--workers", "2", "--host", "127.0.0.1", "--port", &port];
    process.start(&[&program[..], &[&portal]].concat(), |_| TcpStream::connect(address).is_ok());
    Some(LemonLdap { _process: process, address })
}

/// Where Debian keeps its pages.
const PORTAL: &str = "/usr/share/lemonldap-ng/portal/templates";

impl LemonLdap {
    /// The client id of OpenID Connect.
    pub const CLIENT: &str = "campus";
    /// Its secret.
    pub const CLIENT_SECRET: &str = "secret-of-campus";

    /// Its address for a path: `""` is the OpenID issuer, `cas` the CAS server, `saml/metadata` the SAML identity
    /// provider's entity id and metadata.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }
}
