//! Indexes that are not docrot's own: what they have of each document, and what they answer.
//!
//! An engine is a row of [`ENGINES`] that opens a [`Location`], and then an [`Engine`] that
//! describes itself, hands its entries over one by one, and is asked, where it can be. It reads and
//! never writes. What an [`Entry`] means for the tree is none of its business: places are handed
//! over as the engine has them, and [`Mapping`] finds the files that they mean.

mod entry;
mod error;
mod export;
mod fields;
mod folder;
mod guess;
mod location;
mod mapping;
mod presets;
mod suggest;

mod values;

#[cfg(feature = "network")]
mod elastic;
#[cfg(feature = "network")]
mod http;
#[cfg(feature = "network")]
mod paging;
#[cfg(feature = "network")]
mod probe;
#[cfg(feature = "network")]
mod seen;
#[cfg(feature = "network")]
mod solr;
#[cfg(feature = "network")]
mod typesense;

pub use entry::Entry;
pub use error::{EngineError, Trouble};
pub use fields::{Field, FieldType, Fields, How, Known, Role, Wishes};
#[cfg(feature = "network")]
pub use http::{Access, Credentials, Patience, Secret};
pub use location::{Location, LocationError};
pub(super) use mapping::folded;
pub use mapping::{Mapping, MappingError, Rule};
pub use presets::{PRESETS, Preset};
pub use suggest::suggest;
pub use values::{column, date, number, text};

use std::fmt;
use std::io::Read;
use std::ops::ControlFlow;

/// A kind of index that can be opened.
#[derive(Clone, Copy, Debug)]
pub struct EngineKind {
    /// Its name, and the scheme before the `+` of its addresses.
    pub name: &'static str,
    /// Whether it answers over a network.
    pub is_server: bool,
    /// Whether it is the one to open a location. Nothing is opened to find out.
    pub is_at: fn(&Location) -> bool,
    /// Opens it, and finds out which field says what.
    pub open: Open,
}

/// Opens an index.
pub type Open = fn(&Location, Opening) -> Result<Box<dyn Engine>, EngineError>;

/// Every kind of index; the first that is at a location opens it.
pub const ENGINES: &[EngineKind] = &[
    folder::ENGINE,
    export::ENGINE,
    #[cfg(feature = "network")]
    elastic::ELASTICSEARCH,
    #[cfg(feature = "network")]
    elastic::OPENSEARCH,
    #[cfg(feature = "network")]
    elastic::QUICKWIT,
    #[cfg(feature = "network")]
    solr::ENGINE,
    #[cfg(feature = "network")]
    typesense::ENGINE,
];

/// What is told to an engine that is opened.
#[derive(Default)]
pub struct Opening {
    /// Which fields people named.
    pub wishes: Wishes,
    /// Standard input, for [`Location::StandardInput`].
    pub input: Option<Box<dyn Read + Send>>,
    /// How a server is reached.
    #[cfg(feature = "network")]
    pub access: Access,
}

impl fmt::Debug for Opening {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Opening");
        debug.field("wishes", &self.wishes).field("input", &self.input.is_some());
        // Credentials show themselves as nothing.
        #[cfg(feature = "network")]
        debug.field("access", &self.access);
        debug.finish()
    }
}

/// What an engine says of itself before anything is streamed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Described {
    /// The product, such as `OpenSearch`.
    pub product: String,
    /// Its version, where it tells.
    pub version: Option<String>,
    /// The index as people know it: its address or file, without credentials.
    pub index: String,
    /// How many entries it says it has.
    pub entries: Option<u64>,
    /// Which field says what, and how that is known.
    pub fields: Fields,
    /// What it cannot tell, and what that keeps from being checked: whole sentences without a full
    /// stop, such as `text is not stored, so that texts are not compared`.
    pub missing: Vec<String>,
    /// How it is asked, such as ``as simple_query_string over `title` and `content` ``; none where
    /// it cannot be.
    pub asked: Option<String>,
}

/// What is wanted of entries; the rest may be left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wants {
    /// Whether texts are wanted. They are most of what an engine sends.
    pub text: bool,
}

/// Takes entries. [`ControlFlow::Break`] ends the stream, which is no error.
pub type Sink<'a> = &'a mut dyn FnMut(Entry) -> ControlFlow<()>;

/// How a stream of entries went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Streamed {
    /// Entries that were handed over.
    pub entries: u64,
    /// What could not be read as an entry, such as a broken line.
    pub bad: u64,
    /// The first of these: where, such as `line 17`, and why.
    pub bad_examples: Vec<(String, String)>,
    /// What else has to be known to read the figures, such as that the index changed meanwhile.
    pub notes: Vec<String>,
}

impl Streamed {
    /// Hands an entry over that stands at `place`, or counts what could not be read as one.
    fn take(
        &mut self,
        place: fmt::Arguments<'_>,
        entry: Result<Entry, String>,
        sink: Sink<'_>,
    ) -> ControlFlow<()> {
        match entry {
            Ok(entry) => {
                self.entries += 1;
                sink(entry)
            }
            Err(why) => {
                self.add_bad(place.to_string(), why);
                ControlFlow::Continue(())
            }
        }
    }

    /// Counts what could not be read as an entry.
    pub fn add_bad(&mut self, place: impl Into<String>, why: impl Into<String>) {
        self.bad += 1;
        if self.bad_examples.len() < super::EXAMPLES {
            self.bad_examples.push((place.into(), why.into()));
        }
    }
}

/// What an engine is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked<'a> {
    /// Documents with any of these words, those with most and rarest first.
    AnyOf(&'a [String]),
    /// A query as a person types it.
    Typed(&'a str),
}

/// A result of an engine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hit {
    /// The engine's id.
    pub id: String,
    /// The place, as [`Entry::place`].
    pub place: String,
}

impl From<Entry> for Hit {
    fn from(Entry { id, place, .. }: Entry) -> Self {
        Self { id, place }
    }
}

/// An index of somebody else, opened. It is only read.
pub trait Engine {
    /// What it says of itself.
    fn described(&self) -> &Described;

    /// Hands every entry over, in any order, each once. Called once.
    ///
    /// An entry that cannot be read is counted in [`Streamed`] and ends nothing.
    fn stream(&mut self, wants: Wants, sink: Sink<'_>) -> Result<Streamed, EngineError>;

    /// The first `k` results, the best first. Called only where [`Described::asked`] is something.
    fn search(&self, asked: Asked<'_>, k: usize) -> Result<Vec<Hit>, EngineError> {
        let _ = (asked, k);
        Ok(Vec::new())
    }
}

/// What keeps from being checked where fields are not there.
pub(super) fn missing(fields: &Fields) -> Vec<String> {
    let text = "it has no text, so that texts are not compared";
    let text = fields.of(Role::Text).is_none().then(|| text.to_owned());
    text.into_iter().chain(missing_marks(fields)).collect()
}

/// What it says where nothing tells a change but the text.
fn missing_marks(fields: &Fields) -> Option<String> {
    let what = "it has no hash, date or size, so that changes show in texts alone";
    let mut marks = [Role::Hash, Role::Modified, Role::Size].into_iter();
    marks.all(|role| fields.of(role).is_none()).then(|| what.to_owned())
}

/// Opens the index at `location`.
pub fn open(location: &Location, opening: Opening) -> Result<Box<dyn Engine>, EngineError> {
    let Some(kind) = ENGINES.iter().find(|kind| (kind.is_at)(location)) else {
        return Err(EngineError::new(Trouble::NotAnIndex, location.to_string(), ""));
    };
    (kind.open)(location, opening)
}
