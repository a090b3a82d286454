//! The page as a whole: what is in it, and what nothing in it can do.
#![cfg(test)]

use crate::report::{Report, hostile, sample};

use super::{Page, WRITER};

fn page(report: &Report) -> String {
    let mut out = Vec::new();
    (WRITER.write)(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Names of elements in the order they are opened.
fn elements(page: &str) -> Vec<&str> {
    let opened =
        page.split('<').skip(1).filter(|it| it.starts_with(|c: char| c.is_ascii_alphabetic()));
    opened.map(|it| it.split([' ', '>', '/']).next().unwrap()).collect()
}

#[test]
fn one_of_everything_is_in_it() {
    let text = page(&sample::share().report());
    for part in [
        "<h1>5 documents need a decision.</h1>",
        "This policy was withdrawn on 7 March 2024.",
        "Rosa Ortiz",
        "<b>Mileage.pdf</b>",
        "in an approved folder",
        "Open once with its password",
        "cannot list Board: permission denied",
        "default-src 'none'",
    ] {
        assert!(text.contains(part), "{part}");
    }
    let folders = page(&sample::redundant().report());
    assert!(folders.contains("3 copies state 2 different amounts"));
    assert!(folders.contains("Another wording in 2 documents"));
}

#[test]
fn work_that_was_left_out_is_told() {
    let mut share = sample::share();
    (share.assessment.not_compared, share.assessment.passages_not_compared) = (7, 12);
    (share.assessment.passages_not_told, share.assessment.facts_not_compared) = (4, 5);
    let text = page(&share.report());
    assert!(text.contains("Up to 7 pairs of documents are not told"));
    assert!(text.contains("Edited passages of 12 pairs of documents"));
    assert!(text.contains("4 passages, those that repeat the fewest words, are not told"));
    assert!(text.contains("Facts of up to 5 near-duplicates are not compared"));
}

#[test]
fn no_name_becomes_an_element_and_no_data_closes_its_script() {
    let text = page(&hostile::share().report());
    let scripts = elements(&text).iter().filter(|it| **it == "script").count();
    assert_eq!(scripts, 2, "the data and the one script");
    assert_eq!(text.matches("</script>").count(), 2);
    assert!(text.contains("&lt;/<b>script&gt;&lt;b&gt;.docx</b>"), "the name is shown");
    let handlers = ["onerror", "onload", "javascript:", "style=", "http://", "https://", "src="];
    for handler in handlers {
        assert!(
            !text.split("<script").next().unwrap().contains(&format!(" {handler}")),
            "{handler}"
        );
    }
}

#[test]
fn an_empty_tree_is_a_page_too() {
    let share = sample::Share::of(&["/srv/policies"], vec![]);
    let text = page(&share.report());
    assert!(text.contains("No document needs a decision."));
    assert!(text.contains("No rule holds for any document."));
}

#[test]
fn it_stays_within_its_size() {
    for share in [sample::share(), sample::many(), sample::redundant()] {
        let report = share.report();
        let findings = report.assessment.findings.len();
        let size = page(&report).len();
        assert!(size <= 150_000 + 200 * findings, "{size} bytes for {findings} findings");
    }
}

#[test]
fn the_gravest_come_first() {
    let share = sample::share();
    let report = share.report();
    let rules = Page::of(&report).listed().map(|it| it.1.rule.id).collect::<Vec<_>>();
    assert_eq!(rules.first(), Some(&"withdrawn"));
    assert_eq!(rules.last(), Some(&"unverified"));
}
