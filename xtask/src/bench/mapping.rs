//! CPU per mapped document: ours beside a hand-written typed program, jaq and jq.

use crate::step::{self, cargo};

/// Prints the tables of the example that runs the contenders by turns.
///
/// # Errors
/// What could not be built or run.
pub fn run() -> Result<(), String> {
    step::run("mapping", cargo("run --release --locked -p campus --example mapping"))
}
