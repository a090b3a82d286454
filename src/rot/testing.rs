//! Builds small inventories by hand and runs one rule over them. For tests only.
#![cfg(test)]

use std::path::PathBuf;

use chrono::NaiveDate;

use crate::crawl::FileEntry;
use crate::extract::{Fact, Metadata, Provenance};
use crate::fingerprint::{Fingerprint, Sketch};
use crate::inventory::{FormatId, Inventory, Record, RootId, Status};

use super::dates::Dates;
use super::{Context, Finding, Policy, Rule};

/// A readable document of a hundred words, without metadata.
pub(super) fn record(path: &str) -> Record {
    let format = path.rsplit_once('.').map_or("plain", |(_, extension)| match extension {
        "md" => "markdown",
        "txt" => "plain",
        other => other,
    });
    Record {
        root: RootId(0),
        file: FileEntry { path: PathBuf::from(path), size: 600, ..FileEntry::default() },
        status: Status::Read,
        format: Some(FormatId { name: format.to_owned(), version: 1 }),
        metadata: Metadata::default(),
        hash: None,
        fingerprint: Some(Fingerprint {
            version: 1,
            text: [0; 16],
            simhash: 0,
            sketch: Sketch::default(),
            words: 100,
        }),
    }
}

/// A file that is no document.
pub(super) fn other_file(path: &str) -> Record {
    Record { status: Status::NotADocument, format: None, fingerprint: None, ..record(path) }
}

/// A fact from the front matter.
pub(super) fn declared(key: &str, value: &str) -> Option<Fact<String>> {
    Some(Fact::new(value.to_owned(), front_matter(key)))
}

/// A key of the front matter, on line 3.
pub(super) fn front_matter(key: &str) -> Provenance {
    Provenance::Property { name: format!("front matter {key}"), line: Some(3) }
}

/// An inventory of one root.
pub(super) fn inventory(records: Vec<Record>) -> Inventory {
    Inventory::new(vec![PathBuf::from("/share")], records)
}

/// The findings of one rule.
pub(super) fn findings(
    rule: &'static Rule,
    records: Vec<Record>,
    policy: &Policy,
    as_of: &str,
) -> Vec<Finding> {
    let inventory = inventory(records);
    let as_of: NaiveDate = as_of.parse().unwrap();
    let dates = Dates::of(&inventory, policy, as_of);
    let texts = |_: &Record| None;
    let context = Context { inventory: &inventory, texts: &texts, policy, as_of, dates: &dates };
    (rule.check)(&context)
}
