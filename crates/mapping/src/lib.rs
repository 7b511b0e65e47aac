//! Into our words: records become items of a kind, checked before it runs, bounded while it runs, each record accounted for.

mod account;
mod convert;
mod items;
mod plan;

pub use account::{Account, Complaint};
pub use items::{Item, Items};
pub use plan::{Budget, Declared, Mapping, Mistake, Place};
