//! The account of a scan: every file that was seen, and what became of it.

use std::collections::BTreeMap;

use crate::inventory::{Inventory, Status};

/// Files seen, by what became of them. `seen` is always the sum of `read`, `partly_read`, `not_read`
/// and `not_documents`. What is inside of a message or an archive counts as a file of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Files seen.
    pub seen: u64,
    /// Documents read whole.
    pub read: u64,
    /// Documents read in part.
    pub partly_read: u64,
    /// Documents, or files that may be documents, that were not read.
    pub not_read: u64,
    /// Files that are no documents.
    pub not_documents: u64,
    /// How many of those seen are inside of other files: attachments, entries of archives.
    pub inside: u64,
    /// How often each reason kept a file from being read.
    pub reasons: BTreeMap<String, u64>,
}

impl Ledger {
    /// Adds up an inventory.
    pub fn of(inventory: &Inventory) -> Self {
        let mut ledger = Self::default();
        for (_, record) in inventory.iter() {
            ledger.seen += 1;
            ledger.inside += u64::from(record.file.container.is_some());
            match &record.status {
                Status::Read => ledger.read += 1,
                Status::PartlyRead(_) => ledger.partly_read += 1,
                Status::NotADocument => ledger.not_documents += 1,
                Status::NotRead(failure) => {
                    ledger.not_read += 1;
                    *ledger.reasons.entry(failure.reason.clone()).or_default() += 1;
                }
            }
        }
        ledger
    }
}
