//! Finds in the text of any format what the document says about itself.
//!
//! Adds to the metadata and changes nothing that a reader has put there. Code is left out: it shows
//! what others write.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::banner::{self, Form};
use super::control_table::rows;
use super::labels::Labelled;
use super::metadata::{DateClaim, DateRole, Fact, Locator, Provenance};
use super::{Block, BlockKind, Content, control, dates, fields, labels, version_history};

/// A document with more labelled dates of a role than this lists other documents; then only those
/// at its top are its own.
const MAX_PER_ROLE: usize = 6;

/// A status line stands in this much of the body, in bytes.
const STATUS_BYTES: usize = 2500;

/// Fills in the banner, the status, the successor, document control, version history and the
/// labelled dates that the text states. `has_tables` is false where tables are data.
pub(super) fn annotate(content: &mut Content, has_tables: bool) {
    let top = content
        .blocks()
        .iter()
        .find(|it| it.kind != BlockKind::Aside)
        .map_or(0, |it| it.range.start);
    let block = if has_tables { find_control(content) } else { None };
    find_banner(content, top);
    find_status(content, top);
    find_redirect(content, top);
    find_wiki_template(content, top);
    find_own_properties(content);
    find_freshness(content);
    find_labelled_dates(content, top, block);
}

/// Reads the block of document control and the version history; returns where the block stands.
fn find_control(content: &mut Content) -> Option<Range<usize>> {
    let rows = rows(content);
    let (control, history) = (control::find(&rows), version_history::find(&rows));
    drop(rows);
    if let Some(control) = &control {
        control.note(&mut content.metadata);
    }
    if let Some(newest) = history {
        newest.note(&mut content.metadata);
    }
    control.map(|it| it.range)
}

fn find_banner(content: &mut Content, top: usize) {
    let body = &content.text()[top..];
    let first_heading = content.blocks().iter().position(|it| it.kind == BlockKind::Heading);
    let found = banner::find(body).into_iter().find_map(|(form, at, sentence)| {
        let (index, block) = block_at(content, top + at)?;
        let is_section = block.kind == BlockKind::Heading && Some(index) != first_heading;
        // A cell that says "withdrawn" is about its row.
        let is_cell = block.kind == BlockKind::Cells || block.is_sheet_name();
        let is_line = form == Form::Line
            && (is_cell || is_section || is_continuation(content, block, top + at));
        let is_about_else = block.kind == BlockKind::Code || is_line;
        (!is_about_else).then(|| (sentence, at, locator_in(content, block, top + at)))
    });
    let Some((sentence, at, locator)) = found else { return };
    if content.metadata.replaced_by.is_none() {
        let from = body[..at].rfind('\n').map_or(0, |it| it + 1);
        let line = body[from..].lines().next().unwrap_or_default();
        content.metadata.replaced_by =
            banner::successor(line).map(|it| Fact::new(it, Provenance::Text(locator.clone())));
    }
    content.metadata.banner.get_or_insert(Fact::new(sentence, Provenance::Text(locator)));
}

/// Whether a line only continues the sentence of the line before: "... should be\ndeprecated."
fn is_continuation(content: &Content, block: &Block, at: usize) -> bool {
    let text = content.text();
    let before = text.get(block.range.start..at).unwrap_or_default();
    let line = before.rfind('\n').map_or("", |it| &before[it + 1..]);
    let is_marked = line.trim_start().starts_with(['-', '*', '>', '|', '#', '_', '[', '!']);
    before.contains('\n') && !is_marked && text[at..].starts_with(char::is_lowercase)
}

/// `Status: Accepted` at the top, or a section "Status" with the word below it.
fn find_status(content: &mut Content, top: usize) {
    if content.metadata.status.is_some() {
        return;
    }
    let mut is_section = false;
    let mut found: Option<(String, Provenance)> = None;
    for block in content.blocks() {
        if block.range.start > top + STATUS_BYTES
            || (block.kind == BlockKind::Heading && found.is_some())
        {
            break;
        }
        let text = content.text_of(block);
        match block.kind {
            BlockKind::Heading if block.is_sheet_name() => is_section = false,
            BlockKind::Heading => is_section = is_status_heading(text),
            BlockKind::Code => {}
            _ => {
                for line in text.lines().take(40) {
                    let status =
                        if is_section { banner::status(line) } else { banner::status_line(line) };
                    let Some(status) = status else { continue };
                    // "Accepted", and below it "Superseded by": the later line is the status.
                    let is_end = ["supersed", "deprecat"]
                        .iter()
                        .any(|it| status.to_lowercase().starts_with(it));
                    if found.is_none() || is_section && is_end {
                        let at = block.range.start + text.find(line).unwrap_or(0);
                        found = Some((status, Provenance::Text(locator_in(content, block, at))));
                    }
                }
            }
        }
    }
    if let Some((status, provenance)) = found {
        let successor = banner::successor(&status).map(|it| Fact::new(it, provenance.clone()));
        let metadata = &mut content.metadata;
        metadata.replaced_by = metadata.replaced_by.take().or(successor);
        metadata.status = Some(Fact::new(status, provenance));
    }
}

/// "Status", "2. Status", "Status of this memo" is something else.
fn is_status_heading(text: &str) -> bool {
    let words = text.trim_matches(|c: char| !c.is_alphabetic());
    ["status", "decision status", "document status"].iter().any(|it| words.eq_ignore_ascii_case(it))
}

/// GitLab's redirect files: where the page went, and when the stub may go.
fn find_redirect(content: &mut Content, top: usize) {
    let head = banner::head(&content.text()[top..]);
    if !head.contains("moved to")
        && !head.contains("redirect file")
        && !head.contains("Redirect file")
    {
        return;
    }
    let moved = head.lines().filter(|line| line.contains("moved to")).find_map(|line| {
        let at = top + head.find(line)?;
        let (_, block) = block_at(content, at)?;
        let provenance = Provenance::Text(locator_in(content, block, at));
        Some(Fact::new(banner::successor(line)?, provenance))
    });
    let until = banner::redirect_until(head).and_then(|(at, raw)| {
        let (_, block) = block_at(content, top + at)?;
        dates::claim(DateRole::Expires, raw, Provenance::Text(locator_in(content, block, top + at)))
    });
    let metadata = &mut content.metadata;
    metadata.replaced_by = metadata.replaced_by.take().or(moved);
    metadata.dates.extend(until);
}

/// `{{Out of date}}` at the top of a wiki's page is a banner, `{{Update after|2024-01-01}}` a promise.
fn find_wiki_template(content: &mut Content, top: usize) {
    let head = banner::head(&content.text()[top..]);
    let Some((at, is_promise, name, rest)) = banner::wiki_template(head) else { return };
    let Some((_, block)) = block_at(content, top + at) else { return };
    if block.kind == BlockKind::Code {
        return;
    }
    let provenance = Provenance::Text(locator_in(content, block, top + at));
    // The date may be in one argument or in three: {{Update after|2024|1|31}}.
    let whole = rest.split('|').take(3).map(str::trim).collect::<Vec<_>>().join("-");
    let first = rest.split('|').next().unwrap_or_default().to_owned();
    let is_whole = rest.split('|').next().is_some_and(|it| it.trim().len() == 4);
    let raw = if is_whole { whole } else { first };
    let words = format!("{{{{{name}{}{rest}}}}}", if rest.is_empty() { "" } else { "|" });
    let metadata = &mut content.metadata;
    if is_promise {
        dates::note(metadata, DateRole::Due, &raw, provenance);
    } else {
        metadata.banner.get_or_insert(Fact::new(words, provenance));
    }
}

/// Properties that users gave to an office document, where their name says what they mean:
/// `Review Date`, `Gültig bis`.
fn find_own_properties(content: &mut Content) {
    const KINDS: &[&str] =
        &["owner", "effective", "due", "reviewed", "expires", "interval", "status", "superseded"];
    let metadata = &mut content.metadata;
    for (name, value) in metadata.properties.clone() {
        if let Some((_, field)) = control::label_of(&name).filter(|it| KINDS.contains(&it.0)) {
            let place = || Provenance::property(format!("custom property {name}"));
            fields::apply_as(metadata, field, &value, place);
        }
    }
}

/// Google's `<!--* freshness: { owner: 'x' reviewed: '2021-10-10' review_interval: '6 months' } *-->`.
fn find_freshness(content: &mut Content) {
    static FRESHNESS: LazyLock<[Regex; 2]> = LazyLock::new(|| {
        [
            r"freshness:\s*\{(?P<members>[^}]{0,500})\}",
            r#"(?P<key>\w+):\s*['"](?P<value>[^'"\n]{0,100})['"]"#,
        ]
        .map(|it| Regex::new(it).expect("the pattern is constant"))
    });
    // Where it is used it is at the very top, or at the end.
    let text = content.text();
    let top = &text[..text.floor_char_boundary(4096)];
    let Some(members) = FRESHNESS[0].captures(top).and_then(|it| it.name("members")) else {
        return;
    };
    let Some((_, block)) = block_at(content, members.start()) else { return };
    let line = match locator_in(content, block, members.start()) {
        Locator::Line(line) if block.kind != BlockKind::Code => line,
        _ => return,
    };
    let found: Vec<(String, String, u32)> = FRESHNESS[1]
        .captures_iter(members.as_str())
        .map(|member| {
            let before = &members.as_str()[..member.get(0).map_or(0, |it| it.start())];
            let line = line + before.matches('\n').count() as u32;
            (format!("freshness.{}", &member["key"]), member["value"].to_owned(), line)
        })
        .collect();
    for (key, value, line) in found {
        fields::apply(&mut content.metadata, "comment", &key, &value, Some(line));
    }
}

/// `block` is read already.
fn find_labelled_dates(content: &mut Content, top: usize, block: Option<Range<usize>>) {
    let mut found: Vec<(usize, DateClaim)> = Vec::new();
    let mut impossible: Vec<(Labelled<'_>, Provenance)> = Vec::new();
    for labelled in labels::find(content.text()) {
        if block.as_ref().is_some_and(|it| it.contains(&labelled.at)) {
            continue;
        }
        let Some((_, block)) =
            block_at(content, labelled.at).filter(|(_, it)| it.kind != BlockKind::Code)
        else {
            continue;
        };
        let locator = locator_in(content, block, labelled.at);
        if is_known(content, labelled.role, &locator) {
            continue;
        }
        let provenance = Provenance::Text(locator);
        match dates::claim(labelled.role, labelled.raw, provenance.clone()) {
            Some(claim) => found.push((labelled.at, claim)),
            None => impossible.push((labelled, provenance)),
        }
    }
    if found.is_empty() && impossible.is_empty() {
        return;
    }
    let head_end = top + banner::head(&content.text()[top..]).len();
    let impossible: Vec<_> = impossible
        .into_iter()
        .filter(|(labelled, _)| labelled.at < head_end)
        .map(|(labelled, provenance)| (labelled.role, labelled.raw.to_owned(), provenance))
        .collect();
    let count = |role| found.iter().filter(|(_, claim)| claim.role == role).count();
    let own =
        found.iter().filter(|(at, claim)| count(claim.role) <= MAX_PER_ROLE || *at < head_end);
    let own: Vec<DateClaim> = own.take(4 * MAX_PER_ROLE).map(|(_, claim)| claim.clone()).collect();
    content.metadata.dates.extend(own);
    for (role, raw, provenance) in impossible {
        dates::note(&mut content.metadata, role, &raw, provenance);
    }
}

/// Whether a field on the same line has said it already.
fn is_known(content: &Content, role: DateRole, locator: &Locator) -> bool {
    content.metadata.dates.iter().any(|claim| match (&claim.provenance, locator) {
        (Provenance::Property { line: Some(line), .. }, Locator::Line(at)) => {
            claim.role == role && line == at
        }
        _ => false,
    })
}

/// The block that holds this byte of the text.
fn block_at(content: &Content, at: usize) -> Option<(usize, &Block)> {
    let blocks = content.blocks();
    let index = blocks.partition_point(|block| block.range.end <= at);
    let block = blocks.get(index)?;
    // A heading's marks stand before its block.
    (block.range.start <= at || !content.text()[at..block.range.start].contains('\n'))
        .then_some((index, block))
}

/// Where this byte stands: blocks of lines know only their first.
fn locator_in(content: &Content, block: &Block, at: usize) -> Locator {
    match &block.locator {
        Locator::Line(first) => {
            let before = content.text().get(block.range.start..at).unwrap_or_default();
            Locator::Line(first + before.matches('\n').count() as u32)
        }
        other => other.clone(),
    }
}

#[cfg(test)]
#[path = "annotate_tests.rs"]
mod tests;
