//! An index of another program audited by itself: copies, stale entries and empty ones are found
//! among its entries, without a tree.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

struct Wiki {
    folder: tempfile::TempDir,
}

impl Wiki {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn export(&self, entries: &[Value]) -> PathBuf {
        let path = self.folder.path().join("wiki.json");
        fs::write(&path, Value::from(entries.to_vec()).to_string()).unwrap();
        path
    }

    fn docrot(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_docrot"))
            .args(arguments)
            .arg("--index")
            .arg(self.folder.path().join("catalog"))
            .env_remove("DOCROT_CONFIG")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.docrot(arguments, "");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!said.contains("panicked"), "{said}");
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{said}"))
    }
}

/// Rules with the documents that they found, in order.
fn found(report: &Value) -> Vec<(String, String)> {
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let findings = report["findings"].as_array().unwrap().iter();
    let mut found: Vec<_> = findings.map(|it| (word(&it["rule"]), word(&it["path"]))).collect();
    found.sort();
    found
}

fn page(title: &str, text: &str, date: &str) -> Value {
    let url = format!("https://wiki.example/index.php?title={}", title.replace(' ', "_"));
    json!({ "url": url, "title": title, "text": text, "last_modified": date })
}

fn words(seed: u32) -> String {
    let words = (0..60).map(|n| format!("w{}", (seed * 7_919 + n * 104_729) % 9_973));
    words.collect::<Vec<_>>().join(" ")
}

fn pages() -> Vec<Value> {
    vec![
        page("Leave", &format!("Leave is granted as follows. {}", words(1)), "2025-03-01"),
        page("Leave copy", &format!("Leave is granted as follows. {}", words(1)), "2025-03-02"),
        page("Parking", &format!("Next review: 2020-01-31\n\n{}", words(2)), "2019-01-31"),
        json!({ "url": "https://wiki.example/index.php?title=Empty", "text": " " }),
        page(
            "Travel",
            &format!("<p>Travel is <b>booked</b> here.</p><p>{}</p>", words(3)),
            "2026-05-01",
        ),
    ]
}

#[test]
fn copies_and_stale_entries_are_found_without_a_tree() {
    let wiki = Wiki::new();
    let export = wiki.export(&pages());
    let from = export.to_str().unwrap();
    let audit = ["audit", "--from", from, "--as-of", "2026-06-01", "--format", "json"];
    let report = wiki.json(&audit);
    let in_wiki = |title: &str| format!("wiki.example/index.php?title={title}");
    let expected = [
        ("empty", in_wiki("Empty")),
        ("review-overdue", in_wiki("Parking")),
        ("same-text", in_wiki("Leave_copy")),
    ];
    let expected: Vec<_> = expected.map(|(rule, path)| (rule.to_owned(), path)).into();
    assert_eq!(found(&report), expected);
    let notes = report.to_string();
    assert!(notes.contains("text is `text` (a guess)"), "{notes}");

    // The catalog serves as any other one does.
    let report = wiki.json(&["report", "--as-of", "2026-06-01", "--format", "json"]);
    assert_eq!(found(&report), expected);
    let hits = wiki.json(&["search", "booked", "--format", "json"]).to_string();
    assert!(hits.contains("title=Travel"), "{hits}");
    let plan = wiki.folder.path().join("plan.json");
    let output = wiki.docrot(&["plan", "--output", plan.to_str().unwrap()], "");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && said.contains("are no files"), "{said}");
    let page = wiki.docrot(&["explain", "wiki.example/index.php?title=Travel"], "");
    let said = String::from_utf8(page.stdout).unwrap();
    assert!(said.contains("field `last_modified` of the index"), "{said}");
}

#[test]
fn another_export_takes_the_place_of_the_last_one() {
    let wiki = Wiki::new();
    let mut pages = pages();
    let export = wiki.export(&pages);
    let from = export.to_str().unwrap();
    let scan = |said: &str| {
        let output = wiki.docrot(&["scan", "--from", from], "");
        let line = String::from_utf8(output.stdout).unwrap();
        assert!(line.starts_with(said), "{line}{}", String::from_utf8_lossy(&output.stderr));
    };
    scan("5 new, 0 changed, 0 moved, 0 gone, 0 unchanged, 0 unreadable");
    pages[0]["text"] = json!(words(9));
    pages.remove(1);
    pages.push(page("New", &words(10), "2026-05-01"));
    // The same page once more.
    pages.push(page("New", &words(11), "2026-05-01"));
    wiki.export(&pages);
    scan("2 new, 1 changed, 0 moved, 1 gone, 3 unchanged, 0 unreadable");
    let hits = wiki.json(&["search", "granted", "--format", "json"]);
    assert_eq!(hits["total"], 0, "{hits}");
    // The catalog of one index is not that of another.
    let output = wiki.docrot(&["scan", "--from", "-"], "url,text\na,b\n");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("is of") && said.contains("wiki.json"), "{said}");
}

#[test]
fn an_index_without_texts_is_audited_by_paths_and_dates() {
    let wiki = Wiki::new();
    let table = "path,date\nHR/Plan v1.docx,2019-05-01\nHR/Plan v2.docx,2024-05-01\n~$Plan.docx,\n";
    let output = wiki.docrot(&["audit", "--from", "-", "--format", "json"], table);
    let said = String::from_utf8(output.stderr).unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{said}"));
    assert!(said.contains("it has no text, so that texts are not compared"), "{said}");
    let found = found(&report);
    assert!(found.contains(&("temporary".to_owned(), "~$Plan.docx".to_owned())), "{found:?}");
    assert!(!found.iter().any(|it| it.0 == "empty"), "{found:?}");
    assert_eq!(report["ledger"]["reasons"]["not-stored"], 3, "{}", report["ledger"]);
}

#[test]
fn a_folder_is_not_audited_together_with_an_index() {
    let wiki = Wiki::new();
    let output = wiki.docrot(&["audit", ".", "--from", "-"], "");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("docrot validate FOLDER --from WHERE"), "{said}");
}
