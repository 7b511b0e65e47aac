//! One file per command.

pub(crate) mod attempt;
pub(crate) mod cache;
pub(crate) mod check;
pub(crate) mod demo;
pub(crate) mod reference;
pub(crate) mod serve;
pub(crate) mod status;
