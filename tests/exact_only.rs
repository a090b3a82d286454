//! Scans that look for exact copies alone: which files they open, what they find, and what they keep.
#![expect(clippy::disallowed_methods, reason = "the tree is the test's own")]

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use chrono::NaiveDate;
use docrot::catalog::Catalog;
use docrot::inventory::Status;
use docrot::rot::{self, Policy};
use docrot::scan::{Event, ScanError, ScanOptions, Summary, scan};

const LARGE: usize = 100_000;

/// A share with two copies of a large file, and others that only look like copies.
fn share() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    let write = |path: &str, bytes: &[u8]| {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    let large = vec![7; LARGE];
    let changed = |at: usize| {
        let mut bytes = large.clone();
        bytes[at] = 8;
        bytes
    };
    write("large.bin", &large);
    write("old/large copy.bin", &large);
    write("other head.bin", &changed(0));
    write("other tail.bin", &changed(LARGE - 1));
    write("alone.bin", &vec![7; LARGE + 1]);
    write("small.txt", b"twenty-three small bytes");
    write("old/small.txt", b"twenty-three small bytes");
    write("none.txt", b"twenty-three other bytes");
    write("empty.txt", b"");
    fs::hard_link(root.path().join("large.bin"), root.path().join("large again.bin")).unwrap();
    root
}

/// Scans for exact copies, and says which files were read whole.
fn exact(root: &Path, index: &Path) -> Result<(Summary, Vec<String>), ScanError> {
    let read = Mutex::new(Vec::new());
    let catalog = Catalog::open_or_create(index).unwrap();
    let options = ScanOptions { only_exact: true, ..ScanOptions::default() };
    let summary = scan(&[root.to_path_buf()], &options, &catalog, |event| {
        if let Event::Done { path, bytes } = event
            && bytes > 0
        {
            read.lock().unwrap().push(path.to_string_lossy().into_owned());
        }
        ControlFlow::Continue(())
    })?;
    let mut read = read.into_inner().unwrap();
    read.sort();
    Ok((summary, read))
}

/// The copies of a catalog, each with the document that stays.
fn copies(index: &Path) -> Vec<(PathBuf, PathBuf)> {
    let catalog = Catalog::open_or_create(index).unwrap();
    let inventory = catalog.inventory().unwrap();
    let day = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
    let no_texts = |_: &docrot::inventory::Record| None;
    let findings = rot::assess(&inventory, &no_texts, &Policy::default(), day).findings;
    let copies = findings.iter().filter(|it| it.rule.id == "exact-copy");
    let path = |id| inventory[id].file.path.clone();
    copies.map(|it| (path(it.document), path(it.related[0]))).collect()
}

#[test]
fn copies_are_found_and_only_what_may_be_one_is_read() {
    let (root, index) = (share(), tempfile::tempdir().unwrap());
    let (summary, read) = exact(root.path(), index.path()).unwrap();
    assert_eq!((summary.new, summary.unreadable), (10, 0));
    assert!(summary.caveats.iter().any(|it| it.contains("only exact copies")));
    let expected = [
        "large again.bin",
        "none.txt",
        "old/large copy.bin",
        "old/small.txt",
        "other tail.bin",
        "small.txt",
    ];
    assert_eq!(read, expected);
    let copies = copies(index.path());
    let copies = copies.iter().map(|(copy, _)| copy.to_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(copies, ["old/large copy.bin", "old/small.txt"]);
}

#[test]
fn a_second_scan_tells_what_changed() {
    let (root, index) = (share(), tempfile::tempdir().unwrap());
    exact(root.path(), index.path()).unwrap();
    let (summary, _) = exact(root.path(), index.path()).unwrap();
    assert_eq!((summary.new, summary.changed, summary.gone, summary.unchanged), (0, 0, 0, 10));
    fs::write(root.path().join("alone.bin"), b"twenty-three small bytes").unwrap();
    fs::remove_file(root.path().join("none.txt")).unwrap();
    let (summary, _) = exact(root.path(), index.path()).unwrap();
    assert_eq!((summary.new, summary.changed, summary.gone, summary.unchanged), (0, 1, 1, 8));
    assert!(copies(index.path()).iter().any(|(copy, stays)| {
        [copy, stays].iter().any(|it| it.as_path() == Path::new("alone.bin"))
    }));
}

#[test]
fn a_whole_scan_afterwards_reads_everything_and_is_not_thrown_away() {
    let (root, index) = (share(), tempfile::tempdir().unwrap());
    exact(root.path(), index.path()).unwrap();
    let catalog = Catalog::open_or_create(index.path()).unwrap();
    let roots = [root.path().to_path_buf()];
    scan(&roots, &ScanOptions::default(), &catalog, |_| ControlFlow::Continue(())).unwrap();
    let inventory = catalog.inventory().unwrap();
    let is_read = |name: &str| {
        let mut records = inventory.iter();
        records.any(|(_, it)| it.file.path == Path::new(name) && it.status == Status::Read)
    };
    assert!(is_read("small.txt") && is_read("none.txt"));
    drop(catalog);
    let refused = exact(root.path(), index.path()).unwrap_err();
    assert!(matches!(&refused, ScanError::KnowsDocuments(_)), "{refused}");
}

#[test]
fn an_interrupted_scan_keeps_nothing_false() {
    let (root, index) = (share(), tempfile::tempdir().unwrap());
    let catalog = Catalog::open_or_create(index.path()).unwrap();
    let options = ScanOptions { only_exact: true, ..ScanOptions::default() };
    let roots = [root.path().to_path_buf()];
    let summary = scan(&roots, &options, &catalog, |event| match event {
        Event::Queued { .. } => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    assert!(summary.unwrap().interrupted);
    assert!(catalog.inventory().unwrap().is_empty());
    drop(catalog);
    let (summary, _) = exact(root.path(), index.path()).unwrap();
    assert!(!summary.interrupted);
    assert_eq!(copies(index.path()).len(), 2);
}
