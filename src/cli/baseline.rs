//! `docrot baseline`

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::Context as _;
use docrot::decisions::Standing;
use docrot::report::{escape, words};

use super::catalogs;
use super::exit::Exit;
use super::judged::Judged;
use super::kept::Kept;
use super::narrow::Narrowing;
use super::options::{AsOf, Global};

/// How many findings that are gone are listed.
const SHOWN_GONE: usize = 20;

/// Accept findings as known, so that reports tell what is new, raised again and gone
///
/// A known finding stays known wherever its document is moved. It is raised again when its text
/// changes, or when more copies join it.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Accept the findings of the last scan as known
    ///
    /// Findings that are gone are forgotten. With --rule, --folder or --owner only those are
    /// accepted or forgotten, and all others stay as they were.
    Accept {
        #[command(flatten)]
        place: Place,

        #[command(flatten)]
        narrowing: Narrowing,
    },
    /// Tell how the findings of the last scan stand to the baseline
    Show {
        #[command(flatten)]
        place: Place,

        /// List everything that is gone, however much it is
        #[arg(long)]
        all: bool,
    },
    /// Forget the baseline: nothing is known, and nothing is new
    Clear {
        #[command(flatten)]
        place: Place,
    },
}

/// Which catalog, and which day it is.
#[derive(Debug, clap::Args)]
struct Place {
    /// Audited folder (can be repeated) [default: the only one audited so far]
    root: Vec<PathBuf>,

    #[command(flatten)]
    several: catalogs::Several,

    #[command(flatten)]
    as_of: AsOf,
}

pub(crate) fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    match args.what {
        What::Accept { place, narrowing } => accept(&place, &narrowing, global)?,
        What::Show { place, all } => show(&place, all, global)?,
        What::Clear { place } => clear(&place, global)?,
    }
    Ok(Exit::Success)
}

fn accept(place: &Place, narrowing: &Narrowing, global: &Global) -> anyhow::Result<()> {
    narrowing.check()?;
    let config = global.config()?;
    let opened = place.several.open(&place.root, None, global, &config)?;
    let catalogs = opened.together()?;
    let kept = Kept::of(catalogs.first(), &config);
    let mut baseline = kept.baseline()?.unwrap_or_default();
    let judged = Judged::of_all(&catalogs, config, place.as_of.day())?;
    judged.refuse_sample("a baseline")?;
    let chosen = narrowing.keep(&judged)?;
    let marks = judged.marks();
    let before = baseline.iter().len();
    let accepted = baseline.accept(
        &marks,
        |at| chosen[at],
        |gone| narrowing.covers(&gone.finding, &judged.inventory.roots),
        place.as_of.day(),
    );
    kept.write_baseline(&baseline)?;
    let accepted = words::counted(accepted as u64, "finding");
    let [before, now] = [before, baseline.iter().len()].map(|it| words::number(it as u64));
    let file = escape::path(&kept.baseline);
    writeln!(io::stdout(), "{accepted} accepted; {now} known now, {before} before, in {file}")?;
    Ok(())
}

fn show(place: &Place, all: bool, global: &Global) -> anyhow::Result<()> {
    let config = global.config()?;
    let opened = place.several.open(&place.root, None, global, &config)?;
    let catalogs = opened.together()?;
    let kept = Kept::of(catalogs.first(), &config);
    let mut out = io::stdout().lock();
    let Some(baseline) = kept.baseline()? else {
        writeln!(out, "No baseline; docrot baseline accept makes one.")?;
        return Ok(());
    };
    let judged = Judged::of_all(&catalogs, config, place.as_of.day())?;
    let known = words::counted(baseline.iter().len() as u64, "finding");
    writeln!(out, "{known} known, in {}", escape::path(&kept.baseline))?;
    // Rule, then how many of each standing.
    let mut rules: BTreeMap<&str, BTreeMap<&str, u64>> = BTreeMap::new();
    let mut count = |rule, name| *rules.entry(rule).or_default().entry(name).or_default() += 1;
    let findings = judged.shown.assessment.findings.iter().zip(&judged.shown.standings);
    for (finding, standing) in findings {
        count(finding.rule.id, standing.name());
    }
    for gone in &judged.shown.gone {
        count(&gone.rule, GONE);
    }
    for (rule, counts) in &rules {
        let order = Standing::NAMES.iter().chain(&[GONE]);
        let counts = order.filter_map(|name| Some((name, counts.get(name)?)));
        let counts: Vec<String> =
            counts.map(|(name, count)| format!("{} {name}", words::number(*count))).collect();
        writeln!(out, "  {}: {}", escape::visible(rule), counts.join(", "))?;
    }
    let gone = &judged.shown.gone;
    let shown = if all { gone.len() } else { gone.len().min(SHOWN_GONE) };
    if 0 < shown {
        writeln!(out, "Gone:")?;
    }
    for it in &gone[..shown] {
        let (rule, path) = (escape::visible(&it.rule), escape::visible(&it.path));
        writeln!(out, "  {rule} {path}, known since {}", it.since)?;
    }
    if shown < gone.len() {
        let hidden = words::number((gone.len() - shown) as u64);
        writeln!(out, "  and {hidden} more (--all lists them)")?;
    }
    Ok(())
}

const GONE: &str = "gone";

#[expect(clippy::disallowed_methods, reason = "docrot's own file, not a document")]
fn clear(place: &Place, global: &Global) -> anyhow::Result<()> {
    let config = global.config()?;
    let opened = place.several.open(&place.root, None, global, &config)?;
    let catalogs = opened.together()?;
    let file = Kept::of(catalogs.first(), &config).baseline;
    let said = match std::fs::remove_file(&file) {
        Ok(()) => format!("The baseline in {} is forgotten.", escape::path(&file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => "There was no baseline.".into(),
        Err(error) => {
            return Err(error).with_context(|| format!("cannot remove {}", file.display()));
        }
    };
    writeln!(io::stdout(), "{said}")?;
    Ok(())
}
