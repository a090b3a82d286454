//! `docrot audit`

use std::path::PathBuf;

use super::exit::Exit;
use super::judged::Judged;
use super::options::{Global, Judging, Reading};
use super::output::Output;
use super::progress::Progress;
use super::scan::read_tree;

/// Scan a document tree and report what is rotten in it
///
/// Nothing in the tree is changed. Example: docrot audit /srv/share --output report.json
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder to audit (can be repeated) [default: the roots of the configuration]
    root: Vec<PathBuf>,

    #[command(flatten)]
    output: Output,

    #[command(flatten)]
    judging: Judging,

    #[command(flatten)]
    reading: Reading,
}

pub(crate) fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    args.output.check()?;
    let config = global.config()?;
    let progress = Progress::start(global.quiet)?;
    let (catalog, summary) = read_tree(&args.root, &args.reading, &config, global, &progress)?;
    if summary.interrupted {
        return Ok(Exit::Interrupted);
    }
    progress.say("Comparing documents");
    let judged = Judged::of(&catalog, config, args.judging.as_of.day())?;
    progress.finish();
    if progress.is_interrupted() {
        return Ok(Exit::Interrupted);
    }
    args.output.write(judged.report())?;
    Ok(judged.exit(&args.judging))
}
