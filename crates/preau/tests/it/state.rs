//! What a server remembers: across restarts, in copies, and while its database is away.

use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::client::{Answer, ask_with, get};
use crate::process::{PATIENCE, Preau, eventually};
use crate::school::School;
use crate::site::{Serving, Site};

/// A change of the lifetimes of `lac`'s links, by the admin socket.
fn retime(site: &Site, seconds: u32, key: &str) -> Answer {
    let body = json!({ "campus": "lac", "data": "links", "change": { "fresh_for": seconds }, "by": "test" });
    admin(site, "PUT", "/cache/lifetimes", &format!("Idempotency-Key: {key}\r\n"), &body)
}

fn admin(site: &Site, method: &str, path: &str, more: &str, body: &Value) -> Answer {
    let mut socket = UnixStream::connect(site.path("admin.sock")).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    ask_with(&mut socket, method, "admin", path, more, &body.to_string())
}

/// What is in force.
fn fresh_for(site: &Site) -> Value {
    admin(site, "GET", "/cache", "", &Value::Null).json()["changes"][0]["change"]["fresh_for"].clone()
}

fn ends(serving: Serving) {
    serving.preau.terminate();
    assert_eq!(serving.preau.ended().code, Some(0));
}

#[test]
fn what_was_changed_stays_in_force_across_an_end_and_a_kill() {
    let school = School::of_links();
    let site = Site::new(&school.url(), "");
    let serving = site.serve();
    let first = retime(&site, 7, "one");
    assert_eq!((first.status, &first.json()["replicated"]), (200, &json!(false)), "{first:?}");
    ends(serving);
    let serving = site.serve();
    assert_eq!(fresh_for(&site), 7);
    assert_eq!(retime(&site, 7, "one").json()["version"], first.json()["version"], "the same write");
    assert_eq!(retime(&site, 8, "two").status, 200);
    drop(serving);
    let _serving = site.serve();
    assert_eq!(fresh_for(&site), 8);
}

#[test]
fn readiness_says_no_before_the_end_and_requests_are_answered_meanwhile() {
    let school = School::of_links();
    let site = Site::new(&school.url(), "drain = \"1h\"");
    let serving = site.serve();
    assert_eq!(serving.get("lac", "/readyz").status, 200);
    serving.preau.terminate();
    eventually("it is not ready", || (serving.get("lac", "/readyz").status == 503).then_some(()));
    assert_eq!(serving.get("lac", "/api/data/links").items().len(), 2);
    assert_eq!(serving.get("lac", "/healthz").status, 200);
    // Whoever tells it twice does not want to wait.
    ends(serving);
}

#[test]
fn one_node_after_the_other_is_restarted_and_no_request_fails() {
    let school = School::of_links();
    let sites = [(); 2].map(|()| Site::new(&school.url(), "drain = \"200ms\""));
    let ports = [(); 2].map(|()| testbed::free_port().to_string());
    let serve = |node: usize| sites[node].serve_with(&["--listen", &ports[node]], &[]);
    let mut nodes = [serve(0), serve(1)];
    // What is left open is closed by the end of the server's own block.
    let balanced = format!(
        "location / {{ proxy_pass http://nodes; proxy_set_header Host $host; proxy_next_upstream error timeout http_503; }}
         }} upstream nodes {{ server {} max_fails=0; server {} max_fails=0;",
        ports[0], ports[1]
    );
    let balancer = testbed::need!(testbed::nginx(&balanced));
    let (address, over, answered) =
        (balancer.address(), Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let load: Vec<_> = (0..4)
        .map(|_| {
            let (over, answered) = (Arc::clone(&over), Arc::clone(&answered));
            std::thread::spawn(move || {
                while !over.load(Ordering::SeqCst) {
                    let answer = get(address, "lac.localhost", "/api/data/links");
                    assert_eq!(answer.status, 200, "{answer:?}");
                    answered.fetch_add(1, Ordering::SeqCst);
                }
            })
        })
        .collect();
    for (node, serving) in nodes.iter_mut().enumerate() {
        let before = answered.load(Ordering::SeqCst);
        eventually("requests are on their way", || (answered.load(Ordering::SeqCst) > before + 100).then_some(()));
        serving.preau.terminate();
        assert_eq!(serving.preau.end().code(), Some(0));
        *serving = serve(node);
    }
    over.store(true, Ordering::SeqCst);
    load.into_iter().for_each(|load| load.join().expect("no request failed"));
}

#[test]
fn a_copy_brings_back_what_was_acknowledged_until_then() {
    let school = School::of_links();
    let site = Site::new(&school.url(), "");
    let (settings, copy) = (site.text("preau.toml"), site.text("copy.sqlite"));
    let run = |command: &str| Preau::start_in(site.folder(), &[command, &copy, "--settings", &settings], &[]).ended();
    assert!(run("backup").err.contains("no journal is in"));
    let serving = site.serve();
    assert_eq!(retime(&site, 7, "one").status, 200);
    let ended = run("backup");
    assert_eq!(ended.code, Some(0), "through the running server: {ended:?}");
    assert_eq!(retime(&site, 8, "two").status, 200);
    assert!(run("restore").err.contains("another server uses the state's folder"));
    ends(serving);

    let ended = run("restore");
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.out.starts_with("entries that are there again: 1;"), "{}", ended.out);
    let serving = site.serve();
    assert_eq!(fresh_for(&site), 7);
    assert_eq!(retime(&site, 9, "three").status, 200);
    ends(serving);
    assert_eq!(run("backup").code, Some(0), "without a server");

    site.write("copy.sqlite", "torn");
    let ended = run("restore");
    assert_eq!((ended.code, ended.err.contains("copy.sqlite")), (Some(1), true), "{ended:?}");
    let _serving = site.serve();
    assert_eq!(fresh_for(&site), 9, "nothing was changed");
}

#[test]
fn a_cell_whose_database_is_away_goes_on_reading_and_says_that_it_cannot_write() {
    let settings = ["wal_level=logical", "fsync=on", "max_slot_wal_keep_size=1GB", "max_logical_replication_workers=8"];
    let more = ["max_worker_processes=16", "wal_sender_timeout=5s", "wal_receiver_timeout=5s"];
    let mut database = testbed::need!(testbed::postgres_with(&[&settings[..], &more].concat()));
    let school = School::of_links();
    let url = format!("postgres://app:hidden@{}/cell", database.address());
    let cell =
        "[cell]\nname = \"dc1\"\nurl = \"https://{campus}.dc1.preau.example\"\ndatabase = { env = \"DATABASE\" }\n\
         guest = { user = \"peer\", password = \"hidden too\" }\n"
            .to_string();
    let site = Site::new(&school.url(), &cell);
    let variables = [("DATABASE", url.as_str())];
    let (file, superuser) = (site.text("preau.toml"), database.superuser("postgres"));
    let cell = |action: &[&str]| {
        let arguments = [&["cell"], action, &["--settings", &file, "--admin-url", &superuser]].concat();
        Preau::start_in(site.folder(), &arguments, &variables).ended()
    };
    let ended = cell(&["init", "--tune"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(cell(&["join"]).code, Some(0), "nobody else is there");

    let serving = site.serve_with(&[], &variables);
    serving.preau.err.line_with("announced");
    assert_eq!(retime(&site, 7, "one").status, 200);
    let ended = cell(&["status"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let lines = ["preau_cell_alarms 0", "preau_cell_conflicts 0", "preau_cell_journal_entries{origin=\"dc1\"} "];
    eventually("the metrics of the cell", || {
        let metrics = String::from_utf8(admin(&site, "GET", "/metrics", "", &Value::Null).body).unwrap();
        lines.iter().all(|line| metrics.contains(line)).then_some(())
    });
    database.kill();
    let refused = retime(&site, 8, "two");
    assert_eq!((refused.status, refused.header("retry-after").is_some()), (503, true), "{refused:?}");
    assert!(!refused.json().to_string().contains("hidden"));
    assert_eq!(fresh_for(&site), 7);
    assert_eq!(serving.get("lac", "/api/data/links").items().len(), 2);
    assert_eq!(serving.get("lac", "/readyz").status, 200);
    let ended = cell(&["status", "--json"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.out.contains("cannot be talked to"), "{}", ended.out);
    drop(serving);

    // It starts without its database, too.
    let serving = site.serve_with(&[], &variables);
    assert_eq!(fresh_for(&site), 7);
    assert_eq!(serving.get("lac", "/api/data/links").items().len(), 2);
    database.start();
    eventually("it writes again", || (retime(&site, 8, "two").status == 200).then_some(()));
    assert_eq!(fresh_for(&site), 8);
    ends(serving);
}
