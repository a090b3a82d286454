//! Scans of real folders: what a rescan opens, forgets, follows and keeps.
#![expect(clippy::disallowed_methods, reason = "the tree is the test's own")]

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use docrot::catalog::{Catalog, CatalogError};
use docrot::inventory::RootId;
use docrot::scan::{Event, Ledger, ScanError, ScanOptions, Summary, scan};

/// A tree with a catalog beside it, both gone when it is dropped.
struct Share {
    root: tempfile::TempDir,
    index: tempfile::TempDir,
    day: i64,
}

impl Share {
    fn new(files: &[(&str, &str)]) -> Self {
        let (root, index) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let share = Self { root, index, day: 0 };
        files.iter().for_each(|(path, text)| share.write(path, text));
        share
    }

    /// Writes a file that changed long before any scan, so that none has to be read twice.
    fn write(&self, path: &str, text: &str) {
        let path = self.root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        let then = SystemTime::UNIX_EPOCH + Duration::from_hours(24 * 365 * 40 + text.len() as u64);
        fs::File::options().write(true).open(path).unwrap().set_modified(then).unwrap();
    }

    fn catalog(&self) -> Catalog {
        Catalog::open_or_create(self.index.path()).unwrap()
    }

    fn scan(&mut self) -> Summary {
        self.scan_with(|_| ControlFlow::Continue(())).unwrap()
    }

    fn scan_with(
        &mut self,
        on_event: impl Fn(Event<'_>) -> ControlFlow<()> + Sync,
    ) -> Result<Summary, ScanError> {
        self.day += 1;
        let options = ScanOptions { started: day(self.day), ..ScanOptions::default() };
        scan(&[self.root.path().to_path_buf()], &options, &self.catalog(), on_event)
    }

    fn paths(&self) -> Vec<String> {
        let inventory = self.catalog().inventory().unwrap();
        inventory.iter().map(|(_, it)| it.file.path.to_string_lossy().into_owned()).collect()
    }

    fn text(&self, path: &str) -> Option<String> {
        let catalog = self.catalog();
        let inventory = catalog.inventory().unwrap();
        let document = inventory.find(RootId(0), Path::new(path))?;
        catalog.texts().unwrap()(&inventory[document])
    }
}

fn day(n: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + n * 86_400, 0).unwrap()
}

fn counts(summary: &Summary) -> [u64; 5] {
    [summary.new, summary.changed, summary.moved, summary.gone, summary.unchanged]
}

#[test]
fn a_rescan_says_what_is_new_changed_moved_gone_and_unchanged() {
    let mut share = Share::new(&[
        ("a/keep.txt", "this stays"),
        ("a/edit.txt", "before the edit"),
        ("a/move.txt", "this one wanders"),
        ("b/leave.txt", "this one leaves"),
    ]);
    assert_eq!(counts(&share.scan()), [4, 0, 0, 0, 0]);
    share.write("a/edit.txt", "after the edit, longer");
    share.write("z/new.txt", "fresh");
    fs::create_dir(share.root.path().join("c")).unwrap();
    fs::rename(share.root.path().join("a/move.txt"), share.root.path().join("c/moved.txt"))
        .unwrap();
    fs::remove_file(share.root.path().join("b/leave.txt")).unwrap();
    assert_eq!(counts(&share.scan()), [1, 1, 1, 1, 1]);
    assert_eq!(share.paths(), ["a/edit.txt", "a/keep.txt", "c/moved.txt", "z/new.txt"]);
    assert_eq!(share.text("a/edit.txt").as_deref(), Some("after the edit, longer"));
    assert_eq!(share.text("c/moved.txt").as_deref(), Some("this one wanders"));
    assert_eq!(counts(&share.scan()), [0, 0, 0, 0, 4]);
}

#[test]
fn a_rescan_opens_no_file_that_has_not_changed() {
    let mut share = Share::new(&[("a.txt", "one"), ("b.txt", "two")]);
    share.scan();
    let opened = AtomicUsize::new(0);
    let summary = share
        .scan_with(|event| {
            if matches!(event, Event::Done { .. }) {
                opened.fetch_add(1, Ordering::Relaxed);
            }
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(opened.into_inner(), 0);
    assert_eq!(summary.unchanged, 2);
}

#[test]
fn a_clock_that_jumps_hides_no_change() {
    let mut share = Share::new(&[("a.txt", "one"), ("b.txt", "two")]);
    // Each scan takes itself for years later or earlier than the one before, and so do the files
    // that change meanwhile. All texts are of one length.
    for (round, days) in [9, 9_000, 1, 8_000, 8_000, 2].into_iter().enumerate() {
        let text = format!("text {round}");
        share.write("a.txt", &text);
        let then = SystemTime::UNIX_EPOCH + Duration::from_hours(24 * 365 * 56 + 24 * days);
        let file = share.root.path().join("a.txt");
        fs::File::options().write(true).open(file).unwrap().set_modified(then).unwrap();
        share.day = days as _;
        let summary = share.scan();
        assert_eq!((summary.gone, share.paths().len()), (0, 2), "round {round}");
        assert_eq!(share.text("a.txt"), Some(text), "round {round}");
    }
}

#[test]
fn an_unchanged_scan_leaves_the_records_alone_and_still_tells_its_counts() {
    let mut share = Share::new(&[("a.txt", "one")]);
    share.scan();
    let records = || -> Vec<PathBuf> {
        fs::read_dir(share.index.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|it| it == "parquet"))
            .collect()
    };
    let before = records();
    assert_eq!(before.len(), 1);
    let summary = share.scan();
    let records = fs::read_dir(share.index.path()).unwrap().count();
    assert!(records > 1 && before[0].exists());
    let kept = share.catalog().summary().and_then(|text| Summary::from_json(&text)).unwrap();
    assert_eq!(kept, summary);
    assert_eq!(kept.unchanged, 1);
}

#[test]
fn an_interrupted_scan_keeps_what_it_read_and_forgets_nothing() {
    let mut share = Share::new(&[("a.txt", "one"), ("m.txt", "two"), ("z.txt", "three")]);
    share.scan();
    fs::remove_file(share.root.path().join("a.txt")).unwrap();
    for n in 0..200 {
        share.write(&format!("n/{n:03}.txt"), &format!("text number {n}"));
    }
    let done = AtomicUsize::new(0);
    let summary = share
        .scan_with(|event| match event {
            Event::Done { .. } if done.fetch_add(1, Ordering::Relaxed) >= 20 => {
                ControlFlow::Break(())
            }
            _ => ControlFlow::Continue(()),
        })
        .unwrap();
    assert!(summary.interrupted);
    let paths = share.paths();
    assert!(paths.contains(&"a.txt".to_owned()) && paths.contains(&"z.txt".to_owned()));
    assert!(paths.len() > 3, "nothing of what was read was kept: {paths:?}");
    let summary = share.scan();
    assert_eq!((summary.gone, summary.interrupted), (1, false));
    assert_eq!(share.paths().len(), 202);
    assert_eq!(share.text("n/123.txt").as_deref(), Some("text number 123"));
}

#[test]
fn a_second_scan_at_the_same_time_is_told_who_holds_the_catalog() {
    let mut share = Share::new(&[("a.txt", "one")]);
    let catalog = share.catalog();
    let held = catalog.update(Default::default()).unwrap();
    let error = share.scan_with(|_| ControlFlow::Continue(())).unwrap_err();
    let ScanError::Catalog(CatalogError::InUse { holder, .. }) = error else {
        panic!("{error}");
    };
    assert_eq!(holder, format!("process {}", std::process::id()));
    drop(held);
    assert_eq!(share.scan().new, 1);
}

#[test]
fn a_catalog_inside_the_audited_tree_is_refused() {
    let root = tempfile::tempdir().unwrap();
    let catalog = Catalog::open_or_create(&root.path().join("catalog")).unwrap();
    let roots = [root.path().to_path_buf()];
    let result = scan(&roots, &ScanOptions::default(), &catalog, |_| ControlFlow::Continue(()));
    assert!(matches!(result, Err(ScanError::CatalogInside { .. })));
}

#[test]
fn a_folder_that_holds_something_else_is_not_taken_for_a_catalog() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("thesis.docx"), "mine").unwrap();
    let result = Catalog::open_or_create(folder.path());
    assert!(matches!(result, Err(CatalogError::NotACatalog { .. })));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn every_file_seen_is_in_the_ledger() {
    let mut share = Share::new(&[("a.txt", "text"), ("b/c.txt", "more"), ("empty.txt", "")]);
    fs::write(share.root.path().join("picture.png"), b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").unwrap();
    share.scan();
    let ledger = Ledger::of(&share.catalog().inventory().unwrap());
    assert_eq!(ledger.seen, 4);
    assert_eq!(
        ledger.seen,
        ledger.read + ledger.partly_read + ledger.not_read + ledger.not_documents
    );
    assert_eq!((ledger.read, ledger.not_documents), (3, 1));
}

#[test]
fn a_records_file_that_was_tampered_with_is_refused() {
    let mut share = Share::new(&[("a.txt", "one")]);
    share.scan();
    let records = fs::read_dir(share.index.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|it| it == "parquet"))
        .unwrap();
    let mut bytes = fs::read(&records).unwrap();
    bytes[20] ^= 1;
    fs::write(&records, bytes).unwrap();
    assert!(matches!(share.catalog().inventory(), Err(CatalogError::Damaged { .. })));
}

#[test]
fn several_roots_share_a_catalog_and_another_tree_is_refused() {
    let (a, b) = (Share::new(&[("x.txt", "one")]), Share::new(&[("x.txt", "one")]));
    let catalog = a.catalog();
    let options = ScanOptions { started: day(1), ..ScanOptions::default() };
    let go = |roots: &[&Share]| {
        let roots: Vec<_> = roots.iter().map(|share| share.root.path().to_path_buf()).collect();
        scan(&roots, &options, &catalog, |_| ControlFlow::Continue(()))
    };
    assert_eq!(go(&[&a]).unwrap().new, 1);
    assert_eq!(counts(&go(&[&b, &a]).unwrap()), [1, 0, 0, 0, 1]);
    assert_eq!(catalog.inventory().unwrap().len(), 2);
    assert!(matches!(go(&[&b]), Err(ScanError::Catalog(CatalogError::OtherRoots { .. }))));
}

#[cfg(unix)]
#[test]
fn a_fifo_is_counted_and_never_opened() {
    let mut share = Share::new(&[("a.txt", "one")]);
    let fifo = share.root.path().join("pipe.txt");
    rustix::fs::mkfifoat(rustix::fs::CWD, &fifo, rustix::fs::Mode::RWXU).unwrap();
    assert_eq!(share.scan().new, 2);
    let ledger = Ledger::of(&share.catalog().inventory().unwrap());
    assert_eq!((ledger.seen, ledger.not_documents), (2, 1));
}

#[cfg(unix)]
#[test]
fn a_share_that_is_no_longer_mounted_loses_nothing() {
    let mut share = Share::new(&[("a.txt", "one"), ("b.txt", "two")]);
    share.scan();
    // Another, empty folder stands where the share was, on another device.
    let elsewhere = tempfile::tempdir_in("/dev/shm").unwrap();
    let real = share.root.path().to_path_buf();
    let aside = share.index.path().with_extension("aside");
    fs::rename(&real, &aside).unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), &real).unwrap();
    let result = share.scan_with(|_| ControlFlow::Continue(()));
    fs::remove_file(&real).unwrap();
    fs::rename(&aside, &real).unwrap();
    // A link leads to another canonical folder, so the catalog refuses it; nothing is forgotten.
    assert!(result.is_err());
    assert_eq!(share.paths().len(), 2);
}

#[test]
fn a_catalog_whose_index_was_removed_is_made_anew_and_keeps_what_people_decided() {
    let mut share = Share::new(&[("a.txt", "one"), ("b.txt", "two")]);
    share.scan();
    let decisions = share.index.path().join("decisions.csv");
    fs::write(&decisions, "what people decided").unwrap();
    fs::remove_dir_all(share.index.path().join("index")).unwrap();
    let summary = share.scan();
    assert_eq!((summary.new, summary.unchanged), (2, 0));
    assert_eq!(share.paths(), ["a.txt", "b.txt"]);
    assert_eq!(fs::read_to_string(decisions).unwrap(), "what people decided");
}
