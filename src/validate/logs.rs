//! What people look for, and what another engine answered: tables from elsewhere.

use std::collections::HashMap;

use serde::Deserialize;

/// A query that people typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RealQuery {
    /// What judgements call it; the query itself where nothing else is said.
    pub id: String,
    /// As typed.
    pub text: String,
    /// How often.
    pub count: u64,
}

/// A query with the results of an engine, the best first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RankedResult {
    /// The query.
    pub query: RealQuery,
    /// Paths as the table has them.
    pub paths: Vec<String>,
}

/// Why a table cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// It is no table.
    #[error("it is no CSV table: {0}")]
    NoTable(String),
    /// A column is missing.
    #[error("there is no column `{0}` in its first line")]
    NoColumn(&'static str),
    /// A line makes no sense.
    #[error("line {line}: {what}")]
    Line {
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        what: String,
    },
}

/// More often than this no query is asked: what is added up and multiplied stays a number.
const MOST_ASKED: u64 = 1 << 32;

/// Reads queries from a CSV table with the columns `query` and, if there are any, `count` and `id`.
pub fn read_queries(table: &str) -> Result<Vec<RealQuery>, LogError> {
    let mut queries: Vec<RealQuery> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    each_row(
        table,
        &["query", "q", "search term", "term"],
        &["id", "qid"],
        |line, query, cells| {
            let count = number(line, "count", cells.get("count"))?.unwrap_or(1).min(MOST_ASKED);
            let id = cells.get("id").cloned().filter(|it| !it.is_empty());
            match places.get(&query) {
                Some(at) => queries[*at].count = (queries[*at].count + count).min(MOST_ASKED),
                None => {
                    places.insert(query.clone(), queries.len());
                    queries.push(RealQuery {
                        id: id.unwrap_or_else(|| query.clone()),
                        text: query,
                        count,
                    });
                }
            }
            Ok(())
        },
    )?;
    Ok(queries)
}

/// Reads results: CSV with the columns `query`, `rank`, `path` and, if there is one, `count`; or
/// one JSON object with these names a line.
pub fn read_results(text: &str) -> Result<Vec<RankedResult>, LogError> {
    let mut results = Results::default();
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('{') {
        for (line, object) in (1u64..).zip(text.lines()).filter(|it| !it.1.trim().is_empty()) {
            let wrong = |error: serde_json::Error| LogError::Line { line, what: error.to_string() };
            let JsonResult { query, rank, path, count } =
                serde_json::from_str(object).map_err(wrong)?;
            results.add(query, rank, path, count);
        }
    } else {
        each_row(text, &["query", "q"], &["path", "url", "id"], |line, query, cells| {
            let path = cells.get("path").cloned().ok_or(LogError::NoColumn("path"))?;
            let rank = number(line, "rank", cells.get("rank"))?;
            let count = number(line, "count", cells.get("count"))?;
            let rank = rank.ok_or(LogError::NoColumn("rank"))?;
            results.add(query, rank, path, count);
            Ok(())
        })?;
    }
    Ok(results.ordered())
}

#[derive(Deserialize)]
struct JsonResult {
    query: String,
    rank: u64,
    #[serde(alias = "url", alias = "id")]
    path: String,
    count: Option<u64>,
}

/// A query, how often it was asked, and paths with their ranks.
type Ranked = (String, u64, Vec<(u64, String)>);

#[derive(Default)]
struct Results {
    order: Vec<Ranked>,
    places: HashMap<String, usize>,
}

impl Results {
    fn add(&mut self, query: String, rank: u64, path: String, count: Option<u64>) {
        let at = *self.places.entry(query.clone()).or_insert_with(|| {
            self.order.push((query, 1, Vec::new()));
            self.order.len() - 1
        });
        let (_, known, paths) = &mut self.order[at];
        *known = count.unwrap_or(*known).min(MOST_ASKED);
        if !path.is_empty() {
            paths.push((rank, path));
        }
    }

    fn ordered(self) -> Vec<RankedResult> {
        let ordered = |(text, count, mut paths): Ranked| {
            paths.sort_by_key(|it| it.0);
            let query = RealQuery { id: text.clone(), text, count };
            RankedResult { query, paths: paths.into_iter().map(|it| it.1).collect() }
        };
        self.order.into_iter().map(ordered).collect()
    }
}

type Cells = HashMap<&'static str, String>;

/// Calls `each` with line, query and the other cells of every row. `others` are the names of one
/// more column, told under the first of them that stands in `id` or `path`.
fn each_row(
    table: &str,
    query_names: &[&str],
    others: &[&'static str],
    mut each: impl FnMut(u64, String, &Cells) -> Result<(), LogError>,
) -> Result<(), LogError> {
    let table = table.trim_start_matches('\u{feff}');
    let header = table.lines().next().unwrap_or_default();
    let separators = [';', '\t', ','];
    let most = separators.into_iter().max_by_key(|it| header.matches(*it).count()).unwrap_or(',');
    let mut reader = ::csv::ReaderBuilder::new()
        .delimiter(most as u8)
        .flexible(true)
        .from_reader(table.as_bytes());
    let broken = |error: ::csv::Error| LogError::NoTable(error.to_string());
    let header = reader.headers().map_err(broken)?.clone();
    let column = |names: &[&str]| {
        let is = |cell: &str, name: &str| cell.trim().eq_ignore_ascii_case(name);
        names.iter().find_map(|name| header.iter().position(|cell| is(cell, name)))
    };
    let query = column(query_names).ok_or(LogError::NoColumn("query"))?;
    let named: Vec<(&'static str, Option<usize>)> = vec![
        (others.first().copied().unwrap_or("id"), column(others)),
        ("count", column(&["count", "searches", "frequency", "hits"])),
        ("rank", column(&["rank", "position"])),
    ];
    for row in reader.records() {
        let row = row.map_err(broken)?;
        let line = row.position().map_or(0, ::csv::Position::line);
        let cell = |at: usize| row.get(at).unwrap_or_default().trim().to_owned();
        let cells = named.iter().filter_map(|(name, at)| Some((*name, cell((*at)?)))).collect();
        let query = cell(query);
        if !query.is_empty() {
            each(line, query, &cells)?;
        }
    }
    Ok(())
}

fn number(line: u64, name: &str, cell: Option<&String>) -> Result<Option<u64>, LogError> {
    let Some(cell) = cell.filter(|it| !it.is_empty()) else { return Ok(None) };
    // Spreadsheet programs write separators into numbers.
    let digits: String = cell.chars().filter(|c| !matches!(c, ',' | '.' | ' ' | '\'')).collect();
    let wrong = |_| LogError::Line { line, what: format!("`{cell}` in `{name}` is no number") };
    digits.parse().map(Some).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_read_and_repeats_are_added_up() {
        let queries =
            read_queries("\u{feff}Query;Count\r\ntravel;1,204\r\n\"a; b\";2\r\ntravel;6\r\n");
        let queries = queries.unwrap();
        assert_eq!((queries[0].text.as_str(), queries[0].count), ("travel", 1210));
        assert_eq!((queries[1].text.as_str(), queries[1].id.as_str()), ("a; b", "a; b"));
        assert_eq!(read_queries("q\nx\n").unwrap()[0].count, 1);
        assert_eq!(read_queries("word\nx\n"), Err(LogError::NoColumn("query")));
        let most = u64::MAX;
        let often = read_queries(&format!("query,count\nx,{most}\nx,{most}\n")).unwrap();
        assert_eq!(often[0].count, MOST_ASKED);
        let often = read_results(&format!("query,rank,path,count\nx,1,a.md,{most}\n")).unwrap();
        assert_eq!(often[0].query.count, MOST_ASKED);
        let mistake = read_queries("query,count\nx,often\n").unwrap_err();
        assert_eq!(mistake.to_string(), "line 2: `often` in `count` is no number");
    }

    #[test]
    fn results_come_in_the_order_of_their_ranks_from_either_kind_of_table() {
        let table = "query,rank,path\ntravel,2,b.md\ntravel,1,a.md\nleave,1,c.md\n";
        let lines = "{\"query\":\"travel\",\"rank\":2,\"path\":\"b.md\"}\n\
                     {\"query\":\"travel\",\"rank\":1,\"url\":\"a.md\"}\n\
                     {\"query\":\"leave\",\"rank\":1,\"path\":\"c.md\"}\n";
        let results = read_results(table).unwrap();
        assert_eq!(results[0].paths, ["a.md", "b.md"]);
        assert_eq!(read_results(lines), Ok(results));
        assert!(matches!(read_results("{\"query\":1}"), Err(LogError::Line { line: 1, .. })));
    }
}
