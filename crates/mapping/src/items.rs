//! The items of a data set as one piece of JSON, with an index by which to filter them.

use std::ops::Range;

use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// Items in the order of their kind, serialised once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Items {
    json: Bytes,
    index: Vec<Item>,
}

/// Where an item stands in the JSON and in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its bytes within [`Items::json`].
    pub range: Range<usize>,
    /// Seconds since the epoch at which it starts, where its kind has a time and the item a value for it.
    pub start: Option<i64>,
    /// Seconds since the epoch at which it ends; `start` where it does not last.
    pub end: Option<i64>,
}

impl Items {
    /// Puts serialised items in order: by start where the kind has a time, those without one last; else as received.
    pub(crate) fn new(written: &[u8], mut found: Vec<Item>, newest_first: Option<bool>) -> Self {
        match newest_first {
            Some(false) => found.sort_by_key(|item| (item.start.is_none(), item.start)),
            Some(true) => found.sort_by_key(|item| (item.start.is_none(), std::cmp::Reverse(item.start))),
            None => {}
        }
        let mut json = Vec::with_capacity(written.len() + found.len() + 2);
        json.push(b'[');
        for item in &mut found {
            if json.len() > 1 {
                json.push(b',');
            }
            let start = json.len();
            json.extend_from_slice(written.get(item.range.clone()).unwrap_or_default());
            item.range = start..json.len();
        }
        json.push(b']');
        found.shrink_to_fit();
        Self { json: json.into(), index: found }
    }

    /// The same items as a part of bytes that have them from `start` on, so that memory holds them once.
    #[must_use]
    pub fn within(mut self, whole: &Bytes, start: usize) -> Self {
        let part = whole.get(start..start.saturating_add(self.json.len()));
        if let Some(part) = part.filter(|part| *part == self.json) {
            self.json = whole.slice_ref(part);
        }
        self
    }

    /// All items, a JSON list.
    #[must_use]
    pub fn json(&self) -> &Bytes {
        &self.json
    }

    /// The items in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Item, &[u8])> {
        self.index.iter().map(|item| (item, self.json.get(item.range.clone()).unwrap_or_default()))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    /// SHA-256 of the items: two fetches with the same digest brought the same.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let mut out = [0; 32];
        out.copy_from_slice(digest(&SHA256, &self.json).as_ref());
        out
    }

    /// One piece of bytes, from which [`Self::unpack`] makes the items again.
    #[must_use]
    pub fn pack(&self) -> Vec<u8> {
        let index = serde_json::to_vec(&self.index).unwrap_or_default();
        let mut packed = Vec::with_capacity(8 + index.len() + self.json.len());
        packed.extend_from_slice(&(index.len() as u64).to_be_bytes());
        packed.extend_from_slice(&index);
        packed.extend_from_slice(&self.json);
        packed
    }

    /// The items that [`Self::pack`] made bytes of.
    #[must_use]
    pub fn unpack(packed: &[u8]) -> Option<Self> {
        let (length, rest) = packed.split_first_chunk()?;
        let (index, json) = rest.split_at_checked(u64::from_be_bytes(*length).try_into().ok()?)?;
        let mut index: Vec<Item> = serde_json::from_slice(index).ok()?;
        index.shrink_to_fit();
        Some(Self { json: Bytes::copy_from_slice(json), index })
    }

    /// Bytes that the index takes in memory, besides the JSON.
    #[must_use]
    pub fn index_weight(&self) -> usize {
        self.index.len() * size_of::<Item>()
    }
}
