//! Where it comes from: the connector contract, one folder per connector, one contract-test suite that all pass.

mod address;
mod confined;
mod contract;
mod feed;
mod file;
mod get;
mod http;
mod ical;
mod page;
mod secret;
mod settings;
mod sql;
mod template;

pub use confined::{Unreadable, confined};
pub use contract::{
    CONNECTORS, Call, Connector, Context, DefaultMap, Fetch, Params, Reply, SettingError, Source, Validators, find,
};
pub use outbound::{Failure, FailureKind};
pub use secret::Secret;

use kinds::Lasting;
