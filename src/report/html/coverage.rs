//! What the report rests on and what it cannot tell: files that were not read, and why; dates that
//! are not believed.

use std::collections::{BTreeMap, HashMap};

use maud::{Markup, html};

use crate::inventory::{DocId, Status};
use crate::report::{escape, words};
use crate::rot::Trust;

use super::{Page, Section, path};

/// Files named for each reason, and reasons shown for dates.
const SHOWN_FILES: usize = 5;
const SHOWN_DOUBTS: usize = 10;

pub(super) fn section(page: &Page) -> Option<Section> {
    let report = page.report;
    let ledger = report.ledger;
    let summary = report.summary;
    let body = html! {
        p {
            "Files seen " (words::number(ledger.seen)) " = read " (words::number(ledger.read))
            " + partly read " (words::number(ledger.partly_read)) " + not read " (words::number(ledger.not_read))
            " + not documents " (words::number(ledger.not_documents)) "."
            @if 0 < ledger.inside { " " (words::number(ledger.inside)) " of them are inside of others: attachments, entries of archives." }
        }
        (unread(page))
        (partly(page))
        @if !summary.problems.is_empty() {
            h3 { "Not listed or not followed: what is below is unknown, not gone" }
            ul {
                @for problem in summary.problems.iter().take(20) {
                    li { bdi { (words::path(report, problem.root, &problem.path)) } ": " bdi { (escape::visible(&problem.detail)) } }
                }
                @if 20 < summary.problems.len() { li { "and " (words::number(summary.problems.len() as u64 - 20)) " more" } }
            }
        }
        (doubts(page))
        @if !summary.notes.is_empty() {
            h3 { "How it was scanned" }
            ul { @for note in &summary.notes { li { bdi { (escape::visible(note)) } } } }
        }
    };
    Some(Section { id: "coverage", title: "Coverage and doubts", body })
}

fn unread(page: &Page) -> Markup {
    let mut reasons: BTreeMap<&str, (u64, Vec<DocId>)> = BTreeMap::new();
    for (id, record) in page.report.inventory.iter() {
        if let Status::NotRead(failure) = &record.status {
            let (count, files) = reasons.entry(&failure.reason).or_default();
            *count += 1;
            if files.len() < SHOWN_FILES {
                files.push(id);
            }
        }
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, (count, _))| u64::MAX - count);
    html! {
        @if !reasons.is_empty() {
            h3 { "Not read" }
            div.scroll tabindex="0" role="group" aria-label="Files that were not read" {
                table {
                    thead { tr {
                        th scope="col" { "Reason" } th.n scope="col" { "Files" }
                        th scope="col" { "What to do" } th scope="col" { "Such as" }
                    } }
                    tbody { @for (reason, (count, files)) in reasons { tr {
                        th scope="row" { (escape::visible(reason)) }
                        td.n { (words::number(count)) }
                        td { (words::remedy(reason).unwrap_or_default()) }
                        td { @for (position, file) in files.iter().enumerate() {
                            @if 0 < position { br; }
                            (path(&page.path(*file)))
                        } }
                    } } }
                }
            }
        }
    }
}

fn partly(page: &Page) -> Markup {
    let records = page.report.inventory.iter();
    let mut partly = records.filter_map(|(id, record)| match &record.status {
        Status::PartlyRead(missing) => Some((id, missing)),
        _ => None,
    });
    let shown: Vec<_> = partly.by_ref().take(2 * SHOWN_FILES).collect();
    let hidden = partly.count();
    html! {
        @if !shown.is_empty() {
            h3 { "Read in part" }
            ul {
                @for (id, missing) in shown { li { (path(&page.path(id))) ": " bdi { (escape::visible(missing)) } } }
                @if 0 < hidden { li { "and " (words::number(hidden as u64)) " more" } }
            }
        }
    }
}

/// Why dates were not believed, the most frequent reason first.
fn doubts(page: &Page) -> Markup {
    let mut reasons: HashMap<String, u64> = HashMap::new();
    let mut doubted = 0;
    for (id, _) in page.report.inventory.iter().filter(|(_, it)| it.is_readable()) {
        let claims = page.dates.claims(id);
        let suspect = claims.into_iter().filter(|it| it.trust == Trust::Suspect);
        let mut of_document: Vec<String> = suspect.map(|it| it.why).collect();
        of_document.sort_unstable();
        of_document.dedup();
        doubted += u64::from(!of_document.is_empty());
        for why in of_document {
            *reasons.entry(why).or_default() += 1;
        }
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let hidden = reasons.len().saturating_sub(SHOWN_DOUBTS);
    html! {
        @if doubted != 0 {
            h3 { "Dates that are not believed" }
            p { (words::counted(doubted, "document")) " state or carry a date that many share or that nobody meant, so it is set aside." }
            ul {
                @for (why, count) in reasons.iter().take(SHOWN_DOUBTS) {
                    li { (words::counted(*count, "document")) ": " (escape::visible(why)) }
                }
                @if 0 < hidden { li { "and " (words::counted(hidden as u64, "other reason")) } }
            }
        }
    }
}
