//! `docrot audit`

use std::path::PathBuf;

use super::exit::Exit;
use super::from::From;
use super::judged::Judged;
use super::marks;
use super::options::{Ceiling, Global, Reading};
use super::progress::Progress;
use super::run_summary::RunSummary;
use super::scan::read_all;
use super::tell::Telling;

/// Scan a document tree and report what is rotten in it
///
/// Nothing in the tree is changed.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder to audit (can be repeated) [default: the roots of the configuration]
    root: Vec<PathBuf>,

    #[command(flatten)]
    telling: Telling,

    #[command(flatten)]
    reading: Reading,

    #[command(flatten)]
    ceiling: Ceiling,

    #[command(flatten)]
    from: From,
}

pub(crate) fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let mut run = RunSummary::begin("audit");
    let ended = audit(&args, global, &mut run);
    run.end(args.telling.summary_json.as_deref(), ended)
}

fn audit(args: &Args, global: &Global, run: &mut RunSummary) -> anyhow::Result<Exit> {
    args.telling.check()?;
    let mut config = global.config()?;
    args.ceiling.set(&mut config);
    let progress = Progress::start(global.quiet)?;
    let of = (args.root.as_slice(), &args.from);
    let (catalog, summary) = read_all(of, &args.reading, &config, global, &progress)?;
    if summary.interrupted {
        return Ok(Exit::Interrupted);
    }
    progress.say("Comparing documents");
    let judged = Judged::of(&catalog, config, args.telling.judging.as_of.day())?;
    progress.finish();
    if progress.is_interrupted() {
        return Ok(Exit::Interrupted);
    }
    marks::leave(&catalog, &judged);
    args.telling.tell(judged, run)
}
