//! How long it takes to find candidates and groups, and how much memory, by number of documents.
//!
//! Three mixes: mostly strangers with some versions, nothing but copies, one template filled in.
//! Divan prints the most memory held at once beside the time (`max alloc`); the inventory itself is
//! not in it. No texts are stored, so that nothing but fingerprints is compared.

use std::path::PathBuf;

use divan::Bencher;
use divan::counter::ItemsCount;
use docrot::crawl::FileEntry;
use docrot::extract::Metadata;
use docrot::fingerprint::{Fingerprint, Hash};
use docrot::inventory::{Inventory, Record, RootId, Status};
use docrot::rot::{self, Policy};

#[global_allocator]
static MEMORY: divan::AllocProfiler = divan::AllocProfiler::system();

fn main() {
    divan::main();
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

#[derive(Clone, Copy, Debug)]
enum Mix {
    /// A quarter are versions of another document.
    Versions,
    Copies,
    Template,
}

fn inventory(mix: Mix, documents: u64) -> Inventory {
    let template = prose(1, 100);
    let record = |it: u64| {
        let text = match mix {
            Mix::Versions if it % 4 == 3 => format!("{} {}", prose(it - 1, 90), prose(it, 10)),
            Mix::Versions => prose(it, 100),
            Mix::Copies => template.clone(),
            Mix::Template => format!("{template} {}", prose(it + 2, 10)),
        };
        Record {
            root: RootId(0),
            file: FileEntry {
                path: PathBuf::from(format!("{:03}/{it:07}.md", it % 997)),
                size: text.len() as u64,
                ..FileEntry::default()
            },
            status: Status::Read,
            reached: None,
            format: None,
            metadata: Metadata::default(),
            hash: Some(Hash::of(text.as_bytes())),
            fingerprint: Fingerprint::of(&text),
        }
    };
    Inventory::new(vec![PathBuf::from("/")], (0..documents).map(record).collect())
}

#[divan::bench(
    args = [
        (Mix::Versions, 10_000),
        (Mix::Versions, 100_000),
        (Mix::Copies, 100_000),
        (Mix::Template, 10_000),
        (Mix::Template, 50_000),
        (Mix::Versions, 1_000_000),
    ],
    sample_count = 1,
    sample_size = 1,
)]
fn assess(bencher: Bencher<'_, '_>, (mix, documents): (Mix, u64)) {
    let inventory = inventory(mix, documents);
    let texts = |_: &Record| None;
    let policy = Policy::default();
    let day = chrono::NaiveDate::default();
    bencher
        .counter(ItemsCount::new(documents))
        .bench_local(|| rot::assess(&inventory, &texts, &policy, day));
}
