//! `docrot __read`: a worker that reads untrusted formats for another docrot. Not for people.

use std::io;

use docrot::extract::{FORMATS, serve};

use super::exit::Exit;

/// Read documents for another docrot
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Memory that it may use, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 30)]
    memory: u64,
}

pub(crate) fn run(args: Args) -> anyhow::Result<Exit> {
    serve(FORMATS, io::stdin().lock(), io::stdout(), args.memory)?;
    Ok(Exit::Success)
}
