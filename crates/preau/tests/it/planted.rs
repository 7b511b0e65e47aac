//! Nothing about a person stays where a server writes: people whose every attribute, grade and token carries a mark use
//! everything, make every mistake, and then all that the process wrote or maps is searched.

mod deeds;
mod school;
mod search;

use testbed::{OidcProvider, need};

use self::school::{MARK, Mood, Upstream};
use self::search::{Finding, forms, search, searched_process};
use crate::collector::Collector;
use crate::phone::Phone;
use crate::process::eventually;
use crate::site::Site;
use crate::telemetry;

/// As much as an operator could log, spans included, each request among the slow ones.
const SETTINGS: &str = "log = { format = \"json\", level = \"trace\", slow = \"1ns\" }";

const SETS: [&str; 10] =
    ["grades", "absences", "timetable", "documents", "loans", "profile", "events", "posts", "agenda", "directory"];

#[test]
fn no_mark_of_a_person_is_left_where_a_server_writes() {
    let collector = Collector::start();
    let site = Site::empty(&format!("{SETTINGS}\n{}", telemetry::settings(&collector.url(), "")));
    let postgres = need!(testbed::postgres());
    let directory = need!(testbed::slapd(&school::people()));
    let cas = need!(testbed::django_cas_of(&school::attributes("colline")));
    let address = testbed::free_port();
    let mut openid = need!(openid(address.port()));
    let upstream = Upstream::start(&postgres);
    for (campus, login) in [
        ("rivage", school::openid(&openid.issuer())),
        ("colline", school::cas(&cas.url())),
        ("falaise", school::ldap(&directory)),
    ] {
        site.declare(campus, &upstream.declaration(campus, &login));
    }
    let serving = site.serve_with(&["--listen", &address.to_string()], &[]);
    let mut answers = Vec::new();
    let mut phones: Vec<_> = ["rivage", "colline", "falaise"].map(|campus| Phone::new(serving.address, campus)).into();

    for phone in &mut phones {
        phone.makes_mistakes_before_signing_in();
        phone.signs_in(&format!("{MARK}{}login", phone.campus), &school::password(phone.campus));
        assert_eq!(phone.get("/api/me").json()["user"], format!("{MARK}{}user", phone.campus));
        phone.subscribes();
        phone.reads_everything();
        assert_eq!(phone.get("/api/data/grades").items().len(), 2);
        for mood in [Mood::Refuses, Mood::Fails, Mood::Babbles] {
            upstream.is(mood);
            phone.reads_everything();
        }
        upstream.is(Mood::Well);
        assert_eq!(phone.refreshes(), 204);
        phone.makes_mistakes();
    }
    // The upstream is killed: what a school let be kept is still there, encrypted under the phone's own token.
    drop(postgres);
    let rivage = &mut phones[0];
    eventually("an old copy", || {
        let grades = rivage.get("/api/data/grades");
        let old = grades.header("cache-status").is_some_and(|status| status.contains("detail=source-unavailable"));
        old.then(|| assert_eq!(grades.items().len(), 2))
    });
    openid.stop();
    for phone in &mut phones {
        phone.reads_everything();
        assert_eq!(phone.refreshes(), 204);
        answers.extend(phone.what_everybody_sees(&SETS));
        phone.signs_out();
        answers.extend(phone.what_everybody_sees(&SETS));
        assert_eq!(phone.get("/api/data/grades").status, 401);
    }
    for path in ["/status", "/cache", "/metrics"] {
        answers.push((format!("the admin socket's {path}"), site.admin(path).body));
    }

    // Marks, and what only the phones and the providers may know.
    let mut secrets: Vec<String> = phones.iter().flat_map(|phone| phone.secrets.iter().cloned()).collect();
    let tokens = upstream.tokens.lock().unwrap().clone();
    assert!(!tokens.is_empty(), "the interface is asked with the provider's tokens");
    secrets.extend(tokens);
    let needles = forms(MARK).into_iter().chain(secrets.iter().map(|secret| ("a secret", secret.clone().into_bytes())));
    let needles: Vec<_> = needles.chain(school::NUMBERS.map(|number| ("a number", number.into()))).collect();
    let mut findings = searched_process(serving.preau.id(), &needles);
    findings.extend(search::folder(site.folder(), &needles));
    findings.extend(search::folder(serving.preau.temporary(), &needles));
    findings.extend(answers.iter().flat_map(|(place, text)| search(place, text, &needles)));
    serving.preau.terminate();
    let log = serving.preau.ended().err;

    assert!(
        log.contains("records rejected")
            && log.contains("\"spans\"")
            && log.contains("TRACE")
            && log.contains("slow request"),
        "it logs nothing"
    );
    findings.extend(log.lines().flat_map(|line| search(line, line.as_bytes(), &needles)));
    let posts = collector.posts();
    assert!(!posts.is_empty(), "it traces nothing");
    findings.extend(posts.iter().flat_map(|post| search("a trace", &post.body, &needles)));
    let shown: Vec<_> = findings.iter().take(20).map(Finding::to_string).collect();
    assert!(findings.is_empty(), "{} findings:\n{}", findings.len(), shown.join("\n"));
}

fn openid(port: u16) -> Option<OidcProvider> {
    let client = serde_json::json!({
        "client_id": "campus", "client_secret": "secret-of-campus",
        "grant_types": ["authorization_code", "refresh_token"],
        "redirect_uris": [format!("http://rivage.localhost:{port}/api/login/callback")],
    });
    let users: serde_json::Value = serde_json::from_str(&school::attributes("rivage")).unwrap();
    let settings =
        serde_json::json!({ "clients": [client], "users": users, "configuration": { "ttl": { "AccessToken": 120 } } });
    testbed::oidc_provider(&settings.to_string())
}

#[test]
fn the_search_finds_a_mark_in_every_form_and_place() {
    let folder = tempfile::tempdir().unwrap();
    let needles = forms(MARK);
    for (form, bytes) in &needles {
        let file = folder.path().join("control");
        std::fs::write(&file, [b"before \xff ", bytes.as_slice(), b" after"].concat()).unwrap();
        let found = search::folder(folder.path(), &needles);
        assert!(found.iter().any(|finding| finding.form == *form && finding.place.ends_with("control")), "{form}");
    }
    std::fs::write(folder.path().join(format!("{MARK}.cache")), "").unwrap();
    assert!(search::folder(folder.path(), &needles).iter().any(|finding| finding.place.ends_with(".cache")));
    // An open file that has no name any more.
    let file = tempfile::tempfile().unwrap();
    std::io::Write::write_all(&mut &file, MARK.as_bytes()).unwrap();
    let found = searched_process(std::process::id(), &needles);
    assert!(found.iter().any(|finding| finding.place.contains("(deleted)")), "{found:?}");
}
