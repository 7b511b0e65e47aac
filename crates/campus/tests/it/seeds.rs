//! The seeds of every fuzz target, replayed.

use std::path::Path;

#[path = "../../../../fuzz/src/lib.rs"]
#[allow(clippy::expect_used, clippy::panic)]
mod targets;

#[test]
fn every_seed_of_a_fuzz_target_is_read_or_refused() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds");
    let targets: [(&str, fn(&[u8])); 7] = [
        ("mapping", targets::mapping),
        ("feed", targets::feed),
        ("ical", targets::ical),
        ("csv", targets::csv),
        ("xml", targets::xml),
        ("json", targets::json),
        ("campus", targets::campus),
    ];
    let folders = std::fs::read_dir(&seeds).unwrap().count();
    assert_eq!(folders, targets.len(), "a folder of fuzz/seeds per target");
    for (name, run) in targets {
        let files = std::fs::read_dir(seeds.join(name)).unwrap().map(|file| file.unwrap().path());
        files.for_each(|file| run(&std::fs::read(file).unwrap()));
    }
}
