//! The journal for people: what was moved, where it is now, and whether all of it is as it was
//! written.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use crate::inventory::path_text;

use super::disk::Folder;
use super::event::Event;
use super::journal::{self, JournalError, Told};
use super::quarantine::{ItemState, items};
use super::sheet::row;

/// A document that was to be moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Its line in the journal, by which it can be taken back.
    pub number: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// Where it was.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// BLAKE3 of its bytes.
    pub hash: String,
    /// What was done with it.
    pub disposition: String,
    /// The rule that found it.
    pub rule: String,
    /// The finding.
    pub finding: String,
    /// Why.
    pub reason: String,
    /// Who signed for it; empty where it follows from the bytes.
    pub signed: String,
    /// The copy that stayed.
    pub survivor: Option<PathBuf>,
    /// What became of it.
    pub state: ItemState,
    /// Where it lies now, if it was moved and is neither back nor purged.
    pub lies: Option<PathBuf>,
}

/// A step that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotTaken {
    /// When.
    pub at: DateTime<Utc>,
    /// The document.
    pub path: String,
    /// Why.
    pub reason: String,
}

/// A run of docrot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastRun {
    /// When it began.
    pub at: DateTime<Utc>,
    /// What it was: `apply`, `undo` or `purge`.
    pub what: String,
    /// Who started it.
    pub by: String,
    /// BLAKE3 of the plan that it carried out, whose copy is kept.
    pub plan: Option<String>,
}

/// All that a journal tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// Number of lines.
    pub lines: u64,
    /// The runs, oldest first.
    pub runs: Vec<PastRun>,
    /// Every document, oldest first.
    pub moved: Vec<Moved>,
    /// Every step that was refused, oldest first.
    pub not_taken: Vec<NotTaken>,
}

impl History {
    /// Reads and verifies the journal of the quarantine in `folder`.
    pub fn read(folder: &Path) -> Result<Self, JournalError> {
        let handle =
            Folder::open(folder).map_err(|source| JournalError::Io { what: "read", source })?;
        let Told { lines, .. } = journal::read(&handle)?;
        let mut history = Self { lines: lines.len() as u64, ..Self::default() };
        for line in &lines {
            match &line.event {
                Event::Began { run, by, plan, .. } => history.runs.push(PastRun {
                    at: line.at,
                    what: run.clone(),
                    by: by.clone(),
                    plan: plan.clone(),
                }),
                Event::Refused { what, reason, .. } => history.not_taken.push(NotTaken {
                    at: line.at,
                    path: what.path.clone(),
                    reason: reason.clone(),
                }),
                _ => {}
            }
        }
        for item in items(&lines).into_values() {
            let intent = item.intent;
            let base = intent.to.archive().unwrap_or_else(|| folder.to_path_buf());
            let lies = matches!(item.state, ItemState::Aside | ItemState::Open)
                .then(|| base.join(&intent.to.path));
            history.moved.push(Moved {
                number: item.number,
                at: item.at,
                path: intent.document.root.join(&intent.document.path),
                size: item.content.size,
                hash: item.content.hash.to_string(),
                disposition: intent.disposition,
                rule: intent.rule,
                finding: intent.finding,
                reason: intent.reason,
                signed: intent.signed,
                survivor: intent.survivor.map(|it| it.at.root.join(it.at.path)),
                state: item.state,
                lies,
            });
        }
        Ok(history)
    }

    /// Every document that was to be moved, as a table.
    pub fn to_table(&self) -> String {
        let mut table =
            "number,at,path,size,blake3,disposition,state,rule,finding,reason,signed_by,\
                         survivor\n"
                .to_owned();
        for moved in &self.moved {
            let survivor = moved.survivor.as_deref().map_or_else(String::new, path_text::encode);
            table += &row(&[
                &moved.number.to_string(),
                &moved.at.to_rfc3339(),
                &path_text::encode(&moved.path),
                &moved.size.to_string(),
                &moved.hash,
                &moved.disposition,
                moved.state.name(),
                &moved.rule,
                &moved.finding,
                &moved.reason,
                &moved.signed,
                &survivor,
            ]);
        }
        table
    }

    /// Every step that was refused, as a table.
    pub fn refused_table(&self) -> String {
        let mut table = "at,path,reason\n".to_owned();
        for NotTaken { at, path, reason } in &self.not_taken {
            table += &row(&[&at.to_rfc3339(), path, reason]);
        }
        table
    }

    /// Reads again everything that lies in quarantine, and names what is not as it was put there.
    pub fn changed(&self) -> Vec<(PathBuf, &'static str)> {
        let aside = self.moved.iter().filter(|it| it.state == ItemState::Aside);
        let changed = aside.filter_map(|it| {
            let lies = it.lies.as_ref()?;
            let name = lies.file_name()?;
            let folder = Folder::open(lies.parent()?);
            let content = folder.and_then(|it| it.spot(Path::new(name))?.content());
            match content {
                Ok(Some(content)) if content.hash.to_string() == it.hash => None,
                Ok(Some(_)) => Some((lies.clone(), "was changed in quarantine")),
                Ok(None) => Some((lies.clone(), "is missing from the quarantine")),
                Err(_) => Some((lies.clone(), "cannot be read")),
            }
        });
        changed.collect()
    }
}
