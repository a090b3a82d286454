//! What writing a report costs, for any number of findings: seconds a writer, and bytes.
//!
//! `cargo bench --bench report -- --findings 50000 [--times 5] [--output DIR] [html json ...]`
//! prints one line of JSON a writer, and writes the reports into the folder where one is named.

use std::fs;
use std::io::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Instant;

use chrono::NaiveDate;
use docrot::decisions::Standing;
use docrot::extract::{DateClaim, DateRole, Fact, Locator, Precision, Provenance};
use docrot::inventory::{DocId, FileEntry, FormatId, Inventory, Record, RootId, Status};
use docrot::report::{Options, Report, WRITERS, Writer};
use docrot::rot::{
    Assessment, Confidence, Evidence, Finding, Group, KnownOwners, Owners, Policy, RULES, Rule,
    Value, identity,
};
use docrot::scan::{Ledger, Summary};

const AREAS: [&str; 9] = [
    "Finance",
    "Human Resources",
    "Legal",
    "Operations",
    "Procurement",
    "Projects",
    "Quality",
    "Research",
    "Sales",
];
const SUBJECTS: [&str; 12] = [
    "Travel policy",
    "Minutes of the steering group",
    "Crane inspection",
    "Onboarding checklist",
    "Budget",
    "Supplier contract",
    "Fire safety notice",
    "Remote working guideline",
    "Handover",
    "Risk register",
    "Password policy",
    "Archive plan",
];

/// Numbers that look like chance and are the same every time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
}

fn rule(id: &str) -> &'static Rule {
    RULES.iter().find(|it| it.id == id).expect("the rule is there")
}

fn day(chance: &mut Chance) -> NaiveDate {
    let year = 2012 + chance.below(14) as i32;
    NaiveDate::from_ymd_opt(year, 1 + chance.below(12) as u32, 1 + chance.below(28) as u32)
        .expect("every month has 28 days")
}

fn record(number: u64, chance: &mut Chance) -> Record {
    let area = AREAS[chance.below(9) as usize];
    let subject = SUBJECTS[chance.below(12) as usize];
    let path = format!(
        "{area}/Team {}/{}/{subject} {number}.docx",
        chance.below(12),
        2012 + chance.below(14)
    );
    let mut record = Record {
        root: RootId(0),
        file: FileEntry { path: path.into(), size: 20_000 + number, ..FileEntry::default() },
        status: Status::Read,
        format: Some(FormatId { name: "docx".into(), version: 1 }),
        metadata: Default::default(),
        hash: None,
        fingerprint: None,
        reached: Default::default(),
    };
    let place = Provenance::Text(Locator::Page(1 + chance.below(9) as u32));
    if chance.below(3) == 0 {
        let owner = format!("Owner {}", chance.below(300));
        record.metadata.owner = Some(Fact::new(owner, place.clone()));
    }
    record.metadata.dates.push(DateClaim {
        role: DateRole::Updated,
        date: day(chance),
        precision: Precision::Day,
        other_reading: None,
        raw: String::new(),
        provenance: place,
    });
    record
}

/// One finding a document: half of them copies in groups of four, the others of several rules.
fn assessment(inventory: &Inventory, chance: &mut Chance) -> Assessment {
    let mut assessment = Assessment::default();
    let computed = |words: &str| Provenance::Computed(words.to_owned());
    let number = inventory.len() as u32;
    for start in (0..number / 8 * 4).step_by(4) {
        let share = 0.6 + chance.below(40) as f64 / 100.0;
        let canonical = DocId(number - 1 - start / 4);
        let members = (start..start + 4).map(|it| (DocId(it), share)).collect::<Vec<_>>();
        for (member, share) in &members {
            let similarity =
                Evidence::new("similarity", Value::Share(*share), computed("3-word shingles"));
            let stays =
                Evidence::new("stays", Value::Document(canonical), computed("order of preference"));
            let mut finding =
                Finding::new(rule("near-duplicate"), *member, Confidence::Likely, similarity)
                    .and(stays);
            finding.related = vec![canonical];
            finding.group = Some(assessment.groups.len());
            assessment.findings.push(finding);
        }
        let reasons = vec!["has the newest date".to_owned()];
        let kind = "near-duplicate";
        assessment.groups.push(Group { kind, canonical, reasons, is_tie: false, members });
    }
    singles(number / 8 * 4..number, chance, &mut assessment.findings);
    assessment.findings.sort_by_key(|it| (std::cmp::Reverse(it.severity), it.document));
    assessment
}

/// Findings of documents that stand alone, of several rules.
fn singles(documents: Range<u32>, chance: &mut Chance, findings: &mut Vec<Finding>) {
    for document in documents {
        let date = day(chance);
        let line = Some(1 + chance.below(40) as u32);
        let (rule, evidence) = match chance.below(4) {
            0 => (
                rule("review-overdue"),
                Evidence::new(
                    "review date",
                    Value::Date(date),
                    Provenance::Property { name: "front matter review_by".to_owned(), line },
                ),
            ),
            1 => (
                rule("withdrawn"),
                Evidence::new(
                    "banner",
                    Value::Text(format!(
                        "This document was withdrawn on {date} and must not be used."
                    )),
                    Provenance::Text(Locator::Page(1)),
                ),
            ),
            2 => (
                rule("expired"),
                Evidence::new(
                    "expires",
                    Value::Date(date),
                    Provenance::property("document control Valid until"),
                ),
            ),
            _ => (
                rule("unverified"),
                Evidence::new(
                    "last verified",
                    Value::Date(date),
                    Provenance::property("docProps/core.xml dcterms:modified"),
                ),
            ),
        };
        let as_of = Evidence::new(
            "age",
            Value::Days(chance.below(4000) as i64),
            Provenance::Computed("as of 2026-06-01".to_owned()),
        );
        findings.push(Finding::new(rule, DocId(document), Confidence::Likely, evidence).and(as_of));
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|it| it != "--bench");
    let (mut findings, mut times, mut output, mut formats) = (50_000, 5, None::<PathBuf>, vec![]);
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().and_then(|it| it.parse().ok()).expect("a number");
        match argument.as_str() {
            "--findings" => findings = number(),
            "--times" => times = number(),
            "--output" => output = arguments.next().map(PathBuf::from),
            _ => formats.push(argument),
        }
    }
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    let records = (0..findings).map(|it| record(it, &mut chance)).collect();
    let inventory = Inventory::new(vec!["/srv/share".into()], records);
    let assessment = assessment(&inventory, &mut chance);
    let (policy, ledger) = (Policy::default(), Ledger::of(&inventory));
    let summary = Summary { new: findings, ..Summary::default() };
    let owners = Owners::of(&inventory, &policy, &KnownOwners::default());
    let ids = identity::ids(&inventory, &assessment.findings);
    let standings = vec![Standing::New; assessment.findings.len()];
    let report = Report {
        inventory: &inventory,
        assessment: &assessment,
        ids: &ids,
        standings: &standings,
        has_baseline: false,
        gone: &[],
        history: &[],
        owners: &owners,
        narrowed: None,
        summary: &summary,
        ledger: &ledger,
        texts: None,
        policy: &policy,
        precision: &[],
        suggestions: &[],
        policy_name: None,
        as_of: NaiveDate::from_ymd_opt(2026, 6, 1).expect("it is a day"),
        undated: Some(0),
        version: "0.1.0",
        options: Options::default(),
    };
    for writer in WRITERS {
        if formats.is_empty() || formats.iter().any(|it| it == writer.name) {
            measure(writer, &report, times, output.as_deref());
        }
    }
}

/// Writes a report so many times, and says how long it took in the middle and how long it is.
fn measure(writer: &Writer, report: &Report<'_>, times: u64, output: Option<&Path>) {
    let mut seconds = Vec::new();
    let mut written = Vec::new();
    for _ in 0..times {
        written.clear();
        let start = Instant::now();
        (writer.write)(report, &mut written).expect("writing to memory does not fail");
        seconds.push(start.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    let middle = seconds.get(seconds.len() / 2).copied().unwrap_or_default();
    let count = report.assessment.findings.len();
    let mut out = std::io::stdout().lock();
    let name = writer.name;
    let bytes = written.len();
    writeln!(
        out,
        "{{\"format\":\"{name}\",\"findings\":{count},\"seconds\":{middle:.4},\"bytes\":{bytes}}}"
    )
    .expect("the output is open");
    if let Some(folder) = output {
        let file = folder.join(format!("report.{}", writer.extension));
        fs::write(file, &written).expect("the folder can be written to");
    }
}
