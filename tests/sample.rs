//! Scans of a sample: which files they look at, what they say of it, and what is refused.
#![expect(clippy::disallowed_methods, reason = "the tree is the test's own")]

#[path = "support/command.rs"]
mod command;

use std::collections::BTreeSet;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use docrot::catalog::Catalog;
use docrot::scan::{Sample, ScanError, ScanOptions, Summary, scan};

use command::docrot;

fn share(files: usize) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for number in 0..files {
        let folder = root.path().join(format!("{}", number % 7));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("{number}.txt")), format!("Text {number} of a few."))
            .unwrap();
    }
    root
}

fn sampled(root: &Path, index: &Path, sample: Option<Sample>) -> Result<Summary, ScanError> {
    let catalog = Catalog::open_or_create(index).unwrap();
    let options = ScanOptions { sample, ..ScanOptions::default() };
    scan(&[root.to_path_buf()], &options, &catalog, |_| ControlFlow::Continue(()))
}

fn files(index: &Path) -> BTreeSet<PathBuf> {
    let inventory = Catalog::open(index).unwrap().inventory().unwrap();
    inventory.iter().map(|(_, record)| record.file.path.clone()).collect()
}

#[test]
fn a_sample_has_as_many_files_as_asked_and_says_how_many_it_left_out() {
    let (root, home) = (share(200), tempfile::tempdir().unwrap());
    let (some, tenth) = (home.path().join("some"), home.path().join("tenth"));
    let summary = sampled(root.path(), &some, Some(Sample::Files(30))).unwrap();
    assert_eq!((summary.new, files(&some).len()), (30, 30));
    let told = summary.sample.as_ref().unwrap();
    assert_eq!((told.looked_at, told.left_out), (30, 170));
    assert!(summary.caveats[0].contains("30 files were looked at and 170 were not"));

    sampled(root.path(), &tenth, Some(Sample::Share(0.1))).unwrap();
    let (some, tenth) = (files(&some), files(&tenth));
    assert!((8..35).contains(&tenth.len()), "{}", tenth.len());
    // Both take the files whose hashes are lowest.
    assert!(tenth.is_subset(&some) || some.is_subset(&tenth));
}

#[test]
fn a_larger_sample_holds_the_smaller_one() {
    let (root, index) = (share(100), tempfile::tempdir().unwrap());
    sampled(root.path(), index.path(), Some(Sample::Files(20))).unwrap();
    let before = files(index.path());
    let summary = sampled(root.path(), index.path(), Some(Sample::Files(50))).unwrap();
    assert_eq!((summary.new, summary.unchanged), (30, 20));
    assert!(before.is_subset(&files(index.path())));
}

#[test]
fn no_file_leaves_the_sample_while_it_is_there() {
    let (root, index) = (share(100), tempfile::tempdir().unwrap());
    sampled(root.path(), index.path(), Some(Sample::Files(20))).unwrap();
    let before = files(index.path());
    for number in 100..300 {
        fs::write(root.path().join(format!("{number}.txt")), format!("Text {number}.")).unwrap();
    }
    let gone = before.iter().next().unwrap();
    fs::remove_file(root.path().join(gone)).unwrap();
    let summary = sampled(root.path(), index.path(), Some(Sample::Files(20))).unwrap();
    assert_eq!((summary.gone, summary.unchanged), (1, 19));
    let after = files(index.path());
    assert!(before.iter().filter(|it| *it != gone).all(|it| after.contains(it)));
    assert_eq!(summary.new, after.len() as u64 - 19);
}

#[test]
fn a_sample_takes_the_place_of_nothing_and_a_whole_scan_completes_it() {
    let (root, home) = (share(50), tempfile::tempdir().unwrap());
    let (whole, part) = (home.path().join("whole"), home.path().join("part"));
    sampled(root.path(), &whole, None).unwrap();
    let refused = sampled(root.path(), &whole, Some(Sample::Files(5)));
    assert!(matches!(refused, Err(ScanError::KnowsMore { .. })));
    assert_eq!(files(&whole).len(), 50);

    sampled(root.path(), &part, Some(Sample::Share(0.5))).unwrap();
    let other = sampled(root.path(), &part, Some(Sample::Share(0.2)));
    assert!(matches!(other, Err(ScanError::KnowsMore { .. })));
    let summary = sampled(root.path(), &part, None).unwrap();
    assert_eq!((files(&part), summary.gone), (files(&whole), 0));
    assert_eq!((summary.sample, summary.caveats), (None, Vec::new()));
}

#[test]
fn reports_say_that_they_are_of_a_sample_and_plans_are_refused() {
    let (root, index) = (share(40), tempfile::tempdir().unwrap());
    let audit = ["audit", root.path().to_str().unwrap(), "--sample", "25%"];
    let audit = docrot(&audit, index.path());
    assert!(audit.status.success());
    let words =
        String::from_utf8_lossy(&audit.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("were not (--sample)"), "{words}");
    let plan = index.path().join("plan.toml");
    for refused in
        [&["plan", "--output", plan.to_str().unwrap()][..], &["baseline", "accept"], &["validate"]]
    {
        let refused = docrot(refused, index.path());
        let words = String::from_utf8_lossy(&refused.stderr);
        assert!(refused.status.code() == Some(2) && words.contains("of a sample"), "{words}");
    }
    for nonsense in ["0", "0%", "101%", "many"] {
        let arguments = ["scan", root.path().to_str().unwrap(), "--sample", nonsense];
        assert_eq!(docrot(&arguments, index.path()).status.code(), Some(2), "{nonsense}");
    }
}
