//! Findings that were accepted as known, and how those of the present report stand to them.
//!
//! A finding stays known while what it rests on stays the same, wherever its document lies. It is
//! raised again when its text changes, or when more documents take part in it.

use chrono::NaiveDate;

use super::decision::{Decision, DecisionError, Decisions, Disposition, Refusal};
use super::mark::{Mark, Trace};
use super::recognition::{Known, Recognition};
use super::table::{self, Table};

/// How a finding stands to the baseline and the decisions.
#[derive(Clone, Debug, PartialEq)]
pub enum Standing {
    /// It was not there when the baseline was accepted.
    New,
    /// It was there already.
    Still {
        /// Since when it is known.
        since: NaiveDate,
    },
    /// It was accepted, and is raised again.
    Raised {
        /// Since when it was known.
        since: NaiveDate,
        /// What changed.
        why: Raise,
    },
    /// Somebody decided what is to become of it.
    Decided {
        /// What was decided.
        decision: Decision,
    },
    /// A decision on it has lapsed.
    Lapsed {
        /// What had been decided.
        decision: Decision,
    },
}

/// Why a finding that was accepted is raised again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Raise {
    /// More documents take part in it.
    GroupGrew,
    /// The text of its document, or of the one that it is compared with, is another.
    TextChanged,
}

impl Standing {
    /// Every word of [`Standing::name`], what asks for attention first.
    pub const NAMES: &[&str] = &["new", "raised again", "lapsed", "still there", "decided"];

    /// Whether it waits for nobody: somebody decided, and answers for it.
    pub fn is_settled(&self) -> bool {
        matches!(self, Self::Decided { decision } if decision.what != Disposition::NotMine)
    }

    /// Whether it asks for attention that it did not ask for at the baseline: new, raised again or
    /// lapsed.
    pub const fn is_news(&self) -> bool {
        matches!(self, Self::New | Self::Raised { .. } | Self::Lapsed { .. })
    }

    /// The word for people and scripts.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Still { .. } => "still there",
            Self::Raised { .. } => "raised again",
            Self::Decided { .. } => "decided",
            Self::Lapsed { .. } => "lapsed",
        }
    }
}

/// A finding of the baseline that is there no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    /// Its name in reports.
    pub id: String,
    /// The rule.
    pub rule: String,
    /// The document, as [`super::path_of`] writes it.
    pub path: String,
    /// Since when it was known.
    pub since: NaiveDate,
}

/// A finding that was accepted as known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// What it was when it was accepted, and since when it is known.
    pub finding: Gone,
    /// What it rests on.
    pub trace: Trace,
}

/// Findings that were accepted as known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// By path and rule.
    accepted: Vec<Accepted>,
}

const COLUMNS: [&str; 5] = ["id", "rule", "path", "since", "trace"];

impl Baseline {
    /// Reads the table that [`Baseline::to_table`] writes.
    pub fn read(text: &str) -> Result<Self, DecisionError> {
        let table = Table::from_csv(text).map_err(DecisionError::Broken)?;
        let column = |name| table.column(&[name]).ok_or(DecisionError::NoColumn(name));
        let [id, rule, path, since, trace] =
            [column("id")?, column("rule")?, column("path")?, column("since")?, column("trace")?];
        let mut accepted = Vec::with_capacity(table.rows.len());
        for (line, row) in &table.rows {
            let cell = |at| table::cell(row, Some(at));
            let refusal = |what: &str| {
                let why = format!("`{what}` was not written by docrot");
                DecisionError::Row(Refusal { line: *line, why })
            };
            accepted.push(Accepted {
                finding: Gone {
                    id: cell(id).to_owned(),
                    rule: cell(rule).to_owned(),
                    path: cell(path).to_owned(),
                    since: cell(since).parse().map_err(|_| refusal(cell(since)))?,
                },
                trace: cell(trace).parse().map_err(|()| refusal(cell(trace)))?,
            });
        }
        Ok(Self { accepted })
    }

    /// The table, as [`Baseline::read`] reads it.
    pub fn to_table(&self) -> String {
        let mut text = COLUMNS.join(",") + "\n";
        for Accepted { finding: Gone { id, rule, path, since }, trace } in &self.accepted {
            text += &table::row(&[id, rule, path, &since.to_string(), &trace.to_string()]);
        }
        text
    }

    /// Every accepted finding, by path and rule.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Accepted> {
        self.accepted.iter()
    }

    /// Accepts findings as known from this day on. Those that were known keep their day, and those
    /// that are gone or meanwhile something else are forgotten, as far as `is_covered` says that
    /// the present findings are told for them.
    pub fn accept(
        &mut self,
        marks: &[Mark<'_>],
        is_chosen: impl Fn(usize) -> bool,
        is_covered: impl Fn(&Accepted) -> bool,
        on: NaiveDate,
    ) -> usize {
        let known = self.known();
        let mut recognition = Recognition::new(marks, &known);
        recognition.run();
        let mut kept: Vec<Accepted> = Vec::with_capacity(marks.len());
        let left = recognition.left().map(|at| &self.accepted[at]);
        kept.extend(left.filter(|it| !is_covered(it)).cloned());
        let mut accepted = 0;
        for (at, mark) in marks.iter().enumerate() {
            let known = recognition.found[at].map(|known| &self.accepted[known]);
            if !is_chosen(at) {
                kept.extend(known.cloned());
                continue;
            }
            let since = known.map_or(on, |it| it.finding.since);
            let finding = Gone {
                id: mark.id.to_owned(),
                rule: mark.rule.to_owned(),
                path: mark.path.to_string(),
                since,
            };
            kept.push(Accepted { finding, trace: mark.trace });
            accepted += 1;
        }
        kept.sort_by(|a, b| {
            let key = |it: &Accepted| (it.finding.path.clone(), it.finding.rule.clone());
            key(a).cmp(&key(b)).then_with(|| a.finding.id.cmp(&b.finding.id))
        });
        self.accepted = kept;
        accepted
    }

    fn known(&self) -> Vec<Known<'_>> {
        let findings = self.accepted.iter().map(|it| (&it.finding, it.trace));
        findings
            .map(|(Gone { id, rule, path, since: _ }, trace)| Known { id, rule, path, trace })
            .collect()
    }
}

impl Recognition<'_> {
    /// Every pass that recognises an accepted finding, also one that changed.
    fn run(&mut self) {
        self.same();
        self.same_group();
        self.same_contents();
        self.changed();
    }
}

/// How findings stand, and what is there no more.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stood {
    /// By finding; empty without a baseline and without decisions.
    pub standings: Vec<Standing>,
    /// Findings of the baseline that are there no more, by path and rule.
    pub gone: Vec<Gone>,
}

/// How the present findings stand to a baseline, if one was accepted, and to decisions.
///
/// Without a baseline nothing is new: what nobody decided is known since `as_of`.
pub fn stand(
    marks: &[Mark<'_>],
    baseline: Option<&Baseline>,
    decisions: &Decisions,
    as_of: NaiveDate,
) -> Stood {
    if baseline.is_none() && decisions.is_empty() {
        return Stood::default();
    }
    let mut stood = match baseline {
        Some(baseline) => of_baseline(marks, baseline),
        None => Stood {
            standings: vec![Standing::Still { since: as_of }; marks.len()],
            gone: Vec::new(),
        },
    };
    for (standing, decision) in stood.standings.iter_mut().zip(decisions.standing(marks)) {
        let Some(decision) = decision.cloned() else { continue };
        *standing = match decision.holds(as_of) {
            true => Standing::Decided { decision },
            false => Standing::Lapsed { decision },
        };
    }
    stood
}

fn of_baseline(marks: &[Mark<'_>], baseline: &Baseline) -> Stood {
    let known = baseline.known();
    let mut recognition = Recognition::new(marks, &known);
    recognition.same();
    recognition.same_group();
    recognition.same_contents();
    let same = recognition.found.clone();
    recognition.changed();
    let standing = |(at, mark): (usize, &Mark)| {
        let Some(known) = recognition.found[at].map(|it| &baseline.accepted[it]) else {
            return Standing::New;
        };
        let since = known.finding.since;
        if known.trace.copies < mark.trace.copies {
            return Standing::Raised { since, why: Raise::GroupGrew };
        }
        match same[at] {
            Some(_) => Standing::Still { since },
            None => Standing::Raised { since, why: Raise::TextChanged },
        }
    };
    let standings = marks.iter().enumerate().map(standing).collect();
    let gone = recognition.left().map(|at| baseline.accepted[at].finding.clone()).collect();
    Stood { standings, gone }
}
