//! The admin socket, and the commands that ask it.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use insta::assert_snapshot;

use crate::process::eventually;
use crate::school::{LINKS, School};
use crate::site::Site;

#[test]
fn the_socket_is_for_its_owner_alone() {
    let school = School::of_links();
    let site = Site::new(&school.url(), "");
    let _serving = site.serve();
    let mode = std::fs::metadata(site.path("admin.sock")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let files = std::fs::read_dir(site.folder()).unwrap().flatten().map(|entry| entry.file_name());
    assert_eq!(files.filter(|name| name.to_string_lossy().starts_with('.')).count(), 0);
}

#[test]
fn a_second_server_does_not_take_the_socket_of_a_running_one() {
    let school = School::of_links();
    let site = Site::new(&school.url(), "");
    let _serving = site.serve();
    let second = site.start(&[]).ended();
    let socket = site.text("admin.sock");
    assert_eq!(second.code, Some(1));
    assert_eq!(
        second.err,
        format!("preau: another server answers at the admin socket {socket}: choose another with --admin-socket")
    );
    assert_eq!(site.command(&["status"]).code, Some(0));
}

#[test]
fn a_socket_left_behind_is_replaced_and_a_file_is_not() {
    let school = School::of_links();
    let site = Site::new(&school.url(), "");
    drop(UnixListener::bind(site.path("admin.sock")).unwrap());
    assert!(site.path("admin.sock").exists());
    let _serving = site.serve();
    assert_eq!(site.command(&["status"]).code, Some(0));
    site.write("precious", "kept");
    let refused = site.start(&["--admin-socket", &site.text("precious")]).ended();
    assert!(refused.err.contains("is a file of another kind"), "{}", refused.err);
    assert_eq!(std::fs::read_to_string(site.path("precious")).unwrap(), "kept");
}

#[test]
fn the_cache_is_shown_retimed_and_purged() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let school = School::start(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        (200, LINKS.to_owned())
    });
    let site = Site::new(&school.url(), "");
    let serving = site.serve();
    let read = |campus| assert_eq!(serving.get(campus, "/api/data/links").items().len(), 2);
    let cache = |arguments: &[&str]| {
        let ended = site.command(&[&["cache"], arguments].concat());
        assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
        ended.out
    };
    assert_snapshot!(cache(&["show"]), @"0 entries, 0.0 MiB; on disk 0 entries, 0.0 MiB");
    ["lac", "lac", "mont"].into_iter().for_each(read);
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    assert_snapshot!(cache(&["lifetimes", "lac", "links", "--fresh-for", "2h", "--stale-for", "1d"]), @"
    lac/links now: fresh for 7200 s, then usable for 86400 s; on phones for 2592000 s
    on this machine's disk
    ");
    eventually("both are on the disk", || cache(&["show"]).contains("on disk 2 entries").then_some(()));
    assert_snapshot!(cache(&["show"]), @"
    2 entries, 0.0 MiB; on disk 2 entries, 0.0 MiB
    lac: data links changed: fresh for 7200 s, then usable for 86400 s
    ");
    assert_snapshot!(cache(&["lifetimes", "lac", "links"]), @"
    lac/links as declared: fresh for 3600 s, then usable for 604800 s; on phones for 2592000 s
    on this machine's disk
    ");
    assert!(cache(&["lifetimes", "lac", "--keep", "1d"]).contains("lac/links now: fresh for 3600 s"));
    assert!(cache(&["show"]).contains("lac: campus changed: on phones for 86400 s"));
    assert_snapshot!(cache(&["purge", "lac"]), @"lac: all is forgotten; on this machine's disk");
    ["lac", "mont"].into_iter().for_each(read);
    assert_eq!(asked.load(Ordering::SeqCst), 3, "the other campus's entry stays");
    assert_snapshot!(cache(&["purge", "mont", "--source", "portal"]), @"mont: source portal is forgotten; on this machine's disk");
}

#[test]
fn says_what_there_is_where_a_name_is_unknown() {
    let school = School::of_links();
    let site = Site::new(&school.url(), "");
    let _serving = site.serve();
    let refusal = |arguments: &[&str]| {
        let ended = site.command(&[&["cache"], arguments].concat());
        assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""));
        ended.err
    };
    assert_snapshot!(refusal(&["purge", "lak"]), @r#"preau: no campus "lak": there are lac, mont"#);
    assert_snapshot!(refusal(&["purge", "lac", "link"]), @r#"preau: this campus has no data set "link": did you mean "links"?"#);
    assert_snapshot!(refusal(&["purge", "lac", "--source", "website"]), @r#"preau: no data set of "lac" comes from a source "website""#);
    assert_snapshot!(refusal(&["lifetimes", "lac", "links", "--fresh-for", "400d"]), @"preau: a lifetime is at most 366 days");
}

#[test]
fn says_that_no_server_runs() {
    let site = Site::new("https://www.univ-demo.fr/", "");
    let ended = site.command(&["status"]);
    assert_eq!(ended.code, Some(1));
    let socket = site.text("admin.sock");
    assert!(ended.err.starts_with(&format!("preau: no server answers at {socket}: ")), "{}", ended.err);
}
