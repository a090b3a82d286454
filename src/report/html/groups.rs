//! What stands in more than one place: groups of copies, chains of versions, folders, boilerplate.

use std::cmp::Reverse;

use maud::{Markup, PreEscaped, html};

use crate::inventory::DocId;
use crate::report::{escape, words};
use crate::rot::Group;

use super::{Page, Section, path, side_by_side};

/// Groups, chains, folders and passages that are shown at most, and members of each.
const SHOWN_GROUPS: usize = 100;
const SHOWN_MEMBERS: usize = 10;
const SHOWN_FOLDERS: usize = 40;
const SHOWN_PASSAGES: usize = 20;
const SHOWN_ONLY: usize = 5;
const SHOWN_WORDINGS: usize = 3;
const SUPERSEDED: &str = "superseded";

fn of<'a>(page: &Page<'a>, is_chain: bool) -> Vec<&'a Group> {
    let groups = page.report.assessment.groups.iter();
    let mut groups: Vec<_> = groups.filter(|it| (it.kind == SUPERSEDED) == is_chain).collect();
    groups.sort_by_key(|it| (Reverse(it.members.len()), it.canonical));
    groups
}

/// The groups of copies, the largest first, in about `room` bytes.
pub(super) fn section(page: &Page, room: usize) -> Option<Section> {
    let groups = of(page, false);
    let body = html! {
        p { "Of each group one document stays; the reason is given. A tie is called a tie." }
        (blocks(page, &groups, room, "group", block))
    };
    (!groups.is_empty()).then_some(Section { id: "groups", title: "Copies", body })
}

/// Blocks until there is no more room; half of it is for differences.
fn blocks(
    page: &Page,
    groups: &[&Group],
    room: usize,
    noun: &str,
    block: fn(&Page, &Group, &mut side_by_side::Budget) -> Markup,
) -> Markup {
    let mut budget = side_by_side::Budget(room / 2);
    let mut blocks = String::new();
    let mut shown = 0;
    for group in groups.iter().take(SHOWN_GROUPS) {
        if room < blocks.len() {
            break;
        }
        blocks += &block(page, group, &mut budget).0;
        shown += 1;
    }
    let hidden = groups.len() - shown;
    html! {
        (PreEscaped(blocks))
        @if 0 < hidden {
            p { "And " (words::counted(hidden as u64, noun)) ", not larger than these: "
                code { (page.command("report --format json")) } " lists all." }
        }
    }
}

fn block(page: &Page, group: &Group, budget: &mut side_by_side::Budget) -> Markup {
    let kind = match group.kind {
        "exact-copy" => "the same bytes",
        "same-text" => "the same words",
        _ => "nearly the same words",
    };
    let mut members = group.members.clone();
    members.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let hidden = members.len().saturating_sub(SHOWN_MEMBERS);
    html! {
        article {
            h3 { bdi { (page.name(group.canonical)) } ": " (words::number(1 + members.len() as u64)) " documents, " (kind) }
            ul {
                li {
                    strong { "Stays" } ": " (path(&page.path(group.canonical)))
                    (date(page, group.canonical)) (reasons(group))
                }
                @for (member, similarity) in members.iter().take(SHOWN_MEMBERS) {
                    li {
                        (path(&page.path(*member))) (date(page, *member))
                        @if *similarity < 1.0 { ", " (words::share(*similarity)) " alike" }
                    }
                }
                @if 0 < hidden { li { "and " (words::number(hidden as u64)) " more" } }
            }
            // The one that differs most has most to lose.
            @if let Some((member, similarity)) = members.last() {
                @if *similarity < 1.0 { (side_by_side::of(page, group.canonical, *member, budget)) }
            }
        }
    }
}

fn reasons(group: &Group) -> Markup {
    html! {
        @if group.is_tie {
            ", unless you choose another: nothing tells them apart."
        } @else if !group.reasons.is_empty() {
            ". It " (escape::visible(&group.reasons.join("; "))) "."
        }
    }
}

fn date(page: &Page, document: DocId) -> Markup {
    html! { @if let Some(date) = page.dates.trusted(document) { span.date { ", " (date) } } }
}

/// The chains of versions, the longest first, in about `room` bytes.
pub(super) fn chains(page: &Page, room: usize) -> Option<Section> {
    let chains = of(page, true);
    let body = html! {
        p { "Oldest first; the last one is current. Names and trusted dates tell the order." }
        (blocks(page, &chains, room, "chain", chain))
    };
    (!chains.is_empty()).then_some(Section { id: "chains", title: "Versions", body })
}

fn chain(page: &Page, chain: &Group, budget: &mut side_by_side::Budget) -> Markup {
    // Members come newest first.
    let hidden = chain.members.len().saturating_sub(SHOWN_MEMBERS);
    html! {
        article {
            h3 { bdi { (page.name(chain.canonical)) } }
            ol.chain {
                @if 0 < hidden { li { (words::counted(hidden as u64, "older version")) } }
                @for (member, _) in chain.members.iter().take(SHOWN_MEMBERS).rev() {
                    li { (path(&page.path(*member))) (date(page, *member)) }
                }
                li { (path(&page.path(chain.canonical))) (date(page, chain.canonical)) " " strong { "current" } }
            }
            @if let Some(reason) = chain.reasons.first() { p { "The last one " (escape::visible(reason)) "." } }
            @if let Some((newest, _)) = chain.members.first() {
                (side_by_side::of(page, chain.canonical, *newest, budget))
            }
        }
    }
}

pub(super) fn folders(page: &Page) -> Option<Section> {
    let report = page.report;
    let folders = &report.assessment.folders;
    if folders.is_empty() {
        return None;
    }
    let body = html! {
        p { "All or nearly all files of these folders stand elsewhere, too." }
        div.scroll tabindex="0" role="group" aria-label="Folders that stand elsewhere" {
            table {
                thead { tr {
                    th scope="col" { "Folder" } th.n scope="col" { "Files" }
                    th scope="col" { "Stands in" } th scope="col" { "Only here" }
                } }
                tbody { @for folder in folders.iter().take(SHOWN_FOLDERS) { tr {
                    th scope="row" { bdi { (words::path(report, folder.root.0, &folder.path)) } }
                    td.n { (words::number(folder.files)) }
                    td { @match &folder.stands_in {
                        Some((root, other)) => bdi { (words::path(report, root.0, other)) },
                        None => "several folders",
                    } @if folder.is_equal { " (the same files and no others)" } }
                    td {
                        @if folder.only_here.is_empty() { "nothing" }
                        @for (position, document) in folder.only_here.iter().take(SHOWN_ONLY).enumerate() {
                            @if 0 < position { br; }
                            (path(&page.path(*document)))
                        }
                        @let hidden = folder.only_here.len().saturating_sub(SHOWN_ONLY);
                        @if 0 < hidden { br; "and " (words::number(hidden as u64)) " more" }
                    }
                } } }
            }
        }
        @if SHOWN_FOLDERS < folders.len() {
            p { "And " (words::counted((folders.len() - SHOWN_FOLDERS) as u64, "other folder")) ": "
                code { (page.command("report --rule folder-contained --all")) } " lists all." }
        }
    };
    Some(Section { id: "copied-folders", title: "Folders that stand elsewhere", body })
}

pub(super) fn boilerplate(page: &Page) -> Option<Section> {
    let passages = &page.report.assessment.boilerplate;
    if passages.is_empty() {
        return None;
    }
    let body = html! {
        p { "These passages stand in very many documents. Documents that share nothing else are not called alike." }
        ul { @for passage in passages.iter().take(SHOWN_PASSAGES) { li {
            "In " (words::counted(passage.documents, "document")) ": "
            bdi { (words::quoted(&passage.quote)) }
            @if !passage.wordings.is_empty() { ul {
                @for other in passage.wordings.iter().take(SHOWN_WORDINGS) { li {
                    "Another wording in " @match other.documents.as_slice() {
                        [one] => (path(&page.path(*one))),
                        several => (words::counted(several.len() as u64, "document")),
                    } ": " bdi { (words::quoted(&other.quote)) }
                } }
                @let hidden = passage.wordings.len().saturating_sub(SHOWN_WORDINGS);
                @if 0 < hidden { li { "and " (words::counted(hidden as u64, "other wording")) } }
            } }
        } } }
        @let hidden = passages.len().saturating_sub(SHOWN_PASSAGES);
        @if 0 < hidden { p { "And " (words::counted(hidden as u64, "other passage")) "." } }
    };
    Some(Section { id: "boilerplate", title: "Boilerplate", body })
}
