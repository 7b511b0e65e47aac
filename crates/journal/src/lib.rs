//! What servers must remember: facts appended to a journal, one partition per cell, folded into a local read model.

mod contract;
mod entry;
mod export;
mod fact;
mod group;
pub mod postgres;
mod projection;
mod register;
mod sqlite;
mod stamp;
mod state;

pub use contract::{Ack, Durability, Failure, Head, Journal};
pub use entry::{Entry, Hash, MAX_BODY, Origin, Record, Stream};
pub use fact::{Change, Fact, Publication, Revocation, Unknown};
pub use group::{MAX_BATCH, Queue, Work};
pub use projection::{Applied, Conflict, News, Past, Projection, Published, Unfit};
pub use register::{Key, Scope};
pub use sqlite::SqliteJournal;
pub use stamp::{Clock, Hybrid, Stamp, Version};
pub use state::{Alarm, InForce, State, Written};
