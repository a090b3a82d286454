//! `docrot formats`

use docrot::extract::FORMATS;

use super::exit::Exit;

/// List the document formats that are read
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

pub(crate) fn run(_args: Args) -> anyhow::Result<Exit> {
    for format in FORMATS {
        let apart = if format.isolated { "in a worker process" } else { "" };
        println!("{:<16} {:<44} {apart}", format.name, format.extensions.join(" "));
    }
    Ok(Exit::Success)
}
