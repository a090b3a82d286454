//! `docrot subjects`

use std::collections::HashSet;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use docrot::catalog::Keeping;
use docrot::inventory::DocId;
use docrot::report::{Report, subject_json, subject_text, subjects_json, subjects_text, words};
use docrot::rot::{Dates, Inbound, Reading, Subjects, reading_list, telling_words};

use super::catalogs;
use super::document::Layout;
use super::exit::{Exit, UsageError};
use super::judged::Judged;
use super::options::{AsOf, Global};
use super::output::{terminal_options, whole};
use super::search::lacks;

/// Tell what the documents of the last scan are about, and how each subject is spread
///
/// Subjects are found from the words of the texts, or are those of the policy's taxonomy. With a
/// name, one subject: its folders, and its documents in the order in which to read them.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only this subject: its name, or a part of it
    name: Option<String>,

    /// Audited folder (can be repeated) [default: the only one audited so far]
    #[arg(long, value_name = "FOLDER")]
    root: Vec<PathBuf>,

    /// How to print it
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Layout::Text)]
    format: Layout,

    /// Show everything, however much there is
    #[arg(long)]
    all: bool,

    /// Write the weighted words that subjects are found by to this file, for other programs: path,
    /// word, weight, as CSV
    #[arg(long, value_name = "FILE", conflicts_with = "name")]
    words: Option<PathBuf>,

    #[command(flatten)]
    as_of: AsOf,
}

pub(crate) fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let mut config = global.config()?;
    // Whoever asks wants to know, whatever reports tell.
    config.policy.subjects.enabled = true;
    let catalog = catalogs::open_last(&args.root, None, global, &config)?;
    if catalog.keeping() != Keeping::Texts {
        bail!(
            "{}, so that nothing tells what its documents are about; audit into another --index \
             without --no-index and --no-store-text",
            lacks(catalog.keeping())
        );
    }
    let judged = Judged::of(&catalog, config, args.as_of.day())?;
    let mut report = judged.report();
    let arguments = report.options.arguments;
    report.options = terminal_options(args.all);
    report.options.arguments = arguments;
    let subjects = report.assessment.subjects.as_ref();
    let subjects = subjects.context("the words of the index could not be read")?;
    if let Some(path) = &args.words {
        write_words(&report, path)?;
    }
    let mut out = BufWriter::new(io::stdout().lock());
    match (&args.name, args.format) {
        (None, Layout::Text) => subjects_text(&report, subjects, &mut out)?,
        (None, Layout::Json) => subjects_json(&report, subjects, &mut out)?,
        (Some(name), format) => {
            let position = called(subjects, name)?;
            let list = readings(&report, subjects, position);
            match format {
                Layout::Text => subject_text(&report, subjects, position, &list, &mut out)?,
                Layout::Json => subject_json(&report, subjects, position, &list, &mut out)?,
            }
        }
    }
    out.flush()?;
    Ok(Exit::Success)
}

/// Writes the words that subjects are found by.
fn write_words(report: &Report<'_>, path: &Path) -> anyhow::Result<()> {
    let texts = report.texts.context("there are no texts")?;
    whole(path, |out| {
        let mut table = ::csv::Writer::from_writer(out);
        let mut written = table.write_record(["path", "word", "weight"]);
        telling_words(
            report.inventory,
            report.assessment,
            texts,
            report.policy,
            |document, word, weight| {
                if written.is_ok() {
                    let place = words::document(report, document);
                    written = table.write_record([&*place, word, &format!("{weight:.6}")]);
                }
            },
        );
        written?;
        table.flush()
    })
    .with_context(|| format!("cannot write the words to {}", path.display()))
}

/// The subject of this name, or the only one whose name or telling words have all of its words.
fn called(subjects: &Subjects, name: &str) -> anyhow::Result<usize> {
    if let Some(why) = subjects.why_none {
        return Err(UsageError(why.words().to_owned()).into());
    }
    let wanted = name.trim().to_lowercase();
    let list = || subjects.list.iter().enumerate();
    if let Some((position, _)) = list().find(|it| it.1.name.to_lowercase() == wanted) {
        return Ok(position);
    }
    let words: Vec<&str> = wanted.split_whitespace().collect();
    let has = |text: &str| words.iter().all(|it| text.contains(it));
    let by_name = list().filter(|it| has(&it.1.name.to_lowercase())).map(|it| it.0);
    let mut found: Vec<usize> = by_name.collect();
    if found.is_empty() {
        let by_terms = list().filter(|it| has(&it.1.terms.join(" ").to_lowercase()));
        found = by_terms.map(|it| it.0).collect();
    }
    // One that holds all the others is meant by what they have in common.
    let first = found.first().copied();
    let holds = |above: usize, at: usize| {
        let up = std::iter::successors(Some(at), |it| subjects.list[*it].broader);
        up.take(subjects.list.len()).any(|it| it == above)
    };
    match first {
        None => Err(UsageError(format!(
            "no subject is called `{name}`; `docrot subjects` lists them, and `docrot where` looks \
             for words"
        ))
        .into()),
        Some(first) if found.iter().all(|it| holds(first, *it)) => Ok(first),
        Some(_) => {
            let names = found.iter().take(5).map(|it| subjects.list[*it].name.as_str());
            let names = names.collect::<Vec<_>>().join("; ");
            Err(UsageError(format!("several subjects are called so: {names}")).into())
        }
    }
}

/// The documents of a subject in the order in which to read them.
fn readings(report: &Report<'_>, subjects: &Subjects, position: usize) -> Vec<Reading> {
    let dates = Dates::of(report.inventory, report.policy, report.as_of);
    let inbound = Inbound::of(report.inventory, report.policy);
    let findings = report.assessment.findings.iter();
    let stale = findings.filter(|it| it.is_stale()).map(|it| it.document);
    let stale: HashSet<DocId> = stale.collect();
    let subject = &subjects.list[position];
    let is_stale = |document| stale.contains(&document);
    reading_list(report.inventory, subject, &dates, &inbound, &is_stale, report.as_of)
}
