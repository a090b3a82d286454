//! How long searches take in an index of very many small documents, cut from real texts.
//!
//! Run by hand: `cargo bench --bench search -- FOLDER 1000000` makes so many documents of eighty
//! words each from the text files below FOLDER, indexes them, and asks them a set of queries of
//! each kind. Each query is asked three times and its best time counts, so that other work on the
//! machine does; what is printed is the middle of the queries and the one that 95 of 100 beat.

use std::path::{Path, PathBuf};
use std::time::Instant;
use std::{env, fs};

use chrono::NaiveDate;
use docrot::catalog::{Catalog, IndexedDocument, Query, Search, SearchOptions, UpdateOptions};
use docrot::inventory::{FileEntry, FormatId, Hash, Inventory, Metadata, Record, RootId, Status};
use docrot::rot::{Assessment, Dates, Judged, Marks, Policy};
use docrot::validate::Dice;

const WORDS: u64 = 80;
const QUERIES: u64 = 100;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).filter(|it| it != "--bench").collect();
    let [folder, count] = arguments.as_slice() else {
        println!("usage: search FOLDER DOCUMENTS");
        return;
    };
    let count = count.parse().expect("the number of documents is a number");
    let words = words_below(Path::new(folder));
    let words: Vec<&str> = words.split_whitespace().collect();
    let place = tempfile::tempdir().expect("a temporary folder can be made");
    let begun = Instant::now();
    let catalog = Catalog::open_or_create(place.path()).expect("a catalog can be made");
    index(&catalog, &words, count);
    println!("{count} documents indexed in {:.1} s", begun.elapsed().as_secs_f64());
    let begun = Instant::now();
    let catalog = Catalog::open_read_only(place.path()).expect("the catalog can be opened");
    let search = catalog.search().expect("the catalog can be searched");
    println!("opened in {:.1} ms", begun.elapsed().as_secs_f64() * 1e3);
    let bytes = marks(count);
    let begun = Instant::now();
    let marks = Marks::from_bytes(&bytes).expect("they were just written");
    let size = bytes.len() / 1_000_000;
    println!(
        "{} marks of {size} MB read in {:.1} ms",
        marks.len(),
        begun.elapsed().as_secs_f64() * 1e3
    );
    for kind in KINDS {
        ask(&search, kind, &words);
    }
}

/// All text below a folder.
fn words_below(folder: &Path) -> String {
    let mut text = String::new();
    for entry in walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok) {
        if entry.file_type().is_file() {
            let bytes = fs::read(entry.path()).unwrap_or_default();
            text.push_str(std::str::from_utf8(&bytes).unwrap_or_default());
            text.push('\n');
        }
    }
    text
}

fn record(number: u64) -> Record {
    Record {
        root: RootId(0),
        file: FileEntry { path: path(number), ..FileEntry::default() },
        status: Status::Read,
        reached: None,
        format: Some(FormatId { name: "text".to_owned(), version: 1 }),
        metadata: Metadata::default(),
        hash: Some(Hash::of(&number.to_le_bytes())),
        fingerprint: None,
    }
}

fn path(number: u64) -> PathBuf {
    format!("{:03}/{number}.txt", number % 1000).into()
}

fn index(catalog: &Catalog, words: &[&str], count: u64) {
    let options = UpdateOptions { threads: 1, memory_bytes: 256 << 20, ..UpdateOptions::default() };
    let update = catalog.update(options).expect("nobody else writes");
    let mut dice = Dice::new(1);
    for number in 0..count {
        let from = dice.roll(words.len() as u64 - WORDS) as usize;
        let text = words[from..from + WORDS as usize].join(" ");
        let record = record(number);
        update.put(IndexedDocument { record: &record, text: &text }).expect("it can be indexed");
    }
    let records = update.records();
    let nothing = std::collections::HashSet::new();
    let roots = [PathBuf::from("/srv")];
    update.finish(records, &nothing, &roots, |_| String::new()).expect("it can be committed");
}

fn marks(count: u64) -> Vec<u8> {
    let inventory = Inventory::new(vec!["/srv".into()], (0..count).map(record).collect());
    let policy = Policy::default();
    let day = NaiveDate::from_ymd_opt(2026, 6, 1).expect("a valid day");
    let marks = Marks::of(Judged {
        inventory: &inventory,
        assessment: &Assessment::default(),
        dates: &Dates::of(&inventory, &policy, day),
        owner: &|_| None,
        words: &|_| String::new(),
        languages: vec!["en".to_owned()],
    });
    marks.to_bytes()
}

/// A kind of query: its name, and how it is made from words that stand side by side in a text.
type Kind = (&'static str, fn(&[&str]) -> String);

const KINDS: &[Kind] = &[
    ("one word", |words| words[0].to_owned()),
    ("two words", |words| words[..2].join(" ")),
    ("four words", |words| words[..4].join(" ")),
    ("either of two", |words| format!("{} OR {}", words[0], words[1])),
    ("a phrase of three", |words| format!("\"{}\"", words[..3].join(" "))),
    ("one letter may differ", |words| format!("{}~1", words[0])),
    ("beginning with", |words| format!("{}*", words[0].chars().take(4).collect::<String>())),
];

fn ask(search: &Search, (name, made_of): &Kind, words: &[&str]) {
    let languages = ["en".to_owned()];
    let options = SearchOptions { limit: 80, languages: &languages, ..SearchOptions::default() };
    let mut dice = Dice::new(7);
    let is_plain = |word: &&str| 4 <= word.len() && word.bytes().all(|it| it.is_ascii_lowercase());
    let (mut times, mut hits) = (Vec::new(), 0);
    while (times.len() as u64) < QUERIES {
        let from = dice.roll(words.len() as u64 - WORDS) as usize;
        let near: Vec<&str> =
            words[from..from + WORDS as usize].iter().copied().filter(is_plain).collect();
        if near.len() < 4 {
            continue;
        }
        let Ok(query) = Query::parse(&made_of(&near)) else { continue };
        let once = || {
            let begun = Instant::now();
            let found = search.find(&query, &options).expect("the index can be searched");
            for hit in found.hits.iter().take(10) {
                search.show(&found, hit).expect("a hit can be shown");
            }
            (begun.elapsed().as_secs_f64() * 1e3, found.total)
        };
        let runs: Vec<_> = (0..3).map(|_| once()).collect();
        hits += runs[0].1;
        times.push(runs.iter().map(|it| it.0).fold(f64::INFINITY, f64::min));
    }
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    let mean = hits / QUERIES;
    println!("{name:<22} p50 {:>7.2} ms  p95 {:>7.2} ms  {mean:>8} documents", at(0.5), at(0.95));
}
