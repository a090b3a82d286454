//! `docrot pairs`

use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;

use anyhow::Context as _;
use docrot::catalog::Catalogs;
use docrot::report::{PAIR_FORMATS, PairFormat, PairWriter};
use docrot::rot::{self, PairCount, PairOptions, Policy};

use super::catalogs::{self, Opened};
use super::config::Config;
use super::exit::{Exit, UsageError};
use super::options::{Global, Reading};
use super::output::{check_place, whole};
use super::progress::Progress;
use super::scan::read_tree;

/// List every pair of similar documents of the last scan, with how similar they are
///
/// One line a pair, as CSV or newline-delimited JSON. A folder that was never scanned is scanned
/// first. Kinds: exact-copy, same-text, near-duplicate, same-form (one form filled in with other
/// facts, no copies), contained (most of one stands in the other) and similar (too short or too
/// different to be called more).
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Audited folder (can be repeated) [default: the only one audited so far]
    root: Vec<PathBuf>,

    #[command(flatten)]
    several: catalogs::Several,

    /// Leave out pairs below this similarity, from 0 to 1: the shared runs of three words among all
    /// of both texts [default: `pair` of the policy, 0.5]
    #[arg(long, value_name = "SHARE", value_parser = share)]
    min_similarity: Option<f64>,

    /// Also list documents of which most stands in a larger one, however small their similarity
    #[arg(long)]
    contained: bool,

    /// Kind of output [default: from the name of --output, else csv]
    #[arg(long, value_name = "FORMAT", value_parser = formats())]
    format: Option<String>,

    /// Write the pairs to this file; it appears when it is whole
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err("a share is a number from 0 to 1, such as 0.5".to_owned()),
    }
}

fn formats() -> Vec<&'static str> {
    PAIR_FORMATS.iter().map(|it| it.0).collect()
}

impl Args {
    fn format(&self) -> anyhow::Result<PairFormat> {
        let extension = self.output.as_deref().and_then(|it| it.extension()?.to_str());
        let Some(name) = self.format.as_deref().or(extension) else {
            return Ok(PAIR_FORMATS[0].1);
        };
        let known = PAIR_FORMATS.iter().find(|it| it.0 == name).map(|it| it.1);
        known.ok_or_else(|| {
            let message = format!(
                "no kind of output has the extension .{name} (there are .{}); say --format",
                formats().join(", .")
            );
            UsageError(message).into()
        })
    }
}

pub(crate) fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let format = args.format()?;
    args.output.as_deref().map_or(Ok(()), check_place)?;
    let config = global.config()?;
    let Some(opened) = opened(&args, global, &config)? else {
        return Ok(Exit::Interrupted);
    };
    let catalogs = opened.together()?;
    let policy = config.policy;
    let min_similarity = args.min_similarity.unwrap_or(policy.duplicates.pair);
    let options = PairOptions { min_similarity, parts: args.contained };
    let list = |format, out: &mut dyn Write| list(&catalogs, &policy, &options, format, out);
    let count = match &args.output {
        None => {
            let stdout = io::stdout();
            let format = match format {
                PairFormat::Csv if stdout.is_terminal() => PairFormat::Terminal,
                format => format,
            };
            let mut out = BufWriter::new(stdout.lock());
            let count = list(format, &mut out)?;
            out.flush()?;
            count
        }
        Some(path) => {
            let mut count = PairCount::default();
            whole(path, |out| {
                count = list(format, out).map_err(io::Error::other)?;
                Ok(())
            })
            .with_context(|| format!("cannot write the pairs to {}", path.display()))?;
            count
        }
    };
    if !global.quiet {
        tell(&count);
    }
    Ok(Exit::Success)
}

/// The catalogs of the last scans; of a folder that was never scanned, of a scan made now. None
/// where that was interrupted.
fn opened(args: &Args, global: &Global, config: &Config) -> anyhow::Result<Option<Opened>> {
    let opened = args.several.open(&args.root, None, global, config);
    let has_scan = |it: &Opened| it.only().is_none_or(|it| it.summary().is_some());
    if args.root.is_empty() || opened.as_ref().is_ok_and(has_scan) {
        return opened.map(Some);
    }
    let progress = Progress::start(global.quiet)?;
    let (catalog, summary) = read_tree(&args.root, &Reading::default(), config, global, &progress)?;
    progress.finish();
    Ok((!summary.interrupted).then(|| catalog.into()))
}

fn list(
    catalogs: &Catalogs<'_>,
    policy: &Policy,
    options: &PairOptions,
    format: PairFormat,
    out: &mut dyn Write,
) -> anyhow::Result<PairCount> {
    let inventory = catalogs.inventory()?;
    let texts = catalogs.texts()?;
    let mut pairs = PairWriter::start(&inventory, format, out)?;
    let mut written = Ok(());
    let count = rot::pairs(&inventory, &texts, policy, options, |pair| {
        written = pairs.pair(&pair);
        if written.is_err() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    written?;
    pairs.finish()?;
    Ok(count)
}

/// Says what is not in the list, if anything.
fn tell(count: &PairCount) {
    let PairCount { listed: _, not_listed, not_compared, not_asked } = count;
    if 0 < *not_listed {
        tell!(
            "docrot: {not_listed} more pairs are among very many copies of one text and not listed"
        );
    }
    if 0 < *not_compared {
        tell!(
            "docrot: up to {not_compared} pairs were not compared, because too many documents \
             look alike"
        );
    }
    if 0 < *not_asked {
        tell!(
            "docrot: of {not_asked} pairs of texts listed as near-duplicates it was not asked \
             whether they are one form, to bound the work"
        );
    }
}
