//! Tests of the repository itself: what its pages promise about its crates, dependencies, sources and texts.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod crates;
mod dependencies;
mod sources;
mod texts;
mod tree;
