//! Reads the table that somebody filled in back from an Excel workbook, whatever was moved in it.
//!
//! The sheet is known by its columns, wherever they stand; sheets, rows and columns of others are
//! passed over. A cell that was merged over several rows counts for each of them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use anyhow::{Context as _, bail};
use calamine::{DataRef, DataType as _, ExcelDateTime, ExcelDateTimeType, Reader as _, Xlsx};
use chrono::NaiveDate;
use docrot::decisions::Table;

/// Columns without which a sheet is none to read decisions from, and which of them are days.
const NEEDED: [&str; 2] = ["id", "decision"];
const DAYS: [&str; 2] = ["until", "on"];
/// Columns in which a merged cell speaks for every row.
const SHARED: [&str; 5] = ["decision", "until", "why", "by", "on"];
/// Rows above a header, such as a title that somebody put there.
const ROWS_ABOVE: u32 = 20;
/// A larger file is none that docrot made and somebody filled in.
const MOST_BYTES: u64 = 512 << 20;

type Book = Xlsx<BufReader<File>>;
type Rows = BTreeMap<u32, BTreeMap<u32, String>>;

/// Whether a file is a workbook by its name.
pub(super) fn is_workbook(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    ["xlsx", "xlsm"].contains(&extension.as_str())
}

/// The table of the sheet that has the columns, with the number of the row of each.
pub(super) fn table(path: &Path) -> anyhow::Result<Table> {
    let name = path.display();
    let file = File::open(path).with_context(|| format!("cannot open {name}"))?;
    if MOST_BYTES < file.metadata().map_or(0, |it| it.len()) {
        bail!("cannot read {name}: it is larger than 512 MiB, and no workbook of decisions");
    }
    let mut book = Xlsx::new(BufReader::new(file))
        .with_context(|| format!("cannot read {name}: it is no workbook that Excel could open"))?;
    for sheet in sheets(&book) {
        let found = read_sheet(&mut book, &sheet);
        if let Some(table) = found.with_context(|| format!("cannot read {name}, sheet {sheet}"))? {
            return Ok(table);
        }
    }
    bail!("no sheet of {name} has a column Id and a column Decision: nothing was read from it")
}

/// The names of the sheets, that which docrot makes first.
fn sheets(book: &Book) -> Vec<String> {
    let mut names = book.sheet_names();
    names.sort_by_key(|name| !name.eq_ignore_ascii_case("Decisions"));
    names
}

fn read_sheet(book: &mut Book, name: &str) -> anyhow::Result<Option<Table>> {
    let is_1904 = book.has_1904_epoch();
    let mut rows = Rows::new();
    let mut header: Option<(u32, BTreeMap<u32, String>)> = None;
    let Ok(mut cells) = book.worksheet_cells_reader(name) else {
        // A sheet of another kind, such as a chart.
        return Ok(None);
    };
    while let Some(cell) = cells.next_cell()? {
        let (row, column) = cell.get_position();
        if header.is_none() {
            header = header_above(&mut rows, row);
            if header.is_none() && ROWS_ABOVE < row {
                return Ok(None);
            }
        }
        let title = header.as_ref().and_then(|(_, titles)| titles.get(&column));
        let is_day = title.is_some_and(|it| DAYS.contains(&it.as_str()));
        let text = text(cell.get_value(), is_day, is_1904);
        if !text.is_empty() && (header.is_none() || title.is_some()) {
            rows.entry(row).or_default().insert(column, text);
        }
    }
    drop(cells);
    let header = header.or_else(|| header_above(&mut rows, u32::MAX));
    let Some((at, titles)) = header else { return Ok(None) };
    for merged in book.merge_cells_by_sheet_name(name).unwrap_or_default() {
        let (first, column) = merged.start;
        let is_shared = titles.get(&column).is_some_and(|it| SHARED.contains(&it.as_str()));
        let value = rows.get(&first).and_then(|row| row.get(&column)).cloned();
        if let Some(value) = value.filter(|_| is_shared && at < first) {
            for (_, row) in rows.range_mut(first..=merged.end.0) {
                row.entry(column).or_insert_with(|| value.clone());
            }
        }
    }
    let columns: Vec<u32> = titles.keys().copied().collect();
    let below = rows.into_iter().filter(|(row, _)| at < *row);
    let row = |(row, mut cells): (u32, BTreeMap<u32, String>)| {
        let cells = columns.iter().map(|column| cells.remove(column).unwrap_or_default());
        (u64::from(row) + 1, cells.collect())
    };
    Ok(Some(Table { header: titles.into_values().collect(), rows: below.map(row).collect() }))
}

/// The header among the rows that are whole, those above `row`, with its titles in lower case.
fn header_above(rows: &mut Rows, row: u32) -> Option<(u32, BTreeMap<u32, String>)> {
    let titles = |cells: &BTreeMap<u32, String>| {
        let title = |(at, text): (&u32, &String)| (*at, text.trim().to_lowercase());
        cells.iter().map(title).collect::<BTreeMap<_, _>>()
    };
    let at = rows.range(..row).find_map(|(at, cells)| {
        let titles = titles(cells);
        NEEDED.iter().all(|it| titles.values().any(|title| title == it)).then_some((*at, titles))
    });
    if at.is_none() {
        // What stands above a header is no part of the table.
        rows.retain(|at, _| row <= *at);
    }
    at
}

/// A cell as a person sees it; days as `2026-12-31`.
fn text(value: &DataRef, is_day: bool, is_1904: bool) -> String {
    let day = match value {
        DataRef::DateTime(it) => it.as_datetime().map(|it| it.date()),
        DataRef::Float(serial) if is_day => serial_day(*serial, is_1904),
        DataRef::Int(serial) if is_day => serial_day(*serial as f64, is_1904),
        _ => None,
    };
    if let Some(day) = day {
        return day.to_string();
    }
    match value {
        DataRef::DateTimeIso(text) => text.chars().take_while(|it| *it != 'T').collect(),
        DataRef::Float(number) => number.to_string(),
        value => value.as_string().unwrap_or_default().trim().to_owned(),
    }
}

/// The day of a number, for cells of which somebody took the format.
fn serial_day(serial: f64, is_1904: bool) -> Option<NaiveDate> {
    let date = ExcelDateTime::new(serial, ExcelDateTimeType::DateTime, is_1904);
    // 1954 to 2119: other numbers are a slip, and told as what they are.
    let is_likely = (20_000.0..80_000.0).contains(&serial);
    date.as_datetime().filter(|_| is_likely).map(|it| it.date())
}

#[cfg(test)]
mod tests {
    use rust_xlsxwriter::{Format, Workbook, Worksheet};

    use super::*;

    /// A workbook with one sheet, as somebody left it.
    fn read(name: &str, fill: impl FnOnce(&mut Worksheet)) -> anyhow::Result<Table> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("filled in.xlsx");
        let mut book = Workbook::new();
        book.add_worksheet().set_name("Notes of mine").unwrap().write(0, 0, "call Rosa").unwrap();
        fill(book.add_worksheet().set_name(name).unwrap());
        book.save(&path).unwrap();
        table(&path)
    }

    fn column<'a>(table: &'a Table, name: &str) -> Vec<&'a str> {
        let at = table.column(&[name]).unwrap();
        table.rows.iter().map(|(_, row)| row[at].as_str()).collect()
    }

    fn lines(table: &Table) -> Vec<u64> {
        table.rows.iter().map(|it| it.0).collect()
    }

    fn write(sheet: &mut Worksheet, rows: &[&[&str]]) {
        for (row, cells) in (0..).zip(rows) {
            for (column, cell) in (0..).zip(*cells).filter(|(_, cell)| !cell.is_empty()) {
                sheet.write(row, column, *cell).unwrap();
            }
        }
    }

    #[test]
    fn columns_are_known_by_their_names_wherever_they_are() {
        let found = read("Sheet7", |sheet| {
            write(
                sheet,
                &[
                    &["For Rosa, please until Friday"],
                    &[],
                    &["Mine", " DECISION ", "Why", "Document", "id"],
                    &["x", "Keep", "signed", "a.docx", "0f"],
                    &[],
                    &["", "", "", "b.docx", "1f"],
                ],
            );
        });
        let found = found.unwrap();
        assert_eq!(column(&found, "id"), ["0f", "1f"]);
        assert_eq!(column(&found, "decision"), ["Keep", ""]);
        assert_eq!(column(&found, "why"), ["signed", ""]);
        assert_eq!(lines(&found), [4, 6], "as the spreadsheet program counts them");
    }

    #[test]
    fn days_are_days_however_they_are_kept() {
        let found = read("Decisions", |sheet| {
            write(sheet, &[&["Id", "Decision", "Until"], &["a"], &["b"], &["c"], &["d"]]);
            let day = NaiveDate::from_ymd_opt(2027, 1, 31).unwrap();
            let format = Format::new().set_num_format("dd.mm.yy");
            sheet.write_with_format(1, 2, &day, &format).unwrap();
            sheet.write(2, 2, 46_418).unwrap();
            sheet.write(3, 2, "31.1.2027").unwrap();
            sheet.write(4, 2, 7).unwrap();
        });
        let found = found.unwrap();
        assert_eq!(column(&found, "until"), ["2027-01-31", "2027-01-31", "31.1.2027", "7"]);
    }

    #[test]
    fn a_merged_answer_is_the_answer_of_each_row() {
        let found = read("Decisions", |sheet| {
            write(sheet, &[&["Id", "Decision", "Why"], &["a"], &["b"], &["c", "keep"]]);
            let format = Format::new();
            sheet.merge_range(1, 1, 2, 1, "delete", &format).unwrap();
            sheet.merge_range(1, 2, 3, 2, "copies", &format).unwrap();
        });
        let found = found.unwrap();
        assert_eq!(column(&found, "decision"), ["delete", "delete", "keep"]);
        assert_eq!(column(&found, "why"), ["copies"; 3]);
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        let error = read("Decisions", |sheet| write(sheet, &[&["Id", "Verdict"], &["a", "keep"]]));
        let error = format!("{:#}", error.unwrap_err());
        assert!(error.contains("has a column Id and a column Decision"), "{error}");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.xlsx");
        std::fs::write(&path, "id,decision\n").unwrap();
        let error = format!("{:#}", table(&path).unwrap_err());
        assert!(error.contains("no workbook that Excel could open"), "{error}");
    }
}
