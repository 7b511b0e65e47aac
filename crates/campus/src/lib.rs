//! What a school declared: campus.toml checked as a whole, every mistake at once, into an immutable snapshot.

mod check;
mod colour;
mod declared;
mod document;
mod look;
mod package;
mod problem;
mod register;
mod samples;
mod schema;
mod secrets;
mod snapshot;
mod svg;
mod watch;

pub use check::{Checked, Draft, Environment, Origin, Surroundings, check, version};
pub use colour::Colour;
pub use look::{Accessibility, Conformity, ICONS, Image, Screen, Theme};
pub use package::Package;
pub use problem::{Problem, Severity};
pub use register::{Broken, Campuses, Publication};
pub use schema::{editor_schema, login_schema, source_schema};
pub use snapshot::{Campus, DataSet, PRODUCTION, Param, SignIn, Testers, Upstream};
pub use watch::watch;
