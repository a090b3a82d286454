//! What people type → what is looked for. Pure.
//!
//! Words are joined by "and"; `OR`, `-word`, `NOT`, parentheses, `"phrases"`, `word~1`, `word*` and
//! `field:` mean what they mean elsewhere. Nothing that was typed is an error only because it
//! looks odd: an address or a time of day is searched as its words.

use std::iter::Peekable;
use std::str::CharIndices;

/// What is looked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// What the index is asked; none where everything is wanted.
    pub clause: Option<Clause>,
    /// Who has to answer for a document, or (`true`) must not. The index knows nothing of owners.
    pub owners: Vec<(String, bool)>,
}

/// A part of a query.
#[derive(Clone, Debug, PartialEq)]
pub enum Clause {
    /// A word.
    Word {
        /// Where it has to stand; none for anywhere.
        scope: Option<Scope>,
        /// The word as typed.
        word: String,
        /// Which words are as good.
        form: Form,
    },
    /// Words in this order.
    Phrase {
        /// Where they have to stand; none for anywhere.
        scope: Option<Scope>,
        /// The words as typed.
        words: String,
        /// How many other words may come between them.
        slop: u32,
    },
    /// All of them.
    All(Vec<Self>),
    /// At least one of them.
    Any(Vec<Self>),
    /// Not this.
    Not(Box<Self>),
    /// Documents that somebody answers for.
    Owner(String),
}

/// Where words have to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// In the title.
    Title,
    /// In the path.
    Path,
    /// In the text.
    Body,
    /// It is the name of the format.
    Format,
}

/// Which words are as good as the one that was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Those of the same stem.
    Stem,
    /// None.
    Exact,
    /// Those that differ in so many letters.
    Fuzzy(u8),
    /// Those that begin with it.
    Prefix,
}

/// Why a query makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// A parenthesis is not closed.
    #[error("a `(` is not closed; close it, or put it in quotes")]
    Open,
    /// A parenthesis was never opened.
    #[error("a `)` closes nothing; remove it, or put it in quotes")]
    Closed,
    /// `OR` or `NOT` stands alone.
    #[error("`{0}` needs a word after it; write it in small letters to look for the word")]
    Dangling(&'static str),
    /// `owner:` within an alternative.
    #[error("`owner:` cannot be one of several alternatives; write it beside them")]
    OwnerInside,
    /// Nothing is looked for.
    #[error("there is no word in the query; name one, such as `docrot search travel expenses`")]
    Empty,
}

impl Query {
    /// What narrows a query down, as `title:` does; some have other names, too.
    pub const FIELDS: &[&str] = &["title", "path", "text", "format", "owner"];

    /// Whether a query may be narrowed down by this name.
    pub fn is_field(name: &str) -> bool {
        field(name).is_some()
    }

    /// Reads a query as typed.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        let mut parser = Parser { text, chars: text.char_indices().peekable(), depth: 0 };
        let clause = parser.any(None)?;
        if parser.chars.peek().is_some() {
            return Err(QueryError::Closed);
        }
        let mut query = Self::default();
        let parts = match clause {
            Some(Clause::All(parts)) => parts,
            Some(part) => vec![part],
            None => return Err(QueryError::Empty),
        };
        let mut left = Vec::new();
        for part in parts {
            match part {
                Clause::Owner(name) => query.owners.push((name, false)),
                Clause::Not(inner) => match *inner {
                    Clause::Owner(name) => query.owners.push((name, true)),
                    inner => left.push(Clause::Not(Box::new(inner))),
                },
                part => left.push(part),
            }
        }
        if left.iter().any(has_owner) {
            return Err(QueryError::OwnerInside);
        }
        query.clause = joined(left, Clause::All);
        Ok(query)
    }

    /// The same with its words as alternatives; none where that is no other query.
    pub fn loosened(&self) -> Option<Self> {
        let Some(Clause::All(parts)) = &self.clause else { return None };
        let is_not = |it: &Clause| matches!(it, Clause::Not(_));
        let (not, any): (Vec<_>, Vec<_>) = parts.iter().cloned().partition(is_not);
        if any.len() < 2 {
            return None;
        }
        let mut parts = vec![Clause::Any(any)];
        parts.extend(not);
        Some(Self { clause: joined(parts, Clause::All), owners: self.owners.clone() })
    }
}

fn has_owner(clause: &Clause) -> bool {
    match clause {
        Clause::Owner(_) => true,
        Clause::All(parts) | Clause::Any(parts) => parts.iter().any(has_owner),
        Clause::Not(inner) => has_owner(inner),
        Clause::Word { .. } | Clause::Phrase { .. } => false,
    }
}

fn joined(mut parts: Vec<Clause>, join: fn(Vec<Clause>) -> Clause) -> Option<Clause> {
    match parts.len() {
        0 => None,
        1 => parts.pop(),
        _ => Some(join(parts)),
    }
}

/// Deeper nesting is not meant by anybody.
const MAX_DEPTH: u32 = 20;

struct Parser<'a> {
    text: &'a str,
    chars: Peekable<CharIndices<'a>>,
    depth: u32,
}

impl Parser<'_> {
    /// Clauses side by side; `OR` joins the two around it.
    fn any(&mut self, scope: Option<Scope>) -> Result<Option<Clause>, QueryError> {
        let mut all: Vec<Clause> = Vec::new();
        let mut is_alternative = false;
        loop {
            self.skip_spaces();
            match self.chars.peek() {
                None | Some((_, ')')) => break,
                Some(_) => {}
            }
            if self.takes_word("OR") {
                is_alternative = !all.is_empty();
                continue;
            }
            if self.takes_word("AND") {
                continue;
            }
            let Some(clause) = self.one(scope)? else { continue };
            match all.pop_if(|_| is_alternative) {
                Some(Clause::Any(mut parts)) => {
                    parts.push(clause);
                    all.push(Clause::Any(parts));
                }
                Some(before) => all.push(Clause::Any(vec![before, clause])),
                None => all.push(clause),
            }
            is_alternative = false;
        }
        if is_alternative {
            return Err(QueryError::Dangling("OR"));
        }
        Ok(joined(all, Clause::All))
    }

    /// One word, phrase or group; none for what has no letter in it.
    fn one(&mut self, scope: Option<Scope>) -> Result<Option<Clause>, QueryError> {
        let is_minus = self.takes_minus();
        if is_minus || self.takes_word("NOT") {
            self.skip_spaces();
            if !is_minus && self.chars.peek().is_none() {
                return Err(QueryError::Dangling("NOT"));
            }
            return Ok(self.one(scope)?.map(|it| Clause::Not(Box::new(it))));
        }
        match self.chars.peek() {
            Some((_, '(')) => {
                self.chars.next();
                self.depth += 1;
                if MAX_DEPTH < self.depth {
                    return Err(QueryError::Open);
                }
                let inner = self.any(scope)?;
                self.depth -= 1;
                match self.chars.next() {
                    Some((_, ')')) => Ok(inner),
                    _ => Err(QueryError::Open),
                }
            }
            Some((_, '"')) => Ok(self.phrase(scope)),
            _ => self.word(scope),
        }
    }

    fn phrase(&mut self, scope: Option<Scope>) -> Option<Clause> {
        self.chars.next();
        let words: String = std::iter::from_fn(|| self.chars.next())
            .map(|it| it.1)
            .take_while(|c| *c != '"')
            .collect();
        let slop = if self.chars.next_if(|(_, c)| *c == '~').is_some() {
            let digits = std::iter::from_fn(|| self.chars.next_if(|(_, c)| c.is_ascii_digit()));
            digits.map(|it| it.1).collect::<String>().parse().unwrap_or(1)
        } else {
            0
        };
        is_word(&words).then_some(Clause::Phrase { scope, words, slop })
    }

    fn word(&mut self, scope: Option<Scope>) -> Result<Option<Clause>, QueryError> {
        let start = self.chars.peek().map_or(self.text.len(), |it| it.0);
        let mut end = start;
        while let Some((at, c)) =
            self.chars.next_if(|(_, c)| !c.is_whitespace() && !matches!(c, '(' | ')' | '"'))
        {
            end = at + c.len_utf8();
            let field = (c == ':').then(|| field(&self.text[start..at])).flatten();
            if let Some(field) = field {
                return self.in_field(field);
            }
        }
        Ok(word(&self.text[start..end], scope))
    }

    fn in_field(&mut self, field: Field) -> Result<Option<Clause>, QueryError> {
        self.skip_spaces();
        match field {
            Field::Scope(scope) => self.one(Some(scope)),
            Field::Owner => {
                let name = match self.one(None)? {
                    Some(Clause::Word { word, .. }) => word,
                    Some(Clause::Phrase { words, .. }) => words,
                    _ => return Ok(None),
                };
                Ok(Some(Clause::Owner(name.to_lowercase())))
            }
        }
    }

    /// Takes a stroke that says "without". One between spaces, as in titles, says nothing.
    fn takes_minus(&mut self) -> bool {
        let Some((at, '-')) = self.chars.peek() else { return false };
        let next = self.text[at + 1..].chars().next();
        let is_minus = next.is_some_and(|c| c.is_alphanumeric() || matches!(c, '"' | '('));
        if is_minus {
            self.chars.next();
        }
        is_minus
    }

    fn skip_spaces(&mut self) {
        while self.chars.next_if(|(_, c)| c.is_whitespace()).is_some() {}
    }

    /// Takes an operator in capital letters, if it stands here as a word.
    fn takes_word(&mut self, operator: &str) -> bool {
        let Some((at, _)) = self.chars.peek() else { return false };
        let Some(rest) = self.text[*at..].strip_prefix(operator) else { return false };
        if !(rest.is_empty() || rest.starts_with(char::is_whitespace) || rest.starts_with('(')) {
            return false;
        }
        for _ in operator.chars() {
            self.chars.next();
        }
        true
    }
}

#[derive(Clone, Copy)]
enum Field {
    Scope(Scope),
    Owner,
}

fn field(name: &str) -> Option<Field> {
    Some(match name.to_lowercase().as_str() {
        "title" => Field::Scope(Scope::Title),
        "path" | "file" | "folder" => Field::Scope(Scope::Path),
        "text" | "body" => Field::Scope(Scope::Body),
        "format" | "type" => Field::Scope(Scope::Format),
        "owner" => Field::Owner,
        _ => return None,
    })
}

fn is_word(text: &str) -> bool {
    text.contains(char::is_alphanumeric)
}

fn word(text: &str, scope: Option<Scope>) -> Option<Clause> {
    if !is_word(text) {
        return None;
    }
    let (word, form) = if let Some(word) = text.strip_suffix('*') {
        (word, Form::Prefix)
    } else {
        match text.rsplit_once('~') {
            Some((word, "" | "1")) => (word, Form::Fuzzy(1)),
            Some((word, "2")) => (word, Form::Fuzzy(2)),
            _ => (text, Form::Stem),
        }
    };
    Some(Clause::Word { scope, word: word.to_owned(), form })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(word: &str) -> Clause {
        Clause::Word { scope: None, word: word.to_owned(), form: Form::Stem }
    }

    fn clause(text: &str) -> Clause {
        Query::parse(text).unwrap().clause.unwrap()
    }

    #[test]
    fn words_are_all_wanted_and_or_binds_its_neighbours() {
        let any = Clause::Any(vec![plain("a"), plain("b")]);
        assert_eq!(clause("a OR b c"), Clause::All(vec![any.clone(), plain("c")]));
        assert_eq!(clause("c (a OR b)"), Clause::All(vec![plain("c"), any]));
        assert_eq!(clause("a or"), Clause::All(vec![plain("a"), plain("or")]));
    }

    #[test]
    fn fields_phrases_and_forms() {
        let scope = Some(Scope::Title);
        let phrase = Clause::Phrase { scope, words: "annual report".to_owned(), slop: 2 };
        assert_eq!(clause("title:\"annual report\"~2"), phrase);
        let form = |text: &str| match clause(text) {
            Clause::Word { word, form, .. } => (word, form),
            other => panic!("{other:?}"),
        };
        assert_eq!(form("travl~1"), ("travl".to_owned(), Form::Fuzzy(1)));
        assert_eq!(form("exp*"), ("exp".to_owned(), Form::Prefix));
        assert_eq!(clause("-draft"), Clause::Not(Box::new(plain("draft"))));
        assert_eq!(clause("http://x.org/a"), plain("http://x.org/a"));
        let title = ["subprocess", "New", "module"].map(plain).to_vec();
        assert_eq!(clause("subprocess - New -- module"), Clause::All(title));
    }

    #[test]
    fn owners_are_told_apart_from_what_the_index_knows() {
        let query = Query::parse("travel owner:Kim -owner:\"HR team\"").unwrap();
        assert_eq!(query.clause, Some(plain("travel")));
        assert_eq!(query.owners, [("kim".to_owned(), false), ("hr team".to_owned(), true)]);
        assert_eq!(Query::parse("owner:kim OR a"), Err(QueryError::OwnerInside));
    }

    #[test]
    fn slips_are_told() {
        assert_eq!(Query::parse("(a"), Err(QueryError::Open));
        assert_eq!(Query::parse("a)"), Err(QueryError::Closed));
        assert_eq!(Query::parse("a OR"), Err(QueryError::Dangling("OR")));
        assert_eq!(Query::parse("…"), Err(QueryError::Empty));
        assert_eq!(Query::parse(&"(".repeat(1000)), Err(QueryError::Open));
    }

    #[test]
    fn a_query_that_finds_nothing_is_loosened_once() {
        let loose = Query::parse("a b -c").unwrap().loosened().unwrap();
        let not = Clause::Not(Box::new(plain("c")));
        let any = Clause::Any(vec![plain("a"), plain("b")]);
        assert_eq!(loose.clause, Some(Clause::All(vec![any, not])));
        assert_eq!(loose.loosened(), None);
        assert_eq!(Query::parse("a -b").unwrap().loosened(), None);
    }

    proptest::proptest! {
        #[test]
        fn anything_can_be_typed(text in r#"([\PC]|[()"~*: -]|OR|NOT|owner:|a){0,30}"#) {
            if let Ok(query) = Query::parse(&text) {
                proptest::prop_assert!(query.clause.is_some() || !query.owners.is_empty());
            }
        }
    }
}
