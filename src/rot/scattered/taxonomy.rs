//! The organisation's own subjects: terms, their synonyms, and what is broader.
//!
//! Read from a table or from SKOS in Turtle. What makes no sense in it, such as a term that is broader
//! than itself, is left out and told; the rest is used.

use std::collections::{HashMap, HashSet};

use super::turtle;

/// So much of what was left out is told in words.
const MOST_TOLD: usize = 10;
/// Columns by the names that people give them, in lower case.
const TERM: &[&str] = &["term", "label", "preflabel", "subject", "name", "concept"];
const SYNONYMS: &[&str] = &["synonyms", "synonym", "altlabel", "altlabels", "aliases"];
const BROADER: &[&str] = &["broader", "parent", "broader term"];

/// The organisation's own subjects.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Taxonomy {
    // Invariant: no two of one name, whatever its letter case; broader ones are within and lead
    // round nowhere.
    concepts: Vec<Concept>,
    /// What was left out, in words; the first ten, and how many more there are.
    pub trouble: Vec<String>,
}

/// One subject.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Concept {
    /// What it is called.
    pub name: String,
    /// What else it is called.
    pub synonyms: Vec<String>,
    /// The position of the broader one.
    pub broader: Option<u32>,
}

/// Why a file is no taxonomy.
#[derive(Debug, thiserror::Error)]
pub enum TaxonomyError {
    /// No column holds terms.
    #[error("no column is called `term`; the columns are {columns}")]
    NoTerms {
        /// What the columns are called.
        columns: String,
    },
    /// It is no table.
    #[error("it is no table of comma-separated values")]
    Table(#[source] csv::Error),
    /// It is no Turtle.
    #[error("it is no Turtle: {0}")]
    Turtle(String),
    /// It names no subject.
    #[error("it names no subject")]
    Empty,
}

/// A subject as it was read, with the name of its broader one.
#[derive(Clone, Debug, Default)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) synonyms: Vec<String>,
    pub(super) broader: Option<String>,
}

impl Taxonomy {
    /// Reads a table with the columns `term`, `synonyms` (separated by `;` or `|`) and `broader`, of
    /// which the last two may be missing. Columns may be separated by `,`, `;` or tabs.
    pub fn from_table(text: &str) -> Result<Self, TaxonomyError> {
        let text = text.trim_start_matches('\u{feff}');
        let head = text.lines().next().unwrap_or_default();
        let separator = [b',', b'\t', b';']
            .into_iter()
            .max_by_key(|it| head.bytes().filter(|byte| byte == it).count())
            .unwrap_or(b',');
        let mut reader = csv::ReaderBuilder::new();
        reader.delimiter(separator).flexible(true).trim(csv::Trim::All);
        let mut reader = reader.from_reader(text.as_bytes());
        let columns = reader.headers().map_err(TaxonomyError::Table)?.clone();
        let column = |names: &[&str]| {
            columns.iter().position(|it| names.contains(&it.to_lowercase().as_str()))
        };
        let Some(term) = column(TERM) else {
            let columns = columns.iter().collect::<Vec<_>>().join(", ");
            return Err(TaxonomyError::NoTerms { columns });
        };
        let (synonyms, broader) = (column(SYNONYMS), column(BROADER));
        let mut entries = Vec::new();
        for row in reader.records() {
            let row = row.map_err(TaxonomyError::Table)?;
            let cell = |at: Option<usize>| at.and_then(|it| row.get(it)).unwrap_or_default();
            let listed = cell(synonyms).split([';', '|']).map(str::trim);
            entries.push(Entry {
                name: cell(Some(term)).to_owned(),
                synonyms: listed.filter(|it| !it.is_empty()).map(str::to_owned).collect(),
                broader: Some(cell(broader).to_owned()).filter(|it| !it.is_empty()),
            });
        }
        Self::of(entries)
    }

    /// Reads SKOS concepts in Turtle: `skos:prefLabel`, `skos:altLabel`, `skos:hiddenLabel`,
    /// `skos:broader` and `skos:narrower`.
    pub fn from_turtle(text: &str) -> Result<Self, TaxonomyError> {
        Self::of(turtle::entries(text)?)
    }

    /// The subjects, in the order of the file.
    pub fn concepts(&self) -> &[Concept] {
        &self.concepts
    }

    /// A subject's broader ones, the narrowest first.
    pub(super) fn broader(&self, concept: u32) -> impl Iterator<Item = u32> {
        let broader = |it: &u32| self.concepts[*it as usize].broader;
        std::iter::successors(broader(&concept), broader)
    }

    fn of(entries: Vec<Entry>) -> Result<Self, TaxonomyError> {
        let mut trouble = Vec::new();
        let mut places: HashMap<String, u32> = HashMap::new();
        let mut concepts: Vec<Concept> = Vec::new();
        let mut above: Vec<Option<String>> = Vec::new();
        for Entry { name, synonyms, broader } in entries {
            if name.is_empty() {
                continue;
            }
            let (key, before) = (name.to_lowercase(), concepts.len());
            let at = *places.entry(key).or_insert_with(|| {
                concepts.push(Concept { name: name.clone(), ..Concept::default() });
                above.push(None);
                concepts.len() as u32 - 1
            }) as usize;
            if concepts.len() == before {
                trouble.push(format!("`{name}` is listed more than once; taken as one"));
            }
            concepts[at].synonyms.extend(synonyms);
            above[at] = above[at].take().or(broader);
        }
        if concepts.is_empty() {
            return Err(TaxonomyError::Empty);
        }
        for at in 0..concepts.len() {
            let own = concepts[at].name.to_lowercase();
            let mut seen = HashSet::from([own]);
            concepts[at].synonyms.retain(|it| seen.insert(it.to_lowercase()));
            let Some(name) = &above[at] else { continue };
            concepts[at].broader = places.get(&name.to_lowercase()).copied();
            if concepts[at].broader.is_none() {
                let own = &concepts[at].name;
                trouble.push(format!("`{name}`, broader than `{own}`, is not listed; left out"));
            }
        }
        cut_circles(&mut concepts, &mut trouble);
        let more = trouble.len().saturating_sub(MOST_TOLD);
        trouble.truncate(MOST_TOLD);
        if 0 < more {
            trouble.push(format!("and {more} more"));
        }
        Ok(Self { concepts, trouble })
    }
}

/// Leaves out what leads round in a circle.
fn cut_circles(concepts: &mut [Concept], trouble: &mut Vec<String>) {
    const NEW: u32 = u32::MAX;
    const DONE: u32 = u32::MAX - 1;
    let mut seen_by = vec![NEW; concepts.len()];
    for start in 0..concepts.len() as u32 {
        let mut at = start;
        while seen_by[at as usize] == NEW {
            seen_by[at as usize] = start;
            let Some(next) = concepts[at as usize].broader else { break };
            if seen_by[next as usize] == start {
                let names = (&concepts[at as usize].name, &concepts[next as usize].name);
                trouble.push(format!(
                    "`{}` under `{}` leads round in a circle; left out",
                    names.0, names.1
                ));
                concepts[at as usize].broader = None;
                break;
            }
            at = next;
        }
        let mut at = Some(start);
        while let Some(it) = at.filter(|it| seen_by[*it as usize] == start) {
            seen_by[it as usize] = DONE;
            at = concepts[it as usize].broader;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broader<'a>(taxonomy: &'a Taxonomy, name: &str) -> Option<&'a str> {
        let concepts = taxonomy.concepts();
        let concept = concepts.iter().find(|it| it.name == name).unwrap();
        concept.broader.map(|it| concepts[it as usize].name.as_str())
    }

    #[test]
    fn a_table_has_terms_synonyms_and_what_is_broader() {
        let table = "\u{feff}Term;Synonyms;Broader\nTravel;journeys|trips;\nHotels;;travel\n";
        let taxonomy = Taxonomy::from_table(table).unwrap();
        assert_eq!(taxonomy.concepts()[0].synonyms, ["journeys", "trips"]);
        assert_eq!(broader(&taxonomy, "Hotels"), Some("Travel"));
        assert!(taxonomy.trouble.is_empty());
    }

    #[test]
    fn duplicates_are_one_and_circles_are_cut_and_both_are_told() {
        let table = "term,broader\na,b\nb,c\nc,a\nA,\nd,d\ne,nowhere\n";
        let taxonomy = Taxonomy::from_table(table).unwrap();
        assert_eq!(taxonomy.concepts().len(), 5);
        let lead_on = |name| broader(&taxonomy, name);
        assert_eq!([lead_on("a"), lead_on("b"), lead_on("c")], [Some("b"), Some("c"), None]);
        assert_eq!((lead_on("d"), lead_on("e")), (None, None));
        assert_eq!(taxonomy.trouble.len(), 4, "{:?}", taxonomy.trouble);
    }

    #[test]
    fn a_term_that_is_listed_twice_in_a_row_is_told() {
        let taxonomy = Taxonomy::from_table("term\nTravel\nHotels\nhotels\n").unwrap();
        assert_eq!(taxonomy.trouble, ["`hotels` is listed more than once; taken as one"]);
    }

    #[test]
    fn what_is_no_taxonomy_is_refused_in_words() {
        let error = Taxonomy::from_table("id,text\n1,x\n").unwrap_err();
        assert_eq!(error.to_string(), "no column is called `term`; the columns are id, text");
        assert!(Taxonomy::from_table("term\n\n").is_err());
        assert!(Taxonomy::from_turtle("this is no turtle").is_err());
    }

    #[test]
    fn a_long_chain_is_no_circle_and_takes_no_long_time() {
        let rows = (0..100_000).map(|at| format!("t{at},t{}\n", at + 1)).collect::<String>();
        let taxonomy = Taxonomy::from_table(&format!("term,broader\n{rows}t100000,t5\n")).unwrap();
        assert_eq!(taxonomy.trouble.len(), 1);
        assert!(taxonomy.broader(0).count() <= 100_000);
    }
}
