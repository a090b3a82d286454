//! The first five lines: what is wrong, the one case, what is asked, of whom, and how sure this is.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use crate::decisions::Standing;
use crate::inventory::DocId;
use crate::report::{asks, escape, words};
use crate::rot::{Category, Finding};

use super::{Page, exhibit};

/// Folders and owners that are named; of more, only the number is.
const NAMED: usize = 6;

/// The verdict in one sentence, and how much of it is new.
pub(super) fn sentence(page: &Page) -> String {
    let verdict = match page.figures.to_decide {
        0 if page.report.narrowed.is_some() => {
            return "Nothing shown here needs a decision.".to_owned();
        }
        0 => return "No document needs a decision.".to_owned(),
        1 => "1 document needs a decision.".to_owned(),
        n => format!("{} need a decision.", words::counted(n, "document")),
    };
    if page.report.standings.is_empty() {
        return verdict;
    }
    let is_news = |it: &(usize, &Finding)| {
        page.report.is_open(it.0) && page.report.standing(it.0).is_some_and(Standing::is_news)
    };
    let news: BTreeSet<DocId> = page.listed().filter(is_news).map(|it| it.1.document).collect();
    match news.len() {
        0 => verdict + " None is new.",
        1 => verdict + " 1 is new.",
        n => format!("{verdict} {} are new.", words::number(n as u64)),
    }
}

/// What was audited, by the names of the folders.
pub(super) fn roots(page: &Page) -> String {
    let roots = &page.report.inventory.roots;
    let name = |root: &std::path::PathBuf| {
        escape::path(root.file_name().map_or(root.as_path(), std::path::Path::new))
    };
    match roots.as_slice() {
        [root] => name(root),
        [first, second] => format!("{}, {}", name(first), name(second)),
        roots => words::counted(roots.len() as u64, "folder"),
    }
}

pub(super) fn header(page: &Page) -> Markup {
    let report = page.report;
    let policy = report.policy_name.map_or("built-in policy".into(), escape::visible);
    html! {
        header {
            p.where {
                "Document audit of "
                @for (position, root) in report.inventory.roots.iter().enumerate() {
                    @if 0 < position { ", " }
                    bdi { (escape::path(root)) }
                }
                ", as of " (report.as_of) " · docrot " (report.version) " · " (policy)
            }
            h1 { (sentence(page)) }
            @if let Some(narrowed) = report.narrowed { p { strong { (escape::visible(narrowed)) } } }
            @if report.summary.interrupted {
                p { strong { "The scan was interrupted: this tells only of what it had seen." } }
            }
            @for caveat in &report.summary.caveats { p { strong { (words::caveat(caveat)) } } }
            dl.lines {
                @if let Some(case) = exhibit::headline(page) { div { dt { "The case" } dd { (case) } } }
                @let asked = Asked::of(page);
                @if page.figures.to_decide != 0 {
                    div { dt { "What is asked" } dd { (asked.what()) } }
                    div { dt { "Of whom" } dd { (asked.whom(page)) } }
                }
                div { dt { "How sure" } dd { (sure(page)) } }
            }
        }
    }
}

/// The decisions to take, by kind, by folder and by who is to take them.
#[derive(Default)]
struct Asked {
    by_category: BTreeMap<Category, u64>,
    by_folder: BTreeMap<String, u64>,
    /// In the order of names: nobody is ranked.
    by_owner: BTreeMap<String, u64>,
    without_owner: u64,
    minutes: u64,
}

impl Asked {
    fn of(page: &Page) -> Self {
        let mut asked = Self::default();
        let mut seen = vec![false; page.needs_decision.len()];
        // The gravest finding of a document comes first and speaks for it.
        for finding in page.open() {
            let seen = &mut seen[finding.document.0 as usize];
            if std::mem::replace(seen, true) {
                continue;
            }
            *asked.by_category.entry(finding.rule.category).or_default() += 1;
            asked.minutes += asks::minutes(finding);
            let path = page.path(finding.document);
            if let Some((folder, _)) = path.split_once('/') {
                *asked.by_folder.entry(folder.to_owned()).or_default() += 1;
            }
            match page.owner(finding.document) {
                Some(owner) => *asked.by_owner.entry(owner.into_owned()).or_default() += 1,
                None => asked.without_owner += 1,
            }
        }
        asked
    }

    fn what(&self) -> String {
        let mut parts = Vec::new();
        for (category, count) in &self.by_category {
            let count = *count;
            let one_or = |one: &str, several: &str| match count {
                1 => format!("1 {one}"),
                n => format!("{} {several}", words::number(n)),
            };
            parts.push(match category {
                Category::Redundant => one_or("copy", "copies") + " to merge, correct or remove",
                Category::Obsolete => {
                    one_or("document", "documents") + " to review, update or archive"
                }
                Category::Trivial => one_or("file", "files") + " to delete",
                Category::Scattered => one_or("subject", "subjects") + " to bring together",
            });
        }
        format!(
            "{}. About {}, by a rough estimate.",
            parts.join("; "),
            asks::duration(self.minutes)
        )
    }

    /// The folders with most to do, and who answers for them. People are added up only where the
    /// policy allows it.
    fn whom(&self, page: &Page) -> Markup {
        let mut folders: Vec<_> = self.by_folder.iter().collect();
        folders.sort_by_key(|(_, count)| u64::MAX - **count);
        let (owners, owned) = (self.by_owner.len() as u64, self.by_owner.values().sum::<u64>());
        let is_named = page.report.policy.ownership.name_people;
        html! {
            @for (position, (folder, count)) in folders.iter().take(NAMED).enumerate() {
                @if 0 < position { ", " }
                bdi { (folder) } " " (words::number(**count))
            }
            @if NAMED < folders.len() {
                " and " (words::counted((folders.len() - NAMED) as u64, "other folder"))
            }
            @if !folders.is_empty() { ". " }
            @match owners {
                0 => "No owner is known; a rule of the policy can name one for each folder.",
                n if is_named => {
                    @for (position, (owner, count)) in self.by_owner.iter().take(NAMED).enumerate() {
                        @if 0 < position { ", " }
                        bdi { (owner) } " " (words::number(*count))
                    }
                    @if NAMED < self.by_owner.len() { ", and " (words::counted(n - NAMED as u64, "other owner")) }
                    "; " (words::number(self.without_owner)) " without an owner."
                }
                n => {
                    (words::counted(n, "owner")) @if n == 1 { " is" } @else { " are" }
                    " known for " (words::number(owned)) " of them, "
                    (words::number(self.without_owner)) " have none; the work list shows each owner’s part."
                }
            }
        }
    }
}

fn sure(page: &Page) -> String {
    let figures = &page.figures;
    let mut words = format!(
        "{} read of {} seen.",
        words::counted(figures.readable, "document"),
        words::counted(figures.seen, "file")
    );
    if let Some(undated) = page.report.undated.filter(|it| 0 < *it) {
        words += &format!(
            " Of {}, no date can be trusted, so docrot cannot say how old they are.",
            words::counted(undated, "document")
        );
    }
    words + " Old documents are not called wrong."
}
