//! Whether nothing that was acknowledged is missing, and nothing is there twice.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;

use http::Method;
use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::cells::{CAMPUS, CELLS, Cells, name};
use super::traffic::{Acknowledged, key};
use crate::cli::CellAction;

/// How long cells may take to hold the same.
const PATIENCE: Duration = Duration::from_secs(90);

/// How long an alarm has to last before an operator does what it says.
const LASTING: Duration = Duration::from_millis(1500);

/// What an operator does about a read model that is ahead of the journal.
const FORGET: &str = "a new read model";

impl Cells {
    /// Waits until all cells hold the same; does meanwhile what lasting alarms say, as an operator would. How many
    /// entries they hold, and what was done.
    ///
    /// # Errors
    /// They do not hold the same in time: how they differ, and the alarms.
    pub(super) async fn converge(&mut self) -> Result<(i64, Vec<String>), String> {
        let end = Instant::now() + PATIENCE;
        let (mut since, mut done, mut looked) = (BTreeMap::new(), Vec::new(), Instant::now());
        loop {
            let why = match self.same().await {
                Ok(entries) => return Ok((entries, done)),
                Err(why) => why,
            };
            if Instant::now() > end {
                let alarms = since.into_keys().map(|(cell, action)| format!("{cell}: {action}")).collect::<Vec<_>>();
                return Err(format!("{why}; did {done:?}; still to do: {alarms:?}"));
            }
            sleep(Duration::from_millis(50)).await;
            if looked.elapsed() < Duration::from_secs(1) {
                continue;
            }
            let wanted = self.wanted().await?;
            since.retain(|step, _| wanted.contains(step));
            for step in wanted {
                since.entry(step).or_insert_with(Instant::now);
            }
            let due: Vec<_> =
                since.iter().filter(|(_, from)| from.elapsed() > LASTING).map(|(step, _)| step.clone()).collect();
            for (cell, action) in due {
                since.remove(&(cell.clone(), action.clone()));
                self.follow(&cell, &action, &mut done).await?;
            }
            looked = Instant::now();
        }
    }

    /// What alarms tell to run, and where.
    async fn wanted(&self) -> Result<BTreeSet<(String, String)>, String> {
        let mut wanted = BTreeSet::new();
        for cell in 0..CELLS {
            for alarm in self.status(cell).await?.alarms {
                let step = alarm.split_once("run `preau cell ").and_then(|(_, rest)| rest.split_once("` on "));
                if let Some((action, cell)) = step.filter(|_| !alarm.contains("gone for good")) {
                    wanted.insert((cell.to_owned(), action.to_owned()));
                }
            }
            let (_, state) = self.address(cell)?.admin(Method::GET, "/state", "", &Value::Null).await?;
            let alarms = state.get("alarms").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
            if alarms.into_iter().any(|alarm| alarm.contains("remove its read model")) {
                wanted.insert((name(cell), FORGET.to_owned()));
            }
        }
        Ok(wanted)
    }

    async fn follow(&mut self, at: &str, action: &str, done: &mut Vec<String>) -> Result<(), String> {
        let Some(cell) = (0..CELLS).find(|cell| name(*cell) == at) else { return Ok(()) };
        done.push(format!("{action} on {at}"));
        match action {
            "recover" => self.rebuild(cell).await,
            FORGET => {
                let node = self.node(cell)?;
                node.kill();
                node.forget();
                node.start(0).await
            }
            _ => self.act(cell, &CellAction::Join).await.map(drop),
        }
    }

    /// What the guide says after a disk was put back: recover, join, and join on every peer.
    ///
    /// # Errors
    /// A command's.
    pub(super) async fn rebuild(&self, cell: usize) -> Result<(), String> {
        self.act(cell, &CellAction::Recover).await?;
        self.act(cell, &CellAction::Join).await?;
        for peer in (0..CELLS).filter(|peer| *peer != cell) {
            self.act(peer, &CellAction::Join).await?;
        }
        Ok(())
    }

    /// How many of these writes are in every journal, and in the audit trail exactly once.
    ///
    /// # Errors
    /// Which are not.
    pub(super) async fn find(&self, written: &[Acknowledged]) -> Result<usize, String> {
        for (cell, database) in self.databases.iter().enumerate() {
            let keys: HashSet<String> = database.keys().await?.into_iter().collect();
            let lost: Vec<_> = written.iter().filter(|write| !keys.contains(&key(write.number))).collect();
            if let Some(first) = lost.first() {
                return Err(format!("{} acknowledged writes are not in {}: {first:?}", lost.len(), name(cell)));
            }
        }
        let seen = self.trail().await?;
        if let Some((number, times)) = seen.iter().find(|(_, times)| **times > 1) {
            return Err(format!("the write {number} counts {times} times"));
        }
        let found = written.iter().filter(|write| seen.contains_key(&write.number)).count();
        if found == written.len() { Ok(found) } else { Err(format!("only {found} writes are in the audit trail")) }
    }

    /// How often each write is in the audit trail.
    async fn trail(&self) -> Result<BTreeMap<u64, usize>, String> {
        let (mut seen, mut after) = (BTreeMap::new(), String::new());
        loop {
            let path = format!("/audit?campus={CAMPUS}{after}");
            let (_, answer) = self.address(0)?.admin(Method::GET, &path, "", &Value::Null).await?;
            let changes = answer.get("changes").and_then(Value::as_array).ok_or("no audit trail")?;
            for number in changes.iter().filter_map(|change| change.pointer("/value/fresh_for")?.as_u64()) {
                *seen.entry(number).or_default() += 1;
            }
            let Some(last) = changes.last().and_then(|change| change.get("version")?.as_str()) else { return Ok(seen) };
            after = format!("&after={last}");
        }
    }
}
