//! What is looked for → a query of the index, and the words that it comes to.

use std::collections::{HashMap, HashSet};

use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, EmptyQuery, FuzzyTermQuery, Occur, PhraseQuery, Query,
    TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term};

use super::super::schema::Fields;
use super::super::words::words;
use super::parse::{Clause, Form, Scope};
use super::stems::Stems;

/// Of more words that are as good, the most frequent ones are looked for.
const MAX_FORMS: usize = 64;
/// What a word of the same stem counts for, beside the one that was typed.
const OTHER_FORM: f32 = 0.7;
/// A word in a title says more of a document than one in its text.
const TITLE: f32 = 2.0;
const PATH: f32 = 1.2;

type Boxed = Box<dyn Query>;

/// Turns clauses into queries, and notes the words.
pub(super) struct Compiler<'a> {
    pub(super) searcher: &'a Searcher,
    pub(super) fields: Fields,
    pub(super) stems: Vec<Stems>,
    /// The words that may stand in what is found, for quoting it.
    pub(super) found: HashSet<String>,
}

impl Compiler<'_> {
    pub(super) fn query(&mut self, clause: Option<&Clause>) -> tantivy::Result<Boxed> {
        let Some(clause) = clause else { return Ok(Box::new(AllQuery)) };
        self.clause(clause)
    }

    fn clause(&mut self, clause: &Clause) -> tantivy::Result<Boxed> {
        match clause {
            Clause::Word { scope, word, form } => self.word(*scope, word, *form),
            Clause::Phrase { scope, words, slop } => self.phrase(*scope, words, *slop),
            Clause::All(parts) => self.parts(parts, Occur::Must),
            Clause::Any(parts) => self.parts(parts, Occur::Should),
            Clause::Not(_) => self.parts(std::slice::from_ref(clause), Occur::Must),
            // Owners are taken out before; the index knows none.
            Clause::Owner(_) => Ok(Box::new(AllQuery)),
        }
    }

    fn parts(&mut self, parts: &[Clause], occur: Occur) -> tantivy::Result<Boxed> {
        let mut clauses = Vec::with_capacity(parts.len() + 1);
        for part in parts {
            clauses.push(match part {
                Clause::Not(inner) => (Occur::MustNot, self.unquoted(inner)?),
                part => (occur, self.clause(part)?),
            });
        }
        if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
            clauses.push((Occur::Must, Box::new(AllQuery)));
        }
        Ok(Box::new(BooleanQuery::new(clauses)))
    }

    /// The query of what is not wanted, whose words are not to be quoted.
    fn unquoted(&mut self, clause: &Clause) -> tantivy::Result<Boxed> {
        let found = self.found.clone();
        let query = self.clause(clause);
        self.found = found;
        query
    }

    fn word(&mut self, scope: Option<Scope>, typed: &str, form: Form) -> tantivy::Result<Boxed> {
        if scope == Some(Scope::Format) {
            let term = Term::from_field_text(self.fields.format, &typed.to_lowercase());
            return Ok(Box::new(TermQuery::new(term, IndexRecordOption::Basic)));
        }
        let mut parts = words(typed);
        let Some(last) = parts.pop() else { return Ok(Box::new(EmptyQuery)) };
        if !parts.is_empty() {
            // What is written in one piece stands so: an address, a number with a stroke in it.
            return self.phrase(scope, typed, 0);
        }
        let word = last.text;
        let forms = match form {
            Form::Exact => Vec::new(),
            Form::Stem => self.of_stem(&word)?,
            Form::Prefix => self.beginning_with(&word)?,
            Form::Fuzzy(distance) => self.near(&word, distance)?,
        };
        let mut clauses: Vec<(Occur, Boxed)> = Vec::new();
        let with_typed = std::iter::once((word.clone(), 1.0))
            .chain(forms.into_iter().filter(|it| *it != word).map(|it| (it, OTHER_FORM)));
        for (form, weight) in with_typed {
            for (field, boost) in self.scoped(scope) {
                let term = Term::from_field_text(field, &form);
                let query = TermQuery::new(term, IndexRecordOption::WithFreqs);
                let query = BoostQuery::new(Box::new(query), boost * weight);
                clauses.push((Occur::Should, Box::new(query)));
            }
            self.found.insert(form);
        }
        Ok(Box::new(BooleanQuery::new(clauses)))
    }

    fn phrase(&mut self, scope: Option<Scope>, typed: &str, slop: u32) -> tantivy::Result<Boxed> {
        let words = words(typed);
        if words.len() < 2 {
            return match words.first() {
                Some(word) => self.word(scope, &word.text, Form::Exact),
                None => Ok(Box::new(EmptyQuery)),
            };
        }
        self.found.extend(words.iter().map(|it| it.text.clone()));
        let mut clauses: Vec<(Occur, Boxed)> = Vec::new();
        for (field, boost) in self.scoped(scope) {
            let terms =
                words.iter().map(|it| (it.position, Term::from_field_text(field, &it.text)));
            let query = PhraseQuery::new_with_offset_and_slop(terms.collect(), slop);
            let query = BoostQuery::new(Box::new(query), boost);
            clauses.push((Occur::Should, Box::new(query)));
        }
        Ok(Box::new(BooleanQuery::new(clauses)))
    }

    fn scoped(&self, scope: Option<Scope>) -> Vec<(Field, f32)> {
        let Fields { title, path, body, .. } = self.fields;
        match scope {
            None => vec![(body, 1.0), (title, TITLE), (path, PATH)],
            Some(Scope::Title) => vec![(title, 1.0)],
            Some(Scope::Path) => vec![(path, 1.0)],
            Some(Scope::Body | Scope::Format) => vec![(body, 1.0)],
        }
    }

    fn of_stem(&mut self, word: &str) -> tantivy::Result<Vec<String>> {
        let is_plain = word.chars().all(char::is_alphabetic) && 3 <= word.chars().count();
        if !is_plain {
            return Ok(Vec::new());
        }
        let mut forms = Forms::default();
        let mut all_stems = std::mem::take(&mut self.stems);
        for stems in &mut all_stems {
            let stem = stems.stem(word);
            for beginning in stems.beginnings(&stem) {
                self.each_beginning(&beginning, |term, count| {
                    if stems.is_of(term, &stem) {
                        forms.add(term, count);
                    }
                })?;
            }
        }
        self.stems = all_stems;
        Ok(forms.most_frequent())
    }

    fn beginning_with(&self, word: &str) -> tantivy::Result<Vec<String>> {
        let mut forms = Forms::default();
        self.each_beginning(word, |term, count| forms.add(term, count))?;
        Ok(forms.most_frequent())
    }

    /// Every word of texts and titles that begins so, with the number of documents in each part of
    /// the index.
    fn each_beginning(
        &self,
        beginning: &str,
        mut each: impl FnMut(&str, u32),
    ) -> tantivy::Result<()> {
        for segment in self.searcher.segment_readers() {
            for field in [self.fields.body, self.fields.title] {
                let index = segment.inverted_index(field)?;
                let range = index.terms().range().ge(beginning);
                let mut stream = match after(beginning) {
                    Some(end) => range.lt(end).into_stream()?,
                    None => range.into_stream()?,
                };
                while let Some((term, info)) = stream.next() {
                    if let Ok(term) = std::str::from_utf8(term) {
                        each(term, info.doc_freq);
                    }
                }
            }
        }
        Ok(())
    }

    fn near(&self, word: &str, distance: u8) -> tantivy::Result<Vec<String>> {
        let mut forms = Forms::default();
        for field in [self.fields.body, self.fields.title] {
            let term = Term::from_field_text(field, word);
            let query = FuzzyTermQuery::new(term, distance, true);
            for segment in self.searcher.segment_readers() {
                let index = segment.inverted_index(field)?;
                let mut stream = index.terms().search(query.automaton()?).into_stream()?;
                while let Some((term, info)) = stream.next() {
                    if let Ok(term) = std::str::from_utf8(term) {
                        forms.add(term, info.doc_freq);
                    }
                }
            }
        }
        Ok(forms.most_frequent())
    }
}

/// The first word in order that does not begin so.
fn after(beginning: &str) -> Option<Vec<u8>> {
    let mut bytes = beginning.as_bytes().to_vec();
    while let Some(last) = bytes.last_mut() {
        if *last < u8::MAX {
            *last += 1;
            return Some(bytes);
        }
        bytes.pop();
    }
    None
}

/// Words, with how many documents have them.
#[derive(Default)]
struct Forms(HashMap<String, u64>);

impl Forms {
    fn add(&mut self, word: &str, documents: u32) {
        match self.0.get_mut(word) {
            Some(count) => *count += u64::from(documents),
            None => drop(self.0.insert(word.to_owned(), u64::from(documents))),
        }
    }

    fn most_frequent(self) -> Vec<String> {
        let mut words: Vec<_> = self.0.into_iter().collect();
        words.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        words.truncate(MAX_FORMS);
        words.into_iter().map(|it| it.0).collect()
    }
}
