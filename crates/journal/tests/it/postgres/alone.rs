//! The journal of one cell, whatever its server does.

use std::time::{Duration, Instant};

use journal::{Failure, Journal};

use super::cells::{Cells, append, read, record};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_of_a_cell_write_one_stream() {
    let cells = testbed::need!(Cells::bare(1, &[]));
    let nodes = [cells.journal(0), cells.journal(0)];
    let unset = append(&nodes[0], "too early").await.unwrap_err().to_string();
    assert!(unset.contains("`preau cell init`") && !unset.contains("it's of app"), "{unset}");
    cells.init(0).await;
    let (left, told) = cells.init(0).await;
    assert_eq!(left, 1, "{told}");
    assert!(told.contains("write `fsync = on`"), "{told}");
    // The application needs no administrator's rights.
    assert_eq!(cells.servers[0].sql("cell", "select rolsuper from pg_roles where rolname = 'app'").trim(), "f");
    let write = async |node: usize| {
        let nodes = &nodes;
        let many = (0..100).map(async |number| append(&nodes[node], &format!("{node} {number}")).await);
        futures_util::future::try_join_all(many).await.unwrap()
    };
    let (acks, others) = tokio::join!(write(0), write(1));
    let mut numbers: Vec<u64> = acks.iter().chain(&others).map(|ack| ack.seq).collect();
    numbers.sort_unstable();
    assert!(numbers.into_iter().eq(1..=200));
    let stream = &acks[0].stream;
    assert_eq!(read(&nodes[1], stream).await.len(), 200);
    let heads = nodes[0].heads().await.unwrap();
    assert_eq!((heads.len(), &heads[0].stream, heads[0].seq), (1, stream, 200));
    // A dump that is restored while the server runs may be older than what was written since.
    let restore =
        "create temp table dump as table preau.head; delete from preau.head; insert into preau.head table dump";
    cells.servers[0].sql("cell", restore);
    let after = append(&nodes[0], "restored").await.unwrap();
    assert!(after.seq == 1 && after.stream.incarnation > stream.incarnation);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn goes_on_by_itself_when_its_server_is_back() {
    let mut cells = testbed::need!(Cells::bare(1, &["fsync=on"]));
    cells.init(0).await;
    let journal = cells.journal(0);
    let first = append(&journal, "before").await.unwrap();
    let mut wake = journal.wake();
    cells.servers[0].kill();
    let begun = Instant::now();
    let failure = append(&journal, "lost").await.unwrap_err();
    assert!(matches!(&failure, Failure::Unavailable(why) if why.contains("systemctl status postgresql")), "{failure}");
    assert!(begun.elapsed() < Duration::from_secs(2));
    cells.servers[0].start();
    let second = append(&journal, "after").await.unwrap();
    // What the server may have forgotten while it was away cannot be taken for what is written now.
    assert!(second.stream.incarnation > first.stream.incarnation && second.seq == 1);
    cells.servers[0].freeze();
    let begun = Instant::now();
    let (written, found) = tokio::join!(append(&journal, "frozen"), journal.read(&first.stream, 0, 9));
    assert!(matches!(written, Err(Failure::Unavailable(why)) if why.contains("in time")));
    assert!(matches!(found, Err(Failure::Unavailable(_))));
    assert!(begun.elapsed() < Duration::from_secs(8));
    cells.servers[0].thaw();
    wake.mark_unchanged();
    let third = append(&journal, "thawed").await.unwrap();
    assert_eq!(third.stream, second.stream);
    wake.changed().await.unwrap();
    assert_eq!(read(&journal, &first.stream).await.len(), 1);
    assert!(read(&journal, &second.stream).await.iter().any(|entry| entry.record == record("thawed")));
}
