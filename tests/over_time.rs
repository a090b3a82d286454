//! Findings from one report to the next, as scripts and people see it: baseline, decisions, history,
//! narrowed reports, and what a scheduler is told.
#![expect(clippy::disallowed_methods, reason = "the tree is the test's own")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A share with its catalog beside it.
struct Share {
    folder: tempfile::TempDir,
}

const WARDENS: &str = "The fire wardens meet on the first Monday of every month in room 14. \
                       They bring the list of doors and the keys of the cabinets on floor two. ";
const TRAVEL: &str = "Travel is booked with the desk on the third floor at least two weeks ahead. \
                      Trains are preferred below five hours, and receipts are kept for a year. ";

impl Share {
    /// Two copies in a folder each, and two in the folder HR.
    fn new() -> Self {
        let share = Self { folder: tempfile::tempdir().unwrap() };
        share.write("a/wardens.txt", WARDENS);
        share.write("b/wardens copy.txt", WARDENS);
        share.write(
            "HR/travel.md",
            &format!("---\nowner: Kim Lee <kim@example.org>\n---\n{TRAVEL}"),
        );
        share.write(
            "HR/old/travel.md",
            &format!("---\nowner: Kim Lee <kim@example.org>\n---\n{TRAVEL}"),
        );
        share
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("share")
    }

    fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn rename(&self, from: &str, to: &str) {
        let to = self.root().join(to);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::rename(self.root().join(from), to).unwrap();
    }

    fn docrot(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_docrot"))
            .args(arguments)
            .arg("--index")
            .arg(self.beside("catalog"))
            .current_dir(self.folder.path())
            .env_remove("DOCROT_CONFIG")
            .output()
            .unwrap()
    }

    /// What a command that succeeds prints.
    fn said(&self, arguments: &[&str]) -> String {
        let output = self.docrot(arguments);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(code(&output), 0, "{arguments:?}: {errors}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn audit(&self, more: &[&str]) -> String {
        self.said(&[&["audit", "share"], more].concat())
    }

    fn json(&self, more: &[&str]) -> serde_json::Value {
        serde_json::from_str(&self.said(&[&["report", "--format", "json"], more].concat())).unwrap()
    }
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn states(report: &serde_json::Value) -> Vec<(String, String)> {
    let findings = report["findings"].as_array().unwrap().iter();
    let word = |value: &serde_json::Value| value.as_str().unwrap_or("none").to_owned();
    findings.map(|it| (word(&it["path"]), word(&it["standing"]["state"]))).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(path, state)| ((*path).to_owned(), (*state).to_owned())).collect()
}

#[test]
fn after_a_baseline_only_what_changes_is_news() {
    let share = Share::new();
    share.audit(&[]);
    let refused = share.docrot(&["report", "--new-only"]);
    assert_eq!(code(&refused), 2);
    assert!(String::from_utf8(refused.stderr).unwrap().contains("docrot baseline accept"));
    assert!(share.said(&["baseline", "accept"]).starts_with("2 findings accepted; 2 known now"));
    assert!(share.audit(&["--fail-on", "note", "--new-only"]).contains("+0 new, 0 gone"));
    // A move raises nothing; a third copy raises its group; an edit its document.
    share.rename("b/wardens copy.txt", "c/wardens copy.txt");
    let known = pairs(&[("HR/old/travel.md", "known"), ("c/wardens copy.txt", "known")]);
    share.audit(&[]);
    assert_eq!(states(&share.json(&[])), known);
    share.write("d/wardens copy.txt", WARDENS);
    share.write("HR/old/travel.md", &format!("{TRAVEL}Hotels are booked there too."));
    let news = share.docrot(&["audit", "share", "--new-only", "--fail-on", "warning"]);
    assert_eq!(code(&news), 1);
    let news = String::from_utf8(news.stdout).unwrap();
    assert!(
        news.contains(
            "Only findings that are new, raised again or lapsed: 3 findings; 0 are left out."
        ),
        "{news}"
    );
    let expected = [
        ("HR/old/travel.md", "new"),
        ("c/wardens copy.txt", "raised"),
        ("d/wardens copy.txt", "new"),
    ];
    let mut found = states(&share.json(&[]));
    found.sort();
    assert_eq!(found, pairs(&expected));
    let shown = share.said(&["baseline", "show"]);
    assert!(shown.contains("exact-copy: 1 new, 1 raised again, 1 gone"), "{shown}");
    assert!(shown.contains("  exact-copy HR/old/travel.md, known since "), "{shown}");
    share.said(&["baseline", "accept", "--folder", "c/"]);
    let kept = states(&share.json(&["--folder", "c"]));
    assert_eq!(kept, pairs(&[("c/wardens copy.txt", "known")]));
    assert!(share.said(&["baseline", "clear"]).contains("is forgotten"));
    assert_eq!(share.said(&["baseline", "clear"]), "There was no baseline.\n");
    assert_eq!(states(&share.json(&[]))[0].1, "none");
}

#[test]
fn what_was_decided_asks_for_nothing_until_it_lapses() {
    let share = Share::new();
    assert!(share.audit(&[]).starts_with("2 documents need a decision. "));
    let report = share.json(&["--folder", "b"]);
    let id = report["findings"][0]["id"].as_str().unwrap().to_owned();
    let said =
        share.said(&["decide", &id, "keep", "--until", "2099-01-01", "--why", "for the visitors"]);
    assert!(said.starts_with("keep until 2099-01-01: b/wardens copy.txt, recorded in "), "{said}");
    let page = share.said(&["report"]);
    assert!(page.starts_with("1 document needs a decision. "), "{page}");
    assert!(page.contains("\n1 decided.\n") && !page.contains("wardens copy"), "{page}");
    assert_eq!(code(&share.docrot(&["report", "--folder", "b", "--fail-on", "note"])), 0);
    let lapsed = share.said(&["report", "--as-of", "2099-01-01"]);
    assert!(lapsed.starts_with("2 documents need a decision. "), "{lapsed}");
    assert!(lapsed.contains("LAPSED: keep until 2099-01-01"), "{lapsed}");
    let listed = share.said(&["decide", "list"]);
    assert!(listed.contains("(exact-copy), for the visitors, on "), "{listed}");
    for (arguments, words) in [
        (vec!["decide", "0000000000000000", "keep"], "the last scan has no finding"),
        (vec!["decide", &id, "keep", "--until", "2001-01-01"], "has lapsed already"),
        (vec!["decide", &id, "burn"], "keep, update, archive, delete, not-mine"),
        (vec!["decide", "forget", "0000000000000000"], "nothing was decided"),
    ] {
        let refused = share.docrot(&arguments);
        assert_eq!(code(&refused), 2, "{arguments:?}");
        assert!(String::from_utf8(refused.stderr).unwrap().contains(words), "{arguments:?}");
    }
    // Somebody else has to decide: it still needs a decision.
    share.said(&["decide", &id, "not-mine"]);
    assert!(share.said(&["report"]).starts_with("2 documents need a decision. "));
    share.said(&["decide", &id, "delete"]);
    fs::remove_file(share.root().join("b/wardens copy.txt")).unwrap();
    share.audit(&[]);
    let pruned = share.said(&["decide", "prune", "--dry-run"]);
    assert!(
        pruned.contains("1 decision whose finding is gone would be taken out (delete 1)"),
        "{pruned}"
    );
    assert!(share.said(&["decide", "prune"]).contains("delete: b/wardens copy.txt"));
    assert!(share.said(&["decide", "list"]).starts_with("0 decisions"));
}

#[test]
fn a_filled_in_report_is_read_back_and_refused_line_by_line() {
    let share = Share::new();
    share.audit(&[]);
    let report = share.said(&["report", "--format", "csv"]);
    let mut rows = report.trim_start_matches('\u{feff}').lines();
    let mut sheet = format!("{},Decision,Until,Why\n", rows.next().unwrap());
    for (row, answer) in rows.zip(["keep,2099-01-01,\"cited, twice\"", "maybe,,"]) {
        sheet += &format!("{row},{answer}\n");
    }
    sheet += "x,x,x,x,x,x,x,x,x,x,x,ffffffffffffffff,keep,,\n";
    let file = share.beside("sheet.csv");
    fs::write(&file, sheet).unwrap();
    let output = share.docrot(&["decide", "import", "sheet.csv", "--by", "Kim"]);
    assert_eq!(code(&output), 3);
    let errors = String::from_utf8(output.stderr).unwrap();
    let said: Vec<_> = errors.lines().collect();
    assert_eq!(
        said,
        [
            "docrot: sheet.csv, line 3: `maybe` is none of keep, update, archive, delete, not mine",
            "docrot: sheet.csv, line 4: the last scan has no finding ffffffffffffffff",
        ]
    );
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(
        told.starts_with("1 decision recorded in ")
            && told.ends_with("; 0 unchanged, 2 rows refused\n"),
        "{told}"
    );
    let listed = share.said(&["decide", "list"]);
    assert!(listed.contains("cited, twice, by Kim on "), "{listed}");
    // A second time nothing changes, and a sheet that cannot be used changes nothing.
    let again = share.docrot(&["decide", "import", "sheet.csv", "--by", "Kim"]);
    assert!(String::from_utf8(again.stdout).unwrap().contains("; 1 unchanged, 2 rows refused"));
    fs::write(&file, "path,decision\nx,keep\n").unwrap();
    let refused = share.docrot(&["decide", "import", "sheet.csv"]);
    assert_eq!(code(&refused), 2);
    assert!(String::from_utf8(refused.stderr).unwrap().contains("there is no column `id`"));
    assert_eq!(share.said(&["decide", "list"]), listed);
}

#[test]
fn a_narrowed_report_says_so_and_a_slip_is_no_good_news() {
    let share = Share::new();
    share.audit(&[]);
    let report = share.json(&["--owner", "KIM@example.org"]);
    let only = "Only findings that KIM@example.org answers for: 1 finding; 1 is left out.";
    assert_eq!(report["narrowed"], only);
    assert_eq!(report["groups"].as_array().unwrap().len(), 1);
    assert_eq!(report["ledger"]["seen"], 4);
    let nobody = share.json(&["--owner", "nobody", "--rule", "exact-copy"]);
    assert_eq!(states(&nobody)[0].0, "b/wardens copy.txt");
    for (arguments, words) in [
        (["--owner", "Kim Leigh"], "answers for no file"),
        (["--folder", "H"], "no file of the last scan is below H"),
        (["--rule", "exact-copies"], "there is no rule exact-copies"),
        (["--since", "yesterday"], "or the word last"),
    ] {
        let refused = share.docrot(&[["report"].as_slice(), &arguments].concat());
        assert_eq!(code(&refused), 2, "{arguments:?}");
        assert!(String::from_utf8(refused.stderr).unwrap().contains(words), "{arguments:?}");
    }
}

#[test]
fn history_tells_what_each_scan_came_to_and_what_the_last_one_found_first() {
    let share = Share::new();
    share.audit(&[]);
    // A report on the same scan is no other scan.
    share.said(&["report"]);
    assert_eq!(share.said(&["history", "--format", "json"]).lines().count(), 1);
    share.write("z/wardens copy.txt", WARDENS);
    let page = share.audit(&["--since", "last"]);
    assert!(
        page.contains("Only findings first found by the last scan: 1 finding; 2 are left out."),
        "{page}"
    );
    assert!(page.contains("z/wardens copy.txt") && !page.contains("b/wardens copy.txt"), "{page}");
    let table = share.said(&["history"]);
    assert_eq!(table.lines().count(), 4, "{table}");
    assert!(table.lines().last().unwrap().starts_with("Open decisions: 3 now, 2 on "), "{table}");
    assert!(
        share.said(&["history", "--format", "csv", "--last", "1"]).starts_with("scan,seen,read,")
    );
    assert_eq!(share.json(&[])["history"][0]["decisions_open"], 2);
}

#[test]
fn schedulers_are_told_how_a_run_ended_and_a_clean_run_is_quiet() {
    let share = Share::new();
    let summary = |name: &str| -> serde_json::Value {
        serde_json::from_str(&fs::read_to_string(share.beside(name)).unwrap()).unwrap()
    };
    share.docrot(&["audit", "share", "--summary-json", "run.json", "--fail-on", "warning"]);
    let run = summary("run.json");
    assert_eq!((&run["exit_code"], &run["outcome"]), (&1.into(), &"found".into()));
    assert_eq!(
        (&run["scan"]["decisions_open"], &run["reason"]),
        (&2.into(), &serde_json::Value::Null)
    );
    let failed = share.docrot(&["audit", "no/such", "--summary-json", "run.json"]);
    assert_eq!(code(&failed), 3);
    let run = summary("run.json");
    assert_eq!((&run["exit_code"], &run["scan"]), (&3.into(), &serde_json::Value::Null));
    assert!(run["reason"].as_str().unwrap().contains("no/such"), "{run}");
    assert!(!share.said(&["report", "--quiet-if-clean"]).is_empty());
    share.said(&["baseline", "accept"]);
    assert_eq!(share.audit(&["--quiet-if-clean", "--new-only"]), "");
    // A file that somebody looks at is written all the same.
    share.audit(&["--quiet-if-clean", "--new-only", "--output", "news.json"]);
    assert!(share.beside("news.json").exists());
}

/// The lock of a catalog, held as a scan holds it.
fn hold(catalog: &Path) -> fs::File {
    let lock = fs::File::options().write(true).open(catalog.join("docrot.lock")).unwrap();
    lock.try_lock().unwrap();
    lock
}

#[test]
fn runs_do_not_overlap_and_a_failed_one_leaves_the_last_report() {
    let share = Share::new();
    share.audit(&["--output", "report.json"]);
    let before = fs::read(share.beside("report.json")).unwrap();
    let held = hold(&share.beside("catalog"));
    let second =
        share.docrot(&["audit", "share", "--output", "report.json", "--summary-json", "run.json"]);
    assert_eq!(code(&second), 3);
    let said = String::from_utf8(second.stderr).unwrap();
    assert!(said.contains("is in use by") && said.lines().count() == 1, "{said}");
    assert_eq!(fs::read(share.beside("report.json")).unwrap(), before);
    assert!(fs::read_to_string(share.beside("run.json")).unwrap().contains("is in use by"));
    drop(held);
    share.audit(&["--output", "report.json"]);
}

/// A shell that lets nothing write a file of more than half a KiB: with the signal for it ignored
/// that is a full disk, else the end of the program in the middle of the file.
#[cfg(target_os = "linux")]
fn report_into_too_little_room(share: &Share, ignored: &str) -> Output {
    let script = format!(
        "{ignored} ulimit -f 1; exec {} report --format json --output report.json --index catalog",
        env!("CARGO_BIN_EXE_docrot")
    );
    Command::new("sh")
        .args(["-c", &script])
        .current_dir(share.folder.path())
        .env_remove("DOCROT_CONFIG")
        .output()
        .unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_or_a_kill_leaves_the_last_good_report() {
    let share = Share::new();
    share.audit(&["--output", "report.json"]);
    let before = fs::read(share.beside("report.json")).unwrap();
    assert!(1024 < before.len());
    let full = report_into_too_little_room(&share, "trap '' XFSZ;");
    assert_eq!(code(&full), 3);
    let said = String::from_utf8(full.stderr).unwrap();
    assert!(said.starts_with("docrot: cannot write the report to report.json"), "{said}");
    assert_eq!(fs::read(share.beside("report.json")).unwrap(), before);
    let left: Vec<_> = fs::read_dir(share.folder.path()).unwrap().collect();
    assert_eq!(left.len(), 3, "share, catalog, report: {left:?}");
    let killed = report_into_too_little_room(&share, "");
    assert_eq!(killed.status.code(), None, "it was killed");
    assert_eq!(fs::read(share.beside("report.json")).unwrap(), before);
}

#[cfg(unix)]
#[test]
fn owners_come_from_where_the_policy_says() {
    let share = Share::new();
    share.write("CODEOWNERS", "* @everybody\nHR/ @hr\nb/\n[broken\n");
    share.audit(&[]);
    let owners = |config: &str| {
        fs::write(share.beside("docrot.toml"), config).unwrap();
        let report = share.json(&[]);
        let owner = |it: &serde_json::Value| it["owner"].as_str().unwrap_or("none").to_owned();
        report["findings"].as_array().unwrap().iter().map(owner).collect::<Vec<_>>()
    };
    assert_eq!(owners(""), ["Kim Lee <kim@example.org>", "none"]);
    let listed = "[owners]\ncodeowners = \"CODEOWNERS\"\n";
    assert_eq!(owners(listed), ["@hr", "none"]);
    let said = share.docrot(&["report"]).stderr;
    assert!(String::from_utf8(said).unwrap().contains("CODEOWNERS, line 4: "));
    let file = owners("[owners]\nfrom = [\"file\"]\n");
    assert!(file.iter().all(|it| it != "none") && file.len() == 2, "{file:?}");
    // A link could lead anywhere.
    fs::rename(share.root().join("CODEOWNERS"), share.beside("elsewhere")).unwrap();
    std::os::unix::fs::symlink(share.beside("elsewhere"), share.root().join("CODEOWNERS")).unwrap();
    assert_eq!(owners(listed), ["Kim Lee <kim@example.org>", "none"]);
}

#[test]
fn a_schedule_has_whole_paths_and_is_checked_before_it_runs() {
    let share = Share::new();
    let systemd = share.said(&["schedule", "systemd", "share", "--every", "day", "--at", "23:30"]);
    let root = share.root().canonicalize().unwrap();
    assert!(
        systemd.contains(&format!("\"audit\" \"{}\" \"--index\"", root.display())),
        "{systemd}"
    );
    assert!(systemd.contains("OnCalendar=*-*-* 23:30:00"), "{systemd}");
    let refused = share.docrot(&["schedule", "cron", "share", "--at", "25:00"]);
    assert_eq!(code(&refused), 2);
    share.said(&["schedule", "windows", "share", "--dir", "."]);
    let task = fs::read_to_string(share.beside("docrot.xml")).unwrap();
    let mut reader = quick_xml::Reader::from_str(&task);
    let mut names = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Start(tag) => {
                names.push(tag.name().as_ref().to_owned());
            }
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    for name in ["Task", "CalendarTrigger", "StartBoundary", "ScheduleByWeek", "Exec", "Command"] {
        assert!(names.iter().any(|it| it == name), "{name}: {task}");
    }
}
