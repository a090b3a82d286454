//! Commands for GitHub Actions that put findings beside the lines of a change.
//!
//! GitHub shows ten errors and ten warnings of a step. The gravest are told, and a notice says how
//! many there are in all; the table for the summary of the job is `--format markdown`.

use std::io::{self, Write};

use crate::rot::Severity;

use super::figures::Figures;
use super::{Report, Writer, escape, location, rows, words};

pub(super) const WRITER: Writer = Writer::text("github", "github", write);

/// Annotations of one severity that GitHub shows of a step.
const SHOWN: usize = 10;
/// Characters of a message; GitHub cuts at 4 KiB.
const MESSAGE_CHARS: usize = 1_000;

fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let out = &mut io::BufWriter::new(out);
    let errors = annotations(report, Severity::Error, out)?;
    let warnings = annotations(report, Severity::Warning, out)?;
    let notes = report.assessment.findings.iter().filter(|it| it.severity == Severity::Note);
    let figures = Figures::of(report);
    let message = format!(
        "{}: {} {} read of {} seen. {}, {} and {} in all; at most {SHOWN} errors and {SHOWN} \
         warnings are shown here.",
        rows::subject(report),
        rows::verdict(report, figures.to_decide),
        words::counted(figures.readable, "document"),
        words::counted(figures.seen, "file"),
        words::counted(errors, "error"),
        words::counted(warnings, "warning"),
        words::counted(notes.count() as u64, "note"),
    );
    let part = report.narrowed.map_or_else(String::new, |it| format!(" {it}"));
    let message = message + &part;
    let caveats = report.summary.caveats.iter().map(|it| format!(" {}", words::caveat(it)));
    let message = message + &caveats.collect::<String>();
    writeln!(out, "::notice title=docrot::{}", data(&message))?;
    out.flush()
}

/// Tells the first findings of a severity; gives how many there are.
fn annotations(report: &Report, severity: Severity, out: &mut dyn Write) -> io::Result<u64> {
    let findings = rows::open(report).map(|it| it.1).filter(|it| it.severity == severity);
    for finding in findings.clone().take(SHOWN) {
        let line = location::line(finding).map_or_else(String::new, |it| format!(",line={it}"));
        let why = rows::why(report, finding);
        let message = format!("{} {}", finding.rule.summary, rows::cut(&why, MESSAGE_CHARS));
        writeln!(
            out,
            "::{} file={}{line},title={}::{}",
            severity.name(),
            property(&location::path(report, finding.document)),
            property(finding.rule.id),
            data(&message)
        )?;
    }
    Ok(findings.count() as u64)
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A message. Nothing in it ends the line, so that nothing from the tree is a command.
fn data(text: &str) -> String {
    escape::visible(text).replace('%', "%25")
}

#[cfg(test)]
mod tests {
    use snapbox::{IntoData as _, assert_data_eq, str};

    use super::*;
    use crate::report::{hostile, sample};

    fn written(share: &sample::Share) -> String {
        let mut out = Vec::new();
        (WRITER.write)(&share.report(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn an_annotation_a_finding_and_one_line_for_all() {
        assert_data_eq!(written(&sample::share()), str![[r#"
::error file=HR/Travel v3.docx,title=withdrawn::The document says at its top that it is no longer valid. banner "This policy was withdrawn on 7 March 2024." (page 1)
::warning file=Finance/old/Mileage.pdf,title=near-duplicate::Its text differs a little from a document that stays. similarity 87 %25 (3-word shingles)
::warning file=HR/Mileage (copy).pdf,title=near-duplicate::Its text differs a little from a document that stays. similarity 92 %25 (3-word shingles)
::warning file=IT/Passwords.docx,line=3,title=review-overdue::The document's own review date has passed. review date 2026-04-01 (front matter last_reviewed_on, line 3)
::warning file=Leer.txt,title=empty::There is nothing in it. 0 bytes
::notice title=docrot::policies: 5 documents need a decision. 8 documents read of 11 files seen. 1 error, 4 warnings and 1 note in all; at most 10 errors and 10 warnings are shown here.

"#]].raw());
    }

    #[test]
    fn no_more_than_github_shows() {
        let lines = written(&sample::many());
        let count = |start| lines.lines().filter(|it| it.starts_with(start)).count();
        assert_eq!((count("::warning "), count("::error "), count("::notice ")), (10, 0, 1));
        assert!(lines.contains("1,256"), "{lines}");
    }

    /// As the runner reads it (`ActionCommand.TryParseV2`).
    fn parse(line: &str) -> (String, Vec<(String, String)>) {
        let (head, _) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
        let (command, properties) = head.split_once(' ').unwrap();
        let unescape = |it: &str| {
            it.replace("%3A", ":").replace("%2C", ",").replace("%0A", "\n").replace("%25", "%")
        };
        let pairs = properties.split(',').map(|it| it.split_once('=').unwrap());
        (command.to_owned(), pairs.map(|it| (it.0.to_owned(), unescape(it.1))).collect())
    }

    #[test]
    fn no_name_is_a_command_or_a_property() {
        let mut share = hostile::share();
        share.assessment.findings.retain(|it| it.rule.id == "withdrawn");
        share.assessment.findings.sort_by_key(|it| {
            !share.inventory[it.document].file.path.to_string_lossy().contains("::error::")
        });
        let lines = written(&share);
        let (command, properties) = parse(lines.lines().next().unwrap());
        assert_eq!(command, "error");
        let names: Vec<_> = properties.iter().map(|it| it.0.as_str()).collect();
        assert_eq!(names, ["file", "title"]);
        assert_eq!(properties[0].1, "%0A::error::x,y:z.docx");
        for line in lines.lines() {
            parse(line);
        }
    }
}
