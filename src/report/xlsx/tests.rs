//! Workbooks, read back by another library.
#![cfg(test)]

use calamine::{Data, DataType as _, Range, Reader as _, Xlsx};

use crate::report::{hostile, sample};

use super::*;

fn workbook(report: &Report) -> Xlsx<io::Cursor<Vec<u8>>> {
    let mut out = Vec::new();
    (WRITER.write)(report, &mut out).unwrap();
    Xlsx::new(io::Cursor::new(out)).unwrap()
}

fn sheet(report: &Report, name: &str) -> Range<Data> {
    workbook(report).worksheet_range(name).unwrap()
}

fn column(sheet: &Range<Data>, title: &str) -> Vec<Data> {
    let at = sheet.rows().next().unwrap().iter().position(|it| *it == Data::String(title.into()));
    sheet.rows().skip(1).map(|row| row[at.unwrap()].clone()).collect()
}

fn text(cell: &Data) -> &str {
    cell.get_string().unwrap_or_default()
}

#[test]
fn the_sheets_are_those_that_are_promised() {
    let share = sample::share();
    let mut report = share.report();
    let sheets = ["Read me", "Decisions", "Groups", "Folders", "Method"];
    assert_eq!(workbook(&report).sheet_names(), sheets);
    report.options.inventory = true;
    assert_eq!(workbook(&report).sheet_names()[4], "Files");
    assert_eq!(sheet(&report, "Files").height(), 1 + share.inventory.len());
}

#[test]
fn a_row_a_finding_with_room_for_an_answer() {
    let share = sample::share();
    let decisions = sheet(&share.report(), "Decisions");
    assert_eq!(decisions.height(), 7);
    let documents = column(&decisions, "Document");
    assert_eq!(text(&documents[0]), "HR/Travel v3.docx");
    let days = column(&decisions, "Date");
    assert_eq!(days[3].as_date(), chrono::NaiveDate::from_ymd_opt(2026, 4, 1), "{:?}", days[3]);
    assert_eq!(text(&column(&decisions, "Related")[1]), "Finance/Mileage.pdf");
    assert_eq!(column(&decisions, "Id").iter().map(text).collect::<Vec<_>>(), share.report().ids);
    for title in ["Decision", "Until", "Why"] {
        assert!(column(&decisions, title).iter().all(|it| text(it).is_empty()), "{title}");
    }
    let groups = sheet(&share.report(), "Groups");
    let roles: Vec<_> = column(&groups, "Role").iter().map(|it| text(it).to_owned()).collect();
    assert_eq!(roles, ["stays", "copy", "copy"]);
}

#[test]
fn hostile_names_stay_text() {
    let share = hostile::share();
    let mut report = share.report();
    report.options.inventory = true;
    let mut workbook = workbook(&report);
    for (name, cells) in workbook.worksheets() {
        assert!(cells.get_size().0 > 1, "{name}");
        for (_, _, cell) in cells.used_cells() {
            if let Data::String(text) = cell {
                let steers = |c: char| c != '\n' && escape::is_hazard(c);
                assert!(!text.contains(steers), "{name}: {text:?}");
            }
        }
        // A formula would be read as one.
        assert!(workbook.worksheet_formula(&name).unwrap().is_empty(), "{name}");
    }
    let files = sheet(&report, "Files");
    let names: Vec<_> = column(&files, "Document").iter().map(|it| text(it).to_owned()).collect();
    for name in ["=cmd|'/c calc'!A1", "-rf", "</script><b>.docx", "_x0041_ & co.docx"] {
        assert!(names.iter().any(|it| it == name), "{name} is not among {names:?}");
    }
}

#[test]
fn a_day_that_excel_has_no_number_for_is_written_out() {
    let mut share = sample::share();
    share.assessment.findings[0].date = Some(sample::day(1066, 10, 14));
    let days = column(&sheet(&share.report(), "Decisions"), "Date");
    assert_eq!(text(&days[0]), "1066-10-14");
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    let share = sample::redundant();
    let bytes = || {
        let mut out = Vec::new();
        (WRITER.write)(&share.report(), &mut out).unwrap();
        out
    };
    assert_eq!(bytes(), bytes());
}
