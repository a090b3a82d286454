//! What `audit` and `report` have in common: which findings are told, how, and what is kept of it.

use std::path::PathBuf;

use super::exit::Exit;
use super::judged::Judged;
use super::narrow::{self, Narrowing, News};
use super::options::Judging;
use super::output::Output;
use super::run_summary::RunSummary;

/// The report, and which findings it tells.
#[derive(Debug, clap::Args)]
pub(super) struct Telling {
    #[command(flatten)]
    output: Output,

    #[command(flatten)]
    narrowing: Narrowing,

    #[command(flatten)]
    news: News,

    #[command(flatten)]
    pub(super) judging: Judging,

    /// Print nothing where nothing needs a decision; a file named by --output is written all the
    /// same
    #[arg(long)]
    quiet_if_clean: bool,

    /// Write what came of this run to this file as JSON, also where it fails
    #[arg(long, value_name = "FILE")]
    pub(super) summary_json: Option<PathBuf>,
}

impl Telling {
    /// Checks what can be checked before the work is done.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        self.narrowing.check()?;
        self.output.check()
    }

    /// Writes the report.
    pub(super) fn tell(&self, mut judged: Judged, run: &mut RunSummary) -> anyhow::Result<Exit> {
        let is_today = self.judging.as_of.is_today();
        let mut seen = Vec::new();
        if is_today || self.news.since.is_some() {
            let marks = judged.marks();
            seen = judged.first_seen(&marks)?;
            // A report as of another day is no part of the history.
            if is_today && let Err(error) = judged.remember(&marks, &seen) {
                log::warn!("the history is not kept: {error:#}");
            }
        }
        narrow::narrow(&mut judged, &self.narrowing, &self.news, &seen)?;
        run.found(&judged);
        let is_clean = judged.past_scan().decisions_open == 0;
        if !(self.quiet_if_clean && is_clean && self.output.is_printed()) {
            self.output.write(&judged)?;
        }
        Ok(judged.exit(&self.judging))
    }
}
