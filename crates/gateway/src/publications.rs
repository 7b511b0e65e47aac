//! What is published: declarations checked, appended, and shown on the channels that point at them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use campus::{Checked, Draft, Origin, Package, Problem as Mistake, Severity};
use journal::{Fact, InForce, Key, Published, Written};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::changes::{Author, unwritten};
use crate::{Gateway, Problem};

/// Where a channel points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pointer {
    pub digest: String,
    pub number: u32,
}

/// Changes of a channel that are looked back at.
const HISTORY: usize = 200;

/// A name of a campus or a channel that can be one.
fn label(name: &str) -> bool {
    (1..=63).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !name.starts_with('-')
        && !name.ends_with('-')
}

impl Gateway {
    /// Checks a declaration as it would be served, appends it, and points a channel at it. A declaration with errors changes nothing.
    pub(crate) async fn publish(
        &self,
        (campus, channel): (&str, &str),
        files: BTreeMap<String, Vec<u8>>,
        note: String,
        author: &Author,
    ) -> Result<(Pointer, Written), Problem> {
        for (what, name) in [("campus", campus), ("channel", channel)] {
            if !label(name) {
                let message =
                    format!("\"{name}\" cannot be a {what}'s name: use lower-case letters, digits and hyphens");
                return Err(Problem::bad_parameter(message));
            }
        }
        let package = Package::from_files(files).map_err(Problem::bad_parameter)?;
        let into = self.publications.clone();
        let unpacking = move || package.unpack(&into).map(|folder| (package, folder));
        let (package, folder) = tokio::task::spawn_blocking(unpacking).await.map_err(unfinished)?.map_err(|error| {
            let folder = self.publications.display();
            Problem::new("internal", format!("{folder} cannot be written: {error}; see `state` in the settings"))
        })?;
        self.check(campus, channel, folder).await?;
        let published = self.published(campus)?;
        let digest = package.digest().clone();
        let known = published.iter().find(|published| published.digest == digest);
        let next = published.iter().map(|published| published.number).max().unwrap_or_default() + 1;
        let pointer = Pointer { digest, number: known.map_or(next, |known| known.number) };
        let publication = known.is_none().then(|| {
            Fact::Publication(journal::Publication {
                campus: campus.to_owned(),
                number: pointer.number,
                digest: pointer.digest.clone(),
                files: package.files().clone(),
                note,
                by: author.by.clone(),
            })
        });
        let facts: Vec<_> =
            publication.into_iter().chain([self.point(campus, channel, json!(pointer), author)]).collect();
        Ok((pointer, self.write(&facts, author).await?))
    }

    /// Points a channel at what another shows.
    pub(crate) async fn promote(
        &self,
        campus: &str,
        (from, to): (&str, &str),
        author: &Author,
    ) -> Result<(Pointer, Written), Problem> {
        self.repoint(campus, to, self.shown(campus, from)?, author).await
    }

    /// Points a channel back at what it showed before, or at a publication.
    pub(crate) async fn roll_back(
        &self,
        campus: &str,
        channel: &str,
        to: Option<&str>,
        author: &Author,
    ) -> Result<(Pointer, Written), Problem> {
        let pointer = match to {
            Some(to) => self.named(campus, to)?,
            None => {
                let now = self.pointer(campus, channel)?;
                let past = self.history(campus, channel)?.into_iter().filter_map(|past| read(&past.value));
                // After a rollback, the one before is not what was just left: it is what came before both.
                let mut shown = past.skip_while(|past| Some(past) == now.as_ref());
                let before = match &now {
                    Some(now) => shown.find(|past| past.number < now.number),
                    None => shown.next(),
                };
                before.ok_or_else(|| {
                    Problem::bad_parameter(format!(
                        "the channel \"{channel}\" of \"{campus}\" showed nothing else before"
                    ))
                })?
            }
        };
        self.repoint(campus, channel, pointer, author).await
    }

    /// Takes a campus off a channel; what was published stays.
    pub(crate) async fn withdraw(&self, campus: &str, channel: &str, author: &Author) -> Result<Written, Problem> {
        self.shown(campus, channel)?;
        self.write(&[self.point(campus, channel, Value::Null, author)], author).await
    }

    async fn repoint(
        &self,
        campus: &str,
        channel: &str,
        pointer: Pointer,
        author: &Author,
    ) -> Result<(Pointer, Written), Problem> {
        if !label(channel) {
            return Err(Problem::bad_parameter(format!("\"{channel}\" cannot be a channel's name")));
        }
        let folder = self.unpacked(campus, &pointer.digest)?.ok_or_else(|| {
            Problem::bad_parameter(format!(
                "publication {} of \"{campus}\" has not arrived here yet: try again",
                pointer.number
            ))
        })?;
        self.check(campus, channel, folder).await?;
        let written = self.write(&[self.point(campus, channel, json!(pointer), author)], author).await?;
        Ok((pointer, written))
    }

    /// Checks a publication as it would be served on a channel: its sources may differ there.
    async fn check(&self, campus: &str, channel: &str, folder: PathBuf) -> Result<(), Problem> {
        let (campuses, id, on) = (Arc::clone(&self.campuses), campus.to_owned(), channel.to_owned());
        let check = move || {
            campuses.check(&Draft { id: &id, folder: &folder, origin: Origin::Publication, channel: Some(&on) })
        };
        let checked = tokio::task::spawn_blocking(check).await.map_err(unfinished)?;
        if checked.campus.is_some() { Ok(()) } else { Err(refused(&checked)) }
    }

    fn point(&self, campus: &str, channel: &str, pointer: Value, author: &Author) -> Fact {
        self.change(campus, Key::Channel(channel.to_owned()), pointer, author)
    }

    /// Serves a campus as its channels point now.
    pub(crate) fn show(&self, campus: &str) {
        let channels = self.pointers(campus);
        for (channel, Pointer { digest, number }) in &channels {
            let version = campus::version(channel, digest);
            if self.campuses.on(campus, channel).is_some_and(|shown| shown.version == version) {
                continue;
            }
            let folder = match self.unpacked(campus, digest) {
                Ok(Some(folder)) => folder,
                // It was accepted by another cell, and arrives later.
                Ok(None) => continue,
                Err(problem) => {
                    tracing::error!(campus, channel, number, "not served: {}", problem.detail);
                    continue;
                }
            };
            // What is wrong has been logged, and stays to be looked at.
            let _ = self.campuses.publish(&campus::Publication {
                id: campus,
                channel,
                number: *number,
                digest,
                folder: &folder,
            });
        }
        for channel in self.campuses.published(campus).iter().filter(|shown| !channels.contains_key(*shown)) {
            self.campuses.withdraw(campus, channel);
        }
    }

    /// The folder of a publication, unpacked where it is not yet; `None` where it is not known here.
    fn unpacked(&self, campus: &str, digest: &str) -> Result<Option<PathBuf>, Problem> {
        let files = self.state.look(|tables| tables.files(campus, digest)).map_err(unwritten)?;
        let unpack = |files| {
            let package = Package::from_files(files)?;
            if package.digest() != digest {
                return Err(format!("publication {digest} of \"{campus}\" is not what its digest says"));
            }
            package.unpack(&self.publications).map_err(|error| error.to_string())
        };
        files.map(unpack).transpose().map_err(|error| Problem::new("internal", error))
    }

    /// Where the channels of a campus point.
    pub(crate) fn pointers(&self, campus: &str) -> BTreeMap<String, Pointer> {
        let pointer = |(key, value): (Key, InForce)| match key {
            Key::Channel(channel) => Some((channel, read(&value.value)?)),
            _ => None,
        };
        self.state.values(Some(campus)).into_iter().filter_map(pointer).collect()
    }

    fn pointer(&self, campus: &str, channel: &str) -> Result<Option<Pointer>, Problem> {
        self.known(campus)?;
        Ok(self.pointers(campus).remove(channel))
    }

    /// Where a channel points, on which something has to be published.
    fn shown(&self, campus: &str, channel: &str) -> Result<Pointer, Problem> {
        self.pointer(campus, channel)?.ok_or_else(|| {
            Problem::bad_parameter(format!("nothing is published on the channel \"{channel}\" of \"{campus}\""))
        })
    }

    /// The changes of a channel, the one in force first.
    pub(crate) fn history(&self, campus: &str, channel: &str) -> Result<Vec<journal::Past>, Problem> {
        let key = Key::Channel(channel.to_owned());
        self.state.look(|tables| tables.history(Some(campus), &key, HISTORY)).map_err(unwritten)
    }

    /// The publications of a campus, the newest first.
    pub(crate) fn published(&self, campus: &str) -> Result<Vec<Published>, Problem> {
        self.state.look(|tables| tables.publications(campus)).map_err(unwritten)
    }

    /// A publication's files, by what people call it: a channel, a number, or the beginning of its digest.
    pub(crate) fn files(&self, campus: &str, name: &str) -> Result<(Pointer, Package), Problem> {
        let pointer = match self.pointer(campus, name)? {
            Some(pointer) => pointer,
            None => self.named(campus, name)?,
        };
        let files = self.state.look(|tables| tables.files(campus, &pointer.digest)).map_err(unwritten)?;
        let missing = || Problem::bad_parameter(format!("publication {} has not arrived here yet", pointer.number));
        let package =
            Package::from_files(files.ok_or_else(missing)?).map_err(|error| Problem::new("internal", error))?;
        Ok((pointer, package))
    }

    fn named(&self, campus: &str, name: &str) -> Result<Pointer, Problem> {
        self.known(campus)?;
        let published = self.published(campus)?;
        let fits = |published: &&Published| {
            name.parse() == Ok(published.number) || (name.len() >= 8 && published.digest.starts_with(name))
        };
        let mut fitting = published.iter().filter(fits);
        let pointer = |published: &Published| Pointer { digest: published.digest.clone(), number: published.number };
        match (fitting.next(), fitting.next()) {
            (Some(only), None) => Ok(pointer(only)),
            (Some(_), Some(_)) => Err(Problem::bad_parameter(format!(
                "two publications of \"{campus}\" are called {name}, because two cells could not see each other: name one by its digest"
            ))),
            (None, _) => {
                let known: Vec<_> = published.iter().take(20).map(|published| published.number.to_string()).collect();
                Err(Problem::bad_parameter(format!(
                    "\"{campus}\" has no publication or channel \"{name}\"; its publications are {}",
                    known.join(", ")
                )))
            }
        }
    }

    fn known(&self, campus: &str) -> Result<(), Problem> {
        if self.published(campus)?.is_empty() {
            let detail = format!("nothing of \"{campus}\" is published: `preau publish DIR --campus {campus}` does");
            return Err(Problem::new("unknown-campus", detail));
        }
        Ok(())
    }
}

fn read(value: &Value) -> Option<Pointer> {
    serde_json::from_value(value.clone()).ok()
}

fn unfinished(_: tokio::task::JoinError) -> Problem {
    Problem::new("internal", "the check ended without a result")
}

/// A declaration with errors, each with its place.
fn refused(checked: &Checked) -> Problem {
    let errors = checked.problems.iter().filter(|problem| problem.severity == Severity::Error);
    let errors: Vec<_> = errors.map(|mistake: &Mistake| mistake.render(false)).collect();
    Problem::new("declaration-refused", errors.join("\n\n"))
}
