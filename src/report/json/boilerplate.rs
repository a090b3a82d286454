//! Boilerplate on the wire.

use serde::Serialize;

use crate::rot::{CommonPassage, OtherWording};

use super::{Report, V1Path};

#[derive(Serialize)]
pub(super) struct V1Boilerplate<'a> {
    text: &'a str,
    words: u64,
    documents: u64,
    examples: Vec<V1Path<'a>>,
    wordings: Vec<V1Wording<'a>>,
}

#[derive(Serialize)]
struct V1Wording<'a> {
    text: &'a str,
    documents: Vec<V1Path<'a>>,
}

impl<'a> V1Boilerplate<'a> {
    pub(super) fn of(report: &Report<'a>, passage: &'a CommonPassage) -> Self {
        let CommonPassage { quote, words, documents, examples, wordings } = passage;
        let paths = |documents: &[crate::inventory::DocId]| {
            documents.iter().map(|it| V1Path::of(report, *it)).collect()
        };
        let wording = |it: &'a OtherWording| {
            let OtherWording { quote, documents } = it;
            V1Wording { text: quote, documents: paths(documents) }
        };
        Self {
            text: quote,
            words: *words,
            documents: *documents,
            examples: paths(examples),
            wordings: wordings.iter().map(wording).collect(),
        }
    }
}
