//! Argument groups that commands share.

use std::path::PathBuf;

use anyhow::Context as _;
use chrono::{Local, NaiveDate};
use docrot::catalog::Keeping;
use docrot::crawl::CrawlOptions;
use docrot::extract::{ARCHIVES, FORMATS, WorkerOptions};
use docrot::rot::Severity;
use docrot::scan::{HistoryOptions, Sample, ScanOptions};

use super::config::{self, Config};
use super::exit::UsageError;
use super::logging;

/// What every command understands.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Everywhere")]
pub(super) struct Global {
    /// Folder of the catalog, where docrot remembers what it read (default: one per audited folder,
    /// in your data directory)
    #[arg(long, global = true, value_name = "DIR", env = config::env::INDEX)]
    pub(super) index: Option<PathBuf>,

    /// Configuration file (default: docrot.toml in the working directory, where there is one)
    #[arg(long, global = true, value_name = "FILE", env = config::env::CONFIG)]
    pub(super) config: Option<PathBuf>,

    /// Show no progress and no remarks; errors and reports only
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,

    /// Tell more of what is being done (can be repeated)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(super) verbose: u8,
}

impl Global {
    pub(super) fn start_logging(&self) {
        let level = match (self.quiet, self.verbose) {
            (true, _) => "error",
            (_, 0) => "warn",
            (_, 1) => "info,tantivy=warn",
            (_, 2) => "debug,tantivy=info",
            _ => "trace",
        };
        logging::start(level);
    }

    pub(super) fn config(&self) -> anyhow::Result<Config> {
        Ok(Config::find(self.config.as_deref())?)
    }
}

/// What to list.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "What to read")]
pub(super) struct Listing {
    /// Read only files that match this glob, such as '**/*.docx' (can be repeated)
    #[arg(long, value_name = "GLOB")]
    include: Vec<String>,

    /// Leave out files and folders that match this glob (can be repeated)
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,

    /// Read folders whose name starts with a dot, too
    #[arg(long)]
    hidden: bool,

    /// Follow symbolic links
    #[arg(long)]
    follow_links: bool,

    /// Stay on the file system of each root
    #[arg(long)]
    one_file_system: bool,
}

impl Listing {
    /// Flags over configuration over defaults.
    pub(super) fn crawl_options(&self, config: &Config) -> anyhow::Result<CrawlOptions> {
        let globs = |flags: &[String], configured: &[String]| -> Vec<String> {
            configured.iter().chain(flags).cloned().collect()
        };
        let mut crawl = CrawlOptions::new(
            &globs(&self.include, config.scan.include.patterns()),
            &globs(&self.exclude, config.scan.exclude.patterns()),
        )
        .map_err(|error| UsageError(format!("cannot understand a glob: {error}")))?;
        let scan = &config.scan;
        crawl.hidden = self.hidden || scan.hidden;
        crawl.follow_links = self.follow_links || scan.follow_links;
        crawl.one_file_system = self.one_file_system || scan.one_file_system;
        Ok(crawl)
    }
}

/// What to read.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "What to read")]
pub(super) struct Reading {
    #[command(flatten)]
    listing: Listing,

    /// Read ZIP, TAR and gzip archives as if they were folders
    #[arg(long, conflicts_with = "from")]
    archives: bool,

    /// Look for exact copies alone, in a catalog of its own: no document is read, and a file is
    /// opened only where another one is as large
    #[arg(long, value_name = "WHAT", value_enum, conflicts_with = "from")]
    pub(super) only: Option<Only>,

    /// Look at a sample alone, for a quick estimate in a catalog of its own: so many files, or a
    /// share of them such as 5%. Copies outside of it are not seen
    #[arg(long, value_name = "N|P%", value_parser = parse_sample, conflicts_with = "from")]
    pub(super) sample: Option<Sample>,

    /// Read files even where nothing about them changed
    #[arg(long, conflicts_with = "from")]
    rehash: bool,

    /// Ask git when each file was last changed in substance (commits of at most 20 files, at
    /// least 10 lines)
    #[arg(long, conflicts_with = "from")]
    git: bool,

    /// Keep no text of a document in the catalog, nor its words: only hashes and sketches
    #[arg(long)]
    no_store_text: bool,

    /// Index no words, for duplicates and staleness alone: texts are kept, but neither searched nor
    /// looked through for subjects and terms
    #[arg(long)]
    no_index: bool,

    /// Tell where the time went, stage by stage, after the scan
    #[arg(long, conflicts_with = "from")]
    pub(super) timings: bool,

    /// Reading threads [default: one per processor, and at least 16 on a network share]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,

    #[command(flatten)]
    limits: Limits,
}

impl Reading {
    /// What a catalog that is made now keeps of what documents say.
    pub(super) fn keeping(&self, config: &Config) -> Keeping {
        let mut scan = config.scan.clone();
        scan.store_text &= !self.no_store_text;
        scan.index_words &= !self.no_index;
        scan.keeping()
    }

    /// Flags over configuration over defaults.
    pub(super) fn scan_options(&self, config: &Config) -> anyhow::Result<ScanOptions> {
        let scan = &config.scan;
        let threads = self.threads.unwrap_or(scan.threads);
        let archives = if self.archives || scan.read_archives { ARCHIVES } else { &[] };
        Ok(ScanOptions {
            crawl: self.listing.crawl_options(config)?,
            threads,
            formats: FORMATS.iter().chain(archives).copied().collect(),
            rehash: self.rehash,
            timings: self.timings,
            only_exact: self.only.is_some(),
            sample: self.sample,
            history: (self.git || scan.git).then(|| HistoryOptions::new("git".into())),
            started: now(),
            ..self.limits.scan_options(config, threads)?
        })
    }
}

/// A sample as arguments name it: so many files, or a share of them.
fn parse_sample(text: &str) -> Result<Sample, String> {
    let mistake = || format!("`{text}` is no sample, such as 500 or 5%");
    let sample = match text.strip_suffix('%') {
        Some(share) => Sample::Share(share.trim().parse::<f64>().map_err(|_| mistake())? / 100.0),
        None => Sample::Files(text.parse().map_err(|_| mistake())?),
    };
    match sample {
        Sample::Files(0) => Err(mistake()),
        Sample::Share(share) if !(0.0 < share && share <= 1.0) => Err(mistake()),
        sample => Ok(sample),
    }
}

/// What alone is looked for.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(super) enum Only {
    /// Files of the same bytes
    Exact,
}

/// What a single file may cost.
#[derive(Debug, Default, clap::Args)]
pub(super) struct Limits {
    /// Leave files over this size unread, in MiB [default: 256]
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u64).range(1..=1 << 24))]
    max_file_size: Option<u64>,

    /// Memory that a reader of PDF, office files or mail may use, in MiB [default: 1024]
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u64).range(64..=1 << 20))]
    reader_memory: Option<u64>,

    /// Processor time that such a reader has for one document, in seconds [default: 20]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    reader_seconds: Option<u64>,
}

impl Limits {
    /// Options with these limits, flags over configuration, and with so many workers.
    pub(super) fn scan_options(
        &self,
        config: &Config,
        threads: usize,
    ) -> anyhow::Result<ScanOptions> {
        let scan = &config.scan;
        let mib = |flag: Option<u64>, configured| flag.map_or(configured, |mib| mib << 20);
        let memory_bytes = mib(self.reader_memory, scan.reader_memory);
        let cpu_seconds = self.reader_seconds.unwrap_or(scan.reader_seconds);
        let program = std::env::current_exe().context("cannot tell where docrot itself is")?;
        let count = match threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        };
        let workers = WorkerOptions::new(program, Vec::new(), count);
        let wall_seconds = cpu_seconds.saturating_mul(3);
        let mut options = ScanOptions {
            max_file_bytes: mib(self.max_file_size, scan.max_file_bytes),
            limits: scan.limits,
            workers: Some(WorkerOptions { memory_bytes, cpu_seconds, wall_seconds, ..workers }),
            ..ScanOptions::default()
        };
        if let Some(ceiling) = scan.memory {
            options = options.within(ceiling).map_err(|it| UsageError(it.to_string()))?;
        }
        if let Some(workers) = &mut options.workers {
            let memory = workers.memory_bytes.to_string().into();
            workers.args = vec!["__read".into(), "--memory".into(), memory];
        }
        Ok(options)
    }
}

/// How much memory docrot may use.
#[derive(Debug, Default, clap::Args)]
pub(super) struct Ceiling {
    /// Most memory that docrot and its reading processes use together, such as 512M or 2G; what
    /// would not fit is refused, and the least that works is named
    #[arg(long, value_name = "SIZE", value_parser = config::parse_size)]
    memory: Option<u64>,
}

impl Ceiling {
    /// Takes the place of the configured ceiling, where one is named.
    pub(super) fn set(&self, config: &mut Config) {
        config.scan.memory = self.memory.or(config.scan.memory);
    }
}

/// How to judge.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "How to judge")]
pub(super) struct Judging {
    #[command(flatten)]
    pub(super) as_of: AsOf,

    /// End with exit code 1 if anything this severe is found
    #[arg(long, value_name = "SEVERITY", value_enum)]
    pub(super) fail_on: Option<FailOn>,

    /// End with exit code 3 if any file or folder could not be read
    #[arg(long)]
    pub(super) strict: bool,
}

/// What day it is.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "How to judge")]
pub(super) struct AsOf {
    /// Judge as of this day (YYYY-MM-DD) instead of today
    #[arg(long, value_name = "DATE", value_parser = parse_day)]
    as_of: Option<NaiveDate>,
}

impl AsOf {
    /// The day that counts as today.
    pub(super) fn day(&self) -> NaiveDate {
        self.as_of.unwrap_or_else(today)
    }

    /// Whether today counts as today.
    pub(super) const fn is_today(&self) -> bool {
        self.as_of.is_none()
    }
}

/// A day as arguments take it.
pub(super) fn parse_day(text: &str) -> Result<NaiveDate, String> {
    text.parse().map_err(|_| "a day is written YYYY-MM-DD, such as 2026-06-01".to_owned())
}

/// Severities as `--fail-on` takes them.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(super) enum FailOn {
    /// Anything at all
    Note,
    /// Whatever needs a decision
    Warning,
    /// Whatever misleads its readers now
    Error,
}

impl From<FailOn> for Severity {
    fn from(fail_on: FailOn) -> Self {
        match fail_on {
            FailOn::Note => Self::Note,
            FailOn::Warning => Self::Warning,
            FailOn::Error => Self::Error,
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is where the clock is read")]
pub(super) fn today() -> NaiveDate {
    Local::now().date_naive()
}

#[expect(clippy::disallowed_methods, reason = "this is where the clock is read")]
pub(super) fn now() -> chrono::DateTime<chrono::Utc> {
    chrono::Utc::now()
}
