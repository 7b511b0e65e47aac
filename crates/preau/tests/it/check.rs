//! `preau check`: every mistake at once, with its place and remedy.

use std::process::{Command, Stdio};

use insta::assert_snapshot;
use testbed::need;

use crate::process::{Ended, Preau, root};
use crate::site::{Site, declaration};

const UPSTREAM: &str = "https://www.univ-demo.fr/";

#[test]
fn finds_the_examples_in_order() {
    let ended = Preau::run(&["check", "examples"]);
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{}", ended.out);
    assert!(ended.out.contains("colline: 14 data sets in order"), "{}", ended.out);
    assert!(ended.out.contains("2 campuses, 0 errors, "), "{}", ended.out);
}

#[test]
fn takes_campuses_and_folders_of_them_together() {
    let site = Site::new(UPSTREAM, "");
    let ended = Preau::run(&["check", &site.text("campuses"), "examples/rivage"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    for line in
        ["lac: 1 data set in order", "mont: 1 data set in order", "rivage: 20 data sets in order", "3 campuses, "]
    {
        assert!(ended.out.contains(line), "{line}: {}", ended.out);
    }
}

#[test]
fn shows_every_mistake_with_its_place_and_remedy() {
    let site = Site::new(UPSTREAM, "");
    let broken =
        declaration("Université du Lac", UPSTREAM).replace("title =", "titel =").replace("\"portal\"", "\"portl\"");
    site.declare("lac", &broken);
    let ended = Preau::run(&["check", &site.text("campuses")]);
    assert_eq!((ended.code, ended.err.as_str()), (Some(1), ""));
    assert_snapshot!(ended.out, @r#"
    error: unknown source "portl"
      --> lac/campus.toml:12:10
       |
    12 | source = "portl"
       |          ^^^^^^^
       |
       = help: did you mean "portal"?

    error: the kind "links" has no field "titel"
      --> lac/campus.toml:19:1
       |
    19 | titel = ".title"
       | ^^^^^
       |
       = help: did you mean "title"?

    mont: 1 data set in order
    2 campuses, 2 errors, 0 warnings
    "#);
}

#[test]
fn knows_secrets_in_directories_that_the_settings_open() {
    let site = Site::new(UPSTREAM, "");
    site.write("secrets/key", "k");
    let headers = format!("headers = {{ x-key = {{ file = {:?} }} }}\n[data.links]", site.text("secrets/key"));
    site.declare("lac", &declaration("Université du Lac", UPSTREAM).replace("[data.links]", &headers));
    let alone = Preau::run(&["check", &site.text("campuses")]);
    assert!(alone.out.ends_with("2 campuses, 0 errors, 1 warning"), "{}", alone.out);
    site.write("preau.toml", &format!("directories = [{:?}]", site.text("secrets")));
    let with_settings = Preau::run(&["check", &site.text("campuses"), "--settings", &site.text("preau.toml")]);
    assert!(with_settings.out.ends_with("2 campuses, 0 errors, 0 warnings"), "{}", with_settings.out);
}

/// The campus `lac` with an OpenID provider at this address, `mont` with a directory where nobody listens.
fn with_logins(issuer: &str) -> Site {
    let site = Site::new(UPSTREAM, "");
    let login = |id: &str, name: &str, login: &str| {
        let hosts = format!("hosts = [\"{id}.univ-demo.fr\"]");
        site.declare(id, &format!("{hosts}{}\n[login]\n{login}", declaration(name, UPSTREAM)));
    };
    let secret = "client_id = \"campus\"\nclient_secret = { file = \"secret\" }";
    login("lac", "Université du Lac", &format!("method = \"oidc\"\nissuer = \"{issuer}\"\n{secret}"));
    login("mont", "École du Mont", "method = \"ldap\"\nurl = \"ldap://127.0.0.1:9\"\nbase = \"dc=univ-demo,dc=fr\"");
    site
}

fn check(site: &Site, more: &[&str]) -> Ended {
    Preau::run(&[&["check", &site.text("campuses"), "--settings", &site.text("preau.toml")], more].concat())
}

#[test]
fn asks_the_provider_of_each_login_whether_it_is_there() {
    let provider = need!(testbed::oidc_provider("{\"clients\": [], \"users\": {}}"));
    let site = with_logins(&provider.issuer());
    site.write("campuses/lac/secret", "secret-of-campus");
    let ended = check(&site, &[]);
    assert_eq!((ended.code, ended.err.as_str()), (Some(1), ""));
    let address = provider.issuer().replace("http://", "");
    assert_snapshot!(ended.out.replace(&address, "PROVIDER"), @r"
    lac: 1 data set in order
      people sign in by oidc, as https://lac.univ-demo.fr
        PROVIDER is an OpenID provider and calls itself as declared
        it signs with 1 key (RS256)
        it announces PKCE with S256
        redirect URI to register there: https://lac.univ-demo.fr/api/login/callback
        signing out here signs out there too; register the address to come back to: https://lac.univ-demo.fr/
        it can tell who signed out there; back-channel logout URI to register: https://lac.univ-demo.fr/api/login/notice
    mont: 1 data set in order
      people sign in by ldap, as https://mont.univ-demo.fr
        error: Unavailable: 127.0.0.1 refuses connections: is the server running?
    2 campuses, 1 error, 0 warnings
    ");
    let ended = check(&site, &["--site", "https://test.univ-demo.fr/app"]);
    assert!(ended.out.contains("  people sign in by oidc, as https://test.univ-demo.fr\n"), "{}", ended.out);
}

#[test]
fn contacts_nobody_offline_or_without_what_a_login_refers_to() {
    let site = with_logins("http://127.0.0.1:9");
    let ended = check(&site, &["--offline"]);
    assert_eq!(ended.code, Some(0), "{}", ended.out);
    for method in ["oidc", "ldap"] {
        let line = format!("\n  people sign in by {method}, which was not tried: --offline\n");
        assert!(ended.out.contains(&line), "{}", ended.out);
    }
    let mont = declaration("École du Mont", UPSTREAM);
    site.declare("mont", &format!("{mont}\n[login]\nmethod = \"cas\"\nurl = \"https://127.0.0.1:9\""));
    let ended = check(&site, &[]);
    assert_eq!(ended.code, Some(0), "{}", ended.out);
    for line in [
        "  people sign in by oidc, which was not tried: not all that it refers to is here",
        "  people sign in by cas, which was not tried: mont has no host: say its address with --site",
        "2 campuses, 0 errors, 1 warning",
    ] {
        assert!(ended.out.lines().any(|shown| shown == line), "{}", ended.out);
    }
}

#[test]
fn says_which_folder_is_missing_or_holds_no_campus() {
    let missing = Preau::run(&["check", "examples", "exemples"]);
    assert_eq!((missing.code, missing.out.as_str()), (Some(1), ""));
    assert_snapshot!(missing.err, @"preau: exemples: No such file or directory (os error 2)");
    let folder = tempfile::tempdir().unwrap();
    let empty = Preau::run(&["check", &folder.path().display().to_string()]);
    assert_eq!(empty.code, Some(1));
    assert!(
        empty.err.ends_with("is no campus and holds none: a campus is a folder with a campus.toml in it"),
        "{empty:?}"
    );
}

#[test]
fn minds_nobody_who_stops_reading() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_preau"));
    command.args(["check", "examples"]).current_dir(root()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
}
