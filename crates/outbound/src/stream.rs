//! Connections for protocols that speak for themselves (LDAP): to a checked address, and TLS on them.

use std::io;
use std::net::{IpAddr, SocketAddr};

use rustls::pki_types::ServerName;
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::failure::seconds;
use crate::{Failure, FailureKind, Outbound, Rules, explain};

impl Outbound {
    /// Connects to a host, at an address that the rules allow.
    ///
    /// # Errors
    /// As [`Outbound::resolve`], and `Unavailable` where no address of it takes a connection in time.
    pub async fn connect(&self, host: &str, port: u16, rules: &Rules) -> Result<TcpStream, Failure> {
        let mut what = String::new();
        for address in self.resolve(host, port, rules).await? {
            what = match timeout(rules.connect_timeout, connected(address, rules.local_address)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => explain::unconnected(Some(&error)),
                Err(_) => explain::too_slow(rules),
            };
        }
        Err(unavailable(host, &what))
    }

    /// Speaks TLS on a connection, with whom shows a certificate of `host`. No application protocol is named (ALPN).
    ///
    /// # Errors
    /// `Unavailable` where the certificate does not hold, or no TLS is had in time.
    pub async fn secure(&self, host: &str, stream: TcpStream, rules: &Rules) -> Result<TlsStream<TcpStream>, Failure> {
        let name = ServerName::try_from(host.trim_start_matches('[').trim_end_matches(']').to_owned());
        let name = name.map_err(|_| unavailable(host, "is no name that a certificate could have"))?;
        let mut tls = rules.tls.as_ref().map_or(&self.tls, |own| &own.config).clone();
        tls.alpn_protocols.clear();
        match timeout(rules.connect_timeout, TlsConnector::from(std::sync::Arc::new(tls)).connect(name, stream)).await {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(error)) => Err(unavailable(host, &refused(&error))),
            Err(_) => Err(unavailable(host, &format!("did not speak TLS within {}", seconds(rules.connect_timeout)))),
        }
    }
}

/// A connection to `address`, from `local` where there is one.
async fn connected(address: SocketAddr, local: Option<IpAddr>) -> io::Result<TcpStream> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    if let Some(local) = local {
        socket.bind(SocketAddr::new(local, 0))?;
    }
    socket.connect(address).await
}

fn refused(error: &io::Error) -> String {
    explain::cause(error).map_or_else(|| "broke off before it spoke TLS".to_owned(), explain::tls)
}

fn unavailable(host: &str, what: &str) -> Failure {
    Failure::new(FailureKind::Unavailable, format!("{host} {what}"))
}
