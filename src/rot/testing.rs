//! Builds small inventories by hand and runs one rule over them. For tests only.
#![cfg(test)]

use std::path::PathBuf;

use chrono::NaiveDate;

use crate::crawl::FileEntry;
use crate::extract::{Fact, Link, Locator, Metadata, Provenance};
use crate::fingerprint::{Fingerprint, Sketch};
use crate::inventory::{FormatId, Inventory, Record, RootId, Status};

use super::{Context, Finding, PathRule, PathRules, Policy, Rule};

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
        reached: None,
        format: Some(FormatId { name: format.to_owned(), version: 1 }),
        metadata: Metadata::default(),
        hash: None,
        fingerprint: Some(Fingerprint {
            version: 2,
            text: [0; 16],
            simhash: 0,
            sketch: Sketch::default(),
            words: 100,
            passages: Vec::new(),
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
    let texts = |_: &Record| None;
    (rule.check)(&Context::new(&inventory, &texts, policy, as_of))
}

/// A document with links.
pub(super) fn linking(path: &str, targets: &[&str]) -> Record {
    let mut record = record(path);
    let link = |(line, target): (u32, &&str)| Link {
        target: (*target).to_owned(),
        locator: Locator::Line(line),
    };
    record.metadata.links = (1..).zip(targets).map(link).collect();
    record
}

/// A policy of one rule for every path, on line 7.
pub(super) fn ruled(rule: PathRule) -> Policy {
    let rule = PathRule { glob: "**".to_owned(), line: Some(7), ..rule };
    Policy { rules: PathRules::new(vec![rule]).unwrap(), ..Policy::default() }
}
