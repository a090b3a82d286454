//! Small inventories for tests, made from paths and texts.
#![cfg(test)]

use std::collections::HashMap;
use std::path::PathBuf;

use chrono::NaiveDate;

use crate::crawl::FileEntry;
use crate::extract::{DateClaim, DateRole, Metadata, Precision, Provenance};
use crate::fingerprint::{Fingerprint, Hash};
use crate::inventory::{Inventory, Record, RootId, Status};
use crate::rot::{Context, Policy};

/// Files of a tree, with their texts and dates.
#[derive(Clone, Default)]
pub(in crate::rot) struct Tree {
    files: Vec<(String, String, Option<NaiveDate>, u64)>,
    /// Paths of those that are inside of a file, and that file.
    attached: HashMap<String, PathBuf>,
}

pub(in crate::rot) fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

/// A text of `count` words that no other seed has.
pub(in crate::rot) fn prose(seed: u32, count: u32) -> String {
    let word = |it: u32| format!("w{:x}", (seed << 16 | it).wrapping_mul(2_654_435_761));
    (0..count).map(word).collect::<Vec<_>>().join(" ")
}

fn updated(date: NaiveDate) -> DateClaim {
    DateClaim {
        role: DateRole::Updated,
        date,
        precision: Precision::Day,
        other_reading: None,
        raw: date.to_string(),
        provenance: Provenance::property("front matter updated"),
    }
}

impl Tree {
    pub(in crate::rot) fn file(self, path: &str, text: &str) -> Self {
        self.push(path, text, None, 0)
    }

    pub(in crate::rot) fn dated(self, path: &str, text: &str, date: NaiveDate) -> Self {
        self.push(path, text, Some(date), 0)
    }

    pub(in crate::rot) fn hard_link(self, path: &str, text: &str, inode: u64) -> Self {
        self.push(path, text, None, inode)
    }

    pub(in crate::rot) fn attached(mut self, container: &str, name: &str, text: &str) -> Self {
        let path = format!("{container}/{name}");
        self.attached.insert(path.clone(), container.into());
        self.push(&path, text, None, 0)
    }

    fn push(mut self, path: &str, text: &str, date: Option<NaiveDate>, inode: u64) -> Self {
        self.files.push((path.to_owned(), text.to_owned(), date, inode));
        self
    }

    /// Calls `judge` with the context of these files.
    pub(in crate::rot) fn with<R>(&self, judge: impl FnOnce(&Context<'_>) -> R) -> R {
        let records = self.files.iter().map(|(path, text, day, inode)| {
            let mut file = FileEntry {
                path: PathBuf::from(path),
                size: text.len() as u64,
                container: self.attached.get(path).cloned(),
                ..FileEntry::default()
            };
            file.identity.inode = *inode;
            Record {
                root: RootId(0),
                file,
                status: Status::Read,
                reached: None,
                format: None,
                metadata: Metadata {
                    dates: day.iter().map(|day| updated(*day)).collect(),
                    ..Metadata::default()
                },
                hash: Some(Hash::of(text.as_bytes())),
                fingerprint: Fingerprint::of(text),
            }
        });
        let inventory = Inventory::new(vec![PathBuf::from("/")], records.collect());
        let texts = self.files.iter().map(|it| (PathBuf::from(&it.0), it.1.clone()));
        let texts = texts.collect::<HashMap<_, _>>();
        let texts = |record: &Record| texts.get(&record.file.path).cloned();
        let policy = Policy::default();
        judge(&Context::new(&inventory, &texts, &policy, date(2026, 1, 1)))
    }
}
