//! What copies that disagree state: each wording with who holds it and since when.

use chrono::NaiveDate;

use crate::inventory::DocId;
use crate::rot::{Finding, Value};

use super::{escape, words};

/// What some copies state in one place.
#[derive(Default)]
pub(super) struct Wording {
    pub(super) value: String,
    pub(super) quote: Option<String>,
    pub(super) place: String,
    pub(super) holders: Vec<DocId>,
    pub(super) more: u64,
    pub(super) newest: Option<NaiveDate>,
}

impl Wording {
    /// As the evidence lists them: what is stated, the words around it, and who holds it.
    pub(super) fn of(finding: &Finding) -> Vec<Self> {
        let mut wordings = Vec::<Self>::new();
        for evidence in finding.evidence() {
            match (evidence.what, &evidence.value) {
                ("copies state" | "legal hold", _) => {}
                ("in its words", Value::Text(quote)) => {
                    if let Some(it) = wordings.last_mut() {
                        it.quote = Some(quoted_around(quote, &it.value));
                    }
                }
                (_, Value::Text(value)) => wordings.push(Self {
                    value: escape::visible(value).into_owned(),
                    place: escape::visible(&evidence.provenance.to_string()).into_owned(),
                    ..Self::default()
                }),
                (what, value) => {
                    let Some(wording) = wordings.last_mut() else { continue };
                    match (what, value) {
                        ("stands in", Value::Document(holder)) => wording.holders.push(*holder),
                        ("and in more", Value::Count(more)) => wording.more = *more,
                        ("newest date", Value::Date(date)) => wording.newest = Some(*date),
                        _ => {}
                    }
                }
            }
        }
        wordings
    }
}

/// A quotation that begins shortly before the value it is made for.
fn quoted_around(quote: &str, value: &str) -> String {
    const LEAD_CHARS: usize = 50;
    let Some(at) = quote.find(value) else { return words::quoted(quote) };
    let lead = quote[..at].char_indices().rev().nth(LEAD_CHARS).map_or(0, |it| it.0);
    match quote[lead..at].find(' ') {
        Some(space) if 0 < lead => words::quoted(&format!("...{}", &quote[lead + space..])),
        _ => words::quoted(quote),
    }
}
