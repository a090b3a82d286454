//! Turns the bytes of a document into text and metadata. The seam for formats.
//!
//! A format is one file that exports one `FORMAT`, and one row in [`FORMATS`]. This module knows
//! nothing of folders, indexes or rules.

mod children;
mod content;
mod limits;
mod metadata;
mod places;

mod annotate;
mod banner;
mod control;
mod control_table;
mod cut;
mod dates;
mod detect;
mod encoding;
mod fields;
mod front_matter;
mod interval;
mod labels;
mod lines;
mod links;
mod months;
mod not_documents;
mod version_history;

mod isolate;

mod archive;
mod asciidoc;
mod doc;
mod docx;
mod email;
mod epub;
mod fictionbook;
mod flow;
mod html;
mod json;
mod man;
mod markdown;
mod markdown_links;
mod mbox;
mod msg;
mod notebook;
mod number_format;
mod odf;
mod odf_text;
mod ole;
mod opc;
mod paragraphs;
#[cfg(feature = "pdf")]
mod pdf;
mod placeholder;
mod plain;
mod ppt;
mod pptx;
mod properties;
mod rows;
mod rst;
mod rtf;
mod rtf_charset;
mod rtf_info;
mod rtf_tokens;
mod rtf_words;
mod table;
mod unpack;
mod web_archive;
mod xls;
mod xlsb;
mod xlsx;
mod xml;
mod xml_document;
mod yaml;

pub use children::{Child, left_out_of_it};
pub use content::{Block, BlockKind, Content};
pub use dates::in_name as dates_in_name;
pub use detect::{detect, is_named_as_document};
pub use interval::Interval;
pub use isolate::{Confinement, WorkerOptions, Workers, read_here, serve};
pub use limits::{Limit, Limits, Missing, Reached};
pub use metadata::{DateClaim, DateRole, Fact, Link, Locator, Metadata, Precision, Provenance};
pub use places::Places;
pub use unpack::ARCHIVES;

/// A document format that docrot reads.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// Short name, as in the report and in records.
    pub name: &'static str,
    /// File-name extensions in lower case, without the dot.
    pub extensions: &'static [&'static str],
    /// Whether these bytes (the whole file) are surely of this format, whatever the name says.
    /// Formats without a tell-tale, such as plain text, return false and go by extension.
    pub recognize: fn(&[u8]) -> bool,
    /// Raised whenever [`Format::read`] yields something else for the same bytes, so that stored
    /// records are read again.
    pub version: u32,
    /// Whether it is read in a worker process, because it parses untrusted binary structures.
    pub isolated: bool,
    /// Reads a whole file, as far as the limits allow.
    pub read: fn(&[u8], &Limits) -> Result<Content, ExtractError>,
}

/// Raised whenever [`detect()`] tells other files apart, so that every file is looked at again.
pub const DETECTION_VERSION: u32 = 3;

/// Raised whenever [`read()`] finds something else in the text of any format.
const CLAIMS_VERSION: u32 = 6;

impl Format {
    /// The version of everything that is read of a file: of the format's own reader, and of what is
    /// found in any text.
    pub const fn reading_version(&self) -> u32 {
        self.version + 1000 * CLAIMS_VERSION
    }
}

/// Every format, in the order in which they are tried.
pub const FORMATS: &[Format] = &[
    #[cfg(feature = "pdf")]
    pdf::FORMAT,
    docx::FORMAT,
    pptx::FORMAT,
    xlsx::FORMAT,
    odf::TEXT,
    odf::SHEET,
    odf::PRESENTATION,
    rtf::FORMAT,
    doc::FORMAT,
    xls::FORMAT,
    xlsb::FORMAT,
    ppt::FORMAT,
    msg::FORMAT,
    ole::FORMAT,
    epub::FORMAT,
    fictionbook::FORMAT,
    html::FORMAT,
    web_archive::FORMAT,
    email::FORMAT,
    mbox::FORMAT,
    notebook::FORMAT,
    man::FORMAT,
    markdown::FORMAT,
    rst::FORMAT,
    asciidoc::FORMAT,
    table::FORMAT,
    json::FORMAT,
    yaml::FORMAT,
    xml_document::FORMAT,
    plain::FORMAT,
];

/// Why a document's text could not be read. Each has a reason code for the ledger, and a remedy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub enum ExtractError {
    /// It is encrypted, and the empty password does not open it.
    #[error("encrypted")]
    Encrypted,
    /// It has no bytes, where its format always has some.
    #[error("empty: a file of 0 bytes")]
    Empty,
    /// What is on this disk only stands for a file that is elsewhere; the words say which kind.
    #[error("not on this disk: {0}")]
    Placeholder(String),
    /// Its structure is broken.
    #[error("damaged: {0}")]
    Damaged(String),
    /// It holds pictures of pages and no text.
    #[error("scanned, no text layer ({0} pages)")]
    NoTextLayer(usize),
    /// Too many of its glyphs have no Unicode mapping, in per cent.
    #[error("unreliable text ({0} % of the glyphs have no Unicode mapping)")]
    UnreliableText(u8),
    /// It is larger than the limit, both in bytes.
    #[error("larger than the limit ({size} of {limit} bytes)")]
    TooLarge {
        /// Size of the file in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// It is a known kind of document that docrot does not read; the words say which.
    #[error("unsupported: {0}")]
    Unsupported(String),
    /// It unpacks to more than any document of its size.
    #[error("over a limit: {0}")]
    OverLimit(Missing),
    /// The reader did not finish in time, in seconds.
    #[error("timed out after {0} s")]
    TimedOut(u64),
    /// The reader asked for more memory than it may have, in MiB.
    #[error("needed more than {0} MiB")]
    OutOfMemory(u64),
    /// The reader crashed; the words say how.
    #[error("reader crashed: {0}")]
    Crashed(String),
}

impl ExtractError {
    /// Stable word for the ledger and for scripts.
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Encrypted => "encrypted",
            Self::Empty => "empty",
            Self::Placeholder(_) => "cloud-placeholder",
            Self::Damaged(_) => "damaged",
            Self::NoTextLayer(_) => "no-text-layer",
            Self::UnreliableText(_) => "unreliable-text",
            Self::TooLarge { .. } => "too-large",
            Self::Unsupported(_) => "unsupported",
            Self::OverLimit(_) => "over-limit",
            Self::TimedOut(_) => "timed-out",
            Self::OutOfMemory(_) => "out-of-memory",
            Self::Crashed(_) => "reader-crashed",
        }
    }
}

/// What a file turned out to be.
#[derive(Clone, Copy, Debug)]
pub enum Detection<'a> {
    /// A document in one of the given formats.
    Document(&'a Format),
    /// A document, but of a kind that docrot does not read; the words say which.
    Unsupported(&'static str),
    /// It stands for a document that is elsewhere; the words say which.
    Placeholder(&'static str),
    /// No document: a picture, a program, data.
    NotADocument,
}

/// Reads a whole file, and finds in its text what it says about itself: banner and labelled dates.
pub fn read(format: &Format, bytes: &[u8], limits: &Limits) -> Result<Content, ExtractError> {
    if bytes.is_empty() && !detect::is_text(format) {
        return Err(ExtractError::Empty);
    }
    let (looked_at, cut) = cut::looked_at(format, bytes, limits);
    let mut content = (format.read)(looked_at, limits)?;
    content.partly = content.partly.or(cut);
    // The values of data are about its items.
    if !["json", "yaml"].contains(&format.name) {
        // And so are the tables of data.
        annotate::annotate(&mut content, format.name != "csv");
    }
    content.metadata.places = Places::of(&content);
    Ok(content)
}
