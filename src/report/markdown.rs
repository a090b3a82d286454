//! Markdown (GitHub's) for an issue, a wiki page, or the summary of a job: the verdict, the
//! figures, and a table for each rule.
//!
//! Nothing from the tree is markup: what could be is written as a character reference, and no name
//! mentions a person or links to an issue. A rule shows `options.shown` findings unless all are
//! asked for, and says how many there are.

use std::io::{self, Write};

use crate::rot::Finding;

use super::figures::Figures;
use super::rows::{self, Row};
use super::{Report, Writer, asks, escape, words};

pub(super) const WRITER: Writer = Writer::text("markdown", "md", write);

/// Characters of a cell; all of the evidence is in the other reports.
const CELL_CHARS: usize = 300;
/// Related documents that are named.
const NAMED: usize = 3;

fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let out = &mut io::BufWriter::new(out);
    let figures = Figures::of(report);
    writeln!(out, "# {}: documents to decide on\n", text(&rows::subject(report)))?;
    let (read, seen) =
        (words::counted(figures.readable, "document"), words::counted(figures.seen, "file"));
    writeln!(
        out,
        "**{}** {read} read of {seen} seen, as of {}.\n",
        rows::verdict(report, figures.to_decide),
        report.as_of
    )?;
    if report.summary.interrupted {
        writeln!(out, "The scan was interrupted: this tells only of what it had seen.\n")?;
    }
    for caveat in &report.summary.caveats {
        writeln!(out, "{}\n", text(&words::caveat(caveat)))?;
    }
    if let Some(narrowed) = report.narrowed {
        writeln!(out, "{}\n", text(narrowed))?;
    }
    if let Some(change) = words::change(report, &figures) {
        writeln!(out, "{change}.\n")?;
    }
    measures(report, &figures, out)?;
    for section in rows::sections(report) {
        let count = words::number(section.findings.len() as u64);
        writeln!(out, "## {}: {} ({count})\n", section.severity.name(), section.rule.id)?;
        writeln!(out, "{}\n", text(section.rule.summary))?;
        writeln!(out, "| Document | Why | Owner | Related |\n| --- | --- | --- | --- |")?;
        let shown = if report.options.all { usize::MAX } else { report.options.shown };
        for (_, finding) in section.findings.iter().take(shown) {
            line(report, finding, out)?;
        }
        let hidden = section.findings.len().saturating_sub(shown);
        if 0 < hidden {
            writeln!(out, "\nAnd {} more.", words::number(hidden as u64))?;
        }
        writeln!(out)?;
    }
    account(report, out)?;
    out.flush()
}

fn measures(report: &Report, figures: &Figures, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "| | Documents | Of | Share |\n| --- | ---: | ---: | ---: |")?;
    let mut line = |name: &str, part: u64, whole: u64| {
        let share = words::percentage(part, whole);
        writeln!(out, "| {name} | {} | {} | {share} |", words::number(part), words::number(whole))
    };
    line("Redundant", figures.redundant, figures.readable)?;
    line("Obsolete", figures.obsolete, figures.readable)?;
    line("Trivial", figures.trivial, figures.seen)?;
    if let Some(undated) = report.undated {
        line("Cannot say: no date to be trusted", undated, figures.readable)?;
    }
    let minutes = rows::minutes(report);
    if 0 < minutes {
        writeln!(out, "\nDeciding takes about {}, by estimate.", asks::duration(minutes))?;
    }
    writeln!(out)
}

fn line(report: &Report, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let row = Row::of(report, finding);
    let mut related: Vec<_> = row.related.iter().take(NAMED).map(|it| code(it)).collect();
    if NAMED < row.related.len() {
        let more = (row.related.len() - NAMED) as u64;
        related.push(format!("{} more", words::number(more)));
    }
    writeln!(
        out,
        "| {} | {} | {} | {} |",
        code(&row.document),
        text(&rows::cut(&row.why, CELL_CHARS)),
        text(&rows::cut(&row.owner, CELL_CHARS)),
        related.join("<br>")
    )
}

fn account(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let ledger = report.ledger;
    let [seen, read, partly_read, not_read, not_documents] =
        [ledger.seen, ledger.read, ledger.partly_read, ledger.not_read, ledger.not_documents]
            .map(words::number);
    writeln!(
        out,
        "Files seen {seen} = read {read} + partly read {partly_read} + not read {not_read} + not \
         documents {not_documents}. Old is not wrong: age alone is never a finding.\n\n\
         Made by docrot {}. An error misleads its readers now, a warning needs a decision, a note \
         is good to know.",
        text(report.version)
    )
}

/// A path, in the letters of code, where nobody is mentioned.
fn code(path: &str) -> String {
    format!("<code>{}</code>", text(&rows::cut(path, CELL_CHARS)))
}

/// Words of which no character is markup.
fn text(words: &str) -> String {
    let mut out = String::with_capacity(words.len() + 16);
    for c in escape::visible(words).chars() {
        match c {
            // A comment keeps an `@` apart from the name that it would mention, and a `#` from the
            // number that it would link to; `://` and `www.` from becoming links.
            '@' | '#' => {
                out += &format!("&#{};<!-- -->", u32::from(c));
            }
            ':' | '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '|' | '~' | '$'
            | '!' | '&' => out += &format!("&#{};", u32::from(c)),
            c => out.push(c),
        }
    }
    out
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
    fn a_page_for_people() {
        assert_data_eq!(written(&sample::share()), str![[r##"
# policies: documents to decide on

**5 documents need a decision.** 8 documents read of 11 files seen, as of 2026-06-01.

| | Documents | Of | Share |
| --- | ---: | ---: | ---: |
| Redundant | 2 | 8 | 25 % |
| Obsolete | 2 | 8 | 25 % |
| Trivial | 1 | 11 | 9.1 % |
| Cannot say: no date to be trusted | 3 | 8 | 38 % |

Deciding takes about 31 minutes, by estimate.

## error: withdrawn (1)

The document says at its top that it is no longer valid.

| Document | Why | Owner | Related |
| --- | --- | --- | --- |
| <code>HR/Travel v3.docx</code> | banner "This policy was withdrawn on 7 March 2024." (page 1) | Rosa Ortiz |  |

## warning: near-duplicate (2)

Its text differs a little from a document that stays.

| Document | Why | Owner | Related |
| --- | --- | --- | --- |
| <code>Finance/old/Mileage.pdf</code> | similarity 87 % (3-word shingles) |  | <code>Finance/Mileage.pdf</code> |
| <code>HR/Mileage (copy).pdf</code> | similarity 92 % (3-word shingles) |  | <code>Finance/Mileage.pdf</code> |

## warning: review-overdue (1)

The document's own review date has passed.

| Document | Why | Owner | Related |
| --- | --- | --- | --- |
| <code>IT/Passwords.docx</code> | review date 2026-04-01 (front matter last&#95;reviewed&#95;on, line 3) |  |  |

## warning: empty (1)

There is nothing in it.

| Document | Why | Owner | Related |
| --- | --- | --- | --- |
| <code>Leer.txt</code> | 0 bytes |  |  |

## note: unverified (1)

Nobody has confirmed it for longer than the policy allows.

| Document | Why | Owner | Related |
| --- | --- | --- | --- |
| <code>IT/Notes.docx</code> | last confirmed 1,461 days (file name) |  |  |

Files seen 11 = read 7 + partly read 1 + not read 2 + not documents 1. Old is not wrong: age alone is never a finding.

Made by docrot 0.1.0. An error misleads its readers now, a warning needs a decision, a note is good to know.

"##]].raw());
    }

    #[test]
    fn long_lists_are_cut_and_say_so() {
        let mut share = sample::many();
        let page = written(&share);
        assert!(page.contains("\nAnd 1,204 more.\n"), "{page}");
        assert!(page.len() < 10_000, "{}", page.len());
        share.assessment.findings.truncate(5);
        assert!(!written(&share).contains("more."));
    }

    #[test]
    fn nothing_from_the_tree_is_markup() {
        let page = written(&hostile::share());
        // What writes tables itself: every other character of markup is a reference.
        let cells: Vec<_> = page.lines().filter(|it| it.starts_with("| <code>")).collect();
        assert!(20 <= cells.len(), "{page}");
        for row in cells {
            assert_eq!(row.matches('|').count(), 5, "{row}");
            let mut inside = row.replace("<code>", "").replace("</code>", "").replace("<br>", "");
            inside = inside.replace("<!-- -->", "").replace('|', "");
            let markup = inside.find(['<', '>', '`', '*', '[', ']', '\\', '@', '_', '~', '!']);
            assert_eq!(markup, None, "{row}");
        }
    }
}
