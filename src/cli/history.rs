//! `docrot history`

use std::io::{self, Write as _};
use std::path::PathBuf;

use docrot::decisions::PastScan;
use docrot::report::words;

use super::catalogs;
use super::exit::Exit;
use super::kept::Kept;
use super::options::Global;

/// Tell what each scan came to: open decisions, findings, what was decided
///
/// A scan is remembered by the first report on it (docrot audit, docrot report).
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Audited folder (can be repeated) [default: the only one audited so far]
    root: Vec<PathBuf>,

    /// How to print it
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Layout::Text)]
    format: Layout,

    /// Only the last so many scans
    #[arg(long, value_name = "N")]
    last: Option<usize>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Layout {
    /// A table for people
    Text,
    /// One JSON object a scan
    Json,
    /// Comma-separated values
    Csv,
}

const COLUMNS: [&str; 11] = [
    "scan",
    "seen",
    "read",
    "decisions_open",
    "decided",
    "new",
    "gone",
    "redundant",
    "obsolete",
    "trivial",
    "undated",
];

pub(crate) fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let config = global.config()?;
    let catalog = catalogs::open_last(&args.root, None, global, &config)?;
    let history = Kept::of(&catalog, &config).history()?;
    let first = args.last.map_or(0, |last| history.len().saturating_sub(last));
    let history = &history[first..];
    let mut out = io::stdout().lock();
    match args.format {
        Layout::Text => text(history, &mut out)?,
        Layout::Csv => csv(history, &mut out)?,
        Layout::Json => {
            for scan in history {
                serde_json::to_writer(&mut out, scan)?;
                writeln!(out)?;
            }
        }
    }
    Ok(Exit::Success)
}

fn csv(history: &[PastScan], out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "{}", COLUMNS.join(","))?;
    for scan in history {
        let counts = counts(scan).map(|it| it.map_or_else(String::new, |it| it.to_string()));
        writeln!(out, "{},{}", scan.on.format("%Y-%m-%dT%H:%M:%SZ"), counts.join(","))?;
    }
    Ok(())
}

fn counts(scan: &PastScan) -> [Option<u64>; 10] {
    let PastScan { seen, read, decisions_open, decided, new, gone, .. } = *scan;
    let PastScan { redundant, obsolete, trivial, undated, .. } = *scan;
    let counts =
        [seen, read, decisions_open, decided, new, gone, redundant, obsolete, trivial].map(Some);
    let mut all = [undated; 10];
    all[..9].copy_from_slice(&counts);
    all
}

fn text(history: &[PastScan], out: &mut dyn io::Write) -> io::Result<()> {
    let Some(last) = history.last() else {
        return writeln!(out, "No scan is remembered yet; docrot audit remembers its own.");
    };
    writeln!(out, "scan                 read  to decide  change  decided  new  gone  undated")?;
    let mut before: Option<&PastScan> = None;
    for scan in history {
        let change = before.map_or_else(String::new, |before| {
            let change = scan.decisions_open as i128 - before.decisions_open as i128;
            if change == 0 { "0".to_owned() } else { format!("{change:+}") }
        });
        let undated = scan.undated.map_or_else(String::new, words::number);
        writeln!(
            out,
            "{}  {:>7}  {:>9}  {change:>6}  {:>7}  {:>3}  {:>4}  {undated:>7}",
            scan.on.format("%Y-%m-%d %H:%M"),
            words::number(scan.read),
            words::number(scan.decisions_open),
            words::number(scan.decided),
            words::number(scan.new),
            words::number(scan.gone),
        )?;
        before = Some(scan);
    }
    let first = &history[0];
    if 1 < history.len() {
        let (then, now) = (first.decisions_open, last.decisions_open);
        let trend = match now.cmp(&then) {
            std::cmp::Ordering::Less => "fewer",
            std::cmp::Ordering::Equal => "as many",
            std::cmp::Ordering::Greater => "more",
        };
        writeln!(
            out,
            "Open decisions: {} now, {} on {}: {trend}.",
            words::number(now),
            words::number(then),
            first.on.format("%Y-%m-%d"),
        )?;
    }
    Ok(())
}
