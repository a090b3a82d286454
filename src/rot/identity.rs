//! Names for findings and groups that stay the same from one report to the next.
//!
//! A name follows from content, not from where a document lies or when it was judged: it outlives a
//! move and a rescan, and changes when the document, its counterpart or the fact changes. Documents
//! that are equal in all of that are numbered in the order of their paths.

use std::collections::{HashMap, HashSet};

use xxhash_rust::xxh3::Xxh3;

use crate::inventory::{DocId, Inventory};

use super::{Finding, Group, Value};

/// A name of 16 hexadecimal digits for each finding, in their order. No two are equal.
pub fn ids(inventory: &Inventory, findings: &[Finding]) -> Vec<String> {
    let order = |position: usize| (findings[position].document, findings[position].rule.id);
    name_all(findings.len(), order, |position| key_of(inventory, &findings[position]))
}

/// What a finding's name follows from: rule, document, counterpart and fact, by content. Findings on
/// equal documents share it.
pub fn key_of(inventory: &Inventory, finding: &Finding) -> u64 {
    let mut key = Key::new(finding.rule.id);
    key.document(inventory, finding.document);
    if let Some(&counterpart) = finding.related.first() {
        key.document(inventory, counterpart);
    }
    let first = &finding.evidence()[0];
    key.word(first.what);
    match &first.value {
        Value::Text(text) => key.word(text),
        Value::Date(date) => key.word(&date.to_string()),
        Value::Document(document) => key.document(inventory, *document),
        // These move with the day of the report and with the other documents of the tree.
        Value::Count(_) | Value::Bytes(_) | Value::Share(_) | Value::Days(_) => {}
    }
    key.hash.digest()
}

/// What stands for the content of a document, from one report to the next: equal for equal bytes.
pub fn content_of(inventory: &Inventory, document: DocId) -> u64 {
    let mut key = Key { hash: Xxh3::new() };
    key.document(inventory, document);
    key.hash.digest()
}

/// A name of 16 hexadecimal digits for each group, in their order. No two are equal.
pub fn group_ids(inventory: &Inventory, groups: &[Group]) -> Vec<String> {
    let order = |position: usize| (groups[position].canonical, groups[position].kind);
    name_all(groups.len(), order, |position| {
        let mut key = Key::new(groups[position].kind);
        key.document(inventory, groups[position].canonical);
        key.hash.digest()
    })
}

/// Names `len` things by their keys; equal keys are numbered in the given order.
fn name_all<O: Ord>(
    len: usize,
    order: impl Fn(usize) -> O,
    key: impl Fn(usize) -> u64,
) -> Vec<String> {
    let mut positions: Vec<usize> = (0..len).collect();
    positions.sort_by_key(|&position| order(position));
    let mut used: HashMap<u64, u64> = HashMap::with_capacity(len);
    let mut taken = HashSet::with_capacity(len);
    let mut names = vec![String::new(); len];
    for position in positions {
        let key = key(position);
        let ordinal = used.entry(key).or_default();
        let mut name = numbered(key, *ordinal);
        while !taken.insert(name) {
            *ordinal += 1;
            name = numbered(key, *ordinal);
        }
        *ordinal += 1;
        names[position] = format!("{name:016x}");
    }
    names
}

fn numbered(key: u64, ordinal: u64) -> u64 {
    if ordinal == 0 {
        return key;
    }
    let mut hash = Xxh3::new();
    hash.update(&key.to_le_bytes());
    hash.update(&ordinal.to_le_bytes());
    hash.digest()
}

struct Key {
    hash: Xxh3,
}

impl Key {
    fn new(kind: &str) -> Self {
        let mut key = Self { hash: Xxh3::new() };
        key.word(kind);
        key
    }

    // The length goes first, so that no two sequences of parts run together to the same bytes.
    fn part(&mut self, bytes: &[u8]) {
        self.hash.update(&(bytes.len() as u64).to_le_bytes());
        self.hash.update(bytes);
    }

    fn word(&mut self, word: &str) {
        self.part(word.as_bytes());
    }

    // By content; a file that could not be read has only its path.
    fn document(&mut self, inventory: &Inventory, document: DocId) {
        let record = &inventory[document];
        match &record.hash {
            Some(hash) => self.part(&hash.0),
            None => self.part(record.file.path.as_os_str().as_encoded_bytes()),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::crawl::FileEntry;
    use crate::extract::Provenance;
    use crate::fingerprint::Hash;
    use crate::inventory::{Record, RootId, Status};
    use crate::rot::{Category, Confidence, Context, Evidence, Rule, Severity};

    static RULE: Rule = Rule {
        id: "review-overdue",
        category: Category::Obsolete,
        severity: Severity::Warning,
        summary: "The document's own review date has passed.",
        check,
    };

    fn check(_: &Context) -> Vec<Finding> {
        Vec::new()
    }

    fn inventory(files: &[(&str, &str)]) -> Inventory {
        let records = files.iter().map(|(path, content)| Record {
            root: RootId(0),
            file: FileEntry { path: path.into(), ..FileEntry::default() },
            status: Status::Read,
            reached: None,
            format: None,
            metadata: Default::default(),
            hash: Some(Hash::of(content.as_bytes())),
            fingerprint: None,
        });
        Inventory::new(vec!["/srv".into()], records.collect())
    }

    fn finding(document: u32, value: Value) -> Finding {
        let evidence = Evidence::new("review date", value, Provenance::FileName);
        Finding::new(&RULE, DocId(document), Confidence::Likely, evidence)
    }

    fn date(year: i32) -> Value {
        Value::Date(NaiveDate::from_ymd_opt(year, 3, 1).unwrap())
    }

    #[test]
    fn stable_across_releases() {
        let ids = ids(&inventory(&[("a.txt", "one")]), &[finding(0, date(2021))]);
        assert_eq!(ids, ["dfe5ef04583b070b"]);
    }

    #[test]
    fn a_move_keeps_the_name_and_a_change_does_not() {
        let id = |path, content, value| {
            ids(&inventory(&[(path, content)]), &[finding(0, value)]).remove(0)
        };
        let before = id("a.txt", "one", date(2021));
        assert_eq!(id("old/b.txt", "one", date(2021)), before);
        assert_ne!(id("a.txt", "two", date(2021)), before);
        assert_ne!(id("a.txt", "one", date(2022)), before);
        assert_eq!(id("a.txt", "one", Value::Days(3)), id("a.txt", "one", Value::Days(4)));
    }

    #[test]
    fn equal_documents_are_numbered_by_path_whatever_the_order_of_findings() {
        let inventory = inventory(&[("a", "same"), ("b", "same"), ("c", "same")]);
        let forward: Vec<_> = (0..3).map(|id| finding(id, date(2021))).collect();
        let backward: Vec<_> = forward.iter().rev().cloned().collect();
        let names = ids(&inventory, &forward);
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), 3);
        let mut reversed = ids(&inventory, &backward);
        reversed.reverse();
        assert_eq!(names, reversed);
    }
}
