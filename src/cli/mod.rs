//! The terminal program: an ordinary user of the library, and the only one that reads the clock,
//! the environment and the configuration.

/// Prints a line to standard error. Where nothing can be printed there is nobody to tell.
macro_rules! tell {
    ($($arguments:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($arguments)*);
    }};
}

#[cfg(unix)]
mod apply;
mod audit;
mod baseline;
mod catalogs;
mod ceiling;
mod completions;
mod config;
mod decide;
mod diff;
mod document;
mod exit;
mod explain;
mod export;
mod formats;
mod from;
mod help;
mod hints;
mod history;
mod import;
mod init;
#[cfg(unix)]
mod journal;
mod judge;
mod judged;
mod kept;
mod logging;
mod man;
mod marks;
mod narrow;
#[cfg(feature = "network")]
mod network;
mod options;
mod output;
mod owners;
#[cfg(unix)]
mod pack;
mod pairs;
#[cfg(unix)]
mod plan;
mod policy;
mod progress;
#[cfg(unix)]
mod purge;
#[cfg(unix)]
mod quarantines;
mod read;
mod report;
mod rules;
mod run_summary;
mod scan;
mod scan_from;
mod schedule;
mod search;
mod similar;
mod split;
mod stored;
mod subjects;
mod tell;
mod text;
mod timings;
#[cfg(unix)]
mod undo;
mod validate;
mod validate_from;
mod whereabouts;
mod workbook;

use clap::{FromArgMatches as _, Parser, Subcommand};
use docrot::report::escape;

use exit::Exit;

/// Audit a tree of documents: what is redundant, obsolete or trivial, and how sure that is
///
/// Nothing in the audited folders is changed unless you say so: docrot apply PLAN --yes.
#[derive(Debug, Parser)]
#[command(version, help_expected = true, max_term_width = 100, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,

    #[command(flatten)]
    global: options::Global,
}

#[derive(Debug, Subcommand)]
enum Command {
    Audit(audit::Args),
    Scan(scan::Args),
    Report(report::Args),
    Pairs(pairs::Args),
    Diff(diff::Args),
    Search(search::Args),
    Similar(similar::Args),
    Subjects(subjects::Args),
    Where(whereabouts::Args),
    Validate(validate::Args),
    Explain(explain::Args),
    Export(export::Args),
    Import(import::Args),
    Text(text::Args),
    Rules(rules::Args),
    Policy(policy::Args),
    Baseline(baseline::Args),
    Decide(decide::Args),
    History(history::Args),
    Schedule(schedule::Args),
    Judge(judge::Args),
    #[cfg(unix)]
    Plan(Box<plan::Args>),
    #[cfg(unix)]
    Apply(apply::Args),
    #[cfg(unix)]
    Undo(undo::Args),
    #[cfg(unix)]
    Purge(purge::Args),
    #[cfg(unix)]
    Journal(journal::Args),
    Formats(formats::Args),
    Init(init::Args),
    Completions(completions::Args),
    Man(man::Args),
    Help(help::Args),
    #[command(name = "__read", hide = true)]
    Read(read::Args),
}

/// Reads the command line; where it asks for help or makes no sense, says so and ends.
pub(crate) fn parse() -> Cli {
    let mut command = help::command();
    let parsed = command.try_get_matches_from_mut(std::env::args_os());
    parsed.and_then(|it| Cli::from_arg_matches(&it)).unwrap_or_else(|error| error.exit())
}

/// Does what the command line says.
pub(crate) fn run(cli: Cli) -> anyhow::Result<Exit> {
    let global = cli.global;
    global.start_logging();
    match cli.command {
        Command::Audit(args) => audit::run(args, &global),
        Command::Scan(args) => scan::run(args, &global),
        Command::Report(args) => report::run(args, &global),
        Command::Pairs(args) => pairs::run(args, &global),
        Command::Diff(args) => diff::run(args, &global),
        Command::Search(args) => search::run(args, &global),
        Command::Similar(args) => similar::run(args, &global),
        Command::Subjects(args) => subjects::run(args, &global),
        Command::Where(args) => whereabouts::run(args, &global),
        Command::Validate(args) => validate::run(args, &global),
        Command::Explain(args) => explain::run(args, &global),
        Command::Export(args) => export::run(args, &global),
        Command::Import(args) => import::run(args, &global),
        Command::Text(args) => text::run(args, &global),
        Command::Rules(args) => rules::run(args, &global),
        Command::Policy(args) => policy::run(args, &global),
        Command::Baseline(args) => baseline::run(args, &global),
        Command::Decide(args) => decide::run(args, &global),
        Command::History(args) => history::run(args, &global),
        Command::Schedule(args) => schedule::run(args, &global),
        Command::Judge(args) => judge::run(args, &global),
        #[cfg(unix)]
        Command::Plan(args) => plan::run(*args, &global),
        #[cfg(unix)]
        Command::Apply(args) => apply::run(args, &global),
        #[cfg(unix)]
        Command::Undo(args) => undo::run(args, &global),
        #[cfg(unix)]
        Command::Purge(args) => purge::run(args, &global),
        #[cfg(unix)]
        Command::Journal(args) => journal::run(args, &global),
        Command::Formats(args) => formats::run(args),
        Command::Init(args) => init::run(args),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => man::run(&args),
        Command::Help(args) => help::run(&args),
        Command::Read(args) => read::run(args),
    }
}

/// Tells a person in one line why it could not be done.
pub(crate) fn fail(error: &anyhow::Error) -> Exit {
    if exit::is_broken_pipe(error) {
        // Whoever read the output has seen enough, as in `docrot report | head`.
        return Exit::Success;
    }
    // Names in it come from strangers, and from shells that expand `*`.
    tell!("docrot: {}", escape::visible(&format!("{error:#}")));
    exit::code_of(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flag_of_every_command_has_help() {
        help::command().debug_assert();
    }
}
