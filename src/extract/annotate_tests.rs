//! The pattern pack's cases, and where facts are found.

use super::super::{FORMATS, Metadata, read};

fn of(name: &str, text: &str) -> Metadata {
    let format = FORMATS.iter().find(|it| it.name == name).unwrap();
    read(format, text.as_bytes(), &crate::extract::Limits::default()).unwrap().metadata
}

/// `updated=2024-05-06;due=May 2025`, `banner`, or nothing, as in the cases file.
fn summary(metadata: &Metadata) -> String {
    let mut dates: Vec<String> = metadata
        .dates
        .iter()
        .map(|it| {
            format!(
                "{}={}",
                if it.role == super::DateRole::Due { "due" } else { it.role.name() },
                it.raw
            )
        })
        .collect();
    dates.sort();
    if dates.is_empty() && metadata.banner.is_some() {
        return "banner".to_owned();
    }
    if dates.is_empty() { "-".to_owned() } else { dates.join(";") }
}

#[test]
fn every_case_of_the_pattern_pack_holds() {
    let cases = include_str!("../../fixtures/pattern-cases.tsv");
    assert_eq!(cases.lines().count(), 45);
    for case in cases.lines() {
        let (expected, text) = case.split_once('\t').unwrap();
        let metadata = of("markdown", &text.replace("\\n", "\n"));
        if expected == "banner" {
            assert!(metadata.banner.is_some(), "{text}");
        } else {
            assert_eq!(summary(&metadata), expected, "{text}");
        }
    }
}

#[test]
fn facts_know_their_line() {
    let metadata =
        of("markdown", "---\ntitle: x\n---\n# Policy\n\nOne.\nLast updated: 2024-05-06\n");
    assert_eq!(metadata.dates[0].provenance.to_string(), "line 7");
    let metadata = of("text", "One.\n\nTwo.\nThis page is obsolete.\n");
    assert_eq!(metadata.banner.unwrap().provenance.to_string(), "line 4");
}

#[test]
fn adr_statuses_are_found() {
    let metadata = of(
        "markdown",
        "# 12. Use X\n\n## Status\n\nAccepted\n\nSuperseded by [9. Use Y](0009-y.md)\n\n## Context\n",
    );
    assert_eq!(metadata.status.unwrap().value, "Superseded by [9. Use Y](0009-y.md)");
    assert_eq!(metadata.replaced_by.unwrap().value, "0009-y.md");
    let metadata = of(
        "markdown",
        "# Template\n\n## Status\n\nProposed | Accepted | Superseded by [ADR-XXX](x.md)\n",
    );
    assert_eq!((metadata.status, metadata.banner, metadata.replaced_by), (None, None, None));
}

#[test]
fn words_about_something_else_are_no_banner() {
    for text in [
        "# Changelog\n\n## 1.0\n\n### Deprecated\n\n- the old flag\n",
        "# API\n\nSome words.\n\n```\nDEPRECATED: do not use\n```\n",
        "# Licence\n\nUnless superseded by a signed agreement, these terms apply.\n",
        "# Guide\n\nThe call is replaced by all of the arguments.\n",
    ] {
        assert_eq!(of("markdown", text).banner, None, "{text}");
    }
    let far = format!("# Guide\n\n{}\n\nThis page is obsolete.\n", "Words. ".repeat(200));
    assert_eq!(of("markdown", &far).banner, None);
}

#[test]
fn the_values_of_data_are_about_its_items() {
    assert_eq!(of("yaml", "name: x\nstate: obsolete\nlast updated: 2020-01-01\n").banner, None);
    assert_eq!(of("csv", "id,state\nobsolete,x\n").banner, None);
}

#[test]
fn redirects_and_freshness_comments_are_read() {
    let metadata = of(
        "markdown",
        "This document was moved to [another location](../new.md).\n\n<!-- This redirect file can be deleted after <2021-02-01>. -->\n",
    );
    assert_eq!(metadata.replaced_by.unwrap().value, "../new.md");
    assert_eq!(metadata.dates[0].date.to_string(), "2021-02-01");
    let metadata = of(
        "markdown",
        "# T\n\n<!--* freshness: { owner: 'ann' reviewed: '2020-sep-21' review_interval: '6 months' } *-->\n",
    );
    assert_eq!(metadata.owner.unwrap().value, "ann");
    assert_eq!(metadata.review_interval.unwrap().value, "6 months");
    assert_eq!(metadata.dates[0].date.to_string(), "2020-09-21");
}

#[test]
fn templates_of_wikis_are_banners_and_promises() {
    let metadata = of("text", "{{Out of date|section=no}}\nWords about pumps.\n");
    assert_eq!(metadata.banner.unwrap().value, "{{Out of date|section=no}}");
    for text in ["{{Update after|2024-01-31}}\n\nWords.\n", "{{update after|2024|1|31}}\nWords.\n"]
    {
        let metadata = of("text", text);
        assert_eq!(
            (metadata.banner, metadata.dates[0].date.to_string()),
            (None, "2024-01-31".into())
        );
    }
    assert_eq!(of("text", "Write {{Out of date}} on top of such pages.\n").banner, None);
}

#[test]
fn properties_that_users_gave_are_read_by_their_name() {
    let mut content = super::Content::default();
    let own = [("Nächste Prüfung", "31.01.2022"), ("Review Date", "2022-02-31"), ("Version", "7")];
    content.metadata.properties = own.map(|(name, value)| (name.into(), value.into())).into();
    super::annotate(&mut content, true);
    let claim = &content.metadata.dates[0];
    assert_eq!(claim.role, super::DateRole::Due);
    assert_eq!(claim.provenance.to_string(), "custom property Nächste Prüfung");
    assert_eq!(content.metadata.impossible_dates[0].value, "2022-02-31");
    assert_eq!(content.metadata.version, None);
}

#[test]
fn ten_megabytes_on_one_line_say_nothing_and_what_follows_is_read() {
    let line = "Last updated: 2024-05-06 | Review date | 2022-02-31 ".repeat(200_000);
    assert!(line.len() > 10_000_000);
    let metadata = of("text", &format!("{line}\n\nValid until: 2024-06-30\n"));
    let dates: Vec<_> = metadata.dates.iter().map(|it| it.raw.as_str()).collect();
    assert_eq!((dates, metadata.impossible_dates.len()), (vec!["2024-06-30"], 0));
    let endless = of("markdown", &format!("---\nauthor: Ann\nnote: {line}\n---\nText\n"));
    assert_eq!(endless.creator, None);
}

#[test]
fn impossible_days_at_the_top_are_kept_apart() {
    let metadata = of("text", "Last updated: 31.02.2022\nNext review: 03/04/2021\n");
    assert_eq!(metadata.impossible_dates[0].value, "31.02.2022");
    let due = &metadata.dates[0];
    let readings = (due.date.to_string(), due.other_reading.unwrap().to_string());
    assert_eq!(readings, ("2021-04-03".to_owned(), "2021-03-04".to_owned()));
}

#[test]
fn a_list_of_other_documents_has_no_date_of_its_own() {
    let entry = "- A page\n\n  Last updated: 2020-01-02\n\n";
    let metadata =
        of("markdown", &format!("# Index\n\n{}\n\n{}", "Words. ".repeat(200), entry.repeat(20)));
    assert!(metadata.dates.is_empty());
}
