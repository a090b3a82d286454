//! `docrot import`

use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::bail;
use docrot::export::{read_result, write_candidates};

use super::catalogs;
use super::exit::Exit;
use super::options::Global;

/// Take what the Spark job found, so that reports compare documents of several servers by it
///
/// The job proposes, docrot judges: what is imported only tells which documents to compare. A
/// catalog that was scanned since its export is refused.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder that the job wrote
    result: PathBuf,

    /// Audited folder (can be repeated) [default: the only one audited so far]
    #[arg(long, value_name = "FOLDER")]
    root: Vec<PathBuf>,

    #[command(flatten)]
    several: catalogs::Several,
}

pub(crate) fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let config = global.config()?;
    let opened = args.several.open(&args.root, None, global, &config)?;
    let catalogs = opened.together()?;
    let result = read_result(&args.result)?;
    let catalogs = catalogs.iter().collect::<Vec<_>>();
    let counts = match write_candidates(&result, &catalogs)? {
        Ok(counts) => counts,
        Err(folder) => bail!(
            "the job in {} did not see the catalog in {} as it is now: it was not exported, or was \
             scanned since; export it and run the job again",
            args.result.display(),
            folder.display()
        ),
    };
    if !global.quiet {
        let mut out = io::stdout().lock();
        for (catalog, count) in catalogs.iter().zip(counts) {
            writeln!(out, "{count} pairs to compare for {}", catalog.folder().display())?;
        }
        let states = catalogs.iter().map(|it| it.state()).collect::<Vec<_>>();
        let missing = result.servers.iter().filter(|it| !states.contains(&it.scan));
        for server in missing {
            writeln!(out, "left out, because its catalog was not named: {}", server.name)?;
        }
    }
    Ok(Exit::Success)
}
