//! Reads one file by itself, outside of any catalog, the way a scan reads it.

use std::path::Path;

use crate::extract::{self, Content, Detection, ExtractError, Format, Workers};
use crate::fingerprint::Fingerprint;
use crate::inventory::Failure;

use super::open::{self, Bytes};
use super::options::ScanOptions;
use super::read::{fingerprint, is_sheet};

/// What reading one file gave.
#[derive(Clone, Debug)]
pub struct Single {
    /// The format it was read as, if it is a document.
    pub format: Option<Format>,
    /// Its text and metadata, or why there are none.
    pub content: Result<Content, Failure>,
}

impl Single {
    /// Its text; none where it was not read.
    pub fn text(&self) -> Option<&str> {
        self.content.as_ref().ok().map(Content::text)
    }

    /// Whether it is a sheet, which is compared by its rows.
    pub fn is_sheet(&self) -> bool {
        self.format.is_some_and(|it| is_sheet(it.name))
    }

    /// The fingerprint that a scan would store; none where it was not read or has no words.
    pub fn fingerprint(&self) -> Option<Fingerprint> {
        fingerprint(self.format?.name, self.content.as_ref().ok()?)
    }
}

/// Reads one file: in a worker process where a scan would, with the limits of `options`.
///
/// A link is followed, because whoever names a file means what it leads to.
pub fn read_file(path: &Path, options: &ScanOptions) -> Single {
    let unread = |failure| Single { format: None, content: Err(failure) };
    let bytes = match open::read(path, options.max_file_bytes, true) {
        Err(failure) => return unread(failure),
        Ok(Bytes::Whole(bytes)) => bytes,
        Ok(Bytes::Large(_, _)) => {
            let size = path.metadata().map_or(0, |it| it.len());
            return unread(
                (&ExtractError::TooLarge { size, limit: options.max_file_bytes }).into(),
            );
        }
    };
    let format = match extract::detect(&options.formats, path, &bytes) {
        Detection::Document(format) => format,
        Detection::Unsupported(what) => {
            return unread((&ExtractError::Unsupported(what.to_owned())).into());
        }
        Detection::Placeholder(what) => {
            return unread((&ExtractError::Placeholder(what.to_owned())).into());
        }
        Detection::NotADocument => {
            let detail = "a picture, a program or data, which no text is read from".to_owned();
            return unread(Failure { reason: "not-a-document".to_owned(), detail });
        }
    };
    let content = match &options.workers {
        Some(workers) if format.isolated => {
            Workers::new(workers.clone()).read(format, &bytes, &options.limits)
        }
        _ => extract::read_here(format, &bytes, &options.limits),
    };
    let content = content.map(|mut content| {
        content.metadata.dates.extend(extract::dates_in_name(Path::new(name_of(path))));
        content
    });
    Single { format: Some(*format), content: content.map_err(|error| (&error).into()) }
}

fn name_of(path: &Path) -> &std::ffi::OsStr {
    path.file_name().unwrap_or_default()
}
