//! `preau restore`: a copy takes the place of one machine's journal.

use std::fs::{self, File};
use std::path::Path;
use std::process::ExitCode;

use journal::{Hash, Journal, Projection, SqliteJournal};

use crate::node::{Folder, clock, open};
use crate::settings::Settings;
use crate::{Outcome, cli};

/// Entries read at once.
const PAGE: usize = 1000;

pub(crate) async fn run(arguments: cli::Restore) -> Outcome {
    let settings = Settings::load(arguments.settings.as_deref())?;
    if settings.cell.is_some() {
        return Err(
            "a cell's journal is in its PostgreSQL: run `preau cell recover`, which gets everything back from the others".to_owned()
        );
    }
    let folder = Folder::open(&settings.state)?;
    let file = &arguments.file;
    let wrong = |error: std::io::Error| format!("{}: {error}; nothing was changed", file.display());
    // A copy of the copy is opened: that leaves marks.
    let trial = tempfile::tempdir_in(&settings.state).map_err(wrong)?;
    let tried = trial.path().join("journal.sqlite");
    fs::copy(file, &tried).map_err(wrong)?;
    let named = |error: String| {
        let error = error.replace(&tried.display().to_string(), &file.display().to_string());
        format!("{} was not restored: {error}", file.display())
    };
    let entries = match open(&tried, &clock()) {
        Ok(journal) => verify(&journal).await.map_err(named)?,
        Err(error) => return Err(named(error)),
    };
    if entries == 0 {
        return Err(named("it holds no entry".to_owned()));
    }
    let draft = trial.path().join("draft");
    fs::copy(file, &draft).and_then(|_| File::open(&draft)?.sync_all()).map_err(wrong)?;
    let replaced = replace(&folder, &draft).map_err(wrong)?;
    Projection::remove(&folder.read_model());
    say!("entries that are there again: {entries}; the read model is made anew at the next start");
    if replaced {
        say!("what was there before is kept beside it, as journal.sqlite.replaced");
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads every entry of every stream; how many there are.
async fn verify(journal: &SqliteJournal) -> Result<u64, String> {
    let heads = journal.heads().await.map_err(|failure| failure.to_string())?;
    let mut count = 0;
    for head in heads {
        let (mut seq, mut hash) = (0, Hash::default());
        while seq < head.seq {
            let entries = journal.read(&head.stream, seq, PAGE).await.map_err(|failure| failure.to_string())?;
            if entries.is_empty() {
                return Err(format!("the entry {} of {} is missing: take another copy", seq + 1, head.stream));
            }
            for entry in entries {
                if !entry.is_whole() || (entry.seq, entry.before) != (seq + 1, hash) {
                    return Err(format!("the entry {} of {} is damaged: take another copy", entry.seq, head.stream));
                }
                (seq, hash) = (entry.seq, entry.hash);
            }
        }
        count += head.seq;
    }
    Ok(count)
}

/// Puts the draft in the journal's place; whether there was another before, which is kept with its log.
fn replace(folder: &Folder, draft: &Path) -> std::io::Result<bool> {
    let journal = folder.journal();
    let aside = journal.with_extension("sqlite.replaced");
    let replaced = journal.exists();
    for ending in ["-shm", "-wal", ""] {
        let (from, to) = (with(&journal, ending), with(&aside, ending));
        match fs::rename(from, &to) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            Err(_) if to.exists() => fs::remove_file(to)?,
            _ => {}
        }
    }
    fs::rename(draft, &journal)?;
    File::open(journal.parent().unwrap_or(Path::new(".")))?.sync_all()?;
    Ok(replaced)
}

fn with(path: &Path, ending: &str) -> std::path::PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
