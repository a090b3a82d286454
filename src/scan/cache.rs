//! Contents that were read a moment ago, so that copies are read once.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use crate::crawl::FileIdentity;
use crate::extract::{Format, Metadata};
use crate::fingerprint::Fingerprint;
use crate::inventory::{Hash, Reached, Status};

/// What a record takes besides its text; keeps a million tiny files from piling up.
const OVERHEAD_BYTES: usize = 2048;

/// By what a content is found again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// The same bytes, read as the same format.
    Bytes(Hash, &'static str),
    /// Another name of the same file.
    File(FileIdentity),
}

/// What reading a file's bytes gave.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    pub(super) format: Option<Format>,
    pub(super) status: Status,
    pub(super) reached: Option<Reached>,
    pub(super) hash: Hash,
    pub(super) metadata: Metadata,
    pub(super) fingerprint: Option<Fingerprint>,
    pub(super) text: Option<Arc<str>>,
    /// What is inside of it.
    pub(super) children: Vec<Inside>,
}

/// A document within a document.
#[derive(Clone, Debug)]
pub(super) struct Inside {
    /// Its path below its container.
    pub(super) name: String,
    pub(super) size: u64,
    pub(super) reading: Arc<Reading>,
}

impl Reading {
    /// What it takes in memory, in bytes, with all that is inside of it.
    fn bytes(&self) -> usize {
        let inside: usize = self.children.iter().map(|it| it.name.len() + it.reading.bytes()).sum();
        OVERHEAD_BYTES + self.text.as_ref().map_or(0, |text| text.len()) + inside
    }
}

/// The most recent readings, dropped in the order in which they came.
#[derive(Debug)]
pub(super) struct Cache {
    /// Most text that is held, in bytes.
    capacity: usize,
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    readings: HashMap<Key, Arc<Reading>>,
    order: VecDeque<(Key, usize)>,
    bytes: usize,
}

impl Cache {
    pub(super) fn of(capacity: usize) -> Self {
        Self { capacity, entries: Mutex::default() }
    }

    pub(super) fn get(&self, key: Key) -> Option<Arc<Reading>> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.readings.get(&key).cloned()
    }

    pub(super) fn put(&self, key: Key, reading: Arc<Reading>) {
        let bytes = reading.bytes();
        if bytes > self.capacity / 4 {
            return;
        }
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.readings.insert(key, reading).is_some() {
            return;
        }
        entries.order.push_back((key, bytes));
        entries.bytes += bytes;
        while entries.bytes > self.capacity {
            let Some((oldest, bytes)) = entries.order.pop_front() else { break };
            entries.readings.remove(&oldest);
            entries.bytes -= bytes;
        }
    }
}
