//! What a list of documents has to know of each: taken from the last report where that fits, else
//! worked out now and kept.

use chrono::NaiveDate;
use docrot::catalog::Catalog;
use docrot::inventory::DocId;
use docrot::report::words;
use docrot::rot::{self, Dates, Finding, MARKS_VERSION, Marks};

use super::config::{self, Config};
use super::judge;
use super::judged::Judged;

/// What they are kept under.
const NAME: &str = "marks";
/// Enough documents to tell which languages they are in.
const LANGUAGE_SAMPLE: usize = 200;

/// Everything that marks depend on but for the catalog's commit.
pub(super) fn made_from(catalog: &Catalog, config: &Config, as_of: NaiveDate) -> String {
    // Verdicts of reviewers can turn warnings into notes.
    let verdicts = std::fs::read_to_string(judge::file_of(catalog, config)).unwrap_or_default();
    format!(
        "{MARKS_VERSION} docrot {} {as_of}\n{}\n{verdicts}",
        env!("CARGO_PKG_VERSION"),
        config::to_toml(&config.policy)
    )
}

/// The marks that fit: those that a report left, or new ones, which are kept.
pub(super) fn load(catalog: &Catalog, config: &Config, as_of: NaiveDate) -> anyhow::Result<Marks> {
    if let Some(marks) = kept(catalog, config, as_of) {
        return Ok(marks);
    }
    let judged = Judged::of(catalog, config.clone(), as_of)?;
    let marks = of(catalog, &judged)?;
    keep(catalog, &judged.made_from, &marks);
    Ok(marks)
}

/// Whether a document of this owner is among those that a query asks for: each name that it has, and
/// whether it is one that is not to be.
pub(super) fn is_asked_for(owners: &[(String, bool)], owner: Option<&str>) -> bool {
    let owner = owner.unwrap_or_default().to_lowercase();
    owners.iter().all(|(name, is_not)| owner.contains(name.as_str()) != *is_not)
}

/// The marks that fit, without a trace: nothing is kept.
pub(super) fn look_up(
    catalog: &Catalog,
    config: &Config,
    as_of: NaiveDate,
) -> anyhow::Result<Marks> {
    if let Some(marks) = kept(catalog, config, as_of) {
        return Ok(marks);
    }
    of(catalog, &Judged::of(catalog, config.clone(), as_of)?)
}

fn kept(catalog: &Catalog, config: &Config, as_of: NaiveDate) -> Option<Marks> {
    let bytes = catalog.kept(NAME, &made_from(catalog, config, as_of))?;
    Marks::from_bytes(&bytes)
}

/// Leaves the marks of a report for searches to come.
pub(super) fn leave(catalog: &Catalog, judged: &Judged) {
    // What was narrowed down says too little of the other documents.
    if judged.shown.narrowed.is_some() || catalog.kept(NAME, &judged.made_from).is_some() {
        return;
    }
    match of(catalog, judged) {
        Ok(marks) => keep(catalog, &judged.made_from, &marks),
        Err(error) => log::debug!("cannot work out what searches need: {error:#}"),
    }
}

fn keep(catalog: &Catalog, made_from: &str, marks: &Marks) {
    // A catalog that may only be read serves searches all the same, more slowly.
    if let Err(error) = catalog.keep(NAME, made_from, &marks.to_bytes()) {
        log::debug!("cannot keep what searches need: {error}");
    }
}

/// Marks every document of a judged inventory.
pub(super) fn of(catalog: &Catalog, judged: &Judged) -> anyhow::Result<Marks> {
    let report = judged.report();
    let dates = Dates::of(report.inventory, report.policy, report.as_of);
    let owner = |document: DocId| report.owners.owner(document).map(|it| it.name.clone());
    let fact = |finding: &Finding| {
        finding.evidence().first().map_or_else(String::new, |it| words::evidence(&report, it))
    };
    Ok(Marks::of(rot::Judged {
        inventory: report.inventory,
        assessment: report.assessment,
        dates: &dates,
        owner: &owner,
        words: &fact,
        languages: catalog.search()?.languages(LANGUAGE_SAMPLE)?,
    }))
}
