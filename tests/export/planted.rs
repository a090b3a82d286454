//! Documents of which it is known how they are alike, in two catalogs, without files: copies, stars
//! around one text, chains that drift, stubs, one form filled in very often, and strangers.
//!
//! The same seed gives the same documents.

use std::path::{Path, PathBuf};

use chrono::DateTime;
use docrot::catalog::{Catalog, IndexedDocument, UpdateOptions};
use docrot::crawl::FileEntry;
use docrot::extract::Metadata;
use docrot::fingerprint::{Fingerprint, Hash};
use docrot::inventory::{FormatId, Record, RootId, Status};
use docrot::scan::Summary;

/// Numbers that look random.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn words(&mut self, count: u64) -> Vec<String> {
        (0..count).map(|_| format!("w{}", self.below(40_000))).collect()
    }
}

/// Calls `each` with the texts of so many documents, family by family.
pub(crate) fn texts(documents: u64, seed: u64, mut each: impl FnMut(String)) {
    let mut draw = Draw(seed);
    // One form in so many hands that each of its hashes is a key that hundreds share.
    let form = draw.words(70);
    let mut left = documents;
    let mut family = Vec::new();
    while 0 < left {
        match draw.below(20) {
            0..8 => family.push(words(&mut draw, 60, 160)),
            8..10 => copies(&mut draw, &mut family),
            10..12 => star(&mut draw, &mut family),
            12..14 => chain(&mut draw, &mut family),
            14..16 => stubs(&mut draw, &mut family),
            16 => family.push(
                ["Nothing to see here yet", "This page is intentionally left blank"]
                    [draw.below(2) as usize]
                    .to_owned(),
            ),
            17..19 => parts(&mut draw, &mut family),
            _ => family.push([form.clone(), draw.words(30)].concat().join(" ")),
        }
        for text in family.drain(..).take(left as usize) {
            each(text);
            left -= 1;
        }
    }
}

fn words(draw: &mut Draw, least: u64, most: u64) -> String {
    let count = least + draw.below(most - least);
    draw.words(count).join(" ")
}

/// Copies of the same bytes, and of the same text in other bytes.
fn copies(draw: &mut Draw, family: &mut Vec<String>) {
    let text = words(draw, 40, 120);
    for _ in 0..2 + draw.below(5) {
        let is_loud = draw.below(4) == 0;
        family.push(if is_loud { text.to_uppercase() } else { text.clone() });
    }
}

/// One text, and others that each differ from it in a few words.
fn star(draw: &mut Draw, family: &mut Vec<String>) {
    let center = draw.words(120);
    for _ in 0..2 + draw.below(12) {
        let mut text = center.clone();
        for _ in 0..draw.below(5) {
            let at = draw.below(text.len() as u64) as usize;
            text[at] = format!("x{}", draw.below(40_000));
        }
        family.push(text.join(" "));
    }
}

/// Versions of which each is like the one before, and the last has nothing of the first.
fn chain(draw: &mut Draw, family: &mut Vec<String>) {
    let versions = 3 + draw.below(12);
    let step = 4 + draw.below(16);
    let text = draw.words(100 + versions * step);
    for version in 0..versions {
        let from = (version * step) as usize;
        family.push(text[from..from + 100].join(" "));
    }
}

/// Short texts that differ in one word, too short for runs of words to tell much.
fn stubs(draw: &mut Draw, family: &mut Vec<String>) {
    let count = 9 + draw.below(30);
    let text = draw.words(count);
    for _ in 0..1 + draw.below(4) {
        let mut text = text.clone();
        let at = draw.below(count) as usize;
        text[at] = format!("x{}", draw.below(40_000));
        family.push(text.join(" "));
    }
}

/// A text, and parts of it.
fn parts(draw: &mut Draw, family: &mut Vec<String>) {
    let whole = draw.words(240);
    for _ in 0..draw.below(3) {
        let from = draw.below(120) as usize;
        family.push(whole[from..from + 60 + draw.below(60) as usize].join(" "));
    }
    family.push(whole.join(" "));
}

/// Makes a catalog in each folder, and deals the documents to them.
pub(crate) fn catalogs(folders: [&Path; 2], documents: u64, seed: u64) {
    let catalogs = folders.map(|it| Catalog::open_or_create(it).expect("a catalog can be made"));
    let options = UpdateOptions { threads: 1, memory_bytes: 64 << 20, ..UpdateOptions::default() };
    let updates = [&catalogs[0], &catalogs[1]].map(|it| it.update(options).expect("it is ours"));
    let mut records = [updates[0].records(), updates[1].records()];
    let mut deal = Draw(seed ^ 1);
    let mut number = 0_u64;
    texts(documents, seed, |text| {
        let server = deal.below(2) as usize;
        let record = record(number, &text);
        let document = IndexedDocument { record: &record, text: &text };
        updates[server].put(document).expect("it can be indexed");
        records[server].insert(&record).expect("it can be written");
        number += 1;
    });
    for (position, (update, records)) in updates.into_iter().zip(records).enumerate() {
        let summary = Summary {
            // Two shares are never in one state.
            started: DateTime::from_timestamp(1_780_300_800 + position as i64, 0).expect("a time"),
            new: documents,
            ..Summary::default()
        };
        let summary = serde_json::to_string(&summary).expect("its keys are strings");
        let roots = [PathBuf::from(format!("/srv/{}", ["alpha", "beta"][position]))];
        update.finish(records, &Default::default(), &roots, |_| summary).expect("it is committed");
    }
}

fn record(number: u64, text: &str) -> Record {
    Record {
        root: RootId(0),
        file: FileEntry {
            path: PathBuf::from(format!("{:05}/{number:08}.md", number / 1_000)),
            size: text.len() as u64,
            // The later it was written, the newer.
            modified: (1_700_000_000 + number as i64) * 1_000_000_000,
            ..FileEntry::default()
        },
        status: Status::Read,
        reached: None,
        format: Some(FormatId { name: "markdown".to_owned(), version: 1 }),
        metadata: Metadata::default(),
        hash: Some(Hash::of(text.as_bytes())),
        fingerprint: Fingerprint::of(text),
    }
}
