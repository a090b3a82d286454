//! `docrot schedule`

mod ci;
mod cron;
mod plan;
mod systemd;
mod windows;

use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::Context as _;
use docrot::report::escape;

use super::exit::{Exit, UsageError};
use super::options::{Global, today};
use super::output;

use plan::{Every, Plan, Time};

/// Print what a scheduler needs to audit regularly, for this configuration
///
/// Behind -- stand arguments for docrot audit; they are checked now.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What runs it
    #[arg(value_enum)]
    scheduler: Scheduler,

    /// Folder to audit (can be repeated) [default: the roots of the configuration]
    root: Vec<PathBuf>,

    /// How often
    #[arg(long, value_enum, default_value_t = Every::Week)]
    every: Every,

    /// At what time of day (HH:MM; CI servers mean UTC)
    #[arg(long, value_name = "TIME", default_value = "06:00")]
    at: Time,

    /// Write the files into this folder instead of printing them
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,

    /// Arguments for docrot audit [default: --quiet-if-clean]
    #[arg(last = true, value_name = "ARGUMENTS")]
    audit: Vec<String>,
}

/// What runs it.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Scheduler {
    /// A service and a timer of systemd
    Systemd,
    /// A line of a crontab
    Cron,
    /// A task of the Windows Task Scheduler
    Windows,
    /// A workflow of GitHub Actions
    Github,
    /// A job of GitLab CI
    Gitlab,
}

/// A file for a scheduler.
struct File {
    name: &'static str,
    text: String,
}

pub(crate) fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let config = global.config()?;
    let roots = if args.root.is_empty() { &config.scan.roots } else { &args.root };
    let in_repository = matches!(args.scheduler, Scheduler::Github | Scheduler::Gitlab);
    let plan = Plan::new(roots, &args.audit, global, in_repository)?.on(args.every, args.at);
    let files = match args.scheduler {
        Scheduler::Systemd => systemd::files(&plan),
        Scheduler::Cron => cron::files(&plan),
        Scheduler::Windows => windows::files(&plan, today()),
        Scheduler::Github => ci::github(&plan),
        Scheduler::Gitlab => ci::gitlab(&plan),
    }
    .map_err(UsageError)?;
    let mut out = io::stdout().lock();
    let Some(folder) = &args.dir else {
        for (position, file) in files.iter().enumerate() {
            if 0 < position {
                writeln!(out)?;
            }
            if 1 < files.len() {
                writeln!(out, "# {}", file.name)?;
            }
            write!(out, "{}", file.text)?;
        }
        return Ok(Exit::Success);
    };
    for file in &files {
        let path = folder.join(file.name);
        output::check_place(&path)?;
        output::whole(&path, |out| out.write_all(file.text.as_bytes()))
            .with_context(|| format!("cannot write {}", path.display()))?;
        writeln!(out, "{}", escape::path(&path))?;
    }
    Ok(Exit::Success)
}
