//! Subjects for people at a terminal: all of them, and one of them.

use std::io::{self, Write};

use crate::rot::{Folder, Reading, Spread, Subject, Subjects};

use super::layout::{self, Style};
use super::{Report, escape, words};

/// Subjects that are shown unless all are asked for.
const SHOWN: usize = 25;
/// Folders and documents of one subject that are shown unless all are asked for.
const SHOWN_OF_ONE: usize = 10;
/// Telling words beside a name.
const TERMS: usize = 5;

/// Writes all subjects: the broader ones, and under each the narrower ones.
pub fn subjects_text(report: &Report, subjects: &Subjects, out: &mut dyn Write) -> io::Result<()> {
    if let Some(why) = subjects.why_none {
        return writeln!(out, "{}", why.words());
    }
    let width = report.options.width.clamp(40, 1000);
    let from = if subjects.is_given { "your own list" } else { "the words of the texts" };
    let documents = subjects.list.iter().filter(|it| it.broader.is_none());
    let documents = documents.map(|it| it.spread.documents).sum::<u64>();
    writeln!(
        out,
        "{} by {from}; {} of one or another, {} of none",
        words::counted(subjects.list.len() as u64, "subject"),
        words::counted(documents, "document"),
        words::number(subjects.nowhere.len() as u64),
    )?;
    let most = if report.options.all { usize::MAX } else { SHOWN };
    for (position, subject) in subjects.list.iter().enumerate().take(most) {
        let level = subjects.level(position);
        if level == 0 {
            writeln!(out)?;
        }
        let indent = (2 * level).min(8);
        let name = layout::cut(&escape::visible(&subject.name), width - indent);
        let name = layout::styled(&name, Style::Bold, report.options.color);
        writeln!(out, "{:indent$}{name}", "")?;
        let told = in_short(report, &subject.spread);
        for line in layout::wrap(&told, width - indent - 2) {
            writeln!(out, "{:indent$}  {line}", "")?;
        }
    }
    let hidden = subjects.list.len().saturating_sub(most);
    if 0 < hidden {
        writeln!(out, "\nand {} more: --all", words::number(hidden as u64))?;
    }
    Ok(())
}

/// `37 documents in 9 folders, 6 owners; 60 % in Finance/Policies; 4 obsolete`.
fn in_short(report: &Report, spread: &Spread) -> String {
    let mut told = words::counted(spread.documents, "document");
    told += &format!(" in {}", words::counted(spread.folders.len() as u64, "folder"));
    if !spread.owners.is_empty() {
        told += &format!(", {}", words::counted(spread.owners.len() as u64, "owner"));
    }
    if let Some(home) = spread.home.as_ref().filter(|_| 1 < spread.folders.len()) {
        let folder = folder_name(report, &home.folder);
        told += &format!("; {} in {folder}", words::share(home.share));
    }
    if 0 < spread.stale {
        told += &format!("; {} obsolete", words::number(spread.stale));
    }
    match spread.copies {
        0 => {}
        1 => told += "; 1 copy or older version",
        copies => told += &format!("; {} copies and older versions", words::number(copies)),
    }
    match spread.conflicting.len() as u64 {
        0 => {}
        1 => told += "; 1 contradicts its copies",
        count => told += &format!("; {} contradict their copies", words::number(count)),
    }
    told
}

/// Writes one subject: how it is spread, and its documents in the order in which to read them.
pub fn subject_text(
    report: &Report,
    subjects: &Subjects,
    position: usize,
    list: &[Reading],
    out: &mut dyn Write,
) -> io::Result<()> {
    let subject = &subjects.list[position];
    let width = report.options.width.clamp(40, 1000);
    let name = layout::cut(&escape::visible(&subject.name), width);
    writeln!(out, "{}", layout::styled(&name, Style::Bold, report.options.color))?;
    for line in facts(report, subjects, position) {
        layout::wrap(&line, width).iter().try_for_each(|it| writeln!(out, "{it}"))?;
    }
    let most = if report.options.all { usize::MAX } else { SHOWN_OF_ONE };
    writeln!(out, "\nFolders")?;
    for (folder, count) in subject.spread.folders.iter().take(most) {
        let folder = layout::shorten(&folder_name(report, folder), width - 8);
        writeln!(out, "{:>6}  {folder}", words::number(*count))?;
    }
    write_hidden(subject.spread.folders.len(), most, out)?;
    writeln!(out, "\nWhat to read, the first first")?;
    for (rank, reading) in (1..).zip(list.iter().take(most)) {
        let path = layout::shorten(&words::document(report, reading.document), width - 8);
        writeln!(out, "{rank:>6}. {}", layout::styled(&path, Style::Bold, report.options.color))?;
        for line in layout::wrap(&of_reading(report, reading), width - 8) {
            writeln!(out, "        {line}")?;
        }
    }
    write_hidden(list.len(), most, out)
}

/// The lines below the name of a subject.
fn facts(report: &Report, subjects: &Subjects, position: usize) -> Vec<String> {
    let Subject { terms, broader, spread, .. } = &subjects.list[position];
    let mut lines = Vec::new();
    let terms: Vec<_> = terms.iter().take(TERMS).map(|it| escape::visible(it)).collect();
    if !terms.is_empty() {
        let called = if subjects.is_given { "Also called" } else { "Told by the words" };
        lines.push(format!("{called}: {}", terms.join(", ")));
    }
    let name = |it: &Subject| escape::visible(&it.name).into_owned();
    if let Some(broader) = broader {
        lines.push(format!("Part of: {}", name(&subjects.list[*broader])));
    }
    let narrower = subjects.list.iter().filter(|it| it.broader == Some(position));
    let narrower: Vec<_> = narrower.map(name).collect();
    if !narrower.is_empty() {
        lines.push(format!("Narrower: {}", narrower.join("; ")));
    }
    lines.push(in_short(report, spread));
    lines.push(format!("Spread: {}", spread.in_words()));
    if let Some((oldest, newest)) = spread.dates {
        lines.push(format!("Dates that can be trusted: from {oldest} to {newest}"));
    }
    let formats = spread.formats.iter();
    let formats: Vec<_> =
        formats.map(|(name, count)| format!("{name} {}", words::number(*count))).collect();
    lines.push(format!("Formats: {}", formats.join(", ")));
    if let Some(owners) = owners(report, spread) {
        lines.push(format!("Owners: {owners}"));
    }
    if !spread.states.is_empty() {
        let states = spread.states.iter();
        let states: Vec<_> =
            states.map(|(it, count)| format!("{} {}", it.words(), words::number(*count))).collect();
        lines.push(format!("Articles: {}", states.join(", ")));
    }
    lines
}

/// The owners: added up where the policy allows it, else by name without figures.
fn owners(report: &Report, spread: &Spread) -> Option<String> {
    if spread.owners.is_empty() {
        return None;
    }
    let is_added_up = report.policy.ownership.name_people;
    let mut owners: Vec<String> = spread
        .owners
        .iter()
        .map(|(name, count)| match is_added_up {
            true => format!("{} {}", escape::visible(name), words::number(*count)),
            false => escape::visible(name).into_owned(),
        })
        .collect();
    if !is_added_up {
        owners.sort();
    }
    Some(owners.join(", "))
}

/// `Travel policy, 2025-01-02, 3 links; obsolete`.
fn of_reading(report: &Report, reading: &Reading) -> String {
    let record = &report.inventory[reading.document];
    let title = record.metadata.title.as_ref().map(|it| escape::visible(&it.value).into_owned());
    let date = reading.date.map(|it| it.to_string());
    let links = (0 < reading.links).then(|| match reading.links {
        1 => "linked from 1 document".to_owned(),
        count => format!("linked from {} documents", words::number(count)),
    });
    let closeness = format!("{} of what they share", words::share(reading.centrality));
    let stale = reading.is_stale.then(|| "obsolete".to_owned());
    let told = [title, date, Some(closeness), links, stale];
    told.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn write_hidden(count: usize, most: usize, out: &mut dyn Write) -> io::Result<()> {
    match count.saturating_sub(most) {
        0 => Ok(()),
        hidden => writeln!(out, "        and {} more: --all", words::number(hidden as u64)),
    }
}

/// A folder as people are told of it.
pub fn folder_name(report: &Report, folder: &Folder) -> String {
    if folder.path.as_os_str().is_empty() {
        let root = &report.inventory.roots[usize::from(folder.root.0)];
        let name = root.file_name().map(|it| it.to_string_lossy().into_owned());
        return format!("the folder {} itself", escape::visible(&name.unwrap_or_default()));
    }
    words::path(report, folder.root.0, &folder.path)
}
