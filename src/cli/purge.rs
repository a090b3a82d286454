//! `docrot purge`

use std::io::{self, Write as _};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::Ordering;

use anyhow::Context as _;
use docrot::plan::{Disk, Purge, PurgeTerms, Quarantine, Terms, purge};
use docrot::report::{escape, words};

use super::exit::Exit;
use super::options::{Global, now, today};
use super::{quarantines, undo};

/// How long documents stay in quarantine unless somebody says otherwise.
const DEFAULT_DAYS: u32 = 30;

/// Delete for good what has been in quarantine for long, or say what that would be
///
/// Only what is still as it was put there, and of copies only while the copy that stays holds the
/// same bytes. This cannot be undone.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only what was moved aside so many days ago [default: purge_after_days of the policy, or 30]
    #[arg(long, value_name = "DAYS")]
    older_than: Option<u32>,

    /// Delete the last copy, too, of what nobody signed for
    #[arg(long)]
    last_copies: bool,

    /// Do it; without this, only say what would be deleted
    #[arg(long)]
    yes: bool,

    #[command(flatten)]
    place: undo::Place,
}

pub(crate) fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let folder = args.place.folder(global)?;
    let config = global.config()?;
    let days = args.older_than.or(config.purge_after_days).unwrap_or(DEFAULT_DAYS);
    let policy = config.policy;
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
    let before = now() - chrono::Duration::days(i64::from(days));
    let what = PurgeTerms { before, last_copies: args.last_copies };
    let mut out = io::stdout().lock();
    let mut unheard = None;
    let mut on_purge = |number: u64, path: &Path, size: u64, outcome: &Purge| {
        let (path, size) = (escape::path(path), words::size(size));
        let line = match outcome {
            Purge::Done => format!("deleted  {number} {path} ({size})"),
            Purge::Would => format!("would    {number} {path} ({size})"),
            Purge::Refused(refusal) => format!("refused  {number} {path}: {refusal}"),
        };
        let is_unheard = writeln!(out, "{line}").map_err(|error| unheard = Some(error)).is_err();
        match is_unheard || interrupted.load(Ordering::Relaxed) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    };
    let deleted = purge(&mut quarantine, what, &terms, args.yes, &mut on_purge)
        .context("stopped: what was done is in the journal, the rest was not begun")?;
    if let Some(error) = unheard {
        let why = "stopped, because it could not be told: what was done is in the journal";
        return Err(error).context(why);
    }
    let went = if args.yes { "deleted" } else { "would be deleted for good; --yes does it" };
    let documents = words::counted(deleted.done, "document");
    let (size, refused) = (words::size(deleted.bytes), deleted.refused);
    writeln!(out, "{documents} {went} ({size}), {refused} refused")?;
    Ok(match (deleted.stopped, refused) {
        (true, _) => Exit::Interrupted,
        (_, 0) => Exit::Success,
        _ => Exit::Failure,
    })
}
