//! iCalendar (RFC 5545): a day for each review, so that it is made before it is overdue.
//!
//! A review that is overdue stands on the day of the report and says since when. An entry keeps its
//! name while the document stays where it is, so that a calendar that reads the file again moves
//! the entry and does not add another.

use std::io::{self, Write};

use chrono::NaiveDate;

use crate::inventory::{Hash, path_text};
use crate::rot::Review;

use super::{Report, Writer, escape, rows, words};

pub(super) const WRITER: Writer = Writer::text("ics", "ics", write);

/// Bytes of a line, without its end.
const MOST_BYTES: usize = 75;
/// Characters of a summary, which calendars show in little room.
const SUMMARY_CHARS: usize = 120;
/// Characters of a description.
const DESCRIPTION_CHARS: usize = 2_000;

fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut out = io::BufWriter::new(out);
    let mut line = |name: &str, value: &str| out.write_all(folded(name, value).as_bytes());
    line("BEGIN", "VCALENDAR")?;
    line("VERSION", "2.0")?;
    line("PRODID", &text(&format!("-//docrot//docrot {}//EN", report.version)))?;
    line("CALSCALE", "GREGORIAN")?;
    line("METHOD", "PUBLISH")?;
    let name = text(&format!("Document reviews: {}", rows::subject(report)));
    line("NAME", &name)?;
    line("X-WR-CALNAME", &name)?;
    for review in &report.assessment.reviews {
        event(report, review, &mut line)?;
    }
    line("END", "VCALENDAR")?;
    out.flush()
}

fn event(
    report: &Report,
    review: &Review,
    line: &mut impl FnMut(&str, &str) -> io::Result<()>,
) -> io::Result<()> {
    let record = &report.inventory[review.document];
    let path = words::document(report, review.document);
    let name =
        record.file.path.file_name().map_or_else(String::new, |it| escape::path(it.as_ref()));
    let name = rows::cut(&name, SUMMARY_CHARS).into_owned();
    let is_overdue = review.due < report.as_of;
    let (day, summary) = if is_overdue {
        (report.as_of, format!("Review overdue since {}: {name}", review.due))
    } else {
        (review.due, format!("Review due: {name}"))
    };
    let why: Vec<_> = review.evidence.iter().map(|it| words::evidence(report, it)).collect();
    let owner = rows::owner_of(report, review.document);
    let mut description = vec![format!("Document: {path}"), format!("Why: {}", why.join("; "))];
    description.extend((!owner.is_empty()).then(|| format!("Owner: {owner}")));
    let description: Vec<_> =
        description.iter().map(|it| text(&rows::cut(it, DESCRIPTION_CHARS))).collect();
    line("BEGIN", "VEVENT")?;
    line("UID", &uid(report, review))?;
    line("DTSTAMP", &format!("{}T000000Z", basic(report.as_of)))?;
    // A later report has the last word.
    line("SEQUENCE", &revision(report.as_of).to_string())?;
    line("DTSTART;VALUE=DATE", &basic(day))?;
    if let Some(next) = day.succ_opt() {
        line("DTEND;VALUE=DATE", &basic(next))?;
    }
    line("SUMMARY", &text(&summary))?;
    line("DESCRIPTION", &description.join("\\n"))?;
    line("CATEGORIES", "docrot")?;
    line("TRANSP", "TRANSPARENT")?;
    line("END", "VEVENT")
}

/// From the path, not from the content: making the review changes that.
fn uid(report: &Report, review: &Review) -> String {
    let record = &report.inventory[review.document];
    let root = report.inventory.root_of(record);
    let mut key = path_text::to_bytes(root).to_vec();
    key.push(0);
    key.extend_from_slice(path_text::to_bytes(&record.file.path));
    let Hash(bytes) = Hash::of(&key);
    let hex: String = bytes[..16].iter().map(|it| format!("{it:02x}")).collect();
    format!("{hex}@docrot")
}

fn revision(as_of: NaiveDate) -> i64 {
    NaiveDate::from_ymd_opt(2000, 1, 1).map_or(0, |first| (as_of - first).num_days().max(0))
}

fn basic(day: NaiveDate) -> String {
    day.format("%Y%m%d").to_string()
}

/// The value of a property of text.
fn text(words: &str) -> String {
    let mut out = String::with_capacity(words.len() + 8);
    for c in escape::visible(words).chars() {
        if matches!(c, '\\' | ';' | ',') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A line of content, with its end; broken between characters where it is long.
fn folded(name: &str, value: &str) -> String {
    let line = format!("{name}:{value}");
    let mut out = String::with_capacity(line.len() + line.len() / 20 + 2);
    let mut room = MOST_BYTES;
    for c in line.chars() {
        if room < c.len_utf8() {
            out.push_str("\r\n ");
            room = MOST_BYTES - 1;
        }
        out.push(c);
        room -= c.len_utf8();
    }
    out.push_str("\r\n");
    out
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use icalendar::{Calendar, CalendarComponent, Component as _, DatePerhapsTime, Event};
    use snapbox::{IntoData as _, assert_data_eq, str};

    use super::*;
    use crate::inventory::DocId;
    use crate::report::{hostile, sample};

    /// A share of which every document has a review.
    fn reviewed(mut share: sample::Share) -> sample::Share {
        let days = [sample::day(2026, 4, 1), sample::day(2027, 2, 28)];
        let documents = (0..share.inventory.len() as u32).map(DocId);
        let reviews = documents.zip(days.into_iter().cycle()).map(|(document, due)| Review {
            document,
            due,
            evidence: vec![sample::due(due)],
        });
        share.assessment.reviews = reviews.collect();
        share
    }

    fn written(share: &sample::Share) -> String {
        let mut out = Vec::new();
        (WRITER.write)(&share.report(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// As another library reads it.
    fn events(text: &str) -> Vec<Event> {
        let calendar: Calendar = text.parse().unwrap();
        let event = |it: &CalendarComponent| it.as_event().cloned();
        calendar.components.iter().filter_map(event).collect()
    }

    #[test]
    fn a_day_for_a_review() {
        let mut share = reviewed(sample::share());
        share.assessment.reviews.truncate(2);
        assert_data_eq!(
            written(&share).replace('\r', ""),
            str![[r#"
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//docrot//docrot 0.1.0//EN
CALSCALE:GREGORIAN
METHOD:PUBLISH
NAME:Document reviews: policies
X-WR-CALNAME:Document reviews: policies
BEGIN:VEVENT
UID:c35b05f3763cc1a0d9d7d80e6f7f01d7@docrot
DTSTAMP:20260601T000000Z
SEQUENCE:9648
DTSTART;VALUE=DATE:20260601
DTEND;VALUE=DATE:20260602
SUMMARY:Review overdue since 2026-04-01: Log.txt
DESCRIPTION:Document: Data/Log.txt\nWhy: review date 2026-04-01 (front matt
 er last_reviewed_on\, line 3)
CATEGORIES:docrot
TRANSP:TRANSPARENT
END:VEVENT
BEGIN:VEVENT
UID:e47822f56815eecd6ce13988c415649f@docrot
DTSTAMP:20260601T000000Z
SEQUENCE:9648
DTSTART;VALUE=DATE:20270228
DTEND;VALUE=DATE:20270301
SUMMARY:Review due: Mileage.pdf
DESCRIPTION:Document: Finance/Mileage.pdf\nWhy: review date 2027-02-28 (fro
 nt matter last_reviewed_on\, line 3)
CATEGORIES:docrot
TRANSP:TRANSPARENT
END:VEVENT
END:VCALENDAR

"#]]
            .raw()
        );
    }

    #[test]
    fn another_program_reads_it() {
        let share = reviewed(sample::share());
        let events = events(&written(&share));
        assert_eq!(events.len(), share.inventory.len());
        let start = |it: &Event| match it.get_start() {
            Some(DatePerhapsTime::Date(day)) => day,
            other => panic!("{other:?}"),
        };
        assert_eq!(start(&events[0]), sample::day(2026, 6, 1), "overdue: today");
        assert_eq!(start(&events[1]), sample::day(2027, 2, 28), "to come: its own day");
        let names: HashSet<_> = events.iter().map(|it| it.get_uid().unwrap()).collect();
        assert_eq!(names.len(), events.len());
    }

    #[test]
    fn hostile_names_stay_in_their_line() {
        let share = reviewed(hostile::share());
        let text = written(&share);
        for line in text.split_terminator("\r\n") {
            assert!(line.len() <= MOST_BYTES && !line.contains(['\r', '\n']), "{line:?}");
        }
        let events = events(&text);
        assert_eq!(events.len(), share.inventory.len());
        let said = |name: &str| events.iter().any(|it| it.get_summary().unwrap().contains(name));
        assert!(said("%0A::error::x\\,y:z.docx") || said("%0A::error::x,y:z.docx"));
    }

    #[test]
    fn lines_are_broken_between_characters() {
        let folded = folded("SUMMARY", &"書".repeat(60));
        assert!(folded.lines().all(|it| it.len() <= 75), "{folded}");
        assert_eq!(folded.replace("\r\n ", ""), format!("SUMMARY:{}\r\n", "書".repeat(60)));
    }

    #[test]
    fn an_entry_keeps_its_name_when_the_document_changes() {
        let mut share = reviewed(sample::share());
        let names = |text: &str| {
            let names = events(text).into_iter().map(|it| it.get_uid().unwrap().to_owned());
            names.collect::<Vec<_>>()
        };
        let before = names(&written(&share));
        for review in &mut share.assessment.reviews {
            review.due = sample::day(2030, 1, 1);
        }
        assert_eq!(names(&written(&share)), before);
    }
}
