//! A verdict on a document, with its evidence.

use chrono::NaiveDate;

use crate::extract::Provenance;
use crate::inventory::DocId;

use super::Rule;

/// The three letters of ROT, and what is in too many places without being a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// Its content stands elsewhere too.
    Redundant,
    /// It is no longer valid, or nobody can say that it is.
    Obsolete,
    /// It has no business value.
    Trivial,
    /// Its subject is written about in many places.
    Scattered,
}

impl Category {
    /// The word for people and scripts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Redundant => "redundant",
            Self::Obsolete => "obsolete",
            Self::Trivial => "trivial",
            Self::Scattered => "scattered",
        }
    }
}

/// How sure a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// Plausible; look before you believe it.
    Possible,
    /// Follows from what the document or its text says.
    Likely,
    /// Follows from the bytes.
    Certain,
}

impl Confidence {
    /// The word for people and scripts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }
}

/// How much a finding asks of its reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Good to know; never in the headline number.
    Note,
    /// Needs a decision.
    Warning,
    /// Misleads its readers now.
    Error,
}

impl Severity {
    /// The word for people and scripts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A verdict: which rule, on which document, how sure, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The rule that holds.
    pub rule: &'static Rule,
    /// The document it is about.
    pub document: DocId,
    /// The documents it is compared with, the most important first.
    pub related: Vec<DocId>,
    /// How sure it is.
    pub confidence: Confidence,
    /// How much it asks of its reader.
    pub severity: Severity,
    /// The date that the verdict rests on, where it rests on one.
    pub date: Option<NaiveDate>,
    /// Position in [`super::Assessment::groups`] of the group it belongs to.
    pub group: Option<usize>,
    // Invariant: not empty.
    evidence: Vec<Evidence>,
}

impl Finding {
    /// A finding of the rule's own severity. There is none without evidence.
    pub fn new(
        rule: &'static Rule,
        document: DocId,
        confidence: Confidence,
        evidence: Evidence,
    ) -> Self {
        Self {
            rule,
            document,
            related: Vec::new(),
            confidence,
            severity: rule.severity,
            date: None,
            group: None,
            evidence: vec![evidence],
        }
    }

    /// Adds evidence.
    #[must_use]
    pub fn and(mut self, evidence: Evidence) -> Self {
        self.evidence.push(evidence);
        self
    }

    /// Adds evidence in place.
    pub fn push(&mut self, evidence: Evidence) {
        self.evidence.push(evidence);
    }

    /// The same finding on other evidence, of which there is some.
    #[must_use]
    pub fn with_evidence(&self, evidence: Vec<Evidence>) -> Self {
        debug_assert!(!evidence.is_empty(), "there is no finding without evidence");
        Self { evidence, ..self.clone() }
    }

    /// Whether it says that its document misleads its readers: obsolete, and more than a note.
    pub fn is_stale(&self) -> bool {
        self.rule.category == Category::Obsolete && Severity::Note < self.severity
    }

    /// What was measured, the most telling first. Never empty.
    pub fn evidence(&self) -> &[Evidence] {
        &self.evidence
    }
}

/// A measured fact that supports a finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// What was measured, such as `review date`.
    pub what: &'static str,
    /// What it is.
    pub value: Value,
    /// Where it was found.
    pub provenance: Provenance,
}

impl Evidence {
    /// Pairs a measurement with its provenance.
    pub const fn new(what: &'static str, value: Value, provenance: Provenance) -> Self {
        Self { what, value, provenance }
    }
}

/// A measured value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Words, quoted from the document where they are (at most 200 characters).
    Text(String),
    /// A day.
    Date(NaiveDate),
    /// A number of things.
    Count(u64),
    /// A size in bytes.
    Bytes(u64),
    /// A share from 0 to 1.
    Share(f64),
    /// A number of days.
    Days(i64),
    /// Another document of the inventory.
    Document(DocId),
}
