//! `docrot report`

use std::path::PathBuf;

use super::exit::Exit;
use super::judged::Judged;
use super::options::{Ceiling, Global};
use super::run_summary::RunSummary;
use super::tell::Telling;
use super::{catalogs, marks};

/// Report on the last scan again, without scanning
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Audited folder (can be repeated) [default: the only one audited so far]
    root: Vec<PathBuf>,

    #[command(flatten)]
    several: catalogs::Several,

    #[command(flatten)]
    telling: Telling,

    #[command(flatten)]
    ceiling: Ceiling,
}

pub(crate) fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let mut run = RunSummary::begin("report");
    let ended = report(&args, global, &mut run);
    run.end(args.telling.summary_json.as_deref(), ended)
}

fn report(args: &Args, global: &Global, run: &mut RunSummary) -> anyhow::Result<Exit> {
    args.telling.check()?;
    let mut config = global.config()?;
    args.ceiling.set(&mut config);
    let opened = args.several.open(&args.root, None, global, &config)?;
    let judged = Judged::of_all(&opened.together()?, config, args.telling.judging.as_of.day())?;
    if let Some(catalog) = opened.only() {
        marks::leave(catalog, &judged);
    }
    args.telling.tell(judged, run)
}
