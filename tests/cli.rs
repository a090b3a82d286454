//! The command line as scripts see it: exit codes, what goes to which stream, what JSON promises.
#![expect(clippy::disallowed_methods, reason = "the tree is the test's own")]

#[path = "support/command.rs"]
mod command;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use command::docrot;

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

/// A share with one pair of copies, and a place for its catalog.
fn share() -> (tempfile::TempDir, tempfile::TempDir) {
    let root = tempfile::tempdir().unwrap();
    let text = "The fire wardens meet on the first Monday of every month in room 14. ".repeat(5);
    fs::write(root.path().join("a.txt"), &text).unwrap();
    fs::write(root.path().join("b.txt"), &text).unwrap();
    (root, tempfile::tempdir().unwrap())
}

#[test]
fn an_audit_reports_on_stdout_and_keeps_stderr_quiet() {
    let (root, index) = share();
    let output = docrot(&["audit", root.path().to_str().unwrap()], index.path());
    assert_eq!(code(&output), 0);
    assert!(String::from_utf8(output.stdout).unwrap().contains("exact-copy"));
    assert!(output.stderr.is_empty());
}

#[test]
fn fail_on_turns_findings_into_exit_code_1() {
    let (root, index) = share();
    let root = root.path().to_str().unwrap();
    assert_eq!(code(&docrot(&["audit", root, "--fail-on", "warning"], index.path())), 1);
    assert_eq!(code(&docrot(&["audit", root, "--fail-on", "error"], index.path())), 0);
}

#[test]
fn a_missing_root_is_exit_code_3_in_one_line() {
    let index = tempfile::tempdir().unwrap();
    let output = docrot(&["audit", "/no/such/folder"], index.path());
    assert_eq!(code(&output), 3);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("docrot: ") && said.lines().count() == 1, "{said}");
    assert!(said.contains("/no/such/folder"), "{said}");
}

#[test]
fn a_mistake_in_the_configuration_is_exit_code_2_with_a_suggestion() {
    let (root, index) = share();
    let config = index.path().join("mine.toml");
    fs::write(&config, "[scan]\nexlude = []\n").unwrap();
    let catalog = index.path().join("catalog");
    let arguments = ["audit", root.path().to_str().unwrap(), "--config", config.to_str().unwrap()];
    let output = docrot(&arguments, &catalog);
    assert_eq!(code(&output), 2);
    assert!(String::from_utf8(output.stderr).unwrap().contains("did you mean `exclude`?"));
}

#[test]
fn json_keeps_its_promises() {
    let (root, index) = share();
    let arguments = ["audit", root.path().to_str().unwrap(), "--format", "json"];
    let output = docrot(&arguments, index.path());
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["scan"]["new"], 2);
    let ledger = &report["ledger"];
    let count = |name: &str| ledger[name].as_u64().unwrap();
    let parts = ["read", "partly_read", "not_read", "not_documents"];
    assert_eq!(count("seen"), parts.iter().map(|it| count(it)).sum::<u64>());
    assert_eq!(report["findings"][0]["rule"], "exact-copy");
    assert_eq!(report["groups"][0]["members"].as_array().unwrap().len(), 2);
}

#[test]
fn an_output_file_is_whole_or_not_there() {
    let (root, index) = share();
    let file = index.path().join("report.csv");
    let catalog = index.path().join("catalog");
    let root = root.path().to_str().unwrap();
    let arguments = ["audit", root, "--output", file.to_str().unwrap()];
    assert_eq!(code(&docrot(&arguments, &catalog)), 0);
    assert!(fs::read_to_string(&file).unwrap().contains("exact-copy"));
    let missing = index.path().join("no/such/folder/report.csv");
    let arguments = ["report", root, "--output", missing.to_str().unwrap()];
    assert_eq!(code(&docrot(&arguments, &catalog)), 3);
}

#[test]
fn a_catalog_inside_the_tree_is_refused_before_anything_is_made_there() {
    let (root, _index) = share();
    let inside = root.path().join("catalog");
    let output = docrot(&["audit", root.path().to_str().unwrap()], &inside);
    assert_eq!(code(&output), 2);
    assert!(!inside.exists());
}

#[test]
fn explain_tells_what_is_known_of_a_document() {
    let (root, index) = share();
    docrot(&["scan", root.path().to_str().unwrap()], index.path());
    let output = docrot(&["explain", "b.txt"], index.path());
    assert_eq!(code(&output), 0);
    assert!(String::from_utf8(output.stdout).unwrap().contains("exact-copy"));
}

#[test]
fn slips_are_told_in_one_line_that_says_what_to_do() {
    let (root, index) = share();
    let at = |name: &str| root.path().join(name).to_str().unwrap().to_owned();
    let (tree, a) = (at(""), at("a.txt"));
    docrot(&["scan", &tree], index.path());
    for (arguments, expected, words) in [
        (vec!["text", "no/such.txt"], 3, "there is no such file"),
        (vec!["text", &tree], 3, "it is a folder"),
        (vec!["diff", &a, &at("a.txt/inside.txt")], 3, "name that file"),
        (vec!["similar", "nothing.txt"], 3, "there is no such file"),
        (vec!["explain", &tree], 2, "name a document in it"),
        (vec!["explain", "c.txt"], 2, "scan again if it is new"),
        (vec!["audit", &a], 3, "it is not a folder"),
        (vec!["audit", &tree, &tree], 2, "is named twice"),
        (vec!["report", "--output", &tree], 3, "name a file in it"),
        (vec!["pairs", "--output", &at("no/pairs.csv")], 3, "there is no folder"),
        (vec!["text", "steers\u{1b}[2J.txt"], 3, "steers\\x1b[2J.txt"),
    ] {
        let output = docrot(&arguments, index.path());
        let said = String::from_utf8(output.stderr.clone()).unwrap();
        assert_eq!(code(&output), expected, "{arguments:?}: {said}");
        assert!(said.starts_with("docrot: ") && said.lines().count() == 1, "{said}");
        assert!(said.contains(words) && !said.contains('\u{1b}'), "{arguments:?}: {said}");
    }
    let output = docrot(&["report", "--as-of", "tomorrow"], index.path());
    assert_eq!(code(&output), 2);
    assert!(String::from_utf8(output.stderr).unwrap().contains("such as 2026-06-01"));
    let output = docrot(&["audit", &tree, "--include", "*.none"], index.path());
    assert!(String::from_utf8(output.stderr).unwrap().contains("no file was found"));
}

#[test]
fn folders_that_cannot_be_scanned_together_leave_no_catalog_behind() {
    let (root, data) = share();
    fs::create_dir(root.path().join("sub")).unwrap();
    let at = |name: &str| root.path().join(name).to_str().unwrap().to_owned();
    let index = data.path().join("new");
    let output = docrot(&["audit", &at(""), &at("sub")], &index);
    assert_eq!(code(&output), 2);
    assert!(String::from_utf8(output.stderr).unwrap().contains("name the outer folder only"));
    assert!(!index.exists());
}

#[test]
fn a_document_is_explained_however_its_place_is_written() {
    let (root, index) = share();
    docrot(&["scan", root.path().to_str().unwrap()], index.path());
    let on_disk = root.path().join("b.txt").to_str().unwrap().to_owned();
    fs::write(root.path().join("b.txt"), "changed").unwrap();
    for path in ["b.txt", "./b.txt", &on_disk, &format!("{on_disk}/")] {
        let output = docrot(&["explain", path], index.path());
        assert!(String::from_utf8(output.stdout).unwrap().starts_with("b.txt\n"), "{path}");
    }
    fs::rename(root.path().join("b.txt"), index.path().join("moved.txt")).unwrap();
    assert_eq!(code(&docrot(&["explain", &on_disk], index.path())), 0);
}

/// A command whose data directory is `home`.
#[cfg(target_os = "linux")]
fn at_home(arguments: &[&str], home: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_docrot"))
        .args(arguments)
        .env("XDG_DATA_HOME", home)
        .env_remove("DOCROT_CONFIG")
        .env_remove("DOCROT_INDEX")
        .output()
        .unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn the_only_audited_folder_need_not_be_named_again() {
    let (root, home) = share();
    let tree = root.path().to_str().unwrap();
    // Slips leave nothing behind that stands in the way later.
    fs::create_dir(root.path().join("sub")).unwrap();
    let inner = root.path().join("sub").to_str().unwrap().to_owned();
    assert_eq!(code(&at_home(&["audit", tree, &inner], home.path())), 2);
    assert_eq!(code(&at_home(&["scan", tree], home.path())), 0);
    assert_eq!(code(&at_home(&["explain", "b.txt"], home.path())), 0);
    assert_eq!(code(&at_home(&["judge", "--sample", "1"], home.path())), 0);
    let part = at_home(&["report", &inner], home.path());
    assert!(String::from_utf8(part.stderr).unwrap().contains("as a part of"));
    let other = share().0;
    assert_eq!(code(&at_home(&["scan", other.path().to_str().unwrap()], home.path())), 0);
    let output = at_home(&["judge", "--sample", "1"], home.path());
    assert_eq!(code(&output), 2);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("several folders have been audited") && said.contains(tree), "{said}");
    let named = ["judge", "--sample", "1", "--root", tree];
    assert_eq!(code(&at_home(&named, home.path())), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_link_or_a_pipe_in_the_place_of_a_report_stays_one() {
    use std::os::unix::fs::FileTypeExt as _;

    let (root, index) = share();
    let catalog = index.path().join("catalog");
    let tree = root.path().to_str().unwrap();
    let (link, target) = (index.path().join("link.csv"), index.path().join("target.csv"));
    fs::write(&target, "before").unwrap();
    std::os::unix::fs::symlink(&target, &link).unwrap();
    let output = docrot(&["audit", tree, "--output", link.to_str().unwrap()], &catalog);
    assert_eq!(code(&output), 0);
    assert!(link.is_symlink() && fs::read_to_string(&target).unwrap().contains("exact-copy"));
    let pipe = index.path().join("pipe");
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
    // Open at both ends, so that nobody waits; a report of two files fits into it.
    let _open = fs::File::options().read(true).write(true).open(&pipe).unwrap();
    let arguments = ["report", tree, "--format", "csv", "--output", pipe.to_str().unwrap()];
    assert_eq!(code(&docrot(&arguments, &catalog)), 0);
    assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_under_standard_output_is_an_error_and_no_crash() {
    for command in ["rules", "formats"] {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let mut docrot = Command::new(env!("CARGO_BIN_EXE_docrot"));
        let output = docrot.arg(command).stdout(full).output().unwrap();
        assert_eq!(code(&output), 3, "{command}");
        assert_eq!(String::from_utf8(output.stderr).unwrap().lines().count(), 1, "{command}");
    }
}
