//! Catalogs whose words are not indexed: what is found all the same, what is not, and that this is
//! said.

#[path = "support/command.rs"]
mod command;

use std::fs;
use std::path::Path;

use docrot::catalog::{Catalog, Keeping};

use command::docrot;

/// A policy, an edited version of it in another place, and a page that says it is over.
fn share() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    let line =
        |it: usize| format!("Rule {it} says what {} may claim for day {}.\n", it * 7, it * 3);
    let policy = (0..60).map(line).collect::<String>();
    let write = |name: &str, text: &str| fs::write(root.path().join(name), text).unwrap();
    write("Travel.txt", &policy);
    write("Journeys.txt", &policy.replace("Rule 7 says", "Paragraph 7 concerning quillwort says"));
    write("Leave.md", "# Leave\n\nThis page was withdrawn on 3 May 2021.\n");
    root
}

fn run(arguments: &[&str], index: &Path) -> String {
    let output = docrot(arguments, index);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned() + &said
}

#[test]
fn duplicates_and_staleness_are_told_as_with_an_index() {
    let (root, home) = (share(), tempfile::tempdir().unwrap());
    let root = root.path().to_str().unwrap();
    let findings = |name: &str, more: &[&str]| {
        let arguments = [&["audit", root, "--format", "csv"], more].concat();
        run(&arguments, &home.path().join(name))
    };
    let without = findings("without", &["--no-index"]);
    assert!(without.contains("near-duplicate") && without.contains("withdrawn"), "{without}");
    assert_eq!(without, findings("with", &[]));
}

#[test]
fn texts_are_there_and_words_are_not() {
    let (root, index) = (share(), tempfile::tempdir().unwrap());
    let root = root.path().to_str().unwrap();
    let report = run(&["audit", root, "--no-index"], index.path());
    let words = report.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    assert!(words.contains("words were not indexed (--no-index)"), "{words}");
    let catalog = Catalog::open_read_only(index.path()).unwrap();
    assert_eq!(catalog.keeping(), Keeping::TextsAlone);
    let (texts, inventory) = (catalog.texts().unwrap(), catalog.inventory().unwrap());
    assert!(inventory.iter().any(|(_, it)| texts(it).is_some_and(|it| it.contains("quillwort"))));
    assert_eq!(catalog.mentions("quillwort").unwrap(), Vec::<[u8; 16]>::new());

    let searched = run(&["search", "leave"], index.path());
    assert!(searched.contains("Leave.md") && searched.contains("no index of words"), "{searched}");
    assert!(!run(&["search", "quillwort"], index.path()).contains("Journeys.txt"));
    assert!(run(&["where", "leave"], index.path()).contains("no index of words"));
    let refused = docrot(&["subjects"], index.path());
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(refused.status.code() == Some(3) && said.contains("no index of words"), "{said}");
    let validation = run(&["validate"], index.path());
    assert!(validation.contains("the catalog has no index of words"), "{validation}");
}

#[test]
fn whether_words_are_indexed_is_chosen_once() {
    let (root, home) = (share(), tempfile::tempdir().unwrap());
    let root = root.path().to_str().unwrap();
    let (with, without) = (home.path().join("with"), home.path().join("without"));
    let keeping = |index: &Path| Catalog::open_read_only(index).unwrap().keeping();
    run(&["scan", root, "--no-index"], &without);
    run(&["scan", root, "--rehash"], &without);
    assert_eq!(keeping(&without), Keeping::TextsAlone);
    run(&["scan", root], &with);
    let refused = docrot(&["scan", root, "--no-index"], &with);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(refused.status.code() == Some(3) && said.contains("indexes the words"), "{said}");
}
