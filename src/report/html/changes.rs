//! What is different from the baseline and from the last scan: what is new, what is gone, which
//! decisions lapse soon.

use chrono::Days;
use maud::{Markup, html};

use crate::decisions::{Decision, Standing};
use crate::report::{escape, words};

use super::{Page, Section, path, standing};

/// Findings that are named of each kind.
const SHOWN: usize = 10;
/// A decision that lapses within so many days is told of.
const SOON_DAYS: u64 = 30;

pub(super) fn section(page: &Page) -> Option<Section> {
    let summary = page.report.summary;
    // The first scan: everything is new, and that is no change.
    let is_first = summary.unchanged + summary.changed + summary.moved + summary.gone == 0;
    let is_known = !page.report.standings.is_empty() || !page.report.gone.is_empty();
    if is_first && !is_known {
        return None;
    }
    let body = html! {
        @if is_known { (findings(page)) }
        @if !is_first { p {
            "The scan of " (summary.started.format("%Y-%m-%d %H:%M UTC")) " found "
            (words::counted(summary.new, "new file")) ", "
            (words::number(summary.changed)) " changed, "
            (words::number(summary.moved)) " moved, "
            (words::number(summary.gone)) " gone and "
            (words::number(summary.unchanged)) " unchanged."
        } }
    };
    Some(Section { id: "changes", title: "What changed", body })
}

fn findings(page: &Page) -> Markup {
    let standings = page.report.standings;
    let count = |name: &str| standings.iter().filter(|it| it.name() == name).count() as u64;
    let gone = page.report.gone;
    html! {
        ul {
            @for (name, means) in [
                ("new", "not there at the baseline"),
                ("raised again", "accepted before, but the group grew or the text changed"),
                ("lapsed", "decided before, but only until a day that has passed"),
                ("still there", "known since the baseline"),
                ("decided", "settled: somebody decided"),
            ] {
                @let count = count(name);
                @if count != 0 { li { strong { (words::number(count)) " " (name) } ", " (means) } }
            }
            li { strong { (words::number(gone.len() as u64)) " gone" } ", found at the baseline and not any more" }
        }
        @if !gone.is_empty() {
            details {
                summary { "What is gone" }
                ul {
                    @for gone in gone.iter().take(SHOWN) {
                        li { (gone.rule) ": " (path(&escape::visible(&gone.path))) ", known since " (gone.since) }
                    }
                    @if SHOWN < gone.len() { li { "and " (words::number((gone.len() - SHOWN) as u64)) " more" } }
                }
            }
        }
        (lapsing(page))
    }
}

/// Decisions that will lapse soon, so that nobody is surprised.
fn lapsing(page: &Page) -> Markup {
    let as_of = page.report.as_of;
    let soon = as_of.checked_add_days(Days::new(SOON_DAYS)).unwrap_or(as_of);
    let mut lapsing: Vec<(&Decision, usize)> = page
        .listed()
        .filter_map(|(position, _)| match page.report.standing(position)? {
            Standing::Decided { decision } => Some((decision, position)),
            _ => None,
        })
        .filter(|(decision, _)| decision.until.is_some_and(|until| until <= soon))
        .collect();
    lapsing.sort_by_key(|(decision, _)| decision.until);
    html! {
        @if !lapsing.is_empty() {
            h3 { "Decisions that lapse within " (SOON_DAYS) " days" }
            ul {
                @for (decision, position) in lapsing.iter().take(SHOWN) {
                    @let finding = &page.report.assessment.findings[*position];
                    li { (path(&page.path(finding.document))) ", " (finding.rule.id) ": " (standing::decided(decision)) }
                }
                @if SHOWN < lapsing.len() { li { "and " (words::number((lapsing.len() - SHOWN) as u64)) " more" } }
            }
        }
    }
}
