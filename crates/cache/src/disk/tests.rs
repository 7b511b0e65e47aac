//! The disk under restarts, purges, full rooms and damage; a restart is a cache that is dropped and opened again.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;
use std::future::poll_fn;
use std::path::Path;
use std::sync::atomic::AtomicI64;
use std::task::Poll;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::Origin;
use crate::store::tests::bench::{Bench, DOWN, Text, is, key, lifetimes, public, told};

/// A folder for a cache, and the epoch that its keys have.
struct Shelf {
    folder: TempDir,
    epoch: Arc<AtomicI64>,
}

impl Shelf {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), epoch: Arc::default() }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("cache.sqlite")
    }

    /// A cache as a process has it that starts at the same instant as all others.
    fn start(&self) -> Bench {
        self.start_within(64 << 20)
    }

    fn start_within(&self, max_bytes: u64) -> Bench {
        Bench::with(1 << 30, Some(self.disk(max_bytes)))
    }

    fn disk(&self, max_bytes: u64) -> Disk {
        let epoch = Arc::clone(&self.epoch);
        Disk { path: self.file(), max_bytes, epoch: Arc::new(move |_| epoch.load(Ordering::SeqCst)) }
    }

    /// What a process left that was killed: the file and its log as they are now.
    fn as_killed(&self) -> Self {
        let copy = Self::new();
        for entry in fs::read_dir(self.folder.path()).unwrap().flatten() {
            fs::copy(entry.path(), copy.folder.path().join(entry.file_name())).unwrap();
        }
        copy
    }
}

/// Waits until everything is written that was asked for: the second question comes after the transaction of the first.
async fn written(bench: &Bench) {
    let _ = bench.cache.known(&key("nothing of this name")).await;
    let _ = bench.cache.known(&key("nothing of this name")).await;
}

#[tokio::test]
async fn a_restart_with_a_dead_upstream_answers_what_was_known_and_how_old_it_is() {
    let (shelf, news, other) = (Shelf::new(), key("news"), Key { campus: "colline".into(), ..key("news") });
    let bench = shelf.start();
    let _ = bench.read(&news, Ok("rivage")).await;
    let _ = bench.read(&other, Ok("colline")).await;
    drop(bench);
    let bench = shelf.start();
    bench.pass(59);
    assert_eq!(told(bench.read(&news, Err(DOWN)).await), is("rivage", Origin::Hit));
    assert_eq!(bench.cache.known(&news).await.trouble, None, "fresh: nobody was asked");
    bench.pass(1);
    let answer = bench.read(&other, Err(DOWN)).await;
    assert_eq!(answer.as_ref().unwrap().as_of.as_second(), 1_800_000_000);
    assert_eq!(told(answer), is("colline", Origin::Stale));
    let answer = bench.read(&other, Err(DOWN)).await.unwrap();
    assert_eq!((answer.origin, answer.trouble), (Origin::Stale, Some(DOWN)));
    drop(bench);
    let bench = shelf.start();
    bench.pass(3660);
    assert!(bench.read(&news, Err(DOWN)).await.is_err(), "past stale_for");
}

#[tokio::test]
async fn a_fetch_after_a_restart_is_given_what_was_known() {
    let (shelf, news) = (Shelf::new(), key("news"));
    assert!(shelf.start().read(&news, Ok("one")).await.is_ok());
    let bench = shelf.start();
    bench.pass(86_400);
    let fetch = |former: Option<Arc<kinds::Public<Text>>>, _| async move {
        Ok(former.unwrap().map(|former| Text(format!("{} again", former.0))))
    };
    let answer = bench.cache.read(&news, &lifetimes(60, 60), || fetch).await;
    assert_eq!(told(answer), is("one again", Origin::Miss));
}

#[tokio::test]
async fn many_readers_of_a_cold_key_read_the_disk_once_and_ask_nobody() {
    let (shelf, news) = (Shelf::new(), key("news"));
    let bench = shelf.start();
    let _ = bench.read(&news, Ok("one")).await;
    drop(bench);
    let bench = shelf.start();
    let readers = futures_util::future::join_all((0..100).map(|_| bench.read(&news, Err(DOWN)))).await;
    assert!(readers.into_iter().all(|answer| told(answer) == is("one", Origin::Hit)));
    assert_eq!(bench.calls(), 1, "one flight departed, and found it on the disk");
    assert_eq!(bench.cache.known(&news).await.trouble, None);
}

#[tokio::test]
async fn what_memory_has_no_room_for_is_read_back() {
    let (shelf, news) = (Shelf::new(), key("news"));
    assert!(shelf.start().read(&news, Ok("one")).await.is_ok());
    let bench = Bench::with(0, Some(shelf.disk(64 << 20)));
    for _ in 0..3 {
        assert_eq!(told(bench.read(&news, Err(DOWN)).await), is("one", Origin::Hit));
        assert_eq!(bench.cache.stored().entries, 0);
    }
}

#[tokio::test]
async fn what_is_purged_does_not_come_back_even_if_the_purge_was_cut_off() {
    let (shelf, news, other) = (Shelf::new(), key("news"), Key { campus: "colline".into(), ..key("news") });
    let bench = shelf.start();
    for key in [&news, &other] {
        let _ = bench.read(key, Ok("one")).await;
    }
    written(&bench).await;
    // Killed after the purge was remembered, before anything was removed: the epoch says so.
    let cut_off = shelf.as_killed();
    cut_off.epoch.store(7, Ordering::SeqCst);
    let restarted = cut_off.start();
    assert!(restarted.read(&news, Err(DOWN)).await.is_err());

    bench.cache.purge(|key| &*key.campus == "rivage");
    written(&bench).await;
    assert_eq!(bench.cache.stored().disk_entries, 1);
    drop(bench);
    let bench = shelf.start();
    assert!(bench.read(&news, Err(DOWN)).await.is_err());
    assert_eq!(told(bench.read(&other, Err(DOWN)).await), is("one", Origin::Hit));
}

#[tokio::test]
async fn what_a_purge_overtook_is_not_written() {
    let (shelf, news) = (Shelf::new(), key("news"));
    let bench = shelf.start();
    let gate = crate::store::tests::bench::closed();
    let mut reader = Box::pin(bench.read_through(&gate, &news, Ok("old")));
    assert!(poll_fn(|context| Poll::Ready(reader.as_mut().poll(context).is_pending())).await);
    bench.settle().await;
    bench.cache.purge(|_| true);
    gate.add_permits(1);
    assert_eq!(told(reader.as_mut().await).0, "old", "its readers are answered");
    drop(reader);
    drop(bench);
    assert!(shelf.start().read(&news, Err(DOWN)).await.is_err());
}

#[tokio::test]
async fn takes_no_more_room_than_it_may_and_keeps_what_was_asked_for_last() {
    let shelf = Shelf::new();
    let bench = shelf.start_within(1 << 20);
    let name = |number: usize| key(&format!("set {number}"));
    let long = |number: usize| public(format!("{number} {}", "x".repeat(20_000)));
    for number in 0..200 {
        bench.pass(1);
        let fetch = move |_, _| async move { Ok(long(number)) };
        let _ = bench.cache.read(&name(number), &lifetimes(60, 60), || fetch).await;
        written(&bench).await;
    }
    let stored = bench.cache.stored();
    assert!(stored.disk_bytes <= 1 << 20 && stored.disk_entries > 20, "{stored:?}");
    drop(bench);
    assert!(fs::metadata(shelf.file()).unwrap().len() <= (1 << 20) + 4096);
    let bench = shelf.start_within(1 << 20);
    assert!(bench.cache.known(&name(199)).await.value.is_some());
    assert!(bench.cache.known(&name(0)).await.value.is_none());
    drop(bench);
    // An operator who gives it less gets the room back.
    let bench = shelf.start_within(200_000);
    written(&bench).await;
    assert!(bench.cache.stored().disk_bytes <= 200_000);
    drop(bench);
    assert!(fs::metadata(shelf.file()).unwrap().len() <= 200_000);
}

#[tokio::test]
async fn content_that_did_not_change_is_not_written_again() {
    let (shelf, news) = (Shelf::new(), key("news"));
    let bench = shelf.start();
    let text = "x".repeat(1 << 20);
    let log = || fs::metadata(shelf.file().with_extension("sqlite-wal")).map_or(0, |log| log.len());
    for round in 0..3 {
        let text = text.clone();
        let _ = bench.cache.read(&news, &lifetimes(0, 0), || move |_, _| async move { Ok(public(text)) }).await;
        written(&bench).await;
        bench.pass(60);
        assert!(log() < 3 << 20, "round {round}: {} bytes in the log", log());
    }
    drop(bench);
    let bench = shelf.start();
    assert_eq!(bench.cache.known(&news).await.value.unwrap().1.as_second(), 1_800_000_120);
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_costs_persistence_and_no_answer() {
    let (shelf, news) = (Shelf::new(), key("news"));
    // A folder in the file's place: no rights are needed to refuse, so that it holds for root too.
    fs::create_dir(shelf.file()).unwrap();
    let bench = shelf.start();
    assert_eq!(told(bench.read(&news, Ok("one")).await), is("one", Origin::Miss));
    assert_eq!(told(bench.read(&news, Ok("two")).await), is("one", Origin::Hit));
    written(&bench).await;
    assert!(bench.cache.stored().disk_failure.is_some_and(|failure| failure.contains("cache.sqlite")));
    fs::remove_dir(shelf.file()).unwrap();
    bench.pass(60);
    let _ = bench.read(&news, Ok("two")).await;
    written(&bench).await;
    assert_eq!(bench.cache.stored().disk_failure, None, "it is kept again");
    drop(bench);
    assert_eq!(told(shelf.start().read(&news, Err(DOWN)).await).0, "two");
}

#[tokio::test]
async fn a_full_disk_costs_persistence_and_no_answer() {
    let (shelf, news) = (Shelf::new(), key("news"));
    let mut file = file::File::open(&shelf.file(), 1, 64 << 20).unwrap();
    file.full_after(12).unwrap();
    let kept = |text: &str| Kept {
        as_of: 0,
        epoch: 0,
        written: Written { head: Vec::new(), content: text.as_bytes().to_vec() },
    };
    file.begin().unwrap();
    let error = file.put(&file::name(&news), &kept(&"x".repeat(1 << 20)), 0).unwrap_err();
    assert_eq!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::DiskFull));
    drop(file);
    let mut file = file::File::open(&shelf.file(), 1, 64 << 20).unwrap();
    assert!(file.get(&file::name(&news)).unwrap().is_none(), "and nothing is half written");
}

#[tokio::test]
async fn a_file_of_another_version_or_of_somebody_else_is_begun_anew() {
    let (shelf, news) = (Shelf::new(), key("news"));
    let bench = shelf.start();
    let _ = bench.read(&news, Ok("one")).await;
    drop(bench);
    drop(file::File::open(&shelf.file(), 2, 1 << 20).unwrap());
    let mut file = file::File::open(&shelf.file(), 2, 1 << 20).unwrap();
    assert!(file.get(&file::name(&news)).unwrap().is_none());
    drop(file);
    fs::write(shelf.file(), "no database at all, but a text that somebody put here").unwrap();
    let bench = shelf.start();
    assert_eq!(told(bench.read(&news, Ok("two")).await), is("two", Origin::Miss));
    drop(bench);
    assert_eq!(told(shelf.start().read(&news, Err(DOWN)).await).0, "two");
}

#[tokio::test]
async fn nobody_else_may_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let shelf = Shelf::new();
    let bench = shelf.start();
    let _ = bench.read(&key("news"), Ok("one")).await;
    written(&bench).await;
    for entry in fs::read_dir(shelf.folder.path()).unwrap().flatten() {
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o077, 0, "{entry:?}");
    }
}

/// How many answers two disks of 40, one closed and one of a process that was killed, give after something happened to
/// their files: each as it was, or none.
fn survive(spoil: impl Fn(&Path)) -> usize {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let (shelf, mut found) = (Shelf::new(), 0);
        let bench = shelf.start();
        let texts: Vec<_> = (0..40).map(|number| format!("{number} {}", "item ".repeat(number * 40))).collect();
        for text in &texts {
            let (key, text) = (key(&text[..2]), text.clone());
            let _ = bench.cache.read(&key, &lifetimes(60, 60), || move |_, _| async { Ok(public(text)) }).await;
        }
        written(&bench).await;
        let killed = shelf.as_killed();
        drop(bench);
        for shelf in [shelf, killed] {
            for entry in fs::read_dir(shelf.folder.path()).unwrap().flatten() {
                spoil(&entry.path());
            }
            let bench = shelf.start();
            for text in &texts {
                if let Some((value, _)) = bench.cache.known(&key(&text[..2])).await.value {
                    assert_eq!(&value.get().0, text);
                    found += 1;
                }
            }
            let _ = bench.read(&key("new"), Ok("new")).await;
            drop(bench);
            assert_eq!(told(shelf.start().read(&key("new"), Err(DOWN)).await).0, "new", "it goes on");
        }
        found
    })
}

#[test]
fn a_process_that_is_killed_leaves_what_it_had_written() {
    assert_eq!(survive(|_| {}), 80);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn flipped_bytes_are_found_and_never_served(flips in prop::collection::vec((any::<prop::sample::Index>(), 1_u8..), 1..40)) {
        survive(|path| {
            let mut bytes = fs::read(path).unwrap();
            for (place, flip) in flips.iter().filter(|_| !bytes.is_empty()).collect::<Vec<_>>() {
                let place = place.index(bytes.len());
                bytes[place] ^= flip;
            }
            fs::write(path, bytes).unwrap();
        });
    }

    #[test]
    fn a_torn_file_is_read_as_far_as_it_is_whole(cut in any::<prop::sample::Index>()) {
        survive(|path| {
            let bytes = fs::read(path).unwrap();
            fs::write(path, &bytes[..cut.index(bytes.len() + 1)]).unwrap();
        });
    }
}
