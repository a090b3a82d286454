//! An e-mail, as a file for a mail program to send: five lines that say it all, at most ten
//! findings, and where the rest is.
//!
//! docrot sends nothing. The message has a text and an HTML part with the same words, no pictures,
//! and stays far below the size at which mail programs cut. No name from the tree reaches a header
//! other than encoded.

mod lines;
mod mime;
mod page;

use std::io::{self, Write};

use super::rows::{self, Row};
use super::{Report, Writer, words};

use lines::Lines;
use mime::Message;

pub use mime::address;

pub(super) const WRITER: Writer = Writer::text("email", "eml", write);

/// Findings that are told.
const MOST_ROWS: usize = 10;
/// Characters of a path and of its evidence.
const PATH_CHARS: usize = 200;
const WHY_CHARS: usize = 240;

fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let letter = Letter::of(report);
    let message = Message {
        from: report.options.mail.from,
        to: report.options.mail.to,
        subject: letter.lines.verdict(),
        day: report.as_of,
        text: &letter.text(),
        html: &page::html(&letter),
    };
    out.write_all(message.to_string().as_bytes())
}

/// What the mail says, before it is laid out.
pub(super) struct Letter {
    lines: Lines,
    rows: Vec<Told>,
    /// Findings that need a decision and are not among the rows.
    more: u64,
    command: String,
    version: String,
}

/// A finding as the mail tells it.
pub(super) struct Told {
    severity: &'static str,
    rule: &'static str,
    document: String,
    why: String,
    owner: String,
}

impl Letter {
    fn of(report: &Report) -> Self {
        let asked = rows::open(report);
        let first = asked.clone().take(MOST_ROWS).map(|(_, it)| Row::of(report, it));
        let told = |row: Row| Told {
            severity: row.finding.severity.name(),
            rule: row.finding.rule.id,
            document: rows::cut(&row.document, PATH_CHARS).into_owned(),
            why: rows::cut(&row.why, WHY_CHARS).into_owned(),
            owner: rows::cut(&row.owner, PATH_CHARS).into_owned(),
        };
        let arguments = super::escape::visible(report.options.arguments).into_owned();
        Self {
            lines: Lines::of(report),
            rows: first.map(told).collect(),
            more: asked.count().saturating_sub(MOST_ROWS) as u64,
            command: format!("docrot report {arguments}").trim_end().to_owned(),
            version: super::escape::visible(report.version).into_owned(),
        }
    }

    fn text(&self) -> String {
        let mut text: Vec<String> = self.lines.all().map(str::to_owned).collect();
        text.push(String::new());
        for Told { severity, rule, document, why, owner } in &self.rows {
            text.push(format!("{}  {rule}  {document}", severity.to_uppercase()));
            text.push(format!("    {why}"));
            if !owner.is_empty() {
                text.push(format!("    owner {owner}"));
            }
        }
        text.extend(self.rest());
        text.push(String::new());
        text.push(self.closing());
        text.join("\n") + "\n"
    }

    fn rest(&self) -> Option<String> {
        (0 < self.more).then(|| format!("And {} more.", words::number(self.more)))
    }

    fn closing(&self) -> String {
        let Self { command, version, .. } = self;
        format!("All of it: {command}\nMade by docrot {version}, which changes and sends nothing.")
    }
}

#[cfg(test)]
mod tests {
    use mail_parser::{Address, Message as Parsed, MessageParser, MimeHeaders as _};
    use snapbox::{IntoData as _, assert_data_eq, str};

    use super::*;
    use crate::report::{Mail, hostile, sample};

    fn written(report: &Report) -> Vec<u8> {
        let mut out = Vec::new();
        (WRITER.write)(report, &mut out).unwrap();
        out
    }

    fn parsed(bytes: &[u8]) -> Parsed<'_> {
        MessageParser::default().parse(bytes).unwrap()
    }

    #[test]
    fn five_lines_and_the_findings() {
        let share = sample::share();
        let mut report = share.report();
        report.options.mail = Mail { from: "docrot@example.org", to: "rosa@example.org" };
        let bytes = written(&report);
        let mail = parsed(&bytes);
        assert_eq!(mail.subject(), Some("policies: 5 documents need a decision"));
        let first =
            |it: Option<&Address>| it.unwrap().first().unwrap().address().map(str::to_owned);
        assert_eq!(first(mail.from()).as_deref(), Some("docrot@example.org"));
        assert_eq!(first(mail.to()).as_deref(), Some("rosa@example.org"));
        assert_eq!(mail.date().unwrap().to_rfc3339(), "2026-06-01T00:00:00Z");
        assert_data_eq!(mail.body_text(0).unwrap().replace("\r\n", "\n"), str![[r#"
policies: 5 documents need a decision.
For example HR/Travel v3.docx: banner "This policy was withdrawn on 7 March 2024." (page 1).
Please say of each whether to keep, update, archive or delete it. About 31 minutes.
8 documents read of 11 files seen, as of 2026-06-01. 3 have no date to be trusted. Old is not wrong: age alone is never a finding.

ERROR  withdrawn  HR/Travel v3.docx
    banner "This policy was withdrawn on 7 March 2024." (page 1)
    owner Rosa Ortiz
WARNING  near-duplicate  Finance/old/Mileage.pdf
    similarity 87 % (3-word shingles)
WARNING  near-duplicate  HR/Mileage (copy).pdf
    similarity 92 % (3-word shingles)
WARNING  review-overdue  IT/Passwords.docx
    review date 2026-04-01 (front matter last_reviewed_on, line 3)
WARNING  empty  Leer.txt
    0 bytes

All of it: docrot report
Made by docrot 0.1.0, which changes and sends nothing.

"#]].raw());
    }

    #[test]
    fn both_parts_say_the_same() {
        let share = sample::share();
        let bytes = written(&share.report());
        let mail = parsed(&bytes);
        assert_eq!(mail.content_type().unwrap().ctype(), "multipart");
        let (text, html) = (mail.body_text(0).unwrap(), mail.body_html(0).unwrap());
        for (_, finding) in rows::open(&share.report()) {
            let path = words::document(&share.report(), finding.document);
            assert!(text.contains(&path) && html.contains(&path), "{path}");
        }
        assert!(html.contains("<table") && !html.contains("<img") && !html.contains("http"));
    }

    #[test]
    fn many_findings_make_no_long_mail() {
        for share in [sample::many(), hostile::share()] {
            let mut report = share.report();
            report.options.arguments = "--index x";
            let bytes = written(&report);
            assert!(bytes.len() < 60_000, "{}", bytes.len());
            let lines = bytes.split(|it| *it == b'\n');
            assert!(lines.into_iter().all(|it| it.len() <= 78));
        }
    }

    #[test]
    fn no_name_makes_a_header() {
        let mut share = sample::Share::of(
            &["/srv/x\r\nBcc: all@example.org\r\n\r\n<b>"],
            vec![sample::document("a\r\nBcc: b@example.org\r\n\r\n.docx", 1)],
        );
        share.assessment = hostile::share().assessment;
        share.assessment.findings.truncate(1);
        share.assessment.groups.clear();
        share.assessment.findings[0].document = crate::inventory::DocId(0);
        share.assessment.findings[0].related.clear();
        let share = share.named();
        let bytes = written(&share.report());
        let mail = parsed(&bytes);
        assert!(mail.bcc().is_none());
        assert!(mail.subject().unwrap().starts_with("x\\r\\nBcc"), "{:?}", mail.subject());
        let html = mail.body_html(0).unwrap();
        assert!(!html.contains("<b>") && html.contains("&lt;b&gt;"), "{html}");
    }
}
