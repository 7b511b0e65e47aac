//! The phone's API as phones see it: two schools, real upstream servers, a clock that only the test moves.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod account;
mod answers;
mod app;
mod caching;
mod calendar;
mod cells;
mod changes;
mod doors;
mod faults;
mod filters;
mod freshness;
mod hostile;
mod identity;
mod manifest;
mod observed;
mod openapi;
mod operators;
mod parameters;
mod problems;
mod publications;
mod reload;
mod schools;
mod several;
mod shrinking;
mod spans;
mod sql;
mod tenants;
