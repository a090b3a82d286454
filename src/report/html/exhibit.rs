//! The one case that is shown in full: copies that disagree, else the withdrawn document that most
//! readers are sent to, else the first error, else the review that is most overdue.

use std::collections::HashMap;

use maud::{Markup, html};

use crate::inventory::DocId;
use crate::report::wordings::Wording;
use crate::report::{asks, words};
use crate::rot::{Confidence, Finding, Severity, Value};

use super::{Page, Section, list, path};

/// Wordings that are shown.
const SHOWN_WORDINGS: usize = 6;
/// Documents that link to a withdrawn one that are named.
const SHOWN_LINKS: usize = 5;

/// The case in one sentence; none where nothing needs a decision.
pub(super) fn headline(page: &Page) -> Option<String> {
    let finding = case(page)?;
    let name = page.name(finding.document);
    Some(match finding.rule.id {
        "conflicting-copies" => format!("{name}: {}.", conflict(finding)),
        "withdrawn" => match linking(page, finding.document).len() as u64 {
            0 => format!("{name} says that it no longer holds, and is still here."),
            1 => {
                format!("{name} says that it no longer holds, and 1 document sends readers to it.")
            }
            n => format!(
                "{name} says that it no longer holds, and {} send readers to it.",
                words::counted(n, "document")
            ),
        },
        _ => format!("{name}: {}.", list::why(page, finding).trim_end_matches('.')),
    })
}

pub(super) fn section(page: &Page) -> Option<Section> {
    let finding = case(page)?;
    let body = html! {
        p.lead { (headline(page).unwrap_or_default()) }
        @match finding.rule.id {
            "conflicting-copies" => (wordings(page, finding)),
            "withdrawn" => (withdrawn(page, finding)),
            _ => { p { (path(&page.path(finding.document))) } (list::evidence(page, finding)) }
        }
        p { strong { "Asked: " } (asks::ask(finding)) "." }
    };
    Some(Section { id: "exhibit", title: "The case", body })
}

/// The finding that is shown.
fn case<'a>(page: &Page<'a>) -> Option<&'a Finding> {
    let of = |rule: &'static str| page.open().filter(move |it| it.rule.id == rule);
    // Of equals, the first.
    let first_max = |it: &mut dyn Iterator<Item = (u64, &'a Finding)>| {
        it.fold(None::<(u64, &Finding)>, |best, it| match best {
            Some(best) if it.0 <= best.0 => Some(best),
            _ => Some(it),
        })
        .map(|it| it.1)
    };
    let grave = |it: &Finding| u64::from(it.severity == Severity::Error) << 32;
    let copies = first_max(
        &mut of("conflicting-copies").map(|it| (grave(it) + it.related.len() as u64, it)),
    );
    let links = links(page);
    let count = |it: &Finding| links.get(&it.document).map_or(0, |it| it.len() as u64);
    // A banner that may mean something else is no case, unless readers are sent to it.
    let withdrawn = of("withdrawn")
        .map(|it| (count(it), it))
        .filter(|(links, it)| 0 < *links || Confidence::Likely <= it.confidence);
    copies
        .or_else(|| first_max(&mut { withdrawn }))
        .or_else(|| page.open().next().filter(|it| it.severity == Severity::Error))
        .or_else(|| first_max(&mut of("review-overdue").map(|it| (late(it), it))))
        .or_else(|| page.open().next())
}

fn late(finding: &Finding) -> u64 {
    let days = finding.evidence().iter().find_map(|it| match (it.what, &it.value) {
        ("overdue for", Value::Days(days)) => u64::try_from(*days).ok(),
        _ => None,
    });
    days.or_else(|| finding.date.map(|it| u64::from(u32::MAX) - day_number(it))).unwrap_or(0)
}

fn day_number(date: chrono::NaiveDate) -> u64 {
    use chrono::Datelike as _;
    u64::try_from(date.num_days_from_ce()).unwrap_or(0)
}

/// The documents that link to each withdrawn one.
fn links(page: &Page) -> HashMap<DocId, Vec<DocId>> {
    let mut links: HashMap<DocId, Vec<DocId>> = HashMap::new();
    let findings = page.report.assessment.findings.iter();
    for finding in findings.filter(|it| it.rule.id == "link-to-withdrawn") {
        for to in &finding.related {
            links.entry(*to).or_default().push(finding.document);
        }
    }
    links
}

fn linking(page: &Page, document: DocId) -> Vec<DocId> {
    links(page).remove(&document).unwrap_or_default()
}

/// `3 copies state 2 different amounts`
pub(super) fn conflict(finding: &Finding) -> String {
    let copies = words::number(1 + finding.related.len() as u64);
    let kinds = finding.evidence().iter().find_map(|it| match (it.what, &it.value) {
        ("copies state", Value::Text(text)) => {
            Some(text.split_once(':').map_or(&**text, |it| it.0))
        }
        _ => None,
    });
    let kinds = crate::report::escape::visible(kinds.unwrap_or("different facts"));
    format!("{copies} copies state {kinds}")
}

fn wordings(page: &Page, finding: &Finding) -> Markup {
    let wordings = Wording::of(finding);
    let count = |what: &str| {
        finding.evidence().iter().find_map(|it| match it.value {
            Value::Count(count) if it.what == what => Some(count),
            _ => None,
        })
    };
    let first = count("different wordings").map_or(wordings.len(), |it| it as usize);
    let shown = first.min(wordings.len()).min(SHOWN_WORDINGS);
    let hidden = first.min(wordings.len()) - shown;
    let places = count("places that differ").unwrap_or(1);
    html! {
        div.scroll tabindex="0" role="group" aria-label="What each copy states" {
            table {
                caption { "What each copy states in the same place" }
                thead { tr {
                    th scope="col" { "States" } th scope="col" { "In" }
                    th scope="col" { "Newest date" } th scope="col" { "Its words" }
                } }
                tbody {
                    @for wording in &wordings[..shown] {
                        tr {
                            th scope="row" { bdi { (wording.value) } }
                            td { (holders(page, wording)) }
                            td { @match wording.newest {
                                Some(date) => (date),
                                None => "cannot say",
                            } }
                            td { @if let Some(quote) = &wording.quote {
                                q { (quote.trim_matches('"')) } " (" (wording.place) ")"
                            } }
                        }
                    }
                }
            }
        }
        @if 0 < hidden { p { "And " (words::counted(hidden as u64, "other wording")) "." } }
        @if 1 < places {
            p { "They differ in " (words::counted(places - 1, "other place")) ", too: "
                code { "docrot diff" } " shows them." }
        }
    }
}

fn holders(page: &Page, wording: &Wording) -> Markup {
    html! {
        @for (position, holder) in wording.holders.iter().enumerate() {
            @if 0 < position { br; }
            (path(&page.path(*holder)))
        }
        @if 0 < wording.more { br; "and " (words::number(wording.more)) " more" }
    }
}

fn withdrawn(page: &Page, finding: &Finding) -> Markup {
    let links = linking(page, finding.document);
    html! {
        p { (path(&page.path(finding.document))) }
        (list::evidence(page, finding))
        @if !links.is_empty() {
            p { "Readers come to it from:" }
            ul {
                @for link in links.iter().take(SHOWN_LINKS) { li { (path(&page.path(*link))) } }
                @if SHOWN_LINKS < links.len() {
                    li { "and " (words::number((links.len() - SHOWN_LINKS) as u64)) " more" }
                }
            }
        }
    }
}
