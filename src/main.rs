//! The `docrot` command.

mod cli;

fn main() {}
