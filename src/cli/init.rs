//! `docrot init`

use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::Context as _;
use docrot::report::escape;

use super::config;
use super::exit::{Exit, UsageError};
use super::output;

/// Write a commented docrot.toml to start from
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// File to write; one that exists is never overwritten
    #[arg(default_value = "docrot.toml")]
    file: PathBuf,

    /// Begin with the rule set that commercial suites ship: kinds of files without business value,
    /// nothing verified for three years
    #[arg(long, value_name = "PROFILE", value_enum)]
    profile: Option<Profile>,
}

/// Rule sets to start from.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Profile {
    /// What suites for file shares begin with
    Suites,
}

pub(crate) fn run(args: Args) -> anyhow::Result<Exit> {
    let file = args.file;
    if file.exists() {
        let message = format!("{} exists already; name another file", file.display());
        return Err(UsageError(message).into());
    }
    let text = match args.profile {
        None => config::TEMPLATE.to_owned(),
        Some(Profile::Suites) => config::suites_template(),
    };
    output::whole(&file, |out| out.write_all(text.as_bytes()))
        .with_context(|| format!("cannot write {}", file.display()))?;
    writeln!(io::stdout(), "{} written; change what you need", escape::path(&file))?;
    Ok(Exit::Success)
}
