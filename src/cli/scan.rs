//! `docrot scan`

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use docrot::catalog::Catalog;
use docrot::report::escape;
use docrot::scan::{ScanError, Summary, check_roots, scan};

use super::catalogs;
use super::config::Config;
use super::exit::{Exit, UsageError};
use super::from::From;
use super::options::{Ceiling, Global, Reading};
use super::progress::Progress;
use super::scan_from::read_entries;
use super::timings;

/// Read a document tree into its catalog, without a report
///
/// Files that have not changed since the last scan are not opened. Says how many are new, changed,
/// moved, gone, unchanged and unreadable.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder to audit (can be repeated) [default: the roots of the configuration]
    root: Vec<PathBuf>,

    #[command(flatten)]
    reading: Reading,

    #[command(flatten)]
    ceiling: Ceiling,

    #[command(flatten)]
    from: From,
}

pub(crate) fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let mut config = global.config()?;
    args.ceiling.set(&mut config);
    let progress = Progress::start(global.quiet)?;
    let of = (args.root.as_slice(), &args.from);
    let (_, summary) = read_all(of, &args.reading, &config, global, &progress)?;
    progress.finish();
    if !global.quiet {
        writeln!(io::stdout(), "{}", in_words(&summary))?;
    }
    Ok(if summary.interrupted { Exit::Interrupted } else { Exit::Success })
}

/// Brings the catalog of the roots, or of an index of another program, up to date.
pub(super) fn read_all(
    (roots, from): (&[PathBuf], &From),
    reading: &Reading,
    config: &Config,
    global: &Global,
    progress: &Progress,
) -> anyhow::Result<(Catalog, Summary)> {
    let Some(location) = from.location()? else {
        return read_tree(roots, reading, config, global, progress);
    };
    if !roots.is_empty() {
        let message = "an index is audited by itself; leave the folder out, or compare them with \
                       `docrot validate FOLDER --from WHERE`";
        return Err(UsageError(message.to_owned()).into());
    }
    read_entries(from, &location, reading, config, global, progress)
}

/// Brings the catalog of the roots up to date.
pub(super) fn read_tree(
    roots: &[PathBuf],
    reading: &Reading,
    config: &Config,
    global: &Global,
    progress: &Progress,
) -> anyhow::Result<(Catalog, Summary)> {
    let roots = if roots.is_empty() { &config.scan.roots } else { roots };
    if roots.is_empty() {
        return Err(UsageError("name a folder to audit, such as `docrot audit .`".into()).into());
    }
    let options = reading.scan_options(config)?;
    let mut folder = catalogs::folder_of(roots, global, config)?;
    if options.only_exact && global.index.is_none() && config.index.is_none() {
        folder.as_mut_os_string().push("-copies");
    }
    if options.sample.is_some() && global.index.is_none() && config.index.is_none() {
        folder.as_mut_os_string().push("-sample");
    }
    refuse_inside(&folder, roots)?;
    check_roots(roots)?;
    let catalog = Catalog::open_or_create_keeping(&folder, reading.keeping(config))?;
    let summary = scan(roots, &options, &catalog, |event| progress.on_event(event))?;
    if !summary.timings.is_empty() {
        tell!("{}", timings::table(&summary).trim_end());
    }
    if summary.interrupted {
        progress.finish();
        tell!("docrot: interrupted; what was read is kept, the next run goes on from there");
        return Ok((catalog, summary));
    }
    let Summary { new, changed, moved, unchanged, problems, .. } = &summary;
    if new + changed + moved + unchanged == 0 && problems.is_empty() && !global.quiet {
        tell!("docrot: no file was found; check the folder, --include and --exclude");
    }
    if global.verbose > 0 {
        tell!("docrot: catalog in {}", escape::path(&folder));
    }
    Ok((catalog, summary))
}

/// Refuses a catalog inside an audited folder before anything is made there.
fn refuse_inside(folder: &Path, roots: &[PathBuf]) -> anyhow::Result<()> {
    let catalog = std::path::absolute(folder)?;
    // Links are resolved as far as the folder exists already.
    let existing = catalog.ancestors().find_map(|it| it.canonicalize().ok());
    for root in roots.iter().filter_map(|root| root.canonicalize().ok()) {
        if existing.as_ref().is_some_and(|it| it.starts_with(&root)) {
            return Err(ScanError::CatalogInside { catalog, root }.into());
        }
    }
    Ok(())
}

/// One line that a log can keep.
fn in_words(summary: &Summary) -> String {
    let Summary { new, changed, moved, gone, unchanged, unreadable, .. } = summary;
    format!(
        "{new} new, {changed} changed, {moved} moved, {gone} gone, {unchanged} unchanged, \
         {unreadable} unreadable, in {:.1} s",
        summary.duration.as_secs_f64()
    )
}
