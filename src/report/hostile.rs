//! Names and words that attack whoever prints them, put through every writer.
#![cfg(test)]

use std::io::Read as _;
use std::path::PathBuf;

use crate::extract::{DateClaim, DateRole, Fact, Precision, Provenance};
use crate::inventory::DocId;
use crate::rot::{Assessment, Confidence, Evidence, Finding, Group, Value};
use crate::scan::Problem;

use super::sample::{self, Share, day};
use super::{Part, WRITERS, Writer, escape, explain};

const ATTACK: &str = "\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}\r\n\"'=1+1\u{2028}\u{7f}";

fn names() -> Vec<PathBuf> {
    let mut names: Vec<PathBuf> = vec![
        ATTACK.into(),
        "=cmd|'/c calc'!A1".into(),
        "+1.docx".into(),
        "@SUM(A1).docx".into(),
        "-rf".into(),
        "a\",\"b\n=1.docx".into(),
        "invoice\u{202e}fdp.docx".into(),
        "</script><b>.docx".into(),
        "_x0041_ & co.docx".into(),
        "a|b`c`*d*[e](f)<!--@team-->#1.docx".into(),
        "%0A::error::x,y:z.docx".into(),
        "]]>&amp;.docx".into(),
        "x".repeat(4096).into(),
        format!("{}/報告{}.docx", "long ".repeat(40), "書".repeat(60)).into(),
    ];
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStringExt as _;
        names.push(std::ffi::OsString::from_vec(b"caf\xe9\x1b[2J.docx".to_vec()).into());
    }
    names
}

/// A share of hostile names; every text in it is an attack, too.
pub(super) fn share() -> Share {
    let attack = || Fact::new(ATTACK.to_owned(), Provenance::property(ATTACK));
    let mut records: Vec<_> = names().into_iter().map(|it| sample::document(it, 1)).collect();
    for record in &mut records {
        record.metadata.owner = Some(attack());
        record.metadata.title = Some(attack());
        record.metadata.properties.push((ATTACK.into(), ATTACK.into()));
        record.metadata.dates.push(DateClaim {
            role: DateRole::Due,
            date: day(2021, 3, 1),
            precision: Precision::Day,
            other_reading: Some(day(2021, 1, 3)),
            raw: ATTACK.into(),
            provenance: Provenance::property(ATTACK),
        });
    }
    records.push(sample::unread("~b", ATTACK, ATTACK));
    let mut share = Share::of(&[&format!("/srv/{ATTACK}")], records);
    let canonical = DocId(0);
    let quote = Value::Text(ATTACK.into());
    let members: Vec<_> = (1..names().len() as u32).map(|id| (DocId(id), 0.5)).collect();
    let mut findings = Vec::new();
    for &(member, _) in &members {
        let place = Provenance::Computed(ATTACK.into());
        let evidence = Evidence::new("banner", quote.clone(), place);
        let to = Evidence::new("is like", Value::Document(canonical), Provenance::FileName);
        let mut alone =
            Finding::new(&sample::WITHDRAWN, member, Confidence::Likely, evidence).and(to);
        alone.related = vec![canonical];
        let mut near = alone.clone();
        near.rule = &sample::NEAR;
        near.group = Some(0);
        findings.extend([alone, near]);
    }
    let reasons = vec![ATTACK.to_owned()];
    let group = Group { kind: "near-duplicate", canonical, reasons, is_tie: false, members };
    share.assessment = Assessment { findings, groups: vec![group], ..Assessment::default() };
    share.summary.notes = vec![ATTACK.into()];
    share.summary.problems = vec![Problem {
        root: 0,
        path: ATTACK.into(),
        reason: ATTACK.into(),
        detail: ATTACK.into(),
    }];
    share.named()
}

fn assert_harmless(output: &[u8], what: &str) {
    let text = std::str::from_utf8(output).expect("every output is UTF-8");
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // How calendars and mails end their lines.
    let text = text.replace("\r\n", "\n");
    let found = text.chars().find(|&c| c != '\n' && escape::is_hazard(c));
    assert_eq!(found, None, "{what}: {text:?}");
}

#[test]
fn no_name_reaches_the_terminal_as_it_is() {
    let share = share();
    let mut report = share.report();
    report.policy_name = Some(ATTACK);
    report.options.arguments = ATTACK;
    for all in [false, true] {
        report.options.all = all;
        for writer in WRITERS.iter().filter(|it| !it.is_binary) {
            let mut out = Vec::new();
            (writer.write)(&report, &mut out).unwrap();
            assert_harmless(&out, writer.name);
        }
    }
    for (document, _) in share.inventory.iter() {
        let mut out = Vec::new();
        explain(&report, document, Some(ATTACK), &mut out).unwrap();
        assert_harmless(&out, "explain");
    }
}

#[test]
fn terminal_lines_keep_to_the_width() {
    let share = share();
    let mut out = Vec::new();
    (WRITERS[0].write)(&share.report(), &mut out).unwrap();
    for line in String::from_utf8(out).unwrap().lines().filter(|it| !it.contains("docrot ")) {
        assert!(super::layout::width(line) <= 80, "{line:?}");
    }
}

#[test]
fn json_gives_exact_names_back() {
    let mut out = Vec::new();
    (super::json::WRITER.write)(&share().report(), &mut out).unwrap();
    let report: serde_json::Value = serde_json::from_slice(&out).unwrap();
    for member in report["groups"][0]["members"].as_array().unwrap() {
        let path = member["path"].as_str().unwrap();
        match member["path_bytes"].as_str() {
            None => assert!(names().contains(&PathBuf::from(path)), "{path:?}"),
            Some(bytes) => assert_eq!((path, bytes), NOT_UTF8),
        }
    }
    assert_eq!(report["findings"][0]["owner"], ATTACK);
}

const NOT_UTF8: (&str, &str) = ("caf\\xe9\u{1b}[2J.docx", "636166e91b5b324a2e646f6378");

#[test]
fn no_cell_is_a_formula() {
    let mut out = Vec::new();
    (super::csv::WRITER.write)(&share().report(), &mut out).unwrap();
    let mut rows = ::csv::Reader::from_reader(out.as_slice());
    for row in rows.records().map(Result::unwrap) {
        let is_formula = |cell: &str| cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
        assert!(!row.iter().any(is_formula), "{row:?}");
        assert_eq!(row.len(), 12);
    }
}

/// The fields that a mail of ours has.
const MAIL_FIELDS: &[&str] = &[
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "MIME-Version",
    "X-Unsent",
    "Content-Type",
    "Auto-Submitted",
];

/// What lines of our calendars begin with.
const CALENDAR_FIELDS: &[&str] = &[
    "BEGIN",
    "END",
    "VERSION",
    "PRODID",
    "UID",
    "DTSTAMP",
    "DTSTART",
    "DTEND",
    "SUMMARY",
    "DESCRIPTION",
    "CATEGORIES",
    "TRANSP",
    "CALSCALE",
    "METHOD",
    "X-WR-CALNAME",
    "URL",
    "STATUS",
    "NAME",
    "DUE",
    "COMMENT",
    "ATTENDEE",
    "CLASS",
    "TRIGGER",
    "ACTION",
    "CREATED",
    "LAST-MODIFIED",
];

/// What a writer of this kind must not write of hostile names, beside what no writer may.
fn assert_inert(writer: &Writer, output: &[u8]) {
    let text = String::from_utf8_lossy(output);
    match writer.extension {
        "html" => {
            let policy =
                "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'";
            assert!(text.contains(policy), "the page has no policy");
            let scripts = text.matches("</script>").count();
            assert_eq!(scripts, text.matches("<script").count(), "a name ends a script");
            assert!(!text.contains("<b>.docx"), "a name is markup");
        }
        "xlsx" => assert_inert_workbook(output),
        "csv" => {
            let mut rows = ::csv::Reader::from_reader(output.strip_prefix(BOM).unwrap_or(output));
            for row in rows.records().map(Result::unwrap) {
                let is_formula = |cell: &str| cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
                assert!(!row.iter().any(is_formula), "{row:?}");
            }
        }
        "eml" => {
            let head = text.split("\r\n\r\n").next().unwrap();
            let fields = head.split("\r\n").filter(|it| !it.starts_with([' ', '\t']));
            let names: Vec<_> = fields.map(|it| it.split_once(':').unwrap().0).collect();
            assert!(
                names.iter().all(|it| MAIL_FIELDS.contains(it)),
                "a name makes a header: {names:?}"
            );
        }
        "ics" => {
            let lines =
                text.split("\r\n").filter(|it| !it.is_empty() && !it.starts_with([' ', '\t']));
            for line in lines {
                let name = line.split([':', ';']).next().unwrap();
                assert!(CALENDAR_FIELDS.contains(&name), "a name makes a line: {line}");
            }
        }
        "json" | "sarif" => drop(serde_json::from_slice::<serde_json::Value>(output).unwrap()),
        "ndjson" => {
            text.lines()
                .for_each(|it| drop(serde_json::from_str::<serde_json::Value>(it).unwrap()));
        }
        "xml" => drop(quick_junit::Report::deserialize_from_str(&text).unwrap()),
        "md" => {
            assert!(!text.contains("<b>") && !text.contains("</script>"), "a name is markup");
            assert!(!text.contains("<!--@team-->"), "a name is a comment");
        }
        // What steers a terminal is looked for in everything that is text.
        "txt" => {}
        "github" => {
            for line in text.lines().filter(|it| it.starts_with("::")) {
                let known = ["::error ", "::warning ", "::notice "];
                assert!(known.iter().any(|it| line.starts_with(it)), "a name is a command: {line}");
            }
        }
        other => panic!("say here what a writer of .{other} must not write"),
    }
}

fn assert_inert_workbook(output: &[u8]) {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(output)).unwrap();
    for entry in 0..archive.len() {
        let mut part = String::new();
        let mut entry = archive.by_index(entry).unwrap();
        entry.read_to_string(&mut part).unwrap();
        let name = entry.name().unwrap();
        assert!(!part.contains("<f>") && !part.contains("<f "), "{name} has a formula");
        assert!(!part.contains("externalLink"), "{name} leads elsewhere");
    }
}

const BOM: &[u8] = "\u{feff}".as_bytes();

#[test]
fn no_writer_lets_a_hostile_name_act() {
    let share = share();
    let mut report = share.report();
    report.policy_name = Some(ATTACK);
    report.options.arguments = ATTACK;
    report.options.all = true;
    report.options.inventory = true;
    let parts =
        [Part { owner: Some(ATTACK.into()), file: "</script><b>.html".into(), ..Part::default() }];
    for writer in WRITERS {
        let mut out = Vec::new();
        (writer.write)(&report, &mut out).unwrap();
        assert_inert(writer, &out);
        if let Some(index) = writer.index {
            let mut out = Vec::new();
            index(&report, &parts, &mut out).unwrap();
            assert_inert(writer, &out);
        }
    }
}
