//! `docrot validate`

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use docrot::catalog::{Catalog, Depth, IndexWalk, Keeping, walk_catalog};
use docrot::report::{Validation, escape, validation_html, validation_json, validation_text};
use docrot::rot::Marks;
use docrot::scan::Summary;
use docrot::validate::{
    self as checks, Answer, Ask, CHECKS, Check, CleanUp, Coverage, Gates, OwnIndex, OwnRows,
    Quality, QueryOutcome, RankedResult, RealQuery, Tree, Verdict,
};

use super::config::Config;
use super::exit::{Exit, UsageError};
use super::from::From;
use super::options::{AsOf, Global, Listing, now};
use super::output::{check_place, part_of, terminal_options, whole};
use super::search::lacks;
use super::{catalogs, marks};

/// Check that an index still describes its tree, and that its results serve
///
/// Compares the index with the tree both ways and by content, looks at every file of the index, and
/// looks for documents by their own words. With the queries that people ask it tells how many
/// results are copies or stale. Nothing is written. Ends with exit code 1 if a check fails. With
/// --catalog, each server's index is compared with its own folders.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Audited folder (can be repeated) [default: the folders of the index]
    pub(super) root: Vec<PathBuf>,

    #[command(flatten)]
    several: catalogs::Several,

    /// Make only this check, such as missing (can be repeated)
    #[arg(long, value_name = "CHECK", value_parser = names())]
    only: Vec<String>,

    /// Look at every document and every posting, instead of a sample
    #[arg(long)]
    pub(super) deep: bool,

    /// Documents drawn where not all are looked at [default: 400]
    #[arg(long, value_name = "N")]
    sample: Option<u64>,

    /// Draw the documents that another run with this number drew
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(super) seed: u64,

    /// What people look for: a CSV table with the columns query and count
    #[arg(long, value_name = "FILE")]
    queries: Option<PathBuf>,

    /// What another engine answered: CSV or NDJSON with query, rank and path
    #[arg(long, value_name = "FILE", conflicts_with = "queries")]
    results: Option<PathBuf>,

    /// Which documents people judged relevant for which query, as TREC writes it
    #[arg(long, value_name = "FILE")]
    judgements: Option<PathBuf>,

    /// How to print it [default: from the name of --output, else text]
    #[arg(long, value_name = "FORMAT", value_enum)]
    format: Option<Layout>,

    /// Write the report to this file; it appears when it is whole
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Show up to 100 examples of each check, and every query
    #[arg(long)]
    all: bool,

    #[command(flatten)]
    pub(super) as_of: AsOf,

    #[command(flatten)]
    pub(super) from: From,

    #[command(flatten)]
    pub(super) listing: Listing,
}

/// How a validation is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Layout {
    /// For people
    Text,
    /// For programs: one object
    Json,
    /// A page
    Html,
}

fn names() -> Vec<&'static str> {
    CHECKS.iter().map(|check| check.name).collect()
}

pub(crate) fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let of_one_index =
        !args.root.is_empty() || args.results.is_some() || args.from.location()?.is_some();
    if args.several.is_named() && of_one_index {
        let message = "--catalog compares each catalog with the folders that it is of; name neither \
                       folders nor another index or its results with it";
        return Err(UsageError(message.to_owned()).into());
    }
    // Once: a pipe is empty when it is read again.
    let tables = Tables::read(&args)?;
    if !args.several.is_named() {
        return one(&args, &tables, args.output.as_deref(), global);
    }
    let mut exit = Exit::Success;
    for (server, global) in args.several.each(global) {
        let output = match (&args.output, server) {
            (Some(path), Some(server)) => Some(part_of(path, server)),
            (Some(_), None) => {
                let message = "each catalog has a report of its own; name its server, as in \
                               --catalog NAME=DIR, and the name goes before the extension";
                return Err(UsageError(message.to_owned()).into());
            }
            (None, _) => None,
        };
        let of_one = one(&args, &tables, output.as_deref(), &global)?;
        exit = if of_one == Exit::Success { exit } else { of_one };
    }
    Ok(exit)
}

/// Validates one index, and writes what came of it.
fn one(
    args: &Args,
    tables: &Tables,
    output: Option<&Path>,
    global: &Global,
) -> anyhow::Result<Exit> {
    let layout = args.layout()?;
    let config = global.config()?;
    let mut run = Run {
        roots: Vec::new(),
        args,
        gates: config.validate.gates.clone(),
        sample: args.sample.unwrap_or(config.validate.sample),
        config: &config,
        checks: Vec::new(),
        queries: Vec::new(),
        quality: None,
    };
    let made = match args.from.location()? {
        Some(location) => run.from(&location, tables, global)?,
        None => run.own(tables, global)?,
    };
    let Run { roots, mut checks, queries, quality, .. } = run;
    checks.retain(|check| args.only.is_empty() || args.only.iter().any(|it| it == check.name));
    checks.sort_by_key(|check| CHECKS.iter().position(|it| it.name == check.name));
    let clean_ups: Vec<CleanUp> = checks::clean_ups(&queries);
    let validation = Validation {
        index: tables.results_of.as_deref().unwrap_or(&made.index),
        about: &made.about,
        roots: &roots,
        on: now(),
        checks: &checks,
        queries: &queries,
        clean_ups: &clean_ups,
        quality,
        version: env!("CARGO_PKG_VERSION"),
    };
    args.write(&validation, layout, output)?;
    let failed = checks::worst(&checks) == Verdict::Fail;
    Ok(if failed { Exit::Found } else { Exit::Success })
}

pub(super) fn absolute(roots: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    // One that is not there is told by the check of the tree.
    let place = |root: &PathBuf| root.canonicalize().or_else(|_| std::path::absolute(root));
    Ok(roots.iter().map(place).collect::<io::Result<_>>()?)
}

/// Tables that people bring along.
pub(super) struct Tables {
    pub(super) queries: Vec<RealQuery>,
    pub(super) results: Vec<RankedResult>,
    results_of: Option<String>,
    judgements: Vec<checks::Judgement>,
}

impl Tables {
    fn read(args: &Args) -> anyhow::Result<Self> {
        fn table<T>(
            path: Option<&PathBuf>,
            read: impl Fn(&str) -> Result<Vec<T>, checks::LogError>,
        ) -> anyhow::Result<Vec<T>> {
            let Some(path) = path else { return Ok(Vec::new()) };
            let name = || path.display().to_string();
            let bytes = fs::read(path).with_context(|| format!("cannot read {}", name()))?;
            let text = String::from_utf8_lossy(&bytes);
            read(&text).map_err(|error| UsageError(format!("{}: {error}", name())).into())
        }
        if args.judgements.is_some() && args.queries.is_none() && args.results.is_none() {
            let message = "--judgements needs --queries or --results";
            return Err(UsageError(message.to_owned()).into());
        }
        Ok(Self {
            queries: table(args.queries.as_ref(), checks::read_queries)?,
            results: table(args.results.as_ref(), checks::read_results)?,
            results_of: args.results.as_ref().map(|it| it.display().to_string()),
            judgements: table(args.judgements.as_ref(), checks::read_judgements)?,
        })
    }
}

impl Args {
    fn layout(&self) -> anyhow::Result<Layout> {
        if let Some(path) = &self.output {
            check_place(path)?;
        }
        let extension = self.output.as_deref().and_then(Path::extension);
        Ok(self.format.unwrap_or_else(|| match extension.and_then(|it| it.to_str()) {
            Some("json") => Layout::Json,
            Some("html" | "htm") => Layout::Html,
            _ => Layout::Text,
        }))
    }

    pub(super) fn wants(&self, names: &[&str]) -> bool {
        self.only.is_empty() || self.only.iter().any(|it| names.contains(&it.as_str()))
    }

    fn write(
        &self,
        validation: &Validation<'_>,
        layout: Layout,
        output: Option<&Path>,
    ) -> anyhow::Result<()> {
        let write = |out: &mut dyn Write| match layout {
            Layout::Json => validation_json(validation, out),
            Layout::Html => validation_html(validation, out),
            Layout::Text if output.is_some() => {
                let options = docrot::report::Options { all: self.all, ..Default::default() };
                validation_text(validation, &options, out)
            }
            Layout::Text => validation_text(validation, &terminal_options(self.all), out),
        };
        match output {
            Some(path) => whole(path, write)
                .with_context(|| format!("cannot write the report to {}", path.display())),
            None => {
                let mut out = BufWriter::new(io::stdout().lock());
                write(&mut out)?;
                Ok(out.flush()?)
            }
        }
    }
}

/// Checks that need the same.
pub(super) const OF_FILES: &[&str] = &["integrity", "unreferenced", "bloat"];
pub(super) const OF_TREE: &[&str] =
    &["tree", "missing", "ghosts", "drift", "moved", "twice", "lag"];
pub(super) const OF_RECORDS: &[&str] = &["unreadable", "truncated", "empty", "schema"];
pub(super) const OF_TEXTS: &[&str] = &["text"];
pub(super) const OF_WORDS: &[&str] = &["findability", "titles"];

/// What was looked at.
pub(super) struct Made {
    pub(super) index: String,
    /// What else is known of it, line by line.
    pub(super) about: Vec<String>,
}

pub(super) struct Run<'a> {
    pub(super) args: &'a Args,
    pub(super) config: &'a Config,
    pub(super) gates: Gates,
    pub(super) sample: u64,
    pub(super) roots: Vec<PathBuf>,
    pub(super) checks: Vec<Check>,
    queries: Vec<QueryOutcome>,
    quality: Option<Quality>,
}

impl Run<'_> {
    /// Every check of docrot's own index.
    fn own(&mut self, tables: &Tables, global: &Global) -> anyhow::Result<Made> {
        let folder = catalogs::folder_of_last(&self.args.root, global, self.config)?;
        if global.index.is_some() && !self.args.root.is_empty() {
            self.roots = absolute(&self.args.root)?;
        }
        self.all(&folder, tables)?;
        Ok(Made { index: folder.display().to_string(), about: Vec::new() })
    }

    fn all(&mut self, folder: &Path, tables: &Tables) -> anyhow::Result<()> {
        if !folder.join("index").is_dir() {
            catalogs::check(folder)?;
        }
        let walk = self.args.wants(OF_FILES).then(|| {
            let depth = if self.args.deep { Depth::Documents } else { Depth::Files };
            walk_catalog(folder, depth)
        });
        if let Some(walk) = &walk {
            self.checks.extend(checks::index_checks(walk, &self.gates));
        }
        let is_broken = |walk: &IndexWalk| walk.faults.iter().any(|it| it.is_grave);
        if walk.as_ref().is_some_and(is_broken) {
            let why = "the index is broken; remove its folder and scan anew";
            self.skip(&[OF_TREE, OF_RECORDS, OF_TEXTS, OF_WORDS].concat(), why);
            return Ok(());
        }
        let catalog = Catalog::open_read_only(folder)
            .context("`docrot validate --only integrity` tells which file is broken")?;
        let summary = catalog.summary().and_then(|it| Summary::from_json(&it));
        if summary.is_some_and(|it| it.sample.is_some()) {
            let message = "a validation needs the whole tree, and this catalog is of a sample";
            return Err(UsageError(message.to_owned()).into());
        }
        if self.roots.is_empty() {
            self.roots = catalog.roots();
        }
        self.tree(&catalog)?;
        if self.args.wants(OF_RECORDS) {
            self.checks.extend(checks::records_checks(&catalog, &self.gates)?);
        }
        let keeps_texts = catalog.keeping() != Keeping::Fingerprints;
        if !keeps_texts {
            self.skip(OF_TEXTS, lacks(catalog.keeping()));
        }
        if catalog.keeping() != Keeping::Texts {
            self.skip(OF_WORDS, lacks(catalog.keeping()));
        }
        if keeps_texts && self.args.wants(OF_TEXTS) {
            let sample = if self.args.deep { u64::MAX } else { self.sample };
            self.checks.push(checks::text_check(&catalog, sample, self.args.seed, &self.gates)?);
        }
        let has_queries = !tables.queries.is_empty() || !tables.results.is_empty();
        if self.args.wants(OF_WORDS) || has_queries {
            let marks = marks::look_up(&catalog, self.config, self.args.as_of.day())?;
            let search = catalog.search()?;
            let engine = OwnIndex { search: &search, languages: marks.languages() };
            let roots = self.roots.clone();
            let key = |path: &str| checks::key_of(path, &roots, &marks);
            let asking = Asking { catalog: &catalog, marks: &marks, engine: &engine, key: &key };
            if catalog.keeping() == Keeping::Texts {
                self.words(&asking)?;
            }
            self.asked(&asking, tables)?;
        }
        Ok(())
    }

    pub(super) fn skip(&mut self, names: &[&'static str], why: &str) {
        for name in names.iter().filter(|it| self.args.wants(&[it])) {
            self.checks.push(Check::skipped(name, why, &self.gates));
        }
    }

    fn tree(&mut self, catalog: &Catalog) -> anyhow::Result<()> {
        if !self.args.wants(OF_TREE) {
            return Ok(());
        }
        if self.roots.len() != catalog.roots().len() {
            let message =
                format!("the index is of {} folders; name them all", catalog.roots().len());
            return Err(UsageError(message).into());
        }
        let crawl = self.args.listing.crawl_options(self.config)?;
        let tree = Tree { roots: self.roots.clone(), crawl };
        let sample = if self.args.deep { u64::MAX } else { self.sample };
        let how = Coverage { now: now(), sample, seed: self.args.seed };
        let mut rows = OwnRows::of(catalog)?;
        let mut compared = checks::compare(&tree, &mut rows, how);
        let (twice, strays) = rows.finish(catalog, &self.gates)?;
        compared.add_ghosts(strays);
        self.checks.extend(checks::coverage_checks(compared, &self.gates));
        self.checks.push(twice);
        Ok(())
    }

    /// Whether documents are found by their own words.
    pub(super) fn words(&mut self, asking: &Asking<'_>) -> anyhow::Result<()> {
        if !self.args.wants(OF_WORDS) {
            return Ok(());
        }
        let drawn = (self.sample, self.args.seed);
        let found = checks::findability(asking.catalog, asking.marks, asking.engine, drawn)?;
        self.checks.extend(checks::findability_checks(&found, &self.gates));
        Ok(())
    }

    /// What people see who search.
    pub(super) fn asked(&mut self, asking: &Asking<'_>, tables: &Tables) -> anyhow::Result<()> {
        const DEPTH: usize = 10;
        let answered = asking.answers(tables, DEPTH)?;
        if answered.is_empty() {
            return Ok(());
        }
        let marks = asking.marks;
        self.queries = checks::outcomes(answered, marks);
        self.checks.extend(checks::query_checks(&self.queries, &self.gates));
        if !tables.judgements.is_empty() {
            let resolve = |path: &str| (asking.key)(path).and_then(|key| marks.find(&key));
            let quality = checks::quality(&self.queries, &tables.judgements, marks, &resolve);
            self.quality = Some(quality);
        }
        Ok(())
    }
}

/// An engine that is asked, and what is known of its documents.
pub(super) struct Asking<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) marks: &'a Marks,
    pub(super) engine: &'a dyn Ask,
    /// The key of the document that a path in somebody's table means.
    pub(super) key: &'a dyn Fn(&str) -> Option<[u8; 16]>,
}

impl Asking<'_> {
    fn answers(
        &self,
        tables: &Tables,
        depth: usize,
    ) -> anyhow::Result<Vec<(RealQuery, Vec<Answer>)>> {
        let mut answered = Vec::new();
        for query in &tables.queries {
            answered.push((query.clone(), self.engine.typed(&query.text, depth)?));
        }
        let (mut unknown, mut all) = (0_u64, 0_u64);
        for RankedResult { query, paths } in &tables.results {
            let answer = |path: &String| {
                let key = (self.key)(path);
                all += 1;
                unknown += u64::from(key.is_none());
                Answer { key, path: PathBuf::from(path) }
            };
            answered.push((query.clone(), paths.iter().map(answer).collect()));
        }
        if 0 < unknown {
            let table = tables.results_of.as_deref().unwrap_or_default();
            let table = escape::visible(table);
            tell!("docrot: {unknown} of {all} paths in {table} are of no document of the tree");
        }
        Ok(answered)
    }
}
