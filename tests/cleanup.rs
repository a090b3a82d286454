//! A clean-up on the command line: from the audit to the plan, its signature, the quarantine and
//! back.
#![cfg(unix)]
#![expect(clippy::disallowed_methods, reason = "the tree is the test's own")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

struct Share {
    folder: tempfile::TempDir,
}

impl Share {
    fn new(files: &[(&str, &str)]) -> Self {
        let share = Self { folder: tempfile::tempdir().unwrap() };
        for (path, text) in files {
            let path = share.path("share").join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        share
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(name)
    }

    fn docrot(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_docrot"))
            .args(arguments)
            .current_dir(self.path(""))
            .env("DOCROT_INDEX", self.path("index"))
            .env_remove("DOCROT_CONFIG")
            .output()
            .unwrap()
    }

    /// Runs it; it must end with this code. Gives what it printed.
    fn run(&self, arguments: &[&str], code: i32) -> String {
        let output = self.docrot(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        String::from_utf8(output.stdout).unwrap() + &said
    }

    fn plan(&self, arguments: &[&str]) -> Value {
        self.run(&["scan", "share"], 0);
        let arguments = [&["plan", "share", "--output", "plan.json"], arguments].concat();
        self.run(&arguments, 0);
        serde_json::from_str(&fs::read_to_string(self.path("plan.json")).unwrap()).unwrap()
    }

    fn files(&self) -> BTreeMap<String, String> {
        let root = self.path("share");
        let mut files = BTreeMap::new();
        collect(&root, &root, &mut files);
        files
    }
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().display().to_string();
            files.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
}

/// Path, disposition and survivor of every step.
fn steps(plan: &Value) -> Vec<String> {
    let steps = plan["steps"].as_array().unwrap().iter();
    let words = |step: &Value| {
        let [path, what, survivor] = ["path", "disposition", "survivor"]
            .map(|key| step[key].as_str().unwrap_or("").to_owned());
        format!("{path}: {what} {survivor}").trim_end().to_owned()
    };
    steps.map(words).collect()
}

/// Paths of every step that acts.
fn going(plan: &Value) -> Vec<String> {
    let acts = |it: &String| it.contains(": quarantine");
    steps(plan).into_iter().filter(acts).map(|it| it[..it.find(": ").unwrap()].to_owned()).collect()
}

fn prose(subject: &str) -> String {
    format!("The {subject} meets on the first Monday of every month in the long room. ").repeat(6)
}

fn policies() -> Share {
    let travel = prose("travel board");
    Share::new(&[
        ("travel.md", &travel),
        ("old/travel.md", &travel),
        ("team/travel copy.md", &travel),
        (
            "drafts/near.md",
            &format!("{travel} The spare key of the archive is with the night porter."),
        ),
        ("links.md", "Read [the old one](old/travel.md) and [the other](none.md) before you go."),
        ("none.txt", ""),
    ])
}

#[test]
fn copies_and_empty_files_are_planned_and_the_rest_is_for_review() {
    let share = policies();
    let before = share.files();
    let plan = share.plan(&[]);
    assert_eq!(
        steps(&plan),
        [
            "drafts/near.md: review travel.md",
            "none.txt: quarantine",
            "old/travel.md: quarantine travel.md",
            "team/travel copy.md: quarantine travel.md",
        ]
    );
    assert_eq!(plan["totals"]["act"], 3);
    let lost = plan["steps"][0]["lost"].to_string();
    assert!(lost.contains("night porter"), "{lost}");
    let links = plan["steps"][2]["linked_from"].to_string();
    assert!(links.contains("links.md, line 1: old/travel.md"), "{links}");

    let said = share.run(&["apply", "plan.json"], 0);
    assert!(said.contains("3 documents would be moved"), "{said}");
    assert_eq!(share.files(), before);
    let said = share.run(&["apply", "plan.json", "--yes"], 0);
    assert!(said.contains("3 documents moved"), "{said}");
    assert_eq!(share.files().len(), 3);
    assert!(share.path("share.docrot-quarantine/journal.jsonl").is_file());
    share.run(&["journal", "--rehash"], 0);

    let said = share.run(&["undo"], 0);
    assert!(said.contains("3 documents would go back"), "{said}");
    let said = share.run(&["undo", "old/travel.md", "--yes"], 0);
    assert!(said.contains("1 document went back"), "{said}");
    share.run(&["undo", "--yes"], 0);
    assert_eq!(share.files(), before);
}

#[test]
fn which_copies_stay_can_be_asked_for() {
    let share = policies();
    let asked =
        |arguments: &[&str]| going(&share.plan(&[&["--rule", "exact-copy"], arguments].concat()));
    assert_eq!(asked(&["--prefer", "old/**"]), ["team/travel copy.md", "travel.md"]);
    assert_eq!(asked(&["--keep", "deepest", "--keep", "last"]), ["old/travel.md", "travel.md"]);
    assert_eq!(asked(&["--min-copies", "2"]).len(), 1);
    assert_eq!(asked(&["--reference", "old"]), ["team/travel copy.md", "travel.md"]);
    assert_eq!(asked(&["--folder", "team"]), ["team/travel copy.md"]);
    let plan = share.plan(&["--rule", "exact-copy", "--never-touch", "team/**"]);
    assert!(!going(&plan).iter().any(|it| it.starts_with("team")));
}

#[test]
fn a_table_is_edited_signed_and_read_back() {
    let share = policies();
    share.plan(&["--sheet", "plan.csv"]);
    let table = fs::read_to_string(share.path("plan.csv")).unwrap();
    let edit = ["plan", "--edit", "plan.json", "--from", "plan.csv", "--output", "signed.json"];
    let unsigned = table.replacen("review,,", "quarantine,,", 1);
    fs::write(share.path("plan.csv"), unsigned).unwrap();
    let said = share.run(&edit, 2);
    assert!(said.contains("line 2: quarantine needs a name in signed_by"), "{said}");
    let signed = table.replacen("review,,", "quarantine,kim,read it", 1);
    let rows = signed.lines().filter(|it| !it.starts_with("old/"));
    fs::write(share.path("plan.csv"), rows.collect::<Vec<_>>().join("\n")).unwrap();
    share.run(&edit, 0);
    let said = share.run(&["apply", "signed.json", "--yes"], 0);
    assert!(said.contains("3 documents moved"), "{said}");
    assert!(!share.files().contains_key("drafts/near.md"));
    assert!(share.files().contains_key("old/travel.md"), "its row was deleted");
    let journal = share.run(&["journal", "--format", "json"], 0);
    let journal: Value = serde_json::from_str(&journal).unwrap();
    assert_eq!(journal["moved"][0]["signed"], "kim");
}

#[test]
fn holds_bind_the_plan_and_its_execution() {
    let share = policies();
    fs::write(share.path("docrot.toml"), "[[hold]]\npath = \"old/**\"\nreason = \"Doe v. Roe\"\n")
        .unwrap();
    let plan = share.plan(&["--rule", "exact-copy"]);
    assert_eq!(
        steps(&plan),
        ["old/travel.md: keep travel.md", "team/travel copy.md: quarantine travel.md"]
    );
    let reason = plan["steps"][0]["reason"].as_str().unwrap();
    assert!(reason.starts_with("legal hold: Doe v. Roe"), "{reason}");
    // Placed after the plan was made.
    fs::remove_file(share.path("docrot.toml")).unwrap();
    share.plan(&["--rule", "exact-copy"]);
    fs::write(share.path("docrot.toml"), "[[hold]]\npath = \"team/**\"\nreason = \"Doe v. Roe\"\n")
        .unwrap();
    let said = share.run(&["apply", "plan.json", "--yes"], 3);
    assert!(said.contains("team/travel copy.md: legal hold: Doe v. Roe"), "{said}");
    assert!(share.files().contains_key("team/travel copy.md"));
    assert!(!share.files().contains_key("old/travel.md"));
}

#[test]
fn every_name_of_a_copy_goes_and_its_bytes_are_counted_once() {
    let share = policies();
    fs::hard_link(share.path("share/old/travel.md"), share.path("share/old/b.md")).unwrap();
    let plan = share.plan(&["--rule", "exact-copy"]);
    assert_eq!(going(&plan), ["old/b.md", "old/travel.md", "team/travel copy.md"]);
    let size = prose("travel board").len() as u64;
    assert_eq!(plan["totals"]["reclaims_bytes"], 2 * size);
    let before = share.files();
    share.run(&["apply", "plan.json", "--yes"], 0);
    share.run(&["undo", "--yes"], 0);
    assert_eq!(share.files(), before);
}

#[test]
fn decisions_are_carried_out_in_the_name_of_who_made_them() {
    let share = policies();
    let report = share.run(&["audit", "share", "--format", "json"], 0);
    let report: Value = serde_json::from_str(&report).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let id = |rule: &str| {
        let found = findings.iter().find(|it| it["rule"] == rule).unwrap();
        found["id"].as_str().unwrap().to_owned()
    };
    let decide = |id: &str, what: &str| {
        share.run(&["decide", id, what, "--by", "kim", "--why", "agreed in May"], 0);
    };
    decide(&id("near-duplicate"), "delete");
    decide(&id("empty"), "keep");
    let plan = share.plan(&["--decision", "delete", "--decision", "keep"]);
    assert_eq!(steps(&plan), ["drafts/near.md: quarantine travel.md", "none.txt: keep"]);
    assert_eq!(plan["steps"][0]["signed"]["by"], "kim");
    share.run(&["apply", "plan.json", "--yes"], 0);
    assert!(!share.files().contains_key("drafts/near.md"));
    share.run(&["journal", "--pack", "evidence"], 0);
    for file in ["journal.jsonl", "documents.csv", "decisions.csv", "BLAKE3SUMS"] {
        assert!(share.path("evidence").join(file).is_file(), "{file}");
    }
    let documents = fs::read_to_string(share.path("evidence/documents.csv")).unwrap();
    assert!(documents.contains("kim") && documents.contains("drafts/near.md"), "{documents}");
}

#[test]
fn redirects_lead_from_what_goes_to_what_stays() {
    let share = policies();
    for (format, expected) in [
        ("csv", "/docs/team/travel%20copy.md,/docs/travel.md\n"),
        ("nginx", "/docs/team/travel%20copy.md /docs/travel.md;\n"),
        ("apache", "Redirect 301 \"/docs/old/travel.md\" \"/docs/travel.md\"\n"),
        ("hugo", "# travel.md\naliases:\n  - \"/docs/old/travel.md\"\n"),
        ("jekyll", "redirect_from:\n  - \"/docs/old/travel.md\"\n"),
    ] {
        let map = ["--write-redirects", "map", "--redirect-format", format];
        share.plan(&[&map[..], &["--redirect-base", "/docs"]].concat());
        let map = fs::read_to_string(share.path("map")).unwrap();
        assert!(map.contains(expected), "{format}: {map}");
    }
}

#[test]
fn a_quarantine_inside_of_the_tree_is_refused_unless_it_is_hidden() {
    let share = policies();
    share.plan(&[]);
    let apply = |folder: &str, code| {
        share.run(&["apply", "plan.json", "--yes", "--quarantine", folder], code)
    };
    assert!(apply("share/aside", 2).contains("where a scan would find the documents again"));
    apply("share/.docrot-quarantine", 0);
    share.run(&["undo", "--yes", "--quarantine", "share/.docrot-quarantine"], 0);
}

/// Kills the program when its journal has so many lines, wherever that is.
#[test]
fn a_run_that_is_killed_loses_nothing_and_is_gone_on_with() {
    let files: Vec<(String, String)> = (0..120)
        .flat_map(|at| {
            [format!("{at}.txt"), format!("old/{at}.txt")].map(|it| (it, prose(&at.to_string())))
        })
        .collect();
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let share = Share::new(&files);
    share.plan(&["--rule", "exact-copy"]);
    let before = share.files();
    let journal = share.path("share.docrot-quarantine/journal.jsonl");
    for lines in [1, 2, 5, 20, 60] {
        let known = fs::read_to_string(&journal).map_or(0, |it| it.lines().count());
        let mut run = Command::new(env!("CARGO_BIN_EXE_docrot"))
            .args(["apply", "plan.json", "--yes", "--quiet"])
            .current_dir(share.path(""))
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        while run.try_wait().unwrap().is_none() {
            if fs::read_to_string(&journal).is_ok_and(|it| known + lines <= it.lines().count()) {
                run.kill().unwrap();
            }
            std::thread::yield_now();
        }
        let aside = share.path("share.docrot-quarantine/files");
        let mut left: Vec<String> = share.files().into_values().collect();
        if aside.is_dir() {
            let mut held = BTreeMap::new();
            collect(&aside, &aside, &mut held);
            left.extend(held.into_values());
        }
        for text in before.values() {
            assert!(left.contains(text), "lost after {lines} lines");
        }
    }
    share.run(&["apply", "plan.json", "--yes"], 0);
    assert_eq!(share.files().len(), 120);
    share.run(&["undo", "--yes"], 0);
    assert_eq!(share.files(), before);
    share.run(&["journal", "--rehash"], 0);
}

#[test]
fn what_is_no_plan_is_refused_in_one_line() {
    let share = policies();
    for text in ["", "[]", "{\"schema_version\": 9}", "{\"schema_version\": 1}"] {
        fs::write(share.path("plan.json"), text).unwrap();
        let said = share.run(&["apply", "plan.json", "--yes"], 2);
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    assert!(share.run(&["undo", "--quarantine", "nowhere"], 3).contains("nowhere"));
}
