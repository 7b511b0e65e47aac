//! Connectors against real servers.

mod contract;
mod http;
mod sql;
mod upstream;
