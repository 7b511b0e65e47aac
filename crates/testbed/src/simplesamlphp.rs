//! SimpleSAMLphp: a SAML 2.0 identity provider, with one student.

use std::net::{SocketAddr, TcpStream};

use crate::authority::{Identity, rsa};
use crate::process::{Process, free_port, installed};

const INSTALLED: &str = "/usr/share/simplesamlphp/www";

/// What it knows of its student, by names of attributes that it sends as OIDs.
const STUDENT: &str = "'uid'=>['adupont'],'mail'=>['aline.dupont@etu.univ-demo.fr'],\
    'eduPersonPrincipalName'=>['adupont@univ-demo.fr'],'displayName'=>['Aline Dupont'],\
    'eduPersonAffiliation'=>['student','member'],'supannEtuId'=>['22204518']";

/// A running provider.
pub struct SimpleSamlPhp {
    process: Process,
    address: SocketAddr,
    identity: Identity,
}

/// Starts a provider that signs assertions and responses. `hosted` adds to what `metadata/saml20-idp-hosted.php` says of
/// it, as entries of a PHP array: `'assertion.encryption' => true`. `None` where it is not installed.
#[must_use]
pub fn simplesamlphp(hosted: &str) -> Option<SimpleSamlPhp> {
    if !installed("php") || !std::path::Path::new(INSTALLED).is_dir() {
        return crate::missing("SimpleSAMLphp", "simplesamlphp php-cli php-xml");
    }
    let mut process = Process::new("www-data", "TERM");
    let (address, identity) = (free_port(), rsa("idp.univ-demo.fr"));
    let configuration = include_str!("simplesamlphp/config.php");
    let configuration = configuration.replace("ADDRESS", &address.to_string()).replace("DIRECTORY/", &process.path(""));
    process.write("config/config.php", configuration.as_bytes());
    let sources = format!(
        "<?php $config = ['admin' => ['core:AdminPassword'],
            'demo' => ['exampleauth:UserPass', 'adupont:demo' => [{STUDENT}]]];"
    );
    process.write("config/authsources.php", sources.as_bytes());
    let hosted = format!("{}\n$metadata['__DYNAMIC:1__'] += [{hosted}];", include_str!("simplesamlphp/idp.php"));
    process.write("metadata/saml20-idp-hosted.php", hosted.as_bytes());
    process.write("cert/idp.crt", identity.certificate.as_bytes());
    process.write("cert/idp.pem", identity.key.as_bytes());
    for folder in ["services", "sessions", "log", "tmp", "data"] {
        process.folder(folder);
    }
    let settings = format!("SIMPLESAMLPHP_CONFIG_DIR={}", process.path("config"));
    let listen = address.to_string();
    process.start(&["env", &settings, "php", "-S", &listen, "-t", INSTALLED], |_| TcpStream::connect(address).is_ok());
    Some(SimpleSamlPhp { process, address, identity })
}

impl SimpleSamlPhp {
    /// Its student, whose password is `demo`.
    pub const STUDENT: &str = "adupont";

    /// Its entity id, where its metadata is.
    #[must_use]
    pub fn entity_id(&self) -> String {
        format!("http://{}/saml2/idp/metadata.php", self.address)
    }

    /// Its certificate and key.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Makes a service provider known to it by its metadata.
    pub fn know(&self, name: &str, metadata: &str) {
        self.process.write(&format!("services/{name}.xml"), metadata.as_bytes());
    }
}
