//! Publications and channels as a server keeps them, beside folders of its machine.

use std::path::PathBuf;
use std::sync::Arc;

use campus::{Broken, Campus, Campuses, Package, Publication, Surroundings};

use crate::folder::{Folder, surroundings};

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
