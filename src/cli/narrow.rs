//! Which findings a report tells: of some rules, folders or owners, or what is new.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use docrot::decisions::{FirstSeen, Gone};
use docrot::inventory::DocId;
use docrot::report::{escape, words};
use docrot::rot::{RULES, Suggestion};

use super::config::mistakes::suggest;
use super::exit::UsageError;
use super::judged::{Judged, Shown};

/// Documents for which nobody is known to answer.
const NOBODY: &str = "nobody";

/// Which findings to tell.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Which findings")]
pub(super) struct Narrowing {
    /// Only findings of this rule (can be repeated)
    #[arg(long, value_name = "RULE")]
    pub(super) rule: Vec<String>,

    /// Only documents below this folder, relative to the audited one (can be repeated)
    #[arg(long, value_name = "FOLDER")]
    pub(super) folder: Vec<PathBuf>,

    /// Only documents that this owner answers for; nobody: that no owner does (can be repeated)
    #[arg(long, value_name = "NAME")]
    pub(super) owner: Vec<String>,
}

/// Which findings to tell, by when they came.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Which findings")]
pub(super) struct News {
    /// Only what is new, raised again or lapsed since the baseline (docrot baseline accept)
    #[arg(long)]
    pub(super) new_only: bool,

    /// Only what was first found on this day (YYYY-MM-DD) or later; last: by the last scan
    #[arg(long, value_name = "DATE", value_parser = since)]
    pub(super) since: Option<Since>,
}

/// When a finding came.
#[derive(Clone, Copy, Debug)]
pub(super) enum Since {
    /// On this day or later.
    Day(NaiveDate),
    /// With the last scan.
    Last,
}

fn since(text: &str) -> Result<Since, String> {
    match text {
        "last" => Ok(Since::Last),
        _ => text.parse().map(Since::Day).map_err(|_| {
            "write a day as YYYY-MM-DD, such as 2026-06-01, or the word last".to_owned()
        }),
    }
}

impl Narrowing {
    /// Whether it leaves nothing out.
    pub(super) fn is_empty(&self) -> bool {
        self.rule.is_empty() && self.folder.is_empty() && self.owner.is_empty()
    }

    /// Refuses what no report could have.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        let unknown = self.rule.iter().find(|it| RULES.iter().all(|rule| rule.id != **it));
        match unknown {
            Some(rule) => Err(UsageError(format!(
                "there is no rule {}; `docrot rules` lists them{}",
                escape::visible(rule),
                suggest(rule, RULES.iter().map(|it| it.id))
            ))
            .into()),
            None => Ok(()),
        }
    }

    /// By finding, whether it is told. A folder or an owner that no document has is refused, because
    /// a slip would look like good news.
    pub(super) fn keep(&self, judged: &Judged) -> anyhow::Result<Vec<bool>> {
        self.check()?;
        let inventory = &judged.inventory;
        for folder in &self.folder {
            let mut documents = inventory.iter().map(|(document, _)| document);
            if !documents.any(|it| is_below(judged, it, folder)) {
                let folders = folders(judged);
                let meant = suggest(&folder.to_string_lossy(), folders.iter().map(String::as_str));
                let folder = escape::path(folder);
                let message = format!("no file of the last scan is below {folder}{meant}");
                return Err(UsageError(message).into());
            }
        }
        for owner in &self.owner {
            let mut documents = inventory.iter().map(|(document, _)| document);
            if owner != NOBODY && !documents.any(|it| is_owned(judged, it, owner)) {
                let owners = owners(judged);
                let meant = suggest(owner, owners.iter().map(String::as_str));
                let owner = escape::visible(owner);
                let message = format!("{owner} answers for no file of the last scan{meant}");
                return Err(UsageError(message).into());
            }
        }
        let findings = judged.shown.assessment.findings.iter();
        Ok(findings
            .map(|finding| {
                let document = finding.document;
                let is_of = |rule: &String| finding.rule.id == rule;
                (self.rule.is_empty() || self.rule.iter().any(is_of))
                    && self.is_about(judged, document)
            })
            .collect())
    }

    /// Whether a document is in one of the folders and of one of the owners.
    fn is_about(&self, judged: &Judged, document: DocId) -> bool {
        let is_below = |it: &PathBuf| is_below(judged, document, it);
        let is_owned = |it: &String| is_owned(judged, document, it);
        (self.folder.is_empty() || self.folder.iter().any(is_below))
            && (self.owner.is_empty() || self.owner.iter().any(is_owned))
    }

    /// Whether something of this rule and path would be told. Nobody knows who answered for what is
    /// gone, so an owner is told of none of it.
    pub(super) fn covers(&self, gone: &Gone, roots: &[PathBuf]) -> bool {
        // Where there are several roots, the path is whole.
        let path = Path::new(&gone.path);
        let below = |folder: &PathBuf| {
            let folder = without_slash(folder);
            let mut within = roots.iter().filter_map(|root| path.strip_prefix(root).ok());
            path.starts_with(folder) || within.any(|it| it.starts_with(folder))
        };
        (self.rule.is_empty() || self.rule.contains(&gone.rule))
            && (self.folder.is_empty() || self.folder.iter().any(below))
            && self.owner.is_empty()
    }

    /// What is told, in words.
    fn words(&self) -> Vec<String> {
        let list = |names: Vec<String>| names.join(" or ");
        let rules = || list(self.rule.clone());
        let folders = || list(self.folder.iter().map(|it| escape::path(it)).collect());
        let owners =
            || list(self.owner.iter().map(|it| escape::visible(it).into_owned()).collect());
        let mut words = Vec::new();
        words.extend((!self.rule.is_empty()).then(|| format!("of rule {}", rules())));
        words.extend((!self.folder.is_empty()).then(|| format!("below {}", folders())));
        words.extend((!self.owner.is_empty()).then(|| format!("that {} answers for", owners())));
        words
    }
}

/// Tells only what both choose.
pub(super) fn narrow(
    judged: &mut Judged,
    narrowing: &Narrowing,
    news: &News,
    first_seen: &[FirstSeen],
) -> anyhow::Result<()> {
    if narrowing.is_empty() && !news.new_only && news.since.is_none() {
        return Ok(());
    }
    let mut keep = narrowing.keep(judged)?;
    let mut said = narrowing.words();
    if news.new_only {
        if !judged.has_baseline {
            let message = "nothing is new without a baseline; make one with \
                           `docrot baseline accept`, or say --since last";
            return Err(UsageError(message.to_owned()).into());
        }
        said.push("that are new, raised again or lapsed".to_owned());
        for (keep, standing) in keep.iter_mut().zip(&judged.shown.standings) {
            *keep &= standing.is_news();
        }
    }
    if let Some(since) = news.since {
        said.push(match since {
            Since::Day(day) => format!("first found on {day} or later"),
            Since::Last => "first found by the last scan".to_owned(),
        });
        for (keep, seen) in keep.iter_mut().zip(first_seen) {
            *keep &= match since {
                Since::Day(day) => day <= seen.on,
                Since::Last => judged.is_of_this_scan(seen),
            };
        }
    }
    let mut shown = judged.view(
        &keep,
        |gone| narrowing.covers(gone, &judged.inventory.roots),
        &said.join(", "),
    );
    shown.assessment.reviews.retain(|it| narrowing.is_about(judged, it.document));
    judged.shown = shown;
    Ok(())
}

impl Judged {
    /// A part of what is shown: the findings to keep, what is gone and is told, and both in words.
    pub(super) fn view(&self, keep: &[bool], covers: impl Fn(&Gone) -> bool, said: &str) -> Shown {
        fn chosen<T: Clone>(all: &[T], keep: &[bool]) -> Vec<T> {
            all.iter().zip(keep).filter(|(_, keep)| **keep).map(|(it, _)| it.clone()).collect()
        }
        let whole = &self.shown;
        let findings = whole.assessment.findings.iter().zip(keep).filter(|(_, keep)| **keep);
        let documents: HashSet<DocId> = findings.map(|(it, _)| it.document).collect();
        let is_told = |it: &&Suggestion| documents.contains(&it.document);
        let told = keep.iter().filter(|it| **it).count() as u64;
        let left_out = keep.len() as u64 - told;
        let narrowed = format!(
            "Only findings {said}: {}; {} left out.",
            words::counted(told, "finding"),
            if left_out == 1 {
                "1 is".to_owned()
            } else {
                format!("{} are", words::number(left_out))
            },
        );
        Shown {
            assessment: whole.assessment.narrowed(keep),
            ids: chosen(&whole.ids, keep),
            standings: chosen(&whole.standings, keep),
            gone: whole.gone.iter().filter(|it| covers(it)).cloned().collect(),
            suggestions: whole.suggestions.iter().filter(is_told).cloned().collect(),
            narrowed: Some(narrowed),
        }
    }
}

pub(super) fn is_owned(judged: &Judged, document: DocId, owner: &str) -> bool {
    match judged.owners.owner(document) {
        Some(it) => it.is_called(owner),
        None => owner == NOBODY,
    }
}

fn is_below(judged: &Judged, document: DocId, folder: &Path) -> bool {
    let record = &judged.inventory[document];
    let folder = without_slash(folder);
    record.file.path.starts_with(folder)
        || folder.is_absolute()
            && judged.inventory.root_of(record).join(&record.file.path).starts_with(folder)
}

/// Every folder of the last scan, relative to its audited one.
fn folders(judged: &Judged) -> BTreeSet<String> {
    let paths = judged.inventory.iter().map(|(_, record)| record.file.path.as_path());
    let folders = paths.flat_map(|it| it.ancestors().skip(1));
    folders.map(|it| it.to_string_lossy().into_owned()).filter(|it| !it.is_empty()).collect()
}

/// Whoever answers for something.
fn owners(judged: &Judged) -> BTreeSet<String> {
    let documents = judged.inventory.iter().map(|(document, _)| document);
    documents.filter_map(|it| Some(judged.owners.owner(it)?.name.clone())).collect()
}

/// `HR/` and `./HR` are `HR`.
fn without_slash(folder: &Path) -> &Path {
    folder.strip_prefix(".").unwrap_or(folder)
}
