//! `docrot diff`

use std::io::{self, BufWriter, Write as _};
use std::path::PathBuf;

use docrot::report::{Compared, difference_json, difference_text};
use docrot::rot::Difference;

use super::document::{self, Layout};
use super::exit::Exit;
use super::options::{Global, Limits};
use super::output::terminal_options;

/// Show in which facts and words two documents differ, whatever their formats
///
/// Reads both files the way a scan does, and needs no catalog. Layout, case and punctuation make no
/// difference.
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

pub(crate) fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let options = args.limits.scan_options(&global.config()?, 1)?;
    let a = document::read(&args.a, &options)?;
    let b = document::read(&args.b, &options)?;
    let texts = a.text().zip(b.text());
    let (x, y) = texts.expect("both were read");
    let difference = Difference::of(x, y, a.is_sheet() && b.is_sheet());
    let contents = a.content.as_ref().ok().zip(b.content.as_ref().ok());
    let contents = contents.map(|(a, b)| [a, b]);
    let compared = Compared { a: &args.a, b: &args.b, contents, difference: &difference };
    let mut out = BufWriter::new(io::stdout().lock());
    match args.format {
        Layout::Json => difference_json(&compared, &mut out)?,
        Layout::Text => difference_text(&compared, &terminal_options(args.all), &mut out)?,
    }
    out.flush()?;
    Ok(Exit::Success)
}
