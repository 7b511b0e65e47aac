//! A campus that is published: to testers, to everybody, and back; and who did it.

use crate::school::School;
use crate::site::{Site, declaration};

/// A third campus, in a folder that is not served.
fn folder(site: &Site, name: &str, upstream: &str) -> String {
    let channel = "\n[channels.beta]\ntesters = [\"group:dsi\"]\n";
    site.write("draft/nantes/campus.toml", &(declaration(name, upstream) + channel));
    site.text("draft/nantes")
}

#[test]
fn a_folder_is_published_promoted_compared_and_rolled_back() {
    let school = School::of_links();
    let site = Site::new(&school.url(), "");
    let serving = site.serve();
    let run = |arguments: &[&str]| {
        let ended = site.command(arguments);
        assert_eq!(ended.code, Some(0), "{arguments:?}: {}", ended.err);
        ended.out
    };
    let first = folder(&site, "Nantes", &school.url());
    assert!(
        run(&["publish", &first, "--channel", "production", "--note", "first"])
            .contains("publication 1 is on production")
    );
    assert_eq!(serving.get("nantes", "/api/data/links").items().len(), 2);
    let second = folder(&site, "Nantes, new", &school.url());
    assert!(run(&["publish", &second]).contains("publication 2 is on beta"));
    assert_eq!(serving.get("nantes", "/api/manifest").json()["name"], "Nantes", "testers only");
    let diff = run(&["diff", "nantes", "production", "beta"]);
    assert!(diff.contains("-name = \"Nantes\"") && diff.contains("+name = \"Nantes, new\""), "{diff}");
    assert!(run(&["diff", "nantes", "beta", &second]).contains("the same files"));
    run(&["promote", "nantes", "beta"]);
    assert_eq!(serving.get("nantes", "/api/manifest").json()["name"], "Nantes, new");
    run(&["rollback", "nantes"]);
    assert_eq!(serving.get("nantes", "/api/manifest").json()["name"], "Nantes");
    run(&["cache", "purge", "nantes", "links", "--devices"]);
    assert!(serving.get("nantes", "/api/manifest").json()["data"]["links"]["epoch"].as_i64() > Some(0));

    let history = run(&["history", "nantes"]);
    assert!(history.contains("first") && history.contains("production") && history.contains("beta"), "{history}");
    let trail = run(&["audit", "--campus", "nantes", "--format", "csv"]);
    let lines: Vec<_> = trail.lines().collect();
    assert_eq!(lines.len(), 1 + 4 + 2, "{trail}");
    assert!(lines[1].contains("channel/production") && lines[1].contains("socket:"), "{trail}");
    assert!(run(&["audit"]).contains("purge/data/links"));
    assert!(run(&["conflicts"]).contains("no value was changed twice"));

    serving.preau.terminate();
    assert_eq!(serving.preau.ended().code, Some(0));
    let serving = site.serve();
    assert_eq!(serving.get("nantes", "/api/manifest").json()["publication"], 1, "published is published");
    run(&["withdraw", "nantes", "production"]);
    assert_eq!(serving.get("nantes", "/api/manifest").status, 404);
    assert_eq!(site.command(&["withdraw", "nantes", "production"]).code, Some(1));
    run(&["rollback", "nantes", "--to", "2"]);
    assert_eq!(serving.get("nantes", "/api/manifest").json()["publication"], 2);
}

#[test]
fn what_has_errors_or_holds_a_secret_is_not_published() {
    let school = School::of_links();
    let site = Site::new(&school.url(), "[variables]\nnantes = [\"NANTES_*\"]\n");
    let serving = site.serve_with(&[], &[("NANTES_URL", &school.url()), ("LAC_URL", &school.url())]);
    let publish = |text: &str| {
        site.write("draft/nantes/campus.toml", text);
        site.command(&["publish", &site.text("draft/nantes"), "--channel", "production"])
    };
    let good = declaration("Nantes", &school.url());
    let url = format!("\"{}\"", school.url());
    site.write("draft/nantes/url", &school.url());
    for (text, words) in [
        (good.replace("\"portal\"", "\"portl\""), "did you mean"),
        (good.replace(&url, "{ file = \"url\" }"), "publi"),
        (good.replace(&url, "{ env = \"LAC_URL\" }"), "LAC_URL"),
    ] {
        let refused = publish(&text);
        assert!(refused.code == Some(1) && refused.err.contains(words), "{words}: {}", refused.err);
    }
    assert_eq!(serving.get("nantes", "/api/manifest").status, 404);
    let bound = publish(&good.replace(&url, "{ env = \"NANTES_URL\" }"));
    assert_eq!(bound.code, Some(0), "{}", bound.err);
    assert_eq!(serving.get("nantes", "/api/data/links").items().len(), 2);
}

#[test]
fn a_stolen_session_key_is_revoked_in_one_command() {
    let school = School::of_links();
    let site = Site::new(&school.url(), "");
    let serving = site.serve();
    let shown = site.command(&["session-keys"]).out;
    let id = shown.split_whitespace().find(|word| word.len() == 8 && word.bytes().all(|b| b.is_ascii_hexdigit()));
    let id = id.unwrap_or_else(|| panic!("{shown}"));
    assert!(site.command(&["session-keys", "revoke", "00000000"]).err.contains(id));
    let revoked = site.command(&["session-keys", "revoke", id]).out;
    assert!(revoked.contains("revoked") && !revoked.contains("seals"), "{revoked}");
    drop(serving);
    let _again = site.serve();
    assert!(site.command(&["session-keys"]).out.contains("revoked"), "after a kill too");
}
