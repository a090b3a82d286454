//! The `docrot` command.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run(cli::parse()).unwrap_or_else(|error| cli::fail(&error)).into()
}
