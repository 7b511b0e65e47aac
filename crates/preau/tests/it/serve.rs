//! `preau serve`: campuses that change while it runs, requests that finish, a key that stays.

use std::os::unix::fs::PermissionsExt;
use std::sync::{Mutex, mpsc};
use std::time::Duration;

use insta::assert_snapshot;
use serde_json::Value;

use crate::client::{ask, connect, receive, send};
use crate::process::{PATIENCE, eventually};
use crate::school::{LINKS, School};
use crate::site::{Serving, Site, declaration};

fn name(serving: &Serving, campus: &str) -> Value {
    serving.get(campus, "/api/manifest").json()["name"].clone()
}

#[test]
fn an_edited_campus_takes_the_place_of_the_former_one() {
    let school = School::of_links();
    let site = Site::new(&school.url(), "");
    let serving = site.serve();
    assert_eq!(name(&serving, "lac"), "Université du Lac");
    site.declare("lac", &declaration("Université des Lacs", &school.url()));
    eventually("the new name", || (name(&serving, "lac") == "Université des Lacs").then_some(()));
    site.declare("golfe", &declaration("Université du Golfe", &school.url()));
    eventually("the new campus", || (serving.get("golfe", "/api/data/links").status == 200).then_some(()));
    std::fs::remove_dir_all(site.path("campuses/lac")).unwrap();
    eventually("the end of a campus", || (serving.get("lac", "/api/manifest").status == 404).then_some(()));
    assert_eq!(name(&serving, "mont"), "École du Mont");
}

#[test]
fn a_broken_edit_leaves_the_former_version_in_service_and_status_says_where_it_is_broken() {
    let school = School::of_links();
    let site = Site::new(&school.url(), "");
    let serving = site.serve();
    assert_eq!(serving.get("lac", "/api/data/links").items().len(), 2);
    site.declare(
        "lac",
        &declaration("Université des Lacs", &school.url()).replace("url = \".url\"", "url = \".url |\""),
    );
    serving.preau.err.line_with("not loaded");
    assert_eq!(name(&serving, "lac"), "Université du Lac");
    assert_eq!(serving.get("lac", "/api/data/links").items().len(), 2);
    let status = site.command(&["status"]);
    assert_eq!(status.code, Some(0), "{status:?}");
    let problems = status.out.split_once("\n\n").unwrap().1;
    assert_snapshot!(problems, @r#"
    lac: the newest declaration has errors; the former version, if any, is served

    error: the expression ends here, expected a value such as `.title`
      --> lac/campus.toml:20:14
       |
    20 | url = ".url |"
       |              ^
    "#);
    // Its neighbour has no part in this, and phones are not told.
    let phone = serving.get("lac", "/api/status").json();
    assert_eq!((&phone["newest_declaration"], &phone["problems"]), (&"refused".into(), &Value::Null));
    assert_eq!(serving.get("mont", "/api/status").json()["newest_declaration"], "in service");
}

#[test]
fn a_request_under_way_finishes_after_the_order_to_stop() {
    let (asked, is_asked) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let released = Mutex::new(released);
    let school = School::start(move |_| {
        asked.send(()).unwrap();
        let _ = released.lock().unwrap().recv_timeout(PATIENCE);
        (200, LINKS.to_owned())
    });
    let site = Site::new(&school.url(), "");
    let serving = site.serve();
    let mut idle = connect(serving.address);
    assert_eq!(ask(&mut idle, "lac.localhost", "/healthz").status, 200);
    let silent = connect(serving.address);
    let mut phone = connect(serving.address);
    send(&mut phone, "lac.localhost", "/api/data/links", "");
    is_asked.recv_timeout(PATIENCE).unwrap();
    serving.preau.terminate();
    serving.preau.err.line_with("stopping");
    release.send(()).unwrap();
    assert_eq!(receive(&mut phone).items().len(), 2);
    let ended = serving.preau.ended();
    assert_eq!((ended.code, site.path("admin.sock").exists()), (Some(0), false), "{}", ended.err);
    assert!(!ended.err.contains("did not end"), "{}", ended.err);
    drop(silent);
}

#[test]
fn refuses_a_head_of_40_kilobytes() {
    let school = School::of_links();
    let site = Site::new(&school.url(), "");
    let serving = site.serve();
    let mut phone = connect(serving.address);
    send(&mut phone, "lac.localhost", "/healthz", &format!("x-filler: {}\r\n", "x".repeat(40 << 10)));
    assert_eq!(receive(&mut phone).status, 431);
    let long = format!("x-filler: {}\r\n", "x".repeat(16 << 10));
    let mut phone = connect(serving.address);
    send(&mut phone, "lac.localhost", "/healthz", &long);
    assert_eq!(receive(&mut phone).status, 200);
}

#[test]
fn keeps_its_signing_key_for_its_owner_and_across_restarts() {
    let school = School::of_links();
    let site = Site::new(&school.url(), "");
    let key = || {
        let serving = site.serve();
        let keys = serving.get("lac", "/api/keys").json();
        let signed = serving.get("lac", "/api/manifest").header("signature-input").unwrap().to_owned();
        let key = keys["keys"][0]["kid"].as_str().unwrap().to_owned();
        assert!(signed.contains(&format!("keyid=\"{key}\"")), "{signed}");
        serving.preau.terminate();
        assert_eq!(serving.preau.ended().code, Some(0));
        key
    };
    let first = key();
    let mode = std::fs::metadata(site.path("signing.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(key(), first);
    let refused = |words: &str| {
        let ended = site.start(&[]).ended();
        assert_eq!(ended.code, Some(1));
        assert!(ended.err.contains(&format!("signing.key: {words}")), "{}", ended.err);
    };
    site.write("signing.key", "not a key");
    refused("not a P-256 key in PKCS#8");
    let former = aws_lc_rs::signature::Ed25519KeyPair::generate().unwrap().to_pkcs8().unwrap();
    std::fs::write(site.path("signing.key"), former).unwrap();
    refused("an Ed25519 key of an earlier version");
}

#[test]
fn says_in_one_line_what_it_cannot_do() {
    let school = School::of_links();
    let site = Site::new(&school.url(), "");
    let plain = site.start(&["--listen", "0.0.0.0:0"]).ended();
    assert_eq!(plain.code, Some(1));
    assert_snapshot!(plain.err, @"preau: 0.0.0.0:0 is reachable from the network: set [tls] in the settings, or listen on 127.0.0.1 behind a proxy on this machine");
    for (settings, words) in [
        ("max_connections = 0", "nonzero"),
        ("lissen = \"127.0.0.1:0\"", "unknown field `lissen`"),
        ("log.level = \"lots=of\"", "log.level"),
        ("tls = { certificate = \"none.pem\", key = \"none.pem\" }", "none.pem"),
    ] {
        let ended = Site::new(&school.url(), settings).start(&[]).ended();
        assert_eq!(ended.code, Some(1), "{settings}");
        assert!(ended.err.starts_with("preau: ") && ended.err.contains(words), "{settings}: {}", ended.err);
    }
}

#[test]
fn writes_one_json_object_a_line() {
    let school = School::start(|_| (500, String::new()));
    let site = Site::new(&school.url(), "log = { format = \"json\", level = \"info\" }");
    let serving = site.serve();
    assert_eq!(serving.get("lac", "/api/data/links").status, 503);
    site.declare("mont", "name = 1");
    serving.preau.err.line_with("not loaded");
    serving.preau.terminate();
    let ended = serving.preau.ended();
    for line in ended.err.lines() {
        let object: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(
            object["timestamp"].is_string() && object["level"].is_string() && object["message"].is_string(),
            "{line}"
        );
    }
    assert!(ended.err.contains("\"campus\":\"lac\"") && ended.err.contains("answered 500"), "{}", ended.err);
}

#[test]
fn answers_others_while_one_system_takes_its_time() {
    let (release, released) = mpsc::channel::<()>();
    let released = Mutex::new(released);
    let slow = School::start(move |_| {
        let _ = released.lock().unwrap().recv_timeout(PATIENCE);
        (200, LINKS.to_owned())
    });
    let quick = School::of_links();
    let site = Site::new(&slow.url(), "");
    site.declare("mont", &declaration("École du Mont", &quick.url()));
    let serving = site.serve();
    let mut waiting = connect(serving.address);
    send(&mut waiting, "lac.localhost", "/api/data/links", "");
    waiting.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    assert_eq!(serving.get("mont", "/api/data/links").items().len(), 2);
    assert!(waiting.peek(&mut [0]).is_err(), "it did not wait");
    waiting.set_read_timeout(Some(PATIENCE)).unwrap();
    release.send(()).unwrap();
    assert_eq!(receive(&mut waiting).items().len(), 2);
}

#[test]
fn metrics_tell_what_the_process_uses_and_whom_it_refused() {
    let school = School::of_links();
    let site = Site::new(&school.url(), "");
    let serving = site.serve();
    let text = String::from_utf8(serving.get("lac", "/metrics").body).unwrap();
    let value = |name: &str| -> f64 {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no {name} in {text}")).parse().unwrap()
    };
    assert!(value("process_cpu_seconds_total") > 0.0);
    assert!(value("process_resident_memory_bytes") > f64::from(1 << 20));
    assert!(value("process_open_fds") > 3.0 && value("process_max_fds") >= value("process_open_fds"));
    assert!(value("process_start_time_seconds") > 1.7e9);
    assert!(text.contains("\npreau_connections_refused_total 0\n"), "this machine may have all");
    assert!(text.ends_with("# EOF\n"), "OpenMetrics");
}

#[test]
fn opens_as_many_files_as_the_system_lets_it() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    // What it inherits, as most systems have it.
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: Some(1024), ..limit }).unwrap();
    let serving = Site::new("https://www.univ-demo.fr/", "").serve();
    setrlimit(Resource::Nofile, limit).unwrap();
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", serving.preau.id())).unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    let [soft, hard] = [3, 4].map(|field| line.split_whitespace().nth(field).unwrap().to_owned());
    assert_eq!(soft, hard);
}
