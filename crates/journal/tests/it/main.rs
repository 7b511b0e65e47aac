//! Journals over real databases.

mod postgres;
