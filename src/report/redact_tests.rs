//! What strangers come to see of a redacted report, in every writer.
#![cfg(test)]

use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::decisions::{Disposition, Gone, Standing};
use crate::rot::{Suggestion, Value};
use crate::scan::Problem;

use super::sample::{self, Share, day};
use super::{Options, Part, Redacted, Report, WRITERS, explain};

/// Names, people and words that only the share has.
const SECRETS: &[&str] = &[
    "Travel",
    "Mileage",
    "Finance",
    "old/",
    "Passwords",
    "Salaries",
    "Notes",
    "Leer",
    "Logo",
    "Scan.pdf",
    "policies",
    "Rosa",
    "Ortiz",
    "court case",
    "Info Title",
    "text cut at",
    "no end of file",
    "front matter",
    "7 March 2024",
    "01/03/2021",
    "secret folder",
    "mounted by Ada",
    "Subject Word",
    "Gone Away",
    "of Rosa",
];

/// Everything readable in what a writer wrote: what is in archives and in base64 as well.
fn unfolded(written: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(written).into_owned();
    if written.starts_with(b"PK") {
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(written)).unwrap();
        for entry in 0..archive.len() {
            let mut bytes = Vec::new();
            archive.by_index(entry).unwrap().read_to_end(&mut bytes).unwrap();
            text.push_str(&String::from_utf8_lossy(&bytes));
        }
    }
    let joined = text.replace("\r\n", "");
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c);
    for run in joined.split(|c| !is_base64(c)).filter(|it| 80 < it.len()) {
        let Ok(bytes) = STANDARD.decode(run) else { continue };
        let mut unpacked = String::new();
        let unzipped = flate2::read::GzDecoder::new(bytes.as_slice()).read_to_string(&mut unpacked);
        text.push_str(&if unzipped.is_ok() {
            unpacked
        } else {
            String::from_utf8_lossy(&bytes).into()
        });
    }
    text
}

/// A share with one of everything that has a name.
fn share() -> Share {
    let mut share = sample::share();
    let decided = Standing::Decided { decision: sample::decision(Disposition::Keep) };
    share.standings = vec![decided; share.assessment.findings.len()];
    share.gone = vec![Gone {
        id: "31dad728a9873e76".into(),
        rule: "withdrawn".into(),
        path: "Gone Away.docx".into(),
        since: day(2025, 1, 1),
    }];
    share.summary.notes = vec!["the share was mounted by Ada".into()];
    share.summary.problems = vec![Problem {
        root: 0,
        path: "secret folder".into(),
        reason: "permission-denied".into(),
        detail: "secret folder cannot be listed".into(),
    }];
    share
}

fn suggestions(share: &Share) -> Vec<Suggestion> {
    vec![Suggestion {
        document: share.id("IT/Passwords.docx"),
        successor: share.id("IT/Notes.docx"),
        subject: vec!["Subject Word".into()],
        date: day(2020, 1, 1),
        newer: day(2025, 1, 1),
    }]
}

/// Everything that is written of a report, by what wrote it.
fn written(report: &Report) -> Vec<(&'static str, String)> {
    let parts = [Part { owner: None, file: "part.html".into(), ..Part::default() }];
    let mut all = Vec::new();
    for writer in WRITERS {
        let mut out = Vec::new();
        (writer.write)(report, &mut out).unwrap();
        all.push((writer.name, unfolded(&out)));
        if let Some(index) = writer.index {
            let mut out = Vec::new();
            index(report, &parts, &mut out).unwrap();
            all.push(("index", unfolded(&out)));
        }
    }
    for (document, _) in report.inventory.iter() {
        let mut out = Vec::new();
        explain(report, document, None, &mut out).unwrap();
        all.push(("explain", unfolded(&out)));
    }
    all
}

fn with<'a>(share: &'a Share, suggestions: &'a [Suggestion]) -> Report<'a> {
    let mut report = share.report();
    report.suggestions = suggestions;
    report.narrowed = Some("only findings of Rosa");
    report.policy_name = Some("policies.toml");
    report.options = Options {
        arguments: "--index /srv/policies",
        all: true,
        inventory: true,
        ..report.options
    };
    report
}

#[test]
fn no_name_and_no_quotation_is_left_in_any_writer() {
    let share = share();
    let suggestions = suggestions(&share);
    let report = with(&share, &suggestions);
    let redacted = Redacted::of(&report);
    for (writer, text) in written(&redacted.report(&report)) {
        let left: Vec<_> = SECRETS.iter().filter(|it| text.contains(**it)).collect();
        assert_eq!(left, [] as [&&str; 0], "{writer}");
    }
    // Without it there is something to be found, in each of them.
    let all = written(&report);
    for writer in WRITERS {
        let (_, text) = all.iter().find(|it| it.0 == writer.name).unwrap();
        assert!(SECRETS.iter().any(|it| text.contains(it)), "{}", writer.name);
    }
    for secret in SECRETS {
        assert!(all.iter().any(|(_, text)| text.contains(secret)), "{secret} is told by nobody");
    }
}

#[test]
fn structure_and_numbers_stay() {
    let share = share();
    let report = share.report();
    let redacted = Redacted::of(&report);
    let redacted = redacted.report(&report);
    assert_eq!(redacted.inventory.len(), report.inventory.len());
    for ((_, before), (_, after)) in report.inventory.iter().zip(redacted.inventory.iter()) {
        assert_eq!(before.file.size, after.file.size);
        let depth = |it: &crate::inventory::Record| it.file.path.components().count();
        assert_eq!(depth(before), depth(after));
        // Of what is no document the extension is a name like others.
        let extension = after.file.path.extension();
        assert!(extension.is_none() || extension == before.file.path.extension());
    }
    let same = |id| {
        report.inventory[id].file.path.parent()
            == report.inventory[share.id("IT/Notes.docx")].file.path.parent()
    };
    let passwords = share.id("IT/Passwords.docx");
    assert!(same(passwords));
    assert_eq!(
        redacted.inventory[passwords].file.path.parent(),
        redacted.inventory[share.id("IT/Notes.docx")].file.path.parent()
    );
    for (before, after) in report.assessment.findings.iter().zip(&redacted.assessment.findings) {
        assert_eq!((before.document, before.severity), (after.document, after.severity));
        let numbers = |finding: &crate::rot::Finding| -> Vec<Value> {
            let values = finding.evidence().iter().map(|it| it.value.clone());
            values.filter(|it| !matches!(it, Value::Text(_))).collect()
        };
        assert_eq!(numbers(before), numbers(after));
    }
}
