//! The work list: one row a finding, the gravest first. The first rows are written here; the script
//! shows all, and sorts, filters and searches them.

use maud::{Markup, html};

use crate::inventory::DocId;
use crate::report::{asks, brief, words};
use crate::rot::{Finding, Severity, Value};

use super::data::Data;
use super::{Page, Section, exhibit, path, standing};

/// Rows that are there without script: as many as there is room for, within these.
const MOST_FIRST_ROWS: usize = 200;
const LEAST_FIRST_ROWS: usize = 50;
/// A reason in a row is cut here; the evidence below has all of it.
const MOST_CHARS: usize = 260;

/// The section, with first rows of about so many bytes.
pub(super) fn section(page: &Page, data: &Data, room: usize) -> Option<Section> {
    let total = page.order.len();
    if total == 0 {
        let body = html! { p { "No rule holds for any document." } };
        return Some(Section { id: "list", title: "Work list", body });
    }
    let rows = first_rows(page, room);
    let rest = total.saturating_sub(rows.len());
    let body = html! {
        @if data.rows < total {
            p { strong {
                "This page holds the gravest " (words::number(data.rows as u64)) " of "
                (words::counted(total as u64, "finding")) "."
            } " " code { (page.command("report --format html --split-by owner --output DIR")) }
            " writes a page for each owner." }
        }
        (form())
        noscript { p {
            @if 0 < rest {
                "Without script, the first " (rows.len()) " of " (words::counted(total as u64, "finding"))
                " are shown, the gravest first. " code { (page.command("report --format csv")) } " lists all. "
            }
            code { (page.command("explain PATH")) } " tells all that is known of one document."
        } }
        p #count role="status" {}
        div.scroll tabindex="0" role="group" aria-label="Work list" {
            table #rows {
                thead { tr {
                    @for (column, name) in [("severity", "Finding"), ("path", "Document and why"),
                        ("date", "Last confirmed"), ("owner", "Owner"), ("ask", "What is asked")] {
                        th scope="col" data-sort=(column) { (name) }
                    }
                } }
                tbody { @for row in &rows { (row) } }
            }
        }
        p #pages hidden {
            button type="button" #before { "Previous" } " "
            button type="button" #after { "Next" }
        }
    };
    Some(Section { id: "list", title: "Work list", body })
}

fn first_rows(page: &Page, room: usize) -> Vec<Markup> {
    let mut bytes = 0;
    let mut rows = Vec::new();
    for (position, finding) in page.listed().take(MOST_FIRST_ROWS) {
        let row = row(page, position, finding);
        bytes += row.0.len();
        if room < bytes && LEAST_FIRST_ROWS <= rows.len() {
            break;
        }
        rows.push(row);
    }
    rows
}

fn form() -> Markup {
    let select = |id: &'static str, label: &'static str| {
        html! { label for=(id) { (label) } " " select id=(id) { option value="" { "all" } } }
    };
    html! {
        // What is filtered is not sent anywhere, so this is no form.
        div.filters role="search" aria-label="Work list" hidden {
            div { label for="search" { "Search" } " " input id="search" type="search" autocomplete="off"; }
            div { (select("severity", "Urgency")) }
            div { (select("rule", "Rule")) }
            div { (select("owner", "Owner")) }
            div { (select("folder", "Folder")) }
            div #new-only-row hidden { input id="new-only" type="checkbox"; " " label for="new-only" { "New only" } }
            div { button type="button" id="reset" { "Show all" } }
        }
    }
}

fn row(page: &Page, position: usize, finding: &Finding) -> Markup {
    let date = page.dates.trusted(finding.document);
    let why = Why::of(page, finding);
    // What the row says already need not be said twice.
    let has_more = !matches!(why, Why::Evidence);
    html! {
        tr {
            td {
                (severity(finding.severity)) " " (finding.rule.id)
                @if let Some(standing) = page.report.standing(position) {
                    small { (standing::words(standing)) }
                }
            }
            td {
                (path(&page.path(finding.document)))
                p { (why.words(page, finding)) }
                @if has_more { details { summary { "Evidence" } (evidence(page, finding)) } }
            }
            td { @match date { Some(date) => (date), None => "cannot say" } }
            td { bdi { (page.owner(finding.document).unwrap_or_default()) } }
            td { (asks::ask(finding)) }
        }
    }
}

fn severity(severity: Severity) -> Markup {
    html! { b class=(severity.name()) { (severity.name()) } }
}

/// Everything that was measured, and how sure it is.
pub(super) fn evidence(page: &Page, finding: &Finding) -> Markup {
    html! {
        ul {
            @for evidence in finding.evidence() { li { bdi { (words::evidence(page.report, evidence)) } } }
            li { "how sure: " (finding.confidence.name()) }
        }
    }
}

/// Why, in one sentence.
pub(super) fn why(page: &Page, finding: &Finding) -> String {
    Why::of(page, finding).words(page, finding)
}

/// The sentence that says why, in the parts that other rows share.
pub(super) enum Why {
    /// All evidence, one after the other.
    Evidence,
    /// A sentence of its own.
    Sentence(String),
    /// What is said of a copy and of the one that stays.
    Copy { before: String, stays: DocId, after: String },
}

impl Why {
    pub(super) fn of(page: &Page, finding: &Finding) -> Self {
        let sentence = match finding.rule.id {
            "conflicting-copies" => Some(conflict(finding)),
            "folder-contained" => folder(finding),
            _ => match copy(page, finding) {
                Some(copy) => return copy,
                None => brief::sentence(&wide(page), finding),
            },
        };
        sentence.map_or(Self::Evidence, |it| Self::Sentence(cut(it)))
    }

    fn words(&self, page: &Page, finding: &Finding) -> String {
        match self {
            Self::Evidence => {
                let all = finding.evidence().iter().map(|it| words::evidence(page.report, it));
                cut(all.collect::<Vec<_>>().join("; "))
            }
            Self::Sentence(sentence) => sentence.clone(),
            Self::Copy { before, stays, after } => {
                format!("{before}{}{after}", page.path(*stays))
            }
        }
    }
}

/// The report as for a very wide terminal: the page breaks lines by itself.
fn wide<'a>(page: &Page<'a>) -> crate::report::Report<'a> {
    let mut report = *page.report;
    report.options.width = 240;
    report
}

fn cut(text: String) -> String {
    match text.char_indices().nth(MOST_CHARS) {
        None => text,
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
    }
}

fn conflict(finding: &Finding) -> String {
    let says = finding.evidence().iter().find_map(|it| match (it.what, &it.value) {
        ("copies state", Value::Text(text)) => text.split_once(": ").map(|it| it.1),
        _ => None,
    });
    let says =
        says.map_or_else(String::new, |it| format!(": {}", crate::report::escape::visible(it)));
    exhibit::conflict(finding) + &says
}

fn folder(finding: &Finding) -> Option<String> {
    let find =
        |what: &str| finding.evidence().iter().find(|it| it.what == what).map(|it| &it.value);
    let text = |what| match find(what)? {
        Value::Text(text) => Some(crate::report::escape::visible(text).into_owned()),
        _ => None,
    };
    let folder = text("folder")?;
    let Some(Value::Count(files)) = find("files") else { return None };
    let files = words::counted(*files, "file");
    Some(match (text("equal to folder"), find("share that stands elsewhere")) {
        (Some(other), _) => format!("The folder {folder} holds the same {files} as {other}"),
        (None, Some(Value::Share(share))) => {
            let place =
                text("stands in folder").map_or("elsewhere".to_owned(), |it| format!("in {it}"));
            format!("{} of the {files} of the folder {folder} stand {place}", words::share(*share))
        }
        _ => return None,
    })
}

/// What a member of a group is a copy of, and why that one stays.
fn copy(page: &Page, finding: &Finding) -> Option<Why> {
    let group = page.report.assessment.groups.get(finding.group?)?;
    if group.kind != finding.rule.id {
        return None;
    }
    let similarity = finding.evidence().iter().find_map(|it| match it.value {
        Value::Share(share) if it.what == "similarity" => Some(words::share(share)),
        _ => None,
    });
    let before = match (finding.rule.id, &similarity) {
        ("exact-copy", _) => "The same bytes as ".to_owned(),
        ("same-text", _) => "The same words as ".to_owned(),
        ("superseded", _) => "An older version of ".to_owned(),
        (_, Some(share)) => format!("{share} alike with "),
        (_, None) => return None,
    };
    let after = match (finding.rule.id, similarity, group.is_tie, group.reasons.first()) {
        ("superseded", Some(share), ..) => format!(", {share} alike"),
        ("superseded", ..) => String::new(),
        (_, _, true, _) => ", which stays unless you choose another".to_owned(),
        (_, _, false, Some(reason)) => {
            format!(", which {}", crate::report::escape::visible(reason))
        }
        (_, _, false, None) => String::new(),
    };
    Some(Why::Copy { before, stays: group.canonical, after })
}
