//! Searching as people do it: words in their forms, fields, copies folded, stale ones marked.

#[path = "support/command.rs"]
mod command;

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use serde_json::Value;

use command::docrot;

/// The index of the shared drive among the fixtures.
static SHARE: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let index = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/trees/policies-share/tree");
    assert!(docrot(&["scan", root.to_str().unwrap()], index.path()).status.success());
    index
});

fn search(arguments: &[&str]) -> Value {
    let arguments = [&["search", "--format", "json", "--as-of", "2026-06-01"], arguments].concat();
    let output = docrot(&arguments, SHARE.path());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn paths(arguments: &[&str]) -> Vec<String> {
    let found = search(arguments);
    let results = found["results"].as_array().unwrap();
    results.iter().map(|it| it["path"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn copies_and_versions_fold_into_the_one_that_stays() {
    let found = search(&["travel policy approval"]);
    let first = &found["results"][0];
    assert_eq!(first["path"], "Policies/Travel/Travel policy v3 FINAL.docx");
    let folded = first["copies"].as_u64().unwrap() + first["older_versions"].as_u64().unwrap();
    assert!(0 < folded && found["total"].as_u64().unwrap() > folded, "{found}");
    let unfolded = paths(&["travel policy approval", "--unfolded"]);
    assert!(paths(&["travel policy approval"]).len() < unfolded.len(), "{unfolded:?}");
}

#[test]
fn words_count_in_all_their_forms_unless_they_are_to_be_exact() {
    let policy = paths(&["body:policies", "--unfolded"]);
    assert!(policy.len() > paths(&["body:policies", "--unfolded", "--exact"]).len(), "{policy:?}");
}

#[test]
fn fuzzy_prefix_phrase_and_fields_narrow_it_down() {
    assert_eq!(paths(&["\"fill in one form\"", "--unfolded"]).len(), 2);
    assert_eq!(paths(&["\"form one fill in\"", "--unfolded"]).len(), 0);
    assert_eq!(paths(&["lindqvst~1", "--unfolded"]), paths(&["lindqvist", "--unfolded"]));
    assert_eq!(paths(&["lindq*", "--unfolded"]), paths(&["lindqvist", "--unfolded"]));
    assert!(
        paths(&["path:claims -lindqvist", "--unfolded"]).iter().all(|it| it.contains("Okafor"))
    );
    assert!(paths(&["format:docx", "--unfolded"]).iter().all(|it| it.ends_with(".docx")));
    let titled = search(&["title:expense"]);
    assert_eq!(titled["results"][0]["title"], "Expense claim");
    let all = paths(&["lindqvist OR okafor", "--unfolded"]);
    assert!(all.len() > paths(&["lindqvist", "--unfolded"]).len());
}

#[test]
fn dates_owners_and_paths_let_in_what_fits() {
    let within = search(&["travel", "--after", "2024-01-01", "--before", "2024-12-31"]);
    for result in within["results"].as_array().unwrap() {
        assert!(result["date"].as_str().unwrap().starts_with("2024-"), "{result}");
    }
    assert!(!within["results"].as_array().unwrap().is_empty());
    let below = paths(&["travel", "--path", "Policies/Travel", "--unfolded"]);
    assert!(!below.is_empty() && below.iter().all(|it| it.starts_with("Policies/Travel/")));
    assert_eq!(below, paths(&["travel", "--path", "**/Travel/**", "--unfolded"]));
    let owned = search(&["owner:finance"]);
    for result in owned["results"].as_array().unwrap() {
        let owner = result["owner"].as_str().unwrap().to_lowercase();
        assert!(owner.contains("finance"), "{result}");
    }
}

#[test]
fn what_misleads_its_readers_says_so() {
    let found = search(&[
        "format:docx OR format:odt OR format:pdf OR format:markdown OR format:text",
        "--unfolded",
        "--limit",
        "100",
    ]);
    let results = found["results"].as_array().unwrap();
    let stale = results.iter().filter(|it| !it["stale"].is_null()).collect::<Vec<_>>();
    assert!(!stale.is_empty(), "{found}");
    for result in stale {
        assert!(!result["stale"]["words"].as_str().unwrap().is_empty(), "{result}");
    }
}

#[test]
fn some_of_the_words_are_better_than_nothing_and_that_is_said() {
    let found = search(&["lindqvist submarine"]);
    assert_eq!(found["all_words"], false);
    assert!(found["results"][0]["path"].as_str().unwrap().contains("Lindqvist"), "{found}");
    let output = docrot(&["search", "submarine"], SHARE.path());
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "No document matches submarine\n");
}

#[test]
fn a_query_that_makes_no_sense_is_exit_code_2_in_one_line() {
    for (query, words) in [("(travel", "not closed"), ("…", "no word"), ("a OR owner:b", "owner:")]
    {
        let output = docrot(&["search", query], SHARE.path());
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.lines().count() == 1 && said.contains(words), "{said}");
    }
}

#[test]
fn scripts_without_spaces_and_other_languages_are_found() {
    let (root, index) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let german = "Die Richtlinien gelten für alle Häuser der Gesellschaft und werden jedes Jahr \
                  von der Geschäftsleitung geprüft.";
    for (name, text) in [
        ("ja.txt", "出張旅費規程は年度報告書とともに改定された。"),
        ("zh.txt", "差旅费用报销政策每年修订一次。"),
        ("th.txt", "นโยบายการเดินทางของบริษัท"),
        ("de.txt", german),
    ] {
        fs::write(root.path().join(name), text).unwrap();
    }
    assert!(docrot(&["scan", root.path().to_str().unwrap()], index.path()).status.success());
    for (query, name) in [
        ("年度報告", "ja.txt"),
        ("报销政策", "zh.txt"),
        ("การเดินทาง", "th.txt"),
        ("Haus", "de.txt"),
    ] {
        let arguments = ["search", query, "--format", "json", "--language", "de"];
        let output = docrot(&arguments, index.path());
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(found["results"][0]["path"], name, "{found}");
        assert_eq!(found["results"].as_array().unwrap().len(), 1, "{found}");
    }
}
