//! `docrot explain`

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use docrot::inventory::{DocId, Inventory, RootId};

use super::catalogs;
use super::exit::{Exit, UsageError};
use super::judged::Judged;
use super::options::{Global, Judging};

/// Tell everything docrot knows of one document: dates, findings, partners
///
/// Example: docrot explain /srv/share/HR/Travel.docx
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The document, as a path on disk or as reports write it
    path: PathBuf,

    #[command(flatten)]
    judging: Judging,
}

pub(crate) fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let config = global.config()?;
    let catalog = catalogs::open_last(&[], Some(&args.path), global, &config)?;
    let judged = Judged::of(&catalog, config, args.judging.as_of())?;
    let Some(document) = find(&judged.inventory, &args.path) else {
        let roots: Vec<_> =
            judged.inventory.roots.iter().map(|it| it.display().to_string()).collect();
        let message = format!(
            "the last scan of {} has no document {}; scan again if it is new",
            roots.join(" and "),
            args.path.display()
        );
        return Err(UsageError(message).into());
    };
    let date = judged.chosen_date(document);
    let mut out = io::stdout().lock();
    docrot::report::explain(&judged.report(), document, date.as_deref(), &mut out)?;
    out.flush()?;
    Ok(Exit::Success)
}

/// Finds a document by its place on disk, or by its path below any root.
fn find(inventory: &Inventory, path: &Path) -> Option<DocId> {
    let on_disk = path.canonicalize().ok();
    (0u16..).zip(&inventory.roots).find_map(|(root, folder)| {
        let below = on_disk.as_deref().and_then(|path| path.strip_prefix(folder).ok());
        [below, Some(path)].into_iter().flatten().find_map(|it| inventory.find(RootId(root), it))
    })
}
