//! Why an index cannot be read, and what to do about it.

use std::error::Error;
use std::fmt;

/// Why an index cannot be read: one sentence with the remedy.
#[derive(Debug)]
pub struct EngineError {
    /// What kind of trouble it is.
    pub trouble: Trouble,
    /// The index as people know it, without credentials.
    pub index: String,
    /// What else is known, such as the engine's own words; may be empty. Never a credential.
    pub detail: String,
    /// What lies below.
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

/// Kinds of trouble with an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble {
    /// Nothing answers.
    Unreachable,
    /// It wants credentials, or others, or these may not read.
    Credentials,
    /// Its certificate is not trusted.
    Certificate,
    /// It answers that it is too busy, again and again.
    Busy,
    /// The engine is there, this index is not.
    Absent,
    /// What is there is no index that can be read.
    NotAnIndex,
    /// No field says where documents lie, or one that was named is not there.
    Fields,
    /// What was asked for needs text, and it is not stored.
    NoText,
    /// It is of a version that cannot be read.
    OtherVersion,
    /// Another program holds it.
    Locked,
    /// It changes while it is read.
    BeingWritten,
    /// Some of its files are not there.
    HalfCopied,
    /// It is damaged, or it answers what makes no sense.
    Broken,
    /// The file system refuses.
    Unreadable,
}

impl Trouble {
    /// What is wrong, after the name of the index.
    pub const fn what(self) -> &'static str {
        match self {
            Self::Unreachable => "cannot be reached",
            Self::Credentials => "is refused to these credentials",
            Self::Certificate => "shows a certificate that is not trusted",
            Self::Busy => "is too busy to answer",
            Self::Absent => "is not there",
            Self::NotAnIndex => "is no index that docrot can read",
            Self::Fields => "has no field that says where a document lies",
            Self::NoText => "does not store the texts that this needs",
            Self::OtherVersion => "is of a version that cannot be read",
            Self::Locked => "is held by another program",
            Self::BeingWritten => "changes while it is read",
            Self::HalfCopied => "is not complete",
            Self::Broken => "gives what cannot be understood",
            Self::Unreadable => "cannot be read",
        }
    }

    /// What to do about it.
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Unreachable => {
                "check the address, and that the engine runs and lets this machine connect"
            }
            Self::Credentials => "check them, and that they may read this index",
            Self::Certificate => "name the file of the authority that signed it with --ca",
            Self::Busy => "try again when it has less to do",
            Self::Absent => "check its name",
            Self::NotAnIndex => {
                "name a folder of a Tantivy index, a .csv or .ndjson file, - for standard input, or \
                 an address such as elasticsearch+https://host:9200/INDEX"
            }
            Self::Fields => "name one with --path-field",
            Self::NoText => "store the text in the index, or leave out what needs it",
            Self::OtherVersion => "export it with the program that made it, and name the export",
            Self::Locked => "close that program, or name a copy of the index",
            Self::BeingWritten => "try again when it is at rest, or name a copy",
            Self::HalfCopied => "copy the whole folder again while nothing writes to it",
            Self::Broken => "look at it with the program that made it",
            Self::Unreadable => "check that it may be read",
        }
    }
}

impl EngineError {
    /// An error of that kind, with what else is known; empty where that is nothing.
    pub fn new(trouble: Trouble, index: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { trouble, index: index.into(), detail: detail.into(), source: None }
    }

    /// With what lies below.
    pub fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl fmt::Display for EngineError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { trouble, index, detail, source: _ } = self;
        write!(formatter, "{index} {}", trouble.what())?;
        if !detail.is_empty() {
            write!(formatter, " ({detail})")?;
        }
        write!(formatter, "; {}", trouble.remedy())
    }
}

impl Error for EngineError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|it| it as &(dyn Error + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_the_index_and_the_remedy() {
        let error = EngineError::new(Trouble::Absent, "http://host/docs", "it has `files`");
        assert_eq!(
            error.to_string(),
            "http://host/docs is not there (it has `files`); check its name"
        );
    }
}
