//! Connectors against real servers.

mod contract;
mod http;
mod sftp;
mod sql;
mod upstream;
mod wanted;
