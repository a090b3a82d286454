//! The last scan, judged: what every command that shows findings begins with.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;
use chrono::NaiveDate;
use docrot::catalog::{Catalog, Catalogs};
use docrot::decisions::{
    FirstSeen, Gone, Mark, PastScan, RulePrecision, Standing, Stood, demote, first_seen,
    first_seen_lines, marks, precision, stand,
};
use docrot::inventory::{DocId, Inventory};
use docrot::report::figures::Figures;
use docrot::report::{Options, Report};
use docrot::rot::{self, Assessment, Dates, Owners, Policy, Severity, Suggestion, Texts, identity};
use docrot::scan::{Ledger, Summary};

use super::config::Config;
use super::exit::{Exit, UsageError};
use super::kept::Kept;
use super::options::Judging;
use super::stored::Stored;
use super::{ceiling, hints, judge, marks, owners};

/// An inventory with its findings, and the scan they come from.
pub(super) struct Judged {
    pub(super) inventory: Inventory,
    /// What is shown of the findings.
    pub(super) shown: Shown,
    pub(super) owners: Owners,
    pub(super) has_baseline: bool,
    kept: Kept,
    history: Vec<PastScan>,
    summary: Summary,
    ledger: Ledger,
    texts: Box<dyn Texts>,
    policy: Policy,
    policy_name: Option<String>,
    precision: Vec<RulePrecision>,
    as_of: NaiveDate,
    fail_on: Option<Severity>,
    arguments: String,
    /// What else than the commit it depends on, in words.
    pub(super) made_from: String,
}

/// Findings, and how they stand. Ids and standings are as many as findings; without a baseline and
/// decisions there are no standings.
pub(super) struct Shown {
    pub(super) assessment: Assessment,
    pub(super) ids: Vec<String>,
    pub(super) standings: Vec<Standing>,
    pub(super) gone: Vec<Gone>,
    pub(super) suggestions: Vec<Suggestion>,
    /// What of the findings is shown, in words; none where all are.
    pub(super) narrowed: Option<String>,
}

impl Judged {
    /// Reads a catalog and judges what is in it.
    pub(super) fn of(catalog: &Catalog, config: Config, as_of: NaiveDate) -> anyhow::Result<Self> {
        Self::of_all(&Catalogs::from(catalog), config, as_of)
    }

    /// Reads catalogs and judges what is in all of them together. What people said of it is kept
    /// with the first.
    pub(super) fn of_all(
        catalogs: &Catalogs<'_>,
        config: Config,
        as_of: NaiveDate,
    ) -> anyhow::Result<Self> {
        ceiling::check(config.scan.memory, catalogs)?;
        let blocks = config.scan.memory.map_or(usize::MAX, |_| ceiling::TEXT_BLOCKS);
        let catalog = catalogs.first();
        let made_from = marks::made_from(catalog, &config, as_of);
        let mut precision = precision(&judge::load(&judge::file_of(catalog, &config))?);
        let kept = Kept::of(catalog, &config);
        let (baseline, decisions) = (kept.baseline()?, kept.decisions()?);
        let policy = config.policy;
        let inventory = catalogs.inventory()?;
        let texts = Stored::of(catalogs, blocks)?;
        let mut hints = hints::of(catalogs, &inventory, &policy)?;
        hints.owners = owners::known(&inventory, &policy);
        hints.proposals = hints::proposals(catalogs, &policy)?;
        let mut assessment = rot::assess_with(&inventory, &texts, &policy, as_of, &hints);
        demote(&mut assessment.findings, &mut precision, policy.floor);
        let suggestions = hints::successors(catalogs, &inventory, &assessment, &policy, as_of)?;
        let summary = summary_of(catalogs)?;
        let mut history = kept.history()?;
        history.retain(|scan| scan.on != summary.started);
        let ids = identity::ids(&inventory, &assessment.findings);
        let Stood { standings, gone } = match (&baseline, decisions.is_empty()) {
            (None, true) => Stood::default(),
            _ => {
                let marks = marks(&inventory, &assessment, &ids);
                stand(&marks, baseline.as_ref(), &decisions, as_of)
            }
        };
        Ok(Self {
            owners: Owners::of(&inventory, &policy, &hints.owners),
            ledger: Ledger::of(&inventory),
            inventory,
            shown: Shown { assessment, ids, standings, gone, suggestions, narrowed: None },
            has_baseline: baseline.is_some(),
            kept,
            history,
            summary,
            texts: Box::new(texts),
            policy,
            policy_name: config.name,
            precision,
            as_of,
            fail_on: config.fail_on,
            arguments: arguments(catalogs),
            made_from,
        })
    }

    /// Refuses what needs all documents, such as `a plan`, where a sample was looked at.
    pub(super) fn refuse_sample(&self, what: &str) -> anyhow::Result<()> {
        if self.summary.sample.is_none() {
            return Ok(());
        }
        let message = format!(
            "{what} needs the whole tree, and this catalog is of a sample; scan without --sample"
        );
        Err(UsageError(message).into())
    }

    /// What a writer needs.
    pub(super) fn report(&self) -> Report<'_> {
        self.report_of(&self.shown)
    }

    /// What a writer needs for a part of it, as [`Judged::view`] makes one.
    pub(super) fn report_of<'a>(&'a self, shown: &'a Shown) -> Report<'a> {
        let Shown { assessment, ids, standings, gone, suggestions, narrowed } = shown;
        Report {
            inventory: &self.inventory,
            assessment,
            ids,
            standings,
            has_baseline: self.has_baseline,
            gone,
            history: &self.history,
            owners: &self.owners,
            narrowed: narrowed.as_deref(),
            summary: &self.summary,
            ledger: &self.ledger,
            texts: Some(&*self.texts),
            policy: &self.policy,
            policy_name: self.policy_name.as_deref(),
            precision: &self.precision,
            suggestions,
            as_of: self.as_of,
            undated: (!self.summary.only_exact).then_some(assessment.undated),
            version: env!("CARGO_PKG_VERSION"),
            options: Options { arguments: &self.arguments, ..Options::default() },
        }
    }

    /// The marks by which the findings that are shown are recognised later.
    pub(super) fn marks(&self) -> Vec<Mark<'_>> {
        marks(&self.inventory, &self.shown.assessment, &self.shown.ids)
    }

    /// When each finding that is shown was first found.
    pub(super) fn first_seen(&self, marks: &[Mark<'_>]) -> anyhow::Result<Vec<FirstSeen>> {
        Ok(first_seen(&self.kept.first_seen()?, marks, self.now()))
    }

    /// Keeps what the scan came to, and when its findings were first found. All of them have to be
    /// shown.
    pub(super) fn remember(&self, marks: &[Mark<'_>], seen: &[FirstSeen]) -> anyhow::Result<()> {
        self.kept.add_to_history(self.past_scan())?;
        self.kept.write_first_seen(&first_seen_lines(marks, seen))
    }

    /// What is shown, in the numbers that history keeps.
    pub(super) fn past_scan(&self) -> PastScan {
        let figures = Figures::of(&self.report());
        let mut findings = BTreeMap::new();
        for finding in &self.shown.assessment.findings {
            *findings.entry(finding.rule.id.to_owned()).or_default() += 1;
        }
        PastScan {
            on: self.summary.started,
            as_of: self.as_of,
            seen: figures.seen,
            read: figures.readable,
            decisions_open: figures.to_decide,
            decided: figures.decided,
            new: figures.new + figures.raised + figures.lapsed,
            gone: figures.gone,
            redundant: figures.redundant,
            obsolete: figures.obsolete,
            trivial: figures.trivial,
            undated: Some(self.shown.assessment.undated),
            findings,
        }
    }

    /// Whether the last scan was the first to find it.
    pub(super) fn is_of_this_scan(&self, seen: &FirstSeen) -> bool {
        seen.scan == self.summary.started.timestamp_micros()
    }

    /// Files that were not read, and places that could not be listed.
    pub(super) fn not_read(&self) -> u64 {
        self.ledger.not_read + self.summary.problems.len() as u64
    }

    fn now(&self) -> FirstSeen {
        FirstSeen { on: self.as_of, scan: self.summary.started.timestamp_micros() }
    }

    /// Which date of a document is believed, and which are not, in words.
    pub(super) fn chosen_date(&self, document: DocId) -> Option<String> {
        let is_readable = self.inventory[document].is_readable();
        let dates = Dates::of(&self.inventory, &self.policy, self.as_of);
        is_readable.then(|| dates.in_words(document))
    }

    /// The exit code that schedulers asked for.
    pub(super) fn exit(&self, judging: &Judging) -> Exit {
        if judging.strict && (self.ledger.not_read > 0 || !self.summary.problems.is_empty()) {
            return Exit::Failure;
        }
        let found = |severity: Severity| {
            let findings = self.shown.assessment.findings.iter().enumerate();
            let is_settled =
                |at: usize| self.shown.standings.get(at).is_some_and(Standing::is_settled);
            findings.filter(|(at, _)| !is_settled(*at)).any(|(_, it)| severity <= it.severity)
        };
        let asked = judging.fail_on.map(Severity::from).or(self.fail_on);
        if asked.is_some_and(found) {
            return Exit::Found;
        }
        Exit::Success
    }
}

/// What the scans did that left these catalogs.
fn summary_of(catalogs: &Catalogs<'_>) -> anyhow::Result<Summary> {
    let mut whole = None::<Summary>;
    for (catalog, first_root) in catalogs.iter().zip(catalogs.first_roots()) {
        let summary = catalog.summary().and_then(|text| Summary::from_json(&text));
        let summary = summary.with_context(|| match catalogs.iter().len() {
            1 => "the catalog holds no scan yet; run `docrot audit FOLDER` first".to_owned(),
            _ => format!("the catalog in {} holds no scan yet", catalog.folder().display()),
        })?;
        match &mut whole {
            None => whole = Some(summary),
            Some(whole) => whole.add(summary, first_root.0),
        }
    }
    whole.context("there is no catalog")
}

/// What names these catalogs on a command line.
fn arguments(catalogs: &Catalogs<'_>) -> String {
    if catalogs.iter().len() == 1 {
        return format!("--index {}", quoted(catalogs.first().folder()));
    }
    let named = catalogs.named().map(|(name, catalog)| {
        let name = name.map(|it| format!("{it}=")).unwrap_or_default();
        format!("--catalog {name}{}", quoted(catalog.folder()))
    });
    named.collect::<Vec<_>>().join(" ")
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:,@%".contains(c);
    if text.chars().all(plain) {
        text.into_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
