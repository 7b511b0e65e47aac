//! `preau demo`: what a newcomer sees.

use std::net::{SocketAddr, TcpListener};
use std::process::Command;
use std::time::{Duration, Instant};

use jiff::{Timestamp, ToSpan};
use serde_json::Value;

use crate::client::{Answer, get};
use crate::process::{Ended, Preau, eventually};

const CAMPUSES: [&str; 2] = ["colline", "rivage"];

struct Demo {
    preau: Preau,
    address: SocketAddr,
}

impl Demo {
    fn start() -> Self {
        let preau = Preau::start(&["demo", "--listen", "127.0.0.1:0"]);
        let line = preau.out.line_with("/api/manifest");
        let port = line.rsplit_once(':').and_then(|(_, rest)| rest.split('/').next()?.parse().ok()).expect("a port");
        Self { preau, address: SocketAddr::from(([127, 0, 0, 1], port)) }
    }

    fn get(&self, campus: &str, path: &str) -> Answer {
        get(self.address, &format!("{campus}.localhost"), path)
    }

    /// The data sets of a campus by name, as its manifest lists them.
    fn data(&self, campus: &str) -> serde_json::Map<String, Value> {
        self.get(campus, "/api/manifest").json()["data"].as_object().unwrap().clone()
    }

    /// `preau cache …` against it, with the socket that it names.
    fn cache(&self, arguments: &[&str]) -> Ended {
        let line = self.preau.out.line_with("preau status --admin-socket");
        let socket = line.rsplit(' ').next().unwrap();
        Preau::run(&[&["cache"], arguments, &["--admin-socket", socket]].concat())
    }
}

#[test]
fn prints_three_commands_that_work() {
    let demo = Demo::start();
    demo.preau.out.line_with("Ctrl-C stops it");
    let out = demo.preau.out.so_far();
    let commands: Vec<_> = out.lines().map(str::trim).filter(|line| line.starts_with("curl ")).collect();
    assert_eq!(commands.len(), 3, "{out}");
    commands.iter().for_each(|command| works(command, demo.address));
}

/// As a person at the terminal would run it; without curl, the same request.
fn works(command: &str, address: SocketAddr) {
    let quietly = format!("{command} --silent --show-error --fail --noproxy '*' --max-time 60");
    let body = match Command::new("curl").arg("--version").output() {
        Ok(_) => {
            let output = Command::new("sh").args(["-c", &quietly]).output().unwrap();
            assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
            output.stdout
        }
        Err(_) => {
            let url = command.trim_start_matches("curl ").trim_matches('\'').trim_start_matches("http://");
            let (host, path) = url.split_once('/').unwrap();
            let answer = get(address, host, &format!("/{path}"));
            assert_eq!(answer.status, 200, "{command}");
            answer.body
        }
    };
    assert!(serde_json::from_slice::<Value>(&body).is_ok_and(|answer| answer.is_object()), "{command}");
}

#[test]
fn is_installed_under_the_sign_of_the_school_that_has_one_and_a_drawn_one_otherwise() {
    let demo = Demo::start();
    for (campus, count, media) in [("rivage", 1, "image/png"), ("colline", 4, "image/svg+xml")] {
        let icons = demo.get(campus, "/manifest.webmanifest").json()["icons"].clone();
        let icons = icons.as_array().unwrap();
        assert_eq!(icons.len(), count, "{icons:?}");
        assert!(icons.iter().any(|icon| icon["type"] == media), "{icons:?}");
        for icon in icons {
            assert_eq!(demo.get(campus, icon["src"].as_str().unwrap()).status, 200, "{icon}");
        }
    }
}

#[test]
fn answers_every_public_set_in_full_and_no_personal_one() {
    let demo = Demo::start();
    for campus in CAMPUSES {
        let data = demo.data(campus);
        assert!(data.len() >= 10);
        for (name, set) in data {
            let answer = demo.get(campus, &format!("/api/data/{name}"));
            if set["audience"] == "public" {
                assert!(!answer.items().is_empty(), "{campus}/{name}");
                let explained = demo.get(campus, &format!("/api/explain/{name}")).json();
                assert_eq!(explained["why"]["reason"], "in-order", "{campus}/{name}: {explained:#}");
                assert_eq!(explained["account"]["rejected"], 0, "{campus}/{name}: {explained:#}");
                assert_eq!(explained["account"]["omitted"], 0, "{campus}/{name}: {explained:#}");
            } else {
                assert_eq!(answer.status, 401, "{campus}/{name}");
                assert_eq!(answer.header("content-type"), Some("application/problem+json"));
                assert_eq!(answer.json()["type"], "urn:preau:problem:sign-in-required");
            }
        }
    }
}

#[test]
fn shows_classes_of_this_week_and_departures_of_the_next_two_hours() {
    let demo = Demo::start();
    let now = Timestamp::now();
    let between = |items: &[Value], field: &str, from: Timestamp, to: Timestamp| {
        let times = items.iter().map(|item| item[field].as_str().unwrap().parse::<Timestamp>().unwrap());
        times.filter(|time| (from..to).contains(time)).count()
    };
    for campus in CAMPUSES {
        let classes = demo.get(campus, "/api/data/group-timetable").items();
        assert!(between(&classes, "start", now, now + 168.hours()) > 0, "{campus}");
        let departures = demo.get(campus, "/api/data/departures").items();
        assert!(between(&departures, "scheduled", now - 5.minutes(), now + 2.hours()) > 5, "{campus}");
        assert_eq!(between(&departures, "scheduled", now + 3.hours(), Timestamp::MAX), 0, "{campus}");
    }
}

#[test]
fn gives_each_host_its_own_campus() {
    let demo = Demo::start();
    for (campus, name) in [("colline", "École de la Colline"), ("rivage", "Université de Rivage")] {
        let manifest = demo.get(campus, "/api/manifest").json();
        assert_eq!((&manifest["campus"], &manifest["name"]), (&campus.into(), &name.into()));
    }
    assert_eq!(demo.get("nobody", "/api/manifest").status, 404);
}

#[test]
fn waits_for_a_slow_system_once() {
    let demo = Demo::start();
    let began = Instant::now();
    let first = demo.get("rivage", "/api/data/opening");
    assert!(began.elapsed() >= Duration::from_millis(1500), "it is not slow any more");
    let second = demo.get("rivage", "/api/data/opening");
    assert_eq!(first.items(), second.items());
    assert!(first.header("cache-status").unwrap().starts_with("Preau; fwd=miss"), "{first:?}");
    assert!(second.header("cache-status").unwrap().starts_with("Preau; hit"), "{second:?}");
}

#[test]
fn shows_the_last_departures_when_the_town_s_system_fails() {
    let demo = Demo::start();
    let departures = || demo.get("rivage", "/api/data/departures");
    assert!(!departures().items().is_empty());
    let changed = demo.cache(&["lifetimes", "rivage", "departures", "--fresh-for", "1s"]);
    assert_eq!(changed.code, Some(0), "{changed:?}");
    // Each fifth answer of that system is a 503.
    let explained = eventually("a failure", || {
        assert!(!departures().items().is_empty());
        let explained = demo.get("rivage", "/api/explain/departures").json();
        (explained["why"]["reason"] == "old-because-the-source-fails").then_some(explained)
    });
    assert_eq!(explained["source"]["last_failure"]["kind"], "unavailable");
    assert!(!departures().items().is_empty());
}

#[test]
fn ends_with_status_0_and_leaves_nothing_behind() {
    let demo = Demo::start();
    assert_eq!(demo.preau.temporary_files(), 1);
    demo.preau.terminate();
    let ended = demo.preau.ended();
    assert_eq!((ended.code, ended.err.as_str(), ended.left_behind), (Some(0), "", 0));
}

#[test]
fn two_at_once_do_not_disturb_each_other() {
    let [one, other] = [Demo::start(), Demo::start()];
    assert_ne!(one.address, other.address);
    assert!(!one.get("rivage", "/api/data/news").items().is_empty());
    one.preau.terminate();
    assert_eq!(one.preau.ended().code, Some(0));
    for campus in CAMPUSES {
        assert!(!other.get(campus, "/api/data/news").items().is_empty());
    }
}

#[test]
fn says_in_one_line_that_its_port_is_taken() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended = Preau::run(&["demo", "--listen", &address]);
    assert_eq!((ended.code, ended.out.as_str(), ended.left_behind), (Some(1), "", 0));
    assert_eq!(
        ended.err,
        format!(
            "preau: cannot listen on {address}: Address already in use (os error 98); choose another address with --listen"
        )
    );
}
