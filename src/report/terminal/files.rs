//! The account of files in a terminal report: a sum that adds up, what was not read and what to do
//! about it, what the scan did.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use crate::inventory::{DocId, Status};
use crate::report::{escape, layout, words};
use crate::scan::{Ledger, Summary};

use super::Page;

/// Files that are named for each reason.
const SHOWN_FILES: usize = 3;

pub(super) fn write(page: &mut Page) -> io::Result<()> {
    page.blank()?;
    sum(page)?;
    partly_read(page)?;
    not_read(page)?;
    problems(page)?;
    scan(page)
}

fn sum(page: &mut Page) -> io::Result<()> {
    let Ledger { seen, read, partly_read, not_read, not_documents, inside, reasons: _ } =
        page.report.ledger;
    let [seen, read, partly_read, not_read, not_documents] =
        [seen, read, partly_read, not_read, not_documents].map(|it| words::number(*it));
    page.text(
        0,
        &format!(
            "Files seen {seen} = read {read} + partly read {partly_read} + not read {not_read} \
             + not documents {not_documents}"
        ),
    )?;
    if 0 < *inside {
        let inside = words::number(*inside);
        page.text(
            0,
            &format!("Of these are inside of other files, as attachments or in archives: {inside}"),
        )?;
    }
    Ok(())
}

fn partly_read(page: &mut Page) -> io::Result<()> {
    let shown = shown(page);
    let report = page.report;
    let mut count = 0;
    for (id, record) in report.inventory.iter() {
        let Status::PartlyRead(missing) = &record.status else { continue };
        if count == 0 {
            page.line("Partly read:")?;
        }
        if count < shown {
            entry(page, 2, &words::document(report, id), missing)?;
        }
        count += 1;
    }
    more(page, 2, count.saturating_sub(shown))
}

fn not_read(page: &mut Page) -> io::Result<()> {
    let shown = shown(page);
    let report = page.report;
    let mut first: BTreeMap<&str, Vec<(DocId, &str)>> = BTreeMap::new();
    for (id, record) in report.inventory.iter() {
        let Status::NotRead(failure) = &record.status else { continue };
        let files = first.entry(&failure.reason).or_default();
        if files.len() < shown {
            files.push((id, &failure.detail));
        }
    }
    let mut reasons: Vec<(&String, u64)> =
        report.ledger.reasons.iter().map(|(reason, &count)| (reason, count)).collect();
    reasons.sort_by_key(|&(reason, count)| (Reverse(count), reason));
    if !reasons.is_empty() {
        page.line("Not read, by reason:")?;
    }
    for (reason, count) in reasons {
        let remedy = words::remedy(reason).map_or(String::new(), |it| format!(". {it}"));
        let reason_shown = escape::visible(reason);
        page.text(2, &format!("{reason_shown}: {}{remedy}", words::number(count)))?;
        let files = first.get(reason.as_str()).map_or(&[][..], Vec::as_slice);
        for &(id, detail) in files {
            // `damaged: no end of archive` under the heading `damaged` says it twice.
            let detail = detail.strip_prefix(reason.as_str()).unwrap_or(detail);
            let detail = detail.trim_start_matches([':', ' ']);
            entry(page, 4, &words::document(report, id), detail)?;
        }
        more(page, 4, (count as usize).saturating_sub(files.len()))?;
    }
    Ok(())
}

fn shown(page: &Page) -> usize {
    if page.report.options.all { usize::MAX } else { SHOWN_FILES }
}

fn entry(page: &mut Page, indent: usize, path: &str, detail: &str) -> io::Result<()> {
    let detail = escape::visible(detail);
    let fits = indent + layout::width(path) + 2 + layout::width(&detail) <= page.width;
    if fits && !detail.is_empty() {
        return page.line(&format!("{:indent$}{path}: {detail}", ""));
    }
    page.line(&format!("{:indent$}{}", "", layout::shorten(path, page.width - indent)))?;
    page.at_most(2, indent + 2, &detail)
}

fn more(page: &mut Page, indent: usize, hidden: usize) -> io::Result<()> {
    match hidden {
        0 => Ok(()),
        hidden => page.line(&format!("{:indent$}and {} more", "", words::number(hidden as u64))),
    }
}

fn problems(page: &mut Page) -> io::Result<()> {
    let problems = &page.report.summary.problems;
    if problems.is_empty() {
        return Ok(());
    }
    page.line(&format!(
        "Not listed or not followed, {}; what is below is unknown, not gone:",
        words::counted(problems.len() as u64, "place")
    ))?;
    let shown = if page.report.options.all { usize::MAX } else { page.report.options.shown };
    for problem in problems.iter().take(shown) {
        let path = words::path(page.report, problem.root, &problem.path);
        let detail = if problem.detail.is_empty() { &problem.reason } else { &problem.detail };
        entry(page, 2, &path, detail)?;
    }
    more(page, 2, problems.len().saturating_sub(shown))
}

fn scan(page: &mut Page) -> io::Result<()> {
    let summary = page.report.summary;
    let Summary { new, changed, moved, gone, unchanged, unreadable, .. } = summary;
    let counts = [
        (new, "new"),
        (changed, "changed"),
        (moved, "moved"),
        (gone, "gone"),
        (unchanged, "unchanged"),
        (unreadable, "unreadable"),
    ];
    let counts: Vec<String> =
        counts.iter().map(|(count, word)| format!("{} {word}", words::number(**count))).collect();
    let started = summary.started.format("%Y-%m-%d %H:%M UTC");
    let took = took(summary.duration);
    page.line(&format!("Scan of {started}, {took}:"))?;
    page.text(2, &counts.join(", "))?;
    for note in &summary.notes {
        page.text(2, &escape::visible(note))?;
    }
    Ok(())
}

fn took(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..60 => format!("{:.1} s", duration.as_secs_f64()),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_short() {
        assert_eq!(took(Duration::from_millis(2140)), "2.1 s");
        assert_eq!(took(Duration::from_secs(192)), "3 min 12 s");
        assert_eq!(took(Duration::from_secs(3 * 3600 + 65)), "3 h 1 min");
    }
}
