//! The journal of a cell keeps to what every journal keeps to.

use std::sync::Arc;

use async_trait::async_trait;
use journal::postgres::PostgresJournal;
use journal::{Hybrid, Journal};

use super::cells::{Cells, name};
use crate::contract::Place;

/// A server, gone with this value.
struct Server(Cells);

impl Server {
    fn start() -> Option<Self> {
        Some(Self(Cells::bare(1, &[])?))
    }
}

#[async_trait]
impl Place for Server {
    async fn open(&self, clock: Arc<Hybrid>) -> Arc<dyn Journal> {
        self.0.init(0).await;
        Arc::new(PostgresJournal::open(&self.0.cell(0).database, name(0), clock))
    }
}

contract!(of_a_cell, testbed::need!(Server::start()), goes_on_after_it_was_opened_again);
