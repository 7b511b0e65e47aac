//! Cells over real PostgreSQL servers, which are killed, frozen, put back and wiped.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod alone;
mod cells;
mod damaged;
mod together;
