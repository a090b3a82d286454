//! `docrot init`

use std::path::PathBuf;

use anyhow::Context as _;

use super::config;
use super::exit::{Exit, UsageError};
use super::output;

/// Write a commented docrot.toml to start from
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// File to write; one that exists is never overwritten
    #[arg(default_value = "docrot.toml")]
    file: PathBuf,
}

pub(crate) fn run(args: Args) -> anyhow::Result<Exit> {
    let file = args.file;
    if file.exists() {
        let message = format!("{} exists already; name another file", file.display());
        return Err(UsageError(message).into());
    }
    output::whole(&file, |out| out.write_all(config::TEMPLATE.as_bytes()))
        .with_context(|| format!("cannot write {}", file.display()))?;
    println!("{} written; every line in it is a default, change what you need", file.display());
    Ok(Exit::Success)
}
