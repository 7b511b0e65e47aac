//! Channels: what a source has otherwise on one of them, and what is needed to serve it.

use std::collections::BTreeMap;

use campus::{Campus, Checked, Draft, Origin, PRODUCTION, Surroundings};
use identity::Person;
use jiff::{SignedDuration, Timestamp};

use crate::folder::{Folder, report, surroundings};

const HEAD: &str = "name = \"Démo\"\ntimezone = \"Europe/Paris\"\n[channels.beta]\n[channels.pilot]\n";

fn declaration(source: &str) -> String {
    format!(
        "{HEAD}
[sources.website]
connector = \"feed\"
url = \"https://www.univ-demo.fr/feed\"

[sources.api]
{source}

[data.news]
source = \"website\"

[data.articles]
kind = \"news\"
source = \"api\"

[data.articles.map]
id = \".id\"
title = \".title\"
published = \".date\"
"
    )
}

fn check(folder: &Folder, channel: Option<&str>, surroundings: &Surroundings) -> Checked {
    let folder = folder.path("demo");
    Draft { id: "demo", folder: &folder, origin: Origin::Folder, channel }.check(surroundings)
}

fn on(source: &str, channel: &str) -> Campus {
    let checked = check(&Folder::with(&declaration(source)), Some(channel), &surroundings(&[("A", "a"), ("B", "b")]));
    assert_eq!(report(&checked), "");
    checked.campus.unwrap()
}

/// The version of the set whose source may be another one on a channel.
fn articles(source: &str, channel: &str) -> u64 {
    on(source, channel).data["articles"].version
}

#[test]
fn a_source_is_on_a_channel_what_is_written_there_and_for_the_rest_what_it_is() {
    let http = |more: &str| format!("connector = \"http\"\nurl = \"https://api.univ-demo.fr\"\n{more}");
    let file = |more: &str| format!("connector = \"file\"\n{more}");
    let cases = [
        // Anything but a table is replaced.
        (
            http("on.beta.url = \"https://preprod.univ-demo.fr\""),
            "connector = \"http\"\nurl = \"https://preprod.univ-demo.fr\"".to_owned(),
        ),
        (http("on.beta = { plain_http = true }"), http("plain_http = true")),
        // A table of names is put over the other name by name.
        (
            http("headers = { A = \"1\", B = \"2\" }\non.beta.headers = { B = \"3\", C = \"4\" }"),
            http("headers = { A = \"1\", B = \"3\", C = \"4\" }"),
        ),
        (
            http("headers = { A = { env = \"A\" } }\non.beta.headers = { A = { file = \"b\" } }"),
            http("headers = { A = \"from a file\" }"),
        ),
        // One of several shapes is one thing.
        (
            http("auth = { bearer = \"t\" }\non.beta.auth = { basic = { user = \"u\", password = \"p\" } }"),
            http("auth = { basic = { user = \"u\", password = \"p\" } }"),
        ),
        (file("url = \"https://univ-demo.fr/a.csv\"\non.beta.path = \"a.csv\""), file("path = \"a.csv\"")),
        (
            file("format = \"csv\"\nurl = { env = \"A\" }\non.beta.url = { env = \"B\" }"),
            file("format = \"csv\"\nurl = \"https://b.fr\""),
        ),
    ];
    for (source, same) in cases {
        let folder = Folder::with(&declaration(&source));
        folder.write("demo/b", "from a file");
        let checked = check(&folder, Some("beta"), &surroundings(&[("A", "https://a.fr"), ("B", "https://b.fr")]));
        assert_eq!(report(&checked), "", "{source}");
        assert_eq!(checked.campus.unwrap().data["articles"].version, articles(&same, PRODUCTION), "{source}");
    }
}

#[test]
fn only_what_comes_from_another_source_is_another_version() {
    let source =
        "connector = \"http\"\nurl = \"https://api.univ-demo.fr\"\non.beta.url = \"https://preprod.univ-demo.fr\"";
    let [production, beta, pilot] = [PRODUCTION, "beta", "pilot"].map(|channel| on(source, channel));
    assert_eq!([&*production.channel, &*beta.channel, &*pilot.channel], [PRODUCTION, "beta", "pilot"]);
    let version = |campus: &Campus, name: &str| campus.data[name].version;
    assert_ne!(version(&production, "articles"), version(&beta, "articles"));
    assert_eq!(version(&production, "articles"), version(&pilot, "articles"));
    assert_eq!(version(&production, "news"), version(&beta, "news"));
    assert!(production.version != beta.version && beta.version != pilot.version);
}

#[test]
fn a_secret_is_needed_only_where_its_channel_is_served() {
    let folder = Folder::with(&declaration(
        "connector = \"http\"\nurl = { env = \"URL\" }\non.beta.url = { env = \"PREPROD_URL\" }\n",
    ));
    let served = |channel, variables: &[(&str, &str)]| {
        let checked = check(&folder, channel, &Surroundings { secrets_required: true, ..surroundings(variables) });
        let others: Vec<_> = checked.others.iter().map(|campus| campus.channel.to_string()).collect();
        let messages: Vec<_> = checked.problems.into_iter().map(|problem| problem.message).collect();
        (checked.campus.is_some(), others.join(" "), messages.join(", "))
    };
    let lacks = |name: &str, on: &str| format!("the environment variable {name} is not set{on}");
    let (url, preprod) = (("URL", "https://a.fr"), ("PREPROD_URL", "https://b.fr"));
    let none = String::new;
    assert_eq!(served(Some(PRODUCTION), &[url]), (true, none(), none()));
    assert_eq!(served(Some("beta"), &[preprod]), (true, none(), none()));
    assert_eq!(served(Some("beta"), &[url]), (false, none(), lacks("PREPROD_URL", ", on the channel \"beta\"")));
    assert_eq!(served(Some("pilot"), &[preprod]), (false, none(), lacks("URL", ", on the channel \"pilot\"")));
    // From a folder, each channel for which all is there is served.
    assert_eq!(served(None, &[url, preprod]), (true, "beta pilot".to_owned(), none()));
    assert_eq!(served(None, &[url]), (true, "pilot".to_owned(), lacks("PREPROD_URL", ", on the channel \"beta\"")));
    assert_eq!(served(None, &[preprod]), (false, "beta".to_owned(), lacks("URL", "")));
}

#[test]
fn a_mistake_on_any_channel_is_one_of_the_declaration() {
    let source = "connector = \"http\"\nurl = \"https://a.fr\"\non.beta.ulr = \"https://b.fr\"";
    for channel in [None, Some(PRODUCTION), Some("beta"), Some("pilot")] {
        let checked = check(&Folder::with(&declaration(source)), channel, &surroundings(&[]));
        assert!(checked.campus.is_none() && checked.others.is_empty());
        let messages: Vec<_> = checked.problems.into_iter().map(|problem| problem.message).collect();
        assert_eq!(messages, ["unknown key \"ulr\" in source \"api\", on the channel \"beta\""]);
    }
}

#[test]
fn a_channel_is_declared_before_it_is_served() {
    let source = "connector = \"http\"\nurl = \"https://a.fr\"";
    let checked = check(&Folder::with(&declaration(source)), Some("gamma"), &surroundings(&[]));
    assert!(checked.campus.is_none());
    insta::assert_snapshot!(report(&checked), @r#"
    error: the campus has no channel "gamma"
    --> demo/campus.toml
     = help: add [channels.gamma] with its testers
    "#);
}

#[test]
fn a_campus_has_few_channels() {
    let channels: String = (0..12).map(|n| format!("[channels.c{n:02}]\n")).collect();
    let checked = Folder::with(&format!("name = \"Démo\"\ntimezone = \"Europe/Paris\"\n{channels}")).check();
    insta::assert_snapshot!(report(&checked).split("\n\n").next().unwrap(), @r#"
    error: a campus has 8 channels at most besides "production"
      --> demo/campus.toml:11:11
       |
    11 | [channels.c08]
       |           ^^^
       |
       = help: remove one that nobody tests any more
    "#);
    assert_eq!(checked.problems.len(), 4);
}

#[test]
fn testers_are_some_for_good_and_some_for_a_time() {
    let checked = Folder::with(
        r#"
name = "Démo"
timezone = "Europe/Paris"

[channels.beta]
testers = [
    "group:dsi",
    { who = "user:jmartin", until = "2026-12-31" },
    { who = "user:agarcia", until = 2026-03-29 },
    { who = "user:lpetit", until = "2026-12-31T18:00:00+01:00" },
    { who = "group:l3", until = 2026-06-30T22:00:00Z },
]
"#,
    )
    .check();
    assert_eq!(report(&checked), "");
    let campus = checked.campus.unwrap();
    let tests = |user: &str, group: &str, now: &str| {
        let person = Person {
            user: user.to_owned(),
            name: None,
            groups: vec![group.to_owned()],
            affiliations: vec![],
            roles: vec![],
            attributes: BTreeMap::new(),
        };
        campus.channels["beta"].includes(&person, now.parse().unwrap())
    };
    assert!(tests("anybody", "dsi", "2100-01-01T00:00:00Z") && !tests("anybody", "l2", "2026-01-01T00:00:00Z"));
    // The last day counts, as long as it lasts at the school; that of the change of the clocks has 23 hours.
    for (user, group, end) in [
        ("jmartin", "", "2027-01-01T00:00:00+01:00"),
        ("agarcia", "", "2026-03-30T00:00:00+02:00"),
        ("lpetit", "", "2026-12-31T17:00:00Z"),
        ("somebody", "l3", "2026-07-01T00:00:00+02:00"),
    ] {
        let end: Timestamp = end.parse().unwrap();
        let before = end - SignedDuration::from_secs(1);
        assert!(tests(user, group, &before.to_string()) && !tests(user, group, &end.to_string()), "{user}");
    }
}
