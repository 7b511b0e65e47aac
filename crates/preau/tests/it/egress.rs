//! `preau egress`: what a school has to let through.

use insta::assert_snapshot;
use serde_json::Value;
use tempfile::TempDir;

use crate::process::Preau;

/// A campus that connects by every protocol, and elsewhere on a channel.
const DECLARATION: &str = r#"
name = "Université du Lac"
timezone = "Europe/Paris"

[channels.beta]

[login]
method = "oidc"
issuer = "https://sso.univ-lac.fr/realms/lac"
client_id = "preau"
client_secret = "hidden"

[sources.website]
connector = "feed"
url = "https://www.univ-lac.fr/hidden/feed"

[sources.records]
connector = "http"
url = "https://user:hidden@records.univ-lac.fr:8443/v1?token=hidden"
auth.oauth2 = { token_url = "https://sso.univ-lac.fr/token", client_id = "preau", client_secret = "hidden" }
egress = "schools"

[sources.records.on.beta]
url = "https://preprod.univ-lac.fr/v1"

[sources.calendar]
connector = "ical"
url = { env = "EGRESS_TEST_OF_NOBODY" }

[sources.rooms]
connector = "file"
path = "rooms.csv"

[sources.library]
connector = "sql"
url = "postgres://preau:hidden@db.univ-lac.fr/koha"
"#;

fn place() -> TempDir {
    let place = tempfile::tempdir().unwrap();
    std::fs::create_dir(place.path().join("lac")).unwrap();
    std::fs::write(place.path().join("lac/campus.toml"), DECLARATION).unwrap();
    std::fs::write(place.path().join("preau.toml"), "[outbound.egress]\nschools = \"193.51.192.10\"\n").unwrap();
    place
}

fn run(place: &TempDir, more: &[&str]) -> String {
    let [campus, settings] = ["lac", "preau.toml"].map(|name| place.path().join(name).display().to_string());
    let ended = Preau::run(&[&["egress", &campus, "--settings", &settings], more].concat());
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{}", ended.out);
    assert!(!ended.out.contains("hidden") && !ended.out.contains("realms"), "{}", ended.out);
    ended.out
}

#[test]
fn a_table_for_the_schools_firewall() {
    assert_snapshot!(run(&place(), &[]), @"
    ┌────────────────────────────────────────────────────────────────────────────────────────────────┐
    │ who               how    host                          port   from            channels         │
    ╞════════════════════════════════════════════════════════════════════════════════════════════════╡
    │ login             oidc   sso.univ-lac.fr               443    any             production, beta │
    │ source calendar   ical   (a secret that is not here)          any             production, beta │
    │ source library    sql    db.univ-lac.fr                5432   any             production, beta │
    │ source records    http   preprod.univ-lac.fr           443    193.51.192.10   beta             │
    │ source records    http   records.univ-lac.fr           8443   193.51.192.10   production       │
    │ source records    http   sso.univ-lac.fr               443    193.51.192.10   production, beta │
    │ source website    feed   www.univ-lac.fr               443    any             production, beta │
    └────────────────────────────────────────────────────────────────────────────────────────────────┘
    our addresses: 193.51.192.10 (schools)
    ");
}

#[test]
fn the_same_for_programs() {
    let told: Value = serde_json::from_str(&run(&place(), &["--json"])).unwrap();
    assert_eq!(told["addresses"]["schools"], "193.51.192.10");
    let of = |who: &str, channel: &str| {
        let ways = told["destinations"].as_array().unwrap().iter();
        let ways =
            ways.filter(|way| way["who"] == who && way["channels"].as_array().unwrap().iter().any(|c| c == channel));
        ways.map(|way| format!("{}:{} from {}", way["host"], way["port"], way["from"])).collect::<Vec<_>>()
    };
    assert_eq!(
        of("source records", "beta"),
        [r#""preprod.univ-lac.fr":443 from "193.51.192.10""#, r#""sso.univ-lac.fr":443 from "193.51.192.10""#]
    );
    assert_eq!(
        of("source records", "production"),
        [r#""records.univ-lac.fr":8443 from "193.51.192.10""#, r#""sso.univ-lac.fr":443 from "193.51.192.10""#]
    );
    assert_eq!(of("source calendar", "production"), ["null:null from null"]);
    assert_eq!(of("login", "production"), [r#""sso.univ-lac.fr":443 from null"#]);
}

#[test]
fn a_campus_that_is_not_in_order_is_told_where_to_look() {
    let place = place();
    std::fs::write(place.path().join("lac/campus.toml"), DECLARATION.replace("timezone", "timzone")).unwrap();
    let campus = place.path().join("lac").display().to_string();
    let ended = Preau::run(&["egress", &campus]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("the campus has errors: preau check "), "{}", ended.err);
}
