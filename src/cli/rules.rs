//! `docrot rules`

use std::io::{self, BufWriter, Write as _};

use docrot::rot::RULES;

use super::config;
use super::exit::Exit;
use super::options::Global;

/// List the rules, or print the policy in force
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Print the policy in force, ready to be saved as docrot.toml
    #[arg(long)]
    policy: bool,
}

pub(crate) fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let config = global.config()?;
    let mut out = BufWriter::new(io::stdout().lock());
    if args.policy {
        out.write_all(config::to_toml(&config.policy).as_bytes())?;
        out.flush()?;
        return Ok(Exit::Success);
    }
    for rule in RULES {
        writeln!(
            out,
            "{:<21} {:<10} {:<8} {}",
            rule.id,
            rule.category.name(),
            rule.severity.name(),
            rule.summary
        )?;
    }
    out.flush()?;
    Ok(Exit::Success)
}
