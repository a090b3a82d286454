//! A small share under a policy, from the command line: what the policy demands is found, what it
//! protects is spared, and verdicts bear on the rules.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const POLICY: &str = r#"
[[rule]]
path = "Policies/**"
require = ["owner", "version"]

[[rule]]
path = "Minutes/**"
stable = true
retention = { class = "MEET-02", trigger = "date_in_name", keep = "7 years" }

[[rule]]
path = "Minutes/**"
retention = { class = "MEET-03", trigger = "date_in_name", keep = "5 years" }

[[hold]]
path = "Cases/**"
reason = "Doe v. Roe"

[[mirror]]
a = "Policies/**"
b = "Export/**"

[[term]]
find = ["Contoso Travel Desk"]
replaced_by = "Expenses Hub"
allow_in = ["Minutes/**", "Export/**"]
severity = "warning"

[[term]]
find_regex = '\bIE ?6\b'

[people.left]
"kim@example.org" = "2025-12-31"

[trivial]
non_business = ["**/*.mp3"]

[judgements]
floor = 0.9
min_verdicts = 1
"#;

const FILES: &[(&str, &str)] = &[
    (
        "Policies/travel.md",
        "---\nowner: Kim Lee <kim@example.org>\nversion: 3\n---\n# Travel\n\nAsk the contoso travel\n\
         desk before you book a train, a flight or a room for more than two nights.\n\
         See [the rates](../Finance/rates.md) and [the form](form.md).\n",
    ),
    (
        "Policies/leave.md",
        "---\nowner: ann@example.org\n---\n# Leave\n\nUse IE6 to ask for leave, and ask your team \
         first. Days that are left at the end of the year are kept until the end of March.\n",
    ),
    (
        "Finance/rates.md",
        "---\nstatus: withdrawn\n---\n# Rates\n\nA mile by car is paid with 45 pence, a mile by \
         bicycle with 20 pence, whoever rides it and wherever it leads.\n",
    ),
    (
        "Minutes/2019-03-01 board.md",
        "# Board\n\nThe Contoso Travel Desk was thanked for its work. The board meets again in May, \
         in the room above the boat shed, with the auditors.\n",
    ),
    ("Music/song.mp3", "ID3 not really a song"),
    ("Cases/Thumbs.db", "thumbnails"),
];

struct Share {
    folder: tempfile::TempDir,
}

impl Share {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        for (path, text) in FILES {
            write(&format!("share/{path}"), text);
        }
        write("share/Export/travel.md", FILES[0].1);
        write("docrot.toml", POLICY);
        let share = Self { folder };
        let root = share.path("share");
        assert!(share.docrot(&["scan", &root], "").status.success());
        share
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn docrot(&self, arguments: &[&str], input: &str) -> Output {
        let (config, index) = (self.path("docrot.toml"), self.path("catalog"));
        let mut child = Command::new(env!("CARGO_BIN_EXE_docrot"))
            .args(arguments)
            .args(["--config", &config, "--index", &index])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Who does not read it has ended already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    fn text(&self, arguments: &[&str], input: &str) -> String {
        let output = self.docrot(arguments, input);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn report(&self) -> serde_json::Value {
        let text = self.text(&["report", "--format", "json", "--as-of", "2026-04-22"], "");
        serde_json::from_str(&text).unwrap()
    }
}

fn findings(report: &serde_json::Value) -> BTreeSet<(String, String)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let all = report["findings"].as_array().unwrap();
    all.iter().map(|it| (text(&it["rule"]), text(&it["path"]))).collect()
}

fn finding<'r>(report: &'r serde_json::Value, rule: &str) -> &'r serde_json::Value {
    report["findings"].as_array().unwrap().iter().find(|it| it["rule"] == rule).unwrap()
}

#[test]
fn what_the_policy_demands_is_found_and_what_it_protects_is_spared() {
    let report = Share::new().report();
    let expected = [
        ("dead-link", "Export/travel.md"),
        ("dead-link", "Policies/travel.md"),
        ("link-to-withdrawn", "Export/travel.md"),
        ("link-to-withdrawn", "Policies/travel.md"),
        ("missing-field", "Policies/leave.md"),
        ("non-business", "Music/song.mp3"),
        ("retention-passed", "Minutes/2019-03-01 board.md"),
        ("retired-term", "Policies/leave.md"),
        ("retired-term", "Policies/travel.md"),
        ("system-debris", "Cases/Thumbs.db"),
        ("unowned", "Export/travel.md"),
        ("unowned", "Policies/travel.md"),
        ("withdrawn", "Finance/rates.md"),
    ];
    let expected: BTreeSet<_> =
        expected.map(|(rule, path)| (rule.to_owned(), path.to_owned())).into();
    assert_eq!(findings(&report), expected);
    let held = finding(&report, "system-debris")["evidence"].to_string();
    assert!(held.contains("legal hold") && held.contains("Doe v. Roe"), "{held}");
    let class = finding(&report, "retention-passed")["evidence"].to_string();
    assert!(class.contains("MEET-03") && class.contains("line 11"), "{class}");
}

#[test]
fn policy_check_tells_the_rule_that_holds_and_what_it_overrules() {
    let share = Share::new();
    let said = share.text(&["policy", "check", "Minutes/2019-03-01 board.md"], "");
    let lines: Vec<&str> = said.lines().map(str::trim).collect();
    for line in [
        "retention        MEET-03: 60 months from date_in_name (policy rule for Minutes/**, line 11)",
        "overrules MEET-02: 84 months from date_in_name (policy rule for Minutes/**, line 6)",
        "allowed term     Contoso Travel Desk (policy term Contoso Travel Desk, line 23)",
        "The rule for Minutes/**, line 6 sets retention to MEET-02: 84 months from date_in_name, the \
         rule for Minutes/**, line 11 to MEET-03: 60 months from date_in_name; the later holds.",
    ] {
        assert!(lines.contains(&line), "{line}\n{said}");
    }
    let said = share.text(&["policy", "check", "Cases/Thumbs.db"], "");
    assert!(said.contains("legal hold       Doe v. Roe; nothing overrides it"), "{said}");
}

#[test]
fn a_filled_in_sheet_is_recorded_and_demotes_a_rule_below_the_floor() {
    let share = Share::new();
    assert_eq!(finding(&share.report(), "withdrawn")["severity"], "error");
    let sheet = share.text(&["judge", "--sample", "9", "--rule", "withdrawn"], "");
    assert_eq!(sheet.lines().count(), 2, "{sheet}");
    let filled = sheet.replace(",,,", ",wrong,ann,a template");
    assert_ne!(filled, sheet);
    let file = share.path("sheet.csv");
    fs::write(&file, filled).unwrap();
    let said = share.text(&["judge", "--from", &file], "");
    assert!(said.contains("1 verdict recorded"), "{said}");
    let report = share.report();
    assert_eq!(finding(&report, "withdrawn")["severity"], "note");
    let precision = &report["precision"][0];
    assert_eq!((&precision["wrong"], &precision["demoted"]), (&1.into(), &true.into()));
    let again = share.text(&["judge", "--sample", "9", "--rule", "withdrawn"], "");
    assert_eq!(again.lines().count(), 1, "what was judged is not drawn again");
}

#[test]
fn verdicts_are_recorded_one_by_one_and_by_name() {
    let share = Share::new();
    let said = share.text(&["judge", "--rule", "dead-link"], "r\nw\n");
    assert!(said.contains("2 verdicts recorded"), "{said}");
    assert!(said.contains("dead-link: 50 % right"), "{said}");
    let report = share.report();
    let id = finding(&report, "withdrawn")["id"].as_str().unwrap();
    let said = share.text(&["judge", id, "right", "--why", "it says so"], "");
    assert!(said.contains("withdrawn: 100 % right"), "{said}");
    let kept = fs::read_to_string(Path::new(&share.path("catalog")).join("judgements.csv"));
    assert!(kept.unwrap().contains("it says so"));
    for mistake in [&["judge", id, "perhaps"][..], &["judge", "0000", "right"]] {
        assert_eq!(share.docrot(mistake, "").status.code(), Some(2));
    }
}
