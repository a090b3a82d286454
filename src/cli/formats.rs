//! `docrot formats`

use std::io::{self, BufWriter, Write as _};

use docrot::extract::{ARCHIVES, FORMATS};

use super::exit::Exit;

/// List the document formats that are read
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

pub(crate) fn run(_args: Args) -> anyhow::Result<Exit> {
    let mut out = BufWriter::new(io::stdout().lock());
    for format in FORMATS.iter().chain(ARCHIVES) {
        let is_archive = ARCHIVES.iter().any(|it| it.name == format.name);
        let apart = match (format.isolated, is_archive) {
            (_, true) => "in a worker process, with --archives",
            (true, false) => "in a worker process",
            (false, false) => "",
        };
        writeln!(out, "{:<16} {:<44} {apart}", format.name, format.extensions.join(" "))?;
    }
    out.flush()?;
    Ok(Exit::Success)
}
