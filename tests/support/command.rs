//! Runs the command line as a script would.

use std::path::Path;
use std::process::{Command, Output};

/// Runs docrot with the catalog in `index`, whatever the environment says of configurations.
pub(crate) fn docrot(arguments: &[&str], index: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_docrot"))
        .args(arguments)
        .arg("--index")
        .arg(index)
        .env_remove("DOCROT_CONFIG")
        .output()
        .unwrap()
}
