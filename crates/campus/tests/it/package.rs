//! Campus folders packed, told by their digest, unpacked and compared.

use std::collections::BTreeMap;

use campus::Package;

use crate::folder::{Folder, examples};

const HEAD: &str = "name = \"Démo\"\ntimezone = \"Europe/Paris\"\n";

fn read(folder: &Folder) -> Result<Package, String> {
    Package::read(&folder.path("demo"))
}

fn package(files: &[(&str, &[u8])]) -> Result<Package, String> {
    let files = files.iter().map(|(path, content)| ((*path).to_owned(), content.to_vec()));
    Package::from_files(files.chain([("campus.toml".to_owned(), HEAD.into())]).collect())
}

#[test]
fn a_folder_is_packed_with_all_that_it_declares_and_nothing_that_an_editor_left() {
    let folder = Folder::with(HEAD);
    for file in ["data/rooms.csv", "samples/news/autumn/reply.json", ".git/HEAD", "data/.rooms.csv.swp"] {
        folder.write(&format!("demo/{file}"), file);
    }
    for file in ["campus.toml~", "#campus.toml#", "data/rooms.csv.bak", ".DS_Store"] {
        folder.write(&format!("demo/{file}"), "?");
    }
    std::os::unix::fs::symlink("rooms.csv", folder.path("demo/data/same.csv")).unwrap();
    let package = read(&folder).unwrap();
    let paths: Vec<_> = package.files().keys().map(String::as_str).collect();
    assert_eq!(paths, ["campus.toml", "data/rooms.csv", "data/same.csv", "samples/news/autumn/reply.json"]);
    assert_eq!(package.files()["data/same.csv"], b"data/rooms.csv");
}

#[test]
fn every_example_can_be_packed() {
    for example in examples() {
        let package = Package::read(&example).unwrap();
        assert_eq!(Package::from_files(package.files().clone()).unwrap(), package);
    }
}

#[test]
fn the_digest_is_of_paths_and_contents_and_of_nothing_else() {
    let digest = |files: &[(&str, &[u8])]| package(files).unwrap().digest();
    let one = digest(&[("a", b"bc"), ("d", b"")]);
    assert_eq!(one.len(), 64);
    assert_eq!(one, digest(&[("d", b""), ("a", b"bc")]), "in whatever order they were found");
    for other in [&[("ab", b"c".as_slice()), ("d", b"")], &[("a", b"b"), ("cd", b"")], &[("a", b"bc"), ("e", b"")]] {
        assert_ne!(one, digest(other));
    }
    let only = Package::from_files(BTreeMap::from([("campus.toml".to_owned(), Vec::new())])).unwrap();
    // printf '\0\0\0\0\0\0\0\x0bcampus.toml\0\0\0\0\0\0\0\0' | sha256sum
    assert_eq!(only.digest(), "f1623c7c88643d667b5f100228a629f74fe9bc9100d91b23754b44cda18a3e88");
}

#[test]
fn what_cannot_be_published_is_named_with_what_to_do() {
    let refusal = |prepare: &dyn Fn(&Folder)| {
        let folder = Folder::with(HEAD);
        prepare(&folder);
        let refusal = read(&folder).unwrap_err();
        assert!(!refusal.contains(folder.path("").to_str().unwrap()), "{refusal}");
        refusal
    };
    let link = |folder: &Folder, to: &str| std::os::unix::fs::symlink(to, folder.path("demo/link")).unwrap();
    let outside = "link leads out of the campus folder: put what it leads to in its place";
    assert_eq!(refusal(&|folder| link(folder, "/etc/passwd")), outside);
    assert_eq!(refusal(&|folder| link(folder, "..")), outside);
    assert_eq!(
        refusal(&|folder| link(folder, "nowhere")),
        "link cannot be read: No such file or directory (os error 2)"
    );
    let deep = "link/link/link/link/link/link/link/link is more than 8 folders deep: move it up";
    assert_eq!(refusal(&|folder| link(folder, ".")), deep);
    let pipe = |folder: &Folder| drop(std::os::unix::net::UnixListener::bind(folder.path("demo/socket")).unwrap());
    assert_eq!(refusal(&pipe), "socket is no regular file: move it out of the campus folder");
    let many = |folder: &Folder| (0..2_000).for_each(|n| folder.write(&format!("demo/{n}"), ""));
    assert!(
        refusal(&many)
            .ends_with(" is one of more than 2000 files: move what the campus does not read out of its folder")
    );
    let large = |folder: &Folder| folder.write("demo/export.csv", &"x".repeat(16 << 20));
    assert_eq!(
        refusal(&large).split_once(", ").unwrap().1,
        "the folder has more than 16 MiB: move what the campus does not read out of its folder"
    );
    assert!(refusal(&|folder| folder.write("demo/a\\b", "")).contains("a backslash"));
    let absent = refusal(&|folder| std::fs::remove_file(folder.path("demo/campus.toml")).unwrap());
    assert_eq!(absent, "there is no campus.toml: a campus is a folder with a campus.toml in it");
}

#[test]
fn files_that_would_lie_elsewhere_or_in_each_others_way_are_refused() {
    let long = ["a".repeat(256), ["abcdefg/"; 7].concat() + &"a".repeat(500)];
    let hostile = [
        "",
        "/etc/passwd",
        "..",
        "../x",
        "a/../../x",
        "a//b",
        "a/",
        "./a",
        "a/./b",
        "a\\b",
        "C:\\x",
        "a\0b",
        "a\nb",
        ".ssh/x",
        "a/.b",
        "a/b/c/d/e/f/g/h/i",
        &long[0],
        &long[1],
    ];
    for path in hostile {
        assert!(package(&[(path, b"x")]).is_err(), "{path:?}");
    }
    let both = package(&[("a", b""), ("a/b", b"")]).unwrap_err();
    assert_eq!(both, "\"a\" cannot be a file and the folder of \"a/b\"");
    assert!(package(&[("Raum 1/été.csv", b"x"), ("a/b/c/d/e/f/g/h", b"x")]).is_ok());
    assert!(Package::from_files(BTreeMap::new()).is_err());
}

#[test]
fn unpacking_twice_is_unpacking_once_and_mends_what_was_damaged() {
    let into = Folder::new();
    let package = package(&[("data/rooms.csv", b"a;b\n"), ("data/plan.png", &[0, 255])]).unwrap();
    let place = package.unpack(&into.path("publications")).unwrap();
    assert_eq!(place, into.path("publications").join(package.digest()));
    assert_eq!(Package::read(&place).unwrap(), package);
    let written = std::fs::metadata(place.join("campus.toml")).unwrap().modified().unwrap();
    assert_eq!(package.unpack(&into.path("publications")).unwrap(), place);
    assert_eq!(std::fs::metadata(place.join("campus.toml")).unwrap().modified().unwrap(), written, "left alone");

    std::fs::write(place.join("data/rooms.csv"), "a;c\n").unwrap();
    std::fs::remove_file(place.join("data/plan.png")).unwrap();
    assert_eq!(package.unpack(&into.path("publications")).unwrap(), place);
    assert_eq!(Package::read(&place).unwrap(), package);
    assert_eq!(std::fs::read_dir(into.path("publications")).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn many_may_unpack_one_package_at_once() {
    let into = Folder::new();
    let files: Vec<_> = (0..50).map(|n| (format!("data/{n}.csv"), vec![b'x'; 1_000])).collect();
    let files: Vec<_> = files.iter().map(|(path, content)| (path.as_str(), content.as_slice())).collect();
    let package = package(&files).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..5 {
                    package.unpack(&into.path("")).unwrap();
                }
            });
        }
    });
    assert_eq!(Package::read(&into.path(&package.digest())).unwrap(), package);
    assert_eq!(std::fs::read_dir(into.path("")).unwrap().count(), 1);
}

#[test]
fn a_difference_is_told_line_by_line_for_texts_and_in_one_line_for_the_rest() {
    let old =
        package(&[("gone.csv", b"a\n"), ("plan.png", &[0, 1]), ("rooms.csv", b"a\nb\nc\n"), ("same", b"s")]).unwrap();
    let new = package(&[
        ("empty", b""),
        ("plan.png", &[0, 1, 2]),
        ("rooms.csv", b"a\nB\nc\n"),
        ("same", b"s"),
        ("trap", b"\x1b[2J"),
    ])
    .unwrap();
    insta::assert_snapshot!(old.diff(&new), @"
    empty added: 0 bytes
    --- gone.csv
    +++ /dev/null
    @@ -1 +0,0 @@
    -a
    plan.png changed: 2 bytes before, 3 after
    --- rooms.csv
    +++ rooms.csv
    @@ -1,3 +1,3 @@
     a
    -b
    +B
     c
    trap added: 4 bytes
    ");
    assert_eq!(old.diff(&old), "");
}

#[test]
fn a_difference_stays_within_its_bounds() {
    let lines = |word: &str| (0..40_000).map(|n| format!("{word} {n}\n")).collect::<String>();
    let (old, new) = (lines("former"), lines("later"));
    let files = |text: &str| -> BTreeMap<String, Vec<u8>> {
        let names = (0..6).map(|n| format!("{n}.csv")).chain(["campus.toml".to_owned()]);
        names.map(|name| (name, text.into())).collect()
    };
    let [old, new] = [old, new].map(|text| Package::from_files(files(&text)).unwrap());
    let shown = old.diff(&new);
    assert!(shown.len() < (1 << 20) + 100, "{}", shown.len());
    assert!(shown.ends_with("more files differ\n"));
}
