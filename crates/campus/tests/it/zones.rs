//! Where a campus's data may be processed.

use campus::{Surroundings, check};

use crate::folder::{Folder, report, surroundings};

const HEAD: &str = "name = \"Démo\"\ntimezone = \"Europe/Paris\"\n";

fn in_zone(zone: Option<&str>, declaration: &str) -> (bool, String) {
    let surroundings = Surroundings { zone: zone.map(str::to_owned), ..surroundings(&[]) };
    let checked = check(&Folder::with(declaration).path("demo"), &surroundings);
    (checked.campus.is_some(), report(&checked))
}

#[test]
fn a_server_of_another_zone_refuses_a_campus() {
    let swiss = format!("zone = \"ch\"\n{HEAD}");
    for (zone, declaration) in [(None, HEAD), (None, &swiss), (Some("eu"), HEAD), (Some("ch"), &swiss)] {
        assert_eq!(in_zone(zone, declaration), (true, String::new()), "{zone:?}");
    }
    let (served, refusal) = in_zone(Some("eu"), &swiss);
    assert!(!served);
    insta::assert_snapshot!(refusal, @r#"
    error: the campus is of the zone "ch", and this server of "eu"
     --> demo/campus.toml:1:8
      |
    1 | zone = "ch"
      |        ^^^^
      |
      = help: serve it in a cell of "ch": nowhere else may its data be processed
    "#);
    let (served, refusal) = in_zone(Some("ch"), HEAD);
    assert!(!served);
    insta::assert_snapshot!(refusal, @r#"
    error: the campus is of the zone "eu", and this server of "ch"
    --> demo/campus.toml
     = help: serve it in a cell of "eu": nowhere else may its data be processed
    "#);
}

#[test]
fn where_a_source_is_does_not_change_what_comes_from_it() {
    let version = |more: &str| {
        let source = "[sources.website]\nconnector = \"feed\"\nurl = \"https://www.univ-demo.example/feed\"\n";
        let checked = Folder::with(&format!("{HEAD}{source}{more}\n[data.news]\nsource = \"website\"\n")).check();
        assert_eq!(report(&checked), "", "public data may come from anywhere");
        checked.campus.unwrap().data["news"].version
    };
    assert_eq!(version(""), version("zone = \"us\""));
}
