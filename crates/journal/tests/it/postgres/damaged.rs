//! Cells that come back with less than they had.

use std::time::Duration;

use journal::{Durability, Journal};

use super::cells::{Cells, append, name, record, until};

const SHORT: Durability = Durability::AnyRemote(Duration::from_secs(3));

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cell_put_back_to_a_snapshot_gives_no_number_twice_and_gets_back_what_it_lost() {
    let mut cells = testbed::need!(Cells::joined(3, &[]).await);
    let journals = [0, 1, 2].map(|cell| cells.journal(cell));
    let old = append(&journals[0], "before the snapshot").await.unwrap().stream;
    append(&journals[1], "from elsewhere").await.unwrap();
    cells.converge(2).await;
    cells.servers[0].snapshot();
    for number in 0..50 {
        append(&journals[0], &format!("lost {number}")).await.unwrap();
    }
    append(&journals[2], "from elsewhere").await.unwrap();
    cells.converge(53).await;
    cells.servers[0].kill();
    cells.servers[0].restore();
    cells.servers[0].start();
    let connected = "select count(*) from pg_stat_replication where flush_lsn > pg_current_wal_lsn()";
    until("its peers are back", async || cells.servers[0].sql("cell", connected).trim() == "2").await;
    // They say that they have already what it writes now; it does not believe them.
    let ack = journals[0].append(vec![record("after")], SHORT).await.unwrap().remove(0);
    assert!(ack.stream.incarnation > old.incarnation && ack.seq == 1 && !ack.replicated, "{ack:?}");
    let status = cells.status(0).await;
    let lost = "50 entries of dc1 that its own database lost: run `preau cell recover`";
    assert!(status.alarms.iter().any(|alarm| alarm.contains(lost)), "{:?}", status.alarms);
    let (_, told) = cells.join(1).await;
    assert!(told.contains("dc1: it was put back to an earlier state"), "{told}");
    // It goes on to where the third believes to have been: of what follows, that one receives only the end.
    until("the third goes on", async || {
        append(&journals[0], &"x".repeat(10_000)).await.unwrap();
        cells.servers[0].sql("cell", connected).trim() == "0"
    })
    .await;
    let last = append(&journals[0], "last").await.unwrap();
    until("its end arrives", async || cells.status(2).await.streams.iter().any(|end| end.seq == last.seq)).await;
    let status = cells.status(2).await;
    assert!(status.alarms.iter().any(|alarm| alarm.contains("in the middle of its stream")), "{:?}", status.alarms);
    assert_eq!(journals[2].read(&last.stream, 0, 9).await.unwrap(), []);
    let told = cells.recover(0).await;
    assert!(told.contains("51 entries came back"), "{told}");
    for cell in 0..3 {
        let (left, told) = cells.join(cell).await;
        assert_eq!(left, 0, "{told}");
        assert!(cell < 2 || told.contains("dc1: replication went past entries"), "{told}");
    }
    let ack = append(&journals[0], "well again").await.unwrap();
    // Recovered, it begins anew once more.
    assert!(ack.seq == 1 && ack.stream.incarnation > last.stream.incarnation);
    cells.converge(53 + usize::try_from(last.seq).unwrap() + 1).await;
    assert_eq!(cells.servers[1].sql("cell", "select count(*) from preau.conflict").trim(), "0");
    until("a peer confirms", async || journals[0].append(vec![record("1")], SHORT).await.unwrap()[0].replicated).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cell_whose_disk_is_lost_is_rebuilt_from_its_peers() {
    let mut cells = testbed::need!(Cells::joined(3, &[]).await);
    let journals = [0, 1, 2].map(|cell| cells.journal(cell));
    for journal in &journals {
        append(journal, "before").await.unwrap();
    }
    cells.converge(3).await;
    cells.servers[0].kill();
    cells.servers[0].wipe();
    cells.servers[0].start();
    // The third is away: what it wrote comes from the second.
    cells.servers[2].kill();
    cells.init(0).await;
    let status = cells.status(0).await;
    let (own, others) = (status.peers[0].forgotten, status.peers[0].only_there);
    assert!((own, others) == (1, 1) && status.alarms.iter().any(|alarm| alarm.contains("cell recover")), "{status:?}");
    let told = cells.recover(0).await;
    assert!(told.contains("dc2: 3 entries came back") && told.contains("dc3 is left out for now"), "{told}");
    append(&journals[0], "rebuilt").await.unwrap();
    cells.servers[2].start();
    for cell in 0..3 {
        let (left, told) = cells.join(cell).await;
        assert_eq!(left, 0, "{told}");
    }
    append(&journals[2], "after").await.unwrap();
    cells.converge(5).await;
    let (left, told) = cells.forget(0, 2).await;
    assert!(left == 1 && told.contains("nothing is kept for it"), "{told}");
    let slots = cells.servers[0].sql("cell", "select slot_name from pg_replication_slots");
    assert_eq!(slots.trim(), format!("preau_to_{}", name(1)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cell_that_was_away_for_longer_than_its_changes_are_kept_joins_again() {
    let limits = ["max_slot_wal_keep_size=1MB", "min_wal_size=2MB", "max_wal_size=2MB"];
    let mut cells = testbed::need!(Cells::joined(2, &limits).await);
    let journals = [0, 1].map(|cell| cells.journal(cell));
    append(&journals[1], "before").await.unwrap();
    cells.converge(1).await;
    cells.servers[1].kill();
    for number in 0..8 {
        append(&journals[0], &format!("{number} {}", "x".repeat(1 << 20))).await.unwrap();
        cells.servers[0].sql("cell", "select pg_switch_wal(); checkpoint");
    }
    let status = cells.status(0).await;
    assert!(status.alarms.iter().any(|alarm| alarm.contains("away for longer")), "{:?}", status.alarms);
    cells.servers[1].start();
    let (left, told) = cells.join(1).await;
    assert!(left == 0 && told.contains("could not keep all"), "{told}");
    append(&journals[0], "after").await.unwrap();
    cells.converge(10).await;
}
