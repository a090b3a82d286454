//! JUnit XML, for build servers that show tests: a suite for each rule, a case for each finding.
//!
//! Errors and warnings fail; notes, what was decided and files that were not read are skipped, so
//! that a build server counts what needs a decision. A report without any finding has one case that passes.

use std::io::{self, Write};

use crate::inventory::Status;

use super::rows::{self, Section};
use super::{Report, Writer, escape, location, words};

pub(super) const WRITER: Writer = Writer::text("junit", "xml", write);

/// Characters of an attribute; all of the evidence is in the text of the failure.
const ATTRIBUTE_CHARS: usize = 500;

fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let out = &mut io::BufWriter::new(out);
    let sections = rows::sections(report);
    let unread: Vec<_> = report
        .inventory
        .iter()
        .filter_map(|(document, record)| match &record.status {
            Status::NotRead(failure) => Some((document, failure)),
            _ => None,
        })
        .collect();
    let caveats = &report.summary.caveats;
    let findings = report.assessment.findings.len();
    let failures = rows::open(report).count();
    let clean = usize::from(sections.is_empty() && unread.is_empty());
    let tests = findings + unread.len() + caveats.len() + clean;
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    let time = report.summary.duration.as_secs_f64();
    writeln!(
        out,
        "<testsuites name=\"docrot {}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" \
         time=\"{time:.3}\">",
        xml(&rows::subject(report))
    )?;
    for section in &sections {
        suite(report, section, out)?;
    }
    if !unread.is_empty() {
        let count = unread.len();
        open(report, "not-read", count, 0, count, out)?;
        for (document, failure) in unread {
            case(&location::path(report, document), "not-read", &failure.reason, out)?;
            skipped(&failure.detail, out)?;
            writeln!(out, "    </testcase>")?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    if !caveats.is_empty() {
        not_looked_for(report, caveats, out)?;
    }
    if clean == 1 {
        open(report, "docrot", 1, 0, 0, out)?;
        let name = "No rule holds for any document";
        writeln!(out, "    <testcase name=\"{name}\" classname=\"docrot\" time=\"0\"/>")?;
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")?;
    out.flush()
}

fn suite(report: &Report, section: &Section, out: &mut dyn Write) -> io::Result<()> {
    let count = section.findings.len();
    let is_open = |position| report.is_open(position);
    let failed = section.findings.iter().filter(|it| is_open(it.0)).count();
    let name = format!("{}: {}", section.severity.name(), section.rule.id);
    open(report, &name, count, failed, count - failed, out)?;
    for (position, finding) in &section.findings {
        let why = rows::why(report, finding);
        case(
            &location::path(report, finding.document),
            section.rule.id,
            &report.ids[*position],
            out,
        )?;
        if !is_open(*position) {
            let decided = rows::decision(report, *position);
            let decided = decided.map_or_else(String::new, |it| format!("{}: ", it.what.name()));
            skipped(&format!("{decided}{why}"), out)?;
        } else {
            let message = rows::cut(&why, ATTRIBUTE_CHARS);
            writeln!(
                out,
                "      <failure message=\"{}\" type=\"{}\">{}</failure>",
                xml(&message),
                section.rule.id,
                xml(&details(report, finding, &why))
            )?;
        }
        writeln!(out, "    </testcase>")?;
    }
    writeln!(out, "  </testsuite>")
}

fn not_looked_for(report: &Report, caveats: &[String], out: &mut dyn Write) -> io::Result<()> {
    open(report, "not-looked-for", caveats.len(), 0, caveats.len(), out)?;
    for (caveat, number) in caveats.iter().zip(1..) {
        let name = format!("What this report does not tell ({number})");
        writeln!(out, "    <testcase name=\"{name}\" classname=\"docrot\" time=\"0\">")?;
        skipped(&words::caveat(caveat), out)?;
        writeln!(out, "    </testcase>")?;
    }
    writeln!(out, "  </testsuite>")
}

fn details(report: &Report, finding: &crate::rot::Finding, why: &str) -> String {
    let mut details = vec![finding.rule.summary.to_owned(), why.to_owned()];
    let related = finding.related.iter().take(20);
    details.extend(related.map(|it| format!("see {}", words::document(report, *it))));
    let owner = rows::owner(report, finding);
    details.extend((!owner.is_empty()).then(|| format!("owner {owner}")));
    details.push(format!("confidence {}", finding.confidence.name()));
    details.join("\n")
}

fn open(
    report: &Report,
    name: &str,
    tests: usize,
    failures: usize,
    skipped: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let started = report.summary.started.format("%Y-%m-%dT%H:%M:%S+00:00");
    writeln!(
        out,
        "  <testsuite name=\"{}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" \
         skipped=\"{skipped}\" time=\"0\" timestamp=\"{started}\">",
        xml(name)
    )
}

fn case(path: &str, class: &str, id: &str, out: &mut dyn Write) -> io::Result<()> {
    // Servers tell cases apart by class and name; two findings of a rule may be of one document.
    writeln!(
        out,
        "    <testcase name=\"{} ({})\" classname=\"docrot.{}\" file=\"{}\" time=\"0\">",
        xml(path),
        xml(id),
        xml(class),
        xml(path)
    )
}

fn skipped(why: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "      <skipped message=\"{}\"/>", xml(&rows::cut(why, ATTRIBUTE_CHARS)))
}

/// Text for an element or an attribute, without a character that XML 1.0 does not allow.
fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in escape::visible(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => out += &format!("\\u{{{:x}}}", u32::from(c)),
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

    /// As the library of another test runner reads it.
    fn read(share: &sample::Share) -> quick_junit::Report {
        quick_junit::Report::deserialize_from_str(&written(share)).unwrap()
    }

    #[test]
    fn a_suite_a_rule_and_a_case_a_finding() {
        assert_data_eq!(written(&sample::share()), str![[r#"
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="docrot policies" tests="8" failures="5" errors="0" time="2.140">
  <testsuite name="error: withdrawn" tests="1" failures="1" errors="0" skipped="0" time="0" timestamp="2026-06-01T08:00:00+00:00">
    <testcase name="HR/Travel v3.docx (31dad728a9873e76)" classname="docrot.withdrawn" file="HR/Travel v3.docx" time="0">
      <failure message="banner &quot;This policy was withdrawn on 7 March 2024.&quot; (page 1)" type="withdrawn">The document says at its top that it is no longer valid.\nbanner &quot;This policy was withdrawn on 7 March 2024.&quot; (page 1)\nowner Rosa Ortiz\nconfidence likely</failure>
    </testcase>
  </testsuite>
  <testsuite name="warning: near-duplicate" tests="2" failures="2" errors="0" skipped="0" time="0" timestamp="2026-06-01T08:00:00+00:00">
    <testcase name="Finance/old/Mileage.pdf (fab49bc8fa8bbcf3)" classname="docrot.near-duplicate" file="Finance/old/Mileage.pdf" time="0">
      <failure message="similarity 87 % (3-word shingles)" type="near-duplicate">Its text differs a little from a document that stays.\nsimilarity 87 % (3-word shingles)\nsee Finance/Mileage.pdf\nconfidence likely</failure>
    </testcase>
    <testcase name="HR/Mileage (copy).pdf (f35cf484bed2f1db)" classname="docrot.near-duplicate" file="HR/Mileage (copy).pdf" time="0">
      <failure message="similarity 92 % (3-word shingles)" type="near-duplicate">Its text differs a little from a document that stays.\nsimilarity 92 % (3-word shingles)\nsee Finance/Mileage.pdf\nconfidence likely</failure>
    </testcase>
  </testsuite>
  <testsuite name="warning: review-overdue" tests="1" failures="1" errors="0" skipped="0" time="0" timestamp="2026-06-01T08:00:00+00:00">
    <testcase name="IT/Passwords.docx (8b50f8b675e91983)" classname="docrot.review-overdue" file="IT/Passwords.docx" time="0">
      <failure message="review date 2026-04-01 (front matter last_reviewed_on, line 3)" type="review-overdue">The document&apos;s own review date has passed.\nreview date 2026-04-01 (front matter last_reviewed_on, line 3)\nconfidence likely</failure>
    </testcase>
  </testsuite>
  <testsuite name="warning: empty" tests="1" failures="1" errors="0" skipped="0" time="0" timestamp="2026-06-01T08:00:00+00:00">
    <testcase name="Leer.txt (b5f113a909c1cab7)" classname="docrot.empty" file="Leer.txt" time="0">
      <failure message="0 bytes" type="empty">There is nothing in it.\n0 bytes\nconfidence certain</failure>
    </testcase>
  </testsuite>
  <testsuite name="note: unverified" tests="1" failures="0" errors="0" skipped="1" time="0" timestamp="2026-06-01T08:00:00+00:00">
    <testcase name="IT/Notes.docx (6d255ab9f89c90a4)" classname="docrot.unverified" file="IT/Notes.docx" time="0">
      <skipped message="last confirmed 1,461 days (file name)"/>
    </testcase>
  </testsuite>
  <testsuite name="not-read" tests="2" failures="0" errors="0" skipped="2" time="0" timestamp="2026-06-01T08:00:00+00:00">
    <testcase name="HR/Salaries.xlsx (encrypted)" classname="docrot.not-read" file="HR/Salaries.xlsx" time="0">
      <skipped message="encrypted"/>
    </testcase>
    <testcase name="Scan.pdf (damaged)" classname="docrot.not-read" file="Scan.pdf" time="0">
      <skipped message="damaged: no end of file"/>
    </testcase>
  </testsuite>
</testsuites>

"#]].raw());
    }

    #[test]
    fn another_program_counts_the_same() {
        let share = sample::share();
        let report = read(&share);
        assert_eq!((report.tests, report.failures), (8, 5));
        let cases: usize = report.test_suites.iter().map(|it| it.test_cases.len()).sum();
        assert_eq!(cases, 8);
        for suite in &report.test_suites {
            assert_eq!(suite.tests, suite.test_cases.len(), "{:?}", suite.name);
        }
    }

    #[test]
    fn nothing_found_is_a_test_that_passes() {
        let report = read(&sample::Share::default());
        assert_eq!((report.tests, report.failures), (1, 0));
    }

    #[test]
    fn hostile_names_are_words() {
        let share = hostile::share();
        let report = read(&share);
        assert_eq!(report.failures, share.assessment.findings.len());
        let names = report.test_suites.iter().flat_map(|it| &it.test_cases);
        let names: Vec<_> = names.map(|it| it.name.as_str().to_owned()).collect();
        assert!(names.iter().any(|it| it.starts_with("]]>&amp;.docx (")), "{names:?}");
    }
}
