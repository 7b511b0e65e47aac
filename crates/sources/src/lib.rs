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
mod sql;
mod template;

pub use confined::{Unreadable, confined};
pub use contract::{
    CONNECTORS, Call, Connector, Context, Credential, DefaultMap, Fetch, Params, Person, Reply, Source, Tickets,
    Validators, find,
};
pub use outbound::{Failure, FailureKind};
pub use sql::machine_authorities;

use kinds::Lasting;
use settings::{Secret, SettingError};
