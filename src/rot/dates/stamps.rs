//! Days that a large part of a folder's files have in common.
//!
//! A migration, a reformatting or a template default stamps its day on everything; such a day says
//! nothing about one document. Counted per folder with all that is below it, and per source.
//!
//! Records come ordered by path, so one pass with a stack of open folders counts every folder, and
//! memory depends on the depth of the tree and the number of distinct days.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate};

use crate::extract::{DateClaim, DateRole, Provenance};
use crate::inventory::{Record, RootId, Status};

use super::claims::claims;
use super::order::Orders;
use super::settings::DatePolicy;
use super::trust::source;

/// So many days together may be a stamp, as when a migration took three nights.
const TOP_DAYS: usize = 3;

/// The share of the [`TOP_DAYS`] together from which they are stamps.
const TOP_DAYS_SHARE: f64 = 0.5;

/// Below this multiple of the policy's share, a stamp is only a possible one: honest bulk reviews
/// were seen at up to 19 %, stamps from 18 %, and nothing but stamps above 28 %.
const SURE: f64 = 1.5;

/// From this multiple of the policy's share on, a day is worth a word.
const POSSIBLE: f64 = 0.9;

/// A day that much of a folder has in common. Displayed in words, with the count.
#[derive(Clone, Debug, PartialEq)]
pub struct Stamp {
    /// The day.
    pub date: NaiveDate,
    /// Files below the folder that carry it.
    pub files: u32,
    /// Files below the folder that carry any date from this source.
    pub of: u32,
    /// Whether the date is not to be believed.
    pub is_suspect: bool,
    /// Whether it is surely a stamp, and not perhaps a bulk change.
    pub is_sure: bool,
    source: u32,
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { date, files, of, .. } = self;
        write!(f, "{} of {} files carry {date}", thousands(*files), thousands(*of))?;
        f.write_str(if self.is_sure { ": a stamp" } else { ": possibly a bulk change" })
    }
}

impl Stamp {
    /// `shared by 3,112 of 9,741 files`.
    pub(super) fn shared(&self) -> String {
        let bulk = if self.is_sure { "" } else { ", possibly a bulk change" };
        format!("shared by {} of {} files{bulk}", thousands(self.files), thousands(self.of))
    }
}

/// 3112 as `3,112`.
fn thousands(number: u32) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if 0 < at && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Days counted per folder and source, while records are seen.
#[derive(Debug, Default)]
pub(super) struct Counting {
    stamps: Stamps,
    /// The folder of the last record and those around it, the outermost first.
    open: Vec<Folder>,
}

impl Counting {
    /// Counts the days of a record, which comes after all others in the order of the inventory.
    pub(super) fn see(&mut self, record: &Record, policy: &DatePolicy, orders: &Orders) {
        if record.status == Status::NotADocument {
            return;
        }
        let Self { stamps, open } = self;
        let parent = record.file.path.parent().unwrap_or(Path::new(""));
        let is_around = |it: &Folder| it.root == record.root && parent.starts_with(&it.path);
        while open.last().is_some_and(|it| !is_around(it)) {
            stamps.close(open, policy);
        }
        let depth = open.last().map_or(0, |it| it.path.components().count() + 1);
        let mut missing: Vec<&Path> = parent.ancestors().collect();
        missing.reverse();
        open.extend(missing.drain(depth..).map(|path| Folder::new(record.root, path)));
        let counts = &mut open.last_mut().expect("the record's own folder is open").counts;
        stamps.count(record, &claims(record, policy, orders), counts);
    }

    /// The stamps, after the last record.
    pub(super) fn finish(mut self, policy: &DatePolicy) -> Stamps {
        while !self.open.is_empty() {
            self.stamps.close(&mut self.open, policy);
        }
        self.stamps
    }
}

/// Every stamp of an inventory.
#[derive(Debug, Default)]
pub(super) struct Stamps {
    sources: HashMap<String, u32>,
    folders: HashMap<RootId, HashMap<PathBuf, Vec<Stamp>>>,
}

impl Stamps {
    /// The stamp that a claim of `record` carries, of the topmost folder that has it.
    pub(super) fn find(&self, record: &Record, claim: &DateClaim) -> Option<&Stamp> {
        let folders = self.folders.get(&record.root)?;
        let source = *self.sources.get(source(&claim.provenance, claim.role))?;
        let carries = |stamp: &&Stamp| stamp.source == source && stamp.date == claim.date;
        let ancestors = record.file.path.ancestors().skip(1);
        let found = ancestors.filter_map(|folder| folders.get(folder)?.iter().find(carries));
        found.last()
    }

    fn count(&mut self, record: &Record, claims: &[Cow<'_, DateClaim>], counts: &mut Counts) {
        let mut seen: Vec<(u32, NaiveDate)> = claims
            .iter()
            .map(|claim| (self.intern(source(&claim.provenance, claim.role)), claim.date))
            .collect();
        if let Some(mtime) = mtime(record) {
            seen.push((self.intern(source(&mtime.provenance, mtime.role)), mtime.date));
        }
        seen.sort_unstable();
        seen.dedup();
        let mut last_source = None;
        for (source, day) in seen {
            *counts.days.entry((source, day)).or_default() += 1;
            if last_source.replace(source) != Some(source) {
                *counts.files.entry(source).or_default() += 1;
            }
        }
    }

    fn intern(&mut self, source: &str) -> u32 {
        if let Some(known) = self.sources.get(source) {
            return *known;
        }
        let new = self.sources.len() as u32;
        self.sources.insert(source.to_owned(), new);
        new
    }

    /// Judges the innermost open folder and adds its counts to the one around it.
    fn close(&mut self, open: &mut Vec<Folder>, policy: &DatePolicy) {
        let Some(folder) = open.pop() else { return };
        let found = folder.counts.stamps(policy);
        if !found.is_empty() {
            let folders = self.folders.entry(folder.root).or_default();
            folders.insert(folder.path.clone(), found);
        }
        if let Some(around) = open.last_mut().filter(|around| around.root == folder.root) {
            around.counts.add(folder.counts);
        }
    }
}

/// The file system's claim: when the file was last modified.
pub(super) fn mtime(record: &Record) -> Option<DateClaim> {
    let date = DateTime::from_timestamp_nanos(record.file.modified).date_naive();
    (record.file.modified != 0).then(|| DateClaim {
        role: DateRole::Updated,
        date,
        precision: crate::extract::Precision::Day,
        other_reading: None,
        raw: date.to_string(),
        provenance: Provenance::FileSystem,
    })
}

#[derive(Debug)]
struct Folder {
    root: RootId,
    path: PathBuf,
    counts: Counts,
}

impl Folder {
    fn new(root: RootId, path: &Path) -> Self {
        Self { root, path: path.to_owned(), counts: Counts::default() }
    }
}

/// How many files carry a date of a source, and how many carry each day of it.
#[derive(Debug, Default)]
struct Counts {
    files: HashMap<u32, u32>,
    days: HashMap<(u32, NaiveDate), u32>,
}

impl Counts {
    /// Adds the smaller to the larger, whichever that is.
    fn add(&mut self, mut other: Self) {
        if self.days.len() < other.days.len() {
            std::mem::swap(self, &mut other);
        }
        for (source, files) in other.files {
            *self.files.entry(source).or_default() += files;
        }
        for (day, files) in other.days {
            *self.days.entry(day).or_default() += files;
        }
    }

    fn stamps(&self, policy: &DatePolicy) -> Vec<Stamp> {
        let enough = |source: &u32| policy.stamp_min_files <= self.files[source];
        if !self.files.keys().any(enough) {
            return Vec::new();
        }
        let mut top: HashMap<u32, Vec<(u32, NaiveDate)>> = HashMap::new();
        for ((source, day), files) in self.days.iter().filter(|((source, _), _)| enough(source)) {
            top.entry(*source).or_default().push((*files, *day));
        }
        let mut stamps = Vec::new();
        for (source, mut days) in top {
            days.sort_unstable_by(|a, b| b.cmp(a));
            let of = self.files[&source];
            let share = |files: u32| f64::from(files) / f64::from(of);
            let together: u32 = days.iter().take(TOP_DAYS).map(|(files, _)| files).sum();
            let is_top = TOP_DAYS_SHARE <= share(together);
            for (rank, (files, date)) in days.into_iter().enumerate() {
                // Of the top days, those count that hold a fair part of the share themselves.
                let in_top = is_top && rank < TOP_DAYS && policy.stamp_share / 2.0 <= share(files);
                if !in_top && share(files) < POSSIBLE * policy.stamp_share {
                    break;
                }
                let is_suspect = in_top || policy.stamp_share <= share(files);
                let is_sure = in_top || SURE * policy.stamp_share <= share(files);
                stamps.push(Stamp { date, files, of, is_suspect, is_sure, source });
            }
        }
        stamps
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{claim, day};
    use super::*;
    use crate::rot::testing::{inventory, record};

    const FIELD: &str = "front matter ms.date";

    /// `files` pages in `folder`, the first `stamped` of them from the same day.
    fn pages(folder: &str, files: u32, stamped: u32) -> Vec<Record> {
        let page = |at: u32| {
            let mut page = record(&format!("{folder}/{at:04}.md"));
            let day = if at < stamped {
                day("2016-11-04")
            } else {
                day("2017-01-01") + chrono::Days::new(u64::from(at))
            };
            page.metadata.dates =
                vec![claim(DateRole::Updated, &day.to_string(), Provenance::property(FIELD))];
            page
        };
        (0..files).map(page).collect()
    }

    fn first_stamp(records: Vec<Record>) -> Option<Stamp> {
        let inventory = inventory(records);
        let (policy, mut counting) = (DatePolicy::default(), Counting::default());
        inventory.iter().for_each(|it| counting.see(it.1, &policy, &Orders::default()));
        let stamps = counting.finish(&policy);
        let (_, record) = inventory.iter().next().unwrap();
        stamps.find(record, &record.metadata.dates[0]).cloned()
    }

    #[test]
    fn a_day_that_most_files_share_is_a_stamp_said_with_the_count() {
        let stamp = first_stamp(pages("docs", 100, 56)).unwrap();
        assert!(stamp.is_suspect);
        assert_eq!(stamp.to_string(), "56 of 100 files carry 2016-11-04: a stamp");
    }

    #[test]
    fn between_a_fifth_and_a_third_it_is_possibly_a_bulk_change() {
        let stamp = first_stamp(pages("docs", 100, 22)).unwrap();
        assert!(stamp.is_suspect && !stamp.is_sure);
        let stamp = first_stamp(pages("docs", 100, 19)).unwrap();
        assert!(!stamp.is_suspect);
        assert_eq!(first_stamp(pages("docs", 100, 11)), None);
    }

    #[test]
    fn few_files_say_nothing_about_stamps() {
        assert_eq!(first_stamp(pages("docs", 49, 49)), None);
    }

    #[test]
    fn a_folder_is_counted_with_all_below_it_and_the_topmost_count_is_told() {
        let halves = [pages("docs/a", 60, 30), pages("docs/b", 40, 10), pages("other", 500, 0)];
        let stamp = first_stamp(halves.concat()).unwrap();
        assert_eq!((stamp.files, stamp.of), (40, 100));
    }

    #[test]
    fn a_migration_of_three_nights_stamps_each_of_them() {
        let mut records = pages("docs", 100, 0);
        for (at, record) in records.iter_mut().enumerate().take(54) {
            record.metadata.dates[0].date = day("2020-05-01") + chrono::Days::new(at as u64 % 3);
        }
        assert!(first_stamp(records).unwrap().is_suspect);
    }

    #[test]
    fn counts_are_grouped_by_thousands() {
        assert_eq!(
            [thousands(7), thousands(3112), thousands(1_000_000)],
            ["7", "3,112", "1,000,000"]
        );
    }
}
