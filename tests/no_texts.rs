//! Catalogs that keep no text of a document: what is not in them, what is told all the same, and that
//! the reader is told the rest.
#![expect(clippy::disallowed_methods, reason = "the catalog is the test's own")]

#[path = "support/command.rs"]
mod command;

use std::fs;
use std::path::Path;

use docrot::catalog::{Catalog, Catalogs, Keeping, Query, SearchOptions};
use docrot::inventory::{Record, Word};
use docrot::report::WRITERS;

use command::docrot;

/// A word that stands in the texts alone: in no name, title, date or link.
const SECRET: &str = "quillwort";
const WITHOUT: &str = "--no-store-text";

/// A policy, a copy of it, an edited version, and one that says it is over.
fn share() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    let line = |it: usize| {
        format!("Rule {it} on {SECRET} says what {} may claim for day {}.\n", it * 7, it * 3)
    };
    let policy = (0..60).map(line).collect::<String>();
    let write = |name: &str, text: &str| fs::write(root.path().join(name), text).unwrap();
    write("Travel.txt", &policy);
    write("Travel (copy).txt", &policy);
    write("Journeys.txt", &policy.replace("Rule 7 on", "Paragraph 7 concerning"));
    write("Leave.md", &format!("# Leave\n\nThis page was withdrawn on 3 May 2021.\n\n{SECRET}.\n"));
    root
}

fn run(arguments: &[&str], index: &Path) -> String {
    let output = docrot(arguments, index);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned() + &said
}

/// Where the secret word can be found in a catalog, by every way there is to look.
fn found_in(index: &Path) -> Vec<String> {
    let catalog = Catalog::open_read_only(index).unwrap();
    let (texts, search) = (catalog.texts().unwrap(), catalog.search().unwrap());
    let mut found = Vec::new();
    for (_, record) in catalog.inventory().unwrap().iter() {
        found.extend(texts(record).map(|_| "a text".to_owned()));
        let is_told = |it: &Record| format!("{it:?}").contains(SECRET);
        found.extend(is_told(record).then(|| "a record".to_owned()));
    }
    let query = Query::parse(SECRET).unwrap();
    let options = SearchOptions { limit: 9, ..SearchOptions::default() };
    if 0 < search.find(&query, &options).unwrap().total {
        found.push("a search".to_owned());
    }
    if !catalog.mentions(SECRET).unwrap().is_empty() {
        found.push("its words".to_owned());
    }
    let vocabulary = Catalogs::from(&catalog).vocabulary().unwrap();
    let mut words = Vec::new();
    let mut take = |word: &Word<'_>| words.push(word.text.to_owned());
    vocabulary.each(&catalog.inventory().unwrap(), &|_| true, 1, &mut take).unwrap();
    found.extend(words.iter().any(|it| it == SECRET).then(|| "the dictionary".to_owned()));
    found.sort();
    found.dedup();
    found
}

fn rules_of(report: &str) -> Vec<String> {
    let start = report.find('{').unwrap();
    let mut report = serde_json::Deserializer::from_str(&report[start..]).into_iter();
    let report: serde_json::Value = report.next().unwrap().unwrap();
    let findings = report["findings"].as_array().unwrap().iter();
    findings.map(|it| it["rule"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_catalog_without_texts_holds_neither_a_text_nor_its_words() {
    let (root, home) = (share(), tempfile::tempdir().unwrap());
    let root = root.path().to_str().unwrap();
    let (with, without) = (home.path().join("with"), home.path().join("without"));
    run(&["audit", root], &with);
    assert_eq!(found_in(&with), ["a search", "a text", "its words", "the dictionary"]);
    run(&["audit", root, WITHOUT], &without);
    assert_eq!(found_in(&without), [] as [&str; 0]);
}

#[test]
fn what_follows_from_sketches_and_records_is_still_found() {
    let (root, index) = (share(), tempfile::tempdir().unwrap());
    let arguments = ["audit", root.path().to_str().unwrap(), WITHOUT, "--format", "json"];
    let rules = rules_of(&run(&arguments, index.path()));
    for rule in ["exact-copy", "near-duplicate", "withdrawn"] {
        assert!(rules.iter().any(|it| it == rule), "{rule}: {rules:?}");
    }
    let hit = run(&["search", "leave"], index.path());
    assert!(hit.contains("Leave.md") && hit.contains("keeps no texts"), "{hit}");
    let validation = run(&["validate"], index.path());
    assert!(validation.contains("the catalog keeps no texts"), "{validation}");
}

#[test]
fn every_report_with_words_says_what_it_cannot_tell() {
    let (root, index) = (share(), tempfile::tempdir().unwrap());
    run(&["scan", root.path().to_str().unwrap(), WITHOUT], index.path());
    // Rows and events have no place for it; a workbook is packed.
    let mute = ["csv", "ics", "xlsx"];
    for writer in WRITERS.iter().filter(|it| !mute.contains(&it.name)) {
        let mut report = run(&["report", "--format", writer.name], index.path());
        if writer.name == "email" {
            let mail = mail_parser::MessageParser::default().parse(&report).unwrap();
            report = mail.body_text(0).unwrap().into_owned();
        }
        let words = report.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        assert!(words.contains("no text of a document is kept"), "{}: {words}", writer.name);
    }
}

#[test]
fn what_a_catalog_keeps_is_chosen_once() {
    let (root, home) = (share(), tempfile::tempdir().unwrap());
    let root = root.path().to_str().unwrap();
    let (with, without) = (home.path().join("with"), home.path().join("without"));
    let keeping = |index: &Path| Catalog::open_read_only(index).unwrap().keeping();
    run(&["scan", root, WITHOUT], &without);
    run(&["scan", root, "--rehash"], &without);
    assert_eq!((keeping(&without), found_in(&without)), (Keeping::Fingerprints, vec![]));

    run(&["scan", root], &with);
    let refused = docrot(&["scan", root, WITHOUT], &with);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(3), "{said}");
    assert!(said.contains("keeps the texts of documents; remove"), "{said}");
    // What was worked out from the texts goes with them, and so does the word of the last scan.
    run(&["audit", root], &with);
    assert!(with.join("marks.kept").is_file());
    fs::write(with.join("last-scan.json"), r#"{"commit":1,"summary":"{}"}"#).unwrap();
    fs::remove_dir_all(with.join("index")).unwrap();
    run(&["scan", root, WITHOUT], &with);
    assert_eq!((keeping(&with), found_in(&with)), (Keeping::Fingerprints, vec![]));
    assert!(!with.join("marks.kept").exists());
    assert!(run(&["report"], &with).contains("No text of a document is kept"));
}

#[test]
fn a_configuration_may_forbid_texts() {
    let (root, home) = (share(), tempfile::tempdir().unwrap());
    let (config, index) = (home.path().join("docrot.toml"), home.path().join("catalog"));
    fs::write(&config, "version = 1\n[scan]\nstore_text = false\n").unwrap();
    let config = config.to_str().unwrap();
    run(&["scan", root.path().to_str().unwrap(), "--config", config], &index);
    assert_eq!(found_in(&index), [] as [&str; 0]);
}
