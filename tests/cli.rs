//! The command line as scripts see it: exit codes, what goes to which stream, what JSON promises.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn docrot(arguments: &[&str], index: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_docrot"))
        .args(arguments)
        .arg("--index")
        .arg(index)
        .env_remove("DOCROT_CONFIG")
        .output()
        .unwrap()
}

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
