//! What both servers start from: benches/reads with this run's ports, and the records behind the answers.

mod timetable;

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::{fs, io};

use super::server::Ports;
use crate::step::root;

/// The data sets of campus.toml, and how many records make an answer of about 10 KB and 150 KB.
pub const DATA: [(&str, usize); 2] = [("short", 50), ("long", 750)];

const FILES: [(&str, &str); 5] = [
    ("nginx.conf", include_str!("../../../benches/reads/nginx.conf")),
    ("preau/preau.toml", include_str!("../../../benches/reads/preau.toml")),
    ("preau-tls/preau.toml", include_str!("../../../benches/reads/preau-tls.toml")),
    ("campuses/bench/campus.toml", include_str!("../../../benches/reads/campus.toml")),
    ("sessions.lua", include_str!("../../../benches/reads/sessions.lua")),
];

/// Writes everything into an emptied folder.
///
/// # Errors
/// The folder, where it cannot be written.
pub fn write(folder: &Path, ports: &Ports) -> Result<(), String> {
    write_all(folder, ports).map_err(|error| format!("{}: {error}", folder.display()))
}

fn write_all(folder: &Path, ports: &Ports) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fs::create_dir_all(folder.join("www"))?;
    for own in ["campuses/bench", "preau", "preau-tls"] {
        fs::create_dir_all(folder.join(own))?;
    }
    certify(folder)?;
    for (name, text) in FILES {
        let text = text.replace("{upstream}", &ports.upstream.to_string()).replace("{peer}", &ports.peer.to_string());
        let text = text.replace("{peer-tls}", &ports.peer_tls.to_string());
        fs::write(folder.join(name), text)?;
    }
    for (data, count) in DATA {
        fs::write(folder.join("www").join(format!("records-{data}.json")), records(count))?;
    }
    fs::write(folder.join("www/timetable.json"), timetable::json())?;
    fs::write(folder.join("www/timetable.ics"), timetable::ical())
}

/// A certificate of the run's own, and its key.
pub const CERTIFICATE: [&str; 2] = ["certificate.pem", "key.pem"];

fn certify(folder: &Path) -> io::Result<()> {
    let [certificate, key] = CERTIFICATE;
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]);
    openssl.args(["-subj", "/CN=bench.localhost", "-days", "2", "-out", certificate, "-keyout", key]);
    let output = openssl.current_dir(folder).stdin(Stdio::null()).output()?;
    match output.status.success() {
        true => Ok(()),
        false => Err(io::Error::other(format!("openssl: {}", String::from_utf8_lossy(&output.stderr)))),
    }
}

/// The program that knows sessions: it makes some, or tells what they cost.
pub const SESSIONS: &str = "target/release/examples/sessions";

/// Writes access tokens of so many people, under the keys that Préau made as it started.
///
/// # Errors
/// What went wrong.
pub fn write_tokens(folder: &Path, file: &Path, people: u32) -> Result<(), String> {
    let mut command = Command::new(root().join(SESSIONS));
    command.arg(folder.join("preau/preau-session.keys")).args(["bench", &people.to_string()]).stdin(Stdio::null());
    let written = fs::File::create(file).and_then(|file| command.stdout(file).status());
    match written {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{SESSIONS} failed ({status})")),
        Err(error) => Err(format!("{SESSIONS} wrote no tokens: {error}")),
    }
}

/// Lets the others serve the very bytes that we answer with, plain and compressed.
///
/// # Errors
/// The file that cannot be written.
pub fn publish(folder: &Path, data: &str, plain: &[u8], compressed: &[u8]) -> Result<(), String> {
    for (extension, bytes) in [("json", plain), ("json.gz", compressed)] {
        let file = folder.join("www").join(data).with_extension(extension);
        fs::write(&file, bytes).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(())
}

/// Always the same, and about as compressible as what people write.
fn records(count: usize) -> String {
    let mut text = String::from("[");
    let mut state = 1_u32;
    for number in 1..=count {
        let summary: Vec<&str> = std::iter::repeat_with(|| word(&mut state)).take(12).collect();
        let comma = if number == count { "" } else { "," };
        // Writing to a text cannot fail.
        let _ = writeln!(
            text,
            r#"{{"id": "{number}", "title": "{} {number}", "url": "https://www.univ-demo.fr/{}/{number}", "summary": "{}"}}{comma}"#,
            word(&mut state),
            word(&mut state),
            summary.join(" "),
        );
    }
    text.push(']');
    text
}

/// The next of a sequence without a visible pattern (a linear congruential generator's upper bits).
fn word(state: &mut u32) -> &'static str {
    *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    let at = (*state >> 16) as usize % WORDS.len();
    WORDS.get(at).copied().unwrap_or_default()
}

const WORDS: [&str; 48] = [
    "accueil",
    "amphi",
    "annexe",
    "atelier",
    "bourse",
    "bureau",
    "calendrier",
    "campus",
    "carte",
    "concours",
    "cours",
    "demande",
    "diplôme",
    "dossier",
    "emploi",
    "examen",
    "faculté",
    "formation",
    "forum",
    "guichet",
    "horaire",
    "inscription",
    "journée",
    "laboratoire",
    "langue",
    "lecture",
    "licence",
    "logement",
    "master",
    "mobilité",
    "note",
    "parcours",
    "projet",
    "rendez-vous",
    "rentrée",
    "réservation",
    "restaurant",
    "résultat",
    "réunion",
    "salle",
    "santé",
    "semestre",
    "service",
    "sport",
    "stage",
    "tutorat",
    "vacances",
    "visite",
];
