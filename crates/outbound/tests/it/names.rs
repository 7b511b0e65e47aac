//! Names: asked of a real name server on loopback, kept as long as it says, checked when connecting.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use outbound::{FailureKind, Outbound, Rules};
use tokio::net::UdpSocket;
use url::Url;

use crate::server::{Server, ok};
use crate::{message, request};

/// A name server: what it says of each name, and for how many seconds; `None` where the name does not exist.
struct NameServer {
    address: SocketAddr,
    says: Arc<Mutex<HashMap<String, Option<(Ipv4Addr, u32)>>>>,
    /// Questions about IPv4 addresses so far.
    asked: Arc<Mutex<Vec<String>>>,
    /// Whether it answers at all.
    silent: Arc<Mutex<bool>>,
}

impl NameServer {
    async fn start() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            address: socket.local_addr().unwrap(),
            says: Arc::default(),
            asked: Arc::default(),
            silent: Arc::default(),
        };
        let (says, asked, silent) = (Arc::clone(&server.says), Arc::clone(&server.asked), Arc::clone(&server.silent));
        tokio::spawn(async move {
            let mut question = [0; 512];
            while let Ok((length, from)) = socket.recv_from(&mut question).await {
                let (name, kind) = asked_for(&question[12..length]);
                if kind == 1 {
                    asked.lock().unwrap().push(name.clone());
                }
                let said = says.lock().unwrap().get(&name).copied().flatten();
                let exists = says.lock().unwrap().get(&name).is_some_and(Option::is_some);
                if !*silent.lock().unwrap() {
                    let answer = answer(&question[..length], exists, said.filter(|_| kind == 1));
                    socket.send_to(&answer, from).await.unwrap();
                }
            }
        });
        server
    }

    fn say(&self, name: &str, address: [u8; 4], seconds: u32) {
        self.says.lock().unwrap().insert(name.to_owned(), Some((address.into(), seconds)));
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

/// The name and the type of a question (RFC 1035, 4.1.2).
fn asked_for(mut rest: &[u8]) -> (String, u16) {
    let mut labels = Vec::new();
    while rest[0] > 0 {
        let (label, more) = rest[1..].split_at(rest[0].into());
        labels.push(String::from_utf8_lossy(label).to_lowercase());
        rest = more;
    }
    (labels.join("."), u16::from_be_bytes([rest[1], rest[2]]))
}

/// The question again, with one address or none.
fn answer(question: &[u8], exists: bool, address: Option<(Ipv4Addr, u32)>) -> Vec<u8> {
    let end = 12 + question[12..].iter().position(|byte| *byte == 0).unwrap() + 5;
    let mut answer = question[..end].to_vec();
    answer[2..12].copy_from_slice(&[0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0]);
    answer[3] |= if exists { 0 } else { 3 };
    if let Some((address, seconds)) = address {
        answer[7] = 1;
        answer.extend([0xc0, 12, 0, 1, 0, 1]);
        answer.extend(seconds.to_be_bytes());
        answer.extend([0, 4]);
        answer.extend(address.octets());
    }
    answer
}

/// A door that asks this server, under a clock that the test moves in seconds.
fn door(names: &NameServer) -> (Outbound, Arc<AtomicI64>) {
    let seconds = Arc::new(AtomicI64::new(1_800_000_000));
    let clock = Arc::clone(&seconds);
    let clock = Arc::new(move || Timestamp::from_second(clock.load(Ordering::Relaxed)).unwrap());
    (Outbound::new(&[]).unwrap().with_clock(clock).with_name_server(names.address), seconds)
}

fn only_here() -> Rules {
    Rules { private: vec!["127.0.0.1/32".parse().unwrap()], ..Rules::default() }
}

fn url(server: &Server, host: &str) -> Url {
    Url::parse(&format!("http://{host}:{}/", server.url.port().unwrap())).unwrap()
}

async fn resolved(outbound: &Outbound, host: &str) -> Result<String, FailureKind> {
    let rules = Rules { private: vec!["127.0.0.0/8".parse().unwrap()], ..Rules::default() };
    let found = outbound.resolve(host, 0, &rules);
    found.await.map(|addresses| addresses[0].ip().to_string()).map_err(|failure| failure.kind)
}

#[tokio::test]
async fn a_name_that_turns_inside_after_its_check_leads_nowhere() {
    let (names, server) = (NameServer::start().await, Server::start(|_| ok("connection: close\r\n", "bonjour")).await);
    let (outbound, seconds) = door(&names);
    let client = outbound.client(only_here());
    names.say("edt.univ-demo.fr", [127, 0, 0, 1], 60);
    let response = client.send(request(&url(&server, "edt.univ-demo.fr"))).await.unwrap();
    assert_eq!((&response.body[..], names.asked()), (&b"bonjour"[..], 1));

    // What was checked is what is connected to, however the server changes its mind in between.
    names.say("edt.univ-demo.fr", [10, 0, 0, 1], 0);
    assert!(client.send(request(&url(&server, "edt.univ-demo.fr"))).await.is_ok());
    assert_eq!(names.asked(), 1);
    seconds.fetch_add(61, Ordering::Relaxed);
    let text = message(client.send(request(&url(&server, "edt.univ-demo.fr"))).await, FailureKind::Rejected);
    assert!(text.starts_with("edt.univ-demo.fr resolves to 10.0.0.1, a private address"), "{text}");
    assert_eq!((names.asked(), server.requests().len()), (2, 2));
}

#[tokio::test]
async fn an_answer_is_kept_as_long_as_it_says_within_bounds() {
    let names = NameServer::start().await;
    let (outbound, seconds) = door(&names);
    for (ttl, kept) in [(60, 60), (0, 5), (86_400, 300)] {
        names.say("edt.univ-demo.fr", [127, 0, 0, 2], ttl);
        seconds.fetch_add(1_000, Ordering::Relaxed);
        let before = names.asked();
        for _ in 0..3 {
            assert_eq!(resolved(&outbound, "EDT.univ-demo.fr.").await.unwrap(), "127.0.0.2");
        }
        seconds.fetch_add(kept - 1, Ordering::Relaxed);
        resolved(&outbound, "edt.univ-demo.fr").await.unwrap();
        assert_eq!(names.asked(), before + 1, "{ttl}");
        seconds.fetch_add(1, Ordering::Relaxed);
        resolved(&outbound, "edt.univ-demo.fr").await.unwrap();
        assert_eq!(names.asked(), before + 2, "{ttl}");
    }
}

#[tokio::test]
async fn that_a_name_is_unknown_is_kept_for_a_moment() {
    let names = NameServer::start().await;
    let (outbound, seconds) = door(&names);
    for _ in 0..3 {
        assert_eq!(resolved(&outbound, "nobody.univ-demo.fr").await, Err(FailureKind::Unavailable));
    }
    assert_eq!(names.asked(), 1);
    names.say("nobody.univ-demo.fr", [127, 0, 0, 3], 60);
    seconds.fetch_add(6, Ordering::Relaxed);
    assert_eq!(resolved(&outbound, "nobody.univ-demo.fr").await.unwrap(), "127.0.0.3");
}

#[tokio::test]
async fn the_last_answer_counts_for_a_day_where_the_name_server_is_away() {
    let names = NameServer::start().await;
    let (outbound, seconds) = door(&names);
    names.say("edt.univ-demo.fr", [127, 0, 0, 2], 60);
    resolved(&outbound, "edt.univ-demo.fr").await.unwrap();
    *names.silent.lock().unwrap() = true;
    seconds.fetch_add(3_600, Ordering::Relaxed);
    assert_eq!(resolved(&outbound, "edt.univ-demo.fr").await.unwrap(), "127.0.0.2");
    let asked = names.asked();
    assert_eq!(resolved(&outbound, "edt.univ-demo.fr").await.unwrap(), "127.0.0.2");
    assert_eq!(names.asked(), asked, "it is not asked again at once");
    seconds.fetch_add(86_400, Ordering::Relaxed);
    assert_eq!(resolved(&outbound, "edt.univ-demo.fr").await, Err(FailureKind::Unavailable));

    *names.silent.lock().unwrap() = false;
    names.say("edt.univ-demo.fr", [127, 0, 0, 4], 60);
    assert_eq!(resolved(&outbound, "edt.univ-demo.fr").await.unwrap(), "127.0.0.4");
}
