//! Authenticated encryption of what phones keep for us: sessions, sign-ins under way, codes for native apps, addresses of calendars.
//!
//! A sealed text is base64url of `version (1) | key id (4) | nonce (12) | ciphertext | tag (16)`, AES-256-GCM-SIV (RFC 8452: a
//! nonce that comes twice reveals equality and nothing else). The key is derived from one of the operator's for each campus
//! (HKDF-SHA-256), so that what one campus sealed is noise to another; what it is for is authenticated besides.

use std::collections::{BTreeSet, HashMap};
use std::io::{Read, Write};
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::{hkdf, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Chance;

/// What a sealed text is for; one cannot stand for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// An access token.
    Access = 1,
    /// A refresh token.
    Refresh = 2,
    /// A sign-in under way.
    Attempt = 3,
    /// A code with which a native app gets its first tokens.
    Code = 4,
    /// A session on its way to another cell.
    Elsewhere = 5,
    /// The address of a calendar.
    Calendar = 6,
}

/// The keys of an installation, the same in all its cells: the first seals, all open.
#[derive(Clone)]
pub struct Keyring {
    keys: Arc<[Key]>,
    derived: Arc<Mutex<Derived>>,
    chance: Chance,
}

type KeyId = [u8; 4];

/// By key and campus.
type Derived = HashMap<(KeyId, String), Arc<CampusKeys>>;

#[derive(Clone)]
struct Key {
    id: KeyId,
    prk: hkdf::Prk,
}

/// What is derived from one key for one campus.
pub(crate) struct CampusKeys {
    id: KeyId,
    aead: LessSafeKey,
    pub(crate) names: hmac::Key,
}

const VERSION: u8 = 1;
const HEAD: usize = 1 + size_of::<KeyId>() + NONCE_LEN;

/// A sealed text's length at most: what the cookies of one request may hold.
pub const LONGEST: usize = 12 << 10;

/// What a sealed text may grow to when it is opened. Ours never does; this bounds a mistake.
const LARGEST: u64 = 64 << 10;

/// A key is this many bytes, in base64 of any kind.
const KEY_LEN: usize = 32;

impl Key {
    fn name(&self) -> String {
        format!("{:08x}", u32::from_be_bytes(self.id))
    }
}

impl Keyring {
    /// The keys in a text: one a line, 32 random bytes in base64, the newest first; `#` begins a remark.
    ///
    /// # Errors
    /// Which line is no key, or that there is none; never what it holds.
    pub fn parse(text: &str, chance: Chance) -> Result<Self, String> {
        let mut keys: Vec<Key> = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim();
            if line.is_empty() {
                continue;
            }
            let standard = line.trim_end_matches('=').replace('-', "+").replace('_', "/");
            let padded = format!("{standard}{}", "=".repeat((4 - standard.len() % 4) % 4));
            let key = STANDARD.decode(padded).ok().filter(|key| key.len() == KEY_LEN);
            let Some(key) = key else {
                return Err(format!(
                    "line {} is no key: write 32 random bytes in base64 (openssl rand -base64 32)",
                    number + 1
                ));
            };
            let mut id = KeyId::default();
            id.iter_mut().zip(digest(&SHA256, &key).as_ref()).for_each(|(to, from)| *to = *from);
            if keys.iter().any(|known| known.id == id) {
                return Err(format!("line {} repeats a key", number + 1));
            }
            keys.push(Key { id, prk: hkdf::Salt::new(hkdf::HKDF_SHA256, b"preau").extract(&key) });
        }
        if keys.is_empty() {
            return Err("it holds no key: write 32 random bytes in base64 (openssl rand -base64 32)".to_owned());
        }
        Ok(Self { keys: keys.into(), derived: Arc::default(), chance })
    }

    /// The text of a new key, for a file that does not exist yet.
    #[must_use]
    pub fn generate(chance: &Chance) -> String {
        let mut key = [0; KEY_LEN];
        chance(&mut key);
        format!("{}\n", STANDARD.encode(key))
    }

    /// Seals a value for a campus. `None` where it is too large to be carried by a phone.
    pub fn seal<T: Serialize>(&self, campus: &str, purpose: Purpose, value: &T) -> Option<String> {
        let keys = self.of(campus, self.keys.first()?)?;
        let mut deflated = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        deflated.write_all(&serde_json::to_vec(value).ok()?).ok()?;
        let mut body = deflated.finish().ok()?;
        let mut nonce = [0; NONCE_LEN];
        (self.chance)(&mut nonce);
        let mut sealed = Vec::with_capacity(HEAD + body.len() + 16);
        sealed.push(VERSION);
        sealed.extend_from_slice(&keys.id);
        sealed.extend_from_slice(&nonce);
        let aad = Aad::from([VERSION, purpose as u8]);
        keys.aead.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut body).ok()?;
        sealed.extend_from_slice(&body);
        let text = URL_SAFE_NO_PAD.encode(sealed);
        (text.len() <= LONGEST).then_some(text)
    }

    /// Opens what was sealed for this campus and this purpose; `None` for anything else.
    #[must_use]
    pub fn open<T: DeserializeOwned>(&self, campus: &str, purpose: Purpose, sealed: &str) -> Option<T> {
        self.open_with_names(campus, purpose, sealed).map(|(value, _)| value)
    }

    pub(crate) fn open_with_names<T: DeserializeOwned>(
        &self,
        campus: &str,
        purpose: Purpose,
        sealed: &str,
    ) -> Option<(T, Arc<CampusKeys>)> {
        if sealed.len() > LONGEST {
            return None;
        }
        let mut bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (head, body) = bytes.split_at_mut_checked(HEAD)?;
        let (&mut version, rest) = head.split_first_mut()?;
        let (id, nonce) = rest.split_at_checked(size_of::<KeyId>())?;
        let key = self.keys.iter().find(|key| version == VERSION && key.id == *id)?;
        let keys = self.of(campus, key)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let plain = keys.aead.open_in_place(nonce, Aad::from([VERSION, purpose as u8]), body).ok()?;
        let mut value = Vec::new();
        flate2::read::DeflateDecoder::new(&*plain).take(LARGEST).read_to_end(&mut value).ok()?;
        Some((serde_json::from_slice(&value).ok()?, keys))
    }

    /// What the keys are known by: 8 hexadecimal digits of each one's digest, the sealing one first.
    #[must_use]
    pub fn ids(&self) -> Vec<String> {
        self.keys.iter().map(Key::name).collect()
    }

    /// The same keys but for those of these ids: what they sealed is noise from now on.
    pub(crate) fn without(&self, ids: &BTreeSet<String>) -> Self {
        let trusted = |key: &&Key| !ids.contains(&key.name());
        Self { keys: self.keys.iter().filter(trusted).cloned().collect(), ..self.clone() }
    }

    /// What each of the keys derives for a campus, the sealing one first.
    pub(crate) fn all(&self, campus: &str) -> Vec<Arc<CampusKeys>> {
        self.keys.iter().filter_map(|key| self.of(campus, key)).collect()
    }

    fn of(&self, campus: &str, key: &Key) -> Option<Arc<CampusKeys>> {
        let mut derived = self.derived.lock().unwrap_or_else(PoisonError::into_inner);
        // Campuses are declared: this map does not grow with requests.
        let place = (key.id, campus.to_owned());
        if let Some(known) = derived.get(&place) {
            return Some(Arc::clone(known));
        }
        let expand = |what: &str| {
            let mut bytes = [0; KEY_LEN];
            let info = [what.as_bytes(), b" of ", campus.as_bytes()];
            key.prk.expand(&info, hkdf::HKDF_SHA256).ok()?.fill(&mut bytes).ok()?;
            Some(bytes)
        };
        let aead = LessSafeKey::new(UnboundKey::new(&AES_256_GCM_SIV, &expand("seal")?).ok()?);
        let names = hmac::Key::new(hmac::HMAC_SHA256, &expand("names")?);
        let keys = Arc::new(CampusKeys { id: key.id, aead, names });
        derived.insert(place, Arc::clone(&keys));
        Some(keys)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn chance() -> Chance {
        let state = Mutex::new(7_u64);
        Arc::new(move |bytes: &mut [u8]| {
            let mut state = state.lock().unwrap();
            for byte in bytes {
                *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                *byte = (*state >> 56) as u8;
            }
        })
    }

    fn key(byte: u8) -> String {
        STANDARD.encode([byte; 32])
    }

    fn ring(keys: &[u8]) -> Keyring {
        let lines: Vec<_> = keys.iter().map(|byte| key(*byte)).collect();
        Keyring::parse(&lines.join("\n"), chance()).unwrap()
    }

    #[test]
    fn opens_what_it_sealed_for_the_same_campus_and_purpose_only() {
        let ring = ring(&[1]);
        let sealed = ring.seal("rivage", Purpose::Access, &"a mark").unwrap();
        let open = |campus, purpose| ring.open::<String>(campus, purpose, &sealed);
        assert_eq!(open("rivage", Purpose::Access).unwrap(), "a mark");
        assert_eq!(open("colline", Purpose::Access), None);
        for purpose in [Purpose::Refresh, Purpose::Attempt, Purpose::Code, Purpose::Elsewhere] {
            assert_eq!(open("rivage", purpose), None);
        }
    }

    #[test]
    fn rotates_without_signing_anybody_out() {
        let sealed = ring(&[1]).seal("rivage", Purpose::Refresh, &1).unwrap();
        let both = ring(&[2, 1]);
        assert_eq!(both.open::<u8>("rivage", Purpose::Refresh, &sealed), Some(1));
        let newer = both.seal("rivage", Purpose::Refresh, &2).unwrap();
        assert_eq!(ring(&[2]).open::<u8>("rivage", Purpose::Refresh, &newer), Some(2), "the first key seals");
        assert_eq!(
            ring(&[2]).open::<u8>("rivage", Purpose::Refresh, &sealed),
            None,
            "a key that is gone opens nothing"
        );
    }

    #[test]
    fn refuses_a_text_with_any_bit_changed_or_cut() {
        let ring = ring(&[1]);
        let sealed = ring.seal("rivage", Purpose::Access, &"a mark").unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(&sealed).unwrap();
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            assert_eq!(
                ring.open::<String>("rivage", Purpose::Access, &URL_SAFE_NO_PAD.encode(&changed)),
                None,
                "{place}"
            );
            assert_eq!(ring.open::<String>("rivage", Purpose::Access, &URL_SAFE_NO_PAD.encode(&bytes[..place])), None);
        }
        assert_eq!(ring.open::<String>("rivage", Purpose::Access, &"A".repeat(LONGEST + 1)), None);
    }

    proptest::proptest! {
        #[test]
        fn opens_no_text_that_it_did_not_seal(text in "[A-Za-z0-9_-]{0,200}", bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..120)) {
            let ring = ring(&[1]);
            // The head of what it seals, and anything behind it.
            let head = ring.seal("rivage", Purpose::Access, &1).unwrap();
            let made = [&URL_SAFE_NO_PAD.decode(head).unwrap()[..HEAD], &bytes].concat();
            for sealed in [text, URL_SAFE_NO_PAD.encode(made)] {
                assert_eq!(ring.open::<serde_json::Value>("rivage", Purpose::Access, &sealed), None);
            }
        }
    }

    #[test]
    fn refuses_to_seal_what_no_phone_can_carry() {
        let mut noise = vec![0; 16 << 10];
        chance()(&mut noise);
        assert_eq!(ring(&[1]).seal("rivage", Purpose::Access, &noise), None);
        assert!(
            ring(&[1]).seal("rivage", Purpose::Access, &"group ".repeat(8 << 10)).is_some(),
            "long and plain is fine"
        );
    }

    #[test]
    fn says_which_line_of_the_keys_is_wrong() {
        let refused = |text: &str| Keyring::parse(text, chance()).err().unwrap();
        assert!(refused("# none\n\n").contains("no key"));
        assert!(refused(&format!("{}\nshort", key(1))).starts_with("line 2 is no key"));
        assert!(refused(&format!("{0}\n{0}", key(1))).starts_with("line 2 repeats"));
        assert!(
            Keyring::parse(
                &format!("{} # 2026\r\n", key(250).replace('+', "-").replace('/', "_").trim_end_matches('=')),
                chance()
            )
            .is_ok()
        );
    }
}
