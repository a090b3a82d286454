//! The `docrot` command.

mod cli;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    cli::run(cli::Cli::parse()).unwrap_or_else(|error| cli::fail(&error)).into()
}
