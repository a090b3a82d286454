//! A report for a terminal, or any place for plain text: the verdict, the figures, the findings by
//! rule, and the account of every file.
//!
//! Words carry everything; color only repeats it. Lines keep to the width, except commands, which
//! are there to be copied. The same report gives the same bytes.

mod exhibits;
mod files;
mod findings;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use crate::rot::Category;

use super::figures::Figures;
use super::layout::{self, Style};
use super::{Report, Writer, escape, words};

pub(super) const WRITER: Writer = Writer::text("terminal", "txt", write);

fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut out = io::BufWriter::new(out);
    let mut page = Page::new(report, &mut out);
    head(&mut page)?;
    findings::write(&mut page)?;
    exhibits::boilerplate(&mut page)?;
    precision(&mut page)?;
    files::write(&mut page)?;
    next(&mut page)?;
    page.out.flush()
}

/// Where the lines go, and how wide they may be.
pub(super) struct Page<'a> {
    pub(super) report: &'a Report<'a>,
    out: &'a mut dyn Write,
    pub(super) width: usize,
}

impl<'a> Page<'a> {
    pub(super) fn new(report: &'a Report<'a>, out: &'a mut dyn Write) -> Self {
        Self { report, out, width: report.options.width.clamp(40, 1000) }
    }

    pub(super) fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    /// A line as it is, whatever its width.
    pub(super) fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")
    }

    /// Wrapped text, `indent` columns from the left.
    pub(super) fn text(&mut self, indent: usize, text: &str) -> io::Result<()> {
        self.at_most(usize::MAX, indent, text)
    }

    /// Wrapped text of at most `max` lines.
    pub(super) fn at_most(&mut self, max: usize, indent: usize, text: &str) -> io::Result<()> {
        for line in layout::wrap_at_most(text, self.width - indent, max) {
            writeln!(self.out, "{:indent$}{line}", "")?;
        }
        Ok(())
    }

    /// A label, and wrapped text in a column of its own to the right of it.
    pub(super) fn row(&mut self, label: &str, column: usize, text: &str) -> io::Result<()> {
        let room = column.saturating_sub(layout::width(label));
        for (position, line) in layout::wrap(text, self.width - column).iter().enumerate() {
            match position {
                0 => writeln!(self.out, "{label}{:room$}{line}", "")?,
                _ => writeln!(self.out, "{:column$}{line}", "")?,
            }
        }
        Ok(())
    }

    pub(super) fn styled(&self, text: &str, style: Style) -> String {
        layout::styled(text, style, self.report.options.color)
    }

    /// A command for this catalog.
    fn command(&self, words: &str) -> String {
        match self.report.options.arguments {
            "" => format!("docrot {words}"),
            arguments => format!("docrot {words} {}", escape::visible(arguments)),
        }
    }
}

fn head(page: &mut Page) -> io::Result<()> {
    let figures = Figures::of(page.report);
    let verdict = match figures.to_decide {
        0 if page.report.narrowed.is_some() => "Nothing shown here needs a decision.".to_owned(),
        0 => "No document needs a decision.".to_owned(),
        1 => "1 document needs a decision.".to_owned(),
        n => format!("{} need a decision.", words::counted(n, "document")),
    };
    let read = words::counted(figures.readable, "document");
    let seen = words::counted(figures.seen, "file");
    let verdict = page.styled(&verdict, Style::Bold);
    page.line(&format!("{verdict} {read} read of {seen} seen."))?;
    if let Some(narrowed) = page.report.narrowed {
        page.text(0, &escape::visible(narrowed))?;
    }
    if let Some(change) = words::change(page.report, &figures) {
        page.text(0, &format!("{change}."))?;
    }
    if page.report.summary.interrupted {
        page.text(0, "The scan was interrupted: this tells only of what it had seen.")?;
    }
    for caveat in &page.report.summary.caveats {
        page.text(0, &words::caveat(caveat))?;
    }
    let documents = |n| of(n, figures.readable, "document");
    let redundant = documents(figures.redundant) + &parts(&figures, Category::Redundant);
    page.row("Redundant", COLUMN, &redundant)?;
    let obsolete = documents(figures.obsolete) + &parts(&figures, Category::Obsolete);
    page.row("Obsolete", COLUMN, &obsolete)?;
    let trivial = of(figures.trivial, figures.seen, "file") + &parts(&figures, Category::Trivial);
    page.row("Trivial", COLUMN, &trivial)?;
    if let Some(undated) = page.report.undated {
        let undated = documents(undated) + ", without a date to be trusted";
        page.row("Cannot say", COLUMN, &undated)?;
    }
    let forms = page.report.assessment.same_form;
    if 0 < forms {
        let forms =
            documents(forms) + ", the same form as another but filled in differently: no copies";
        page.row("Forms", COLUMN, &forms)?;
    }
    not_told(page)?;
    if 0 < page.report.assessment.archived {
        let archived = documents(page.report.assessment.archived);
        page.row("Archived", COLUMN, &(archived + ", counted and not called obsolete"))?;
    }
    let space = format!("{} in copies beyond the one that stays", words::size(figures.reclaimable));
    page.row("Space", COLUMN, &space)?;
    page.blank()?;
    scope(page)
}

/// What was left out to bound the work.
fn not_told(page: &mut Page) -> io::Result<()> {
    let not_compared = page.report.assessment.not_compared;
    if 0 < not_compared {
        let pairs = words::counted(not_compared, "pair");
        let pairs = format!("up to {pairs} of documents, because too many look alike");
        page.row("Not told", COLUMN, &pairs)?;
    }
    let passages = page.report.assessment.passages_not_compared;
    if 0 < passages {
        let pairs = words::counted(passages, "pair");
        let pairs = format!("edited passages of {pairs} that may share one, to bound the work");
        page.row("Not told", COLUMN, &pairs)?;
    }
    let passages = page.report.assessment.passages_not_told;
    if 0 < passages {
        let passages = words::counted(passages, "passage");
        let passages = format!("{passages} that repeat the fewest words, to bound the report");
        page.row("Not told", COLUMN, &passages)?;
    }
    let copies = page.report.assessment.facts_not_compared;
    if 0 < copies {
        let copies = words::counted(copies, "near-duplicate");
        let copies = format!("facts of up to {copies}, to bound the work");
        page.row("Not told", COLUMN, &copies)?;
    }
    Ok(())
}

/// Where the second column of the head begins.
const COLUMN: usize = 12;

fn of(part: u64, whole: u64, noun: &str) -> String {
    let percentage = words::percentage(part, whole);
    format!("{} of {}, {percentage}", words::number(part), words::counted(whole, noun))
}

fn parts(figures: &Figures, category: Category) -> String {
    let Some(parts) = figures.parts.get(&category) else { return String::new() };
    let parts: Vec<String> =
        parts.iter().map(|(name, count)| format!("{name} {}", words::number(*count))).collect();
    format!(" ({})", parts.join(", "))
}

fn scope(page: &mut Page) -> io::Result<()> {
    let report = page.report;
    let as_of = format!("as of {}", report.as_of);
    match report.inventory.roots.as_slice() {
        [] => page.text(0, &as_of)?,
        [root] => page.text(0, &format!("{}, {as_of}", escape::path(root)))?,
        roots => {
            page.text(0, &format!("{}, {as_of}:", words::counted(roots.len() as u64, "folder")))?;
            roots.iter().try_for_each(|root| page.text(2, &escape::path(root)))?;
        }
    }
    let policy = report.policy_name.map_or("built-in policy".into(), escape::visible);
    let similar = words::share(report.policy.duplicates.group);
    page.text(
        0,
        &format!("docrot {}, {policy}: near-duplicates from {similar} similarity", report.version),
    )
}

/// How often the rules were right here, by the verdicts of reviewers.
fn precision(page: &mut Page) -> io::Result<()> {
    let rules = page.report.precision;
    if rules.is_empty() {
        return Ok(());
    }
    page.line("Precision here, with 95 % intervals, by the verdicts of reviewers:")?;
    for rule in rules {
        page.text(2, &words::precision(rule))?;
    }
    page.blank()
}

fn next(page: &mut Page) -> io::Result<()> {
    let report = page.report;
    let findings = &report.assessment.findings;
    if findings.is_empty() && report.inventory.is_empty() {
        return Ok(());
    }
    page.blank()?;
    page.line("Next:")?;
    let path = typical(report);
    let explain = format!("explain {}", path.as_deref().unwrap_or("PATH"));
    page.hint(&explain, "all that is known of one document")?;
    if let Some(subjects) = report.assessment.subjects.as_ref().filter(|it| !it.list.is_empty()) {
        let found = words::counted(subjects.list.len() as u64, "subject");
        page.hint("subjects", &format!("{found}, and how each is spread"))?;
    }
    if !findings.is_empty() {
        let all = format!("{}, one a row", words::counted(findings.len() as u64, "finding"));
        page.hint("report --format csv --output findings.csv", &all)?;
    }
    Ok(())
}

/// The shortest path with a finding of the highest severity, as a word for a shell.
///
/// A path is relative to its root where there is one root, and whole where there are several.
fn typical(report: &Report) -> Option<String> {
    let findings = &report.assessment.findings;
    let highest = findings.iter().map(|finding| finding.severity).max()?;
    let paths = findings.iter().filter(|it| it.severity == highest).filter_map(|finding| {
        let record = &report.inventory[finding.document];
        let path = match report.root_among_several(record) {
            Some(root) => root.join(&record.file.path),
            None => record.file.path.clone(),
        };
        escape::shell_word(path.to_str()?).map(|it| it.into_owned())
    });
    paths.min_by_key(String::len)
}

impl Page<'_> {
    /// A command to copy, and what it does.
    fn hint(&mut self, command: &str, does: &str) -> io::Result<()> {
        let command = self.command(command);
        if layout::width(&command) + layout::width(does) + 4 <= self.width {
            return self.line(&format!("  {command}  {does}"));
        }
        self.line(&format!("  {command}"))?;
        self.text(6, does)
    }
}
