//! A validation on the terminal: one line a check, with the worst examples.

use std::io::{self, Write};

use crate::report::layout::{self, Style};
use crate::report::{Options, escape, words};
use crate::validate::{Check, Gate, Quality, Verdict};

use super::{Validation, allowed, measure, strip};

/// Examples of a check, queries and clean-ups that are shown unless all are asked for.
const EXAMPLES: usize = 3;
const QUERIES: usize = 10;

/// Writes it for people.
pub fn validation_text(
    validation: &Validation<'_>,
    options: &Options<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let width = options.width.clamp(60, 1000);
    let roots: Vec<_> = validation.roots.iter().map(|it| escape::path(it)).collect();
    writeln!(out, "{}", layout::styled(&validation.sentence(), Style::Bold, options.color))?;
    writeln!(out, "{} against {}", escape::visible(validation.index), roots.join(" and "))?;
    for about in validation.about {
        for line in layout::wrap(&escape::visible(about), width) {
            writeln!(out, "{line}")?;
        }
    }
    writeln!(out)?;
    for check in validation.checks {
        write_check(check, width, options, out)?;
    }
    if let Some(quality) = &validation.quality {
        write_quality(quality, out)?;
    }
    write_queries(validation, width, options, out)?;
    write_clean_ups(validation, width, options, out)
}

fn write_check(
    check: &Check,
    width: usize,
    options: &Options<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (word, style) = match check.verdict {
        Verdict::Ok => ("ok", None),
        Verdict::Skipped => ("-", None),
        Verdict::Warn => ("warn", Some(Style::Yellow)),
        Verdict::Fail => ("FAIL", Some(Style::Red)),
    };
    let word = format!("{word:<4}");
    let word = style.map_or(word.clone(), |style| layout::styled(&word, style, options.color));
    let gate = allowed(check);
    let gate = if gate.is_empty() { gate } else { format!("; {gate}") };
    writeln!(out, "{word}  {:<13} {}: {}{gate}", check.name, check.what, measure(check))?;
    const INDENT: usize = 6;
    let mut line = |text: &str| {
        let lines = layout::wrap(text, width - INDENT);
        lines.iter().try_for_each(|it| writeln!(out, "{:INDENT$}{it}", ""))
    };
    if let Some(note) = &check.note {
        line(&escape::visible(note))?;
    }
    if check.verdict == Verdict::Ok {
        return Ok(());
    }
    let shown = if options.all { usize::MAX } else { EXAMPLES };
    for example in check.examples.iter().take(shown) {
        let path = escape::path(&example.path);
        line(&format!(
            "{}  {}",
            layout::shorten(&path, width / 2),
            escape::visible(&example.words)
        ))?;
    }
    // Of what had to be found, examples are what was not.
    let bad = match check.gate {
        Gate::AtLeast(_) => check.of - check.count,
        _ => check.count,
    };
    let shown = check.examples.len().min(shown) as u64;
    if 0 < shown && shown < bad {
        line(&format!("and {} more", words::number(bad - shown)))?;
    }
    Ok(())
}

fn write_quality(quality: &Quality, out: &mut dyn Write) -> io::Result<()> {
    let Quality { queries, ndcg, ndcg_novel, mrr, mrr_novel } = quality;
    writeln!(out)?;
    writeln!(
        out,
        "By what people judged, {}:",
        words::counted(*queries, "query").replace("querys", "queries")
    )?;
    writeln!(
        out,
        "      nDCG@10 {ndcg:.3}; {ndcg_novel:.3} where a copy of one above gains nothing"
    )?;
    writeln!(out, "      MRR     {mrr:.3}; {mrr_novel:.3} where such copies are left out")
}

fn write_queries(
    validation: &Validation<'_>,
    width: usize,
    options: &Options<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let polluted: Vec<_> = validation.queries.iter().filter(|it| 0 < it.waste()).collect();
    if polluted.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    writeln!(out, "Polluted queries, the worst first (one letter for each document; † is stale)")?;
    let shown = if options.all { usize::MAX } else { QUERIES };
    for outcome in polluted.iter().take(shown) {
        let query = layout::cut(&escape::visible(&outcome.query.text), width / 2);
        let times = words::number(outcome.query.count);
        writeln!(out, "{times:>6}  {query:<24}  {}", strip(outcome))?;
    }
    if shown < polluted.len() {
        writeln!(
            out,
            "        and {} more: --all",
            words::number((polluted.len() - shown) as u64)
        )?;
    }
    Ok(())
}

fn write_clean_ups(
    validation: &Validation<'_>,
    width: usize,
    options: &Options<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    if validation.clean_ups.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    writeln!(
        out,
        "What would free most places among the first ten, by how often queries are asked"
    )?;
    let shown = if options.all { usize::MAX } else { QUERIES };
    for deed in validation.clean_ups.iter().take(shown) {
        let path = layout::shorten(&escape::path(&deed.path), width / 2);
        let what = escape::visible(&deed.what);
        let places = words::number(deed.places);
        for (at, line) in layout::wrap(&format!("{path}  {what}"), width - 8).iter().enumerate() {
            let places = if at == 0 { places.as_str() } else { "" };
            writeln!(out, "{places:>6}  {line}")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use snapbox::{assert_data_eq, str};

    use super::super::sample::sample;
    use super::*;

    #[test]
    fn each_check_is_a_line_with_its_worst_examples() {
        let mut out = Vec::new();
        validation_text(&sample().validation(), &Options::default(), &mut out).unwrap();
        assert_data_eq!(
            String::from_utf8(out).unwrap(),
            str![[r#"
1 of 3 checks fail: ghosts
/var/lib/docrot/policies against /srv/policies

warn  missing       in the index, not in the tree: 2 of 1,204 (0.2 %); at most 1 %
      HR//x1b[2J0.docx  is no longer there
      HR//x1b[2J1.docx  is no longer there
FAIL  ghosts        in the index, not in the tree: 12 of 1,204 (1.0 %); none allowed
      HR//x1b[2J0.docx  is no longer there
      HR//x1b[2J1.docx  is no longer there
      HR//x1b[2J2.docx  is no longer there
      and 9 more
ok    text          in the index, not in the tree: 0 of 400 (0 %), of all 0 % to under 1 %; none allowed
-     findability   in the index, not in the tree: not looked at; at least 98 %
      the index is broken

Polluted queries, the worst first (one letter for each document; † is stale)
    40  travel <b>                A A† B

What would free most places among the first ten, by how often queries are asked
    40  a.md  leave one of its copies in the index

"#]]
        );
    }
}
