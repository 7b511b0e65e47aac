//! The keys that seal sessions: made once, changed while people are signed in, and nobody's but the server's.

use std::os::unix::fs::PermissionsExt;

use testbed::{PEOPLE, Slapd, need};

use crate::phone::Phone;
use crate::process::eventually;
use crate::site::{Serving, Site, declaration};

const VARIABLE: &str = "PREAU_SESSION_KEYS";

/// A server whose campus `lac` signs in at a directory, and always answers at the same address.
struct House {
    site: Site,
    _directory: Slapd,
}

impl House {
    fn new() -> Option<Self> {
        let directory = testbed::slapd(PEOPLE)?;
        let site = Site::new("http://127.0.0.1:9/", "");
        let login = format!(
            "[login]\nmethod = \"ldap\"\nurl = \"ldap://{}\"\nuser_dn = \"uid={{user}},ou=people,{}\"\n",
            directory.address(),
            Slapd::BASE,
        );
        site.declare("lac", &format!("{}\n{login}", declaration("Université du Lac", "http://127.0.0.1:9/")));
        Some(Self { site, _directory: directory })
    }

    fn serve(&self, keys: Option<&str>) -> Serving {
        let variables: Vec<_> = keys.iter().map(|keys| (VARIABLE, *keys)).collect();
        self.site.serve_with(&[], &variables)
    }

    fn keys(&self) -> String {
        std::fs::read_to_string(self.site.path("session.keys")).unwrap()
    }
}

fn signed_in(serving: &Serving) -> Phone {
    let mut phone = Phone::new(serving.address, "lac");
    phone.signs_in("adupont", "demo");
    assert!(phone.is_signed_in());
    phone
}

/// 32 bytes in base64.
fn key(letter: char) -> String {
    format!("{}=", letter.to_string().repeat(43))
}

#[test]
fn they_are_made_on_the_first_start_for_their_owner_and_keep_people_signed_in_across_restarts() {
    let house = need!(House::new());
    let serving = house.serve(None);
    let made = house.keys();
    let mode = std::fs::metadata(house.site.path("session.keys")).unwrap().permissions().mode();
    assert_eq!((mode & 0o777, made.lines().filter(|line| !line.starts_with('#')).count()), (0o600, 1), "{made}");
    let mut phone = signed_in(&serving);
    serving.preau.terminate();
    assert_eq!(serving.preau.ended().code, Some(0));

    let serving = house.serve(None);
    assert_eq!(house.keys(), made);
    phone.address = serving.address;
    assert!(phone.is_signed_in());
    assert_eq!(phone.refreshes(), 204);
}

#[test]
fn a_new_first_key_signs_nobody_out_while_the_old_one_stays_below_it() {
    let house = need!(House::new());
    let serving = house.serve(None);
    let (old, mut phone) = (house.keys(), signed_in(&serving));
    let mut away = signed_in(&serving);
    let change = |keys: &str, words: &str, times: usize| {
        house.site.write("session.keys", keys);
        eventually(words, || (serving.preau.err.so_far().matches(words).count() == times).then_some(()));
    };
    change(&format!("{}\n{old}", key('A')), "session keys read again", 1);
    assert!(phone.is_signed_in());
    assert_eq!(phone.refreshes(), 204, "from now on by the new key");
    // What cannot be read changes nothing.
    change("no key", "the former session keys stay", 1);
    assert_eq!(phone.refreshes(), 204);
    change(&key('A'), "session keys read again", 2);
    assert!(phone.is_signed_in());
    assert_eq!((phone.refreshes(), away.refreshes()), (204, 401), "the old key is gone, and what it sealed");
}

#[test]
fn those_of_the_environment_win_over_the_file() {
    let house = need!(House::new());
    let of_the_file = signed_in(&house.serve(None));
    let keys = format!("{} {}", key('A'), key('I'));
    let mut phone = signed_in(&house.serve(Some(&keys)));
    let serving = house.serve(Some(&keys));
    phone.address = serving.address;
    assert!(phone.is_signed_in());
    let mut stranger = Phone { address: serving.address, ..of_the_file };
    assert!(!stranger.is_signed_in());
    // Nothing of them is written anywhere.
    std::fs::remove_file(house.site.path("session.keys")).unwrap();
    drop(serving);
    let _serving = house.serve(Some(&keys));
    assert!(!house.site.path("session.keys").exists());
}

#[test]
fn no_school_s_declaration_may_name_them() {
    let site = Site::new("http://127.0.0.1:9/", "");
    let headers = format!("headers = {{ x-key = {{ env = \"{VARIABLE}\" }} }}\n[data.links]");
    let mean = declaration("Université du Lac", "http://127.0.0.1:9/").replace("[data.links]", &headers);
    site.declare("lac", &mean);
    let key = key('A');
    let serving = site.serve_with(&[], &[(VARIABLE, &key)]);
    assert_eq!(serving.get("lac", "/api/manifest").status, 404, "it is not loaded");
    assert_eq!(serving.get("mont", "/api/manifest").status, 200);
    let shown = site.command(&["status"]).out;
    assert!(shown.contains(&format!("the environment variable {VARIABLE} is not set")), "{shown}");
}
