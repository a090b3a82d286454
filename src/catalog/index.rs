//! The Tantivy index: what goes in, and how a text comes out again.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use tantivy::collector::{DocSetCollector, TopDocs};
use tantivy::indexer::{IndexWriterOptions, UserOperation};
use tantivy::query::{MoreLikeThisQuery, PhraseQuery, Query, TermQuery};
use tantivy::schema::{IndexRecordOption, OwnedValue, Value as _};
use tantivy::{
    DateTime, DocAddress, Index, IndexReader, IndexWriter, ReloadPolicy, Searcher, TantivyDocument,
    Term,
};

use crate::inventory::{Record, document_key, path_text};

use super::INDEX_FOLDER;
use super::merging::SmallMerges;
use super::room::Room;
use super::schema::{Fields, Keeping, content_of, id_of};
use super::update::UpdateOptions;
use super::waiting::{Held, Waiting};

/// What is indexed of a document.
#[derive(Clone, Copy, Debug)]
pub struct IndexedDocument<'a> {
    /// Its record.
    pub record: &'a Record,
    /// Its text.
    pub text: &'a str,
}

/// What a document that waits takes beside its text and path.
const WAITING_BYTES: usize = 512;

/// Adds and removes documents. The writer is opened by the first change, so that a scan without
/// changes takes no lock, starts no thread and syncs nothing.
pub(super) struct Indexer<'a> {
    index: &'a Index,
    fields: Fields,
    keeping: Keeping,
    /// The folder of the catalog.
    folder: &'a Path,
    options: UpdateOptions,
    /// What the texts that wait may take.
    room: Arc<Room>,
    writer: RwLock<Option<IndexWriter<Waiting>>>,
}

impl<'a> Indexer<'a> {
    pub(super) fn new(
        index: &'a Index,
        folder: &'a Path,
        options: UpdateOptions,
    ) -> tantivy::Result<Self> {
        let schema = index.schema();
        let (fields, keeping) = (Fields::of(&schema)?, Keeping::of(&schema));
        let (room, writer) = (Room::of(options.waiting_bytes), RwLock::new(None));
        Ok(Self { index, fields, keeping, folder, options, room, writer })
    }

    fn with_writer<T>(
        &self,
        change: impl FnOnce(&IndexWriter<Waiting>) -> tantivy::Result<T>,
    ) -> tantivy::Result<T> {
        {
            let open = self.writer.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(writer) = &*open {
                return change(writer);
            }
        }
        self.open()?;
        let open = self.writer.read().unwrap_or_else(PoisonError::into_inner);
        change(open.as_ref().expect("it was just opened and is never closed before the end"))
    }

    fn open(&self) -> tantivy::Result<()> {
        let mut writer = self.writer.write().unwrap_or_else(PoisonError::into_inner);
        if writer.is_none() {
            let UpdateOptions { threads, memory_bytes, merge_bytes, .. } = self.options;
            let options = IndexWriterOptions::builder()
                .num_worker_threads(threads)
                .memory_budget_per_thread(memory_bytes / threads.max(1));
            let opened = match merge_bytes {
                None => self.index.writer_with_options(options.build())?,
                Some(bytes) => {
                    let options = options.num_merge_threads(1).build();
                    let opened = self.index.writer_with_options(options)?;
                    let folder = self.folder.join(INDEX_FOLDER);
                    opened.set_merge_policy(Box::new(SmallMerges { folder, bytes }));
                    opened
                }
            };
            // A scan that was killed may have left files whose names this one is going to use.
            opened.garbage_collect_files().wait()?;
            *writer = Some(opened);
        }
        Ok(())
    }

    /// Takes what was known under this key out, and puts the document in.
    pub(super) fn put(&self, document: IndexedDocument<'_>, replace: bool) -> tantivy::Result<()> {
        let Record { root, file, metadata, format, hash, .. } = document.record;
        let fields = self.fields;
        let key = document_key(*root, &file.path);
        let text = |text: &str| Held::Text(text.into());
        let path = path_text::encode(&file.path);
        let key_term = || Term::from_field_bytes(fields.key, &key);
        // A writer whose threads have ended gives back nothing; asked to forget the document, which
        // it is about to be given, it says so.
        let is_alive =
            || self.with_writer(|it| it.run([UserOperation::Delete(key_term())])).map(|_| ());
        let bytes = (document.text.len() + path.len() + WAITING_BYTES) as u64;
        let taken = self.room.take_while(bytes, is_alive)?;
        let mut entry = vec![
            (fields.key, Held::Bytes(key)),
            (fields.id, Held::Number(id_of(&key))),
            (fields.path, text(&path)),
            (fields.modified, Held::Time(DateTime::from_timestamp_nanos(file.modified))),
            (fields.size, Held::Number(file.size)),
        ];
        if self.keeping != Keeping::Fingerprints {
            entry.push((fields.text, text(document.text)));
        }
        entry.extend(metadata.title.as_ref().map(|it| (fields.title, text(&it.value))));
        entry.extend(format.as_ref().map(|it| (fields.format, text(&it.name))));
        entry.extend(hash.as_ref().map(|it| (fields.content, Held::Number(content_of(it)))));
        let entry = Waiting { fields: entry, _taken: taken };
        self.with_writer(|writer| {
            if replace {
                writer.delete_term(key_term());
            }
            writer.add_document(entry).map(|_| ())
        })
    }

    /// Takes a document out.
    pub(super) fn remove(
        &self,
        root: crate::inventory::RootId,
        path: &Path,
    ) -> tantivy::Result<()> {
        let term = Term::from_field_bytes(self.fields.key, &document_key(root, path));
        self.with_writer(|writer| {
            writer.delete_term(term);
            Ok(())
        })
    }

    /// Makes everything so far durable, together with `payload`.
    pub(super) fn commit(&self, payload: &str) -> tantivy::Result<()> {
        self.open()?;
        let mut writer = self.writer.write().unwrap_or_else(PoisonError::into_inner);
        let writer =
            writer.as_mut().expect("it was just opened and is never closed before the end");
        let mut prepared = writer.prepare_commit()?;
        prepared.set_payload(payload);
        prepared.commit()?;
        Ok(())
    }

    /// Waits for merges to end. Without it a later process would find segments unmerged.
    pub(super) fn close(self) -> tantivy::Result<()> {
        match self.writer.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(writer) => writer.wait_merging_threads(),
            None => Ok(()),
        }
    }
}

/// Blocks of texts that a segment keeps unpacked, of 16 KiB each: a report asks for the same texts
/// many times.
const CACHED_BLOCKS: usize = 1_000;

/// Looks at an index as of its last commit.
///
/// Whoever only looks keeps no writer from removing files, so where the files of one commit have
/// just gone, those of the next one are there.
pub(super) fn searcher(index: &Index, cached_blocks: usize) -> tantivy::Result<Searcher> {
    let open = || -> tantivy::Result<Searcher> {
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual);
        let reader: IndexReader = reader.doc_store_cache_num_blocks(cached_blocks).try_into()?;
        Ok(reader.searcher())
    };
    let opstamp = || index.load_metas().map(|it| it.opstamp);
    let before = opstamp()?;
    open().or_else(|error| if opstamp()? == before { Err(error) } else { open() })
}

/// Looks texts up by document.
pub(super) struct Bodies {
    searcher: Searcher,
    fields: Fields,
}

impl Bodies {
    pub(super) fn open(index: &Index) -> tantivy::Result<Self> {
        Self::open_with(index, CACHED_BLOCKS)
    }

    /// Keeps so many blocks of each segment unpacked.
    fn open_with(index: &Index, cached_blocks: usize) -> tantivy::Result<Self> {
        let fields = Fields::of(&index.schema())?;
        Ok(Self { searcher: searcher(index, cached_blocks)?, fields })
    }

    /// Keeps so many blocks unpacked of all segments together.
    pub(super) fn open_within(index: &Index, blocks: usize) -> tantivy::Result<Self> {
        let segments = index.searchable_segment_ids()?.len().max(1);
        Self::open_with(index, (blocks / segments).clamp(1, CACHED_BLOCKS))
    }

    pub(super) fn text(&self, key: [u8; 16]) -> Option<String> {
        let query =
            TermQuery::new(Term::from_field_bytes(self.fields.key, &key), IndexRecordOption::Basic);
        let found = self.searcher.search(&query, &TopDocs::with_limit(1).order_by_score()).ok()?;
        let document: TantivyDocument = self.searcher.doc(found.first()?.1).ok()?;
        document.get_first(self.fields.text)?.as_str().map(str::to_owned)
    }

    /// The keys of the documents whose text and title are most like those of the document with this
    /// key, the most similar first, without itself.
    pub(super) fn similar(&self, key: [u8; 16], limit: usize) -> tantivy::Result<Vec<[u8; 16]>> {
        let Some(document) = self.document(key)? else { return Ok(Vec::new()) };
        let values = |field| document.get_all(field).map(OwnedValue::from).collect::<Vec<_>>();
        let like = [self.fields.title, self.fields.body].map(|field| (field, values(field)));
        let query = MoreLikeThisQuery::builder()
            .with_min_doc_frequency(2)
            // Counted with documents that were replaced: more than all there are is not looked for.
            .with_max_doc_frequency(self.searcher.num_docs())
            .with_min_term_frequency(1)
            .with_min_word_length(3)
            .with_max_query_terms(40)
            .with_document_fields(like.to_vec());
        let found =
            self.searcher.search(&query, &TopDocs::with_limit(limit + 1).order_by_score())?;
        let keys = found.into_iter().map(|(_, address)| self.key(address));
        let mut keys: Vec<[u8; 16]> =
            keys.filter_map(Result::transpose).collect::<tantivy::Result<_>>()?;
        keys.retain(|it| *it != key);
        keys.truncate(limit);
        Ok(keys)
    }

    fn document(&self, key: [u8; 16]) -> tantivy::Result<Option<TantivyDocument>> {
        let query =
            TermQuery::new(Term::from_field_bytes(self.fields.key, &key), IndexRecordOption::Basic);
        let found = self.searcher.search(&query, &TopDocs::with_limit(1).order_by_score())?;
        found.first().map(|(_, address)| self.searcher.doc(*address)).transpose()
    }

    fn key(&self, address: DocAddress) -> tantivy::Result<Option<[u8; 16]>> {
        let document: TantivyDocument = self.searcher.doc(address)?;
        let key = document.get_first(self.fields.key).and_then(|it| it.as_bytes());
        Ok(key.and_then(|it| it.try_into().ok()))
    }

    /// The keys of the documents whose text has these words in this order; none for no words.
    pub(super) fn mentions(&self, phrase: &str) -> tantivy::Result<Vec<[u8; 16]>> {
        let mut tokenizer = self.searcher.index().tokenizer_for_field(self.fields.body)?;
        let mut terms = Vec::new();
        let mut stream = tokenizer.token_stream(phrase);
        while stream.advance() {
            let token = stream.token();
            terms.push((token.position, Term::from_field_text(self.fields.body, &token.text)));
        }
        let query: Box<dyn Query> = match terms.len() {
            0 => return Ok(Vec::new()),
            1 => Box::new(TermQuery::new(terms.remove(0).1, IndexRecordOption::Basic)),
            _ => Box::new(PhraseQuery::new_with_offset(terms)),
        };
        let found = self.searcher.search(&*query, &DocSetCollector)?;
        let mut keys = Vec::with_capacity(found.len());
        for address in found {
            keys.extend(self.key(address)?);
        }
        keys.sort_unstable();
        Ok(keys)
    }
}
