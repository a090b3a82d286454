//! A validation as a page that needs nothing else: the verdict, the checks, polluted queries, and
//! what to do.

use std::io::{self, Write};

use crate::report::{escape, words};
use crate::validate::{Check, Verdict};

use super::{Validation, allowed, measure};

/// Queries and clean-ups on the page; all are in the JSON.
const MOST: usize = 200;

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}\
table{border-collapse:collapse;width:100%}\
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #8884;vertical-align:top}\
.ok{color:#2a7d2a}.warn{color:#9a6700}.fail{color:#b3261e;font-weight:bold}\
.cell{display:inline-block;min-width:1.4rem;text-align:center;border:1px solid #8886;margin:1px}\
small{opacity:.8}code{overflow-wrap:anywhere}\
@media (prefers-color-scheme:dark){.ok{color:#7bc87b}.warn{color:#e0b050}.fail{color:#ff8a80}}";

/// Writes it as a page. No script, nothing loaded from elsewhere.
pub fn validation_html(validation: &Validation<'_>, out: &mut dyn Write) -> io::Result<()> {
    let roots: Vec<_> = validation.roots.iter().map(|it| escaped(&escape::path(it))).collect();
    writeln!(
        out,
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'unsafe-inline'\">\n<title>Validation of an index</title>\n\
         <style>{STYLE}</style>\n<h1>{}</h1>\n<p><code>{}</code> against <code>{}</code>, {} UTC",
        escaped(&validation.sentence()),
        escaped(&escape::visible(validation.index)),
        roots.join("</code> and <code>"),
        validation.on.format("%Y-%m-%d %H:%M")
    )?;
    writeln!(out, "<h2>Checks</h2>\n<table><tr><th>Verdict<th>Check<th>Measured<th>Allowed")?;
    validation.checks.iter().try_for_each(|check| row(check, out))?;
    writeln!(out, "</table>")?;
    for check in validation.checks.iter().filter(|it| it.verdict != Verdict::Ok) {
        examples(check, out)?;
    }
    quality(validation, out)?;
    queries(validation, out)?;
    clean_ups(validation, out)?;
    writeln!(out, "<p><small>docrot {}</small></html>", escaped(validation.version))
}

fn row(check: &Check, out: &mut dyn Write) -> io::Result<()> {
    let verdict = check.verdict.name();
    let note = check.note.as_ref().map_or_else(String::new, |note| {
        format!("<br><small>{}</small>", escaped(&escape::visible(note)))
    });
    writeln!(
        out,
        "<tr><td class=\"{verdict}\">{verdict}<td>{}<br><small>{}</small><td>{}{note}<td>{}",
        check.name,
        escaped(check.what),
        escaped(&measure(check)),
        escaped(&allowed(check))
    )
}

fn examples(check: &Check, out: &mut dyn Write) -> io::Result<()> {
    if check.examples.is_empty() {
        return Ok(());
    }
    writeln!(out, "<h3>{}: {}</h3>\n<table>", check.name, escaped(check.what))?;
    for example in &check.examples {
        let path = escaped(&escape::path(&example.path));
        let words = escaped(&escape::visible(&example.words));
        writeln!(out, "<tr><td><code>{path}</code><td>{words}")?;
    }
    writeln!(out, "</table>")
}

fn quality(validation: &Validation<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Some(quality) = &validation.quality else { return Ok(()) };
    writeln!(
        out,
        "<h2>By what people judged</h2>\n<table><tr><th><th>As shown<th>Copies of one above gain \
         nothing\n<tr><td>nDCG@10<td>{:.3}<td>{:.3}\n<tr><td>MRR<td>{:.3}<td>{:.3}\n</table>\n\
         <p><small>{} queries</small>",
        quality.ndcg,
        quality.ndcg_novel,
        quality.mrr,
        quality.mrr_novel,
        words::number(quality.queries)
    )
}

fn queries(validation: &Validation<'_>, out: &mut dyn Write) -> io::Result<()> {
    let polluted: Vec<_> = validation.queries.iter().filter(|it| 0 < it.waste()).collect();
    if polluted.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "<h2>Polluted queries</h2>\n<p>One letter for each document and its copies, in the order of \
         the results; † is stale.\n<table><tr><th>Asked<th>Query<th>First ten"
    )?;
    for outcome in polluted.iter().take(MOST) {
        let query = escaped(&escape::visible(&outcome.query.text));
        write!(out, "<tr><td>{}<td>{query}<td>", words::number(outcome.query.count))?;
        for shown in &outcome.results {
            let letter = char::from(b'A' + u8::try_from(shown.family).unwrap_or(25).min(25));
            let mark = if shown.is_misleading() { "†" } else { "" };
            let path = escaped(&escape::path(&shown.path));
            let stale = shown.stale.as_deref().map_or_else(String::new, |it| format!(", {it}"));
            let stale = escaped(&escape::visible(&stale));
            write!(out, "<span class=\"cell\" title=\"{path}{stale}\">{letter}{mark}</span>")?;
        }
        writeln!(out)?;
    }
    writeln!(out, "</table>")
}

fn clean_ups(validation: &Validation<'_>, out: &mut dyn Write) -> io::Result<()> {
    if validation.clean_ups.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "<h2>What frees most places</h2>\n<p>Places among the first ten, by how often the queries \
         are asked.\n<table><tr><th>Places<th>Queries<th>Document<th>What to do"
    )?;
    for deed in validation.clean_ups.iter().take(MOST) {
        writeln!(
            out,
            "<tr><td>{}<td>{}<td><code>{}</code><td>{}",
            words::number(deed.places),
            words::number(deed.queries),
            escaped(&escape::path(&deed.path)),
            escaped(&escape::visible(&deed.what))
        )?;
    }
    writeln!(out, "</table>")
}

/// Text that no browser takes for markup.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::sample::sample;
    use super::*;

    #[test]
    fn the_page_tells_all_and_no_name_is_markup() {
        let mut out = Vec::new();
        validation_html(&sample().validation(), &mut out).unwrap();
        let page = String::from_utf8(out).unwrap();
        assert!(page.contains("<h1>1 of 3 checks fail: ghosts</h1>"), "{page}");
        assert!(page.contains("travel &lt;b&gt;") && !page.contains("<b>"), "{page}");
        assert!(page.contains("HR/\\x1b[2J0.docx") && !page.contains('\u{1b}'));
        assert!(page.contains("title=\"old/a.md, withdrawn: banner\">A†</span>"));
        assert!(!page.contains("<script") && !page.contains("http://"));
    }
}
