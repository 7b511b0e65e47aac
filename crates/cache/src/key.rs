//! Under what an answer is kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use kinds::Audience;
use serde::{Deserialize, Serialize};

/// Everything that makes an answer another answer. The parts are compared one by one and never joined into one text, so
/// that no two campuses, channels, audiences or parameters can meet.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Key {
    /// The tenant.
    pub campus: Arc<str>,
    /// The channel whose upstream environment answered.
    pub channel: Arc<str>,
    /// The data set.
    pub set: Arc<str>,
    /// Digest of the data set's declaration: a changed mapping never answers with what the former one made.
    pub version: u64,
    /// Who may read it.
    pub audience: Audience,
    /// Request parameters that the data set declares; no others reach a key.
    pub params: BTreeMap<String, String>,
}

impl Key {
    /// Bytes that the key itself takes, about.
    pub(crate) fn weight(&self) -> usize {
        size_of::<Self>() + self.params.iter().map(|(name, value)| name.len() + value.len() + 64).sum::<usize>()
    }

    /// The same number for the same key in every process, for jitter.
    pub(crate) fn seed(&self) -> u64 {
        let parts = [&*self.campus, &*self.channel, &*self.set];
        let bytes = parts.into_iter().chain(self.params.values().map(String::as_str)).flat_map(str::bytes);
        // FNV-1a: spread is enough, strength is not needed.
        bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    }
}
