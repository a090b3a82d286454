//! A folder of Tantivy that another program made: whatever its fields are, and without a trace.
//!
//! What can be had of a document is what is stored and what has a column. Formats 4 to 7 of
//! Tantivy's files are read, those of its versions 0.18 to 0.27.

mod values;

use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use tantivy::collector::TopDocs;
use tantivy::directory::error::{Incompatibility, OpenDirectoryError, OpenReadError};
use tantivy::query::{BooleanQuery, Query, QueryParser, TermQuery};
use tantivy::schema::{Field, FieldType, IndexRecordOption};
use tantivy::{Index, ReloadPolicy, Searcher, SegmentReader, TantivyDocument, TantivyError, Term};

use super::readonly::ReadOnly;
use super::walk::{META, WRITER_LOCK, in_one_line, is_locked};

/// Blocks of documents that are kept unpacked: they are read in their order.
const CACHED_BLOCKS: usize = 2;
/// How often an index is opened whose files vanish while it is.
const ATTEMPTS: usize = 3;

/// A folder of Tantivy, as of its last commit when it was opened.
#[expect(missing_debug_implementations, reason = "holds a searcher, which has none")]
pub struct ForeignIndex {
    folder: PathBuf,
    index: Index,
    searcher: Searcher,
    meta: Vec<u8>,
}

/// A field of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignField {
    /// Its name.
    pub name: String,
    /// What its values are.
    pub kind: ForeignKind,
    /// Whether its values can be had: they are stored, or have a column.
    pub is_stored: bool,
    /// Whether words are found in it, with a way to split words that is known.
    pub is_searched: bool,
}

/// What values a field has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForeignKind {
    /// Text, split into words.
    Text,
    /// Text as it is.
    Keyword,
    /// Numbers.
    Number,
    /// Dates.
    Date,
    /// Bytes.
    Bytes,
    /// Objects.
    Object,
    /// Anything else.
    Other,
}

/// Why it cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ForeignError {
    /// There is no such folder.
    #[error("there is no such folder")]
    Missing,
    /// It holds something else.
    #[error("{0}")]
    NotAnIndex(String),
    /// Another version of Tantivy made it.
    #[error("{0}")]
    OtherVersion(String),
    /// A file of it is not there, or not to its end.
    #[error("{0}")]
    Incomplete(String),
    /// Its files change faster than they can be opened.
    #[error("its files change while they are opened")]
    BeingWritten,
    /// Another program keeps everybody out.
    #[error("{0}")]
    Locked(io::Error),
    /// The file system refuses.
    #[error("{0}")]
    Unreadable(io::Error),
    /// It is damaged.
    #[error("{0}")]
    Broken(String),
}

impl ForeignIndex {
    /// Opens the index in `folder`.
    pub fn open(folder: &Path) -> Result<Self, ForeignError> {
        let mut opened = Self::open_once(folder);
        for _ in 1..ATTEMPTS {
            match &opened {
                // A writer takes away what its next commit does not name.
                Err(ForeignError::Incomplete(_)) if is_locked(&folder.join(WRITER_LOCK)) => {
                    opened = Self::open_once(folder);
                }
                _ => break,
            }
        }
        match opened {
            Err(ForeignError::Incomplete(_)) if is_locked(&folder.join(WRITER_LOCK)) => {
                Err(ForeignError::BeingWritten)
            }
            opened => opened,
        }
    }

    fn open_once(folder: &Path) -> Result<Self, ForeignError> {
        let meta = meta_of(folder)?;
        let open = || {
            let directory = ReadOnly::open(folder).map_err(TantivyError::from)?;
            let index = Index::open(directory)?;
            let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
            let searcher = tantivy::IndexReader::searcher(&reader);
            Ok((index, searcher))
        };
        let (index, searcher) = guarded(open)?;
        Ok(Self { folder: folder.to_path_buf(), index, searcher, meta })
    }

    /// How many documents can be found.
    pub fn len(&self) -> u64 {
        self.searcher.num_docs()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether another program has it open for writing.
    pub fn is_being_written(&self) -> bool {
        is_locked(&self.folder.join(WRITER_LOCK))
    }

    /// Whether another commit was made since it was opened.
    pub fn has_changed(&self) -> bool {
        fs::read(self.folder.join(META)).is_ok_and(|now| now != self.meta)
    }

    /// Every field, in the order of the schema.
    pub fn fields(&self) -> Vec<ForeignField> {
        let schema = self.index.schema();
        let fields = schema.fields().map(|(field, entry)| ForeignField {
            name: entry.name().to_owned(),
            kind: kind_of(entry.field_type()),
            is_stored: entry.is_stored() || entry.is_fast(),
            is_searched: self.is_searched(field),
        });
        fields.collect()
    }

    fn is_searched(&self, field: Field) -> bool {
        let schema = self.index.schema();
        let entry = schema.get_field_entry(field);
        let is_text = matches!(entry.field_type(), FieldType::Str(_)) && entry.is_indexed();
        // The dictionary of Quickwit's kind does not open.
        let opens = || {
            let mut segments = self.searcher.segment_readers().iter();
            segments.all(|it| guarded(|| it.inverted_index(field).map(|_| ())).is_ok())
        };
        is_text && self.index.tokenizer_for_field(field).is_ok() && opens()
    }

    /// Hands over every document with these fields as a JSON object whose values are lists, in the
    /// order of the index; why where one cannot be read.
    pub fn each(
        &self,
        names: &[&str],
        take: &mut dyn FnMut(Result<Value, String>) -> ControlFlow<()>,
    ) -> Result<(), ForeignError> {
        let wanted = Wanted::of(&self.index, names);
        for segment in self.searcher.segment_readers() {
            let columns = guarded(|| wanted.columns(segment))?;
            let store = segment.get_store_reader(CACHED_BLOCKS).map_err(TantivyError::from);
            let store = store.map_err(of_tantivy)?;
            let alive = segment.doc_ids_alive();
            let mut documents = store.iter::<TantivyDocument>(segment.alive_bitset());
            for id in alive {
                let read = || -> tantivy::Result<Map<String, Value>> {
                    let mut object = Map::new();
                    if !wanted.stored.is_empty() {
                        let Some(document) = documents.next() else {
                            let what = "it is not stored".to_owned();
                            return Err(TantivyError::InternalError(what));
                        };
                        wanted.stored_values(&document?, &mut object);
                    }
                    values::add_columns(&columns, id, &mut object);
                    Ok(object)
                };
                let object = guarded(read).map(Value::Object).map_err(|error| error.to_string());
                if take(object).is_break() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// The first `k` documents, the best first, that have any of `words`, or what `typed` asks for,
    /// in one of the fields `searched`, with the fields `names` of each.
    pub fn find(
        &self,
        asked: Asking<'_>,
        searched: &[&str],
        names: &[&str],
        k: usize,
    ) -> Result<Vec<Value>, ForeignError> {
        let schema = self.index.schema();
        let fields: Vec<Field> =
            searched.iter().filter_map(|it| schema.get_field(it).ok()).collect();
        let wanted = Wanted::of(&self.index, names);
        let find = || {
            let query = self.query(asked, &fields)?;
            let hits =
                self.searcher.search(&*query, &TopDocs::with_limit(k.max(1)).order_by_score())?;
            let mut found = Vec::with_capacity(hits.len());
            for (_, address) in hits {
                let segment = self.searcher.segment_reader(address.segment_ord);
                let mut object = Map::new();
                wanted.stored_values(&self.searcher.doc(address)?, &mut object);
                values::add_columns(&wanted.columns(segment)?, address.doc_id, &mut object);
                found.push(Value::Object(object));
            }
            Ok(found)
        };
        guarded(find)
    }

    fn query(&self, asked: Asking<'_>, fields: &[Field]) -> tantivy::Result<Box<dyn Query>> {
        let words = match asked {
            Asking::Typed(query) => {
                let parser = QueryParser::for_index(&self.index, fields.to_vec());
                // What makes no sense to it is left out, as in any search box.
                return Ok(parser.parse_query_lenient(query).0);
            }
            Asking::AnyOf(words) => words,
        };
        let mut terms: Vec<Box<dyn Query>> = Vec::new();
        for field in fields {
            let mut tokenizer = self.index.tokenizer_for_field(*field)?;
            for word in words {
                tokenizer.token_stream(word).process(&mut |token| {
                    let term = Term::from_field_text(*field, &token.text);
                    terms.push(Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)));
                });
            }
        }
        Ok(Box::new(BooleanQuery::union(terms)))
    }
}

/// What is looked for.
#[derive(Clone, Copy, Debug)]
pub enum Asking<'a> {
    /// Any of these words.
    AnyOf(&'a [String]),
    /// A query as a person types it.
    Typed(&'a str),
}

/// The fields that are wanted, by where their values are.
struct Wanted {
    stored: Vec<(Field, String)>,
    columns: Vec<String>,
}

impl Wanted {
    fn of(index: &Index, names: &[&str]) -> Self {
        let schema = index.schema();
        let mut wanted = Self { stored: Vec::new(), columns: Vec::new() };
        for name in names {
            // A nested name is found in the object that its beginning names.
            let Some((field, _)) = schema.find_field(name) else { continue };
            let entry = schema.get_field_entry(field);
            if entry.is_stored() {
                if !wanted.stored.iter().any(|it| it.0 == field) {
                    wanted.stored.push((field, entry.name().to_owned()));
                }
            } else if entry.is_fast() {
                wanted.columns.push((*name).to_owned());
            }
        }
        wanted
    }

    fn columns(&self, segment: &SegmentReader) -> tantivy::Result<Vec<values::Column>> {
        self.columns.iter().map(|name| values::column(segment, name)).collect()
    }

    fn stored_values(&self, document: &TantivyDocument, object: &mut Map<String, Value>) {
        for (field, name) in &self.stored {
            let values = document.get_all(*field).map(values::json).collect::<Vec<_>>();
            if !values.is_empty() {
                object.insert(name.clone(), Value::Array(values));
            }
        }
    }
}

fn kind_of(of: &FieldType) -> ForeignKind {
    match of {
        FieldType::Str(options) => match options.get_indexing_options() {
            Some(indexing) if indexing.tokenizer() != "raw" => ForeignKind::Text,
            Some(_) => ForeignKind::Keyword,
            // What is stored alone may be either.
            None => ForeignKind::Other,
        },
        FieldType::U64(_) | FieldType::I64(_) | FieldType::F64(_) => ForeignKind::Number,
        FieldType::Date(_) => ForeignKind::Date,
        FieldType::Bytes(_) => ForeignKind::Bytes,
        FieldType::JsonObject(_) => ForeignKind::Object,
        FieldType::Facet(_) => ForeignKind::Keyword,
        FieldType::Bool(_)
        | FieldType::IpAddr(_)
        | FieldType::TieBreaker
        | FieldType::Custom(_) => ForeignKind::Other,
    }
}

/// The list of parts of an index, as far as it looks like one.
fn meta_of(folder: &Path) -> Result<Vec<u8>, ForeignError> {
    let meta = match fs::read(folder.join(META)) {
        Ok(meta) => meta,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(without_meta(folder)),
        Err(error) => return Err(of_io(error)),
    };
    let json: Value = serde_json::from_slice(&meta).map_err(|error| {
        ForeignError::Incomplete(format!("{META} is cut or overwritten: {error}"))
    })?;
    if json.get("segments").is_none() || json.get("schema").is_none() {
        let what = format!("its {META} is of another program than Tantivy");
        return Err(ForeignError::NotAnIndex(what));
    }
    Ok(meta)
}

fn without_meta(folder: &Path) -> ForeignError {
    let names = || {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|it| PathBuf::from(it.file_name()))
    };
    let has = |extension: &str| names().any(|it| it.extension().is_some_and(|it| it == extension));
    if !folder.is_dir() {
        ForeignError::Missing
    } else if has("store") || has("term") {
        ForeignError::Incomplete(format!("{META} is missing"))
    } else if has("split") {
        let what = "it holds splits of Quickwit, which only Quickwit reads; name its server";
        ForeignError::NotAnIndex(what.to_owned())
    } else {
        ForeignError::NotAnIndex(format!("there is no {META} in it"))
    }
}

/// Does what Tantivy panics at where files make no sense.
fn guarded<T>(look: impl FnOnce() -> tantivy::Result<T>) -> Result<T, ForeignError> {
    match catch_unwind(AssertUnwindSafe(look)) {
        Ok(looked) => looked.map_err(of_tantivy),
        Err(_) => Err(ForeignError::Broken("its contents make no sense".to_owned())),
    }
}

fn of_io(error: io::Error) -> ForeignError {
    // What Windows says where another program shares nothing: 32 and 33.
    match error.raw_os_error() {
        Some(32 | 33) if cfg!(windows) => ForeignError::Locked(error),
        Some(_) => ForeignError::Unreadable(error),
        None => ForeignError::Incomplete(in_one_line(&error.to_string())),
    }
}

fn of_tantivy(error: TantivyError) -> ForeignError {
    let other = |what: Incompatibility| match what {
        Incompatibility::IndexMismatch { index_version, .. } => ForeignError::OtherVersion(
            format!("it was written as {}", in_one_line(&format!("{index_version:?}"))),
        ),
        Incompatibility::CompressionMismatch { index_compression_format, .. } => {
            ForeignError::OtherVersion(format!("it is compressed with {index_compression_format}"))
        }
    };
    match error {
        TantivyError::IncompatibleIndex(what) => other(what),
        TantivyError::OpenReadError(error) => match error {
            OpenReadError::FileDoesNotExist(file) => {
                ForeignError::Incomplete(format!("{} is missing", file.display()))
            }
            OpenReadError::IoError { io_error, .. } => {
                of_io(io::Error::new(io_error.kind(), io_error.to_string()))
            }
            OpenReadError::IncompatibleIndex(what) => other(what),
        },
        TantivyError::OpenDirectoryError(OpenDirectoryError::DoesNotExist(_)) => {
            ForeignError::Missing
        }
        TantivyError::IoError(error) => match error.raw_os_error() {
            Some(code) => of_io(io::Error::from_raw_os_error(code)),
            None => ForeignError::Incomplete(in_one_line(&error.to_string())),
        },
        error => ForeignError::Broken(in_one_line(&error.to_string())),
    }
}
