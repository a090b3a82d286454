//! What came of a run, as JSON for whatever watches over scheduled runs. Written also where the run
//! failed, with the code that it ended with and why.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use docrot::decisions::PastScan;
use docrot::report::escape;
use serde::Serialize;

use super::exit::{self, Exit};
use super::judged::Judged;
use super::{options, output};

/// Raised when a field goes, or comes to mean something else.
const SCHEMA_VERSION: u32 = 1;

/// What is known of a run so far.
pub(super) struct RunSummary {
    command: &'static str,
    started: DateTime<Utc>,
    roots: Vec<PathBuf>,
    found: Option<(PastScan, Option<String>, u64)>,
}

#[derive(Serialize)]
struct V1Run {
    schema_version: u32,
    docrot: &'static str,
    command: &'static str,
    started: String,
    ended: String,
    exit_code: u8,
    outcome: &'static str,
    /// Why it failed, in words; null where it did not.
    reason: Option<String>,
    roots: Vec<String>,
    /// What was found; null where it did not come to that.
    scan: Option<V1Scan>,
}

#[derive(Serialize)]
struct V1Scan {
    started: String,
    as_of: NaiveDate,
    seen: u64,
    read: u64,
    not_read: u64,
    decisions_open: u64,
    decided: u64,
    new: u64,
    gone: u64,
    undated: Option<u64>,
    findings: std::collections::BTreeMap<String, u64>,
    /// Which findings are counted, in words; null: all.
    narrowed: Option<String>,
}

impl RunSummary {
    /// A run that begins now.
    pub(super) fn begin(command: &'static str) -> Self {
        Self { command, started: options::now(), roots: Vec::new(), found: None }
    }

    /// Notes what was found.
    pub(super) fn found(&mut self, judged: &Judged) {
        self.roots.clone_from(&judged.inventory.roots);
        let narrowed = judged.shown.narrowed.clone();
        self.found = Some((judged.past_scan(), narrowed, judged.not_read()));
    }

    /// Writes the summary of a run that ended so, where one is asked for, and gives its end.
    pub(super) fn end(
        self,
        file: Option<&Path>,
        ended: anyhow::Result<Exit>,
    ) -> anyhow::Result<Exit> {
        let Some(file) = file else { return ended };
        let written = output::whole(file, |out| {
            serde_json::to_writer_pretty(&mut *out, &self.wire(&ended))?;
            writeln!(out)
        })
        .with_context(|| format!("cannot write the summary to {}", file.display()));
        match (ended, written) {
            // The first error is the one to tell.
            (Err(error), _) | (Ok(_), Err(error)) => Err(error),
            (Ok(exit), Ok(())) => Ok(exit),
        }
    }

    fn wire(self, ended: &anyhow::Result<Exit>) -> V1Run {
        let time = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Secs, true);
        let exit = ended.as_ref().map_or_else(exit::code_of, |exit| *exit);
        let reason = ended.as_ref().err().map(|error| format!("{error:#}"));
        let scan = self.found.map(|(scan, narrowed, not_read)| V1Scan {
            started: time(scan.on),
            as_of: scan.as_of,
            seen: scan.seen,
            read: scan.read,
            not_read,
            decisions_open: scan.decisions_open,
            decided: scan.decided,
            new: scan.new,
            gone: scan.gone,
            undated: scan.undated,
            findings: scan.findings,
            narrowed,
        });
        V1Run {
            schema_version: SCHEMA_VERSION,
            docrot: env!("CARGO_PKG_VERSION"),
            command: self.command,
            started: time(self.started),
            ended: time(options::now()),
            exit_code: exit as u8,
            outcome: match exit {
                Exit::Success => "done",
                Exit::Found => "found",
                Exit::Usage => "misused",
                Exit::Failure => "failed",
                Exit::Interrupted => "interrupted",
            },
            reason,
            roots: self.roots.iter().map(|it| escape::readable(it).into_owned()).collect(),
            scan,
        }
    }
}
