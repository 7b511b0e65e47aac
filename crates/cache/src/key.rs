//! Under what an answer is kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use kinds::Audience;
use serde::{Deserialize, Serialize};

use crate::ROUNDING;

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
    /// Bytes that the key takes behind an `Arc`; its names are the campus's.
    pub(crate) fn weight(&self) -> usize {
        // A map of few parameters is one node, with room for eleven.
        let node = if self.params.is_empty() { 0 } else { 11 * size_of::<[String; 2]>() + 2 * ROUNDING };
        let texts = self.params.iter().map(|(name, value)| name.len() + value.len() + 2 * ROUNDING).sum::<usize>();
        let group = match &self.audience {
            Audience::Group(name) => name.len() + ROUNDING,
            _ => 0,
        };
        size_of::<Self>() + 2 * size_of::<usize>() + ROUNDING + node + texts + group
    }

    /// The same number for the same key in every process, for jitter.
    pub(crate) fn seed(&self) -> u64 {
        let parts = [&*self.campus, &*self.channel, &*self.set];
        let bytes = parts.into_iter().chain(self.params.values().map(String::as_str)).flat_map(str::bytes);
        // FNV-1a: spread is enough, strength is not needed.
        bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    }
}
