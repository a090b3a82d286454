//! What is kept beside the catalog, or where the configuration says: decisions, the baseline, the
//! history. Read when asked for, and written whole.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use docrot::catalog::Catalog;
use docrot::decisions::{Baseline, Decisions, PastScan, add_to_history, read_history};

use super::config::{self, Config};
use super::output;

/// Where things are kept.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) decisions: PathBuf,
    pub(super) baseline: PathBuf,
    pub(super) history: PathBuf,
    /// When each finding was first found.
    first_seen: PathBuf,
}

impl Kept {
    /// The places of a catalog.
    pub(super) fn of(catalog: &Catalog, config: &Config) -> Self {
        let config::Kept { decisions, baseline, history } = config.kept.clone();
        let beside =
            |named: Option<PathBuf>, name| named.unwrap_or_else(|| catalog.folder().join(name));
        Self {
            decisions: beside(decisions, "decisions.csv"),
            baseline: beside(baseline, "baseline.csv"),
            history: beside(history, "history.ndjson"),
            first_seen: beside(None, "first-seen.txt"),
        }
    }

    /// What people decided; nothing where there is no file yet.
    pub(super) fn decisions(&self) -> anyhow::Result<Decisions> {
        let Some(text) = read(&self.decisions)? else { return Ok(Decisions::default()) };
        Decisions::read(&text).with_context(|| cannot_use(&self.decisions))
    }

    /// What was accepted as known; none where nothing was yet.
    pub(super) fn baseline(&self) -> anyhow::Result<Option<Baseline>> {
        let Some(text) = read(&self.baseline)? else { return Ok(None) };
        Ok(Some(Baseline::read(&text).with_context(|| cannot_use(&self.baseline))?))
    }

    /// What earlier scans came to, oldest first.
    pub(super) fn history(&self) -> anyhow::Result<Vec<PastScan>> {
        Ok(read(&self.history)?.map_or_else(Vec::new, |text| read_history(&text)))
    }

    /// When findings were first found, as text.
    pub(super) fn first_seen(&self) -> anyhow::Result<String> {
        Ok(read(&self.first_seen)?.unwrap_or_default())
    }

    /// Keeps when findings were first found.
    pub(super) fn write_first_seen(&self, text: &str) -> anyhow::Result<()> {
        if self.first_seen().is_ok_and(|it| it == text) {
            return Ok(());
        }
        write(&self.first_seen, text)
    }

    /// Keeps decisions.
    pub(super) fn write_decisions(&self, decisions: &Decisions) -> anyhow::Result<()> {
        write(&self.decisions, &decisions.to_table())
    }

    /// Keeps a baseline.
    pub(super) fn write_baseline(&self, baseline: &Baseline) -> anyhow::Result<()> {
        write(&self.baseline, &baseline.to_table())
    }

    /// Keeps what a scan came to.
    pub(super) fn add_to_history(&self, scan: PastScan) -> anyhow::Result<()> {
        let mut history = self.history()?;
        if history.contains(&scan) {
            return Ok(());
        }
        write(&self.history, &add_to_history(&mut history, scan))
    }
}

fn cannot_use(path: &Path) -> String {
    format!("cannot use {}", path.display())
}

fn read(path: &Path) -> anyhow::Result<Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).context(format!("cannot read {}", path.display())),
    }
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    output::whole_private(path, |out| out.write_all(text.as_bytes()))
        .with_context(|| format!("cannot write {}", path.display()))
}
