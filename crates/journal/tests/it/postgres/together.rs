//! Cells that are well, and cells that lose each other.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use journal::postgres::{Address, Cell, Peer};
use journal::{Durability, Journal, Record};

use super::cells::{Cells, append, name, read, record, until};

const SHORT: Durability = Durability::AnyRemote(Duration::from_secs(5));

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_writes_all_have_within_a_moment() {
    let mut cells = testbed::need!(Cells::joined(3, &[]).await);
    let journals = [0, 1, 2].map(|cell| cells.journal(cell));
    let mut wake = journals[2].wake();
    let begun = Instant::now();
    let stream = append(&journals[0], "news").await.unwrap().stream;
    while journals[2].read(&stream, 0, 1).await.unwrap().is_empty() {
        wake.changed().await.unwrap();
    }
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    // Peers' subscriptions reconnect under their last name when they have joined.
    until("a peer confirms", async || journals[0].append(vec![record("1")], SHORT).await.unwrap()[0].replicated).await;
    // A phone that goes to another cell with the same key learns that its write is known.
    let keyed = || vec![Record { key: Some("once".to_owned()), ..record("ticket") }];
    let first = journals[0].append(keyed(), SHORT).await.unwrap().remove(0);
    assert!(first.replicated && !first.repeated);
    until("all have it", async || {
        let heads = join_all(journals.iter().map(Journal::heads)).await;
        heads.iter().all(|heads| heads.as_ref().unwrap().iter().any(|head| head.seq == first.seq))
    })
    .await;
    let again = journals[1].append(keyed(), SHORT).await.unwrap().remove(0);
    assert!(again.repeated && again.replicated && again.stream == first.stream && again.seq == first.seq);
    // Joining again finds nothing to do.
    let (left, told) = cells.join(1).await;
    assert_eq!((left, told.lines().count(), told.contains("copied")), (0, 2, false), "{told}");
    let status = cells.status(1).await;
    assert!(status.alarms.is_empty(), "{:?}", status.alarms);
    assert!(status.peers.iter().all(|peer| peer.receiving && peer.behind.unwrap().entries == 0));
    assert!(status.peers.iter().all(|peer| peer.skew_ms.unwrap().abs() < 1000));
    // Alone, a write waits for nobody.
    cells.servers[1].kill();
    cells.servers[2].kill();
    until("the dead are gone", async || {
        let begun = Instant::now();
        let acks = journals[0].append(vec![record("alone")], SHORT).await.unwrap();
        !acks[0].replicated && begun.elapsed() < Duration::from_secs(1)
    })
    .await;
    let status = cells.status(0).await;
    assert!(status.alarms.iter().any(|alarm| alarm.starts_with("dc2 does not answer")), "{:?}", status.alarms);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cell_that_is_left_alone_goes_on_and_all_have_everything_after() {
    let mut cells = testbed::need!(Cells::joined(3, &[]).await);
    let journals = [0, 1, 2].map(|cell| cells.journal(cell));
    for journal in &journals {
        append(journal, "together").await.unwrap();
    }
    cells.converge(3).await;
    cells.servers[0].kill();
    cells.servers[1].kill();
    append(&journals[2], "alone").await.unwrap();
    cells.servers[2].kill();
    let begun = Instant::now();
    cells.servers[2].start();
    let stream = append(&journals[2], "rebooted alone").await.unwrap().stream;
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert_eq!(read(&journals[2], &stream).await.len(), 1);
    cells.servers[0].start();
    cells.servers[1].start();
    for journal in &journals {
        append(journal, "together again").await.unwrap();
    }
    cells.converge(8).await;
    assert_eq!(journals[0].heads().await.unwrap().len(), 6);
    let status = cells.status(0).await;
    assert!(status.conflicts == 0 && status.peers.iter().all(|peer| peer.forgotten == 0), "{status:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_entry_of_the_same_number_is_kept_apart_and_replication_goes_on() {
    let cells = testbed::need!(Cells::joined(2, &[]).await);
    let journals = [0, 1].map(|cell| cells.journal(cell));
    let stream = append(&journals[0], "first").await.unwrap().stream;
    cells.converge(1).await;
    let forged = format!(
        "insert into preau.journal values ('{}', {}, 2, 1, '', '\\x00', null, 'change', 1, null, '{{}}')",
        name(0),
        stream.incarnation
    );
    cells.servers[1].sql("cell", &forged);
    append(&journals[0], "second").await.unwrap();
    append(&journals[0], "third").await.unwrap();
    until("the third is there", async || journals[1].read(&stream, 2, 1).await.unwrap().len() == 1).await;
    assert!(cells.servers[1].sql("cell", "select body from preau.conflict").contains("second"));
    let status = cells.status(1).await;
    assert!(status.conflicts == 1 && status.alarms[0].contains("preau.conflict"), "{:?}", status.alarms);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn peers_reach_each_other_by_verified_tls() {
    let cells = testbed::need!(Cells::bare(2, &[]));
    for cell in [0, 1] {
        cells.init(cell).await;
    }
    // The authority of the first, where the server of the second reads it; and another one that it should not believe.
    let file = |authority: &str| {
        let server = &cells.servers[1];
        let path = format!("{}/{}.pem", server.sql("cell", "show data_directory").trim(), authority.len());
        server.sql("cell", &format!("copy (select regexp_split_to_table('{authority}', '\n')) to '{path}'"));
        path
    };
    let secure = |authority: &str, trusted: &str| {
        let (port, file) = (cells.servers[0].address().port(), file(authority));
        let url = format!(
            "postgres://guest:it%27s%20of%20guest@localhost:{port}/cell?sslmode=verify-full&sslrootcert={file}"
        );
        let address = Address::parse(&url, trusted.as_bytes().to_vec()).unwrap();
        let peers = vec![Peer { origin: name(0), address }];
        Cell { peers, ..cells.cell(1) }
    };
    let (right, wrong) = (cells.servers[0].authority(), format!("{}\n", cells.servers[1].authority()));
    let mut told = String::new();
    for (authority, trusted) in [(right, wrong.as_str()), (&wrong, right)] {
        let left = secure(authority, trusted).join(&cells.admin(1), &mut |line| told.push_str(line)).await.unwrap();
        assert!(left == 1 && told.contains("left out"), "{told}");
        assert!(!told.contains("it's of guest"), "{told}");
    }
    let left = secure(right, right).join(&cells.admin(1), &mut |line| told.push_str(line)).await.unwrap();
    assert_eq!(left, 0, "{told}");
    until("it is connected", async || {
        let secure =
            "select ssl from pg_stat_ssl join pg_stat_replication using (pid) where application_name = 'preau_dc2'";
        cells.servers[0].sql("cell", secure).trim() == "t"
    })
    .await;
}
