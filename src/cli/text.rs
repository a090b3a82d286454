//! `docrot text`

use std::io::{self, BufWriter, Write as _};
use std::path::PathBuf;

use docrot::report::{Document, document_json, document_text};
use docrot::scan::read_file;

use super::document::{Layout, refusal};
use super::exit::Exit;
use super::options::{Global, Limits};

/// Print what is read from one file: its text, and what it says of itself
///
/// Reads the file the way a scan does, and needs no catalog. Where it cannot be read, the reason
/// and the remedy are told, and the exit code is 3.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The file to read
    file: PathBuf,

    /// How to print it
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Layout::Text)]
    format: Layout,

    /// Print each block with what it is and where it stands (text only; JSON always tells)
    #[arg(long)]
    blocks: bool,

    /// Print the text alone, without what the document says of itself
    #[arg(long)]
    text_only: bool,

    #[command(flatten)]
    limits: Limits,
}

pub(crate) fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let options = args.limits.scan_options(&global.config()?, 1)?;
    let read = read_file(&args.file, &options);
    let format = read.format.map(|it| (it.name, it.version));
    let document = Document { path: &args.file, format, content: read.content.as_ref() };
    let mut out = BufWriter::new(io::stdout().lock());
    if args.format == Layout::Json {
        document_json(&document, &mut out)?;
    } else {
        document_text(&document, args.blocks, !args.text_only, &mut out)?;
    }
    out.flush()?;
    match &read.content {
        Ok(_) => Ok(Exit::Success),
        Err(_) if args.format == Layout::Json => Ok(Exit::Failure),
        Err(failure) => Err(refusal(&args.file, failure)),
    }
}
