//! Cells over real PostgreSQL servers, which are killed, frozen, put back and wiped.

mod alone;
mod cells;
mod damaged;
mod lawful;
mod together;
