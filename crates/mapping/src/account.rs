//! What became of every record of a fetch.

use serde::{Deserialize, Serialize};

/// The account of one mapping run. Nothing is lost silently: `received` is `mapped` plus `rejected`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Records that `each` found.
    pub received: u64,
    /// Items made of them.
    pub mapped: u64,
    /// Records that gave no item.
    pub rejected: u64,
    /// Optional fields left out because their value does not convert.
    pub omitted: u64,
    /// Why, for the first [`Account::KEPT`] rejections and omissions.
    pub complaints: Vec<Complaint>,
}

/// Why a record, or a field of it, was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Complaint {
    /// The record's place among those that `each` found, from 1.
    pub record: u64,
    /// Its item id, where that much was known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The field whose value does not do.
    pub field: String,
    /// Whether the whole record was left out, or this field only.
    pub rejected: bool,
    /// What is wrong: `no value, and the field is required`.
    pub reason: String,
    /// The value as received, cut short. It shows data: only for `preau try`, which runs at the school's own terminal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

impl Account {
    /// Complaints kept in words; further ones are counted only.
    pub const KEPT: usize = 50;

    pub(crate) fn complain(&mut self, complaint: Complaint) {
        if complaint.rejected {
            self.rejected += 1;
        } else {
            self.omitted += 1;
        }
        if self.complaints.len() < Self::KEPT {
            self.complaints.push(complaint);
        }
    }

    /// The same account without ids and values, for readers who may not see the source's data.
    #[must_use]
    pub fn without_values(mut self) -> Self {
        for complaint in &mut self.complaints {
            complaint.value = None;
            complaint.id = None;
        }
        self
    }
}
