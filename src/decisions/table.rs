//! Tables that people fill in with a spreadsheet program: read by the names of their columns,
//! whatever their order, and written so that no cell is taken for a formula.

/// A table as it was read: the names of its columns, and its rows with the line each stands on.
///
/// Readers of other kinds of sheets make one by hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The names of the columns.
    pub header: Vec<String>,
    /// The cells of each row, behind its line (from 1, the header's).
    pub rows: Vec<(u64, Vec<String>)>,
}

impl Table {
    /// Reads comma-separated values; semicolons and tabs do as well, as spreadsheet programs write
    /// them. The error says what is broken.
    pub fn from_csv(text: &str) -> Result<Self, String> {
        // A line that ends in two characters is counted late otherwise.
        let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
        let header = text.lines().next().unwrap_or_default();
        let count = |separator: char| header.matches(separator).count();
        let separators = [';', '\t', ','];
        let separator = separators.into_iter().max_by_key(|it| count(*it)).unwrap_or(',');
        let mut reader = ::csv::ReaderBuilder::new()
            .delimiter(separator as u8)
            .flexible(true)
            .from_reader(text.as_bytes());
        let header = reader.headers().map_err(|error| error.to_string())?;
        let mut table = Self { header: header.iter().map(plain).collect(), rows: Vec::new() };
        for row in reader.records() {
            let row = row.map_err(|error| error.to_string())?;
            let line = row.position().map_or(0, ::csv::Position::line);
            table.rows.push((line, row.iter().map(plain).collect()));
        }
        Ok(table)
    }

    /// The position of the column that is called by one of these names, whatever their case.
    pub fn column(&self, names: &[&str]) -> Option<usize> {
        let is_called = |name: &&str, header: &String| header.trim().eq_ignore_ascii_case(name);
        names.iter().find_map(|name| self.header.iter().position(|it| is_called(name, it)))
    }
}

/// A cell without what keeps it from being taken for a formula.
fn plain(cell: &str) -> String {
    let cell = cell.trim();
    cell.strip_prefix('\'').unwrap_or(cell).to_owned()
}

/// The cell at a column, empty where there is none.
pub(super) fn cell(row: &[String], column: Option<usize>) -> &str {
    column.and_then(|at| row.get(at)).map_or("", |it| it.trim())
}

/// A row of comma-separated values with its end of line.
pub(super) fn row(cells: &[&str]) -> String {
    let cells: Vec<String> = cells.iter().map(|it| quoted(it)).collect();
    cells.join(",") + "\n"
}

/// A cell in quotes, where it needs them; what would be a formula gets an apostrophe in front.
fn quoted(cell: &str) -> String {
    let cell = cell.replace(['\r', '\n'], " ");
    let guard = if cell.starts_with(['=', '+', '-', '@', '\t', '\'']) { "'" } else { "" };
    if guard.is_empty() && !cell.contains([',', '"', ';']) {
        return cell;
    }
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}
