//! Reading documents, by format: every file of `fixtures/formats/FORMAT`, detected and read in this
//! process.
//!
//! Divan prints documents (items) and bytes of files per second of wall time. The fixtures are small,
//! so this is the time that a document costs rather than a byte; compare runs on one machine only.

use std::fs;
use std::path::{Path, PathBuf};

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use docrot::extract::{Detection, FORMATS, Limits, detect, read_here};

fn main() {
    divan::main();
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/formats")
}

fn formats() -> Vec<&'static str> {
    FORMATS.iter().map(|it| it.name).filter(|name| folder().join(name).is_dir()).collect()
}

/// The fixtures of a format, without what says what they yield.
fn files(format: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = fs::read_dir(folder().join(format)).expect("the format has a folder");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("it can be listed").path()).collect();
    paths.retain(|path| path.extension().is_none_or(|it| it != "expected"));
    paths.sort();
    let read = |path: PathBuf| {
        let bytes = fs::read(&path).expect("a fixture can be read");
        (path, bytes)
    };
    paths.into_iter().map(read).collect()
}

#[divan::bench(args = formats())]
fn read(bencher: Bencher<'_, '_>, format: &str) {
    let files = files(format);
    let bytes: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
    bencher.counter(ItemsCount::new(files.len())).counter(BytesCount::new(bytes)).bench(|| {
        for (path, bytes) in &files {
            if let Detection::Document(format) = detect(FORMATS, path, bytes) {
                let _ = divan::black_box(read_here(format, bytes, &Limits::default()));
            }
        }
    });
}

/// Telling what a file is, which every file of a scan costs.
#[divan::bench(args = formats())]
fn tell(bencher: Bencher<'_, '_>, format: &str) {
    let files = files(format);
    bencher.counter(ItemsCount::new(files.len())).bench(|| {
        for (path, bytes) in &files {
            divan::black_box(detect(FORMATS, divan::black_box(path), bytes));
        }
    });
}
