//! How it was judged: definitions, thresholds, and how often each rule was right.

use std::collections::HashMap;

use maud::{Markup, html};

use crate::decisions::RulePrecision;
use crate::report::{escape, words};
use crate::rot::{RULES, spelled};

use super::{Page, Section};

pub(super) fn section(page: &Page) -> Section {
    let body = html! {
        h3 { "What the figures mean" }
        dl.plain {
            @for (word, means) in DEFINITIONS { dt { (word) } dd { (means) } }
        }
        h3 { "Thresholds" }
        ul { @for threshold in thresholds(page) { li { (threshold) } } }
        h3 { "Rules" }
        (rules(page))
    };
    Section { id: "method", title: "Method", body }
}

const DEFINITIONS: &[(&str, &str)] = &[
    (
        "To decide",
        "Files with an error or a warning; notes do not count. However many rules hold, a file counts once.",
    ),
    (
        "Redundant",
        "Documents in groups of copies, without the one of each group that stays, of all that were read.",
    ),
    (
        "Obsolete",
        "Documents that say they no longer hold, have expired, are overdue for review or have a newer version, of all that were read. Age alone makes no document obsolete.",
    ),
    ("Trivial", "Files without content or of no use to people, of all files seen."),
    (
        "Cannot say",
        "Documents without a date that can be trusted, of all that were read. Such a date is one that a document states or a program wrote into it, and that is not shared by a large part of its folder.",
    ),
    ("Similar", "The runs of three words that two texts have in common, among all of both."),
    (
        "How sure",
        "Certain follows from the bytes. Likely follows from what the document says. Possible means: look before you believe it.",
    ),
];

fn thresholds(page: &Page) -> Vec<String> {
    let policy = page.report.policy;
    let duplicates = &policy.duplicates;
    let mut thresholds = vec![
        format!(
            "Near-duplicates are at least {} similar to the one that stays.",
            words::share(duplicates.group)
        ),
        format!(
            "A document is contained in another with at least {} of its text.",
            words::share(duplicates.containment)
        ),
        format!(
            "A shared passage has at least {} words; in {} documents of different names it is boilerplate.",
            duplicates.passage_words, duplicates.boilerplate_documents
        ),
        format!(
            "A day that {} of a folder’s files share is a stamp and not a date, from {} files on.",
            words::share(policy.dates.stamp_share),
            policy.dates.stamp_min_files
        ),
    ];
    if let Some(limit) = policy.dates.max_unverified {
        thresholds
            .push(format!("Nobody looked for {}: a note, never in the figures.", spelled(limit)));
    }
    if policy.dates.trust_mtime {
        thresholds.push("File times are believed, as the policy says.".to_owned());
    }
    thresholds
}

fn rules(page: &Page) -> Markup {
    let mut counts: HashMap<&str, u64> = HashMap::new();
    for finding in &page.report.assessment.findings {
        *counts.entry(finding.rule.id).or_default() += 1;
    }
    let precision: HashMap<&str, &RulePrecision> =
        page.report.precision.iter().map(|it| (it.rule.as_str(), it)).collect();
    let without: Vec<&str> =
        RULES.iter().map(|it| it.id).filter(|it| !counts.contains_key(it)).collect();
    html! {
        @if precision.is_empty() {
            p { "Nobody has said yet whether findings here are right. " code { (page.command("judge")) }
                " records it, and this table then tells each rule’s precision." }
        }
        div.scroll tabindex="0" role="group" aria-label="Rules" {
            table {
                thead { tr {
                    th scope="col" { "Rule" } th.n scope="col" { "Findings" } th scope="col" { "Means" }
                    @if !precision.is_empty() { th scope="col" { "Right, by the verdicts of reviewers" } }
                } }
                tbody { @for rule in RULES.iter().filter(|it| counts.contains_key(it.id) || precision.contains_key(it.id)) { tr {
                    th scope="row" { (rule.id) }
                    td.n { (words::number(counts.get(rule.id).copied().unwrap_or(0))) }
                    td { (rule.summary) }
                    @if !precision.is_empty() {
                        td { @match precision.get(rule.id) {
                            Some(it) => (measured(it)),
                            None => "not judged yet",
                        } }
                    }
                } } }
            }
        }
        @if !without.is_empty() { p { "Looked for and not found: " (without.join(", ")) "." } }
    }
}

fn measured(precision: &RulePrecision) -> String {
    let sentence = words::precision(precision);
    let name = format!("{}: ", escape::visible(&precision.rule));
    sentence.strip_prefix(&name).map_or(sentence.clone(), str::to_owned)
}
