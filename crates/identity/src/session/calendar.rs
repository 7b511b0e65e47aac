//! Addresses of calendars: what is needed to fetch one, sealed into the address itself.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Refused, SKEW, Sessions, handle, instant};
use crate::seal::Purpose;
use crate::{Person, Revocation};

/// How long the address of a calendar is good.
const LASTING: SignedDuration = SignedDuration::from_hours(400 * 24);

/// What a person subscribed to. It has no `Debug`, so that no log can hold it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Subscription {
    /// Who it is: of what is known of them, what the data set asks for.
    pub person: Person,
    /// The data set.
    pub set: String,
    /// The values of its parameters.
    pub params: BTreeMap<String, String>,
    /// The language of its words, `fr` or `en`.
    pub language: String,
}

#[derive(Serialize, Deserialize)]
struct Sealed<S> {
    since: i64,
    until: i64,
    subscription: S,
}

impl Sessions {
    /// The last part of a calendar's address, good until the instant beside it. `None` where it would be too long.
    #[must_use]
    pub fn subscribe(&self, campus: &str, subscription: &Subscription, now: Timestamp) -> Option<(String, Timestamp)> {
        let until = now.as_second().saturating_add(LASTING.as_secs());
        let sealed = Sealed { since: now.as_second(), until, subscription };
        Some((self.ring.load().seal(campus, Purpose::Calendar, &sealed)?, instant(until)))
    }

    /// What an address of a calendar holds.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn subscription(&self, campus: &str, sealed: &str, now: Timestamp) -> Result<Subscription, Refused> {
        let opened = self.ring.load().open_with_names(campus, Purpose::Calendar, sealed);
        let (Sealed { since, until, subscription }, keys): (Sealed<Subscription>, _) =
            opened.ok_or(Refused::Foreign)?;
        let of_person = handle(&keys, CALENDARS, &subscription.person.user);
        self.good(until, since, &[Some(of_person), None, None, None], now)?;
        Ok(subscription)
    }

    /// The end of all addresses of calendars that a person has so far.
    pub fn end_calendars(&self, campus: &str, user: &str, now: Timestamp) -> Vec<Revocation> {
        self.revocations_of(campus, CALENDARS, user, now, now + LASTING + SKEW)
    }
}

/// What the list of revocations calls them.
const CALENDARS: &str = "calendars";

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::{Handle, Keyring, Revocations};

    #[derive(Default)]
    struct List(Mutex<Vec<Revocation>>);

    impl Revocations for List {
        fn revoked(&self, handle: Handle) -> Option<Timestamp> {
            self.0.lock().unwrap().iter().filter(|known| known.handle == handle).map(|known| known.at).max()
        }
    }

    fn sessions() -> (Sessions, Arc<List>) {
        let ring = Keyring::parse("AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=", Arc::new(|bytes| bytes.fill(7)));
        let list = Arc::new(List::default());
        (Sessions::new(ring.unwrap(), Arc::new(|bytes| bytes.fill(7)), Arc::clone(&list) as _), list)
    }

    fn subscription(user: &str) -> Subscription {
        let (groups, affiliations, roles) = (Vec::new(), Vec::new(), Vec::new());
        let person = Person { user: user.into(), name: None, groups, affiliations, roles, attributes: BTreeMap::new() };
        Subscription { person, set: "timetable".into(), params: BTreeMap::new(), language: "fr".into() }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[test]
    fn an_address_is_good_for_400_days_at_its_own_campus_and_for_nothing_else() {
        let (sessions, _) = sessions();
        let (sealed, until) = sessions.subscribe("rivage", &subscription("aline"), at(0)).unwrap();
        assert_eq!(until, at(400 * 86_400));
        let opened = |campus, second| sessions.subscription(campus, &sealed, at(second)).map(|found| found.person.user);
        assert_eq!(opened("rivage", 0).as_deref(), Ok("aline"));
        assert_eq!(opened("rivage", 400 * 86_400), Err(Refused::Expired));
        assert_eq!(opened("colline", 0), Err(Refused::Foreign));
        assert!(
            sessions.open("rivage", &sealed, at(0)).is_err() && sessions.refresh("rivage", &sealed, at(0)).is_err()
        );
        assert!(!sealed.contains("aline"));
    }

    #[test]
    fn what_a_person_revokes_is_theirs_and_of_before() {
        let (sessions, list) = sessions();
        let sealed = |user, second| sessions.subscribe("rivage", &subscription(user), at(second)).unwrap().0;
        let (before, other) = (sealed("aline", 0), sealed("yanis", 0));
        list.0.lock().unwrap().extend(sessions.end_calendars("rivage", "aline", at(60)));
        let after = sealed("aline", 61);
        let good = |address: &str| sessions.subscription("rivage", address, at(100)).map(drop);
        assert_eq!((good(&before), good(&other), good(&after)), (Err(Refused::Revoked), Ok(()), Ok(())));
        let kept = list.0.lock().unwrap().iter().map(|revocation| revocation.until).min().unwrap();
        assert!(kept > at(400 * 86_400), "it is remembered for as long as an address may be good");
    }

    #[test]
    fn signing_out_everywhere_ends_calendars_too() {
        let (sessions, list) = sessions();
        let (sealed, _) = sessions.subscribe("rivage", &subscription("aline"), at(0)).unwrap();
        list.0.lock().unwrap().extend(sessions.end_all("rivage", "aline", SignedDuration::from_hours(1), at(1)));
        assert_eq!(sessions.subscription("rivage", &sealed, at(2)).map(drop), Err(Refused::Revoked));
    }

    #[test]
    fn a_key_that_is_not_believed_any_more_opens_no_calendar() {
        let (sessions, _) = sessions();
        let (sealed, _) = sessions.subscribe("rivage", &subscription("aline"), at(0)).unwrap();
        sessions.distrust(sessions.ring().ids().into_iter().collect::<BTreeSet<_>>());
        assert_eq!(sessions.subscription("rivage", &sealed, at(2)).map(drop), Err(Refused::Foreign));
    }
}
