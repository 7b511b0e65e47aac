//! Turns and queues, without a network.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use futures_util::FutureExt;

use super::*;

/// A gate under a clock that stands still until it is moved, in seconds.
fn gate(limits: Limits) -> (Gate, Arc<AtomicI64>) {
    let seconds = Arc::new(AtomicI64::new(1_800_000_000));
    let clock = Arc::clone(&seconds);
    let clock: Clock = Arc::new(move || Timestamp::from_second(clock.load(Ordering::Relaxed)).unwrap());
    (Gate::new(limits, clock, 1), seconds)
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(60)
}

#[tokio::test]
async fn only_so_many_are_under_way_and_the_next_waits_for_a_turn() {
    let (gate, _) = gate(Limits { at_once: 2, ..Limits::default() });
    let (one, _two) = (gate.enter("s", soon()).await.unwrap(), gate.enter("s", soon()).await.unwrap());
    let mut third = Box::pin(gate.enter("s", soon()));
    assert!((&mut third).now_or_never().is_none());
    one.leave(&Outcome::Good);
    assert!(third.await.is_ok());
}

#[tokio::test]
async fn a_full_queue_refuses_at_once() {
    let (gate, _) = gate(Limits { at_once: 1, queue: 1, ..Limits::default() });
    let _one = gate.enter("edt.univ.fr", soon()).await.unwrap();
    let mut waiting = Box::pin(gate.enter("edt.univ.fr", soon()));
    assert!((&mut waiting).now_or_never().is_none());
    let refused = gate.enter("edt.univ.fr", soon()).await.err().unwrap();
    assert_eq!(
        refused.to_string(),
        "edt.univ.fr has as many requests as it may (1 under way, 1 waiting): this one was not sent"
    );
    assert_eq!((refused.kind, refused.retry_after), (FailureKind::Unavailable, Some(Duration::from_secs(1))));
    drop(waiting);
    let mut again = Box::pin(gate.enter("edt.univ.fr", soon()));
    assert!((&mut again).now_or_never().is_none(), "a place that is given up is free");
}

#[tokio::test]
async fn who_would_be_too_late_is_refused_before_waiting() {
    let (gate, _) = gate(Limits { at_once: 1, ..Limits::default() });
    gate.state().usual = Duration::from_secs(10);
    let _one = gate.enter("s", soon()).await.unwrap();
    assert!(gate.enter("s", Instant::now() + Duration::from_secs(15)).await.is_err());
    let mut patient = Box::pin(gate.enter("s", soon()));
    assert!((&mut patient).now_or_never().is_none());
}

#[tokio::test]
async fn a_paused_source_is_not_asked_until_one_request_finds_it_well() {
    let (gate, seconds) = gate(Limits::default());
    for _ in 0..5 {
        gate.enter("edt.univ.fr", soon()).await.unwrap().leave(&Outcome::Bad("edt.univ.fr answered 500"));
    }
    let refused = gate.enter("edt.univ.fr", soon()).await.err().unwrap();
    let (before, after) = refused.message.split_once(" after ").unwrap();
    assert!(before.starts_with("edt.univ.fr is left alone until 2027-01-15T08:00:0"), "{before}");
    assert_eq!(after, "5 failures since 2027-01-15T08:00:00Z; the last one: edt.univ.fr answered 500");
    assert!(refused.retry_after.is_some_and(|pause| pause <= Duration::from_secs(7)), "{refused:?}");

    seconds.fetch_add(10, Ordering::Relaxed);
    let probe = gate.enter("edt.univ.fr", soon()).await.unwrap();
    assert!(gate.enter("edt.univ.fr", soon()).await.is_err());
    drop(probe);
    let probe = gate.enter("edt.univ.fr", soon()).await.unwrap();
    probe.leave(&Outcome::Good);
    let _all = [gate.enter("s", soon()).await.unwrap(), gate.enter("s", soon()).await.unwrap()];
}

#[tokio::test]
async fn asks_by_other_protocols_too() {
    let (gate, _) = gate(Limits::default());
    let minute = Duration::from_secs(60);
    assert_eq!(gate.ask("db", minute, async { Ok(1) }).await.unwrap(), 1);
    for kind in [FailureKind::Rejected, FailureKind::Refused] {
        for _ in 0..40 {
            assert!(gate.ask("db", minute, async { Err::<(), _>(Failure::new(kind, "no")) }).await.is_err());
        }
    }
    assert!(gate.ask("db", minute, async { Ok(()) }).await.is_ok(), "our own faults pause nothing");
    for _ in 0..5 {
        let failed = async { Err::<(), _>(Failure::new(FailureKind::Unavailable, "db refuses connections")) };
        assert!(gate.ask("db", minute, failed).await.is_err());
    }
    let refused = gate.ask("db", minute, async { Ok(()) }).await.unwrap_err();
    assert!(refused.message.ends_with("the last one: db refuses connections"), "{refused}");
}

#[tokio::test]
async fn tells_how_it_stands_and_what_it_did_not_send() {
    let (gate, seconds) = gate(Limits { at_once: 1, queue: 1, ..Limits::default() });
    let idle = Snapshot { circuit: Circuit::Closed, under_way: 0, waiting: 0, busy: 0, paused: 0 };
    assert_eq!(gate.snapshot(), idle);
    let one = gate.enter("s", soon()).await.unwrap();
    let mut waiting = Box::pin(gate.enter("s", soon()));
    assert!((&mut waiting).now_or_never().is_none());
    assert!(gate.enter("s", soon()).await.is_err());
    assert_eq!(gate.snapshot(), Snapshot { under_way: 1, waiting: 1, busy: 1, ..idle });

    one.leave(&Outcome::Busy("it is asked too often", Duration::from_secs(60)));
    assert!(waiting.await.is_err(), "overtaken by the pause");
    assert!(gate.enter("s", soon()).await.is_err());
    assert_eq!(gate.snapshot(), Snapshot { circuit: Circuit::Open, busy: 1, paused: 2, ..idle });

    seconds.fetch_add(60, Ordering::Relaxed);
    assert_eq!(gate.snapshot().circuit, Circuit::HalfOpen, "nobody has asked yet");
    let probe = gate.enter("s", soon()).await.unwrap();
    assert!(gate.enter("s", soon()).await.is_err());
    assert_eq!(gate.snapshot(), Snapshot { circuit: Circuit::HalfOpen, under_way: 1, busy: 1, paused: 3, ..idle });
    probe.leave(&Outcome::Good);
    assert_eq!(gate.snapshot(), Snapshot { busy: 1, paused: 3, ..idle });
}
