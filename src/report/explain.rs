//! All that is known of one document, as text.

use std::io::{self, Write};

use chrono::{DateTime, SecondsFormat};

use crate::inventory::{DocId, Record, Status};
use crate::rot::Finding;

use super::layout::{self, Style};
use super::terminal::Page;
use super::{Report, escape, words};

/// Where the second column begins.
const COLUMN: usize = 18;
/// Members of a group that are named, unless all are asked for.
const SHOWN_MEMBERS: usize = 50;

/// Writes down all that is known of one document: every finding with all of its evidence, its
/// partners, what it says of itself, every date claim, and last what the file system says.
///
/// `chosen_date` says in words which date is believed and why.
pub fn explain(
    report: &Report,
    document: DocId,
    chosen_date: Option<&str>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let record = &report.inventory[document];
    let mut out = io::BufWriter::new(out);
    let mut page = Page::new(report, &mut out);
    let path = page.styled(&escape::path(&record.file.path), Style::Bold);
    page.line(&path)?;
    reading(&mut page, record)?;
    findings(&mut page, document)?;
    successor(&mut page, document)?;
    groups(&mut page, document)?;
    metadata(&mut page, record)?;
    dates(&mut page, record, chosen_date)?;
    file(&mut page, record)?;
    out.flush()
}

/// A newer document that may have taken this one's place.
fn successor(page: &mut Page, document: DocId) -> io::Result<()> {
    let suggestions = page.report.suggestions;
    let Some(found) = suggestions.iter().find(|it| it.document == document) else {
        return Ok(());
    };
    page.blank()?;
    page.line("Possible successor, for you to judge")?;
    let name = words::document(page.report, found.successor);
    let subject: Vec<_> = found.subject.iter().map(|it| escape::visible(it)).collect();
    let why = format!(
        "{name}: of {}, this one of {}; similar text, and both titles say {}",
        found.newer,
        found.date,
        subject.join(", ")
    );
    page.text(2, &why)
}

fn row(page: &mut Page, label: &str, text: &str) -> io::Result<()> {
    page.row(&format!("  {label}"), COLUMN, text)
}

/// What a person asks first of a document: where it is, and whether it could be read.
fn reading(page: &mut Page, record: &Record) -> io::Result<()> {
    row(page, "below", &escape::path(page.report.inventory.root_of(record)))?;
    if let Some(format) = &record.format {
        row(page, "format", &escape::visible(&format.name))?;
    }
    row(page, "read", &self::status(&record.status))?;
    match record.fingerprint {
        Some(_) => row(page, "words", &words::number(record.words().into())),
        None => Ok(()),
    }
}

/// What the file system knows, which says the least of a document.
fn file(page: &mut Page, record: &Record) -> io::Result<()> {
    let Record { root: _, file, status: _, reached: _, format, metadata: _, hash, fingerprint: _ } =
        record;
    section(page, "The file")?;
    if let Some(hex) = escape::path_bytes(&file.path) {
        row(page, "name in bytes", &hex)?;
    }
    let size = match words::size(file.size) {
        size if file.size < 1024 => size,
        size => format!("{size} ({})", words::counted(file.size, "byte")),
    };
    row(page, "size", &size)?;
    row(page, "modified", &instant(file.modified))?;
    if file.changed != 0 {
        row(page, "inode changed", &instant(file.changed))?;
    }
    if file.accessed != 0 {
        row(page, "last opened", &instant(file.accessed))?;
    }
    if 1 < file.links {
        row(page, "hard links", &words::number(file.links))?;
    }
    if let Some(format) = format {
        row(page, "reader version", &format.version.to_string())?;
    }
    match hash {
        Some(hash) => row(page, "BLAKE3", &hash.to_string()),
        None => Ok(()),
    }
}

fn instant(nanoseconds: i64) -> String {
    DateTime::from_timestamp_nanos(nanoseconds).to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn status(status: &Status) -> String {
    match status {
        Status::Read => "whole".to_owned(),
        Status::PartlyRead(missing) => format!("in part: {}", escape::visible(missing)),
        Status::NotADocument => "no: not a document that text is read from".to_owned(),
        Status::NotRead(failure) => {
            let detail = escape::visible(&failure.detail);
            let remedy =
                words::remedy(&failure.reason).map_or(String::new(), |it| format!(". {it}"));
            format!("no: {detail}{remedy}")
        }
    }
}

fn metadata(page: &mut Page, record: &Record) -> io::Result<()> {
    let metadata = &record.metadata;
    let facts = [
        ("title", &metadata.title),
        ("creator", &metadata.creator),
        ("last editor", &metadata.last_editor),
        ("owner", &metadata.owner),
        ("language", &metadata.language),
        ("status", &metadata.status),
        ("version", &metadata.version),
        ("replaced by", &metadata.replaced_by),
        ("replaces", &metadata.replaces),
        ("review every", &metadata.review_interval),
        ("banner", &metadata.banner),
    ];
    if facts.iter().all(|(_, fact)| fact.is_none()) && metadata.properties.is_empty() {
        return Ok(());
    }
    section(page, "What it says of itself")?;
    for (label, fact) in facts {
        let Some(fact) = fact else { continue };
        let place = fact.provenance.to_string();
        let value = words::quoted(&fact.value);
        row(page, label, &format!("{value} ({})", escape::visible(&place)))?;
    }
    for (name, value) in &metadata.properties {
        let name = layout::cut(&escape::visible(name), COLUMN - 4);
        row(page, &name, &words::quoted(value))?;
    }
    Ok(())
}

fn dates(page: &mut Page, record: &Record, chosen_date: Option<&str>) -> io::Result<()> {
    let claims = &record.metadata.dates;
    if claims.is_empty() && chosen_date.is_none() {
        return Ok(());
    }
    section(page, "Dates it claims")?;
    for claim in claims {
        let date = claim.date.to_string();
        let other = claim.other_reading.map_or(String::new(), |other| format!(" or {other}"));
        // `2021-03` and `2021` were filled up to a day.
        let raw = match claim.raw.trim() == date {
            true => String::new(),
            false => format!(", written {}", words::quoted(&claim.raw)),
        };
        let place = claim.provenance.to_string();
        row(page, claim.role.name(), &format!("{date}{other}{raw} ({})", escape::visible(&place)))?;
    }
    match chosen_date {
        Some(words) => row(page, "believed", &escape::visible(words)),
        None => Ok(()),
    }
}

fn findings(page: &mut Page, document: DocId) -> io::Result<()> {
    let findings = &page.report.assessment.findings;
    section(page, "Findings")?;
    let mut is_clean = true;
    for (position, (finding, id)) in findings.iter().zip(page.report.ids).enumerate() {
        if finding.document == document {
            is_clean = false;
            write_finding(page, finding, id)?;
            if let Some(words) = page.report.standing(position).and_then(words::standing) {
                page.text(4, &words)?;
            }
        }
    }
    if is_clean {
        page.line("  none")?;
    }
    let Some(owner) = page.report.owners.owner(document) else { return Ok(()) };
    let (role, name) = (owner.source.role(), escape::visible(&owner.name));
    let place = escape::visible(&owner.provenance.to_string()).into_owned();
    page.text(2, &format!("Who answers for it: {role} {name} ({place})"))
}

fn write_finding(page: &mut Page, finding: &Finding, id: &str) -> io::Result<()> {
    let report = page.report;
    let rule = page.styled(finding.rule.id, Style::Bold);
    let severity = finding.severity.name();
    let (category, confidence) = (finding.rule.category.name(), finding.confidence.name());
    page.line(&format!("  {severity} {rule} ({category}, {confidence}), id {id}"))?;
    page.text(4, finding.rule.summary)?;
    for evidence in finding.evidence() {
        page.text(4, &words::evidence(report, evidence))?;
    }
    if let Some(date) = finding.date {
        page.text(4, &format!("rests on {date}"))?;
    }
    for &related in &finding.related {
        page.text(4, &format!("see {}", words::document(report, related)))?;
    }
    Ok(())
}

fn groups(page: &mut Page, document: DocId) -> io::Result<()> {
    let report = page.report;
    let groups = report.assessment.groups.iter();
    let own = groups.filter(|group| {
        group.canonical == document || group.members.iter().any(|&(member, _)| member == document)
    });
    for group in own {
        section(page, &format!("Group: {}", group.kind))?;
        member(page, "stays", group.canonical, document)?;
        if group.is_tie {
            row(page, "because", "nothing tells them apart: choose another if you like")?;
        } else if !group.reasons.is_empty() {
            row(page, "because", &escape::visible(&group.reasons.join("; ")))?;
        }
        let shown = if report.options.all { usize::MAX } else { SHOWN_MEMBERS };
        for &(other, similarity) in group.members.iter().take(shown) {
            member(page, &words::share(similarity), other, document)?;
        }
        let hidden = group.members.len().saturating_sub(shown) as u64;
        if hidden != 0 {
            row(page, "", &format!("and {} more", words::number(hidden)))?;
        }
    }
    Ok(())
}

fn member(page: &mut Page, label: &str, member: DocId, this: DocId) -> io::Result<()> {
    let is_this = if member == this { " (this one)" } else { "" };
    let path = words::document(page.report, member);
    row(page, label, &format!("{path}{is_this}"))
}

fn section(page: &mut Page, title: &str) -> io::Result<()> {
    page.blank()?;
    let title = page.styled(title, Style::Bold);
    page.line(&title)
}

#[cfg(test)]
mod tests {
    use snapbox::{IntoData as _, assert_data_eq, str};

    use super::*;
    use crate::report::sample;

    #[test]
    fn all_that_is_known() {
        let share = sample::share();
        let mut out = Vec::new();
        let document = share.id("Finance/old/Mileage.pdf");
        let chosen = Some("2021-03-01: the text says so");
        explain(&share.report(), document, chosen, &mut out).unwrap();
        assert_data_eq!(
            String::from_utf8(out).unwrap(),
            str![[r#"
Finance/old/Mileage.pdf
  below           /srv/policies
  format          docx
  read            whole
  words           1,234

Findings
  warning near-duplicate (redundant, likely), id fab49bc8fa8bbcf3
    Its text differs a little from a document that stays.
    similarity 87 % (3-word shingles)
    see Finance/Mileage.pdf

Group: near-duplicate
  stays           Finance/Mileage.pdf
  because         in an approved folder; plain name
  87 %            Finance/old/Mileage.pdf (this one)
  92 %            HR/Mileage (copy).pdf

What it says of itself
  title           "Mileage" (Info Title)

Dates it claims
  updated         2021-03-01 or 2021-01-03, written "01/03/2021" (page 1)
  believed        2021-03-01: the text says so

The file
  size            68.4 KiB (70,001 bytes)
  modified        2024-08-02T10:11:12Z
  reader version  1
  BLAKE3          76e3c2c7a177307de2c80be1653697c4cb876dc7a2bf2dd86f5bab3fb7ebd2
                  01

"#]]
            .raw()
        );
    }

    #[test]
    fn why_it_was_not_read() {
        let share = sample::share();
        let mut out = Vec::new();
        explain(&share.report(), share.id("HR/Salaries.xlsx"), None, &mut out).unwrap();
        assert_data_eq!(
            String::from_utf8(out).unwrap(),
            str![[r#"
HR/Salaries.xlsx
  below           /srv/policies
  format          docx
  read            no: encrypted. Open once with its password and save without.

Findings
  none

The file
  size            10 bytes
  modified        1970-01-01T00:00:00Z
  reader version  1

"#]]
            .raw()
        );
    }
}
