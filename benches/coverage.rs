//! What it costs to compare an index with its tree, beside listing the tree alone.
//!
//! Run by hand: `cargo bench --bench coverage -- 100000` makes so many files, reads them into a
//! catalog, and then lists them and compares them in turn. Prints the best of each and the ratio.

use std::env;
use std::fs;
use std::hint::black_box;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use chrono::DateTime;
use docrot::catalog::Catalog;
use docrot::crawl::{CrawlOptions, FileEntry, Listed, walk};
use docrot::scan::{ScanOptions, scan};
use docrot::validate::{Coverage, Gates, OwnRows, Tree, Verdict, compare, coverage_checks};

const RUNS: usize = 7;

fn main() {
    let count = env::args().skip(1).find_map(|it| it.parse().ok());
    let Some(count) = count else {
        println!("usage: coverage FILES");
        return;
    };
    let root = tempfile::tempdir().expect("a temporary folder can be made");
    fill(root.path(), count);
    let place = tempfile::tempdir().expect("a temporary folder can be made");
    let catalog = Catalog::open_or_create(place.path()).expect("a catalog can be made");
    // Long after the files were made, so that their times can be trusted.
    let started = DateTime::from_timestamp(4_000_000_000, 0).expect("a valid time");
    let options = ScanOptions { started, ..ScanOptions::default() };
    scan(&[root.path().to_path_buf()], &options, &catalog, |_| ControlFlow::Continue(()))
        .expect("the tree can be read");
    let (mut listing, mut comparing) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..RUNS {
        listing = listing.min(seconds(|| list(root.path())));
        comparing = comparing.min(seconds(|| cover(place.path())));
    }
    println!("{count} files listed    {:>8.1} ms", listing * 1e3);
    println!("{count} files compared  {:>8.1} ms", comparing * 1e3);
    println!("ratio                {:>8.2}", comparing / listing);
}

fn fill(root: &Path, count: u64) {
    for number in 0..count {
        let folder = root.join(format!("{:03}", number % 500));
        if number < 500 {
            fs::create_dir(&folder).expect("a folder can be made");
        }
        let text = format!("Document {number} of the {}th folder says this.", number % 500);
        fs::write(folder.join(format!("{number}.txt")), text).expect("a file can be written");
    }
}

fn seconds(work: impl FnOnce()) -> f64 {
    let begun = Instant::now();
    work();
    begun.elapsed().as_secs_f64()
}

fn list(root: &Path) {
    let options = CrawlOptions::default();
    for listed in walk(root, &options) {
        if let Ok(Listed::File(path)) = listed {
            let _ = black_box(FileEntry::of(root, &path));
        }
    }
}

fn cover(folder: &Path) {
    let catalog = Catalog::open_read_only(folder).expect("the catalog can be opened");
    let tree = Tree { roots: catalog.roots(), crawl: CrawlOptions::default() };
    let mut rows = OwnRows::of(&catalog).expect("the records can be read");
    let how = Coverage { now: DateTime::UNIX_EPOCH, sample: 0, seed: 1 };
    let compared = compare(&tree, &mut rows, how);
    let gates = Gates::default();
    rows.finish(&catalog, &gates).expect("the index can be read");
    let checks = coverage_checks(compared, &gates);
    assert!(checks.iter().all(|it| it.verdict == Verdict::Ok), "{checks:?}");
}
