//! Cookies as browsers keep them (RFC 6265, section 5), for the length of one sign-in.

use std::cmp::Reverse;

use http::header::{DATE, SET_COOKIE};
use http::{HeaderMap, HeaderValue};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use url::{Host, Url};

/// Cookies that are kept at all.
const MOST: usize = 100;

/// A cookie, name and value, in bytes.
const LONGEST: usize = 8 << 10;

#[derive(Default)]
pub(super) struct Jar {
    cookies: Vec<Cookie>,
}

struct Cookie {
    name: String,
    value: String,
    domain: String,
    /// Whether hosts below the domain get it too.
    below: bool,
    path: String,
    secure: bool,
    /// Whether it is there to be forgotten.
    over: bool,
}

impl Jar {
    /// Takes the cookies of an answer.
    pub(super) fn keep(&mut self, url: &Url, headers: &HeaderMap) {
        // What is past is so by the server's own clock.
        let date = headers.get(DATE).and_then(|value| instant(value.to_str().ok()?)).unwrap_or(Timestamp::UNIX_EPOCH);
        for line in headers.get_all(SET_COOKIE) {
            let Some(cookie) = read(&String::from_utf8_lossy(line.as_bytes()), url, date) else { continue };
            let same =
                |old: &Cookie| (&old.name, &old.domain, &old.path) == (&cookie.name, &cookie.domain, &cookie.path);
            self.cookies.retain(|old| !same(old));
            if !cookie.over && self.cookies.len() < MOST {
                self.cookies.push(cookie);
            }
        }
    }

    /// The `Cookie` header of a request.
    pub(super) fn header(&self, url: &Url) -> Option<HeaderValue> {
        let host = url.host_str()?;
        let mut fit: Vec<_> = self
            .cookies
            .iter()
            .filter(|cookie| host == cookie.domain || cookie.below && is_below(host, &cookie.domain))
            .filter(|cookie| path_fits(url.path(), &cookie.path) && (!cookie.secure || is_trustworthy(url)))
            .collect();
        fit.sort_by_key(|cookie| Reverse(cookie.path.len()));
        let pairs: Vec<_> = fit.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        let mut value = HeaderValue::try_from(pairs.join("; ")).ok().filter(|value| !value.is_empty())?;
        value.set_sensitive(true);
        Some(value)
    }
}

fn read(line: &str, url: &Url, date: Timestamp) -> Option<Cookie> {
    let host = url.host_str()?;
    let mut parts = line.split(';');
    let (name, value) = parts.next()?.split_once('=')?;
    let mut cookie = Cookie {
        name: name.trim().to_owned(),
        value: value.trim().to_owned(),
        domain: host.to_owned(),
        below: false,
        path: default_path(url),
        secure: false,
        over: false,
    };
    let (mut age, mut expires) = (None, None);
    for part in parts {
        let (attribute, value) = part.split_once('=').unwrap_or((part, ""));
        let value = value.trim();
        match attribute.trim().to_ascii_lowercase().as_str() {
            "domain" if !value.is_empty() => {
                let domain = value.trim_start_matches('.').to_ascii_lowercase();
                if host != domain && (!domain.contains('.') || !is_below(host, &domain)) {
                    return None;
                }
                cookie.below = host != domain || matches!(url.host(), Some(Host::Domain(_)));
                cookie.domain = domain;
            }
            "path" if value.starts_with('/') => value.clone_into(&mut cookie.path),
            "secure" => cookie.secure = true,
            "max-age" => age = value.parse::<i64>().ok(),
            "expires" => expires = instant(value),
            _ => {}
        }
    }
    cookie.over = match age {
        Some(seconds) => seconds <= 0,
        None => expires.is_some_and(|instant| instant <= date),
    };
    let fits = !cookie.name.is_empty() && name.len() + value.len() <= LONGEST;
    (fits && (!cookie.secure || is_trustworthy(url))).then_some(cookie)
}

/// Dates of cookies have dashes in them where those of mails have not.
fn instant(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(text.replace('-', " ").replace("GMT", "+0000")).ok()
}

fn default_path(url: &Url) -> String {
    match url.path().rfind('/') {
        Some(end) if end > 0 => url.path().chars().take(end).collect(),
        _ => "/".to_owned(),
    }
}

fn path_fits(path: &str, cookie: &str) -> bool {
    path.strip_prefix(cookie).is_some_and(|rest| rest.is_empty() || cookie.ends_with('/') || rest.starts_with('/'))
}

fn is_below(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
        && matches!(Host::parse(host), Ok(Host::Domain(_)))
}

/// Where browsers keep cookies with `Secure`: at TLS, and at the machine itself.
fn is_trustworthy(url: &Url) -> bool {
    let local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    local || url.scheme() == "https"
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// What a jar that got these cookies from `from` sends to `to`.
    fn sent(from: &str, cookies: &[&str], to: &str) -> String {
        let mut jar = Jar::default();
        let mut headers = HeaderMap::from_iter([(DATE, "Sun, 06 Nov 2033 08:49:37 GMT".parse().unwrap())]);
        headers.extend(cookies.iter().map(|cookie| (SET_COOKIE, HeaderValue::from_str(cookie).unwrap())));
        jar.keep(&Url::parse(from).unwrap(), &headers);
        jar.header(&Url::parse(to).unwrap()).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    #[test]
    fn sends_cookies_back_where_they_belong() {
        let idp = "https://idp.univ.fr/cas/login";
        for (cookie, to, expected) in [
            ("a=1", "https://idp.univ.fr/cas/x", "a=1"),
            ("a=1", "https://idp.univ.fr/casual", ""),
            ("a=1; path=/", "https://idp.univ.fr/x", "a=1"),
            ("a=1; Path=/", "https://x.idp.univ.fr/", ""),
            ("a=1; Path=/; Domain=.univ.fr", "https://app.univ.fr/", "a=1"),
            ("a=1; Path=/; Domain=univ.fr", "https://notuniv.fr/", ""),
            ("a=1; Path=/; Domain=fr", "https://idp.univ.fr/", ""),
            ("a=1; Path=/; Domain=other.fr", "https://idp.univ.fr/", ""),
            ("a=1; Path=/; Secure", "http://idp.univ.fr/", ""),
            ("a=1; Path=/", "http://idp.univ.fr/", "a=1"),
            ("a=b=c; HttpOnly; SameSite=Lax", idp, "a=b=c"),
            ("a", idp, ""),
        ] {
            assert_eq!(sent(idp, &[cookie], to), expected, "{cookie} to {to}");
        }
        assert_eq!(sent("http://127.0.0.1:8083/", &["a=1; Secure"], "http://127.0.0.1:8083/x"), "a=1");
        assert_eq!(sent("http://idp.univ.fr/", &["a=1; Secure"], "https://idp.univ.fr/"), "");
    }

    #[test]
    fn replaces_forgets_and_orders() {
        let idp = "https://idp.univ.fr/cas/login";
        assert_eq!(sent(idp, &["a=1", "a=2"], idp), "a=2");
        assert_eq!(sent(idp, &["a=1", "a=; Max-Age=0"], idp), "");
        assert_eq!(sent(idp, &["a=1", "a=; Expires=Thu, 01-Jan-1970 00:00:00 GMT"], idp), "");
        assert_eq!(sent(idp, &["a=1", "a=2; Expires=Sun, 06 Nov 2033 09:49:37 GMT"], idp), "a=2");
        assert_eq!(sent(idp, &["a=1; Path=/", "a=2"], idp), "a=2; a=1");
    }

    #[test]
    fn keeps_a_bounded_number_of_bounded_cookies() {
        let many: Vec<_> = (0..2 * MOST).map(|number| format!("c{number}=1")).collect();
        let many: Vec<_> = many.iter().map(String::as_str).collect();
        assert_eq!(sent("https://a.fr/", &many, "https://a.fr/").split(';').count(), MOST);
        assert_eq!(sent("https://a.fr/", &[&format!("a={}", "x".repeat(LONGEST))], "https://a.fr/"), "");
    }
}
