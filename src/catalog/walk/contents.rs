//! What stands in the files of one part of an index: numbers that agree, and on request every
//! document and every posting.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use tantivy::schema::IndexRecordOption;
use tantivy::{
    DocSet as _, Index, SegmentMeta, SegmentReader, TERMINATED, TantivyDocument, TantivyError,
};

use super::{Depth, IndexFault, IndexWalk, META, in_one_line};

/// Documents kept unpacked while they are read in their order.
const CACHED_BLOCKS: usize = 2;

/// Looks into a segment whose files have the bytes that were written. What Tantivy panics on, which
/// it does not expect there, is a fault, too.
pub(super) fn look(index: &Index, meta: &SegmentMeta, depth: Depth, found: &mut IndexWalk) {
    let id = meta.id().uuid_string();
    let mut fault = |file: String, what: String| {
        found.faults.push(IndexFault { file: PathBuf::from(file), what, is_grave: true });
    };
    let looked = catch_unwind(AssertUnwindSafe(|| numbers(index, meta)));
    match looked {
        Err(_) => {
            fault(format!("{id}.*"), "cannot be opened: its contents make no sense".to_owned());
        }
        Ok(Err(error)) => fault(format!("{id}.*"), in_one_line(&error.to_string())),
        Ok(Ok(wrong)) => wrong.into_iter().for_each(|what| fault(META.to_owned(), what)),
    }
    if depth == Depth::Files {
        return;
    }
    match catch_unwind(AssertUnwindSafe(|| documents(index, meta))) {
        Err(_) => fault(format!("{id}.store"), "holds a document that makes no sense".to_owned()),
        Ok(Err(error)) => fault(format!("{id}.store"), in_one_line(&error.to_string())),
        Ok(Ok((read, broken))) => {
            if 0 < broken {
                fault(format!("{id}.store"), format!("{broken} documents cannot be read back"));
            }
            found.read_back += read;
        }
    }
    let mut fault = |file: String, what: String| {
        found.faults.push(IndexFault { file: PathBuf::from(file), what, is_grave: true });
    };
    match catch_unwind(AssertUnwindSafe(|| postings(index, meta))) {
        Err(_) => fault(format!("{id}.idx"), "its postings make no sense".to_owned()),
        Ok(Err(error)) if error.to_string().contains("SSTable") => {
            let note = "its dictionary is of Quickwit's kind: documents were read back, postings \
                        were not";
            found.notes.push(note.to_owned());
        }
        Ok(Err(error)) => fault(format!("{id}.idx"), in_one_line(&error.to_string())),
        Ok(Ok(wrong)) => wrong.into_iter().for_each(|what| fault(format!("{id}.idx"), what)),
    }
}

fn reader(index: &Index, meta: &SegmentMeta) -> tantivy::Result<SegmentReader> {
    SegmentReader::open(&index.segment(meta.clone()))
}

/// Compares how many documents the commit speaks of with how many there are.
fn numbers(index: &Index, meta: &SegmentMeta) -> tantivy::Result<Vec<String>> {
    let segment = reader(index, meta)?;
    let mut wrong = Vec::new();
    if segment.num_docs() != meta.num_docs() {
        let (found, said) = (segment.num_docs(), meta.num_docs());
        wrong.push(format!("speaks of {said} documents where {found} are not taken out"));
    }
    let store = segment.get_store_reader(CACHED_BLOCKS)?;
    let is_there = |document: u32| store.get_document_bytes(document).is_ok();
    let max = meta.max_doc();
    if 0 < max && !is_there(max - 1) {
        wrong.push(format!("speaks of {max} documents, and fewer are stored"));
    }
    if is_there(max) {
        wrong.push(format!("speaks of {max} documents, and more are stored"));
    }
    Ok(wrong)
}

/// Reads every document; returns how many were read and how many could not be.
fn documents(index: &Index, meta: &SegmentMeta) -> tantivy::Result<(u64, u64)> {
    let segment = reader(index, meta)?;
    let store = segment.get_store_reader(CACHED_BLOCKS)?;
    let (mut read, mut broken) = (0, 0);
    for document in store.iter::<TantivyDocument>(segment.alive_bitset()) {
        match document {
            Ok(_) => read += 1,
            Err(_) => broken += 1,
        }
    }
    if read + broken < u64::from(segment.num_docs()) {
        broken = u64::from(segment.num_docs()) - read;
    }
    Ok((read, broken))
}

/// Reads every posting: documents in order, within the segment, as many as the dictionary says.
fn postings(index: &Index, meta: &SegmentMeta) -> tantivy::Result<Vec<String>> {
    let segment = reader(index, meta)?;
    let schema = index.schema();
    let mut wrong = Vec::new();
    for (field, entry) in schema.fields().filter(|(_, entry)| entry.is_indexed()) {
        let inverted = segment.inverted_index(field)?;
        let mut stream = inverted.terms().stream().map_err(TantivyError::from)?;
        let mut bad = 0_u64;
        while let Some((_, info)) = stream.next() {
            let option = IndexRecordOption::Basic;
            let mut postings = inverted.read_postings_from_terminfo(info, option)?;
            let (mut count, mut last) = (0, None);
            let mut is_sound = true;
            while postings.doc() != TERMINATED {
                let document = postings.doc();
                is_sound &= last.is_none_or(|last| last < document) && document < meta.max_doc();
                last = Some(document);
                count += 1;
                postings.advance();
            }
            bad += u64::from(!is_sound || count != info.doc_freq);
        }
        if 0 < bad {
            wrong.push(format!("{bad} words of the field {} lead nowhere", entry.name()));
        }
    }
    Ok(wrong)
}
