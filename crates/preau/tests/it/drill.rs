//! Drills: cells that are lost, and faults from fixed seeds.

use std::os::unix::fs::PermissionsExt;

use tempfile::TempDir;

use crate::process::Preau;

/// A drill, and the folder where it works, which the databases' user may enter.
fn drill(arguments: &[&str]) -> Option<(Preau, TempDir)> {
    testbed::postgres_installed()?;
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let place = folder.path().display().to_string();
    Some((Preau::start(&[&["drill"], arguments, &["--folder", &place]].concat()), folder))
}

/// It left no file, and no process that was started in its folder.
fn left_nothing(folder: &TempDir) {
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    let place = folder.path().display().to_string();
    let commands = std::fs::read_dir("/proc").unwrap().flatten().map(|process| process.path().join("cmdline"));
    let lines = commands
        .filter_map(|path| std::fs::read(path).ok())
        .filter(|line| String::from_utf8_lossy(line).contains(&place));
    assert_eq!(lines.count(), 0);
}

#[test]
fn two_cells_of_three_are_lost_and_nothing_that_was_acknowledged() {
    let (preau, folder) = testbed::need!(drill(&["lose-cells", "--writes", "50"]));
    let ended = preau.ended();
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{}", ended.out);
    let last = ended.out.lines().last().unwrap();
    let number = |before: &str, after: &str| {
        let (_, rest) = last.split_once(before).unwrap();
        rest.split_once(after).unwrap().0.parse::<f64>().unwrap()
    };
    assert!(last.contains(" served, 0 failed; "), "{}", ended.out);
    let written = number("writes: ", " acknowledged");
    assert!(written >= 150.0 && number("acknowledged, ", " found in all three") == written, "{last}");
    assert!(number("alone it wrote again in ", " s") < 10.0, "{last}");
    left_nothing(&folder);
}

#[test]
fn nothing_that_was_acknowledged_is_lost_under_five_schedules_of_faults() {
    let (preau, folder) = testbed::need!(drill(&["schedules", "--seeds", "1-5"]));
    let ended = preau.ended_within(std::time::Duration::from_secs(500));
    assert_eq!(ended.code, Some(0), "{}\n{}", ended.out, ended.err);
    assert_eq!(ended.out.matches(" s  seed ").count(), 5, "{}", ended.out);
    left_nothing(&folder);
}

#[test]
fn a_drill_that_is_stopped_takes_everything_with_it() {
    let (preau, folder) = testbed::need!(drill(&["lose-cells", "--writes", "100000"]));
    preau.out.line_with("are set up and joined");
    preau.terminate();
    let ended = preau.ended();
    assert_eq!((ended.code, ended.err.as_str(), ended.left_behind), (Some(1), "preau: the drill was stopped", 0));
    left_nothing(&folder);
}
