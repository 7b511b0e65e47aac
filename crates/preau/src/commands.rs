//! One file per command.

pub(crate) mod attempt;
pub(crate) mod cache;
pub(crate) mod check;
pub(crate) mod demo;
pub(crate) mod reference;
pub(crate) mod serve;
pub(crate) mod status;

/// A number and what it counts.
pub(crate) fn count(number: usize, one: &str, several: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { several })
}
