//! What is a date, and what is not.

use super::*;

fn shown(reading: Reading) -> String {
    match reading {
        Reading::Date { day, precision, other } => {
            let day = match precision {
                Precision::Day => day.format("%Y-%m-%d").to_string(),
                Precision::Month => day.format("%Y-%m").to_string(),
                Precision::Year => day.format("%Y").to_string(),
            };
            other.map_or(day.clone(), |other| format!("{day} or {other}"))
        }
        Reading::Invalid => "invalid".to_owned(),
        Reading::Absent => "absent".to_owned(),
    }
}

fn check(raw: &str, expected: &str) {
    assert_eq!(shown(parse(raw)), expected, "{raw}");
}

#[test]
fn machine_formats_are_read() {
    check("2021-03-01", "2021-03-01");
    check("\"2021-03-01\"", "2021-03-01");
    check("2021-03-01T10:00:00.0000000Z", "2021-03-01");
    check("2021-03-01 23:59:59 +0200", "2021-03-01");
    check("20210301", "2021-03-01");
    check("20210301T101112Z", "2021-03-01");
    check("Tue, 01 Jul 2003 10:52:37 +0200", "2003-07-01");
    check("Mon Jan  5 10:00:00 2015", "2015-01-05");
    check("D:20210301120000+01'00'", "2021-03-01");
    check("D:2021", "2021");
}

#[test]
fn written_dates_are_read() {
    check("25-Sep-2000", "2000-09-25");
    check("2020-sep-21", "2020-09-21");
    check("12 May 2022", "2022-05-12");
    check("May 12th, 2022", "2022-05-12");
    check("1. Oktober 2026", "2026-10-01");
    check("2 de julio, 2025", "2025-07-02");
    check("1er février 2026", "2026-02-01");
    check("Jan. 04, 2017", "2017-01-04");
    check("Noviembre 2024", "2024-11");
    check("2015 年 3 月 9 日", "2015-03-09");
    check("2024년 3월 1일", "2024-03-01");
    check("2024年3月", "2024-03");
}

#[test]
fn numeric_dates_keep_both_readings_where_both_are_possible() {
    check("31.12.2023", "2023-12-31");
    check("03.02.2021", "2021-02-03");
    check("31.12.23", "2023-12-31");
    check("2021/3/1", "2021-03-01");
    check("03/04/2021", "2021-04-03 or 2021-03-04");
    check("04/04/2021", "2021-04-04");
    check("12/31/2023", "2023-12-31");
    check("15/11/2024", "2024-11-15");
    assert_eq!(shown(read("03/04/2021", Order::MonthFirst)), "2021-03-04");
    assert_eq!(shown(read("2021-03-04T00:00:00Z", Order::MonthFirst)), "2021-03-04");
}

#[test]
fn months_and_years_stand_alone() {
    check("2021-03", "2021-03");
    check("2021", "2021");
    check("in 2021", "absent");
    check("2021 was a good year", "absent");
}

#[test]
fn impossible_days_are_invalid() {
    check("2022-02-31", "invalid");
    check("2018-04-31", "invalid");
    check("0000:01:01", "invalid");
    check("31/31/2021", "invalid");
    check("D:00000101", "invalid");
}

#[test]
fn placeholders_and_other_words_are_absent() {
    for raw in [
        "",
        "~",
        "null",
        "[]",
        "false",
        "[DATE]",
        "YYYY-MM-DD",
        "2024-01-XX",
        "{{ now | date }}",
        "1.2.3",
        "tomorrow",
        "<%= date %>",
        "3600",
        "v2.1",
        "false101000000",
        "🚧",
    ] {
        check(raw, "absent");
    }
}

#[test]
fn a_month_is_due_at_its_end() {
    let claim = |role| claim(role, "June 2025", Provenance::FileName).unwrap().date.to_string();
    assert_eq!(claim(DateRole::Due), "2025-06-30");
    assert_eq!(claim(DateRole::Updated), "2025-06-01");
}

#[test]
fn names_tell_days_only() {
    let days = |name: &str| -> Vec<String> {
        in_name(Path::new(name)).iter().map(|claim| claim.date.to_string()).collect()
    };
    assert_eq!(days("minutes/2021-03-01 board.docx"), ["2021-03-01"]);
    assert_eq!(days("report_20210301_final.pdf"), ["2021-03-01"]);
    assert_eq!(days("Protokoll 01.03.2021.odt"), ["2021-03-01"]);
    assert_eq!(days("2021_03_01-2021_04_02.txt"), ["2021-03-01", "2021-04-02"]);
    for name in
        ["error-c2050.md", "budget-2021.xlsx", "2011-12.txt", "5202103011.txt", "2021-02-31.txt"]
    {
        assert!(days(name).is_empty(), "{name}");
    }
}
