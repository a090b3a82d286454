//! Verdicts of reviewers on findings, as a table that spreadsheet programs read and write.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::table::{self, Table};

/// What a reviewer says of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It is so.
    Right,
    /// It is not so.
    Wrong,
    /// The reviewer cannot tell.
    Unsure,
}

impl Verdict {
    /// The word in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Wrong => "wrong",
            Self::Unsure => "unsure",
        }
    }

    /// Reads a reviewer's word: `right`, `wrong`, `unsure` and what people write instead.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word.trim().to_lowercase().as_str() {
            "right" | "r" | "correct" | "true" | "yes" | "y" | "1" | "ok" => Self::Right,
            "wrong" | "w" | "incorrect" | "false" | "no" | "n" | "0" => Self::Wrong,
            "unsure" | "u" | "?" | "unclear" | "maybe" => Self::Unsure,
            _ => return None,
        })
    }
}

/// A verdict on one finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// The finding's name, as [`crate::rot::identity::ids`] gives it.
    pub finding: String,
    /// The rule it was found by.
    pub rule: String,
    /// The document, for people; empty where it was not told.
    pub path: String,
    /// What the reviewer says.
    pub verdict: Verdict,
    /// Who that is; empty where nobody said.
    pub by: String,
    /// The day; none where it was not told.
    pub on: Option<NaiveDate>,
    /// The reviewer's reason.
    pub why: String,
}

/// Why a table of verdicts cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JudgementError {
    /// The table has no column of this name.
    #[error("there is no column `{0}`")]
    NoColumn(&'static str),
    /// A verdict is none.
    #[error("line {line}: `{word}` is none of right, wrong, unsure")]
    NoVerdict {
        /// The line of the table.
        line: u64,
        /// What stands there.
        word: String,
    },
    /// The table is broken.
    #[error("{0}")]
    Broken(String),
}

/// Verdicts, one for each finding and rule.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judgements {
    by_finding: BTreeMap<(String, String), Judgement>,
}

const COLUMNS: [&str; 7] = ["id", "rule", "path", "verdict", "by", "on", "why"];

impl Judgements {
    /// Reads a table with the columns `id` and `verdict`, and whichever of `rule`, `path`, `by`,
    /// `on` and `why` there are, in any order. Rows without a verdict are left out.
    ///
    /// Commas, semicolons and tabs separate cells, as spreadsheet programs write them.
    pub fn read(table: &str) -> Result<Self, JudgementError> {
        let table = Table::from_csv(table).map_err(JudgementError::Broken)?;
        let column = |name| table.column(&[name]);
        let id = column("id").ok_or(JudgementError::NoColumn("id"))?;
        let verdict = column("verdict").ok_or(JudgementError::NoColumn("verdict"))?;
        let [rule, path, by, on, why] = ["rule", "path", "by", "on", "why"].map(column);
        let mut judgements = Self::default();
        for (line, row) in &table.rows {
            let cell = |at| table::cell(row, at).to_owned();
            let word = cell(Some(verdict));
            if word.is_empty() || cell(Some(id)).is_empty() {
                continue;
            }
            let line = *line;
            let verdict = Verdict::parse(&word).ok_or(JudgementError::NoVerdict { line, word })?;
            judgements.add(Judgement {
                finding: cell(Some(id)).to_lowercase(),
                rule: cell(rule),
                path: cell(path),
                verdict,
                by: cell(by),
                on: cell(on).parse().ok(),
                why: cell(why),
            });
        }
        Ok(judgements)
    }

    /// Keeps a verdict; a later one on the same finding replaces an earlier one.
    pub fn add(&mut self, judgement: Judgement) {
        let key = (judgement.finding.clone(), judgement.rule.clone());
        self.by_finding.insert(key, judgement);
    }

    /// The verdict on a finding.
    pub fn of(&self, finding: &str, rule: &str) -> Option<&Judgement> {
        self.by_finding.get(&(finding.to_owned(), rule.to_owned()))
    }

    /// Every verdict, by finding.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Judgement> {
        self.by_finding.values()
    }

    /// The table, as [`Judgements::read`] reads it.
    pub fn to_table(&self) -> String {
        let mut text = COLUMNS.join(",") + "\n";
        for judgement in self.iter() {
            let Judgement { finding, rule, path, verdict, by, on, why } = judgement;
            let on = on.map_or_else(String::new, |on| on.to_string());
            text += &table::row(&[finding, rule, path, verdict.name(), by, &on, why]);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judgement(finding: &str, verdict: Verdict) -> Judgement {
        Judgement {
            finding: finding.to_owned(),
            rule: "expired".to_owned(),
            path: "=a, \"b\".md".to_owned(),
            verdict,
            by: "kim".to_owned(),
            on: "2026-04-22".parse().ok(),
            why: "-template".to_owned(),
        }
    }

    #[test]
    fn a_table_reads_back_as_written() {
        let mut judgements = Judgements::default();
        judgements.add(judgement("0f", Verdict::Right));
        judgements.add(judgement("1f", Verdict::Unsure));
        judgements.add(judgement("0f", Verdict::Wrong));
        assert_eq!(Judgements::read(&judgements.to_table()), Ok(judgements.clone()));
        assert_eq!(judgements.of("0f", "expired").map(|it| it.verdict), Some(Verdict::Wrong));
        assert!(judgements.to_table().contains("\"'=a, \"\"b\"\".md\""));
    }

    #[test]
    fn a_report_with_a_column_of_verdicts_is_read_whatever_separates_it() {
        let table = "\u{feff}severity;rule;path;id;verdict\r\nnote;expired;a.md;0F;yes\r\n\
                     note;expired;b.md;1f;\r\nnote;expired;c.md;2f;n\r\n";
        let judgements = Judgements::read(table).unwrap();
        let verdicts: Vec<_> =
            judgements.iter().map(|it| (it.finding.as_str(), it.verdict)).collect();
        assert_eq!(verdicts, [("0f", Verdict::Right), ("2f", Verdict::Wrong)]);
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        let mistake = Judgements::read("id,verdict\n0f,right\n1f,perhaps\n").unwrap_err();
        assert_eq!(mistake.to_string(), "line 3: `perhaps` is none of right, wrong, unsure");
        assert_eq!(Judgements::read("id,rule\n"), Err(JudgementError::NoColumn("verdict")));
        assert_eq!(Judgements::read(""), Err(JudgementError::NoColumn("id")));
    }
}
