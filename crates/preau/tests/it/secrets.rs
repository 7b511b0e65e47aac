//! A planted secret that is searched for wherever a person or a machine may read.

use crate::process::Preau;
use crate::school::School;
use crate::site::{Site, declaration};

const IN_QUERY: &str = "canary-in-the-query";
const IN_HEADER: &str = "canary-in-the-header";
const IN_PATH: &str = "canary-in-the-path";
const IN_BODY: &str = "canary-in-the-body";

#[test]
fn a_failing_source_tells_no_secret_at_any_level_of_the_log() {
    let school = School::start(|_| (503, format!("[{{\"id\": 1, \"title\": \"{IN_BODY}\", \"url\": 7}}")));
    let site = Site::new(&school.url(), "log = { format = \"json\", level = \"trace\" }");
    for (campus, name) in [("lac", "Université du Lac"), ("mont", "École du Mont")] {
        let url = format!("{}{IN_PATH}/?key={IN_QUERY}", school.url());
        let own = declaration(name, &url)
            .replace("[data.links]", &format!("headers = {{ x-key = \"{IN_HEADER}\" }}\n[data.links]"));
        site.declare(campus, &own);
    }
    let serving = site.serve();
    let mut seen =
        vec![String::from_utf8(serving.get("lac", "/api/data/links?q=canary-in-the-question").body).unwrap()];
    for path in ["/api/data/links", "/api/explain/links", "/api/status", "/metrics", "/api/manifest"] {
        let answer = serving.get("lac", path);
        seen.push(answer.head + &String::from_utf8(answer.body).unwrap());
    }
    for ended in [
        site.command(&["status"]),
        site.command(&["cache", "show"]),
        Preau::run(&["try", &site.text("campuses/lac"), "links", "--settings", &site.text("preau.toml")]),
        Preau::run(&["check", &site.text("campuses")]),
    ] {
        seen.push(ended.out + &ended.err);
    }
    serving.preau.terminate();
    let ended = serving.preau.ended();
    assert!(ended.err.contains("503"), "the failure is not logged: {}", ended.err);
    seen.push(ended.err);
    for text in seen {
        assert!(!text.contains("canary"), "{text}");
    }
}
