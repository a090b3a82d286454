//! `docrot report`

use std::path::PathBuf;

use super::catalogs;
use super::exit::Exit;
use super::judged::Judged;
use super::options::{Global, Judging};
use super::output::Output;

/// Report on the last scan again, without scanning
///
/// Example: docrot report /srv/share --format csv --output findings.csv
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Audited folder (can be repeated) [default: the only one audited so far]
    root: Vec<PathBuf>,

    #[command(flatten)]
    output: Output,

    #[command(flatten)]
    judging: Judging,
}

pub(crate) fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    args.output.check()?;
    let config = global.config()?;
    let catalog = catalogs::open_last(&args.root, None, global, &config)?;
    let judged = Judged::of(&catalog, config, args.judging.as_of.day())?;
    args.output.write(judged.report())?;
    Ok(judged.exit(&args.judging))
}
