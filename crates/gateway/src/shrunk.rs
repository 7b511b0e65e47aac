//! A list that is suddenly empty, or much shorter than it was: what of it is held until somebody accepts it.

use campus::DataSet;
use mapping::Complaint;
use sources::Failure;

use crate::held::Held;
use crate::path::malformed;

/// Of fewer items than this, any number may go.
const FEW: usize = 20;

/// Compares an answer with the last good one of its key, where there is one.
///
/// # Errors
/// It is not believed: all of its records were rejected, or they became fewer items than the set's `may_shrink_to` lets
/// pass. A purge of the set leaves nothing to compare with.
pub(crate) fn check(campus: &str, set: &DataSet, former: Option<&Held>, held: &Held) -> Result<(), Failure> {
    let (before, now, received) =
        (former.map_or(0, |former| former.items().len()), held.items().len(), held.account().received);
    let least = |percent: u8| (before * usize::from(percent)).div_ceil(100);
    let why = match set.may_shrink_to {
        _ if before > 0 && now == 0 && received > 0 => {
            let first = held.account().complaints.iter().find(|complaint| complaint.rejected);
            let first = first.map(|Complaint { field, reason, .. }| format!(", the first for {field}: {reason}"));
            let first = first.unwrap_or_default();
            format!("all {received} records were rejected{first}; the last good answer had {before} items")
        }
        Some(percent) if before >= FEW && now < least(percent) => format!(
            "{now} items of {received} records, and the last good answer had {before}: may_shrink_to = \"{percent}%\" lets {} or more pass",
            least(percent)
        ),
        _ => return Ok(()),
    };
    let name = &set.name;
    Err(malformed(format!(
        "{name}: {why}. If that is right, purge the set: preau cache purge {campus} {name}, or POST /api/staff/purge with data={name}"
    )))
}
