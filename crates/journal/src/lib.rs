//! What servers must remember: facts appended to a journal, one partition per cell, folded into a local read model.

mod contract;
mod entry;
mod fact;
mod group;
pub mod postgres;
mod register;
mod stamp;

pub use contract::{Ack, Durability, Failure, Head, Journal};
pub use entry::{Entry, Hash, MAX_BODY, Origin, Record, Stream};
pub use fact::{Change, Fact, Publication, Revocation, Unknown};
pub use group::{MAX_BATCH, Queue, Work};
pub use register::{Key, Scope};
pub use stamp::{Clock, Hybrid, Stamp, Version};
