//! Cells on this machine, one PostgreSQL each.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use journal::postgres::{Address, Cell, Login, Peer, PostgresJournal, Status, Watch};
use journal::{Ack, Durability, Entry, Failure, Hybrid, Journal, Origin, Record, Stream};
use testbed::{Postgres, postgres_with};

/// What `preau cell init` asks for; retries are quicker still.
const SETTINGS: [&str; 9] = [
    "wal_level=logical",
    "max_replication_slots=10",
    "max_wal_senders=10",
    "max_logical_replication_workers=8",
    "max_worker_processes=16",
    "wal_sender_timeout=5s",
    "wal_receiver_timeout=5s",
    "wal_retrieve_retry_interval=100ms",
    "tcp_user_timeout=5s",
];

pub struct Cells {
    pub servers: Vec<Postgres>,
}

impl Cells {
    /// Servers that nobody set up yet. `None` where PostgreSQL is not installed.
    pub fn bare(count: usize, settings: &[&str]) -> Option<Self> {
        let settings = [&SETTINGS[..], settings].concat();
        let servers = std::thread::scope(|scope| {
            let starting: Vec<_> = (0..count).map(|_| scope.spawn(|| postgres_with(&settings))).collect();
            starting.into_iter().map(|server| server.join().unwrap()).collect::<Option<_>>()
        });
        Some(Self { servers: servers? })
    }

    /// Cells that replicate to each other.
    pub async fn joined(count: usize, settings: &[&str]) -> Option<Self> {
        let cells = Self::bare(count, settings)?;
        for cell in 0..count {
            cells.init(cell).await;
        }
        for cell in 0..count {
            assert_eq!(cells.join(cell).await.0, 0);
        }
        Some(cells)
    }

    pub fn cell(&self, number: usize) -> Cell {
        let others = (0..self.servers.len()).filter(|other| *other != number);
        let peer = |other| Peer { origin: name(other), address: self.address(other, "guest") };
        let guest = Login { user: "guest".to_owned(), password: "it's of guest".to_owned() };
        Cell { origin: name(number), database: self.address(number, "app"), guest, peers: others.map(peer).collect() }
    }

    pub fn admin(&self, number: usize) -> Address {
        Address::parse(&self.servers[number].superuser("postgres"), Vec::new()).unwrap()
    }

    pub async fn init(&self, number: usize) -> (usize, String) {
        let mut told = String::new();
        let mut tell = |line: &str| told.push_str(&format!("{line}\n"));
        let left = self.cell(number).init(&self.admin(number), true, &mut tell).await.unwrap();
        (left, told)
    }

    pub async fn join(&self, number: usize) -> (usize, String) {
        let mut told = String::new();
        let mut tell = |line: &str| told.push_str(&format!("{line}\n"));
        let left = self.cell(number).join(&self.admin(number), &mut tell).await.unwrap();
        (left, told)
    }

    pub async fn recover(&self, number: usize) -> String {
        let mut told = String::new();
        let mut tell = |line: &str| told.push_str(&format!("{line}\n"));
        self.cell(number).recover(&self.admin(number), &mut tell).await.unwrap();
        told
    }

    pub async fn forget(&self, number: usize, gone: usize) -> (usize, String) {
        let mut told = String::new();
        let mut tell = |line: &str| told.push_str(&format!("{line}\n"));
        let left = self.cell(number).forget(&self.admin(number), &name(gone), &mut tell).await.unwrap();
        (left, told)
    }

    pub fn journal(&self, number: usize) -> PostgresJournal {
        PostgresJournal::open(&self.address(number, "app"), name(number), clock())
    }

    pub async fn status(&self, number: usize) -> Status {
        let Cell { origin, database, peers, .. } = self.cell(number);
        Watch::new(&database, origin, &peers, clock()).look().await
    }

    /// Every row of a cell's journal, as text.
    pub fn rows(&self, number: usize) -> BTreeSet<String> {
        let rows = self.servers[number].sql("cell", "select * from preau.journal");
        rows.lines().map(ToOwned::to_owned).collect()
    }

    /// Waits until all cells have the same, which is `count` entries.
    pub async fn converge(&self, count: usize) {
        let all = || (0..self.servers.len()).map(|cell| self.rows(cell)).collect::<Vec<_>>();
        until("the cells have the same", async || all().iter().all(|rows| rows.len() == count)).await;
        let rows = all();
        assert!(rows.iter().all(|other| *other == rows[0]));
    }

    fn address(&self, number: usize, user: &str) -> Address {
        let address = self.servers[number].address();
        Address::parse(&format!("postgres://{user}:it%27s%20of%20{user}@{address}/cell"), Vec::new()).unwrap()
    }
}

pub fn name(number: usize) -> Origin {
    format!("dc{}", number + 1).parse().unwrap()
}

pub fn clock() -> Arc<Hybrid> {
    Hybrid::new(Arc::new(Timestamp::now))
}

pub fn record(body: &str) -> Record {
    let body = format!("\"{body}\"");
    Record { campus: Some("rivage".to_owned()), kind: "change".to_owned(), version: 1, key: None, body }
}

pub async fn append(journal: &impl Journal, body: &str) -> Result<Ack, Failure> {
    Ok(journal.append(vec![record(body)], Durability::Local).await?.remove(0))
}

/// All entries of a stream, whole and in a chain.
pub async fn read(journal: &impl Journal, stream: &Stream) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    loop {
        let after = entries.last().map_or(0, |entry| entry.seq);
        let page = journal.read(stream, after, 100).await.unwrap();
        if page.is_empty() {
            break;
        }
        entries.extend(page);
    }
    assert!(entries.iter().all(Entry::is_whole));
    assert!(entries.windows(2).all(|pair| pair[1].before == pair[0].hash && pair[1].stamp > pair[0].stamp));
    entries
}

pub async fn until(what: &str, done: impl AsyncFn() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !done().await {
        assert!(Instant::now() < end, "waited too long until {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
