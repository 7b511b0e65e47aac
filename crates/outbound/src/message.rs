//! What goes out and what comes back.

use std::time::Duration;

use bytes::Bytes;
use http::header::{DATE, RETRY_AFTER};
use http::{HeaderMap, HeaderName, Method, StatusCode};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use url::Url;

use crate::{Failure, FailureKind, site};

/// A request to an upstream.
#[derive(Debug, Clone)]
pub struct Request {
    /// Method.
    pub method: Method,
    /// Absolute address; a user and password in it become basic authentication.
    pub url: Url,
    /// Headers; those marked sensitive, `authorization` and `cookie` stay within the first origin.
    pub headers: HeaderMap,
    /// Body, empty for none.
    pub body: Bytes,
}

/// An upstream's answer, whatever its status.
#[derive(Debug, Clone)]
pub struct Response {
    /// Status.
    pub status: StatusCode,
    /// Headers, without those of the connection.
    pub headers: HeaderMap,
    /// Body, decompressed.
    pub body: Bytes,
    /// Where the answer came from, after redirects.
    pub url: Url,
}

/// No upstream may ask for more.
const LONGEST_PAUSE: Duration = Duration::from_hours(24);

impl Response {
    /// The usual meaning of a status: 2xx and 304 pass, 401 and 403 are `Refused`, 429 and 5xx `Unavailable` (with
    /// `Retry-After`, in seconds or as a date), anything else `Rejected`.
    ///
    /// # Errors
    /// The failure that the status means.
    pub fn check(self) -> Result<Self, Failure> {
        match self.failure() {
            Some(failure) => Err(failure),
            None => Ok(self),
        }
    }

    /// What the status means, where it is a failure.
    pub(crate) fn failure(&self) -> Option<Failure> {
        let status = self.status;
        let (kind, meaning) = match status {
            StatusCode::NOT_MODIFIED => return None,
            _ if status.is_success() => return None,
            StatusCode::UNAUTHORIZED => (FailureKind::Refused, "it does not know us: are the credentials right?"),
            StatusCode::FORBIDDEN => (FailureKind::Refused, "it knows us but says no: are our rights sufficient?"),
            StatusCode::TOO_MANY_REQUESTS => (FailureKind::Unavailable, "it is asked too often"),
            _ if status.is_server_error() => (FailureKind::Unavailable, "it has a fault of its own"),
            StatusCode::NOT_FOUND | StatusCode::GONE => (FailureKind::Rejected, "nothing is at this address"),
            _ => (FailureKind::Rejected, "it does not take this request"),
        };
        let message = format!("{} answered {}: {meaning}", site(&self.url), status.as_u16());
        let retry_after = (kind == FailureKind::Unavailable).then(|| self.retry_after()).flatten();
        Some(Failure { retry_after, ..Failure::new(kind, message) })
    }

    /// `Retry-After` (RFC 9110, 10.2.3). A date counts from the answer's own `Date`, so that no clock needs to be right.
    fn retry_after(&self) -> Option<Duration> {
        let value = self.text(RETRY_AFTER)?;
        let pause = match value.parse() {
            Ok(seconds) => Duration::from_secs(seconds),
            Err(_) => Duration::try_from(date(value)?.duration_since(date(self.text(DATE)?)?)).ok()?,
        };
        Some(pause.min(LONGEST_PAUSE))
    }

    fn text(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok().map(str::trim)
    }
}

fn date(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(text).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn failure(status: u16, headers: &[(&'static str, &'static str)]) -> Option<Failure> {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        let url = Url::parse("https://edt.univ.fr/secret.ics?token=hidden").unwrap();
        Response { status: StatusCode::from_u16(status).unwrap(), headers, body: Bytes::new(), url }.check().err()
    }

    #[test]
    fn gives_each_status_its_kind() {
        for (status, kind) in [
            (401, FailureKind::Refused),
            (403, FailureKind::Refused),
            (404, FailureKind::Rejected),
            (302, FailureKind::Rejected),
            (429, FailureKind::Unavailable),
            (500, FailureKind::Unavailable),
            (503, FailureKind::Unavailable),
        ] {
            let failure = failure(status, &[]).unwrap();
            assert_eq!(failure.kind, kind, "{status}");
            assert!(failure.message.contains("edt.univ.fr answered"), "{}", failure.message);
            assert!(!failure.message.contains("secret") && !failure.message.contains("hidden"));
        }
        assert_eq!(failure(200, &[]), None);
        assert_eq!(failure(304, &[]), None);
    }

    #[test]
    fn understands_both_forms_of_retry_after() {
        let pause = |headers: &[_]| failure(503, headers).unwrap().retry_after;
        assert_eq!(pause(&[("retry-after", "120")]), Some(Duration::from_secs(120)));
        let (date, later) =
            (("date", "Sun, 06 Nov 1994 08:49:37 GMT"), ("retry-after", "Sun, 06 Nov 1994 08:51:37 GMT"));
        assert_eq!(pause(&[date, later]), Some(Duration::from_secs(120)));
        assert_eq!(pause(&[date, ("retry-after", "Sat, 05 Nov 1994 08:49:37 GMT")]), None);
        assert_eq!(pause(&[later]), None);
        assert_eq!(pause(&[("retry-after", "99999999999999")]), Some(LONGEST_PAUSE));
        assert_eq!(pause(&[("retry-after", "soon")]), None);
    }
}
