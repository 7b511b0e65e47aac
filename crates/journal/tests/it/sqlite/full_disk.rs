//! A disk without room: nothing that was acknowledged is lost, and writing goes on when there is room again.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use journal::{Ack, Failure, Journal};

use super::{open, refusal};
use crate::contract::{all, append, clock, record};
use crate::{alone, this_program};

/// Runs [`on_a_small_disk`] with a file system of a few megabytes that only it sees.
#[test]
fn a_full_disk_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let namespace = || {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c"]);
        command
            .arg("mount -t tmpfs -o size=6m none \"$1\" || exit 99; shift; exec \"$@\"")
            .arg("sh")
            .arg(folder.path());
        command
    };
    if !namespace().arg("true").status().is_ok_and(|status| status.success()) {
        eprintln!("skipped: this machine lets nobody mount in a namespace of their own (unshare --user --mount)");
        return;
    }
    let mut test = namespace();
    test.arg(this_program());
    alone("sqlite::full_disk::on_a_small_disk", &mut test);
    let mut test = test.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    write!(test.stdin.take().unwrap(), "{}", folder.path().display()).unwrap();
    let output = test.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"), "{output:?}");
}

#[tokio::test]
#[ignore = "started by a_full_disk_loses_nothing"]
async fn on_a_small_disk() {
    let folder = std::io::read_to_string(std::io::stdin()).unwrap();
    let folder = Path::new(&folder);
    let path = folder.join("journal.db");
    let journal = open(&path, clock()).unwrap();
    let mut acks = vec![append(&journal, record(Some("first"), "1")).await.unwrap()];
    // Once the log has no room, once the file when the log is written back to it.
    for ballast in [5 << 20, 1 << 20] {
        fs::write(folder.join("ballast"), vec![0; ballast]).unwrap();
        let message = fill(&journal, &mut acks).await;
        assert!(message.contains("journal.db is on a full disk: make room and write again"), "{message}");
        refusal(append(&journal, record(Some("large"), &"x".repeat(100_000))).await);
        assert!(append(&journal, record(Some("first"), "1")).await.unwrap().repeated, "what is known is told");
        found(&journal, &acks).await;
        // A process that starts now reads all the same.
        found(&open(&path, clock()).unwrap(), &acks).await;
        fs::remove_file(folder.join("ballast")).unwrap();
        acks.push(append(&journal, record(None, &"y".repeat(20_000))).await.unwrap());
        found(&journal, &acks).await;
    }
    drop(journal);
    found(&open(&path, clock()).unwrap(), &acks).await;
}

/// Appends until there is no room.
async fn fill(journal: &dyn Journal, acks: &mut Vec<Ack>) -> String {
    loop {
        match append(journal, record(None, &"x".repeat(20_000))).await {
            Ok(ack) => acks.push(ack),
            Err(Failure::Unavailable(message)) => return message,
            Err(other) => panic!("{other}"),
        }
    }
}

async fn found(journal: &dyn Journal, acks: &[Ack]) {
    let entries = all(journal, &acks[0].stream).await;
    let found: Vec<_> = entries.iter().map(|entry| (entry.seq, entry.stamp)).collect();
    let acknowledged: Vec<_> = acks.iter().map(|ack| (ack.seq, ack.stamp)).collect();
    assert_eq!(found, acknowledged);
}
