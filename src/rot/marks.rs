//! What a list of documents has to know of each beside its words: of what it is a copy, what is
//! newer, why it is stale, when somebody last stood by it, who answers for it.
//!
//! Worked out from an assessment, and small enough to be kept until the next one: a search cannot
//! wait for a judgement. Documents go by their keys, so that no inventory is needed.

use std::collections::HashMap;

use chrono::{Datelike as _, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::inventory::{DocId, Inventory, document_key};

use super::{Assessment, Dates, Finding};

/// Kinds of groups whose members are copies of one another.
const COPIES: &[&str] = &["exact-copy", "same-text", "near-duplicate"];
const VERSIONS: &str = "superseded";

/// Raised when the bytes of [`Marks::to_bytes`] come to mean something else.
pub const MARKS_VERSION: u32 = 1;

/// Absent, among positions.
const NONE: u32 = u32::MAX;
/// Absent, among days.
const NO_DAY: i32 = i32::MIN;
const KEY_BYTES: usize = 16;
const ROW_BYTES: usize = KEY_BYTES + 5 * 4;

/// A document's position among [`Marks`]. Valid for those only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place(u32);

/// Why a document misleads its readers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stale {
    /// The rule that says so.
    pub rule: String,
    /// The fact that decides, in words that are safe to print.
    pub words: String,
}

/// What is known of each document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Marks {
    // Invariant: ascending, no key twice.
    keys: Vec<[u8; KEY_BYTES]>,
    // Invariant: as long as the keys; positions in it are within.
    rows: Vec<Row>,
    words: Words,
    // Invariant: both as long as the keys.
    copies: Vec<u32>,
    older: Vec<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Row {
    day: i32,
    copy_of: u32,
    newer: u32,
    stale: u32,
    owner: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Words {
    stale: Vec<Stale>,
    owners: Vec<String>,
    languages: Vec<String>,
}

/// What marks are made from.
#[expect(missing_debug_implementations, reason = "holds functions")]
pub struct Judged<'a> {
    /// The documents.
    pub inventory: &'a Inventory,
    /// What was found of them.
    pub assessment: &'a Assessment,
    /// Which of their dates are believed.
    pub dates: &'a Dates<'a>,
    /// Who answers for a document.
    pub owner: &'a dyn Fn(DocId) -> Option<String>,
    /// The fact that decides a finding, in words that are safe to print.
    pub words: &'a dyn Fn(&Finding) -> String,
    /// The languages that the documents are written in, as ISO 639-1 codes.
    pub languages: Vec<String>,
}

impl Marks {
    /// Marks every document.
    pub fn of(judged: Judged<'_>) -> Self {
        let Judged { inventory, assessment, dates, owner, words, languages } = judged;
        let mut order: Vec<([u8; KEY_BYTES], DocId)> = inventory
            .iter()
            .map(|(id, record)| (document_key(record.root, &record.file.path), id))
            .collect();
        order.sort_unstable();
        order.dedup_by_key(|it| it.0);
        let mut places = vec![NONE; inventory.len()];
        for (place, (_, document)) in (0u32..).zip(&order) {
            places[document.0 as usize] = place;
        }
        let empty = Row { day: NO_DAY, copy_of: NONE, newer: NONE, stale: NONE, owner: NONE };
        let mut rows = vec![empty; order.len()];
        let mut table = Words { languages, ..Words::default() };
        let mut owners = HashMap::new();
        for (row, (_, document)) in rows.iter_mut().zip(&order) {
            row.day = dates.trusted(*document).map_or(NO_DAY, |it| it.num_days_from_ce());
            if let Some(name) = owner(*document) {
                row.owner = *owners.entry(name).or_insert_with_key(|name| {
                    table.owners.push(name.clone());
                    table.owners.len() as u32 - 1
                });
            }
        }
        let place_of = |document: DocId| places[document.0 as usize];
        for group in &assessment.groups {
            let stays = place_of(group.canonical);
            for (member, _) in &group.members {
                let row = &mut rows[place_of(*member) as usize];
                if COPIES.contains(&group.kind) && row.copy_of == NONE {
                    row.copy_of = stays;
                } else if group.kind == VERSIONS && row.newer == NONE {
                    row.newer = stays;
                }
            }
        }
        // The gravest comes first.
        for finding in assessment.findings.iter().filter(|it| it.is_stale()) {
            let row = &mut rows[place_of(finding.document) as usize];
            if row.stale == NONE {
                row.stale = table.stale.len() as u32;
                table.stale.push(Stale { rule: finding.rule.id.to_owned(), words: words(finding) });
            }
        }
        Self::whole(order.into_iter().map(|it| it.0).collect(), rows, table)
    }

    fn whole(keys: Vec<[u8; KEY_BYTES]>, rows: Vec<Row>, words: Words) -> Self {
        let mut marks =
            Self { copies: vec![0; rows.len()], older: vec![0; rows.len()], keys, rows, words };
        for place in (0..marks.rows.len() as u32).map(Place) {
            let original = marks.original(place);
            if original != place {
                marks.copies[original.0 as usize] += 1;
            }
            let newest = marks.newest(original);
            if newest != original && original == place {
                marks.older[newest.0 as usize] += 1;
            }
        }
        marks
    }

    /// How many documents are marked.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The document with this key.
    pub fn find(&self, key: &[u8; 16]) -> Option<Place> {
        self.keys.binary_search(key).ok().map(|it| Place(it as u32))
    }

    /// The first document whose key begins with these eight bytes, as a big-endian number.
    pub fn find_beginning(&self, id: u64) -> Option<Place> {
        let id = id.to_be_bytes();
        let at = self.keys.partition_point(|key| key[..8] < id[..]);
        self.keys.get(at).filter(|key| key[..8] == id).map(|_| Place(at as u32))
    }

    /// A document's key.
    pub fn key(&self, place: Place) -> &[u8; 16] {
        &self.keys[place.0 as usize]
    }

    /// The newest date of a document that is believed.
    pub fn date(&self, place: Place) -> Option<NaiveDate> {
        NaiveDate::from_num_days_from_ce_opt(self.row(place).day)
    }

    /// Why a document is stale, where it is.
    pub fn stale(&self, place: Place) -> Option<&Stale> {
        self.words.stale.get(self.row(place).stale as usize)
    }

    /// Who answers for a document.
    pub fn owner(&self, place: Place) -> Option<&str> {
        self.words.owners.get(self.row(place).owner as usize).map(String::as_str)
    }

    /// The copy that stays of a document's copies; itself where it has none or is the one.
    pub fn original(&self, place: Place) -> Place {
        self.follow(place, |row| row.copy_of)
    }

    /// The newest version of a document; itself where there is none.
    pub fn newest(&self, place: Place) -> Place {
        self.follow(place, |row| row.newer)
    }

    /// The one that stands for a document in a list: the newest version of the copy that stays.
    pub fn representative(&self, place: Place) -> Place {
        self.original(self.newest(self.original(place)))
    }

    /// How many copies a copy that stays has, without itself.
    pub fn copies(&self, place: Place) -> u32 {
        self.copies[place.0 as usize]
    }

    /// How many older versions the newest one has.
    pub fn older(&self, place: Place) -> u32 {
        self.older[place.0 as usize]
    }

    /// The languages that the documents are written in, as ISO 639-1 codes.
    pub fn languages(&self) -> &[String] {
        &self.words.languages
    }

    fn row(&self, place: Place) -> &Row {
        &self.rows[place.0 as usize]
    }

    /// A copy of a copy leads on; two that name each other do not lead round for ever.
    fn follow(&self, place: Place, next: fn(&Row) -> u32) -> Place {
        const MOST_STEPS: usize = 8;
        let mut place = place;
        for _ in 0..MOST_STEPS {
            match next(self.row(place)) {
                NONE => break,
                other => place = Place(other),
            }
        }
        place
    }

    /// The form in which they are kept.
    pub fn to_bytes(&self) -> Vec<u8> {
        let words =
            serde_json::to_vec(&self.words).expect("lists of strings can be written as JSON");
        let mut bytes = Vec::with_capacity(self.keys.len() * ROW_BYTES + words.len() + 8);
        bytes.extend_from_slice(&(self.keys.len() as u64).to_le_bytes());
        self.keys.iter().for_each(|key| bytes.extend_from_slice(key));
        for row in &self.rows {
            let Row { day, copy_of, newer, stale, owner } = *row;
            bytes.extend_from_slice(&day.to_le_bytes());
            for number in [copy_of, newer, stale, owner] {
                bytes.extend_from_slice(&number.to_le_bytes());
            }
        }
        bytes.extend_from_slice(&words);
        bytes
    }

    /// Reads the form in which they are kept; none where it is not one.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (count, rest) = bytes.split_first_chunk::<8>()?;
        let count = usize::try_from(u64::from_le_bytes(*count)).ok()?;
        let (keys, rest) = rest.split_at_checked(count.checked_mul(KEY_BYTES)?)?;
        let (rows, words) = rest.split_at_checked(count.checked_mul(ROW_BYTES - KEY_BYTES)?)?;
        let (keys, _) = keys.as_chunks::<KEY_BYTES>();
        let (rows, _) = rows.as_chunks::<{ ROW_BYTES - KEY_BYTES }>();
        let words: Words = serde_json::from_slice(words).ok()?;
        let rows: Vec<Row> = rows.iter().map(row_of).collect();
        let is_within = |place: u32| place == NONE || (place as usize) < count;
        let is_sound = rows.iter().all(|row| is_within(row.copy_of) && is_within(row.newer));
        (is_sound && keys.is_sorted()).then(|| Self::whole(keys.to_vec(), rows, words))
    }
}

fn row_of(bytes: &[u8; ROW_BYTES - KEY_BYTES]) -> Row {
    let (numbers, _) = bytes.as_chunks::<4>();
    let number = |at: usize| u32::from_le_bytes(numbers[at]);
    Row {
        day: i32::from_le_bytes(numbers[0]),
        copy_of: number(1),
        newer: number(2),
        stale: number(3),
        owner: number(4),
    }
}

#[cfg(test)]
mod tests {
    use super::super::redundant::testing::{Tree, date};
    use super::super::{Policy, assess};
    use super::*;
    use crate::inventory::RootId;
    use std::path::Path;

    const TEXT: &str = "Travel expenses are paid within four weeks of the claim, if all receipts \
                        are there and the manager has signed each of them.";

    fn place(marks: &Marks, path: &str) -> Place {
        marks.find(&document_key(RootId(0), Path::new(path))).unwrap()
    }

    fn marks() -> Marks {
        let tree = Tree::default()
            .dated("Travel.md", TEXT, date(2025, 1, 2))
            .file("old/Travel.md", TEXT)
            .file("Other.md", "Fire wardens meet on the first Monday of every month in room 14.");
        tree.with(|ctx| {
            let policy = Policy::default();
            let assessment = assess(ctx.inventory, ctx.texts, &policy, ctx.as_of);
            Marks::of(Judged {
                inventory: ctx.inventory,
                assessment: &assessment,
                dates: &ctx.dates,
                owner: &|document| (document.0 == 0).then(|| "kim".to_owned()),
                words: &|finding| finding.rule.id.to_owned(),
                languages: vec!["en".to_owned()],
            })
        })
    }

    #[test]
    fn copies_lead_to_the_one_that_stays() {
        let marks = marks();
        let (stays, copy) = (place(&marks, "Travel.md"), place(&marks, "old/Travel.md"));
        assert_eq!(marks.representative(copy), stays);
        assert_eq!((marks.copies(stays), marks.copies(copy)), (1, 0));
        assert_eq!(marks.original(place(&marks, "Other.md")), place(&marks, "Other.md"));
        assert_eq!(marks.date(stays), Some(date(2025, 1, 2)));
        let id = u64::from_be_bytes(marks.key(copy)[..8].try_into().unwrap());
        assert_eq!(marks.find_beginning(id), Some(copy));
        assert_eq!(marks.find_beginning(7), None);
    }

    #[test]
    fn they_survive_being_kept_and_nothing_else_is_read() {
        let marks = marks();
        let bytes = marks.to_bytes();
        assert_eq!(Marks::from_bytes(&bytes), Some(marks));
        for length in 0..bytes.len() {
            assert_eq!(Marks::from_bytes(&bytes[..length]), None);
        }
    }

    #[test]
    fn two_that_name_each_other_lead_nowhere() {
        let mut marks = marks();
        for (place, other) in [(0, 1), (1, 0)] {
            marks.rows[place].newer = other;
        }
        let _ = marks.representative(Place(0));
    }
}
