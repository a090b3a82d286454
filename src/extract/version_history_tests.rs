//! Version histories as people keep them.

use super::super::{FORMATS, read};

fn check(text: &str, date: Option<&str>, version: Option<&str>) {
    let format = FORMATS.iter().find(|it| it.name == "markdown").unwrap();
    let metadata =
        read(format, text.as_bytes(), &crate::extract::Limits::default()).unwrap().metadata;
    let dates: Vec<_> = metadata.dates.iter().map(|it| it.date.to_string()).collect();
    assert_eq!(dates, Vec::from_iter(date), "{text}");
    assert_eq!(metadata.history_version.map(|it| it.value).as_deref(), version, "{text}");
}

#[test]
fn the_newest_row_counts_in_whatever_order() {
    let rows = ["| 1.0 | 2019-02-01 | Ann | First |\n", "| 1.2 | 2021-03-14 | Bob | Fees |\n"];
    let head = "# Travel\n\n| Version | Date | Author | Change |\n|---|---|---|---|\n";
    check(&format!("{head}{}{}", rows[0], rows[1]), Some("2021-03-14"), Some("1.2"));
    check(&format!("{head}{}{}", rows[1], rows[0]), Some("2021-03-14"), Some("1.2"));
}

#[test]
fn a_column_says_which_number_is_the_day() {
    let head = "| Rev | Date | Description |\n|---|---|---|\n";
    check(
        &format!("{head}| A | 25/01/2020 | x |\n| B | 03/04/2021 | y |\n"),
        Some("2021-04-03"),
        Some("B"),
    );
    check(
        &format!("{head}| A | 01/25/2020 | x |\n| B | 03/04/2021 | y |\n"),
        Some("2021-03-04"),
        Some("B"),
    );
}

#[test]
fn without_versions_a_heading_must_say_what_it_is() {
    let table = "| Date | Description |\n|---|---|\n| 2021-03-14 | Paid the rent |\n";
    check(table, None, None);
    check(&format!("## Revision history\n\n{table}"), Some("2021-03-14"), None);
    check("| Version | Date |\n|---|---|\n| 4.0 | 2031-01-01 |\n", None, None);
}

#[test]
fn a_list_of_dated_changes_counts_below_its_heading() {
    let list = "- **2025-10-20:** v1.0, first issue\n- **2026-02-01** - fees,\n  as agreed\n";
    check(&format!("## Revision History\n\n{list}"), Some("2026-02-01"), None);
    check(&format!("## Meetings\n\n{list}"), None, None);
}

#[test]
fn broken_days_are_passed_over() {
    let text =
        "| Version | Date | Author |\n|---|---|---|\n| 1 | 2021-02-31 | a |\n| 2 | tbd | b |\n";
    check(text, None, None);
}
