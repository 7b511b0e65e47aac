//! Tests of `file`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use outbound::{Failure, FailureKind, Outbound, Rules};
use records::Limits;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::File;
use crate::{Call, Connector, Context, Fetch, Params, Reply, SettingError, Validators};

fn context(folder: &Path) -> Context {
    Context {
        outbound: Outbound::new(&[]).unwrap(),
        rules: Rules::default(),
        folder: folder.to_owned(),
        directories: Vec::new(),
        zone: TimeZone::UTC,
        limits: Limits::default(),
    }
}

/// A campus folder beside a file that is none of its business.
fn campus() -> TempDir {
    let outer = tempfile::tempdir().unwrap();
    fs::create_dir_all(outer.path().join("campus/rooms")).unwrap();
    fs::write(outer.path().join("campus/rooms/a.csv"), "room;seats\nÉlysée;40\n").unwrap();
    fs::write(outer.path().join("secret.csv"), "secret\n1\n").unwrap();
    outer
}

fn question(context: &Context, source: Value, data: Value) -> Result<Arc<dyn Fetch>, Vec<SettingError>> {
    File.source(source, context)?.request(data, &[])
}

async fn ask(context: &Context, source: Value, data: Value, validators: Option<&Validators>) -> Result<Reply, Failure> {
    let question = question(context, source, data).unwrap_or_else(|errors| panic!("{errors:?}"));
    question.fetch(&Call { params: &Params::new(), validators, person: None, now: Timestamp::UNIX_EPOCH }).await
}

/// The document as the mapping would see it.
async fn document(context: &Context, source: Value, data: Value) -> Result<String, (FailureKind, String)> {
    let reply = ask(context, source, data, None).await.map_err(|failure| (failure.kind, failure.message))?;
    let Reply::Records { pages, .. } = reply else { panic!("unchanged, unasked") };
    Ok(format!("{:?}", pages[0].value(&context.limits).unwrap()))
}

#[tokio::test]
async fn a_file_of_the_campus_folder_is_read() {
    let outer = campus();
    let context = context(&outer.path().join("campus"));
    for (source, data) in [
        (json!({ "path": "rooms/a.csv" }), json!({})),
        (json!({ "path": "rooms" }), json!({ "path": "a.csv" })),
        (json!({ "path": "./rooms/../rooms/a.csv", "delimiter": ";", "charset": "utf-8" }), json!({})),
    ] {
        let text = document(&context, source, data).await.unwrap();
        assert!(text.contains("Élysée"), "{text}");
    }
}

#[tokio::test]
async fn a_charset_that_a_school_declares_wins_over_detection() {
    let outer = campus();
    fs::write(outer.path().join("campus/a.csv"), b"a\n\xA4\n").unwrap();
    let context = context(&outer.path().join("campus"));
    let text = document(&context, json!({ "path": "a.csv", "charset": "iso-8859-15" }), json!({})).await.unwrap();
    assert!(text.contains('€'), "{text}");
}

#[tokio::test]
async fn nothing_outside_of_the_campus_folder_is_read() {
    let outer = campus();
    let folder = outer.path().join("campus");
    std::os::unix::fs::symlink(outer.path().join("secret.csv"), folder.join("rooms/link.csv")).unwrap();
    std::os::unix::fs::symlink(outer.path(), folder.join("out")).unwrap();
    let mut context = context(&folder);
    let secret = outer.path().join("secret.csv");
    for path in
        [json!("../secret.csv"), json!("../none.csv"), json!(secret), json!("rooms/link.csv"), json!("out/secret.csv")]
    {
        let Err(errors) = question(&context, json!({ "path": path }), json!({})) else { panic!("{path}") };
        assert!(errors[0].key == "path" && errors[0].message.contains("neither in the campus folder"), "{errors:?}");
    }
    for path in [json!("../../secret.csv"), json!("link.csv"), json!(secret)] {
        let (kind, message) =
            document(&context, json!({ "path": "rooms" }), json!({ "path": path })).await.unwrap_err();
        assert_eq!(kind, FailureKind::Rejected, "{path}: {message}");
    }
    // One that comes later.
    let question =
        question(&context, json!({ "path": "later.csv" }), json!({})).unwrap_or_else(|errors| panic!("{errors:?}"));
    std::os::unix::fs::symlink(&secret, folder.join("later.csv")).unwrap();
    let call = Call { params: &Params::new(), validators: None, person: None, now: Timestamp::UNIX_EPOCH };
    assert_eq!(question.fetch(&call).await.unwrap_err().kind, FailureKind::Rejected);
    context.directories = vec![outer.path().to_owned()];
    assert!(document(&context, json!({ "path": secret }), json!({})).await.is_ok());
}

#[tokio::test]
async fn a_file_that_did_not_change_is_not_read_again() {
    let outer = campus();
    let context = context(&outer.path().join("campus"));
    let (source, path) = (json!({ "path": "rooms/a.csv" }), outer.path().join("campus/rooms/a.csv"));
    let Reply::Records { validators, bytes, .. } = ask(&context, source.clone(), json!({}), None).await.unwrap() else {
        panic!()
    };
    assert_eq!(bytes, fs::metadata(&path).unwrap().len());
    let again = ask(&context, source.clone(), json!({}), validators.as_ref()).await.unwrap();
    assert!(matches!(again, Reply::Unchanged(_)), "{again:?}");
    let later = fs::metadata(&path).unwrap().modified().unwrap() + SignedDuration::from_secs(1).unsigned_abs();
    fs::File::options().write(true).open(&path).unwrap().set_modified(later).unwrap();
    let changed = ask(&context, source, json!({}), validators.as_ref()).await.unwrap();
    assert!(matches!(changed, Reply::Records { .. }), "{changed:?}");
}

#[tokio::test]
async fn what_cannot_be_read_is_told_by_its_name() {
    let outer = campus();
    let folder = outer.path().join("campus");
    fs::write(folder.join("page.csv"), "\n<!DOCTYPE html><p>Connexion").unwrap();
    fs::write(folder.join("rooms.xlsx"), "room;seats").unwrap();
    let context = context(&folder);
    let failed = async |source: Value| {
        let (kind, message) = document(&context, source, json!({})).await.unwrap_err();
        format!("{kind:?}: {message}")
    };
    insta::assert_snapshot!(failed(json!({ "path": "none.csv" })).await, @"Unavailable: none.csv is not there");
    insta::assert_snapshot!(failed(json!({ "path": "rooms", "format": "csv" })).await, @"Rejected: rooms is no regular file; a data set gives the file of a directory in `path`");
    let small = Context { rules: Rules { max_body: 10, ..Rules::default() }, ..context.clone() };
    let (_, message) = document(&small, json!({ "path": "rooms/a.csv" }), json!({})).await.unwrap_err();
    assert_eq!(message, "a.csv is larger than 10 bytes (`limits.max_bytes`)");
    insta::assert_snapshot!(failed(json!({ "path": "page.csv" })).await, @"Malformed: page.csv is an HTML page, not CSV");
    insta::assert_snapshot!(failed(json!({ "path": "rooms.xlsx" })).await, @"Malformed: rooms.xlsx is not a workbook (XLSX): invalid Zip archive: Could not find EOCD");
}

#[test]
fn settings_that_cannot_be_right_are_told_by_their_key() {
    let context = context(Path::new("/"));
    let wrong = |source: Value| {
        let errors = question(&context, source, json!({})).err().expect("errors");
        errors.into_iter().map(|error| format!("{}: {}", error.key, error.message)).collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(wrong(json!({})), @"path: a file has either a `path` or a `url`");
    insta::assert_snapshot!(wrong(json!({ "path": "a.csv", "url": "https://univ-demo.fr/a.csv" })), @"path: a file has either a `path` or a `url`");
    insta::assert_snapshot!(wrong(json!({ "url": "file:///etc/passwd" })), @"url: not a web address: write https://…");
    insta::assert_snapshot!(wrong(json!({ "path": "a.csv", "delimiter": "ab" })), @r#"delimiter: "ab" is not one ASCII character other than a quote or line end"#);
    insta::assert_snapshot!(wrong(json!({ "path": "a.dat" })), @"path: the name of the file does not tell its format");
    insta::assert_snapshot!(wrong(json!({ "path": "a.csv", "format": "pdf" })), @"format: unknown variant `pdf`, expected one of `json`, `xml`, `csv`, `xlsx`");
}

#[test]
fn the_ending_of_a_name_tells_the_format() {
    let context = context(Path::new("/"));
    for source in [
        json!({ "path": "a.CSV" }),
        json!({ "url": "https://univ-demo.fr/a.xlsx?key=1" }),
        json!({ "path": "a", "format": "xml" }),
    ] {
        assert!(question(&context, source.clone(), json!({})).is_ok(), "{source}");
    }
    assert!(question(&context, json!({ "path": "rooms" }), json!({ "path": "a.json" })).is_ok());
}

#[test]
fn a_sample_is_read_as_the_file_is() {
    let context = context(Path::new("/"));
    let question = question(&context, json!({ "path": "a.csv", "delimiter": "|" }), json!({})).unwrap();
    let pages = question.sample("a|b\n1|2\n".into()).unwrap().unwrap();
    assert!(format!("{:?}", pages[0].value(&context.limits).unwrap()).contains("\"b\""));
}
