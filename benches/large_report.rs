//! What a report on a large catalog takes: seconds and memory of `docrot report`, as a process.
//!
//! `cargo bench --bench large_report -- 200000` makes a catalog of so many short documents, of which
//! a fifth are versions of another, a twentieth exact copies and a tenth overdue for review, and
//! reports on it in each format named behind the number (terminal and json by default). Without a
//! number it makes 2,000. Behind `--keep DIR` the catalog is made in DIR, or found there.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate};
use docrot::catalog::{Catalog, IndexedDocument, UpdateOptions};
use docrot::crawl::FileEntry;
use docrot::extract::{DateClaim, DateRole, Fact, Metadata, Precision, Provenance};
use docrot::fingerprint::{Fingerprint, Hash};
use docrot::inventory::{FormatId, Record, RootId, Status};
use docrot::scan::Summary;

fn main() {
    let mut documents = 2_000;
    let mut formats = Vec::new();
    let mut kept: Option<PathBuf> = None;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.parse() {
            Ok(number) => documents = number,
            Err(_) if argument == "--keep" => kept = arguments.next().map(PathBuf::from),
            // Cargo's own.
            Err(_) if argument.starts_with("--") => {}
            Err(_) => formats.push(argument),
        }
    }
    if formats.is_empty() {
        formats = ["terminal", "json"].map(str::to_owned).to_vec();
    }
    let temporary = tempfile::tempdir().expect("a temporary folder can be made");
    let folder = kept.unwrap_or_else(|| temporary.path().join("catalog"));
    if !folder.exists() {
        let start = Instant::now();
        make(&folder, documents);
        println!("catalog of {documents} documents made in {:.1} s", start.elapsed().as_secs_f64());
    }
    for format in formats {
        let (time, memory, bytes) = report(&folder, &format);
        println!(
            "{format}: {:.1} s, {} MiB at most, {bytes} bytes written",
            time.as_secs_f64(),
            memory >> 10
        );
    }
}

/// A text of `words` words, drawn from few enough that strangers share some.
fn prose(seed: u64, words: u64) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut text = String::new();
    for _ in 0..words {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        text.push_str(&format!("w{} ", (state >> 20) % 20_000));
    }
    text
}

fn make(folder: &Path, documents: u64) {
    let catalog = Catalog::open_or_create(folder).expect("a catalog can be made");
    let options = UpdateOptions { threads: 2, memory_bytes: 256 << 20, ..UpdateOptions::default() };
    let update = catalog.update(options).expect("nobody else changes it");
    let mut records = update.records();
    for number in 0..documents {
        let text = match number % 20 {
            3 => prose(number - 1, 100),
            4..8 => format!("{} {}", prose(number - number % 20, 90), prose(number, 10)),
            _ => prose(number, 100),
        };
        let record = record(number, &text);
        update.put(IndexedDocument { record: &record, text: &text }).expect("it can be indexed");
        records.insert(&record).expect("it can be written");
    }
    let summary = Summary {
        started: DateTime::from_timestamp(1_780_300_800, 0).expect("a time"),
        new: documents,
        ..Summary::default()
    };
    let summary = serde_json::to_string(&summary).expect("its keys are strings");
    let (gone, roots) = (Default::default(), [PathBuf::from("/srv/share")]);
    update.finish(records, &gone, &roots, |_| summary).expect("it can be committed");
}

fn record(number: u64, text: &str) -> Record {
    let mut metadata = Metadata::default();
    let owner = format!("owner{}@example.org", number % 97);
    metadata.owner = Some(Fact::new(owner, Provenance::property("front matter owner")));
    if number.is_multiple_of(10) {
        metadata.dates.push(DateClaim {
            role: DateRole::Due,
            date: NaiveDate::from_ymd_opt(2021, 3, 1).expect("a day"),
            precision: Precision::Day,
            other_reading: None,
            raw: "2021-03-01".to_owned(),
            provenance: Provenance::property("front matter review_by"),
        });
    }
    Record {
        root: RootId(0),
        file: FileEntry {
            path: PathBuf::from(format!("{:04}/{number:07} some document.md", number / 100)),
            size: text.len() as u64,
            ..FileEntry::default()
        },
        status: Status::Read,
        reached: None,
        format: Some(FormatId { name: "markdown".to_owned(), version: 1 }),
        metadata,
        hash: Some(Hash::of(text.as_bytes())),
        fingerprint: Fingerprint::of(text),
    }
}

/// Time, most memory in KiB and bytes of the report.
fn report(folder: &Path, format: &str) -> (Duration, u64, u64) {
    let output = folder.with_extension(format!("report.{format}"));
    let start = Instant::now();
    let mut docrot = Command::new(env!("CARGO_BIN_EXE_docrot"))
        .args(["report", "--as-of", "2026-06-01", "--format", format, "--index"])
        .arg(folder)
        .arg("--output")
        .arg(&output)
        .stdout(Stdio::null())
        .spawn()
        .expect("docrot can be started");
    let status = format!("/proc/{}/status", docrot.id());
    let mut memory = 0;
    let ended = loop {
        if let Ok(status) = std::fs::read_to_string(&status) {
            let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let most = most.and_then(|it| it.trim().trim_end_matches(" kB").parse().ok());
            memory = memory.max(most.unwrap_or(0));
        }
        if let Some(ended) = docrot.try_wait().expect("it can be waited for") {
            break ended;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    assert!(ended.success(), "the report failed");
    let bytes = output.metadata().map_or(0, |it| it.len());
    (start.elapsed(), memory, bytes)
}
