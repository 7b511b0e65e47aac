//! What somebody should do something about.

use super::{PeerStatus, Status};

/// Entries that are on their way for longer than this are not on their way.
const LATE_SECONDS: u64 = 60;

/// Clocks further apart than this are not kept right by anything.
const SKEW_MS: u64 = 2000;

/// Sentences, each with the remedy.
pub(super) fn of(status: &Status) -> Vec<String> {
    let mut alarms: Vec<String> = status.problem.iter().cloned().collect();
    if status.conflicts > 0 {
        alarms.push(format!(
            "{} entries arrived under the number of another one: two histories of a cell met; see preau.conflict, and tell us",
            status.conflicts
        ));
    }
    for end in status.streams.iter().filter(|end| end.missing > 0) {
        let command = if end.origin == status.origin { "recover" } else { "join" };
        alarms.push(format!(
            "{} entries of {} in the middle of its stream {} are not here, and nothing after them is applied: run `preau cell {command}` on {}",
            end.missing, end.origin, end.incarnation, status.origin
        ));
    }
    for peer in &status.peers {
        if let Some(problem) = &peer.problem {
            // What is not available is the peer's, not ours.
            let problem = problem.trim_start_matches("the journal is not available: ");
            alarms.push(format!("{} does not answer: {problem}", peer.origin));
        }
        if status.problem.is_none() {
            of_peer(status, peer, &mut alarms);
        }
        let skew = peer.skew_ms.unwrap_or_default();
        if skew.unsigned_abs() > SKEW_MS {
            let side = if skew > 0 { "ahead of" } else { "behind" };
            let seconds = skew.unsigned_abs() / 1000;
            alarms.push(format!(
                "the clock here is {seconds} s {side} that of {}: see chronyc tracking on both",
                peer.origin
            ));
        }
    }
    alarms
}

fn of_peer(status: &Status, peer: &PeerStatus, alarms: &mut Vec<String>) {
    let (own, name) = (&status.origin, &peer.origin);
    if peer.forgotten > 0 {
        alarms.push(format!(
            "{name} has {} entries of {own} that its own database lost: run `preau cell recover` on {own}",
            peer.forgotten
        ));
    }
    if peer.only_there > 0 {
        alarms.push(format!(
            "{name} has {} entries of other cells, which do not answer or left, that are not here: where those are gone for good, run `preau cell recover` on {own}",
            peer.only_there
        ));
    }
    if !peer.receiving && peer.problem.is_none() {
        alarms.push(format!("nothing is received from {name}: run `preau cell join` on {own}"));
    } else if let Some(behind) = peer.behind.filter(|lag| lag.seconds > LATE_SECONDS) {
        alarms.push(format!(
            "{} entries of {name} have not arrived for {} s: run `preau cell join` on {own}",
            behind.entries, behind.seconds
        ));
    }
    match &peer.kept {
        None => alarms.push(format!("nothing is kept here for {name}: run `preau cell join` on {name}")),
        Some(kept) if kept.lost => alarms.push(format!(
            "{name} was away for longer than its changes are kept: run `preau cell join` on {name}"
        )),
        Some(kept) => match kept.limit {
            Some(limit) if kept.bytes > limit / 2 => alarms.push(format!(
                "{} MB are kept here for {name}, of {} MB at most (max_slot_wal_keep_size): bring it back before it has to copy",
                kept.bytes >> 20,
                limit >> 20
            )),
            _ => {}
        },
    }
    if let Some(ahead) = peer.ahead.filter(|lag| lag.seconds > LATE_SECONDS) {
        alarms.push(format!(
            "{} entries of {own} have not arrived at {name} for {} s: run `preau cell join` on {name}",
            ahead.entries, ahead.seconds
        ));
    }
}
