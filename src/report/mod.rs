//! Writes findings down for people and for programs. The seam for outputs.
//!
//! A writer is one file that exports one `WRITER`, and one row in [`WRITERS`]. Writers only lay
//! out: they judge nothing, read no file and no clock, and every name they write has passed through
//! [`escape`].

pub mod asks;
mod brief;
pub mod escape;
mod explain;
pub mod figures;
mod layout;
mod location;
mod redact;
#[cfg(test)]
mod redact_tests;
mod rows;
mod wordings;
pub mod words;

mod calendar;
mod csv;
mod difference;
mod document;
mod email;
mod github;
mod hits;
mod html;
mod json;
mod junit;
mod likes;
mod markdown;
mod pairs;
mod sarif;
mod subjects;
mod terminal;
mod validation;
mod whereabouts;
mod xlsx;

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod sample;

pub use difference::{Compared, difference_json, difference_text};
pub use document::{Document, document_json, document_text};
pub use email::address;
pub use explain::explain;
pub use hits::{HitDocument, Hits, hits_json, hits_text};
pub use html::validation_html;
pub use json::{subject_json, subjects_json};
pub use likes::{Likes, likes_json, likes_text};
pub use pairs::{PAIR_FORMATS, PairFormat, PairWriter};
pub use redact::Redacted;
pub use subjects::{folder_name, subject_text, subjects_text};
pub use validation::{Validation, validation_json, validation_text};
pub use whereabouts::{FolderHits, Whereabouts, whereabouts_json, whereabouts_text};

use std::io;
use std::path::Path;

use chrono::NaiveDate;

use crate::decisions::{Gone, PastScan, RulePrecision, Standing};
use crate::inventory::{Inventory, Record};
use crate::rot::{Assessment, Owners, Policy, Severity, Suggestion, Texts};
use crate::scan::{Ledger, Summary};

/// Everything a report may tell. Borrowed; nothing in it is changed.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "holds a dyn Texts")]
pub struct Report<'a> {
    /// The documents.
    pub inventory: &'a Inventory,
    /// The findings and groups.
    pub assessment: &'a Assessment,
    /// The name of each finding, parallel to the findings.
    pub ids: &'a [String],
    /// How each finding stands to the baseline and the decisions, parallel to the findings; empty
    /// without either.
    pub standings: &'a [Standing],
    /// Whether findings were accepted as known, so that others are new.
    pub has_baseline: bool,
    /// Findings of the baseline that are there no more.
    pub gone: &'a [Gone],
    /// Earlier scans of this catalog, oldest first, without the present one.
    pub history: &'a [PastScan],
    /// Who answers for each document, and how that is known.
    pub owners: &'a Owners,
    /// What of the findings is told here and how many are left out, in words; none where all are.
    pub narrowed: Option<&'a str>,
    /// What the last scan did.
    pub summary: &'a Summary,
    /// What became of every file that was seen.
    pub ledger: &'a Ledger,
    /// The texts of the documents, for writers that quote what differs; none where they are not
    /// at hand.
    pub texts: Option<&'a dyn Texts>,
    /// The thresholds that the findings rest on.
    pub policy: &'a Policy,
    /// How often rules were right by the verdicts of reviewers; empty without verdicts.
    pub precision: &'a [RulePrecision],
    /// Newer documents that may have taken the place of others; no findings, and never counted.
    pub suggestions: &'a [Suggestion],
    /// What the policy is called, such as the name of its file; none for the built-in one.
    pub policy_name: Option<&'a str>,
    /// The day that counts as today.
    pub as_of: NaiveDate,
    /// How many readable documents have no date that can be trusted, where that was worked out.
    pub undated: Option<u64>,
    /// The version of docrot.
    pub version: &'a str,
    /// How to lay it out, for writers that lay out.
    pub options: Options<'a>,
}

/// How to lay a report out. Writers for programs ignore it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options<'a> {
    /// Columns of the terminal; at least 40 are used.
    pub width: usize,
    /// Whether ANSI colors may be used.
    pub color: bool,
    /// How many findings or groups of a rule are shown.
    pub shown: usize,
    /// Show every finding and every member of a group, whatever `shown` says.
    pub all: bool,
    /// What has to follow `docrot report` and `docrot explain` so that they find this catalog, such
    /// as `--index DIR`; empty where nothing has to.
    pub arguments: &'a str,
    /// List every file, where the writer has a place for it.
    pub inventory: bool,
    /// The folder that paths in annotations and in SARIF start from where it is above a root, such
    /// as the working copy that is checked; empty where paths start from the root.
    pub base: &'a Path,
    /// Who an e-mail is from and to; empty where nobody was named.
    pub mail: Mail<'a>,
}

/// Addresses of an e-mail, as `name@example.org`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mail<'a> {
    /// The sender.
    pub from: &'a str,
    /// The recipient.
    pub to: &'a str,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            width: 80,
            color: false,
            shown: 10,
            all: false,
            arguments: "",
            inventory: false,
            base: Path::new(""),
            mail: Mail::default(),
        }
    }
}

/// A kind of output.
#[derive(Clone, Copy, Debug)]
pub struct Writer {
    /// What `--format` calls it.
    pub name: &'static str,
    /// The usual extension of its files, without the dot. Where two have the same, the first in
    /// [`WRITERS`] is meant by it.
    pub extension: &'static str,
    /// Whether what it writes is no text, and nothing for a terminal.
    pub is_binary: bool,
    /// Writes a whole report.
    pub write: fn(&Report, &mut dyn io::Write) -> io::Result<()>,
    /// Writes the page that leads to the files of a report that was split, where it has one.
    pub index: Option<WriteIndex>,
}

/// Writes the page that leads to the parts of a report. The report is the whole of it.
pub type WriteIndex = fn(&Report, &[Part], &mut dyn io::Write) -> io::Result<()>;

/// A part of a report that was split, in a file of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Who answers for the documents in it; none where nobody is known.
    pub owner: Option<String>,
    /// The name of the file, without its folder.
    pub file: String,
    /// How many findings are in it.
    pub findings: u64,
    /// How many documents need a decision.
    pub to_decide: u64,
    /// How long deciding may take, in minutes.
    pub minutes: u64,
}

impl Writer {
    /// A writer of text without a page that leads to parts.
    const fn text(
        name: &'static str,
        extension: &'static str,
        write: fn(&Report, &mut dyn io::Write) -> io::Result<()>,
    ) -> Self {
        Self { name, extension, is_binary: false, write, index: None }
    }
}

/// Every kind of output; the first is the default.
pub const WRITERS: &[Writer] = &[
    terminal::WRITER,
    html::WRITER,
    json::WRITER,
    json::LINES,
    csv::WRITER,
    xlsx::WRITER,
    markdown::WRITER,
    email::WRITER,
    calendar::WRITER,
    sarif::WRITER,
    junit::WRITER,
    github::WRITER,
];

impl<'a> Report<'a> {
    /// How a finding stands to the baseline and the decisions, by its position; none without either.
    pub fn standing(&self, position: usize) -> Option<&'a Standing> {
        self.standings.get(position)
    }

    /// Whether a finding waits for a decision: it is above a note, and nobody has decided yet.
    pub fn is_open(&self, position: usize) -> bool {
        let finding = self.assessment.findings.get(position);
        finding.is_some_and(|it| Severity::Note < it.severity)
            && !self.standing(position).is_some_and(Standing::is_settled)
    }

    /// The folder that a record was found under, where there are several to tell apart.
    fn root_among_several(&self, record: &Record) -> Option<&'a Path> {
        (1 < self.inventory.roots.len()).then(|| self.inventory.root_of(record))
    }
}
