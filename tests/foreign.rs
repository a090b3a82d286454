//! Indexes of other programs against a tree: what is planted in an export is found, document by
//! document, and nothing is said of one that is in order.
#![expect(clippy::disallowed_methods, reason = "the tree and the exports are the test's own")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use docrot::fingerprint::Hash;
use serde_json::{Value, json};

/// A tree of a few documents, and what an engine would have of it.
struct Share {
    folder: tempfile::TempDir,
}

const NAMES: &[&str] =
    &["HR/Leave.md", "HR/Übung.md", "IT/Backup plan.md", "IT/VPN.txt", "Travel.md"];

impl Share {
    fn new() -> Self {
        let share = Self { folder: tempfile::tempdir().unwrap() };
        for name in NAMES {
            share.write(name, &text(name));
        }
        share
    }

    fn tree(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join("tree")
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.tree().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn modified(&self, name: &str) -> SystemTime {
        fs::metadata(self.tree().join(name)).unwrap().modified().unwrap()
    }

    /// An entry with everything that an engine can have.
    fn entry(&self, name: &str) -> Value {
        let bytes = fs::read(self.tree().join(name)).unwrap();
        let modified: DateTime<Utc> = self.modified(name).into();
        json!({
            "url": format!("https://wiki.example/docs/{}", name.replace(' ', "%20")),
            "title": name,
            "content": String::from_utf8(bytes.clone()).unwrap(),
            "last_modified": modified.to_rfc3339(),
            "size": bytes.len(),
            "checksum": Hash::of(&bytes).to_string(),
        })
    }

    fn entries(&self) -> Vec<Value> {
        NAMES.iter().map(|name| self.entry(name)).collect()
    }

    fn export(&self, entries: &[Value]) -> PathBuf {
        let path = self.folder.path().join("export.ndjson");
        let lines: Vec<String> = entries.iter().map(Value::to_string).collect();
        fs::write(&path, lines.join("\n")).unwrap();
        path
    }

    fn rule(&self) -> String {
        format!("https://wiki.example/docs={}", self.tree().display())
    }

    /// The checks that count something, with their counts and examples.
    fn found(&self, entries: &[Value], more: &[&str]) -> BTreeMap<String, Vec<String>> {
        let export = self.export(entries);
        let rule = self.rule();
        let from = ["--from", export.to_str().unwrap(), "--map", &rule];
        let report = self.report(&[&from, more].concat());
        faults(&report)
    }

    fn report(&self, more: &[&str]) -> Value {
        let output = self.validate(&[more, &["--format", "json"]].concat(), "");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{said}"))
    }

    fn validate(&self, more: &[&str], input: &str) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_docrot"))
            .arg("validate")
            .arg(self.tree())
            .args(more)
            .env_remove("DOCROT_CONFIG")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Whoever refuses its arguments reads no input.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }
}

/// A text of its own for every document, of enough words.
fn text(name: &str) -> String {
    let words: Vec<String> = (0..40).map(|n| format!("{}{n}", name.len() * 31 + n)).collect();
    format!("{name} is about {}.\n", words.join(" "))
}

/// The examples of every check that is neither in order nor skipped.
fn faults(report: &Value) -> BTreeMap<String, Vec<String>> {
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let checks = report["checks"].as_array().unwrap().iter();
    checks
        .filter(|it| it["verdict"] == "warn" || it["verdict"] == "fail")
        .map(|it| {
            let examples = it["examples"].as_array().unwrap();
            let count = examples.len() as u64;
            assert_eq!(it["count"], count, "{it}");
            (word(&it["check"]), examples.iter().map(|it| word(&it["path"])).collect())
        })
        .collect()
}

fn expected(faults: &[(&str, &[&str])]) -> BTreeMap<String, Vec<String>> {
    let list = |paths: &[&str]| paths.iter().map(|it| (*it).to_owned()).collect();
    faults.iter().map(|(check, paths)| ((*check).to_owned(), list(paths))).collect()
}

#[test]
fn an_export_that_describes_its_tree_is_in_order() {
    let share = Share::new();
    let entries = share.entries();
    assert_eq!(share.found(&entries, &[]), expected(&[]));
    for left_out in ["content", "last_modified", "size", "checksum"] {
        let mut entries = entries.clone();
        for entry in &mut entries {
            entry.as_object_mut().unwrap().remove(left_out);
        }
        assert_eq!(share.found(&entries, &[]), expected(&[]), "without {left_out}");
    }
    let places: Vec<Value> = entries.iter().map(|it| json!({ "url": it["url"] })).collect();
    assert_eq!(share.found(&places, &[]), expected(&[]));
    assert_eq!(share.found(&places, &["--deep"]), expected(&[]));
}

#[test]
fn every_fault_of_an_index_is_found() {
    let share = Share::new();
    let mut entries = share.entries();
    let changed = share.tree().join("HR/Leave.md");
    fs::write(&changed, "Leave is granted by nobody any more.").unwrap();
    fs::remove_file(share.tree().join("HR/Übung.md")).unwrap();
    fs::rename(share.tree().join("IT/VPN.txt"), share.tree().join("IT/Remote work.txt")).unwrap();
    share.write("New.md", "Something new.");
    entries.push(json!({ "url": "https://wiki.example/docs/Travel.md", "content": "  " }));
    entries.push(json!({ "url": "https://other.example/x.md", "content": "six words that lead nowhere else" }));
    entries.push(json!({ "title": "without a place" }));
    let faults = expected(&[
        ("drift", &["HR/Leave.md"]),
        ("empty", &["https://wiki.example/docs/Travel.md"]),
        ("entries", &["line 8"]),
        ("ghosts", &["HR/Übung.md"]),
        ("missing", &["New.md"]),
        ("moved", &["IT/VPN.txt"]),
        ("twice", &["Travel.md"]),
        ("unmapped", &["https://other.example/x.md"]),
    ]);
    assert_eq!(share.found(&entries, &[]), faults);
    // Without hashes the same follows from sizes and dates.
    for entry in &mut entries {
        entry.as_object_mut().unwrap().remove("checksum");
    }
    assert_eq!(share.found(&entries, &[]), faults);
    // And without those, a change shows in the text; what moved is gone and new.
    for entry in &mut entries {
        entry.as_object_mut().unwrap().retain(|name, _| ["url", "content"].contains(&&**name));
    }
    let found = share.found(&entries, &[]);
    assert_eq!(found["text"], ["HR/Leave.md"]);
    assert_eq!(found["ghosts"], ["HR/Übung.md", "IT/VPN.txt"]);
    assert_eq!(found["missing"], ["IT/Remote work.txt", "New.md"]);
    assert!(!found.contains_key("drift"));
}

#[test]
fn a_change_that_keeps_size_and_time_shows_by_its_hash() {
    let share = Share::new();
    let entries = share.entries();
    let path = share.tree().join("Travel.md");
    let before = share.modified("Travel.md");
    fs::write(&path, fs::read_to_string(&path).unwrap().replace("Travel", "Leaver")).unwrap();
    fs::File::options().append(true).open(&path).unwrap().set_modified(before).unwrap();
    assert_eq!(share.found(&entries, &["--only", "drift"]), expected(&[("drift", &["Travel.md"])]));
}

#[test]
fn dates_that_are_not_those_of_files_count_for_nothing() {
    let share = Share::new();
    for n in 0..30 {
        share.write(&format!("more/{n}.md"), &text(&format!("more {n}")));
    }
    let names = (0..30).map(|n| format!("more/{n}.md")).chain(NAMES.iter().map(|it| (*it).into()));
    let mut entries: Vec<Value> = names.map(|name: String| share.entry(&name)).collect();
    for entry in &mut entries {
        entry.as_object_mut().unwrap().remove("checksum");
        let day = Utc::now() - Duration::from_secs(86_400 * 400);
        entry["last_modified"] = json!(day.to_rfc3339());
    }
    assert_eq!(share.found(&entries, &[]), expected(&[]));
    entries[3]["size"] = json!(7);
    assert_eq!(share.found(&entries, &["--only", "drift"]), expected(&[("drift", &["more/3.md"])]));
}

#[test]
fn other_spellings_of_a_name_are_the_same_document() {
    let share = Share::new();
    let mut entries = share.entries();
    // As a Mac writes it, and as Windows compares it.
    entries[1]["url"] = json!("https://wiki.example/docs/HR/U\u{308}bung.md");
    entries[4]["url"] = json!("HTTPS://WIKI.example/Docs/travel.MD");
    assert_eq!(share.found(&entries, &[]), expected(&[]));
    // Both ways of one name are two entries of one document.
    entries.push(share.entry("Travel.md"));
    assert_eq!(share.found(&entries, &[]), expected(&[("twice", &["travel.MD"])]));
}

#[test]
fn a_text_that_is_cut_is_told_from_another_one() {
    let share = Share::new();
    let mut entries = share.entries();
    let text = entries[0]["content"].as_str().unwrap();
    entries[0]["content"] = json!(text[..text.len() / 2]);
    entries[2]["content"] = json!(self::text("something else entirely"));
    let faults = expected(&[("text", &["IT/Backup plan.md"]), ("truncated", &["HR/Leave.md"])]);
    assert_eq!(share.found(&entries, &[]), faults);
}

#[test]
fn an_index_of_elsewhere_is_refused_with_the_rule_that_it_needs() {
    let share = Share::new();
    let export = share.export(&share.entries());
    let output = share.validate(&["--from", export.to_str().unwrap()], "");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("none of 5 entries leads into"), "{said}");
    assert!(said.contains(&format!("--map '{}'", share.rule())), "{said}");
}

#[test]
fn a_table_is_read_from_standard_input_with_named_fields() {
    let share = Share::new();
    let mut table = "doc;where;stamp\n".to_owned();
    for name in NAMES {
        let modified: DateTime<Utc> = share.modified(name).into();
        let seconds = modified.timestamp();
        table.push_str(&format!("\"{name}\";{};{seconds}\n", share.tree().join(name).display()));
    }
    table.push_str("broken;\"");
    let named = ["--path-field", "where", "--modified-field", "stamp"];
    let output = share.validate(&[&["--from", "-"], &named[..]].concat(), &table);
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("path is `where`, modified is `stamp`"), "{said}");
    assert!(said.contains("entries       that cannot be understood: 1 of 6"), "{said}");
    let output = share.validate(&["--from", "-", "--text-field", "body"], &table);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("there is no `body`; there are `doc`, `where`, `stamp`"), "{said}");
}

#[test]
fn what_is_no_index_is_told_with_the_remedy() {
    let share = Share::new();
    let folder = share.folder.path();
    fs::write(folder.join("picture.csv"), [0, 1, 2]).unwrap();
    for (from, code, words) in [
        ("no/such.csv", 3, "no/such.csv is not there"),
        ("https://me:secret@host/x", 2, "credentials in an address"),
        ("gopher://host/x", 2, "gopher:// is no address of an index"),
        (folder.join("picture.csv").to_str().unwrap(), 3, "is no index that docrot can read"),
    ] {
        let output = share.validate(&["--from", from], "");
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{from}: {said}");
        assert!(said.contains(words) && !said.contains("secret"), "{from}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    let missing = Path::new("no");
    assert!(!missing.exists());
}
