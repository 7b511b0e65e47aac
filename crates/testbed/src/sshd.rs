//! OpenSSH's server: files by SFTP, for one user with a key.

use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;

use crate::process::{Process, free_port, installed};

/// Whom the server runs as where this process is root; else it is whoever runs the tests. It lets in nobody else.
const USER: &str = "www-data";

/// A running server.
pub struct Sshd {
    process: Process,
    address: SocketAddr,
    user: String,
}

/// Starts OpenSSH's server. `None` where it is not installed.
///
/// # Panics
/// It does not start.
#[must_use]
pub fn sshd() -> Option<Sshd> {
    if !installed("sshd") {
        return crate::missing("sshd", "openssh-server");
    }
    let mut process = Process::new(USER, "TERM");
    let address = free_port();
    process.folder("files");
    for key in ["host", "client"] {
        process.run(&["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], "");
    }
    let configuration = format!(
        "Port {}\nListenAddress {}\nHostKey {host}\nAuthorizedKeysFile {client}\nPidFile none\nStrictModes no\nUsePAM no\n\
        Subsystem sftp internal-sftp\nForceCommand internal-sftp\n",
        address.port(),
        address.ip(),
        host = process.path("host"),
        client = process.path("client.pub"),
    );
    process.write("sshd_config", configuration.as_bytes());
    // It starts itself anew for each connection, which needs its whole path.
    process.start(&["/usr/sbin/sshd", "-D", "-e", "-f", &process.path("sshd_config")], |_| {
        TcpStream::connect(address).is_ok()
    });
    let user = process.run(&["id", "-un"], "").trim().to_owned();
    Some(Sshd { process, address, user })
}

impl Sshd {
    /// The address of a file that was written.
    #[must_use]
    pub fn url(&self, name: &str) -> String {
        format!("sftp://{}@{}{}", self.user, self.address, self.path(name).display())
    }

    /// The same file on this machine.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.process.directory().join("files").join(name)
    }

    /// Writes a file.
    pub fn write(&self, name: &str, contents: impl AsRef<[u8]>) {
        self.process.write(&format!("files/{name}"), contents.as_ref());
    }

    /// The fingerprint of the server's key: `SHA256:…`.
    ///
    /// # Panics
    /// It has none.
    #[must_use]
    pub fn host_key(&self) -> String {
        let shown = self.process.run(&["ssh-keygen", "-l", "-f", "host.pub"], "");
        shown.split(' ').nth(1).expect("a fingerprint").to_owned()
    }

    /// The user's private key.
    ///
    /// # Panics
    /// It is not there.
    #[must_use]
    pub fn private_key(&self) -> String {
        std::fs::read_to_string(self.process.directory().join("client")).expect("a key")
    }
}
