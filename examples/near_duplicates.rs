//! Finds similar texts with the library alone, without files, catalog or index.
//!
//!     near_duplicates TEXTS [read | fingerprint | estimate | count] [ROUNDS]
//!
//! TEXTS holds a line of JSON for each text, `{"id": "...", "text": "..."}`. Every pair at least half
//! alike is printed as two ids and a similarity, separated by tabs. `count`, the default, counts
//! similarities on the texts; `estimate` takes them from fingerprints; `read` and `fingerprint` stop
//! before that. With ROUNDS the work is done so often, which is how
//! `benches/redundant_stages.py` measures it.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::ops::ControlFlow;
use std::path::PathBuf;

use docrot::crawl::FileEntry;
use docrot::extract::Metadata;
use docrot::fingerprint::{Fingerprint, Hash};
use docrot::inventory::{Inventory, Record, RootId, Status};
use docrot::rot::{PairOptions, Policy, pairs};

type Error = Box<dyn std::error::Error>;

#[derive(serde::Deserialize)]
struct Text {
    id: String,
    text: String,
}

fn record(text: &Text) -> Record {
    Record {
        root: RootId(0),
        file: FileEntry {
            path: PathBuf::from(&text.id),
            size: text.text.len() as u64,
            ..FileEntry::default()
        },
        status: Status::Read,
        reached: None,
        format: None,
        metadata: Metadata::default(),
        hash: Some(Hash::of(text.text.as_bytes())),
        fingerprint: Fingerprint::of(&text.text),
    }
}

/// Prints the pairs, and counts them.
fn list(texts: &[Text], inventory: &Inventory, is_counted: bool) -> std::io::Result<u64> {
    let stored = |record: &Record| {
        let place =
            texts.binary_search_by(|it| it.id.as_str().cmp(&record.file.path.to_string_lossy()));
        Some(texts[place.ok().filter(|_| is_counted)?].text.clone())
    };
    let id = |document| inventory[document].file.path.display();
    let options = PairOptions { min_similarity: 0.5, parts: false };
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut written = Ok(());
    let count = pairs(inventory, &stored, &Policy::default(), &options, |pair| {
        written = writeln!(out, "{}\t{}\t{:.4}", id(pair.a), id(pair.b), pair.similarity);
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    written.map(|()| count.listed)
}

fn main() -> Result<(), Error> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("which texts?")?;
    let stage = arguments.next().unwrap_or_else(|| "count".to_owned());
    let rounds = arguments.next().map_or(Ok(1), |it| it.parse::<u32>())?;
    let lines = BufReader::new(File::open(path)?).lines();
    let texts = lines.map(|line| Ok(serde_json::from_str(&line?)?));
    let mut texts = texts.collect::<Result<Vec<Text>, Error>>()?;
    texts.sort_by(|a, b| a.id.cmp(&b.id));
    if stage == "read" {
        return Ok(());
    }
    for _ in 0..rounds {
        let records = texts.iter().map(record).collect::<Vec<_>>();
        let inventory = Inventory::new(vec![PathBuf::from("/")], records);
        let listed = match stage.as_str() {
            "fingerprint" => continue,
            "estimate" => list(&texts, &inventory, false)?,
            "count" => list(&texts, &inventory, true)?,
            other => return Err(format!("no stage is called {other}").into()),
        };
        eprintln!("{listed} pairs");
    }
    Ok(())
}
