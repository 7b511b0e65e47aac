//! One connection to a directory: encrypted before anything is said, and no answer larger than a person's entry needs.

use std::time::Duration;

use ldap3::Scope;
use ldap3::asn1::Tag;
use outbound::{Outbound, Rules};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::message::{self, Answer, Entry, Outcome, Request};
use super::server::{Security, Server};
use crate::{Failure, FailureKind};

/// One message of a directory, bytes.
const LARGEST: usize = 1 << 20;

/// References and other asides that a search may be answered with, before its end.
const ASIDES: usize = 100;

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A connection, on which one request is answered before the next is made.
pub(super) struct Connection<'s> {
    stream: Box<dyn Stream>,
    server: &'s Server,
    requests: i64,
}

/// What a search found.
pub(super) enum Found {
    /// Nothing.
    None,
    /// One entry.
    One(Entry),
    /// More than one.
    Several,
}

impl<'s> Connection<'s> {
    /// Connects, and sees to it that what follows cannot be read on the way.
    pub(super) async fn open(server: &'s Server, outbound: &Outbound, rules: &Rules) -> Result<Self, Failure> {
        let (host, port) = (server.host.as_str(), server.port);
        let mut plain = outbound.connect(host, port, rules).await?;
        let stream: Box<dyn Stream> = match server.security {
            Security::Tls => Box::new(outbound.secure(host, plain, rules).await?),
            Security::StartTls => {
                start_tls(server, &mut plain).await?;
                Box::new(outbound.secure(host, plain, rules).await?)
            }
            Security::Loopback if plain.peer_addr().is_ok_and(|peer| peer.ip().to_canonical().is_loopback()) => {
                Box::new(plain)
            }
            Security::Loopback => {
                let what = "would get passwords that anyone on the way can read: write ldaps://, or start_tls = true";
                return Err(server.misconfigured(what));
            }
        };
        // The number 1 may have been used by StartTLS.
        Ok(Self { stream, server, requests: 1 })
    }

    /// Whose other end it is.
    pub(super) fn server(&self) -> &'s Server {
        self.server
    }

    /// Binds, and says how that ended.
    pub(super) async fn bind(&mut self, dn: &str, password: &str) -> Result<Outcome, Failure> {
        let number = self.send(Request::bind(dn, password)).await?;
        match self.receive(number).await? {
            Answer::Done(outcome) => Ok(outcome),
            Answer::Entry(_) | Answer::Other => Err(strange(self.server)),
        }
    }

    /// Searches one entry.
    pub(super) async fn search(
        &mut self,
        (base, scope): (&str, Scope),
        filter: Tag,
        attributes: &[&str],
        timeout: Duration,
    ) -> Result<Found, Failure> {
        let number = self.send(Request::search(base, scope, filter, attributes, timeout)).await?;
        let mut found = Found::None;
        for _ in 0..ASIDES {
            match (self.receive(number).await?, found) {
                (Answer::Entry(entry), Found::None) => found = Found::One(entry),
                (Answer::Entry(_), _) => return Ok(Found::Several),
                (Answer::Other, before) => found = before,
                (Answer::Done(outcome), before) => return self.server.searched(&outcome).map(|_| before),
            }
        }
        Err(strange(self.server))
    }

    /// Says goodbye, where the directory still listens.
    pub(super) async fn close(mut self) {
        let _ = self.send(Request::unbind()).await;
        let _ = self.stream.shutdown().await;
    }

    async fn send(&mut self, request: Request) -> Result<i64, Failure> {
        self.requests += 1;
        let bytes = request.encode(self.requests);
        let sent = async {
            self.stream.write_all(&bytes).await?;
            self.stream.flush().await
        };
        sent.await.map_err(|_| broken(self.server))?;
        Ok(self.requests)
    }

    async fn receive(&mut self, number: i64) -> Result<Answer, Failure> {
        receive(self.server, &mut self.stream, number).await
    }
}

async fn start_tls(server: &Server, plain: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> Result<(), Failure> {
    plain.write_all(&Request::start_tls().encode(1)).await.map_err(|_| broken(server))?;
    match receive(server, plain, 1).await? {
        Answer::Done(Outcome { code: 0, .. }) => Ok(()),
        _ => {
            Err(server.misconfigured("refuses StartTLS: its staff can allow it, or write ldaps:// if it has that port"))
        }
    }
}

async fn receive(server: &Server, stream: &mut (impl AsyncRead + Unpin), number: i64) -> Result<Answer, Failure> {
    let mut bytes = Vec::new();
    let (head, length) = loop {
        match message::length(&bytes) {
            Err(()) => return Err(strange(server)),
            Ok(Some(known)) => break known,
            // Byte by byte: after StartTLS the following ones belong to TLS.
            Ok(None) => bytes.push(stream.read_u8().await.map_err(|_| broken(server))?),
        }
    };
    if length > LARGEST {
        return Err(server.misconfigured("answers with more than 1 MiB: name fewer `read_attributes`"));
    }
    bytes.resize(head + length, 0);
    let rest = bytes.get_mut(head..).unwrap_or_default();
    stream.read_exact(rest).await.map_err(|_| broken(server))?;
    match message::decode(&bytes) {
        Some((found, answer)) if i64::from(found) == number => Ok(answer),
        // It announces that it closes the connection (RFC 4511, 4.4.1).
        Some((0, _)) => Err(broken(server)),
        _ => Err(strange(server)),
    }
}

fn broken(server: &Server) -> Failure {
    Failure::new(FailureKind::Unavailable, format!("{server} broke off before it answered"))
}

fn strange(server: &Server) -> Failure {
    server.misconfigured("does not speak LDAP on this port")
}
