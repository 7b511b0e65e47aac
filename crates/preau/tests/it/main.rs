//! The binary as people run it: a child process with folders of its own and a free port.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod admin;
mod attempt;
mod check;
mod client;
mod collector;
mod demo;
mod documents;
mod drill;
mod egress;
mod hostile;
mod keys;
mod login_check;
mod phone;
mod planted;
mod process;
mod publications;
mod restarts;
mod school;
mod secrets;
mod serve;
mod sign_in;
mod site;
mod soak;
mod state;
mod telemetry;
mod three_cells;
mod tls;
