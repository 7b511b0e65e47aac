//! Searches what a process wrote or maps, for texts in every form that they could have taken.

use std::fmt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

/// A form's name and its bytes.
pub type Needle = (&'static str, Vec<u8>);

/// What was found where.
#[derive(Debug)]
pub struct Finding {
    pub form: &'static str,
    pub place: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.form, self.place)
    }
}

/// Forms of a text of lower-case letters and digits: as it is, which percent-encoding and JSON leave alone too, and as
/// somebody may have written it who means to hide it.
pub fn forms(text: &str) -> Vec<Needle> {
    let each = |write: fn(u8) -> String| text.bytes().map(write).collect::<String>().into_bytes();
    let mut forms: Vec<Needle> = vec![
        ("as it is", text.into()),
        ("reversed", text.bytes().rev().collect()),
        ("percent-encoded", each(|byte| format!("%{byte:02x}"))),
        ("escaped as in JSON", each(|byte| format!("\\u{byte:04x}"))),
        ("in hexadecimal", each(|byte| format!("{byte:02x}"))),
        ("in UTF-16", text.bytes().flat_map(|byte| [byte, 0]).collect()),
        ("as a list of numbers", text.bytes().map(|byte| byte.to_string()).collect::<Vec<_>>().join(", ").into()),
    ];
    // In base64 a text has three looks, by where in a group of three bytes it begins; its ends depend on its neighbours.
    for (before, form) in ["in base64", "in base64, shifted", "in base64, shifted twice"].into_iter().enumerate() {
        let coded = BASE64_STANDARD.encode([vec![0; before], text.into()].concat());
        let first = [0, 2, 3][before];
        forms.push((
            form,
            coded.trim_end_matches('=').as_bytes()[first..coded.trim_end_matches('=').len() - 2].to_vec(),
        ));
    }
    forms
}

/// What of these is in a text.
pub fn search(place: &str, text: &[u8], needles: &[Needle]) -> Vec<Finding> {
    // One byte, one character: what is no UTF-8 is searched too.
    let latin = |bytes: &[u8]| bytes.iter().map(|byte| char::from(*byte)).collect::<String>();
    let exact = latin(text);
    let lower = exact.to_ascii_lowercase();
    let found = needles.iter().filter(|(form, needle)| {
        let needle = latin(needle);
        if form.contains("base64") || form.contains("secret") {
            exact.contains(&needle)
        } else {
            lower.contains(&needle)
        }
    });
    let place: String = place.chars().take(1500).collect();
    found.map(|(form, _)| Finding { form, place: place.clone() }).collect()
}

/// What is in the files below a folder, and in their names.
pub fn folder(folder: &Path, needles: &[Needle]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let (path, kind) = (entry.path(), entry.file_type().unwrap());
        let place = path.display().to_string();
        findings.extend(search(&place, place.as_bytes(), needles));
        if kind.is_dir() {
            findings.extend(self::folder(&path, needles));
        } else if kind.is_file() {
            findings.extend(search(&place, &std::fs::read(&path).unwrap(), needles));
        }
    }
    findings
}

/// What is in a process's name and variables, and in the files that it maps or holds open.
pub fn searched_process(id: u32, needles: &[Needle]) -> Vec<Finding> {
    let process = Path::new("/proc").join(id.to_string());
    let read = |name: &str| std::fs::read(process.join(name)).unwrap();
    let mut findings: Vec<_> =
        ["cmdline", "environ", "comm", "maps"].iter().flat_map(|name| search(name, &read(name), needles)).collect();
    for task in std::fs::read_dir(process.join("task")).unwrap().flatten() {
        // A thread may have ended meanwhile.
        findings.extend(search(
            "a thread's name",
            &std::fs::read(task.path().join("comm")).unwrap_or_default(),
            needles,
        ));
    }
    let began = std::fs::metadata(&process).unwrap().mtime();
    let maps = String::from_utf8(read("maps")).unwrap();
    let mut mapped: Vec<_> = maps.lines().filter_map(|line| line.find('/').map(|start| &line[start..])).collect();
    mapped.sort_unstable();
    mapped.dedup();
    for path in mapped {
        let file = Path::new(path);
        // Programs and libraries, which nobody has written to since it began, hold nothing of what it was told.
        let older = std::fs::metadata(file).is_ok_and(|metadata| metadata.mtime() < began);
        assert!(older || file.is_file(), "a mapped file that cannot be searched: {path}");
        if !older {
            findings.extend(search(path, &std::fs::read(file).unwrap(), needles));
        }
    }
    for descriptor in std::fs::read_dir(process.join("fd")).unwrap().flatten() {
        // Through the descriptor, a file that has no name any more can be read too.
        let (path, target) = (descriptor.path(), std::fs::read_link(descriptor.path()).unwrap_or_default());
        if std::fs::metadata(&path).is_ok_and(|metadata| metadata.is_file()) {
            let place = target.display().to_string();
            findings.extend(search(&place, place.as_bytes(), needles));
            findings.extend(search(&place, &std::fs::read(&path).unwrap(), needles));
        }
    }
    findings
}
