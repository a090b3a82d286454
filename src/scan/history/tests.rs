//! Repositories in order, and such as must be refused. Runs git.

use std::path::Path;
use std::process::Command;

use super::super::{ScanOptions, roots, scan};
use super::*;
use crate::catalog::Catalog;

struct Tree {
    folder: tempfile::TempDir,
}

impl Tree {
    fn new() -> Self {
        let tree = Self { folder: tempfile::tempdir().unwrap() };
        tree.git(&["init", "-q", "."], 0);
        tree
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs git as somebody, on a day of 2021.
    fn git(&self, arguments: &[&str], day: u32) {
        let date = format!("2021-01-{day:02}T12:00:00Z", day = day.max(1));
        let status = Command::new("git")
            .args(["-c", "user.name=Ann", "-c", "user.email=ann@example.org"])
            .args(["-c", "commit.gpgSign=false", "-c", "core.autocrlf=false"])
            .args(arguments)
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_DATE", &date)
            .current_dir(self.path())
            .output()
            .unwrap();
        assert!(status.status.success(), "{arguments:?}: {status:?}");
    }

    fn write(&self, path: &str, lines: u32) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let text: String = (0..lines).map(|line| format!("line {line} of {lines}\n")).collect();
        std::fs::write(path, text).unwrap();
    }

    fn commit(&self, day: u32) {
        self.git(&["add", "-A"], day);
        self.git(&["commit", "-q", "-m", "change"], day);
    }

    fn histories(&self, below: &str) -> Histories {
        self.histories_told(below, &|_| ControlFlow::Continue(()))
    }

    fn histories_told(
        &self,
        below: &str,
        on_event: &impl Fn(Event<'_>) -> ControlFlow<()>,
    ) -> Histories {
        let path = std::fs::canonicalize(self.path().join(below)).unwrap();
        let identity = roots::identity(&path);
        let options = HistoryOptions::new("git".into());
        Histories::of(&[Root { path, identity }], Some(&options), on_event)
    }

    fn day(&self, below: &str, path: &str) -> Option<String> {
        let histories = self.histories(below);
        assert_eq!(histories.notes, Vec::<String>::new());
        Some(histories.claim(RootId(0), Path::new(path))?.date.to_string())
    }

    /// Why its history is refused.
    fn refusal(&self) -> String {
        let histories = self.histories("");
        let (_, refusal) = histories.notes[0].split_once("is not used: ").unwrap();
        refusal.to_owned()
    }
}

#[test]
fn the_last_change_of_substance_dates_a_file_under_its_present_name() {
    let tree = Tree::new();
    tree.write("docs/old ü.md", 40);
    tree.commit(1);
    tree.write("docs/old ü.md", 60);
    tree.commit(2);
    tree.git(&["mv", "docs/old ü.md", "docs/new.md"], 3);
    tree.commit(3);
    assert_eq!(tree.day("", "docs/new.md").as_deref(), Some("2021-01-02"));
    assert_eq!(tree.day("docs", "new.md").as_deref(), Some("2021-01-02"));
    let claim = tree.histories("").claim(RootId(0), Path::new("docs/new.md")).unwrap();
    let words = claim.provenance.to_string();
    assert!(words.starts_with("git last change of substance, commit "), "{words}");
}

#[test]
fn bulk_commits_small_changes_and_listed_commits_are_passed_over() {
    let tree = Tree::new();
    tree.write("a.md", 40);
    tree.commit(1);
    for at in 0..25 {
        tree.write(&format!("{at}.md"), 30);
    }
    tree.write("a.md", 80);
    tree.commit(2);
    std::fs::write(tree.path().join("b.md"), "one line\n").unwrap();
    tree.commit(3);
    assert_eq!(tree.day("", "a.md").as_deref(), Some("2021-01-01"));
    assert_eq!(tree.day("", "7.md"), None);
    assert_eq!(tree.day("", "b.md"), None);
    tree.write("a.md", 120);
    tree.commit(4);
    assert_eq!(tree.day("", "a.md").as_deref(), Some("2021-01-04"));
    let head = Command::new("git").args(["rev-parse", "HEAD"]).current_dir(tree.path()).output();
    let head = String::from_utf8(head.unwrap().stdout).unwrap();
    let list = tree.path().join(".git-blame-ignore-revs");
    std::fs::write(list, format!("# formatted\n{} # all\n", head.trim())).unwrap();
    assert_eq!(tree.day("", "a.md").as_deref(), Some("2021-01-01"));
}

#[test]
fn histories_that_cannot_be_trusted_are_refused_in_words() {
    let no_repository = Tree { folder: tempfile::tempdir().unwrap() };
    assert_eq!(no_repository.refusal(), "it lies in no git repository");
    assert_eq!(Tree::new().refusal(), "it has no commits yet");
    let tree = Tree::new();
    for day in 1..4 {
        tree.write("a.md", 20 * day);
        tree.commit(day);
    }
    let copy = |arguments: &[&str]| {
        let copy = Tree { folder: tempfile::tempdir().unwrap() };
        let from = format!("file://{}", tree.path().display());
        copy.git(&[&["clone", "-q"], arguments, &[from.as_str(), "."]].concat(), 1);
        copy
    };
    assert!(copy(&["--depth", "1"]).refusal().starts_with("it is a shallow clone"));
    assert!(copy(&["--bare"]).refusal().starts_with("it is a bare repository"));
    let corrupt = copy(&[]);
    for entry in std::fs::read_dir(corrupt.path().join(".git/objects/pack")).unwrap() {
        let path = entry.unwrap().path();
        let broken = vec![7; std::fs::metadata(&path).unwrap().len() as usize];
        let mut permissions = std::fs::metadata(&path).unwrap().permissions();
        #[expect(clippy::permissions_set_readonly_false, reason = "the file is the test's own")]
        permissions.set_readonly(false);
        std::fs::set_permissions(&path, permissions).unwrap();
        std::fs::write(path, broken).unwrap();
    }
    assert!(corrupt.refusal().starts_with("git says: "), "{}", corrupt.refusal());
}

#[cfg(target_os = "linux")]
#[test]
fn pipes_in_a_repository_hold_nobody_up() {
    use rustix::fs::{CWD, FileType, Mode, mknodat};

    let tree = Tree::new();
    tree.write("a.md", 20);
    tree.commit(3);
    let pipe = |name: &str| {
        mknodat(CWD, tree.path().join(name), FileType::Fifo, Mode::RWXU, 0).unwrap();
    };
    pipe(".git-blame-ignore-revs");
    assert_eq!(tree.day("", "a.md").unwrap(), "2021-01-03");
    // While the history is read.
    let short = std::time::Duration::from_secs(1);
    let of = |options: HistoryOptions| {
        let path = std::fs::canonicalize(tree.path()).unwrap();
        let identity = roots::identity(&path);
        let told = &|_: Event<'_>| ControlFlow::Continue(());
        Histories::of(&[Root { path, identity }], Some(&options), told)
    };
    pipe(".gitattributes");
    let options = HistoryOptions::new("git".into());
    let histories = of(HistoryOptions { silent_for: short, ..options.clone() });
    assert!(histories.notes[0].contains("git said nothing for 1 s"), "{:?}", histories.notes);
    // Before.
    pipe(".git/pipe");
    std::fs::write(tree.path().join(".git/config"), "[include]\n\tpath = pipe\n").unwrap();
    let histories = of(HistoryOptions { answer_within: short, ..options });
    assert!(histories.notes[0].contains("gave no answer within 1 s"), "{:?}", histories.notes);
}

#[test]
fn a_missing_program_and_an_interrupted_scan_are_said() {
    let tree = Tree::new();
    for day in 1..=2 {
        for change in 1..=40 {
            tree.write("a.md", 11 * change + day);
            tree.commit(day);
        }
    }
    let histories = tree.histories_told("", &|_| ControlFlow::Break(()));
    assert!(histories.notes[0].ends_with("the scan was interrupted"), "{:?}", histories.notes);
    let path = std::fs::canonicalize(tree.path()).unwrap();
    let identity = roots::identity(&path);
    let options = HistoryOptions::new("no-such-git".into());
    let told = &|_: Event<'_>| ControlFlow::Continue(());
    let histories = Histories::of(&[Root { path, identity }], Some(&options), told);
    assert!(histories.notes[0].contains("cannot run no-such-git"), "{:?}", histories.notes);
}

#[test]
fn a_rescan_reads_again_what_got_a_commit_and_nothing_else() {
    let tree = Tree::new();
    let index = tempfile::tempdir().unwrap();
    let catalog = Catalog::open_or_create(index.path()).unwrap();
    let scanned = |started: &str| {
        let options = ScanOptions {
            started: started.parse().unwrap(),
            history: Some(HistoryOptions::new("git".into())),
            ..ScanOptions::default()
        };
        let root = tree.path().to_path_buf();
        let summary = scan(&[root], &options, &catalog, |_| ControlFlow::Continue(())).unwrap();
        let inventory = catalog.inventory().unwrap();
        let records = inventory.iter().map(|(_, it)| it.metadata.dates.len());
        (records.collect::<Vec<_>>(), summary.unchanged, summary.notes)
    };
    tree.write("a.md", 40);
    tree.commit(1);
    tree.write("b.md", 40);
    let notes = vec!["1 system folder skipped, such as .git".to_owned()];
    assert_eq!(scanned("2021-01-02T00:00:00Z"), (vec![1, 0], 0, notes.clone()));
    tree.commit(3);
    assert_eq!(scanned("2021-01-04T00:00:00Z"), (vec![1, 1], 2, notes.clone()));
    assert_eq!(scanned("2021-01-05T00:00:00Z"), (vec![1, 1], 2, notes));
}

/// A repository's own settings start programs in other tools; here they must not.
#[cfg(unix)]
#[test]
fn nothing_in_a_repository_is_run() {
    use std::os::unix::fs::PermissionsExt as _;

    let tree = Tree::new();
    let trap = tree.path().join("trap.sh");
    let sprung = tree.path().join("sprung");
    std::fs::write(&trap, format!("#!/bin/sh\ntouch '{}'\ncat\n", sprung.display())).unwrap();
    std::fs::set_permissions(&trap, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::write(tree.path().join(".gitattributes"), "*.md diff=trap\n").unwrap();
    tree.write("a.md", 40);
    tree.commit(1);
    tree.write("a.md", 80);
    tree.commit(2);
    let trap = trap.to_string_lossy().into_owned();
    for key in [
        "core.fsmonitor",
        "core.pager",
        "diff.external",
        "diff.trap.textconv",
        "diff.trap.command",
        "gpg.program",
    ] {
        tree.git(&["config", key, &trap], 2);
    }
    tree.git(&["config", "log.showSignature", "true"], 2);
    assert_eq!(tree.day("", "a.md").as_deref(), Some("2021-01-02"));
    assert!(!sprung.exists());
}
