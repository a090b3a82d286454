//! Whole scans of a generated tree of Markdown: the first one, and one with nothing changed.
//!
//! Divan prints items and bytes per second of wall time; compare runs on one machine only.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use chrono::DateTime;
use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use docrot::catalog::Catalog;
use docrot::crawl::{CrawlOptions, walk};
use docrot::scan::{ScanOptions, scan};

const FILES: usize = 2_000;

fn main() {
    divan::main();
}

/// A tree of documents of about 2 kB each, drawn from a small vocabulary.
fn tree() -> (tempfile::TempDir, u64) {
    let root = tempfile::tempdir().expect("a temporary folder can be made");
    let mut seed = 1_u64;
    let mut bytes = 0;
    for file in 0..FILES {
        let folder = root.path().join(format!("{:02}", file % 40));
        fs::create_dir_all(&folder).expect("a folder can be made");
        let mut text = format!("# Document {file}\n\n");
        for word in 0..300 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            text.push_str(&format!("word{} ", (seed >> 33) % 5_000));
            if word % 40 == 39 {
                text.push_str("\n\n");
            }
        }
        bytes += text.len() as u64;
        fs::write(folder.join(format!("{file}.md")), text).expect("a file can be written");
    }
    (root, bytes)
}

fn read(root: &Path, catalog: &Catalog) {
    let started = DateTime::from_timestamp(4_000_000_000, 0).expect("a valid time");
    let options = ScanOptions { started, ..ScanOptions::default() };
    let roots: [PathBuf; 1] = [root.to_path_buf()];
    scan(&roots, &options, catalog, |_| ControlFlow::Continue(())).expect("the tree can be read");
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn first_scan(bencher: Bencher) {
    let (root, bytes) = tree();
    bencher
        .counter(BytesCount::new(bytes))
        .with_inputs(|| tempfile::tempdir().expect("a temporary folder can be made"))
        .bench_values(|index| {
            let catalog = Catalog::open_or_create(index.path()).expect("a catalog can be made");
            read(root.path(), &catalog);
            index
        });
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn rescan_with_nothing_changed(bencher: Bencher) {
    let (root, _) = tree();
    let index = tempfile::tempdir().expect("a temporary folder can be made");
    let catalog = Catalog::open_or_create(index.path()).expect("a catalog can be made");
    read(root.path(), &catalog);
    bencher.counter(ItemsCount::new(FILES)).bench_local(|| read(root.path(), &catalog));
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn crawl(bencher: Bencher) {
    let (root, _) = tree();
    let options = CrawlOptions::default();
    bencher.counter(ItemsCount::new(FILES)).bench_local(|| walk(root.path(), &options).count());
}
