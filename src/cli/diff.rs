//! `docrot diff`

use std::io::{self, BufWriter, Write as _};
use std::path::PathBuf;

use anyhow::anyhow;
use docrot::fingerprint::similarity;
use docrot::report::{Compared, Document, difference_json, difference_text};
use docrot::rot::Difference;
use docrot::scan::{Single, read_file};

use super::exit::Exit;
use super::options::{Global, Limits};
use super::output::terminal_options;

/// Show in which facts and words two documents differ, whatever their formats
///
/// Reads both files the way a scan does, and needs no catalog. Layout, case and punctuation make no
/// difference. Example: docrot diff Travel.docx 'Travel (copy).pdf'
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The first document
    a: PathBuf,

    /// The second document
    b: PathBuf,

    /// How to print it
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Layout::Text)]
    format: Layout,

    /// Show every place in full, however many there are
    #[arg(long)]
    all: bool,

    #[command(flatten)]
    limits: Limits,
}

/// How it is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Layout {
    /// For people
    Text,
    /// For programs: one object
    Json,
}

pub(crate) fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let options = args.limits.scan_options(&global.config()?, 1)?;
    let read = |path: &PathBuf| -> anyhow::Result<Single> {
        let single = read_file(path, &options);
        match &single.content {
            Ok(_) => Ok(single),
            Err(failure) => {
                let document = Document { path, format: None, content: Err(failure) };
                Err(anyhow!(document.refusal(failure)))
            }
        }
    };
    let (a, b) = (read(&args.a)?, read(&args.b)?);
    let texts = a.text().zip(b.text());
    let (x, y) = texts.expect("both were read");
    let difference = Difference::of(x, y, a.is_sheet() && b.is_sheet());
    let compared = Compared {
        a: &args.a,
        b: &args.b,
        similarity: similarity(x, y).jaccard,
        difference: &difference,
    };
    let mut out = BufWriter::new(io::stdout().lock());
    match args.format {
        Layout::Json => difference_json(&compared, &mut out)?,
        Layout::Text => difference_text(&compared, &terminal_options(args.all), &mut out)?,
    }
    out.flush()?;
    Ok(Exit::Success)
}
