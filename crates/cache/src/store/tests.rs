//! The cache under a clock that only the test moves, with fetches that land when the test says so.

#![allow(clippy::unwrap_used, clippy::panic)]

pub(crate) mod bench;

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use futures_util::future::join_all;
use kinds::Audience;
use proptest::prelude::*;

use super::*;
use bench::{Bench, DOWN, Down, Text, closed, is, key, lifetimes, public, told};

#[tokio::test]
async fn a_thousand_readers_at_once_share_one_fetch() {
    let (bench, gate) = (Bench::new(), closed());
    let (news, other) = (key("news"), Key { campus: "colline".into(), ..key("news") });
    let readers = (0..1000).map(|_| bench.read_through(&gate, &news, Ok("rivage")));
    let others = (0..1000).map(|_| bench.read_through(&gate, &other, Ok("colline")));
    let mut all = pin!(join_all(readers.chain(others)));
    let pending = poll_fn(|context| Poll::Ready(all.as_mut().poll(context).is_pending())).await;
    assert!(pending && bench.calls() == 2);
    gate.add_permits(1);
    let answers: Vec<_> = all.await.into_iter().map(told).collect();
    let (rivage, colline) = answers.split_at(1000);
    for (answers, campus) in [(rivage, "rivage"), (colline, "colline")] {
        assert!(answers.iter().all(|(text, _)| text == campus));
        assert_eq!(answers.iter().filter(|(_, origin)| *origin == Origin::Miss).count(), 1);
        assert_eq!(answers.iter().filter(|(_, origin)| *origin == Origin::Collapsed).count(), 999);
    }
    assert_eq!(bench.calls(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn readers_on_several_threads_share_one_fetch() {
    let bench = Arc::new(Bench::new());
    let readers = (0..1000).map(|_| {
        let bench = Arc::clone(&bench);
        tokio::spawn(async move { told(bench.read(&key("news"), Ok("one")).await).0 })
    });
    let answers = join_all(readers).await;
    assert!(answers.into_iter().all(|answer| answer.unwrap() == "one"));
    assert_eq!(bench.calls(), 1);
}

#[tokio::test]
async fn is_fresh_then_stale_while_it_refreshes_then_nothing() {
    let (bench, news) = (Bench::new(), key("news"));
    assert_eq!(told(bench.read(&news, Ok("one")).await), is("one", Origin::Miss));
    bench.pass(59);
    assert_eq!(told(bench.read(&news, Ok("two")).await), is("one", Origin::Hit));
    assert_eq!(bench.calls(), 1);
    bench.pass(1);
    let gate = closed();
    for _ in 0..10 {
        assert_eq!(told(bench.read_through(&gate, &news, Ok("two")).await), is("one", Origin::Stale));
    }
    assert_eq!(bench.calls(), 2, "ten readers refresh it once");
    gate.add_permits(1);
    bench.settle().await;
    assert_eq!(told(bench.read(&news, Ok("three")).await), is("two", Origin::Hit));
    bench.pass(3660);
    assert_eq!(told(bench.read(&news, Ok("three")).await), is("three", Origin::Miss));
    assert_eq!(bench.calls(), 3);
}

#[tokio::test]
async fn lifetimes_are_those_of_the_reading_not_of_the_fetch() {
    let (bench, news) = (Bench::new(), key("news"));
    let _ = bench.read(&news, Ok("one")).await;
    bench.pass(30);
    let shorter = bench.read_for(&news, lifetimes(10, 5), Ok("two")).await;
    assert_eq!(told(shorter), is("two", Origin::Miss), "too old for the lifetimes of now");
    bench.pass(600);
    let longer = bench.read_for(&news, lifetimes(700, 0), Ok("three")).await;
    assert_eq!(told(longer), is("two", Origin::Hit), "it was stale, and is fresh again");
    assert_eq!(told(bench.read(&news, Ok("three")).await), is("two", Origin::Stale));
}

#[tokio::test]
async fn a_failing_upstream_is_answered_for_and_the_trouble_told() {
    let (bench, news) = (Bench::new(), key("news"));
    let fetched = bench.read(&news, Ok("one")).await.unwrap();
    bench.pass(60);
    let answer = bench.read(&news, Err(DOWN)).await.unwrap();
    assert_eq!((answer.origin, answer.trouble), (Origin::Stale, None), "nobody knows yet");
    let answer = bench.read(&news, Ok("two")).await.unwrap();
    assert_eq!((answer.origin, &answer.trouble, answer.as_of), (Origin::Stale, &Some(DOWN), fetched.as_of));
    assert_eq!(bench.calls(), 2, "left alone for now");
    bench.pass(3);
    assert!(bench.read(&news, Ok("two")).await.unwrap().trouble.is_some());
    let answer = bench.read(&news, Ok("three")).await.unwrap();
    assert_eq!((&*answer.value.get().0, answer.origin, answer.trouble), ("two", Origin::Hit, None), "and well again");
}

#[tokio::test]
async fn what_is_older_than_may_be_told_is_not_told_and_yet_kept() {
    let (bench, news) = (Bench::new(), key("news"));
    let _ = bench.read(&news, Ok("one")).await;
    bench.pass(3660);
    assert_eq!(bench.read(&news, Err(DOWN)).await.unwrap_err(), DOWN);
    let longer = bench.read_for(&news, lifetimes(60, 7200), Err(DOWN)).await;
    assert_eq!(told(longer), is("one", Origin::Stale), "an operator may have it told all the same");
}

/// Seconds after the failure at which the upstream is first asked again.
async fn pause(bench: &Bench, key: &Key, down: &Down) -> i64 {
    let before = bench.calls();
    for second in 0_i64.. {
        assert_eq!(bench.read(key, Err(down.clone())).await.unwrap_err(), *down);
        if bench.calls() > before {
            return second;
        }
        bench.pass(1);
    }
    unreachable!("it is asked some day")
}

#[tokio::test]
async fn a_failure_is_remembered_twice_as_long_each_time() {
    let (bench, news) = (Bench::new(), key("news"));
    assert_eq!(pause(&bench, &news, &DOWN).await, 0);
    for doubled in [2, 4, 8, 16, 32, 64, 120, 120] {
        let seconds = pause(&bench, &news, &DOWN).await;
        assert!((doubled * 3 / 4..=doubled * 5 / 4 + 1).contains(&seconds), "{seconds} s instead of about {doubled}");
    }
    bench.pass(150);
    assert_eq!(told(bench.read(&news, Ok("one")).await), is("one", Origin::Miss));
    bench.pass(3660);
    let _ = bench.read(&news, Err(DOWN)).await;
    assert!(pause(&bench, &news, &DOWN).await <= 3, "a success starts the count again");
}

#[tokio::test]
async fn an_upstream_that_asks_to_be_left_alone_is_up_to_a_day() {
    let (bench, news) = (Bench::new(), key("news"));
    let busy = |seconds| Down { asked: Some(Duration::from_secs(seconds)), abandoned: false };
    assert!(bench.read(&news, Err(busy(300))).await.is_err());
    let Known { value: None, trouble: Some((_, retry_at)) } = bench.cache.known(&news).await else {
        panic!("trouble only")
    };
    assert_eq!(retry_at.as_second(), 1_800_000_300);
    bench.pass(299);
    assert_eq!(bench.read(&news, Ok("one")).await.unwrap_err(), busy(300));
    bench.pass(1);
    assert_eq!(told(bench.read(&news, Ok("one")).await), is("one", Origin::Miss));
    bench.pass(3660);
    assert!(bench.read(&news, Err(busy(7 * 86_400))).await.is_err());
    bench.pass(86_400);
    assert!(bench.read(&news, Ok("two")).await.is_ok(), "a week is more than may be asked for");
}

#[tokio::test]
async fn a_reader_that_goes_away_does_not_cancel_the_fetch() {
    let (bench, gate, news) = (Bench::new(), closed(), key("news"));
    {
        let mut reader = pin!(bench.read_through(&gate, &news, Ok("one")));
        assert!(poll_fn(|context| Poll::Ready(reader.as_mut().poll(context).is_pending())).await);
    }
    gate.add_permits(1);
    bench.settle().await;
    assert_eq!(told(bench.read(&news, Ok("two")).await), is("one", Origin::Hit));
    assert_eq!(bench.calls(), 1);
}

#[tokio::test]
async fn a_fetch_that_panics_frees_its_key() {
    let (bench, news) = (Bench::new(), key("news"));
    let later = || |_, _| async { panic!("as a broken connector does") };
    let answer = bench.cache.read(&news, &lifetimes(60, 60), later).await;
    assert_eq!(answer.unwrap_err(), Down::abandoned());
    let at_once = || |_, _| -> std::future::Ready<Result<Public<Text>, Down>> { panic!("before there is a future") };
    let answer = bench.cache.read(&news, &lifetimes(60, 60), at_once).await;
    assert_eq!(answer.unwrap_err(), Down::abandoned());
    assert_eq!(told(bench.read(&news, Ok("one")).await), is("one", Origin::Miss));
}

#[tokio::test]
async fn a_purge_forgets_what_it_names_and_nothing_else() {
    let bench = Bench::new();
    let (news, other) = (key("news"), Key { campus: "colline".into(), ..key("news") });
    for key in [&news, &other] {
        let _ = bench.read(key, Ok("one")).await;
    }
    assert_eq!(bench.cache.purge(|key| &*key.campus == "rivage"), 1);
    assert!(bench.cache.known(&news).await.value.is_none());
    assert_eq!(told(bench.read(&other, Ok("two")).await), is("one", Origin::Hit));
    assert_eq!(told(bench.read(&news, Ok("two")).await), is("two", Origin::Miss));
}

#[tokio::test]
async fn a_purge_during_a_fetch_answers_its_readers_and_keeps_nothing_of_it() {
    let (bench, old, new, news) = (Bench::new(), closed(), closed(), key("news"));
    let mut before = pin!(bench.read_through(&old, &news, Ok("old")));
    assert!(poll_fn(|context| Poll::Ready(before.as_mut().poll(context).is_pending())).await);
    bench.cache.purge(|_| true);
    let mut after = pin!(bench.read_through(&new, &news, Ok("new")));
    assert!(poll_fn(|context| Poll::Ready(after.as_mut().poll(context).is_pending())).await);
    assert_eq!(bench.calls(), 2, "who comes after the purge does not board what began before it");
    old.add_permits(1);
    assert_eq!(told(before.await), is("old", Origin::Miss));
    assert!(bench.cache.known(&news).await.value.is_none());
    new.add_permits(1);
    assert_eq!(told(after.await), is("new", Origin::Miss));
    assert_eq!(told(bench.read(&news, Ok("newer")).await), is("new", Origin::Hit));
}

#[tokio::test]
async fn a_failure_that_was_purged_does_not_pause_the_upstream() {
    let (bench, gate, news) = (Bench::new(), closed(), key("news"));
    let mut before = pin!(bench.read_through(&gate, &news, Err(DOWN)));
    assert!(poll_fn(|context| Poll::Ready(before.as_mut().poll(context).is_pending())).await);
    bench.cache.purge(|_| true);
    gate.add_permits(1);
    assert!(before.await.is_err());
    assert_eq!(told(bench.read(&news, Ok("one")).await), is("one", Origin::Miss));
}

#[tokio::test]
async fn holds_no_more_bytes_than_it_may() {
    let bench = Bench::of(50_000);
    for number in 0..1000 {
        let fetch = || |_, _| async { Ok(public("x".repeat(1000))) };
        let _ = bench.cache.read(&key(&number.to_string()), &lifetimes(60, 60), fetch).await;
    }
    let stored = bench.cache.stored();
    assert!(stored.bytes <= 50_000 && (10..50).contains(&stored.entries), "{stored:?}");
    let failing = Bench::of(50_000);
    for number in 0..1000 {
        let _ = failing.read(&key(&number.to_string()), Err(DOWN)).await;
    }
    assert!(failing.cache.stored().bytes <= 50_000, "failures take place too");
}

#[test]
fn accounts_for_what_it_takes_within_a_tenth() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let plain = key("news");
    let of_word =
        |number: u64| Key { params: BTreeMap::from([("q".to_owned(), format!("{number:08}"))]), ..plain.clone() };
    let of_version = |number: u64| Key { version: number, ..plain.clone() };
    let keys: [&dyn Fn(u64) -> Key; 2] = [&of_version, &of_word];
    for (which, key) in keys.iter().enumerate() {
        for length in [10, 1_000, 100_000] {
            let entries = if length > 10_000 { 2_000 } else { 20_000 };
            let (mut kept, mut accounted) = (None, 0);
            let taken = allocation_counter::measure(|| {
                let bench = Bench::of(1 << 40);
                for number in 0..entries {
                    let text = "x".repeat(length);
                    let fetch = || move |_, _| async move { Ok(public(text)) };
                    let _ = runtime.block_on(bench.cache.read(&key(number), &lifetimes(60, 60), fetch));
                }
                accounted = bench.cache.stored().bytes;
                kept = Some(bench);
            });
            let taken = taken.bytes_current + 16 * taken.count_current;
            let share = accounted as f64 / taken as f64;
            assert!((0.9..1.1).contains(&share), "{which} {length}: {taken} taken, {accounted} accounted");
        }
    }
}

#[tokio::test]
async fn a_clock_set_back_makes_nothing_fresh_for_longer() {
    let (bench, news, events) = (Bench::new(), key("news"), key("events"));
    let _ = bench.read(&news, Ok("one")).await;
    assert!(bench.read(&events, Err(Down { asked: Some(Duration::from_secs(3600)), abandoned: false })).await.is_err());
    bench.pass(-86_400);
    assert_eq!(told(bench.read(&news, Ok("two")).await), is("one", Origin::Stale));
    assert_eq!(told(bench.read(&news, Ok("three")).await), is("two", Origin::Hit));
    assert_eq!(told(bench.read(&events, Ok("one")).await), is("one", Origin::Miss), "nor the upstream left alone");
}

#[tokio::test]
async fn the_fetch_is_given_the_former_value_and_its_own_instant() {
    let (bench, news) = (Bench::new(), key("news"));
    let _ = bench.read(&news, Ok("one")).await;
    bench.pass(3660);
    let fetch = |former: Option<Arc<Public<Text>>>, as_of: Timestamp| async move {
        assert_eq!(as_of.as_second(), 1_800_003_660);
        Ok(former.unwrap().map(|former| Text(format!("{} and two", former.0))))
    };
    let answer = bench.cache.read(&news, &lifetimes(60, 60), || fetch).await;
    bench.pass(10);
    assert_eq!(answer.as_ref().unwrap().as_of.as_second(), 1_800_003_660);
    assert_eq!(told(answer).0, "one and two");
}

#[test]
fn pauses_are_spread_by_a_quarter_and_the_same_for_the_same_key() {
    let now = Timestamp::from_second(1_800_000_000).unwrap();
    let pause = |seed| Failed::after(None, DOWN, now, seed).retry_at.duration_since(now).as_secs_f64();
    let pauses: Vec<_> = (0..500).map(|number| pause(key(&number.to_string()).seed())).collect();
    assert!(pauses.iter().all(|pause| (1.5..=2.5).contains(pause)));
    let spread = |low: f64, high: f64| pauses.iter().filter(|pause| (low..high).contains(*pause)).count();
    assert!(spread(1.5, 1.75) > 50 && spread(2.25, 2.5) > 50, "they do not all return in the same instant");
    assert_eq!(pause(key("news").seed()).to_bits(), pause(key("news").seed()).to_bits());
}

fn any_key() -> impl Strategy<Value = Key> {
    // Few letters, so that parts often begin and end alike: what joined texts would confuse.
    let word = || "[ab/:&=]{0,2}";
    let audience = prop_oneof![Just(Audience::Public), Just(Audience::Members), "[ab]{1,2}".prop_map(Audience::Group),];
    let params = prop::collection::btree_map(word(), word(), 0..3);
    (word(), word(), word(), 0..2_u64, audience, params).prop_map(
        |(campus, channel, set, version, audience, params)| Key {
            campus: campus.into(),
            channel: channel.into(),
            set: set.into(),
            version,
            audience,
            params,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn keys_that_differ_in_any_part_never_meet(keys in prop::collection::hash_set(any_key(), 2..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let bench = Bench::new();
            for key in &keys {
                let own = format!("{key:?}");
                let fetch = |former: Option<_>, _| async move {
                    assert!(former.is_none());
                    Ok(public(own))
                };
                let _ = bench.cache.read(key, &lifetimes(60, 60), || fetch).await;
            }
            for key in &keys {
                assert_eq!(told(bench.read(key, Ok("another's")).await), is(&format!("{key:?}"), Origin::Hit));
            }
            assert_eq!(bench.cache.stored().entries, keys.len() as u64);
        });
    }
}
