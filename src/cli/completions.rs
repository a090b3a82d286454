//! `docrot completions`

use std::io::{self, Write as _};

use clap::Command;
use clap_complete::Shell;

use super::exit::Exit;
use super::help;

/// Print what a shell needs to complete commands and options
///
/// For bash save it as ~/.local/share/bash-completion/completions/docrot, for zsh as _docrot in a
/// folder of $fpath, for fish as ~/.config/fish/completions/docrot.fish; for PowerShell add it to
/// the file that $PROFILE names.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    io::stdout().lock().write_all(&script(args.shell))?;
    Ok(Exit::Success)
}

const VERSION: &str = env!("CARGO_PKG_VERSION");

fn script(shell: Shell) -> Vec<u8> {
    // Completions would offer what help hides.
    let all = help::command();
    let shown = all.get_subcommands().filter(|it| !it.is_hide_set());
    let arguments = all.get_arguments().cloned();
    let mut command = Command::new("docrot")
        .args(arguments)
        .subcommands(shown.cloned())
        .version(VERSION)
        .disable_help_subcommand(true);
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "docrot", &mut script);
    script
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;

    #[test]
    fn every_shell_knows_every_command() {
        for shell in Shell::value_variants() {
            let script = String::from_utf8(script(*shell)).unwrap();
            for command in help::command().get_subcommands() {
                let name = command.get_name();
                assert_eq!(script.contains(name), !command.is_hide_set(), "{shell}: {name}");
            }
        }
    }
}
