//! Tokens as cookies of the web app: `__Host-`, out of reach of scripts, in pieces where one is larger than a browser keeps.

use std::borrow::Cow;

use http::header::{COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderValue};
use jiff::SignedDuration;

/// The access token.
pub(crate) const ACCESS: &str = "__Host-preau";
/// The refresh token.
pub(crate) const REFRESH: &str = "__Host-preau-refresh";
/// A sign-in under way.
pub(crate) const ATTEMPT: &str = "__Host-preau-attempt";

/// The channel that a tester chose.
pub(crate) const CHANNEL: &str = "__Host-preau-channel";

/// Browsers keep 4096 bytes of a cookie, name and attributes included (RFC 6265, 6.1).
const PIECE: usize = 3800;

/// Pieces of one token at most.
const MOST: usize = identity::LONGEST.div_ceil(PIECE);

/// Which requests of other sites a cookie goes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SameSite {
    /// Following a link.
    Lax,
    /// Also a form that another site posts: SAML's way back.
    None,
}

/// The token of a name. The first cookie says how many pieces there are: `2.…`, then `NAME.1`. A name that comes twice is
/// nobody's.
pub(crate) fn read<'h>(headers: &'h HeaderMap, name: &str) -> Option<Cow<'h, str>> {
    if !headers.contains_key(COOKIE) {
        return None;
    }
    let (count, first) = value(headers, name)?.split_once('.')?;
    let count = count.parse().ok().filter(|count| (1..=MOST).contains(count))?;
    let mut token = Cow::Borrowed(first);
    for piece in 1..count {
        token += value(headers, &format!("{name}.{piece}"))?;
    }
    Some(token)
}

/// Sets a token for a time.
pub(crate) fn set(headers: &mut HeaderMap, name: &str, token: &str, lasting: SignedDuration, same_site: SameSite) {
    let pieces: Vec<_> = token.as_bytes().chunks(PIECE).filter_map(|piece| std::str::from_utf8(piece).ok()).collect();
    for (place, piece) in pieces.iter().enumerate() {
        let value = if place == 0 { format!("{}.{piece}", pieces.len()) } else { (*piece).to_owned() };
        let name = if place == 0 { name.to_owned() } else { format!("{name}.{place}") };
        append(headers, &name, &value, lasting.as_secs().max(0), same_site);
    }
}

/// Takes a token back.
pub(crate) fn clear(headers: &mut HeaderMap, name: &str) {
    append(headers, name, "", 0, SameSite::Lax);
    for piece in 1..MOST {
        append(headers, &format!("{name}.{piece}"), "", 0, SameSite::Lax);
    }
}

fn append(headers: &mut HeaderMap, name: &str, value: &str, seconds: i64, same_site: SameSite) {
    let same_site = match same_site {
        SameSite::Lax => "Lax",
        SameSite::None => "None",
    };
    let cookie = format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite={same_site}; Max-Age={seconds}");
    if let Ok(mut cookie) = HeaderValue::from_str(&cookie) {
        cookie.set_sensitive(true);
        headers.append(SET_COOKIE, cookie);
    }
}

fn value<'h>(headers: &'h HeaderMap, wanted: &str) -> Option<&'h str> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut found = pairs.filter(|(name, _)| *name == wanted).map(|(_, value)| value);
    found.next().filter(|_| found.next().is_none())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn sent_back(token: &str) -> HeaderMap {
        let mut answer = HeaderMap::new();
        set(&mut answer, ACCESS, token, SignedDuration::from_mins(10), SameSite::Lax);
        let pairs: Vec<_> = answer
            .get_all(SET_COOKIE)
            .iter()
            .map(|cookie| {
                let cookie = cookie.to_str().unwrap();
                assert!(
                    cookie.len() <= 4096 && cookie.ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600")
                );
                cookie.split(';').next().unwrap().to_owned()
            })
            .collect();
        let mut request = HeaderMap::new();
        request.insert(COOKIE, pairs.join("; ").parse().unwrap());
        request
    }

    #[test]
    fn a_token_of_any_allowed_length_comes_back_whole() {
        for length in [1, PIECE, PIECE + 1, identity::LONGEST] {
            let token: String = (0..length).map(|place| char::from(b'a' + (place % 26) as u8)).collect();
            assert_eq!(read(&sent_back(&token), ACCESS).unwrap(), token.as_str());
        }
    }

    #[test]
    fn takes_nothing_where_pieces_are_missing_too_many_or_twice() {
        for cookies in [
            "__Host-preau=abc",
            "__Host-preau=0.abc",
            "__Host-preau=2.abc",
            "__Host-preau=99.abc",
            "__Host-preau=1.abc; __Host-preau=1.def",
            "__Host-preau.1=abc",
            "other=1.abc",
            "__Host-preau-refresh=1.abc",
        ] {
            let mut request = HeaderMap::new();
            request.insert(COOKIE, cookies.parse().unwrap());
            assert_eq!(read(&request, ACCESS), None, "{cookies}");
        }
    }
}
