//! `docrot journal`

use std::io::{self, BufWriter, Write as _};
use std::path::PathBuf;

use anyhow::Context as _;
use docrot::inventory::path_text;
use docrot::plan::History;
use docrot::report::{escape, words};

use super::document::Layout;
use super::exit::Exit;
use super::kept::Kept;
use super::options::Global;
use super::{catalogs, config, pack, undo};

/// Show what was moved, where it is now, and that the journal is as it was written
///
/// Ends with exit code 3 if a line was altered, dropped or cut off, or if something in quarantine is
/// not what was put there.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Read again what lies in quarantine, too
    #[arg(long)]
    rehash: bool,

    /// Write all evidence into this new folder: plans, decisions, journal, policy and hashes
    #[arg(long, value_name = "DIR")]
    pack: Option<PathBuf>,

    /// How to print it
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Layout::Text)]
    format: Layout,

    #[command(flatten)]
    place: undo::Place,
}

pub(crate) fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let folder = args.place.folder(global)?;
    let history = History::read(&folder)
        .with_context(|| format!("cannot trust the journal in {}", escape::path(&folder)))?;
    if let Some(to) = &args.pack {
        let config = global.config()?;
        // Without a catalog there are no decisions; the journal says who signed for what.
        let catalog = catalogs::open_last(&args.place.roots(), None, global, &config).ok();
        let policy = global.config.clone().unwrap_or_else(|| config::FILE_NAME.into());
        let mut more = vec![("policy.toml", policy)];
        more.extend(catalog.map(|it| ("decisions.csv", Kept::of(&it, &config).decisions)));
        let files = pack::write(&folder, &history, to, &more)?;
        let files = words::counted(files as u64, "file");
        writeln!(io::stdout(), "{files} of evidence in {}", escape::path(to))?;
        return Ok(Exit::Success);
    }
    let changed = if args.rehash { history.changed() } else { Vec::new() };
    let mut out = BufWriter::new(io::stdout().lock());
    match args.format {
        Layout::Json => json(&history, &changed, &mut out)?,
        Layout::Text => text(&history, &changed, args.rehash, &mut out)?,
    }
    out.flush()?;
    Ok(if changed.is_empty() { Exit::Success } else { Exit::Failure })
}

type Changed = [(std::path::PathBuf, &'static str)];

fn text(
    history: &History,
    changed: &Changed,
    was_read: bool,
    out: &mut dyn io::Write,
) -> anyhow::Result<()> {
    for run in &history.runs {
        let by = if run.by.is_empty() { "somebody" } else { &run.by };
        writeln!(out, "{} {} by {}", run.at.format("%F %T"), run.what, escape::visible(by))?;
    }
    for moved in &history.moved {
        writeln!(
            out,
            "{:>6} {:<7} {} ({}, {})",
            moved.number,
            moved.state.name(),
            escape::path(&moved.path),
            words::size(moved.size),
            escape::visible(&moved.reason)
        )?;
    }
    for refused in &history.not_taken {
        let (path, reason) = (escape::visible(&refused.path), escape::visible(&refused.reason));
        writeln!(out, "       refused {path}: {reason}")?;
    }
    writeln!(
        out,
        "{}: each follows from the one before, and none is missing",
        words::counted(history.lines, "line")
    )?;
    for (path, what) in changed {
        writeln!(out, "{} {what}", escape::path(path))?;
    }
    if was_read && changed.is_empty() {
        writeln!(out, "everything in quarantine is as it was put there")?;
    }
    Ok(())
}

fn json(history: &History, changed: &Changed, out: &mut dyn io::Write) -> anyhow::Result<()> {
    let moved = history.moved.iter().map(|it| {
        serde_json::json!({
            "number": it.number, "at": it.at, "path": path_text::encode(&it.path),
            "state": it.state.name(), "size": it.size, "blake3": it.hash,
            "disposition": it.disposition, "rule": it.rule, "finding": it.finding,
            "reason": it.reason, "signed": it.signed,
            "survivor": it.survivor.as_deref().map(path_text::encode),
            "lies": it.lies.as_deref().map(path_text::encode),
        })
    });
    let runs = history.runs.iter().map(
        |it| serde_json::json!({ "at": it.at, "what": it.what, "by": it.by, "plan": it.plan }),
    );
    let refused = history
        .not_taken
        .iter()
        .map(|it| serde_json::json!({ "at": it.at, "path": it.path, "reason": it.reason }));
    let changed = changed
        .iter()
        .map(|(path, what)| serde_json::json!({ "path": path_text::encode(path), "what": what }));
    let report = serde_json::json!({
        "schema_version": 1, "lines": history.lines,
        "runs": runs.collect::<Vec<_>>(), "moved": moved.collect::<Vec<_>>(),
        "refused": refused.collect::<Vec<_>>(), "changed": changed.collect::<Vec<_>>(),
    });
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)?;
    Ok(())
}
