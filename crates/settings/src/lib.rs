//! What a table of a declaration says: secrets that never show, and mistakes that know their place. Shared by whatever a
//! school declares: connectors and login methods.

mod read;
mod secret;

pub use read::{SettingError, read, wrong};
pub use secret::Secret;
