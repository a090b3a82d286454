//! Control blocks as people lay them out.

use super::super::{FORMATS, Metadata, read};

fn of(name: &str, text: &str) -> Metadata {
    let format = FORMATS.iter().find(|it| it.name == name).unwrap();
    read(format, text.as_bytes(), &crate::extract::Limits::default()).unwrap().metadata
}

/// Owner, version, status and dates with where they stand.
fn check(name: &str, text: &str, expected: &[&str]) {
    let metadata = of(name, text);
    let facts = [
        ("owner", &metadata.owner),
        ("version", &metadata.version),
        ("status", &metadata.status),
        ("replaces", &metadata.replaces),
    ];
    let facts = facts.iter().filter_map(|(what, fact)| {
        let fact = fact.as_ref()?;
        Some(format!("{what} {} ({})", fact.value, fact.provenance))
    });
    let dates = metadata.dates.iter();
    let dates = dates.map(|it| format!("{} {} ({})", it.role.name(), it.date, it.provenance));
    assert_eq!(facts.chain(dates).collect::<Vec<_>>(), expected, "{text}");
}

#[test]
fn a_table_of_labels_and_values_is_read() {
    check(
        "markdown",
        "# Travel\n\n| Document control | |\n|---|---|\n| **Owner** | HR |\n| Version | 3.2 |\n\
         | Review date | 2021-03-14 |\n| Supersedes | Travel 3.1 |\n\nText\n",
        &[
            "owner HR (document control Owner, line 5)",
            "version 3.2 (document control Version, line 6)",
            "replaces Travel 3.1 (document control Supersedes, line 8)",
            "due for review 2021-03-14 (document control Review date, line 7)",
        ],
    );
    check(
        "html",
        "<h1>Travel</h1><table><tr><td>Document No.</td><td>HR-7</td><td>Issue</td><td>4</td></tr>\
         <tr><td>Approved by</td><td>Board</td><td>Effective date</td><td>1 May 2020</td></tr></table>",
        &[
            "version 4 (document control Issue, line 1)",
            "effective 2020-05-01 (document control Effective date, line 1)",
        ],
    );
}

#[test]
fn lines_with_a_label_and_one_row_of_values_are_read() {
    check(
        "text",
        "Leave policy\n\nDocument owner: HR\nVersion: 2\nNext review: 31 March 2022\n\nText.\n",
        &[
            "owner HR (document control Document owner, line 3)",
            "version 2 (document control Version, line 4)",
            "due for review 2022-03-31 (document control Next review, line 5)",
        ],
    );
    check(
        "markdown",
        "| Owner | Version | Review date |\n|---|---|---|\n| HR | 2 | 2022-03-31 |\n",
        &[
            "owner HR (document control Owner, line 3)",
            "version 2 (document control Version, line 3)",
            "due for review 2022-03-31 (document control Review date, line 3)",
        ],
    );
    check(
        "text",
        "Dokumenteneigner: Einkauf\nVersion: 2\nGültig ab: 01.02.2020\nNächste Prüfung: 31.01.2022\n",
        &[
            "owner Einkauf (document control Dokumenteneigner, line 1)",
            "version 2 (document control Version, line 2)",
            "effective 2020-02-01 (document control Gültig ab, line 3)",
            "due for review 2022-01-31 (document control Nächste Prüfung, line 4)",
        ],
    );
}

#[test]
fn lists_of_other_documents_and_single_labels_are_no_block() {
    check(
        "markdown",
        "| Owner | Version | Review date |\n|---|---|---|\n| HR | 2 | 2022-03-31 |\n\
         | IT | 3 | 2023-03-31 |\n",
        &[],
    );
    check("csv", "Owner,Version,Review date\nHR,2,2022-03-31\n", &[]);
    check("markdown", "Version: 2\n\nSome words.\n\nMore words.\n\nYet more.\n\nOwner: HR\n", &[]);
    check("markdown", "```\nOwner: HR\nVersion: 2\nStatus: draft\n```\n", &[]);
}

#[test]
fn below_a_heading_two_labels_are_enough() {
    let lines = "**Classification:** Confidential\n**Review Date:** 2026-01-15\n";
    check(
        "markdown",
        &format!("## Document Control\n\n{lines}"),
        &["due for review 2026-01-15 (document control Review Date, line 4)"],
    );
    check("markdown", lines, &["due for review 2026-01-15 (line 2)"]);
}

#[test]
fn a_table_of_pairs_beside_each_other_is_told_from_the_header_of_a_list() {
    check(
        "markdown",
        "| Owner | HR | Version | 3 |\n|---|---|---|---|\n| Status | Final | Approved by | Board |\n",
        &[
            "owner HR (document control Owner, line 1)",
            "version 3 (document control Version, line 1)",
            "status Final (document control Status, line 3)",
        ],
    );
    check(
        "markdown",
        "| Owner | Task | Version | Date | Status | Note |\n|---|---|---|---|---|---|\n\
         | Ann | Fix | 2 | May | open | x |\n| Bob | Ship | 3 | June | open | y |\n",
        &[],
    );
}

#[test]
fn what_explains_fields_is_about_fields() {
    for text in [
        "| Field | Description |\n|---|---|\n| owner | Who owns it |\n| version | A number |\n\
         | status | Its state |\n",
        "| Name | Type | Required |\n|---|---|---|\n| owner | string | yes |\n\
         | version | int | no |\n| reference | string | no |\n",
        "- `owner`: the owner of the repository\n- `version`: the version\n- `reference`: a link\n",
    ] {
        check("markdown", text, &[]);
    }
}

#[test]
fn templates_that_nobody_filled_in_say_nothing() {
    check(
        "markdown",
        "| Owner | [NAME] |\n| Version | TBD |\n| Review date | [DATE] |\n| Author | |\n",
        &[],
    );
}
