//! A plan as a table that a person edits with a spreadsheet program and signs, and back.
//!
//! Only what is to be done, who says so and why are read back; everything else is the plan's.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::decisions::Table;
use crate::inventory::path_text;

use super::step::{Disposition, Place, Plan, Signature, Step};

const COLUMNS: [&str; 14] = [
    "path",
    "root",
    "disposition",
    "signed_by",
    "why",
    "reason",
    "rule",
    "confidence",
    "survivor",
    "lost",
    "linked_from",
    "owner",
    "bytes",
    "finding",
];

/// Why a table cannot be joined with its plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SheetError {
    /// The table has no column of this name.
    #[error("there is no column `{0}`")]
    NoColumn(&'static str),
    /// The table is broken.
    #[error("{0}")]
    Broken(String),
    /// A row says nothing that could be done.
    #[error("line {line}: {why}")]
    Row {
        /// The line of the table.
        line: u64,
        /// What is wrong with it.
        why: String,
    },
}

impl Plan {
    /// The table, one row for each step, with a mark that tells spreadsheet programs its encoding.
    pub fn to_sheet(&self) -> String {
        let mut table = format!("\u{feff}{}\n", COLUMNS.join(","));
        for step in &self.steps {
            let spelled = |place: &Place| path_text::encode(&place.path);
            let root = self.roots.get(step.document.root);
            let signed = step.signed.as_ref();
            let cells = [
                spelled(&step.document),
                root.map_or_else(String::new, |it| path_text::encode(it)),
                step.disposition.name().to_owned(),
                signed.map_or_else(String::new, |it| it.by.clone()),
                signed.map_or_else(String::new, |it| it.why.clone()),
                step.reason.clone(),
                step.rule.clone(),
                step.confidence.name().to_owned(),
                step.survivor.as_ref().map_or_else(String::new, |(it, _)| spelled(it)),
                step.lost.join("; "),
                step.linked_from.join("; "),
                step.owner.clone(),
                step.expected.size.to_string(),
                step.finding.clone(),
            ];
            table += &row(&cells.each_ref().map(String::as_str));
        }
        table
    }

    /// Takes over what a person wrote into the table of this plan. A row whose disposition differs
    /// from the plan's needs a name in `signed_by`; rows that were deleted become review.
    pub fn sign(&mut self, table: &Table, on: NaiveDate) -> Result<usize, SheetError> {
        let column = |name| table.column(&[name]).ok_or(SheetError::NoColumn(name));
        let (path, what, by) = (column("path")?, column("disposition")?, column("signed_by")?);
        let (root, why) = (table.column(&["root"]), table.column(&["why"]));
        let mut rows: HashMap<(String, String), (u64, &Vec<String>)> = HashMap::new();
        let text = |row: &Vec<String>, at: Option<usize>| -> String {
            at.and_then(|at| row.get(at)).map_or("", |it| it.trim()).to_owned()
        };
        for (line, row) in &table.rows {
            let root = match root {
                Some(_) => text(row, root),
                None => self.roots.first().map_or_else(String::new, |it| path_text::encode(it)),
            };
            let known = rows.insert((root, text(row, Some(path))), (*line, row));
            if known.is_some() {
                let why = "names a document that an earlier line names".to_owned();
                return Err(SheetError::Row { line: *line, why });
            }
        }
        let mut changed = 0;
        for step in &mut self.steps {
            let root = path_text::encode(&self.roots[step.document.root]);
            let row = rows.remove(&(root, cell_text(&path_text::encode(&step.document.path))));
            let before = (step.disposition, step.signed.clone());
            match row {
                None => step.disposition = Disposition::Review,
                Some((line, row)) => {
                    let words = [text(row, Some(what)), text(row, Some(by)), text(row, why)];
                    sign_step(step, words, on).map_err(|why| SheetError::Row { line, why })?;
                }
            }
            changed += usize::from(before != (step.disposition, step.signed.clone()));
        }
        match rows.into_values().min_by_key(|(line, _)| *line) {
            Some((line, _)) => {
                let why = "names a document that the plan does not have".to_owned();
                Err(SheetError::Row { line, why })
            }
            None => Ok(changed),
        }
    }
}

fn sign_step(step: &mut Step, words: [String; 3], on: NaiveDate) -> Result<(), String> {
    let [word, by, why] = words;
    let disposition = Disposition::called(&word).ok_or_else(|| {
        let known: Vec<&str> = Disposition::ALL.iter().map(|it| it.name()).collect();
        format!("`{word}` is none of {}", known.join(", "))
    })?;
    if by.is_empty() {
        // Leaving a document alone needs nobody's name.
        if disposition.acts() && disposition != step.disposition {
            return Err(format!("{word} needs a name in signed_by"));
        }
        step.disposition = disposition;
        step.signed = None;
        return Ok(());
    }
    step.disposition = disposition;
    let is_new = step.signed.as_ref().is_none_or(|it| it.by != by || it.why != why);
    if is_new {
        step.signed = Some(Signature { by, on: Some(on), why });
    }
    Ok(())
}

/// A row of a table with its end of line.
pub(super) fn row(cells: &[&str]) -> String {
    let cells: Vec<String> = cells.iter().map(|it| cell(it)).collect();
    cells.join(",") + "\n"
}

/// A text as a table keeps it: without ends of lines and outer blanks.
fn cell_text(text: &str) -> String {
    text.replace(['\r', '\n'], " ").trim().to_owned()
}

/// A cell in quotes, where it needs them; what would be a formula gets an apostrophe in front.
fn cell(text: &str) -> String {
    let text = cell_text(text);
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\'']) { "'" } else { "" };
    if guard.is_empty() && !text.contains([',', '"', ';']) {
        return text;
    }
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}
