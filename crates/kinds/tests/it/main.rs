//! The kinds as their users see them: what phones receive, what campuses declare, what the documents say.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod builtin;
mod document;
mod own;
mod schema;
