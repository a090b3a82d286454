//! Goes through every document of an index, each once, whatever the network and the cluster do.
//!
//! Documents are paged in a snapshot: a point in time, or a scroll where that is refused. A page of a
//! point in time can be asked for again; a page of a scroll cannot, because the cursor may have
//! moved. Where a snapshot is lost, a new one is opened and read from its beginning, and what was
//! handed over before is passed over.

use std::ops::ControlFlow;

use serde_json::{Value, json};

use crate::validate::engines::http::{Answer, Client, Failed, Request, Verb};
use crate::validate::engines::paging::{
    FIRST_DOCUMENTS, MOST_PAGE_BYTES, SCROLLED_DOCUMENTS, next_size,
};
use crate::validate::engines::seen::Seen;
use crate::validate::engines::{EngineError, Trouble};

use super::page::{Hit, Page, Picked};

/// How long a snapshot lives between two pages.
const KEEP_ALIVE: &str = "5m";
/// So many times a snapshot may be lost with nothing new read between.
const VAIN_RESTARTS: u32 = 3;

/// How documents are paged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// A point in time of Elasticsearch.
    Pit,
    /// A point in time of OpenSearch.
    PointInTime,
    /// A scroll.
    Scroll,
    /// No snapshot: by a field whose values are unique.
    Live(String),
}

impl Way {
    /// The words for people.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Pit | Self::PointInTime => "in a point in time".to_owned(),
            Self::Scroll => "by scrolling".to_owned(),
            Self::Live(field) => format!("by `{field}`, while the index may change"),
        }
    }
}

/// What is gone through, and how.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    pub(super) client: &'a Client,
    pub(super) index: &'a str,
    /// The ways to try, in their order.
    pub(super) ways: Vec<Way>,
    pub(super) unique_field: Option<&'a str>,
    pub(super) picked: Picked,
    /// Whether the engine is told to answer in full or not at all.
    pub(super) may_insist: bool,
}

/// How it went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Walked {
    /// Documents that were handed over.
    pub(super) documents: u64,
    /// How many the snapshot says it has.
    pub(super) total: Option<u64>,
    /// How often a snapshot was lost and opened anew.
    pub(super) restarts: u32,
    /// How it was paged.
    pub(super) way: String,
    /// Whether whoever took them had enough.
    pub(super) is_cut: bool,
}

/// An open snapshot, and where in it the next page begins.
struct Cursor {
    way: Way,
    // The engine's name of the snapshot; empty where there is none.
    id: String,
    sort: Vec<Value>,
    after: Option<Value>,
    is_begun: bool,
}

/// Why there is no page.
enum Stop {
    /// The snapshot is gone, or nobody knows where in it the next page begins.
    Lost(EngineError),
    /// It is too much at once.
    TooMuch(EngineError),
    /// There is no use in going on.
    End(EngineError),
}

impl Walk<'_> {
    /// Hands every document over.
    pub(super) fn run(
        &self,
        take: &mut dyn FnMut(&Hit<'_>) -> ControlFlow<()>,
    ) -> Result<Walked, EngineError> {
        let mut walked = Walked::default();
        let (mut seen, mut size) = (Seen::default(), FIRST_DOCUMENTS);
        let (mut vain, mut seen_before) = (0, 0);
        let mut ways = &self.ways[..];
        loop {
            let mut cursor = self.open(ways)?;
            walked.way = cursor.way.words();
            if cursor.way == Way::Scroll && size == FIRST_DOCUMENTS {
                size = SCROLLED_DOCUMENTS;
            }
            let outcome = self.pages(&mut cursor, &mut size, &mut seen, &mut walked, take);
            self.close(&cursor);
            walked.documents = seen.len() as u64;
            let error = match outcome {
                Ok(()) => return Ok(walked),
                Err(Stop::End(error)) => {
                    // A scroll is opened by its first page, so that only this one tells.
                    let at = ways.iter().position(|it| *it == cursor.way);
                    ways = at.map(|it| &ways[it + 1..]).unwrap_or_default();
                    if cursor.is_begun || ways.is_empty() || is_silence(&error) {
                        return Err(error);
                    }
                    continue;
                }
                Err(Stop::TooMuch(error)) => return Err(error),
                Err(Stop::Lost(error)) => error,
            };
            vain = if seen.len() == seen_before { vain + 1 } else { 1 };
            if VAIN_RESTARTS < vain {
                return Err(error);
            }
            log::info!("{error}; the snapshot is opened anew");
            seen_before = seen.len();
            walked.restarts += 1;
            self.client.pause(vain, None);
            seen.begin_anew();
        }
    }

    fn pages(
        &self,
        cursor: &mut Cursor,
        size: &mut u64,
        seen: &mut Seen,
        walked: &mut Walked,
        take: &mut dyn FnMut(&Hit<'_>) -> ControlFlow<()>,
    ) -> Result<(), Stop> {
        loop {
            let answer = match self.ask(cursor, *size) {
                Err(Stop::TooMuch(_)) if 1 < *size => {
                    *size /= 2;
                    if cursor.way == Way::Scroll && cursor.is_begun {
                        // Its pages keep the size that it was opened with.
                        return Err(Stop::Lost(self.error(Trouble::Busy, "pages are too long")));
                    }
                    continue;
                }
                other => other?,
            };
            let bytes = answer.body.len() as u64;
            let mut page: Page<'_> =
                answer.json().map_err(|error| Stop::Lost(self.client.nonsense(error)))?;
            // Whatever comes of the page, the snapshot has to be closed.
            if let Some(id) = page.pit_id.take().or(page.scroll_id.take()) {
                cursor.id = id;
            }
            if let Some(lack) = page.lack() {
                return Err(Stop::Lost(self.error(Trouble::Busy, &lack)));
            }
            if !cursor.is_begun {
                walked.total = page.hits.total.map(|it| it.value());
            }
            let got = page.hits.hits.len() as u64;
            for hit in &page.hits.hits {
                if seen.is_new(&hit.name()) && take(hit).is_break() {
                    walked.is_cut = true;
                    return Ok(());
                }
            }
            if self.advance(cursor, page)? {
                return Ok(());
            }
            // Pages of a scroll keep the size that it was opened with, which is what is halved.
            if cursor.way != Way::Scroll {
                *size = next_size(*size, got, bytes);
            }
        }
    }

    /// Moves behind a page; whether it was the last one.
    fn advance(&self, cursor: &mut Cursor, page: Page<'_>) -> Result<bool, Stop> {
        cursor.is_begun = true;
        let Some(last) = page.hits.hits.into_iter().last() else { return Ok(true) };
        if cursor.way != Way::Scroll {
            let Some(sort) = last.sort else {
                return Err(Stop::End(
                    self.error(Trouble::Broken, "it sorts without telling by what"),
                ));
            };
            cursor.after = Some(sort);
        }
        Ok(false)
    }

    /// Opens a snapshot in the first way that is not refused.
    fn open(&self, ways: &[Way]) -> Result<Cursor, EngineError> {
        let mut refused = None;
        for way in ways {
            let path = match way {
                Way::Pit => format!("/{}/_pit?keep_alive={KEEP_ALIVE}", self.index),
                Way::PointInTime => format!(
                    "/{}/_search/point_in_time?keep_alive={KEEP_ALIVE}\
                     &allow_partial_pit_creation=false",
                    self.index
                ),
                Way::Scroll | Way::Live(_) => match self.try_order(way, "", None) {
                    Ok(cursor) => return Ok(cursor),
                    Err(error) => {
                        refused = Some(error);
                        continue;
                    }
                },
            };
            let answer = self.client.send(&Request::post(&path, ""));
            let answer = answer.map_err(|it| it.into_error(self.client.index()))?;
            if !answer.is_success() {
                let error = self.client.refusal(&answer);
                if is_silence(&error) {
                    return Err(error);
                }
                log::debug!("{error}; another way is tried");
                refused = Some(error);
                continue;
            }
            let opened: Value = answer.json().map_err(|error| self.client.nonsense(error))?;
            let id = ["id", "pit_id"].iter().find_map(|key| opened[*key].as_str());
            let Some(id) = id else { continue };
            match self.order(way, id) {
                Ok(cursor) => return Ok(cursor),
                Err(error) => {
                    self.close(&Cursor::at(way.clone(), id, Vec::new()));
                    refused = Some(error);
                }
            }
        }
        Err(refused.unwrap_or_else(|| self.error(Trouble::Broken, "it cannot be paged")))
    }

    /// Finds the order in which a point in time can be paged without a loss. Positions are unique
    /// within one part of an index only, so they serve alone where there is one.
    fn order(&self, way: &Way, id: &str) -> Result<Cursor, EngineError> {
        let asc = |field: &str| json!({ field: "asc" });
        let unique = self.unique_field.map(|it| vec![asc(it)]);
        let mut refused = None;
        for (order, most_parts) in [
            (Some(vec![asc("_shard_doc")]), None),
            (Some(vec![asc("_doc")]), Some(1)),
            (unique, None),
        ] {
            let Some(order) = order else { continue };
            match self.try_order(way, id, Some((order, most_parts))) {
                Ok(cursor) => return Ok(cursor),
                Err(error) => refused = Some(error),
            }
        }
        Err(refused.unwrap_or_else(|| self.error(Trouble::Broken, "it cannot be paged")))
    }

    /// Asks for nothing in this order, to see whether it is refused.
    fn try_order(
        &self,
        way: &Way,
        id: &str,
        order: Option<(Vec<Value>, Option<u64>)>,
    ) -> Result<Cursor, EngineError> {
        let (sort, most_parts) = match (way, order) {
            (_, Some(order)) => order,
            (Way::Live(field), None) => (vec![json!({ field.as_str(): "asc" })], None),
            // Sorting costs a scroll of Quickwit its speed, and it has no positions to sort by.
            (_, None) => (if self.may_insist { vec![json!("_doc")] } else { Vec::new() }, None),
        };
        let cursor = Cursor::at(way.clone(), id, sort);
        if *way == Way::Scroll {
            return Ok(cursor);
        }
        let answer = match self.ask(&cursor, 1) {
            Ok(answer) => answer,
            Err(Stop::Lost(error) | Stop::TooMuch(error) | Stop::End(error)) => return Err(error),
        };
        let page: Page<'_> = answer.json().map_err(|error| self.client.nonsense(error))?;
        if most_parts.is_some_and(|most| most < page.parts()) {
            let detail = "positions are not unique over several parts of an index";
            return Err(self.error(Trouble::Broken, detail));
        }
        Ok(cursor)
    }

    /// Asks for the next page.
    fn ask(&self, cursor: &Cursor, size: u64) -> Result<Answer, Stop> {
        let (path, body) = self.request(cursor, size);
        let request = Request {
            most_bytes: MOST_PAGE_BYTES,
            is_repeatable: cursor.way != Way::Scroll,
            can_shrink: 1 < size,
            ..Request::post(&path, &body)
        };
        let answer = match self.client.send(&request) {
            Ok(answer) => answer,
            Err(Failed::TooLong) => {
                return Err(Stop::TooMuch(self.error(Trouble::Broken, "a document is too long")));
            }
            Err(Failed::Lost(error)) if !request.is_repeatable => return Err(Stop::Lost(error)),
            Err(failed) => return Err(Stop::End(failed.into_error(self.client.index()))),
        };
        if answer.is_success() {
            return Ok(answer);
        }
        let error = self.client.refusal(&answer);
        Err(if answer.lacks_memory() || answer.mentions("max_result_window") {
            Stop::TooMuch(error)
        } else if answer.mentions("search_context_missing_exception")
            || (cursor.is_begun && (answer.status == 404 || !request.is_repeatable))
            || (answer.is_busy() && !request.is_repeatable)
        {
            Stop::Lost(error)
        } else {
            Stop::End(error)
        })
    }

    fn request(&self, cursor: &Cursor, size: u64) -> (String, String) {
        if cursor.way == Way::Scroll && cursor.is_begun {
            let path = format!("/_search/scroll?scroll={KEEP_ALIVE}");
            return (path, json!({ "scroll_id": cursor.id }).to_string());
        }
        let mut body = json!({ "size": size, "track_total_hits": !cursor.is_begun });
        self.picked.write(&mut body);
        if !cursor.sort.is_empty() {
            body["sort"] = json!(cursor.sort);
        }
        if let Some(after) = &cursor.after {
            body["search_after"] = after.clone();
        }
        let mut path = match &cursor.way {
            Way::Pit | Way::PointInTime => {
                body["pit"] = json!({ "id": cursor.id, "keep_alive": KEEP_ALIVE });
                "/_search?".to_owned()
            }
            Way::Scroll => format!("/{}/_search?scroll={KEEP_ALIVE}&", self.index),
            Way::Live(_) => format!("/{}/_search?", self.index),
        };
        if self.may_insist {
            path.push_str("allow_partial_search_results=false");
        }
        (path.trim_end_matches(['?', '&']).to_owned(), body.to_string())
    }

    /// Closes a snapshot. That it cannot be is no matter: it closes itself after a while.
    fn close(&self, cursor: &Cursor) {
        let (path, body) = match cursor.way {
            Way::Pit => ("/_pit", json!({ "id": cursor.id })),
            Way::PointInTime => ("/_search/point_in_time", json!({ "pit_id": [cursor.id] })),
            // Quickwit's close themselves, and it has no request for it.
            Way::Scroll if self.may_insist => {
                ("/_search/scroll", json!({ "scroll_id": [cursor.id] }))
            }
            Way::Scroll | Way::Live(_) => return,
        };
        if cursor.id.is_empty() {
            return;
        }
        let body = body.to_string();
        let request = Request { is_repeatable: false, ..Request::new(Verb::Delete, path, &body) };
        if let Err(failed) = self.client.send(&request) {
            log::debug!("the snapshot is left to end: {failed:?}");
        }
    }

    fn error(&self, trouble: Trouble, detail: &str) -> EngineError {
        EngineError::new(trouble, self.client.index(), detail)
    }
}

impl Cursor {
    fn at(way: Way, id: &str, sort: Vec<Value>) -> Self {
        Self { way, id: id.to_owned(), sort, after: None, is_begun: false }
    }
}

/// Whether nothing was refused, but nobody answered.
fn is_silence(error: &EngineError) -> bool {
    matches!(error.trouble, Trouble::Unreachable | Trouble::Busy)
}
