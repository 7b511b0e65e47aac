//! What an embedded journal's file goes through: copies, damage, other programs.

use std::fs;
use std::sync::Arc;

use journal::{Durability, Journal, SqliteJournal};
use rusqlite::Connection;

use super::{Folder, open, refusal};
use crate::contract::{all, append, clock, record};

#[tokio::test]
async fn a_backup_goes_on_in_another_incarnation() {
    let folder = Folder::new();
    let copy = folder.path("copy.db");
    let journal = folder.journal().unwrap();
    let first = append(&journal, record(Some("a"), "1")).await.unwrap();
    journal.backup(&copy).await.unwrap();
    let forgotten = append(&journal, record(Some("b"), "2")).await.unwrap();

    let restored = open(&copy, clock()).unwrap();
    let other = append(&restored, record(Some("b"), "of the copy")).await.unwrap();
    assert!(other.stream.incarnation > forgotten.stream.incarnation && other.seq == 1);
    assert!(other.stamp > first.stamp);
    assert!(append(&restored, record(Some("a"), "1")).await.unwrap().repeated, "keys outlive an incarnation");
    assert_eq!(all(&restored, &first.stream).await.len(), 1);
    assert_eq!(restored.heads().await.unwrap().len(), 2);
    drop(restored);
    // From now on it is a journal as any other.
    let next = append(&open(&copy, clock()).unwrap(), record(None, "3")).await.unwrap();
    assert_eq!((next.stream, next.seq), (other.stream, 2));
    // The one that was copied is what it was.
    let next = append(&journal, record(None, "3")).await.unwrap();
    assert_eq!((next.stream, next.seq), (first.stream, 3));
}

#[tokio::test]
async fn a_backup_is_whole_while_others_write_and_replaces_the_one_before() {
    let folder = Folder::new();
    let journal = Arc::new(folder.journal().unwrap());
    let writer = {
        let journal = Arc::clone(&journal);
        tokio::spawn(async move {
            for _ in 0..200 {
                journal.append(vec![record(None, "{}"); 3], Durability::Local).await.unwrap();
            }
        })
    };
    let copy = folder.path("copy.db");
    while !writer.is_finished() {
        journal.backup(&copy).await.unwrap();
        let restored = open(&copy, clock()).unwrap();
        if let Some(head) = restored.heads().await.unwrap().first() {
            assert_eq!(all(&restored, &head.stream).await.len() as u64, head.seq);
            assert_eq!(head.seq % 3, 0, "a batch is copied whole");
        }
    }
    writer.await.unwrap();
    let names = fs::read_dir(folder.0.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(names.into_iter().all(|name| !name.contains("part")), "nothing of a copy is left over");
    let message = refusal(journal.backup(&folder.path("nowhere/copy.db")).await);
    assert!(message.contains("nowhere/copy.db") && message.contains("folder"), "{message}");
    let nothing = SqliteJournal::in_memory("dc1".parse().unwrap(), clock()).unwrap();
    refusal(nothing.backup(&copy).await);
}

#[tokio::test]
async fn the_log_of_a_journal_that_crashed_does_not_reach_the_backup_in_its_place() {
    let (crashed, folder) = (Folder::new(), Folder::new());
    let copy = folder.path("journal.db");
    let journal = crashed.journal().unwrap();
    let first = append(&journal, record(None, "1")).await.unwrap();
    journal.backup(&copy).await.unwrap();
    for _ in 0..50 {
        append(&journal, record(None, &"x".repeat(5000))).await.unwrap();
    }
    // As a crash would leave them: while the journal is open, most of it is in the log.
    for file in ["journal.db-wal", "journal.db-shm"] {
        fs::copy(crashed.path(file), folder.path(file)).unwrap();
    }
    let restored = folder.journal().unwrap();
    assert_eq!(all(&restored, &first.stream).await.len(), 1);
    assert_eq!(append(&restored, record(None, "2")).await.unwrap().seq, 1);
}

#[tokio::test]
async fn an_incarnation_is_never_given_twice_even_if_the_clock_stands() {
    let folder = Folder::new();
    let (mut from, mut incarnations) = (folder.path("journal.db"), Vec::new());
    for number in 0..3 {
        let journal = open(&from, clock()).unwrap();
        incarnations.push(append(&journal, record(None, "{}")).await.unwrap().stream.incarnation);
        from = folder.path(&format!("copy{number}.db"));
        journal.backup(&from).await.unwrap();
    }
    assert!(incarnations.is_sorted_by(|a, b| a < b), "{incarnations:?}");
}

#[tokio::test]
async fn another_process_may_append_to_the_same_file() {
    let folder = Folder::new();
    let (one, other) = (folder.journal().unwrap(), folder.journal().unwrap());
    for number in 1..=10 {
        let journal = if number % 2 == 0 { &one } else { &other };
        assert_eq!(append(journal, record(None, "{}")).await.unwrap().seq, number);
    }
    let stream = one.heads().await.unwrap().remove(0).stream;
    assert_eq!(all(&other, &stream).await.len(), 10);
}

#[tokio::test]
async fn refuses_what_is_no_journal_and_leaves_it_as_it_is() {
    let folder = Folder::new();
    let path = folder.path("journal.db");
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE of_somebody_else (x)").unwrap();
    let before = fs::read(&path).unwrap();
    let message = refusal(folder.journal());
    assert!(message.contains("journal.db is no journal of Préau: move it away"), "{message}");
    assert_eq!(fs::read(&path).unwrap(), before);
    fs::write(&path, "a letter to the dean, which is longer than the header of a database".repeat(9)).unwrap();
    assert!(refusal(folder.journal()).contains("is no journal of Préau"));
}

#[tokio::test]
async fn refuses_a_file_of_a_later_version() {
    let folder = Folder::new();
    drop(folder.journal().unwrap());
    let file = Connection::open(folder.path("journal.db")).unwrap();
    file.pragma_update(None, "user_version", 7).unwrap();
    let message = refusal(folder.journal());
    assert!(message.contains("made by a later Préau (version 7 of the journal): start that one"), "{message}");
}

#[tokio::test]
async fn refuses_a_path_where_no_file_can_be() {
    let folder = Folder::new();
    for path in [folder.path("nowhere/journal.db"), folder.path("")] {
        let message = refusal(open(&path, clock()));
        assert!(message.contains("cannot be opened") && message.contains("see that its folder is there"), "{message}");
    }
}

#[tokio::test]
async fn a_broken_chain_is_refused_with_its_place() {
    let changes = [
        ("UPDATE entry SET body = '{\"x\":2}' WHERE seq = 4", 4),
        ("UPDATE entry SET before = zeroblob(32) WHERE seq = 3", 3),
        ("DELETE FROM entry WHERE seq = 2", 2),
        ("DELETE FROM entry WHERE seq = 5", 5),
        ("UPDATE head SET seq = 4", 4),
        ("UPDATE head SET hash = zeroblob(32)", 5),
    ];
    for (change, place) in changes {
        let folder = Folder::new();
        let journal = folder.journal().unwrap();
        journal.append(vec![record(None, "{}"); 5], Durability::Local).await.unwrap();
        drop(journal);
        Connection::open(folder.path("journal.db")).unwrap().execute(change, []).unwrap();
        let message = refusal(folder.journal());
        assert!(message.contains(&format!("entry {place} of dc1/")), "{change}: {message}");
        assert!(message.contains("put the last backup in its place"), "{message}");
    }
}

#[tokio::test]
async fn damaged_pages_are_told_and_not_panicked_at() {
    let folder = Folder::new();
    let journal = folder.journal().unwrap();
    journal.append(vec![record(Some("a"), &"x".repeat(100_000))], Durability::Local).await.unwrap();
    journal.backup(&folder.path("copy.db")).await.unwrap();
    let whole = fs::read(folder.path("copy.db")).unwrap();
    for page in 0..whole.len() / 4096 {
        let mut torn = whole.clone();
        torn[page * 4096..][..4096].fill(0xa5);
        let path = folder.path(&format!("torn{page}.db"));
        fs::write(&path, torn).unwrap();
        // The index of keys alone is not read when the file is opened; it is when a key is looked for.
        let message = match open(&path, clock()) {
            Ok(journal) => refusal(append(&journal, record(Some("a"), "1")).await),
            refused => refusal(refused),
        };
        let expected = if page == 0 { "is no journal of Préau" } else { "is damaged" };
        assert!(message.contains(expected), "page {page}: {message}");
    }
}
