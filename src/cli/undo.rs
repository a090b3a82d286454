//! `docrot undo`

use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use anyhow::Context as _;
use chrono::{DateTime, NaiveDate, Utc};
use docrot::plan::{Disk, History, ItemState, Quarantine, Return, Selection, Terms, undo};
use docrot::report::{escape, words};

use super::catalogs;
use super::exit::{Exit, UsageError};
use super::options::{Global, now, today};
use super::quarantines;

/// Take documents back that docrot apply moved, or say which could go back
///
/// From the journal of the quarantine alone. Replaces nothing that has come to stand there since.
/// Ends with exit code 3 if any document cannot go back.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Lines of the journal or paths of documents [default: all]
    what: Vec<String>,

    /// Only what was moved on this day or later (YYYY-MM-DD), or at this time
    #[arg(long, value_name = "WHEN", value_parser = moment)]
    since: Option<DateTime<Utc>>,

    /// Do it; without this, only say what would be done
    #[arg(long)]
    yes: bool,

    #[command(flatten)]
    place: Place,
}

/// Which quarantine.
#[derive(Debug, clap::Args)]
pub(super) struct Place {
    /// The quarantine [default: beside the audited folder]
    #[arg(long, value_name = "DIR")]
    quarantine: Option<PathBuf>,

    /// The audited folder that the quarantine lies beside [default: the only one audited so far]
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

impl Place {
    pub(super) fn roots(&self) -> Vec<PathBuf> {
        self.root.clone().into_iter().collect()
    }

    pub(super) fn folder(&self, global: &Global) -> anyhow::Result<PathBuf> {
        if let Some(folder) = &self.quarantine {
            return Ok(folder.clone());
        }
        let root = match &self.root {
            Some(root) => root.clone(),
            None => {
                let catalog = catalogs::open_last(&[], None, global, &global.config()?)?;
                let roots = catalog.roots();
                roots.into_iter().next().context("name the quarantine with --quarantine")?
            }
        };
        quarantines::default_of(&root)
    }
}

fn moment(text: &str) -> Result<DateTime<Utc>, String> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(time.to_utc());
    }
    let day: NaiveDate = text.parse().map_err(|_| "a day is written YYYY-MM-DD".to_owned())?;
    Ok(day.and_time(chrono::NaiveTime::MIN).and_utc())
}

pub(crate) fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let folder = args.place.folder(global)?;
    let policy = global.config()?.policy;
    let selection = Selection { numbers: numbers(&args.what, &folder)?, since: args.since };
    let by = quarantines::user();
    let terms = Terms {
        roots: &[],
        policy: &policy,
        today: today(),
        now: &now,
        by: &by,
        version: env!("CARGO_PKG_VERSION"),
    };
    let interrupted = quarantines::interruption()?;
    let mut quarantine = Quarantine::open_there(&folder, Disk::default(), now())?;
    let mut out = io::stdout().lock();
    let mut unheard = None;
    let mut on_return = |number: u64, path: &Path, outcome: &Return| {
        let path = escape::path(path);
        let line = match outcome {
            Return::Done => format!("back     {number} {path}"),
            Return::Would => format!("would    {number} {path}"),
            Return::Refused(refusal) => format!("refused  {number} {path}: {refusal}"),
        };
        let is_unheard = writeln!(out, "{line}").map_err(|error| unheard = Some(error)).is_err();
        match is_unheard || interrupted.load(Ordering::Relaxed) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    };
    let returned = undo(&mut quarantine, &selection, &terms, args.yes, &mut on_return)
        .context("stopped: what was done is in the journal, the rest was not begun")?;
    if let Some(error) = unheard {
        let why = "stopped, because it could not be told: what was done is in the journal";
        return Err(error).context(why);
    }
    let (done, refused) = (returned.done, returned.refused);
    let went = if args.yes { "went back" } else { "would go back; --yes does it" };
    writeln!(out, "{} {went}, {refused} refused", words::counted(done, "document"))?;
    Ok(match (returned.stopped, refused) {
        (true, _) => Exit::Interrupted,
        (_, 0) => Exit::Success,
        _ => Exit::Failure,
    })
}

/// The lines of the journal that words mean: numbers, and paths of documents or of folders.
fn numbers(words: &[String], folder: &Path) -> anyhow::Result<BTreeSet<u64>> {
    let mut numbers = BTreeSet::new();
    if words.is_empty() || words.iter().any(|it| it == "all") {
        return Ok(numbers);
    }
    let history = History::read(folder)?;
    let aside: Vec<_> = history.moved.iter().filter(|it| it.state == ItemState::Aside).collect();
    for word in words {
        let place = std::path::absolute(word)?;
        let meant = |number: u64, path: &Path| match word.parse::<u64>() {
            Ok(wanted) => wanted == number,
            Err(_) => path.starts_with(&place) || path.ends_with(word),
        };
        let found: Vec<u64> =
            aside.iter().filter(|it| meant(it.number, &it.path)).map(|it| it.number).collect();
        if found.is_empty() {
            return Err(UsageError(format!("nothing in quarantine is called {word}")).into());
        }
        numbers.extend(found);
    }
    Ok(numbers)
}
