//! `docrot apply`

use std::io::{self, Write as _};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::Ordering;

use anyhow::Context as _;
use docrot::inventory::path_text;
use docrot::plan::{
    Disk, Disposition, Found, Outcome, Plan, Quarantine, Tally, Terms, apply, simulate,
};
use docrot::report::{escape, words};
use serde::Serialize;

use super::document::Layout;
use super::exit::{Exit, UsageError};
use super::options::{Global, now, today};
use super::quarantines::{self, Reasons};
use super::{plan, progress};

/// Carry out a plan, or say what that would do
///
/// Each document and the copy that stays are read again and must hold what the plan says. Documents
/// are moved to a quarantine, from which docrot undo takes them back. Ends with exit code 3 if any
/// step is refused.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The plan
    plan: PathBuf,

    /// Do it; without this, only say what would be done
    #[arg(long)]
    yes: bool,

    /// Folder that documents are moved to [default: beside the audited folder]
    #[arg(long, value_name = "DIR")]
    quarantine: Option<PathBuf>,

    /// Where the audited folder is now, if not where the plan was made (can be repeated, in order)
    #[arg(long, value_name = "DIR")]
    root: Vec<PathBuf>,

    /// List every step, not only those that are refused
    #[arg(long)]
    all: bool,

    /// How to print it
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Layout::Text)]
    format: Layout,
}

/// So many steps are listed unless all are asked for.
const MAX_LISTED: u64 = 50;

pub(crate) fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let plan = plan::read(&args.plan)?;
    let policy = global.config()?.policy;
    let roots = roots(&plan, &args.root)?;
    let by = quarantines::user();
    let terms = Terms {
        roots: &roots,
        policy: &policy,
        today: today(),
        now: &now,
        by: &by,
        version: env!("CARGO_PKG_VERSION"),
    };
    let quarantine = match &args.quarantine {
        Some(folder) => Some(quarantines::check(folder, &roots)?),
        None if args.yes => Some(quarantines::check(&quarantines::default_of(&roots[0])?, &roots)?),
        None => None,
    };
    let interrupted = quarantines::interruption()?;
    let bar = progress::steps(plan.steps.len() as u64, global.quiet);
    let mut told = Told {
        args: &args,
        roots: &roots,
        reasons: Reasons::default(),
        rows: Vec::new(),
        listed: 0,
    };
    let mut on_step = |found: Found<'_>, outcome: &Outcome| {
        bar.inc(1);
        let line = told.step(found, outcome);
        bar.suspend(|| line.map_or(Ok(()), |line| writeln!(io::stdout(), "{line}"))).ok();
        match interrupted.load(Ordering::Relaxed) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    };
    let tally = match (args.yes, &quarantine) {
        (true, Some(folder)) => {
            let mut quarantine = Quarantine::open(folder, Disk::default(), now())?;
            apply(&plan, &mut quarantine, &terms, &mut on_step)
                .context("stopped: what was done is in the journal, the rest was not begun")?
        }
        _ => simulate(&plan, &terms, &mut on_step),
    };
    bar.finish_and_clear();
    told.end(&tally, quarantine.as_ref().filter(|_| args.yes))?;
    Ok(match (tally.stopped, tally.refused) {
        (true, _) => Exit::Interrupted,
        (_, 0) => Exit::Success,
        _ => Exit::Failure,
    })
}

/// Where the plan's roots are.
fn roots(plan: &Plan, given: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    if !given.is_empty() && given.len() != plan.roots.len() {
        let message = format!(
            "the plan is about {}; name each of them with --root, in its order",
            words::counted(plan.roots.len() as u64, "folder")
        );
        return Err(UsageError(message).into());
    }
    let roots = if given.is_empty() { &plan.roots } else { given };
    roots
        .iter()
        .map(|root| {
            root.canonicalize().with_context(|| {
                format!("cannot use {}; if it is elsewhere now, say --root", root.display())
            })
        })
        .collect()
}

/// What is told of the steps.
struct Told<'a> {
    args: &'a Args,
    roots: &'a [PathBuf],
    reasons: Reasons,
    rows: Vec<Row>,
    listed: u64,
}

#[derive(Serialize)]
struct Row {
    path: String,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl Told<'_> {
    /// The line to print of a step, if any.
    fn step(&mut self, found: Found<'_>, outcome: &Outcome) -> Option<String> {
        let path = match found {
            Found::Step(step) => path_text::encode(&step.document.path),
            Found::Broken(broken) => broken.path.clone(),
        };
        let (word, number) = match outcome {
            Outcome::Done { number } => ("moved", Some(*number)),
            Outcome::Would => ("would move", None),
            Outcome::Already => ("already", None),
            Outcome::Left => ("left", None),
            Outcome::Refused(_) => ("refused", None),
        };
        let (refusal, reason) = match outcome {
            Outcome::Refused(refusal) => (Some(refusal.word()), Some(refusal.to_string())),
            _ => (None, None),
        };
        if let Some(word) = refusal {
            self.reasons.add(word);
        }
        if self.args.format == Layout::Json {
            self.rows.push(Row { path, outcome: word, number, refusal, reason });
            return None;
        }
        let is_listed = match outcome {
            Outcome::Left => false,
            Outcome::Refused(_) => true,
            _ => self.args.all || !self.args.yes,
        };
        if !is_listed {
            return None;
        }
        self.listed += 1;
        if !self.args.all && MAX_LISTED < self.listed {
            return None;
        }
        let path = escape::visible(&path).into_owned();
        Some(match (outcome, found, reason) {
            (Outcome::Refused(_), _, Some(reason)) => {
                format!("refused    {path}: {}", escape::visible(&reason))
            }
            (_, Found::Step(step), _) => {
                let stays = step.survivor.as_ref().map(|(it, _)| escape::path(&it.path));
                let stays = stays.map_or_else(String::new, |it| format!(", stays: {it}"));
                let what = match step.disposition {
                    Disposition::Archive => "to the archive",
                    Disposition::Pointer => "aside, with a pointer",
                    Disposition::HardLink => "aside, for a hard link",
                    Disposition::Reflink => "aside, for a reflink",
                    _ => "aside",
                };
                format!("{word:<10} {path} {what}{stays}")
            }
            _ => format!("{word:<10} {path}"),
        })
    }

    fn end(&self, tally: &Tally, quarantine: Option<&PathBuf>) -> anyhow::Result<()> {
        let Tally { done, bytes, already, refused, stopped } = *tally;
        let mut out = io::stdout().lock();
        if self.args.format == Layout::Json {
            let roots: Vec<String> = self.roots.iter().map(|it| path_text::encode(it)).collect();
            let report = serde_json::json!({
                "schema_version": 1, "simulated": !self.args.yes, "done": done, "bytes": bytes,
                "already": already, "refused": refused, "stopped": stopped, "roots": roots,
                "quarantine": quarantine.map(|it| path_text::encode(it)), "steps": self.rows,
            });
            serde_json::to_writer_pretty(&mut out, &report)?;
            writeln!(out)?;
            return Ok(());
        }
        if !self.args.all && MAX_LISTED < self.listed {
            writeln!(out, "… and {} more; --all lists them", self.listed - MAX_LISTED)?;
        }
        let moved = if self.args.yes { "moved" } else { "would be moved" };
        let documents = words::counted(done, "document");
        writeln!(out, "{documents} {moved} ({}), {refused} refused", words::size(bytes))?;
        for (word, count) in self.reasons.sorted() {
            writeln!(out, "  {count} × {word}")?;
        }
        if 0 < already {
            writeln!(out, "{} moved before", words::counted(already, "document"))?;
        }
        match quarantine {
            Some(folder) => writeln!(
                out,
                "take it back: docrot undo --yes --quarantine {}",
                escape::path(folder)
            )?,
            None => writeln!(out, "nothing was changed; --yes does it")?,
        }
        Ok(())
    }
}
