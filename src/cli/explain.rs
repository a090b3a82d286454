//! `docrot explain`

use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};

use docrot::inventory::{DocId, Inventory, RootId};
use docrot::report::{Redacted, explain};

use super::catalogs;
use super::exit::{Exit, UsageError};
use super::judged::Judged;
use super::options::{AsOf, Global};

/// Tell everything docrot knows of one document: dates, findings, partners
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The document, as a path on disk or as reports write it
    path: PathBuf,

    /// Put words such as name-012.docx and person-3 in the place of names, people and quotations,
    /// to share it with strangers
    #[arg(long)]
    redact: bool,

    #[command(flatten)]
    several: catalogs::Several,

    #[command(flatten)]
    as_of: AsOf,
}

pub(crate) fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let config = global.config()?;
    let opened = args.several.open(&[], Some(&args.path), global, &config)?;
    let judged = Judged::of_all(&opened.together()?, config, args.as_of.day())?;
    let Some(document) = find(&judged.inventory, &args.path) else {
        let name = args.path.display();
        let message = if args.path.is_dir() {
            format!("{name} is a folder; name a document in it")
        } else {
            let roots = judged.inventory.roots.iter().map(|it| it.display().to_string());
            let roots: Vec<_> = roots.collect();
            format!(
                "the last scan of {} has no document {name}; scan again if it is new",
                roots.join(" and ")
            )
        };
        return Err(UsageError(message).into());
    };
    let date = judged.chosen_date(document);
    let mut out = io::stdout().lock();
    let report = judged.report();
    if args.redact {
        // Which date is believed is told with the names of where it stands.
        explain(&Redacted::of(&report).report(&report), document, None, &mut out)?;
    } else {
        explain(&report, document, date.as_deref(), &mut out)?;
    }
    out.flush()?;
    Ok(Exit::Success)
}

/// Finds a document by its place on disk, or by its path below any root.
fn find(inventory: &Inventory, path: &Path) -> Option<DocId> {
    let on_disk = catalogs::on_disk(path);
    let as_written: PathBuf = path.components().filter(|it| *it != Component::CurDir).collect();
    (0u16..).zip(&inventory.roots).find_map(|(root, folder)| {
        let below = on_disk.as_deref().and_then(|path| path.strip_prefix(folder).ok());
        let paths = [below, Some(as_written.as_path())];
        paths.into_iter().flatten().find_map(|it| inventory.find(RootId(root), it))
    })
}
