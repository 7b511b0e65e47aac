//! Declarations without a mistake, and what is understood of them.

use campus::{Campus, Severity, check};
use serde_json::json;

use crate::folder::{Folder, examples, report, surroundings};

/// A campus as a person would tell it.
fn told(campus: &Campus) -> String {
    let mut lines = vec![
        format!("{}: {} in zone {}, {}", campus.id, campus.name, campus.zone, campus.timezone.iana_name().unwrap()),
        format!("languages {:?}, hosts {:?}, colour {:?}", campus.languages, campus.hosts, campus.theme.color),
    ];
    if let Some(sign_in) = &campus.sign_in {
        let lasting = kinds::show_duration(sign_in.lasting.unsigned_abs());
        lines.push(format!(
            "people sign in by {}, for {lasting}, back to {:?}",
            sign_in.method, sign_in.native_redirects
        ));
        lines.push(format!("  their tokens travel: {}; secrets are here: {}", sign_in.passes_tokens, sign_in.complete));
    }
    for (name, testers) in &campus.channels {
        lines.push(format!("channel {name} for {testers:?}"));
    }
    for set in campus.data.values() {
        let lifetimes = set.lifetimes;
        let [fresh, stale, device] =
            [lifetimes.fresh_for, lifetimes.stale_for, lifetimes.on_device].map(kinds::show_duration);
        lines.push(format!("{}: {} from {} for {}", set.name, set.kind.name, set.source, set.audience));
        lines.push(format!("  fresh {fresh}, stale {stale}, on the device {device}"));
        if let Some(percent) = set.may_shrink_to {
            lines.push(format!("  may shrink to {percent} %"));
        }
        lines.push(format!("  reads {}", set.reads().into_iter().collect::<Vec<_>>().join(" ")));
        for (name, param) in &set.params {
            let (default, words) = (&param.default, &param.one_of);
            lines.push(format!(
                "  takes {name}: {}, default {default:?}, of {words:?}, {}",
                param.about, param.max_length
            ));
        }
    }
    lines.join("\n")
}

const DECLARATION: &str = r##"
name = "Université de Démonstration"
timezone = "Europe/Paris"
hosts = ["app.univ-demo.fr"]
theme = { color = "#1b5e8c" }

[login]
method = "cas"
url = "https://cas.univ-demo.fr/cas"

[channels.beta]
testers = ["group:l3", "user:22204518"]

[kinds.clubs]
title = { fr = "Associations", en = "Clubs" }
time = "founded"
newest_first = true
on_device = "30d"
[kinds.clubs.fields]
name = { type = "text", required = true }
founded = { type = "date" }

[sources.website]
connector = "feed"
url = "https://www.univ-demo.fr/feed"

[sources.api]
connector = "http"
url = "https://api.univ-demo.fr/v1"

[data.news]
source = "website"
fresh_for = "5m"

[data.clubs]
source = "api"
path = "clubs/{field}"
audience = "group:students"
may_shrink_to = "20%"

[data.clubs.params.field]
about = "Sport or art"
default = "sport"
one_of = ["sport", "art"]

[data.clubs.map]
each = ".clubs[] | select(.open)"
id = ".id"
name = '.names | .fr // .en'
founded = '.since | date("%d/%m/%Y")'

[data.marks]
kind = "grades"
source = "api"
path = "students/{user}/marks"

[data.marks.map]
id = ".id"
title = ".exam.title"
"##;

#[test]
fn a_declaration_is_understood_with_its_defaults() {
    let checked = Folder::with(DECLARATION).check();
    assert_eq!(report(&checked), "");
    insta::assert_snapshot!(told(&checked.campus.unwrap()), @r##"
    demo: Université de Démonstration in zone eu, Europe/Paris
    languages ["fr", "en"], hosts ["app.univ-demo.fr"], colour Some("#1b5e8c")
    people sign in by cas, for 30 d, back to []
      their tokens travel: false; secrets are here: true
    channel beta for Testers([Tester { who: Group("l3"), until: None }, Tester { who: User("22204518"), until: None }])
    clubs: clubs from api for group:students
      fresh 15 min, stale 1 d, on the device 30 d
      may shrink to 20 %
      reads .clubs[] .clubs[].open .id .names.en .names.fr .since
      takes field: Sport or art, default Some("sport"), of ["sport", "art"], 64
    marks: grades from api for self
      fresh 15 min, stale 1 d, on the device 30 d
      reads .[] .exam.title .id
    news: news from website for public
      fresh 5 min, stale 1 d, on the device 7 d
      reads .[] .author .categories[] .content .id .image .published .summary .title .updated .url
    "##);
}

/// Who the claims of a login describe: user, name, groups, affiliations, attributes.
fn person(login: &str, claims: &serde_json::Value) -> String {
    let checked = Folder::with(&format!("name = \"Démo\"\ntimezone = \"Europe/Paris\"\n[login]\n{login}")).check();
    assert_eq!(report(&checked), "");
    let sign_in = checked.campus.unwrap().sign_in.unwrap();
    let person = sign_in.claims.person(claims.as_object().unwrap()).ok().unwrap();
    let identity::Person { user, name, groups, affiliations, attributes, .. } = person;
    format!("{user} {name:?} {groups:?} {affiliations:?} {attributes:?}")
}

#[test]
fn a_login_finds_a_person_where_its_method_or_product_has_them_or_where_the_school_says() {
    let claims = json!({
        "sub": "s-1", "oid": "o-1", "user": "adupont", "uid": "adupont", "supannEtuId": "22204518", "name": "Aline Dupont",
        "displayName": "A. Dupont", "eduPersonPrincipalName": "adupont@univ-demo.fr", "groups": ["l3"], "memberOf": "cn=l3",
        "eduPersonAffiliation": ["student", "member"], "supannCodeINE": "1234567890A",
    });
    let oidc = "method = \"oidc\"\nissuer = \"https://sso.univ-demo.fr\"\nclient_id = \"preau\"\n";
    let own = "user = \".supannEtuId\"\nname = \".displayName\"\ngroups = \".nothing\"\naffiliation = \"\\\"student\\\"\"\n\
               attributes = { ine = \".supannCodeINE\" }";
    let saml = "method = \"saml\"\nmetadata_url = \"https://idp.univ-demo.fr\"\ncertificate = \"\"\nkey = \"\"";
    let made = [
        person(oidc, &claims),
        person(&format!("{oidc}provider = \"entra\""), &claims),
        person(&format!("{oidc}{own}"), &claims),
        person("method = \"cas\"\nurl = \"https://cas.univ-demo.fr\"", &claims),
        person(saml, &claims),
        person("method = \"ldap\"\nurl = \"ldaps://ldap.univ-demo.fr\"\nbase = \"dc=univ-demo,dc=fr\"", &claims),
    ];
    insta::assert_snapshot!(made.join("\n"), @r#"
    s-1 Some("Aline Dupont") ["l3"] ["member", "student"] {}
    o-1 Some("Aline Dupont") ["l3"] ["member", "student"] {}
    22204518 Some("A. Dupont") [] ["student"] {"ine": "1234567890A"}
    adupont Some("A. Dupont") ["cn=l3"] ["member", "student"] {}
    adupont@univ-demo.fr Some("A. Dupont") ["cn=l3"] ["member", "student"] {}
    22204518 Some("A. Dupont") ["cn=l3"] ["member", "student"] {}
    "#);
}

#[test]
fn the_least_that_a_campus_says_is_its_name_and_its_time_zone() {
    let checked = Folder::with("name = \"Démo\"\ntimezone = \"Europe/Paris\"").check();
    assert_eq!(report(&checked), "");
    insta::assert_snapshot!(told(&checked.campus.unwrap()), @r#"
    demo: Démo in zone eu, Europe/Paris
    languages ["fr", "en"], hosts [], colour None
    "#);
}

#[test]
fn a_set_is_another_version_when_what_makes_its_items_is_another() {
    let version = |from: &str, to: &str| {
        assert!(DECLARATION.contains(from), "{from}");
        Folder::with(&DECLARATION.replace(from, to)).check().campus.unwrap().data["clubs"].version
    };
    let first = version("hosts", "hosts");
    assert_eq!(
        first,
        version("www.univ-demo.fr/feed", "www.univ-demo.fr/rss"),
        "another source is none of its business"
    );
    for (from, to) in [
        (".names | .fr // .en", ".names.fr"),
        ("api.univ-demo.fr/v1", "api.univ-demo.fr/v2"),
        ("clubs/{field}", "associations/{field}"),
        ("founded = { type = \"date\" }", "founded = { type = \"instant\" }"),
        ("Europe/Paris", "Indian/Reunion"),
    ] {
        assert_ne!(first, version(from, to), "{from}");
    }
}

#[test]
fn a_request_has_the_parameters_that_were_declared() {
    let campus = Folder::with(DECLARATION).check().campus.unwrap();
    let params = |field: Option<&str>| {
        let given = field.map(|value| ("field".to_owned(), value.to_owned())).into_iter().collect();
        campus.data["clubs"].params(&given).map(|params| params["field"].clone())
    };
    assert_eq!(params(None), Ok("sport".to_owned()));
    assert_eq!(params(Some("art")), Ok("art".to_owned()));
    insta::assert_snapshot!(params(Some("music")).unwrap_err(), @r#"the parameter "field" is one of sport, art"#);
    insta::assert_snapshot!(params(Some(&"x".repeat(65))).unwrap_err(), @r#"the parameter "field" is longer than 64 characters"#);
    insta::assert_snapshot!(params(Some("a\0b")).unwrap_err(), @r#"the parameter "field" contains control characters"#);
}

#[test]
fn every_example_is_in_order() {
    let found = examples();
    assert!(found.len() >= 2);
    for folder in found {
        let checked = check(&folder, &surroundings(&[]));
        let errors: Vec<_> = checked
            .problems
            .iter()
            .filter(|problem| problem.severity == Severity::Error)
            .map(|problem| problem.render(false))
            .collect();
        assert!(errors.is_empty(), "{}", errors.join("\n"));
        let text = std::fs::read_to_string(folder.join("campus.toml")).unwrap();
        let declared: toml::Table = text.parse().unwrap();
        assert_eq!(checked.campus.unwrap().data.len(), declared["data"].as_table().unwrap().len(), "{folder:?}");
    }
}
