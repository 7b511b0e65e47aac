//! Tokens that hold, and how sessions end.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;

use super::*;

/// The list of one test.
#[derive(Default)]
struct List(Mutex<Vec<Revocation>>);

impl Revocations for List {
    fn revoked(&self, handle: Handle) -> Option<Timestamp> {
        self.0.lock().unwrap().iter().filter(|ended| ended.handle == handle).map(|ended| ended.at).max()
    }
}

impl List {
    fn add(&self, ended: Vec<Revocation>) {
        self.0.lock().unwrap().extend(ended);
    }
}

fn chance() -> Chance {
    let count = std::sync::atomic::AtomicU8::new(1);
    Arc::new(move |bytes: &mut [u8]| bytes.fill(count.fetch_add(1, std::sync::atomic::Ordering::Relaxed)))
}

fn sessions() -> Sessions {
    listed().0
}

fn listed() -> (Sessions, Arc<List>) {
    let list = Arc::new(List::default());
    let keys = Keyring::parse(&Keyring::generate(&chance()), chance()).unwrap();
    (Sessions::new(keys, chance(), Arc::clone(&list) as _), list)
}

fn now() -> Timestamp {
    "2026-10-05T08:00:00Z".parse().unwrap()
}

fn later(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

fn begin(sessions: &Sessions, user: &str, provider: &str) -> Session {
    let person = Person {
        user: user.to_owned(),
        name: None,
        groups: vec![],
        affiliations: vec![],
        roles: vec![],
        attributes: BTreeMap::new(),
    };
    let tokens =
        Tokens { access: Some("upstream".to_owned()), refresh: Some("renewing".to_owned()), ..Tokens::default() };
    let proof = Proof {
        claims: serde_json::Map::new(),
        tokens,
        session: Some(provider.to_owned()),
        subject: Some(format!("sub {user}")),
    };
    sessions.begin(person, &proof, None, SignedDuration::from_hours(24), now())
}

fn outcome<T>(result: Result<T, Refused>) -> Result<(), Refused> {
    result.map(drop)
}

#[test]
fn an_access_token_is_good_for_ten_minutes_and_a_refresh_token_until_the_absolute_end() {
    let sessions = sessions();
    let issued = sessions.issue("rivage", &begin(&sessions, "a", "s"), now()).unwrap();
    assert_eq!(sessions.open("rivage", &issued.access, later(599)).ok().unwrap().person.user, "a");
    assert_eq!(outcome(sessions.open("rivage", &issued.access, later(600))), Err(Refused::Expired));
    let again = sessions.refresh("rivage", &issued.refresh, later(86_000)).ok().unwrap();
    let again = sessions.issue("rivage", &again, later(86_000)).unwrap();
    assert_eq!((again.refresh_until, again.access_until), (later(86_400), later(86_400)), "no refresh moves the end");
    assert_eq!(outcome(sessions.refresh("rivage", &again.refresh, later(86_400))), Err(Refused::Expired));
}

#[test]
fn an_access_token_ends_with_the_providers_own_unless_that_is_about_to() {
    for (upstream, ends) in
        [(None, 600), (Some(3600), 600), (Some(300), 300), (Some(60), 60), (Some(59), 600), (Some(-9), 600)]
    {
        let sessions = sessions();
        let mut session = begin(&sessions, "a", "s");
        session.tokens.access_until = upstream.map(|seconds| later(seconds).as_second());
        assert_eq!(sessions.issue("rivage", &session, now()).unwrap().access_until, later(ends), "{upstream:?}");
        session.tokens.access = None;
        assert_eq!(sessions.issue("rivage", &session, now()).unwrap().access_until, later(600));
    }
}

#[test]
fn a_refresh_token_is_good_twice_so_that_a_lost_answer_signs_nobody_out() {
    let sessions = sessions();
    let issued = sessions.issue("rivage", &begin(&sessions, "a", "s"), now()).unwrap();
    for _ in 0..2 {
        assert!(sessions.refresh("rivage", &issued.refresh, later(60)).is_ok());
    }
}

#[test]
fn a_token_is_good_at_its_own_campus_and_for_its_own_purpose_only() {
    let sessions = sessions();
    let issued = sessions.issue("rivage", &begin(&sessions, "a", "s"), now()).unwrap();
    assert!(sessions.open("rivage", &issued.access, now()).is_ok());
    assert_eq!(outcome(sessions.open("colline", &issued.access, now())), Err(Refused::Foreign));
    assert_eq!(outcome(sessions.open("rivage", &issued.refresh, now())), Err(Refused::Foreign));
    assert_eq!(outcome(sessions.refresh("rivage", &issued.access, now())), Err(Refused::Foreign));
}

#[test]
fn the_access_token_carries_what_upstream_calls_need_and_nothing_that_renews() {
    let sessions = sessions();
    let issued = sessions.issue("rivage", &begin(&sessions, "a", "s"), now()).unwrap();
    let whole = sessions.whole("rivage", &issued.access, now()).ok().unwrap();
    assert_eq!((whole.tokens.access.as_deref(), whole.tokens.refresh), (Some("upstream"), None));
}

#[test]
fn ends_one_session_all_of_a_person_or_what_the_provider_names() {
    type End = fn(&Sessions, &Session) -> Vec<Revocation>;
    let ends: [(&str, End); 4] = [
        ("one", |sessions, session| sessions.end("rivage", session, later(5))),
        ("all", |sessions, _| sessions.end_all("rivage", "a", SignedDuration::from_hours(24), later(5))),
        ("provider's", |sessions, _| {
            sessions.ended("rivage", &Ended::Session("s".to_owned()), SignedDuration::from_hours(24), later(5))
        }),
        ("subject's", |sessions, _| {
            sessions.ended("rivage", &Ended::Subject("sub a".to_owned()), SignedDuration::from_hours(24), later(5))
        }),
    ];
    for (what, end) in ends {
        let (sessions, list) = listed();
        let (session, other) = (begin(&sessions, "a", "s"), begin(&sessions, "b", "t"));
        let (issued, others) =
            (sessions.issue("rivage", &session, now()).unwrap(), sessions.issue("rivage", &other, now()).unwrap());
        assert!(sessions.open("rivage", &issued.access, later(6)).is_ok());
        list.add(end(&sessions, &session));
        assert_eq!(outcome(sessions.open("rivage", &issued.access, later(6))), Err(Refused::Revoked), "{what}");
        assert_eq!(outcome(sessions.refresh("rivage", &issued.refresh, later(6))), Err(Refused::Revoked), "{what}");
        assert!(sessions.open("rivage", &others.access, later(6)).is_ok(), "{what}: somebody else stays");
    }
}

#[test]
fn whoever_signed_out_everywhere_can_sign_in_again() {
    let (sessions, list) = listed();
    list.add(sessions.end_all("rivage", "a", SignedDuration::from_hours(24), now() - SignedDuration::from_secs(1)));
    let issued = sessions.issue("rivage", &begin(&sessions, "a", "s"), now()).unwrap();
    assert!(sessions.open("rivage", &issued.access, now()).is_ok());
}

#[test]
fn a_revocation_holds_for_tokens_of_every_key() {
    let (sessions, list) = listed();
    let issued = sessions.issue("rivage", &begin(&sessions, "a", "s"), now()).unwrap();
    let old = Keyring::generate(&chance());
    let other: Chance = Arc::new(|bytes: &mut [u8]| bytes.fill(99));
    sessions.rotate(Keyring::parse(&format!("{}{old}", Keyring::generate(&other)), other).unwrap());
    assert!(sessions.refresh("rivage", &issued.refresh, later(5)).is_ok(), "rotation signs nobody out");
    list.add(sessions.end_all("rivage", "a", SignedDuration::from_hours(24), later(5)));
    assert_eq!(outcome(sessions.refresh("rivage", &issued.refresh, later(6))), Err(Refused::Revoked));
}

#[test]
fn what_a_distrusted_key_sealed_is_nobodys_at_once_and_the_next_key_seals() {
    let sessions = sessions();
    let issued = sessions.issue("rivage", &begin(&sessions, "a", "s"), now()).unwrap();
    assert!(sessions.open("rivage", &issued.access, now()).is_ok());
    let stolen = sessions.ring().ids();
    sessions.distrust(stolen.iter().cloned().collect());
    assert_eq!(outcome(sessions.open("rivage", &issued.access, now())), Err(Refused::Foreign));
    assert!(sessions.issue("rivage", &begin(&sessions, "a", "s"), now()).is_none(), "no key is left");
    let other: Chance = Arc::new(|bytes: &mut [u8]| bytes.fill(99));
    let first = Keyring::generate(&chance());
    sessions.rotate(Keyring::parse(&format!("{first}{}", Keyring::generate(&other)), other).unwrap());
    let issued = sessions.issue("rivage", &begin(&sessions, "a", "s"), now()).unwrap();
    assert!(sessions.open("rivage", &issued.access, now()).is_ok());
    assert!(!sessions.ring().ids().contains(&stolen[0]));
}

#[test]
fn a_code_is_good_for_a_minute() {
    let sessions = sessions();
    let code = sessions.code("rivage", &"content", now()).unwrap();
    assert_eq!(sessions.redeem::<String>("rivage", &code, later(60)), Ok("content".to_owned()));
    assert_eq!(sessions.redeem::<String>("rivage", &code, later(61)), Err(Refused::Expired));
    assert_eq!(sessions.redeem::<String>("colline", &code, now()), Err(Refused::Foreign));
}
