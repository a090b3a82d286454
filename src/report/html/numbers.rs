//! The figures, each with what it is a share of.

use maud::{Markup, html};

use crate::extract::DateRole;
use crate::inventory::Record;
use crate::report::asks;
use crate::report::figures::COPIES;
use crate::report::words;
use crate::rot::{Category, Severity};

use super::{Page, Section, bar};

/// Words a minute that adults read silently: Brysbaert (2019), a meta-analysis of 190 studies.
const WORDS_A_MINUTE: u64 = 238;

struct Tile {
    label: &'static str,
    part: u64,
    whole: u64,
    of: &'static str,
    note: String,
}

pub(super) fn section(page: &Page) -> Option<Section> {
    let body = html! {
        dl.tiles {
            @for tile in tiles(page) {
                div {
                    dt { (tile.label) }
                    dd {
                        strong { (words::number(tile.part)) }
                        " of " (words::counted(tile.whole, tile.of))
                        ", " (words::percentage(tile.part, tile.whole))
                        (bar(tile.part, tile.whole))
                        @if !tile.note.is_empty() { small { (tile.note) } }
                    }
                }
            }
        }
        (asides(page))
    };
    Some(Section { id: "numbers", title: "The numbers", body })
}

fn tiles(page: &Page) -> Vec<Tile> {
    let figures = &page.figures;
    let readable = figures.readable;
    let tile = |label, part, note| Tile { label, part, whole: readable, of: "document", note };
    let parts = |category| {
        let parts = figures.parts.get(&category).map_or(&[][..], Vec::as_slice);
        let parts = parts.iter().map(|(name, count)| format!("{name} {}", words::number(*count)));
        parts.collect::<Vec<_>>().join(", ")
    };
    let mut tiles = vec![
        Tile {
            label: "To decide",
            part: figures.to_decide,
            whole: figures.seen,
            of: "file",
            note: "with an error or a warning that nobody has decided about".to_owned(),
        },
        tile("Redundant", figures.redundant, parts(Category::Redundant)),
        tile("Obsolete", figures.obsolete, parts(Category::Obsolete)),
        Tile {
            label: "Trivial",
            part: figures.trivial,
            whole: figures.seen,
            of: "file",
            note: parts(Category::Trivial),
        },
    ];
    let (overdue, reviewed) = overdue(page);
    if 0 < reviewed {
        let note = "of those that are to be reviewed at all".to_owned();
        let (part, whole) = (overdue, reviewed);
        tiles.push(Tile { label: "Review overdue", part, whole, of: "document", note });
    }
    if let Some(undated) = page.report.undated {
        let note = "no date that can be trusted".to_owned();
        tiles.push(tile("Cannot say", undated, note));
    }
    let inventory = page.report.inventory;
    let owned = inventory.iter().filter(|(id, it)| it.is_readable() && page.owner(*id).is_some());
    tiles.push(tile("With an owner", owned.count() as u64, String::new()));
    tiles
}

/// Documents whose review is overdue, and those that are under a review rule.
fn overdue(page: &Page) -> (u64, u64) {
    let report = page.report;
    let has_rules = report.policy.rules.iter().any(|it| it.review_every.is_some());
    let is_reviewed = |record: &Record| {
        let metadata = &record.metadata;
        metadata.review_interval.is_some()
            || metadata.dates.iter().any(|it| it.role == DateRole::Due)
            || has_rules && report.policy.rule_for(&record.file.path).review_every.is_some()
    };
    let mut is_overdue = vec![false; report.inventory.len()];
    let is_told =
        |it: &&crate::rot::Finding| it.rule.id == "review-overdue" && Severity::Note < it.severity;
    for finding in report.assessment.findings.iter().filter(is_told) {
        is_overdue[finding.document.0 as usize] = true;
    }
    let mut counts = (0, 0);
    for (id, record) in report.inventory.iter().filter(|(_, it)| it.is_readable()) {
        let is_overdue = is_overdue[id.0 as usize];
        counts.0 += u64::from(is_overdue);
        counts.1 += u64::from(is_overdue || is_reviewed(record));
    }
    counts
}

fn asides(page: &Page) -> Markup {
    let report = page.report;
    let assessment = report.assessment;
    let copies = assessment.groups.iter().filter(|it| COPIES.contains(&it.kind));
    let words: u64 = copies
        .flat_map(|group| &group.members)
        .map(|(member, _)| u64::from(report.inventory[*member].words()))
        .sum();
    html! {
        ul.asides {
            @if 0 < page.figures.reclaimable {
                li { (words::size(page.figures.reclaimable)) " lie in copies beyond the one that stays." }
            }
            @if WORDS_A_MINUTE <= words {
                li { "Reading every copy once would take " (asks::duration(words / WORDS_A_MINUTE)) "." }
            }
            @if 0 < assessment.same_form {
                li { (words::counted(assessment.same_form, "form")) " filled in with other facts: no copies." }
            }
            @if 0 < assessment.archived {
                li { (words::counted(assessment.archived, "document")) " in declared archives, not called obsolete." }
            }
            @if 0 < assessment.not_compared {
                li { "Up to " (words::counted(assessment.not_compared, "pair")) " of documents are not told, because too many look alike." }
            }
            @if 0 < assessment.passages_not_compared {
                li { "Edited passages of " (words::counted(assessment.passages_not_compared, "pair")) " of documents that may share one are not told, to bound the work." }
            }
            @if 0 < assessment.passages_not_told {
                li { (words::counted(assessment.passages_not_told, "passage")) ", those that repeat the fewest words, are not told, to bound the report." }
            }
            @if 0 < assessment.facts_not_compared {
                li { "Facts of up to " (words::counted(assessment.facts_not_compared, "near-duplicate")) " are not compared, to bound the work." }
            }
        }
    }
}
