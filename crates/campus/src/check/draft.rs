//! A declaration that nobody has checked yet, and what a check of it gives.

use std::path::Path;
use std::sync::Arc;

use toml::Spanned;
use toml::de::DeTable;

use super::{Builder, Surroundings, channels};
use crate::document::Document;
use crate::secrets::Resolver;
use crate::{Campus, PRODUCTION, Problem, Severity};

/// A declaration is text that people write.
const MAX_FILE: u64 = 1 << 20;

/// A declaration that nobody has checked yet.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    /// The campus's id.
    pub id: &'a str,
    /// The folder with its campus.toml.
    pub folder: &'a Path,
    /// Where it comes from.
    pub origin: Origin,
    /// The channel that it is for; without one, `production` and all that it declares.
    pub channel: Option<&'a str>,
}

/// Where a declaration comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A folder that somebody put on this machine.
    Folder,
    /// A publication, made or about to be, which a school may have written by itself.
    Publication,
}

/// The result of a check.
#[derive(Debug)]
pub struct Checked {
    /// The campus on the channel that was asked for, or on `production`, where there is no error.
    pub campus: Option<Campus>,
    /// The same on its other channels, but for those that lack a secret.
    pub others: Vec<Campus>,
    /// Errors and warnings, in the order of the file.
    pub problems: Vec<Problem>,
}

/// Checks the campus in a folder, whose name is its id, on all its channels. Nothing is contacted.
#[must_use]
pub fn check(folder: &Path, surroundings: &Surroundings) -> Checked {
    let id = folder.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    Draft { id: &id, folder, origin: Origin::Folder, channel: None }.check(surroundings)
}

impl Draft<'_> {
    /// Checks it. A mistake in what any channel has otherwise is one of the declaration, so that there is a campus on none
    /// then; secrets are required for what is asked for only. Nothing is contacted.
    #[must_use]
    pub fn check(&self, surroundings: &Surroundings) -> Checked {
        let file = format!("{}/campus.toml", self.id);
        let text: Arc<str> = match read(&self.folder.join("campus.toml")) {
            Ok(text) => text.into(),
            Err(error) => {
                let absent = error.kind() == std::io::ErrorKind::NotFound;
                let help = absent.then(|| "a campus is a folder with a campus.toml in it".to_owned());
                let mut document = Document::new(file, "".into());
                document.whole(format!("campus.toml cannot be read: {error}"), help);
                return Checked { campus: None, others: Vec::new(), problems: document.problems };
            }
        };
        let mut document = Document::new(file.clone(), Arc::clone(&text));
        let table = document.parse(&text);
        let mut findings = Findings::default();
        if document.problems.is_empty() {
            let others = channels::declared(table.get_ref());
            if let Some(name) = self.channel.filter(|name| *name != PRODUCTION && !others.contains(name)) {
                let help = format!("add [channels.{name}] with its testers");
                document.whole(format!("the campus has no channel \"{name}\""), Some(help));
            }
            for channel in std::iter::once(PRODUCTION).chain(others) {
                let asked_for = self.channel.is_none_or(|name| name == channel);
                let mut document = Document::new(file.clone(), Arc::clone(&text));
                let required = surroundings.secrets_required && asked_for;
                let campus = self.build(channel, table.clone(), required, surroundings, &mut document);
                findings.add(channel, campus, document, asked_for);
            }
        }
        findings.add(PRODUCTION, None, document, true);
        findings.checked(self.channel.unwrap_or(PRODUCTION))
    }

    /// The campus on one channel.
    fn build(
        &self,
        channel: &str,
        mut table: Spanned<DeTable<'_>>,
        required: bool,
        surroundings: &Surroundings,
        document: &mut Document,
    ) -> Option<Campus> {
        channels::overlay(table.get_mut(), channel, document);
        let mut resolver = Resolver {
            draft: self,
            directories: &surroundings.directories,
            environment: &*surroundings.environment,
            required,
            document,
        };
        resolver.follow(table.get_mut());
        Builder { draft: self, channel, surroundings, document, table: table.get_ref() }.build()
    }
}

/// What was found on the channels so far.
#[derive(Default)]
struct Findings {
    problems: Vec<Problem>,
    campuses: Vec<Campus>,
    failed: bool,
}

impl Findings {
    /// Takes what was found on one more channel. Of one that nobody asked for, only mistakes matter.
    fn add(&mut self, channel: &str, campus: Option<Campus>, document: Document, asked_for: bool) {
        self.failed |= document.failed_since(0);
        self.campuses.extend(campus.filter(|_| asked_for && document.lacking.is_empty()));
        for mut problem in document.problems.into_iter().chain(document.lacking) {
            if (asked_for || problem.severity == Severity::Error) && !self.problems.contains(&problem) {
                if channel != PRODUCTION {
                    problem.message.push_str(&format!(", on the channel \"{channel}\""));
                }
                self.problems.push(problem);
            }
        }
    }

    fn checked(self, channel: &str) -> Checked {
        let Self { mut problems, mut campuses, failed } = self;
        problems.sort_by_key(|problem| problem.span.as_ref().map(|span| span.start));
        if failed {
            campuses.clear();
        }
        let (asked_for, others): (Vec<_>, Vec<_>) =
            campuses.into_iter().partition(|campus| *campus.channel == *channel);
        Checked { campus: asked_for.into_iter().next(), others, problems }
    }
}

fn read(path: &Path) -> std::io::Result<String> {
    if std::fs::metadata(path)?.len() > MAX_FILE {
        return Err(std::io::Error::other("it is larger than 1 MiB"));
    }
    std::fs::read_to_string(path)
}
