//! `{ env = … }` and `{ file = … }`: where they lead, and what is told of it.

use campus::{Checked, Severity, check};

use crate::folder::{Folder, report, surroundings};

const HEAD: &str = "name = \"Démo\"\ntimezone = \"Europe/Paris\"\n";

/// A campus whose source has a header, the value of which is given as it stands in campus.toml.
fn with_header(value: &str) -> Folder {
    Folder::with(&format!(
        "{HEAD}
[sources.api]
connector = \"http\"
url = \"https://api.univ-demo.fr/v1\"
headers = {{ X-Key = {value} }}

[data.news]
source = \"api\"

[data.news.map]
id = \".id\"
title = \".title\"
published = \".date\"
"
    ))
}

fn served(folder: &Folder, variables: &[(&str, &str)]) -> Checked {
    let surroundings = campus::Surroundings { secrets_required: true, ..surroundings(variables) };
    check(&folder.path("demo"), &surroundings)
}

#[test]
fn a_variable_that_is_not_set_is_a_warning_to_check_and_an_error_to_serve() {
    let folder = with_header("{ env = \"DEMO_KEY\" }");
    let checked = folder.check();
    assert!(checked.campus.is_some_and(|campus| campus.data.contains_key("news")));
    insta::assert_snapshot!(report(&folder.check()), @r#"
    warning: the environment variable DEMO_KEY is not set
     --> demo/campus.toml:7:21
      |
    7 | headers = { X-Key = { env = "DEMO_KEY" } }
      |                     ^^^^^^^^^^^^^^^^^^^^
      |
      = help: it is needed where this campus is served
    "#);
    let refused = served(&folder, &[]);
    assert!(refused.campus.is_none());
    insta::assert_snapshot!(report(&refused), @r#"
    error: the environment variable DEMO_KEY is not set
     --> demo/campus.toml:7:21
      |
    7 | headers = { X-Key = { env = "DEMO_KEY" } }
      |                     ^^^^^^^^^^^^^^^^^^^^
    "#);
    let found = served(&folder, &[("DEMO_KEY", "k")]);
    assert!(found.campus.is_some() && found.problems.is_empty());
}

#[test]
fn a_file_is_read_in_the_campus_folder_and_nowhere_else() {
    let folder = with_header("{ file = \"secrets/key\" }");
    folder.write("demo/secrets/key", "k\n");
    assert!(served(&folder, &[]).campus.is_some());

    folder.write("outside", "outside-secret");
    for way in ["../outside", "secrets/../../outside", &folder.path("outside").display().to_string(), "link"] {
        let folder = with_header(&format!("{{ file = \"{way}\" }}"));
        folder.write("outside", "outside-secret");
        folder.write("demo/secrets/key", "k");
        std::os::unix::fs::symlink(folder.path("outside"), folder.path("demo/link")).unwrap();
        let refused = served(&folder, &[]);
        assert!(refused.campus.is_none(), "{way}");
        assert!(refused.problems[0].message.contains("neither in the campus folder"), "{:?}", refused.problems[0]);
    }
}

#[test]
fn a_file_of_the_operator_s_directories_is_read_as_well() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("key"), "k").unwrap();
    let folder = with_header(&format!("{{ file = \"{}\" }}", directory.path().join("key").display()));
    let opened = campus::Surroundings {
        directories: vec![directory.path().to_owned()],
        secrets_required: true,
        ..surroundings(&[])
    };
    assert!(check(&folder.path("demo"), &opened).campus.is_some());
}

#[test]
fn a_file_that_is_not_there_or_too_large_is_told() {
    insta::assert_snapshot!(report(&served(&with_header("{ file = \"key\" }"), &[])), @r#"
    error: the file "key" is not there
     --> demo/campus.toml:7:21
      |
    7 | headers = { X-Key = { file = "key" } }
      |                     ^^^^^^^^^^^^^^^^
    "#);
    let folder = with_header("{ file = \"key\" }");
    folder.write("demo/key", &"k".repeat(70_000));
    insta::assert_snapshot!(report(&served(&folder, &[])), @r#"
    error: the file "key" is larger than 64 KiB
     --> demo/campus.toml:7:21
      |
    7 | headers = { X-Key = { file = "key" } }
      |                     ^^^^^^^^^^^^^^^^
    "#);
}

#[test]
fn a_reference_may_stand_for_any_text() {
    let folder = Folder::with(
        r#"
name = { env = "DEMO_NAME" }
timezone = { env = "DEMO_ZONE" }
hosts = [{ env = "DEMO_HOST" }]

[login]
method = "oidc"
issuer = { env = "DEMO_ISSUER" }
client_id = "preau"
user = { file = "user.jq" }

[sources.records]
connector = "sql"
url = { env = "DEMO_URL" }

[data.grades]
source = "records"
audience = { env = "DEMO_AUDIENCE" }
fresh_for = { env = "DEMO_FRESH" }
query = { file = "grades.sql" }

[data.grades.map]
id = ".id"
title = { file = "title.jq" }
"#,
    );
    folder.write("demo/grades.sql", "select * from grades\nwhere student = :user\n");
    folder.write("demo/title.jq", ".title\n| upcase\n");
    folder.write("demo/user.jq", ".supannEtuId\n");
    let variables = [
        ("DEMO_NAME", "Université de Démonstration"),
        ("DEMO_ZONE", "Indian/Reunion"),
        ("DEMO_HOST", "app.univ-demo.fr"),
        ("DEMO_URL", "sqlite:records.db"),
        ("DEMO_AUDIENCE", "self"),
        ("DEMO_FRESH", "1h"),
        ("DEMO_ISSUER", "https://sso.univ-demo.fr"),
    ];
    let checked = served(&folder, &variables);
    assert_eq!(report(&checked), "");
    let campus = checked.campus.unwrap();
    assert_eq!((campus.name.as_str(), campus.hosts[0].as_str()), ("Université de Démonstration", "app.univ-demo.fr"));
    assert_eq!(campus.timezone.iana_name(), Some("Indian/Reunion"));
    let grades = &campus.data["grades"];
    assert_eq!((grades.audience.to_string().as_str(), grades.lifetimes.fresh_for.as_secs()), ("self", 3600));
    assert_eq!(grades.mapping.zone().iana_name(), Some("Indian/Reunion"));
    assert!(folder.check().problems.iter().all(|problem| problem.severity == Severity::Warning));

    // What is wrong with a text that stands elsewhere is told at the reference, without the text.
    let wrong = [
        ("DEMO_ZONE", "Mars/Olympus"),
        ("DEMO_HOST", "https://app"),
        ("DEMO_URL", "oracle://preau:hunter2@db/x"),
        ("DEMO_AUDIENCE", "everyone"),
        ("DEMO_FRESH", "soonish"),
        ("DEMO_ISSUER", "sso.univ-demo.fr/login"),
    ];
    folder.write("demo/title.jq", ".title | upercase");
    folder.write("demo/user.jq", ".supannEtuId | ");
    let report = report(&served(&folder, &[&variables[..1], &wrong].concat()));
    assert!(wrong.iter().all(|(_, value)| !report.contains(value)), "{report}");
    insta::assert_snapshot!(report, @r#"
    error: "(secret)" is no time zone
     --> demo/campus.toml:3:12
      |
    3 | timezone = { env = "DEMO_ZONE" }
      |            ^^^^^^^^^^^^^^^^^^^^^
      |
      = help: write its IANA name, such as "Europe/Paris"

    error: "(secret)" is no host name
     --> demo/campus.toml:4:10
      |
    4 | hosts = [{ env = "DEMO_HOST" }]
      |          ^^^^^^^^^^^^^^^^^^^^^
      |
      = help: write it in lower case, without scheme and port, such as "app.univ-demo.fr"

    error: issuer is no web address: write https://…
     --> demo/campus.toml:8:10
      |
    8 | issuer = { env = "DEMO_ISSUER" }
      |          ^^^^^^^^^^^^^^^^^^^^^^^

    error: the expression ends here, expected a value such as `.title`
      --> demo/campus.toml:10:8
       |
    10 | user = { file = "user.jq" }
       |        ^^^^^^^^^^^^^^^^^^^^

    error: `oracle:` is none of postgres:, mysql:, mariadb: and sqlite:
      --> demo/campus.toml:14:7
       |
    14 | url = { env = "DEMO_URL" }
       |       ^^^^^^^^^^^^^^^^^^^^

    error: "(secret)" is not an audience
      --> demo/campus.toml:18:12
       |
    18 | audience = { env = "DEMO_AUDIENCE" }
       |            ^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: write "public", "members", "group:NAME" or "self"

    error: "(secret)" is no length of time
      --> demo/campus.toml:19:13
       |
    19 | fresh_for = { env = "DEMO_FRESH" }
       |             ^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: write "30s", "15m", "24h", "7d" or "1h30m"

    error: unknown function `upercase`
      --> demo/campus.toml:24:9
       |
    24 | title = { file = "title.jq" }
       |         ^^^^^^^^^^^^^^^^^^^^^
       |
       = help: did you mean `upcase`?
    "#);
}

#[test]
fn a_login_knows_whether_all_that_it_refers_to_is_here() {
    let login = "[login]\nmethod = \"oidc\"\nissuer = \"https://sso.univ-demo.fr\"\nclient_id = \"preau\"\n";
    let source = "[sources.api]\nconnector = \"http\"\nurl = { env = \"ELSEWHERE\" }";
    for (more, here) in [
        ("client_secret = { env = \"HERE\" }", true),
        ("client_secret = { env = \"ELSEWHERE\" }", false),
        ("[login.parameters]\nacr_values = { env = \"ELSEWHERE\" }", false),
    ] {
        let folder = Folder::with(&format!("{HEAD}{login}{more}\n{source}"));
        let campus = check(&folder.path("demo"), &surroundings(&[("HERE", "secret")])).campus.unwrap();
        assert_eq!(campus.sign_in.unwrap().complete, here, "{more}");
    }
}

#[test]
fn secrets_are_in_no_message_and_in_no_debug_output() {
    let declaration = |key: &str| {
        format!(
            "{HEAD}
[sources.api]
connector = \"http\"
url = {{ env = \"URL\" }}
headers = {{ X-Key = {{ file = \"key\" }} }}
auth = {{ basic = {{ user = {{ env = \"USER\" }}, password = {{ env = \"PASSWORD\" }} }} }}
{key}

[data.news]
source = \"api\"

[data.news.map]
id = \".id\"
title = \".title\"
published = \".date\"
"
        )
    };
    let secrets = ["https://api.univ-demo.fr/t0ken", "preau-account", "hunt\"er\\2", "k3y-in-a-file"];
    let variables = [("URL", secrets[0]), ("USER", secrets[1]), ("PASSWORD", secrets[2])];
    let misplaced = [
        "",
        "limits = { total = { env = \"PASSWORD\" } }",
        "plain_http = { env = \"PASSWORD\" }",
        "limits = { max_bytes = { file = \"key\" } }",
        "fails_when = { env = \"PASSWORD\" }",
        "failure_message = { file = \"key\" }",
        "colour = { env = \"PASSWORD\" }",
    ];
    for key in misplaced {
        let folder = Folder::with(&declaration(key));
        folder.write("demo/key", secrets[3]);
        let checked = served(&folder, &variables);
        assert_eq!(checked.campus.is_some(), key.is_empty(), "{key}");
        let shown = format!("{}\n{:?}", report(&checked), checked);
        for secret in secrets {
            assert!(!shown.contains(secret) && !shown.contains(&format!("{secret:?}")), "{key}: {shown}");
        }
    }
}
