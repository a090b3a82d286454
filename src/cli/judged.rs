//! The last scan, judged: what every command that shows findings begins with.

use std::path::Path;

use anyhow::Context as _;
use chrono::NaiveDate;
use docrot::catalog::Catalog;
use docrot::decisions::{
    Gone, PastScan, RulePrecision, Standing, Stood, demote, marks, precision, stand,
};
use docrot::inventory::{DocId, Inventory};
use docrot::report::{Options, Report};
use docrot::rot::{self, Assessment, Dates, Owners, Policy, Severity, Suggestion, identity};
use docrot::scan::{Ledger, Summary};

use super::config::Config;
use super::exit::Exit;
use super::kept::Kept;
use super::options::Judging;
use super::{hints, judge, owners};

/// An inventory with its findings, and the scan they come from.
pub(super) struct Judged {
    pub(super) inventory: Inventory,
    pub(super) assessment: Assessment,
    pub(super) ids: Vec<String>,
    pub(super) standings: Vec<Standing>,
    pub(super) gone: Vec<Gone>,
    /// What of the findings is shown, in words; none where all are.
    pub(super) narrowed: Option<String>,
    pub(super) owners: Owners,
    history: Vec<PastScan>,
    summary: Summary,
    ledger: Ledger,
    policy: Policy,
    precision: Vec<RulePrecision>,
    suggestions: Vec<Suggestion>,
    as_of: NaiveDate,
    arguments: String,
}

impl Judged {
    /// Reads a catalog and judges what is in it.
    pub(super) fn of(catalog: &Catalog, config: Config, as_of: NaiveDate) -> anyhow::Result<Self> {
        let mut precision = precision(&judge::load(&judge::file_of(catalog, &config))?);
        let kept = Kept::of(catalog, &config);
        let (baseline, decisions) = (kept.baseline()?, kept.decisions()?);
        let policy = config.policy;
        let inventory = catalog.inventory()?;
        let texts = catalog.texts()?;
        let mut hints = hints::of(catalog, &inventory, &policy)?;
        hints.owners = owners::known(&inventory, &policy);
        let mut assessment = rot::assess_with(&inventory, &texts, &policy, as_of, &hints);
        demote(&mut assessment.findings, &mut precision, policy.floor);
        let suggestions = hints::successors(catalog, &inventory, &assessment, &policy, as_of)?;
        let summary = catalog
            .summary()
            .and_then(|text| Summary::from_json(&text))
            .context("the catalog holds no scan yet; run `docrot audit FOLDER` first")?;
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
            assessment,
            ids,
            standings,
            gone,
            narrowed: None,
            history,
            summary,
            policy,
            precision,
            suggestions,
            as_of,
            arguments: format!("--index {}", quoted(catalog.folder())),
        })
    }

    /// What a writer needs.
    pub(super) fn report(&self) -> Report<'_> {
        Report {
            inventory: &self.inventory,
            assessment: &self.assessment,
            ids: &self.ids,
            standings: &self.standings,
            gone: &self.gone,
            history: &self.history,
            owners: &self.owners,
            narrowed: self.narrowed.as_deref(),
            summary: &self.summary,
            ledger: &self.ledger,
            policy: &self.policy,
            policy_name: None,
            precision: &self.precision,
            suggestions: &self.suggestions,
            as_of: self.as_of,
            undated: Some(self.assessment.undated),
            version: env!("CARGO_PKG_VERSION"),
            options: Options { arguments: &self.arguments, ..Options::default() },
        }
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
            self.assessment.findings.iter().any(|finding| severity <= finding.severity)
        };
        if judging.fail_on.is_some_and(|severity| found(severity.into())) {
            return Exit::Found;
        }
        Exit::Success
    }
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
