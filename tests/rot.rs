//! Scans every tree in fixtures/trees and compares the findings with its truth.
//!
//! The format of the truth is described in fixtures/trees/README.md. A failure lists what is missing
//! and what is unexpected; precision and recall by rule are printed in any case.

mod rot_truth;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate};
use docrot::catalog::Catalog;
use docrot::inventory::{DocId, Inventory, Status};
use docrot::rot::{self, Policy};
use docrot::scan::{self, Ledger, ScanOptions};
use rot_truth::{Comparison, Found, FoundFinding, FoundGroup, Truth};

fn trees() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/trees")
}

/// Copies a tree, with the modification times of its manifest.
fn copy_of(story: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    let manifest = fs::read_to_string(story.join("mtimes.tsv")).unwrap();
    for line in manifest.lines() {
        let (path, modified) = line.split_once('\t').unwrap();
        let to = copy.path().join(path);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(story.join("tree").join(path), &to).unwrap();
        let modified = DateTime::parse_from_rfc3339(modified).unwrap();
        File::options().write(true).open(&to).unwrap().set_modified(modified.into()).unwrap();
    }
    copy
}

/// Scans a folder and judges it: the one place that calls the library.
fn findings_of(folder: &Path, as_of: NaiveDate) -> Found {
    let index = tempfile::tempdir().unwrap();
    let catalog = Catalog::open_or_create(index.path()).unwrap();
    let options = ScanOptions::default();
    scan::scan(&[folder.to_owned()], &options, &catalog, |_| ControlFlow::Continue(())).unwrap();
    let inventory = catalog.inventory().unwrap();
    let texts = catalog.texts().unwrap();
    let assessment = rot::assess(&inventory, &texts, &Policy::default(), as_of);

    let path = |id: DocId| inventory[id].file.path.to_str().unwrap().to_owned();
    let findings = assessment.findings.iter().map(|finding| FoundFinding {
        rule: finding.rule.id.to_owned(),
        category: finding.rule.category.name().to_owned(),
        severity: finding.severity.name().to_owned(),
        path: path(finding.document),
        related: finding.related.iter().copied().map(path).collect(),
    });
    let groups = assessment.groups.iter().map(|group| FoundGroup {
        kind: group.kind.to_owned(),
        canonical: path(group.canonical),
        members: group.members.iter().map(|(member, _)| path(*member)).collect(),
    });
    let ledger = Ledger::of(&inventory);
    Found {
        findings: findings.collect(),
        groups: groups.collect(),
        ledger: [
            ledger.seen,
            ledger.read,
            ledger.partly_read,
            ledger.not_read,
            ledger.not_documents,
        ],
        unread: unread(&inventory),
    }
}

fn unread(inventory: &Inventory) -> BTreeMap<String, String> {
    let reason = |status: &Status| match status {
        Status::NotRead(failure) => Some(failure.reason.clone()),
        _ => None,
    };
    inventory
        .iter()
        .filter_map(|(_, it)| Some((it.file.path.to_str()?.to_owned(), reason(&it.status)?)))
        .collect()
}

#[track_caller]
fn check(story: &str) {
    let story = trees().join(story);
    let truth = Truth::read(&story.join("truth.toml"));
    let copy = copy_of(&story);
    let found = findings_of(copy.path(), truth.day());
    let comparison = Comparison::of(&truth, &found);
    println!("{}", comparison.table());
    assert!(comparison.complaints.is_empty(), "\n{}", comparison.complaints.join("\n"));
}

#[test]
fn a_department_s_drive_of_office_files() {
    check("policies-share");
}

#[test]
fn a_documentation_site_in_three_releases() {
    check("docs-site");
}

#[test]
fn proposals_that_state_whether_they_are_alive() {
    check("standards");
}

#[test]
fn two_exported_wikis() {
    check("wiki-export");
}

#[test]
fn nothing_is_wrong_with_a_clean_tree() {
    check("clean");
}

#[test]
fn every_tree_has_a_test_and_a_manifest_of_all_its_files() {
    let tests = fs::read_to_string(file!()).unwrap();
    for story in fs::read_dir(trees()).unwrap().map(|it| it.unwrap().path()) {
        if !story.join("tree").is_dir() {
            continue;
        }
        let name = story.file_name().unwrap().to_str().unwrap();
        assert!(tests.contains(&format!("check(\"{name}\")")), "{name} has no test");
        let manifest = fs::read_to_string(story.join("mtimes.tsv")).unwrap();
        let mut listed: Vec<PathBuf> =
            manifest.lines().map(|line| line.split('\t').next().unwrap().into()).collect();
        listed.sort();
        let mut present = Vec::new();
        files_below(&story.join("tree"), Path::new(""), &mut present);
        present.sort();
        assert_eq!(listed, present, "{name}/mtimes.tsv");
    }
}

fn files_below(root: &Path, folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(root.join(folder)).unwrap().map(Result::unwrap) {
        let path = folder.join(entry.file_name());
        if entry.path().is_dir() {
            files_below(root, &path, files);
        } else {
            files.push(path);
        }
    }
}
