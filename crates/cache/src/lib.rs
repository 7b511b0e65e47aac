//! Is it known: the level-2 cache. It accepts public items only, evaluates lifetimes when it is read, asks an upstream
//! once however many ask it, and answers with what it has when the upstream fails. What is kept on disk beside it answers
//! after a restart too.
//!
//! ```
//! # struct Items;
//! # impl cache::Weigh for Items { fn weight(&self) -> usize { 0 } }
//! # impl cache::Keep for Items {
//! #     const VERSION: u32 = 1;
//! #     fn write(&self) -> cache::Written { cache::Written::default() }
//! #     fn read(_: cache::Written) -> Option<Self> { None }
//! # }
//! # #[derive(Clone)]
//! # struct Failure;
//! # impl cache::Trouble for Failure {
//! #     fn abandoned() -> Self { Self }
//! #     fn retry_after(&self) -> Option<std::time::Duration> { None }
//! # }
//! # type Cache = std::sync::Arc<cache::Cache<Items, Failure>>;
//! async fn keep(cache: Cache, key: cache::Key, lifetimes: kinds::Lifetimes, items: kinds::Public<Items>) {
//!     let _ = cache.read(&key, &lifetimes, || |_, _| async { Ok(items) }).await;
//! }
//! ```
//!
//! Personal items do not fit: keeping them is a type error.
//!
//! ```compile_fail
//! # struct Items;
//! # impl cache::Weigh for Items { fn weight(&self) -> usize { 0 } }
//! # impl cache::Keep for Items {
//! #     const VERSION: u32 = 1;
//! #     fn write(&self) -> cache::Written { cache::Written::default() }
//! #     fn read(_: cache::Written) -> Option<Self> { None }
//! # }
//! # #[derive(Clone)]
//! # struct Failure;
//! # impl cache::Trouble for Failure {
//! #     fn abandoned() -> Self { Self }
//! #     fn retry_after(&self) -> Option<std::time::Duration> { None }
//! # }
//! # type Cache = std::sync::Arc<cache::Cache<Items, Failure>>;
//! async fn keep(cache: Cache, key: cache::Key, lifetimes: kinds::Lifetimes, items: kinds::Personal<Items>) {
//!     let _ = cache.read(&key, &lifetimes, || |_, _| async { Ok(items) }).await;
//! }
//! ```

mod disk;
mod entry;
mod flight;
mod key;
mod store;

pub use disk::{Disk, Epoch, Keep, Written};
pub use entry::{Answer, Origin, ROUNDING, Trouble, Weigh};
pub use key::Key;
pub use store::{Cache, Clock, Known, Stored};
