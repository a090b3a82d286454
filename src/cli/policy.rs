//! `docrot policy`

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use docrot::report::escape;
use docrot::rot::{contradictions, governing};

use super::config::Config;
use super::exit::Exit;
use super::options::{AsOf, Global};

/// Look into the policy in force
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Check(Check),
}

/// Tell which rules govern a path and why; without a path, what contradicts itself
#[derive(Debug, clap::Args)]
struct Check {
    /// The document, on disk below an audited folder or relative to one; it need not exist
    path: Option<PathBuf>,

    #[command(flatten)]
    as_of: AsOf,
}

pub(crate) fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let Command::Check(Check { path, as_of }) = args.command;
    let config = global.config()?;
    let as_of = as_of.day();
    let mut out = io::stdout().lock();
    if let Some(path) = path {
        explain(&config, &below_root(&config, &path), as_of, &mut out)?;
    }
    let found = contradictions(&config.policy, as_of);
    if !found.is_empty() {
        writeln!(out, "What contradicts itself or has no effect:")?;
    }
    for sentence in &found {
        writeln!(out, "  {}", escape::visible(sentence))?;
    }
    if found.is_empty() {
        writeln!(out, "Nothing in the policy contradicts itself.")?;
    }
    out.flush()?;
    Ok(Exit::Success)
}

fn explain(
    config: &Config,
    path: &Path,
    as_of: NaiveDate,
    out: &mut impl io::Write,
) -> io::Result<()> {
    writeln!(out, "{}", escape::path(path))?;
    let governed = governing(&config.policy, path, as_of);
    if governed.is_empty() {
        writeln!(out, "  The policy says nothing of it.")?;
    }
    for it in governed {
        let (what, value) = (escape::visible(&it.what), escape::visible(&it.value));
        writeln!(out, "  {what:<16} {value} ({})", escape::visible(&it.by.to_string()))?;
        for (value, by) in &it.overruled {
            let (value, by) = (escape::visible(value), by.to_string());
            writeln!(out, "  {:<16} overrules {value} ({})", "", escape::visible(&by))?;
        }
        if let Some(remark) = &it.remark {
            writeln!(out, "  {:<16} {remark}", "")?;
        }
    }
    writeln!(out)
}

/// The path as the policy's patterns see it: relative to its audited folder.
fn below_root(config: &Config, path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let roots = config.scan.roots.iter().filter_map(|root| std::path::absolute(root).ok());
    let below = roots.filter_map(|root| whole.strip_prefix(root).ok().map(Path::to_owned)).next();
    below.unwrap_or_else(|| path.strip_prefix(".").unwrap_or(path).to_owned())
}
