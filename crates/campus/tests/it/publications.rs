//! Publications and channels as a server keeps them, beside folders of its machine.

use std::path::PathBuf;
use std::sync::Arc;

use campus::{Broken, Campus, Campuses, Draft, Origin, Package, Publication, Severity, Surroundings, check};

use crate::folder::{Folder, report, surroundings};

/// Declarations packed and unpacked, as they come from elsewhere.
struct Published(Folder);

impl Published {
    fn new() -> Self {
        Self(Folder::new())
    }

    fn unpacked(&self, declaration: &str) -> (PathBuf, String) {
        self.0.write("draft/campus.toml", declaration);
        let package = Package::read(&self.0.path("draft")).unwrap();
        (package.unpack(&self.0.path("publications")).unwrap(), package.digest())
    }

    fn publish(
        &self,
        campuses: &Campuses,
        channel: &str,
        number: u32,
        declaration: &str,
    ) -> Result<Arc<Campus>, Arc<Broken>> {
        let (folder, digest) = self.unpacked(declaration);
        campuses.publish(&Publication { id: "demo", channel, number, digest: &digest, folder: &folder })
    }
}

fn declaration(name: &str, hosts: &str, more: &str) -> String {
    format!("name = \"{name}\"\ntimezone = \"Europe/Paris\"\nhosts = [{hosts}]\n[channels.beta]\n{more}")
}

fn nowhere() -> Campuses {
    Campuses::load(None, surroundings(&[])).unwrap()
}

fn name(campus: Option<Arc<Campus>>) -> Option<String> {
    campus.map(|campus| campus.name.clone())
}

#[test]
fn a_server_without_folders_serves_what_is_published() {
    let (campuses, published) = (nowhere(), Published::new());
    assert!(campuses.folder().is_none() && campuses.all().is_empty());
    let first =
        published.publish(&campuses, "production", 1, &declaration("First", "\"app.univ-demo.fr\"", "")).unwrap();
    assert_eq!((first.publication, &*first.channel, &*first.id), (Some(1), "production", "demo"));
    let second = published.publish(&campuses, "production", 2, &declaration("Second", "", "")).unwrap();
    assert_ne!(first.version, second.version);
    for found in [campuses.get("demo"), campuses.at("demo.localhost"), campuses.on("demo", "production")] {
        assert!(Arc::ptr_eq(&found.unwrap(), &second));
    }
    assert!(campuses.at("app.univ-demo.fr").is_none(), "the second has no such host");
    campuses.withdraw("demo", "production");
    campuses.withdraw("demo", "production");
    assert!(campuses.all().is_empty() && campuses.at("demo.localhost").is_none());
}

#[test]
fn each_channel_has_its_own_publication_and_production_has_the_hosts() {
    let (campuses, published) = (nowhere(), Published::new());
    let beta = declaration("Next", "\"next.univ-demo.fr\"", "");
    published.publish(&campuses, "beta", 1, &beta).unwrap();
    assert_eq!(name(campuses.on("demo", "beta")).as_deref(), Some("Next"));
    assert!(campuses.get("demo").is_none() && campuses.at("next.univ-demo.fr").is_none());

    published.publish(&campuses, "production", 2, &declaration("Now", "\"app.univ-demo.fr\"", "")).unwrap();
    assert_eq!(name(campuses.at("app.univ-demo.fr")).as_deref(), Some("Now"));
    assert!(campuses.at("next.univ-demo.fr").is_none());
    let channels: Vec<_> = campuses.channels("demo").into_values().map(|campus| campus.publication).collect();
    assert_eq!(channels, [Some(1), Some(2)]);

    // What was tried on one channel goes to everybody.
    let promoted = published.publish(&campuses, "production", 3, &beta).unwrap();
    assert_eq!(name(campuses.at("next.univ-demo.fr")).as_deref(), Some("Next"));
    assert_ne!(promoted.version, campuses.on("demo", "beta").unwrap().version, "they may have other sources");
    campuses.withdraw("demo", "beta");
    assert!(campuses.on("demo", "beta").is_none() && campuses.get("demo").is_some());
}

#[test]
fn a_broken_publication_replaces_nothing_and_is_told() {
    let (campuses, published) = (nowhere(), Published::new());
    let good = published.publish(&campuses, "production", 1, &declaration("Good", "", "")).unwrap();
    let refused =
        published.publish(&campuses, "production", 2, "name = \"Bad\"\ntimezone = \"Europe/Pari\"\n").unwrap_err();
    assert_eq!(
        (refused.publication, refused.problems[0].message.as_str()),
        (Some(2), "\"Europe/Pari\" is no time zone")
    );
    assert_eq!(refused.problems[0].file, "demo/campus.toml");
    assert!(Arc::ptr_eq(&campuses.get("demo").unwrap(), &good));
    assert!(Arc::ptr_eq(&campuses.broken("demo").unwrap(), &refused));

    let unknown = published.publish(&campuses, "gamma", 3, &declaration("Gamma", "", "")).unwrap_err();
    assert_eq!(unknown.problems[0].message, "the campus has no channel \"gamma\"");
    assert_eq!(campuses.broken_on("demo", "gamma").unwrap().publication, Some(3));
    campuses.withdraw("demo", "gamma");

    published.publish(&campuses, "production", 4, &declaration("Mended", "", "")).unwrap();
    assert!(campuses.broken("demo").is_none() && campuses.all_broken().is_empty());
    let (folder, digest) = published.unpacked(&declaration("Hostile", "", ""));
    for id in ["../demo", "", "Demo"] {
        let hostile = Publication { id, channel: "production", number: 5, digest: &digest, folder: &folder };
        assert!(campuses.publish(&hostile).is_err(), "{id}");
    }
}

#[test]
fn a_folder_of_this_machine_wins_until_it_goes() {
    let folder = Folder::with(&declaration("Folder", "\"app.univ-demo.fr\"", ""));
    let campuses = Campuses::load(Some(&folder.path("")), surroundings(&[])).unwrap();
    let published = Published::new();
    published.publish(&campuses, "production", 1, &declaration("Published", "\"app.univ-demo.fr\"", "")).unwrap();
    published.publish(&campuses, "beta", 2, &declaration("Published for some", "", "")).unwrap();
    assert_eq!(name(campuses.at("app.univ-demo.fr")).as_deref(), Some("Folder"));
    assert_eq!(
        name(campuses.on("demo", "beta")).as_deref(),
        Some("Folder"),
        "never half from here and half from there"
    );
    folder.write("demo/campus.toml", "name = ");
    campuses.reload("demo");
    assert_eq!(name(campuses.get("demo")).as_deref(), Some("Folder"));
    assert_eq!(campuses.broken("demo").unwrap().publication, None);

    std::fs::remove_dir_all(folder.path("demo")).unwrap();
    campuses.reload("demo");
    assert_eq!(name(campuses.at("app.univ-demo.fr")).as_deref(), Some("Published"));
    assert_eq!(name(campuses.on("demo", "beta")).as_deref(), Some("Published for some"));
    assert!(campuses.broken("demo").is_none());

    // A folder that never worked takes nothing away.
    folder.write("demo/campus.toml", "name = ");
    campuses.reload("demo");
    assert_eq!(name(campuses.get("demo")).as_deref(), Some("Published"));
    assert!(campuses.broken("demo").is_some());
}

#[test]
fn a_folder_is_served_on_all_channels_that_it_declares() {
    let source = "[sources.website]\nconnector = \"feed\"\nurl = \"https://www.univ-demo.fr/feed\"\n";
    let preprod = "[sources.website.on.beta]\nurl = { env = \"PREPROD_URL\" }\n";
    let folder = Folder::with(&declaration("Before", "", &[source, preprod].concat()));
    let required = |variables: &[(&str, &str)]| Surroundings { secrets_required: true, ..surroundings(variables) };
    let campuses = Campuses::load(Some(&folder.path("")), required(&[("PREPROD_URL", "https://b.fr")])).unwrap();
    let named = |channel: &str| name(campuses.on("demo", channel));
    assert_eq!((named("production").as_deref(), named("beta").as_deref()), (Some("Before"), Some("Before")));

    let other = preprod.replace("PREPROD_URL", "ELSEWHERE");
    folder.write("demo/campus.toml", &declaration("After", "", &[source, &other].concat()));
    campuses.reload("demo");
    assert_eq!((named("production").as_deref(), named("beta").as_deref()), (Some("After"), Some("Before")));
    let broken = campuses.broken_on("demo", "beta").unwrap();
    assert_eq!(broken.problems[0].message, "the environment variable ELSEWHERE is not set, on the channel \"beta\"");
    assert!(campuses.broken("demo").is_none());
    assert_eq!(campuses.all_broken(), ["demo"]);

    folder.write("demo/campus.toml", &declaration("Last", "", "").replace("[channels.beta]", ""));
    campuses.reload("demo");
    assert_eq!((named("production").as_deref(), named("beta")), (Some("Last"), None));
    assert!(campuses.all_broken().is_empty());
}

/// The check of what is to be published, on the machine of who publishes it.
fn draft(folder: &Folder, surroundings: &Surroundings) -> String {
    let folder = folder.path("demo");
    let checked = Draft { id: "demo", folder: &folder, origin: Origin::Publication, channel: None }.check(surroundings);
    assert_eq!(checked.campus.is_some(), checked.problems.iter().all(|problem| problem.severity == Severity::Warning));
    report(&checked)
}

#[test]
fn a_publication_holds_no_secret_and_may_hold_all_else() {
    let opened = tempfile::tempdir().unwrap();
    std::fs::write(opened.path().join("key"), "k").unwrap();
    let declaration = format!(
        r#"
name = "Démo"
timezone = "Europe/Paris"

[login]
method = "saml"
metadata = {{ file = "saml/idp.xml" }}
certificate = {{ file = "saml/cert.pem" }}
key = {{ file = "saml/key.pem" }}

[sources.api]
connector = "http"
url = "https://api.univ-demo.fr"
auth.basic = {{ user = "preau", password = {{ file = "secrets/key" }} }}

[sources.api.headers]
X-Key = {{ file = "./secrets/key" }}
X-Opened = {{ file = "{}" }}
X-None = {{ file = "none" }}

[sources.plain]
connector = "http"
url = "https://preau:hidden-1@api.univ-demo.fr"
auth.bearer = "hidden-2"
headers = {{ Accept = "application/json" }}

[sources.own]
connector = "file"
path = "data"

[data.links]
source = "own"
path = "links.csv"

[data.links.map]
id = ".id"
title = {{ file = "title.jq" }}
url = ".url"
"#,
        opened.path().join("key").display()
    );
    let folder = Folder::with(&declaration);
    for file in ["saml/idp.xml", "saml/cert.pem", "saml/key.pem", "secrets/key"] {
        folder.write(&format!("demo/{file}"), "k");
    }
    folder.write("demo/title.jq", ".title");
    folder.write("demo/data/links.csv", "id,title,url\n");
    let given = Surroundings { directories: vec![opened.path().to_owned()], ..surroundings(&[]) };
    let told = draft(&folder, &given);
    let told: Vec<_> =
        told.split("\n\n").filter(|problem| !problem.contains("PEM") && !problem.contains("XML")).collect();
    insta::assert_snapshot!(told.join("\n\n"), @r#"
    error: this secret would be published with the campus
     --> demo/campus.toml:9:7
      |
    9 | key = { file = "saml/key.pem" }
      |       ^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: put the file into a directory that the operator opened, or write { env = "NAME" }

    error: this secret would be published with the campus
      --> demo/campus.toml:14:43
       |
    14 | auth.basic = { user = "preau", password = { file = "secrets/key" } }
       |                                           ^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: put the file into a directory that the operator opened, or write { env = "NAME" }

    error: this secret would be published with the campus
      --> demo/campus.toml:17:9
       |
    17 | X-Key = { file = "./secrets/key" }
       |         ^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: put the file into a directory that the operator opened, or write { env = "NAME" }

    warning: the file "none" is not there
      --> demo/campus.toml:19:10
       |
    19 | X-None = { file = "none" }
       |          ^^^^^^^^^^^^^^^^^
       |
       = help: it is needed where this campus is served

    error: this secret would be published with the campus
      --> demo/campus.toml:19:10
       |
    19 | X-None = { file = "none" }
       |          ^^^^^^^^^^^^^^^^^
       |
       = help: put the file into a directory that the operator opened, or write { env = "NAME" }

    error: this secret would be published with the campus
      --> demo/campus.toml:23:7
       |
    23 | url = "https://preau:hidden-1@api.univ-demo.fr"
       |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: put the file into a directory that the operator opened, or write { env = "NAME" }

    error: this secret would be published with the campus
      --> demo/campus.toml:24:15
       |
    24 | auth.bearer = "hidden-2"
       |               ^^^^^^^^^^
       |
       = help: put the file into a directory that the operator opened, or write { env = "NAME" }
    "#);
}

#[test]
fn a_publication_has_the_variables_that_the_operator_bound_to_its_campus() {
    let source = |name: &str| {
        format!(
            "[sources.website]\nconnector = \"feed\"\nurl = {{ env = \"{name}\" }}\n[data.news]\nsource = \"website\"\n"
        )
    };
    let bound = Surroundings {
        environment: Arc::new(|campus, origin, name| match (origin, name) {
            (Origin::Publication, "ELSEWHERE") => Err(format!("bind it: {campus} = [\"{name}\"]")),
            _ => Ok(Some("https://www.univ-demo.fr/feed".to_owned())),
        }),
        ..surroundings(&[])
    };
    let folder = Folder::with(&declaration("Démo", "", &source("ELSEWHERE")));
    assert_eq!(report(&check(&folder.path("demo"), &bound)), "");
    insta::assert_snapshot!(draft(&folder, &bound), @r#"
    warning: the environment variable ELSEWHERE is not bound to this campus
     --> demo/campus.toml:7:7
      |
    7 | url = { env = "ELSEWHERE" }
      |       ^^^^^^^^^^^^^^^^^^^^^
      |
      = help: bind it: demo = ["ELSEWHERE"]
    "#);

    let campuses = Campuses::load(None, Surroundings { secrets_required: true, ..bound }).unwrap();
    let published = Published::new();
    assert!(published.publish(&campuses, "production", 1, &declaration("Démo", "", &source("HERE"))).is_ok());
    let refused = published.publish(&campuses, "production", 2, &declaration("Démo", "", &source("ELSEWHERE")));
    let problem = refused.unwrap_err().problems[0].clone();
    assert_eq!(problem.severity, Severity::Error);
    assert_eq!(problem.help.as_deref(), Some("bind it: demo = [\"ELSEWHERE\"]"));
}
