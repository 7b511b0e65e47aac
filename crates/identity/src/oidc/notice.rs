//! The provider tells that somebody signed out (OpenID Connect Back-Channel Logout 1.0).

use jiff::SignedDuration;

use super::provider::Provider;
use super::token::{Expected, NOTICE_AGE, text};
use crate::{Ended, Failure, Once};

/// How long a logout token is remembered: longer than it is taken.
const REMEMBERED: SignedDuration = SignedDuration::from_secs(2 * NOTICE_AGE);

/// Who signed out, by a token that holds and was not used before.
pub(super) async fn read(
    token: &str,
    provider: &Provider,
    expected: &Expected<'_>,
    used: &Once,
) -> Result<Ended, Failure> {
    let invalid = |why| provider.invalid("logout token", why);
    let signed = provider.verify(token, "logout token", expected.now).await?;
    let id = expected.logout(&signed).map_err(invalid)?;
    let ended = match (text(&signed.claims, "sid"), text(&signed.claims, "sub")) {
        (Some(session), _) => Ended::Session(session.to_owned()),
        (None, Some(subject)) => Ended::Subject(subject.to_owned()),
        (None, None) => return Err(invalid("does not say who signed out (`sid`, `sub`)")),
    };
    let until = expected.now.checked_add(REMEMBERED).unwrap_or(expected.now);
    if !used.first(id, until, expected.now) {
        return Err(invalid("was used before"));
    }
    Ok(ended)
}
