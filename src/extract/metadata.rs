//! What a document says about itself, each fact with where it stands.
//!
//! Facts are collected, never judged: which date to believe is decided by `rot::dates`.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::places::Places;

/// A value and where it was found.
///
/// The derived serde form of the types in this file is how the catalog and the worker processes
/// store them; reports have wire types of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact<T> {
    /// What was found.
    pub value: T,
    /// Where it was found.
    pub provenance: Provenance,
}

impl<T> Fact<T> {
    /// Pairs a value with its provenance.
    pub const fn new(value: T, provenance: Provenance) -> Self {
        Self { value, provenance }
    }
}

/// Where a fact was found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Provenance {
    /// The file system: size, times, names of folders.
    FileSystem,
    /// The file's own name.
    FileName,
    /// A named property, such as `docProps/core.xml dcterms:modified`, `Info ModDate` or
    /// `front matter last_reviewed_on` (with the line, where the property stands in text).
    Property {
        /// The part and name of the property, as a person would look for it.
        name: String,
        /// The line it stands on, from 1, where there are lines.
        line: Option<u32>,
    },
    /// The document's text.
    Text(Locator),
    /// docrot worked it out; the words say from what.
    Computed(String),
}

impl Provenance {
    /// A property without a line.
    pub fn property(name: impl Into<String>) -> Self {
        Self::Property { name: name.into(), line: None }
    }
}

impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FileSystem => f.write_str("file system"),
            Self::FileName => f.write_str("file name"),
            Self::Property { name, line: None } => f.write_str(name),
            Self::Property { name, line: Some(line) } => write!(f, "{name}, line {line}"),
            Self::Text(locator) => locator.fmt(f),
            Self::Computed(from) => f.write_str(from),
        }
    }
}

/// A place in a document, in the terms of its format. Numbers count from 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Locator {
    /// Line of a text file.
    Line(u32),
    /// Paragraph of a document without lines or pages.
    Paragraph(u32),
    /// Page of a paginated document.
    Page(u32),
    /// Slide of a presentation.
    Slide(u32),
    /// First row of a range of cells.
    Row {
        /// Name of the sheet.
        sheet: String,
        /// Row number.
        row: u32,
    },
    /// A part beside the main text: header, footnotes, comments, speaker notes, a mail header.
    Part(String),
}

impl fmt::Display for Locator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(n) => write!(f, "line {n}"),
            Self::Paragraph(n) => write!(f, "paragraph {n}"),
            Self::Page(n) => write!(f, "page {n}"),
            Self::Slide(n) => write!(f, "slide {n}"),
            Self::Row { sheet, row } => write!(f, "sheet {sheet}, row {row}"),
            Self::Part(name) => f.write_str(name),
        }
    }
}

/// What a document says about itself. Names follow Dublin Core where it has one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Metadata {
    /// Title.
    pub title: Option<Fact<String>>,
    /// Who made it (`dcterms:creator`).
    pub creator: Option<Fact<String>>,
    /// Who saved it last.
    pub last_editor: Option<Fact<String>>,
    /// Who answers for it, where the document names somebody.
    pub owner: Option<Fact<String>>,
    /// BCP 47 language tag, as declared.
    pub language: Option<Fact<String>>,
    /// Life-cycle status, as written (`Withdrawn`, `draft`, ...).
    pub status: Option<Fact<String>>,
    /// Version or revision, as written.
    pub version: Option<Fact<String>>,
    /// Version of the newest row of its version history, as written.
    pub history_version: Option<Fact<String>>,
    /// What replaces this document (`dcterms:isReplacedBy`), as written.
    pub replaced_by: Option<Fact<String>>,
    /// What this document replaces (`dcterms:replaces`), as written.
    pub replaces: Option<Fact<String>>,
    /// What it describes, as written: paths of files that it has to follow.
    pub describes: Option<Fact<String>>,
    /// How often it is to be reviewed, as written (`6 months`, `180d`).
    pub review_interval: Option<Fact<String>>,
    /// The sentence at its top that says it is no longer valid.
    pub banner: Option<Fact<String>>,
    /// Every date found, in the order found.
    pub dates: Vec<DateClaim>,
    /// Links to other files, in the order found, each target once; not all of very many.
    pub links: Vec<Link>,
    /// What has the form of a date and names a day that no calendar has (2022-02-31), as written.
    pub impossible_dates: Vec<Fact<String>>,
    /// Custom properties by name (`docProps/custom.xml`, user-defined ODF fields), as written.
    pub properties: Vec<(String, String)>,
    /// Where pages, slides or rows of sheets begin in its text.
    #[serde(skip_serializing_if = "Places::is_empty")]
    pub places: Places,
}

/// A link from a document to another file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Its target as written.
    pub target: String,
    /// Where it stands.
    pub locator: Locator,
}

/// A date that a document, its container or its name states.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateClaim {
    /// What the date is said to be.
    pub role: DateRole,
    /// The day. For a month or year only: its last day for deadlines, its first day otherwise.
    pub date: NaiveDate,
    /// How exact it is.
    pub precision: Precision,
    /// The other reading of an ambiguous day and month, such as 03/04/2021.
    pub other_reading: Option<NaiveDate>,
    /// As written.
    pub raw: String,
    /// Where it was found.
    pub provenance: Provenance,
}

/// What a date is said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateRole {
    /// The document came into being.
    Created,
    /// It was published or sent.
    Published,
    /// It was last changed.
    Updated,
    /// Somebody last confirmed it.
    Reviewed,
    /// The day by which the owner promised to look again.
    Due,
    /// The end of its own validity (`dcterms:valid`).
    Expires,
    /// The day it comes into force.
    Effective,
    /// A date of its subject, such as a meeting's day in a file name.
    Subject,
}

impl DateRole {
    /// The word for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Published => "published",
            Self::Updated => "updated",
            Self::Reviewed => "reviewed",
            Self::Due => "due for review",
            Self::Expires => "expires",
            Self::Effective => "effective",
            Self::Subject => "subject date",
        }
    }
}

/// How exact a date is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    /// A day.
    Day,
    /// A month of a year.
    Month,
    /// A year.
    Year,
}
