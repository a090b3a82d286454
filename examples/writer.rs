//! An output of one's own: what needs a decision as a list for a chat, written beside docrot's own
//! page from the same report.
//!
//!     cargo run --example writer -- FOLDER YYYY-MM-DD

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;

use chrono::NaiveDate;
use docrot::catalog::Catalog;
use docrot::report::{Options, Report, WRITERS, Writer, escape};
use docrot::rot::{self, KnownOwners, Owners, Policy, Severity, identity};
use docrot::scan::{Ledger, ScanOptions, scan};

const CHAT: Writer =
    Writer { name: "chat", extension: "txt", is_binary: false, write, index: None };

fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let findings = report.assessment.findings.iter().zip(report.ids);
    for (finding, id) in findings.filter(|(it, _)| it.severity >= Severity::Warning) {
        // Names are data of strangers: what would steer a terminal or a chat is written out.
        let path = escape::path(&report.inventory[finding.document].file.path);
        writeln!(out, "[{}] {path} ({id})", finding.rule.id)?;
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let root = PathBuf::from(arguments.next().ok_or("name a folder")?);
    let as_of: NaiveDate = arguments.next().ok_or("name a day")?.parse()?;

    let folder = tempfile::tempdir()?;
    let catalog = Catalog::open_or_create(folder.path())?;
    let summary = scan(&[root], &ScanOptions::default(), &catalog, |_| ControlFlow::Continue(()))?;
    let inventory = catalog.inventory()?;
    let policy = Policy::default();
    let assessment = rot::assess(&inventory, &catalog.texts()?, &policy, as_of);
    let report = Report {
        ids: &identity::ids(&inventory, &assessment.findings),
        owners: &Owners::of(&inventory, &policy, &KnownOwners::default()),
        ledger: &Ledger::of(&inventory),
        summary: &summary,
        inventory: &inventory,
        assessment: &assessment,
        policy: &policy,
        as_of,
        // What only a program knows that was there before: baselines, decisions, earlier scans.
        standings: &[],
        has_baseline: false,
        gone: &[],
        history: &[],
        narrowed: None,
        texts: None,
        precision: &[],
        suggestions: &[],
        policy_name: None,
        undated: Some(assessment.undated),
        version: env!("CARGO_PKG_VERSION"),
        options: Options::default(),
    };
    (CHAT.write)(&report, &mut io::stdout().lock())?;
    let html = WRITERS.iter().find(|it| it.name == "html").ok_or("docrot writes pages")?;
    let mut page = Vec::new();
    (html.write)(&report, &mut page)?;
    println!("and a page of {} KiB", page.len().div_ceil(1024));
    Ok(())
}
