//! A validation as a page that needs nothing else, in the style of the report: the verdict and what
//! is asked, the checks, their worst examples, polluted queries, and what to do. No script.

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

use crate::report::validation::{Validation, allowed, measure};
use crate::report::{escape, words};
use crate::validate::{Check, Quality, QueryOutcome, Shown, Verdict};

use super::page::STYLE;

/// Queries and clean-ups on the page; all are in the JSON.
const MOST: usize = 200;

/// What the report's own style lacks.
const MORE: &str = "\
.ok{color:var(--note)}.warn{color:var(--warning)}.fail{color:var(--error);font-weight:700}\
.skipped{color:var(--quiet)}.checks td:first-child{white-space:nowrap}\
.cell{display:inline-block;min-width:1.6rem;text-align:center;border:1px solid var(--line);margin:1px}\
.cell.again{background:var(--s2);color:var(--on)}.cell.stale{border-color:var(--error);border-width:2px}";

/// Writes it as a page. Nothing runs and nothing is loaded.
pub fn validation_html(validation: &Validation<'_>, out: &mut dyn Write) -> io::Result<()> {
    let style = format!("{STYLE}{MORE}");
    let hash = STANDARD.encode(Sha256::digest(&style));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'"
    );
    let sentence = validation.sentence();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (sentence) }
                style { (PreEscaped(style)) }
            }
            body {
                (header(validation, &sentence))
                main {
                    (checks(validation))
                    (examples(validation))
                    @if let Some(quality) = &validation.quality { (judged(quality)) }
                    (queries(validation))
                    (clean_ups(validation))
                }
                footer { p {
                    "Made by docrot " (validation.version)
                    ". Neither the index nor the audited folders were changed."
                } }
            }
        }
    };
    out.write_all(page.0.as_bytes())?;
    out.write_all(b"\n")
}

fn header(validation: &Validation<'_>, sentence: &str) -> Markup {
    let Validation { index, about, roots, on, .. } = validation;
    html! {
        header {
            p.where { "Validation of an index, " (on.format("%Y-%m-%d %H:%M")) " UTC" }
            h1 { (sentence) }
            dl.lines {
                div { dt { "Index" } dd {
                    bdi { code { (escape::visible(index)) } }
                    @for line in *about { br; bdi { (escape::visible(line)) } }
                } }
                div { dt { "Against" } dd {
                    @for (place, root) in roots.iter().enumerate() {
                        @if 0 < place { " and " }
                        bdi { code { (escape::path(root)) } }
                    }
                } }
            }
        }
    }
}

fn checks(validation: &Validation<'_>) -> Markup {
    html! {
        section id="checks" aria-labelledby="checks-title" {
            h2 id="checks-title" { "Checks" }
            div.scroll tabindex="0" role="group" aria-label="Every check" {
                table.checks {
                    thead { tr {
                        th scope="col" { "Verdict" } th scope="col" { "Check" }
                        th scope="col" { "Measured" } th scope="col" { "Allowed" }
                    } }
                    tbody { @for check in validation.checks { (row(check)) } }
                }
            }
        }
    }
}

fn row(check: &Check) -> Markup {
    let verdict = check.verdict.name();
    let is_told = check.verdict != Verdict::Ok && !check.examples.is_empty();
    html! {
        tr {
            td class=(verdict) { (verdict) }
            th scope="row" {
                @if is_told { a href={ "#" (check.name) } { (check.name) } } @else { (check.name) }
                br; small { (check.what) }
            }
            td {
                (measure(check))
                @if let Some(note) = &check.note { br; small { (escape::visible(note)) } }
            }
            td { (allowed(check)) }
        }
    }
}

/// The worst of every check that is not in order; open where it fails.
fn examples(validation: &Validation<'_>) -> Markup {
    let told = |check: &&Check| check.verdict != Verdict::Ok && !check.examples.is_empty();
    let told: Vec<_> = validation.checks.iter().filter(told).collect();
    html! {
        @if !told.is_empty() {
            section id="examples" aria-labelledby="examples-title" {
                h2 id="examples-title" { "What was found" }
                @for check in told {
                    article id=(check.name) {
                        h3 { (check.name) ": " (check.what) }
                        details open[check.verdict == Verdict::Fail || check.examples.len() <= 5] {
                            summary { (words::counted(check.examples.len() as u64, "example")) }
                            div.scroll tabindex="0" role="group" aria-label=(check.name) {
                                table { tbody { @for example in &check.examples { tr {
                                    td { bdi { code { (escape::path(&example.path)) } } }
                                    td { (escape::visible(&example.words)) }
                                } } } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn judged(quality: &Quality) -> Markup {
    let Quality { queries, ndcg, ndcg_novel, mrr, mrr_novel } = quality;
    html! {
        section id="quality" aria-labelledby="quality-title" {
            h2 id="quality-title" { "By what people judged" }
            table {
                thead { tr {
                    th scope="col" { "Measure" } th.n scope="col" { "As shown" }
                    th.n scope="col" { "Copies of one above gain nothing" }
                } }
                tbody {
                    tr { th scope="row" { "nDCG@10" } td.n { (format!("{ndcg:.3}")) } td.n { (format!("{ndcg_novel:.3}")) } }
                    tr { th scope="row" { "MRR" } td.n { (format!("{mrr:.3}")) } td.n { (format!("{mrr_novel:.3}")) } }
                }
            }
            p { small { (words::number(*queries)) " queries" } }
        }
    }
}

fn queries(validation: &Validation<'_>) -> Markup {
    let polluted: Vec<_> = validation.queries.iter().filter(|it| 0 < it.waste()).collect();
    html! {
        @if !polluted.is_empty() {
            section id="queries" aria-labelledby="queries-title" {
                h2 id="queries-title" { "Polluted queries" }
                p {
                    "One letter for each document and its copies, in the order of the results; † is \
                     stale. The worst stand first."
                }
                div.scroll tabindex="0" role="group" aria-label="Polluted queries" {
                    table {
                        thead { tr {
                            th.n scope="col" { "Asked" } th scope="col" { "Query" }
                            th scope="col" { "First ten" }
                        } }
                        tbody { @for outcome in polluted.iter().take(MOST) { tr {
                            td.n { (words::number(outcome.query.count)) }
                            td { bdi { (escape::visible(&outcome.query.text)) } }
                            td { (strip(outcome)) }
                        } } }
                    }
                }
            }
        }
    }
}

fn strip(outcome: &QueryOutcome) -> Markup {
    let is_again = |place: usize, shown: &Shown| {
        outcome.results[..place].iter().any(|it| it.family == shown.family)
    };
    html! {
        @for (place, shown) in outcome.results.iter().enumerate() {
            @let letter = char::from(b'A' + u8::try_from(shown.family).unwrap_or(25).min(25));
            @let stale = shown.is_misleading();
            @let class = match (stale, is_again(place, shown)) {
                (true, true) => "cell again stale",
                (true, false) => "cell stale",
                (false, true) => "cell again",
                (false, false) => "cell",
            };
            @let why = shown.stale.as_deref().map_or_else(String::new, |it| format!(", {it}"));
            span class=(class) title={ (escape::path(&shown.path)) (escape::visible(&why)) } {
                (letter) @if stale { "†" }
            }
        }
    }
}

fn clean_ups(validation: &Validation<'_>) -> Markup {
    html! {
        @if !validation.clean_ups.is_empty() {
            section id="clean-ups" aria-labelledby="clean-ups-title" {
                h2 id="clean-ups-title" { "What frees most places" }
                p { "Places among the first ten, by how often the queries are asked." }
                div.scroll tabindex="0" role="group" aria-label="What frees most places" {
                    table {
                        thead { tr {
                            th.n scope="col" { "Places" } th.n scope="col" { "Queries" }
                            th scope="col" { "Document" } th scope="col" { "What to do" }
                        } }
                        tbody { @for deed in validation.clean_ups.iter().take(MOST) { tr {
                            td.n { (words::number(deed.places)) }
                            td.n { (words::number(deed.queries)) }
                            td { bdi { code { (escape::path(&deed.path)) } } }
                            td { (escape::visible(&deed.what)) }
                        } } }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::validation::sample::sample;

    #[test]
    fn the_page_tells_all_and_no_name_is_markup() {
        let mut out = Vec::new();
        validation_html(&sample().validation(), &mut out).unwrap();
        let page = String::from_utf8(out).unwrap();
        assert!(page.contains("<h1>1 of 3 checks fail: ghosts</h1>"), "{page}");
        assert!(page.contains("travel &lt;b&gt;") && !page.contains("<b>"), "{page}");
        assert!(page.contains("HR/\\x1b[2J0.docx") && !page.contains('\u{1b}'));
        assert!(page.contains("title=\"old/a.md, withdrawn: banner\">A†</span>"));
        assert!(page.contains("<article id=\"ghosts\">") && page.contains("<details open>"));
        assert!(!page.contains("<script") && !page.contains("http://"));
    }
}
