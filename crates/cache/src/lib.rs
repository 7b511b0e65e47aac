//! Is it known: the level-2 cache. It accepts public items only, evaluates lifetimes when it is read, asks an upstream
//! once however many ask it, and answers with what it has when the upstream fails.
//!
//! ```compile_fail
//! // Personal items do not fit: keeping them is a type error.
//! async fn keep(cache: std::sync::Arc<cache::Cache<Items, Failure>>, key: cache::Key, personal: kinds::Personal<Items>) {
//!     let _ = cache.read(&key, &lifetimes(), |_, _| async { Ok(personal) }).await;
//! }
//! ```

mod entry;
mod flight;
mod key;
mod store;

pub use entry::{Answer, Origin, Trouble, Weigh};
pub use key::Key;
pub use store::{Cache, Clock, Known, Stored};
