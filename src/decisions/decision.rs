//! What people decided about findings, as a table that spreadsheet programs read and write.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::mark::{Mark, Trace};
use super::recognition::{Known, Recognition};
use super::table::{self, Table};

/// What is to become of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Disposition {
    /// It stays as it is, on purpose.
    Keep,
    /// It will be brought up to date.
    Update,
    /// It will be moved to an archive.
    Archive,
    /// It will be removed.
    Delete,
    /// Somebody else has to decide.
    NotMine,
}

impl Disposition {
    /// Every disposition, the mildest first.
    pub const ALL: &[Self] =
        &[Self::Keep, Self::Update, Self::Archive, Self::Delete, Self::NotMine];

    /// The words on paper.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Update => "update",
            Self::Archive => "archive",
            Self::Delete => "delete",
            Self::NotMine => "not mine",
        }
    }

    /// Reads the words on paper, whatever their case and what joins them.
    pub fn parse(word: &str) -> Option<Self> {
        let word = word.trim().to_lowercase().replace(['-', '_'], " ");
        Self::ALL.iter().copied().find(|it| it.name() == word)
    }
}

/// What somebody decided about one finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The finding's name, as [`crate::rot::identity::ids`] gives it.
    pub finding: String,
    /// The rule it was found by; empty where it was not told.
    pub rule: String,
    /// The document, as [`super::path_of`] writes it; empty where it was not told.
    pub path: String,
    /// What is to become of it.
    pub what: Disposition,
    /// Who decided; empty where nobody said.
    pub by: String,
    /// The day; none where it was not told.
    pub on: Option<NaiveDate>,
    /// The day on which the decision lapses; none: never.
    pub until: Option<NaiveDate>,
    /// The reason.
    pub why: String,
    /// What the finding rests on.
    pub trace: Trace,
}

impl Decision {
    /// Whether it holds on this day.
    pub fn holds(&self, as_of: NaiveDate) -> bool {
        self.until.is_none_or(|until| as_of < until)
    }
}

/// Why a row of a table is no decision.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct Refusal {
    /// The line of the table.
    pub line: u64,
    /// What is wrong with it, and where there is something to do, what.
    pub why: String,
}

/// Why a table of decisions cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecisionError {
    /// The table has no column of this name.
    #[error("there is no column `{0}`")]
    NoColumn(&'static str),
    /// A row is no decision.
    #[error(transparent)]
    Row(Refusal),
    /// The table is broken.
    #[error("{0}")]
    Broken(String),
}

/// Decisions, one for each finding.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decisions {
    by_finding: BTreeMap<String, Decision>,
}

const COLUMNS: [&str; 9] = ["id", "rule", "path", "decision", "until", "why", "by", "on", "trace"];

impl Decisions {
    /// Reads the table that [`Decisions::to_table`] writes. The first row that is no decision is an
    /// error.
    pub fn read(text: &str) -> Result<Self, DecisionError> {
        let table = Table::from_csv(text).map_err(DecisionError::Broken)?;
        let mut decisions = Self::default();
        for row in rows(&table)? {
            decisions.insert(row.map_err(DecisionError::Row)?.1);
        }
        Ok(decisions)
    }

    /// Keeps a decision, and gives the earlier one on the same finding that it replaces.
    pub fn insert(&mut self, decision: Decision) -> Option<Decision> {
        self.by_finding.insert(decision.finding.clone(), decision)
    }

    /// Takes out the decision on a finding.
    pub fn remove(&mut self, finding: &str) -> Option<Decision> {
        self.by_finding.remove(finding)
    }

    /// The decision that was made on the finding of this name.
    pub fn get(&self, finding: &str) -> Option<&Decision> {
        self.by_finding.get(finding)
    }

    /// Every decision, by finding.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Decision> {
        self.by_finding.values()
    }

    /// Whether nothing was decided.
    pub fn is_empty(&self) -> bool {
        self.by_finding.is_empty()
    }

    /// Which decision stands for each of the present findings.
    pub fn standing<'a>(&'a self, marks: &[Mark<'_>]) -> Vec<Option<&'a Decision>> {
        self.recognize(marks).0
    }

    /// Takes out the decisions whose finding is there no more, and gives them.
    pub fn prune(&mut self, marks: &[Mark<'_>]) -> Vec<Decision> {
        let gone: Vec<String> =
            self.recognize(marks).1.into_iter().map(|it| it.finding.clone()).collect();
        gone.iter().filter_map(|finding| self.remove(finding)).collect()
    }

    /// By present finding the decision on it, and the decisions that are left.
    fn recognize<'a>(
        &'a self,
        marks: &[Mark<'_>],
    ) -> (Vec<Option<&'a Decision>>, Vec<&'a Decision>) {
        let decisions: Vec<&Decision> = self.iter().collect();
        let known: Vec<Known> = decisions
            .iter()
            .map(|it| Known { id: &it.finding, rule: &it.rule, path: &it.path, trace: it.trace })
            .collect();
        let mut recognition = Recognition::new(marks, &known);
        recognition.same();
        recognition.same_group();
        let found = recognition.found.iter().map(|at| at.map(|at| decisions[at])).collect();
        let left = recognition.left().map(|at| decisions[at]).collect();
        (found, left)
    }

    /// The table, as [`Decisions::read`] reads it.
    pub fn to_table(&self) -> String {
        let mut text = COLUMNS.join(",") + "\n";
        for decision in self.iter() {
            let Decision { finding, rule, path, what, by, on, until, why, trace } = decision;
            let day = |day: &Option<NaiveDate>| day.map_or_else(String::new, |it| it.to_string());
            let (until, on, trace) = (day(until), day(on), trace.to_string());
            text += &table::row(&[finding, rule, path, what.name(), &until, why, by, &on, &trace]);
        }
        text
    }
}

/// A row that somebody filled in, with its line, or why it is no decision.
pub type FilledRow = Result<(u64, Decision), Refusal>;

/// The decisions of a table that somebody filled in, with the line of each; rows without one are
/// left out.
///
/// The table needs the columns `id` and `decision`, and may have `rule`, `path`, `until`, `why`,
/// `by`, `on` and `trace`, in any order. The error is about the table as a whole.
pub fn rows(table: &Table) -> Result<Vec<FilledRow>, DecisionError> {
    let id = table.column(&["id", "finding"]).ok_or(DecisionError::NoColumn("id"))?;
    let what = table.column(&["decision", "what"]).ok_or(DecisionError::NoColumn("decision"))?;
    let [rule, path, by, on, trace] =
        ["rule", "path", "by", "on", "trace"].map(|name| table.column(&[name]));
    let until = table.column(&["until"]);
    let why = table.column(&["why", "reason"]);
    let mut found = Vec::new();
    for (line, row) in &table.rows {
        let cell = |at| table::cell(row, at);
        let word = cell(Some(what));
        if word.is_empty() {
            continue;
        }
        let refusal = |why: String| Refusal { line: *line, why };
        found.push((|| {
            let what = Disposition::parse(word).ok_or_else(|| {
                refusal(format!("`{word}` is none of keep, update, archive, delete, not mine"))
            })?;
            let finding = cell(Some(id)).to_lowercase();
            if finding.is_empty() {
                return Err(refusal("there is no id of a finding".to_owned()));
            }
            let decision = Decision {
                finding,
                rule: cell(rule).to_owned(),
                path: cell(path).to_owned(),
                what,
                by: cell(by).to_owned(),
                on: day(cell(on)).map_err(refusal)?,
                until: day(cell(until)).map_err(refusal)?,
                why: cell(why).to_owned(),
                trace: cell(trace).parse().unwrap_or_default(),
            };
            Ok((*line, decision))
        })());
    }
    Ok(found)
}

/// A day as people and spreadsheet programs write it: `2026-12-31`, `31.12.2026`, with a time of
/// day or without.
fn day(cell: &str) -> Result<Option<NaiveDate>, String> {
    if cell.is_empty() {
        return Ok(None);
    }
    let date = cell.split([' ', 'T']).next().unwrap_or_default();
    let parsed = date.parse().or_else(|_| NaiveDate::parse_from_str(date, "%d.%m.%Y"));
    parsed.map(Some).map_err(|_| format!("`{cell}` is no day; write it as 2026-12-31"))
}
