//! Campus folders as schools write them, right and wrong, and as a server keeps them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod broken;
mod channels;
mod folder;
mod look;
mod package;
mod publications;
mod references;
mod register;
mod samples;
mod schema;
mod seeds;
mod understood;
mod watch;
mod zones;
