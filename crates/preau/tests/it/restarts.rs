//! What is known survives: an end, a kill at any moment, and a school that is away when the server is back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use testbed::need;

use crate::process::eventually;
use crate::school::{LINKS, School};
use crate::site::{Serving, Site, declaration};

/// The two campuses of a site, with links that are fresh for a moment and then usable for an hour, and what else is declared.
fn site(upstream: &str, more: &str) -> Site {
    let site = Site::empty("");
    for (id, name) in [("lac", "Université du Lac"), ("mont", "École du Mont")] {
        let more = format!("fresh_for = \"1ms\"\nstale_for = \"1h\"\n{more}audience =");
        site.declare(id, &declaration(name, upstream).replace("audience =", &more));
    }
    site
}

/// Reads the links of both campuses, and waits until they are on the disk.
fn read_both(site: &Site, serving: &Serving, count: usize) {
    for campus in ["lac", "mont"] {
        assert_eq!(serving.get(campus, "/api/data/links").items().len(), count);
    }
    let on_disk = || site.command(&["cache", "show"]).out.contains("on disk 2 entries").then_some(());
    eventually("they are on the disk", on_disk);
}

/// Waits until an answer tells that it is old and why.
fn is_old(serving: &Serving, campus: &str, count: usize, why: &str) {
    eventually("it is told why", || {
        let answer = serving.get(campus, "/api/data/links");
        assert_eq!(answer.items().len(), count);
        assert!(answer.header("age").is_some());
        answer.header("cache-status")?.contains(&format!("detail={why}")).then_some(())
    });
}

#[test]
fn a_restart_with_a_dead_school_answers_what_was_known_and_tells_that_it_is_old_and_why() {
    let mut school = need!(testbed::nginx(""));
    school.write("www/links.json", LINKS);
    let site = site(&school.url("/"), "");
    let serving = site.serve();
    read_both(&site, &serving, 2);
    drop(serving);
    school.stop();
    let serving = site.serve();
    is_old(&serving, "lac", 2, "source-unavailable");
    let explained = serving.get("lac", "/api/explain/links").json();
    assert_eq!((&explained["items"], &explained["why"]["reason"]), (&2.into(), &"old-because-the-source-fails".into()));
    // Before anybody read it: what is on the disk is known too.
    assert_eq!(serving.get("mont", "/api/explain/links").json()["items"], 2);
    school.start();
    eventually("it is new again", || {
        let answer = serving.get("mont", "/api/data/links");
        (!answer.header("cache-status")?.contains("detail=source")).then_some(())
    });
}

#[test]
fn a_restart_asks_the_school_whether_anything_changed() {
    let school = need!(testbed::nginx(""));
    school.write("www/links.json", LINKS);
    let site = site(&school.url("/"), "");
    let serving = site.serve();
    read_both(&site, &serving, 2);
    drop(serving);
    let before = school.requests().len();
    let serving = site.serve();
    let unchanged = || {
        assert_eq!(serving.get("lac", "/api/data/links").items().len(), 2);
        school.requests()[before..].iter().any(|request| request.ends_with(" 304")).then_some(())
    };
    eventually("the school says that nothing changed", unchanged);
    assert!(!school.requests()[before..].iter().any(|request| request.ends_with(" 200")));
}

#[test]
fn what_is_purged_stays_away_after_a_kill() {
    let mut school = need!(testbed::nginx(""));
    school.write("www/links.json", LINKS);
    let site = site(&school.url("/"), "");
    let serving = site.serve();
    read_both(&site, &serving, 2);
    assert_eq!(site.command(&["cache", "purge", "lac"]).code, Some(0));
    drop(serving);
    school.stop();
    let serving = site.serve();
    assert_eq!(serving.get("lac", "/api/data/links").status, 503);
    is_old(&serving, "mont", 2, "source-unavailable");
}

#[test]
fn a_list_that_is_empty_after_a_restart_is_held_until_somebody_runs_the_command_that_it_names() {
    let count = Arc::new(AtomicUsize::new(200));
    let now = Arc::clone(&count);
    let school = School::start(move |_| {
        let link = |id| format!(r#"{{"id": {id}, "title": "Lien {id}", "url": "https://bib.univ-demo.fr/"}}"#);
        (200, format!("[{}]", (0..now.load(Ordering::SeqCst)).map(link).collect::<Vec<_>>().join(",")))
    });
    let site = site(&school.url(), "may_shrink_to = \"20%\"\n");
    let serving = site.serve();
    read_both(&site, &serving, 200);
    drop(serving);
    count.store(0, Ordering::SeqCst);
    let serving = site.serve();
    is_old(&serving, "lac", 200, "source-malformed");
    let told = serving.preau.err.line_with("If that is right, purge the set: preau ");
    let command = told.split("purge the set: preau ").nth(1).unwrap().split(',').next().unwrap();
    assert_eq!(command, "cache purge lac links");
    let ended = site.command(&command.split(' ').collect::<Vec<_>>());
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert_eq!(serving.get("lac", "/api/data/links").items().len(), 0, "it is accepted");
    is_old(&serving, "mont", 200, "source-malformed");
}

#[test]
fn a_kill_at_any_moment_leaves_answers_that_are_whole() {
    let (version, away) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let (next, failing) = (Arc::clone(&version), Arc::clone(&away));
    // Each answer is another, of a few pages of a disk; all its links carry its number.
    let school = School::start(move |_| {
        if failing.load(Ordering::SeqCst) {
            return (500, "away".to_owned());
        }
        let number = next.fetch_add(1, Ordering::SeqCst);
        let link = |id| {
            format!(r#"{{"id": {id}, "title": "{number} {}", "url": "https://bib.univ-demo.fr/"}}"#, "x".repeat(500))
        };
        (200, format!("[{}]", (0..40).map(link).collect::<Vec<_>>().join(",")))
    });
    let site = site(&school.url(), "");
    let number = |serving: &Serving, campus: &str| {
        let items = serving.get(campus, "/api/data/links").items();
        let numbers: Vec<usize> = items
            .iter()
            .map(|item| item["title"].as_str().unwrap().split(' ').next().unwrap().parse().unwrap())
            .collect();
        assert_eq!(numbers, vec![numbers[0]; 40]);
        numbers[0]
    };
    for round in 0..6 {
        away.store(false, Ordering::SeqCst);
        let serving = site.serve();
        for _ in 0..20 + 7 * round {
            number(&serving, "lac");
            number(&serving, "mont");
        }
        drop(serving);
        away.store(true, Ordering::SeqCst);
        let made = version.load(Ordering::SeqCst);
        let serving = site.serve();
        let known = ["lac", "mont"].map(|campus| number(&serving, campus));
        assert!(known.iter().all(|number| *number < made) && known[0] != known[1], "{known:?} of {made}");
    }
}
