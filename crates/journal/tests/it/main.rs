//! Journals and what is made of them, from the outside.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[macro_use]
mod contract;
mod killed;
mod model;
mod postgres;
mod sqlite;

use std::path::PathBuf;
use std::process::Command;

/// This program's tests, for a test that runs another one in a process of its own.
fn this_program() -> PathBuf {
    std::fs::read_link("/proc/self/exe").unwrap()
}

/// Runs one ignored test of this program alone, with what it prints.
fn alone(test: &str, command: &mut Command) {
    command.args(["--exact", test, "--ignored", "--nocapture"]);
}
