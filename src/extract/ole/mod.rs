//! OLE containers: what they hold, their streams and their properties.
//!
//! Office files before 2007 are in them, Outlook messages, and encrypted Office files of today. The
//! text is read by `doc`, `xls`, `ppt` and `msg`; what is none of theirs is named here.

mod container;
mod property_sets;

pub(super) use container::Container;
pub(super) use property_sets::{decode, metadata, moment};

use super::{Content, ExtractError, Format, Limits, archive, opc};

pub(super) const FORMAT: Format = Format {
    name: "legacy-office",
    extensions: &["vsd", "vsdx"],
    recognize: |bytes| kind(bytes).is_some() || opc::kind(bytes) == Some(opc::Kind::Drawing),
    version: 2,
    isolated: true,
    read,
};

/// First bytes of every container.
pub(super) const MAGIC: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// What an OLE container holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// An encrypted file of Office 2007 or later.
    Encrypted,
    /// An Outlook message.
    Message,
    /// PowerPoint 97 to 2003.
    Presentation,
    /// PowerPoint 4.
    OldPresentation,
    /// Word 6 to 2003.
    Document,
    /// Excel 97 to 2003.
    Workbook,
    /// Excel 5 and 95.
    OldWorkbook,
    /// Visio.
    Drawing,
}

/// Name of a stream, and what a container that has it is. Encryption first, then mail, which may
/// hold the others.
const STREAMS: &[(&str, Kind)] = &[
    ("EncryptedPackage", Kind::Encrypted),
    ("__properties_version1.0", Kind::Message),
    ("PowerPoint Document", Kind::Presentation),
    ("PP40", Kind::OldPresentation),
    ("WordDocument", Kind::Document),
    ("Workbook", Kind::Workbook),
    ("Book", Kind::OldWorkbook),
    ("VisioDocument", Kind::Drawing),
];

/// What these bytes hold, if they are a container of one of these.
///
/// Told by the streams at the top, so that a workbook in a letter does not make it a workbook; where
/// the container is too broken to be opened, by the names that stand in it.
pub(super) fn kind(bytes: &[u8]) -> Option<Kind> {
    if !bytes.starts_with(MAGIC) {
        return None;
    }
    let named = kind_by_names(bytes)?;
    match cfb::CompoundFile::open(std::io::Cursor::new(bytes)) {
        Ok(container) => {
            let at_top = |(name, _): &&(&str, Kind)| container.is_stream(format!("/{name}"));
            STREAMS.iter().find(at_top).map(|(_, kind)| *kind)
        }
        Err(_) => Some(named),
    }
}

/// The kind by all names in the container, at any depth.
fn kind_by_names(bytes: &[u8]) -> Option<Kind> {
    let names: Vec<Vec<u8>> = STREAMS.iter().map(|(name, _)| utf16(name)).collect();
    let best = entries(bytes).filter_map(|entry| {
        let is_named =
            |name: &Vec<u8>| entry.starts_with(name) && stated_length(entry) == name.len();
        names.iter().position(is_named)
    });
    best.min().map(|it| STREAMS[it].1)
}

/// Everything that may be a directory entry: 128 bytes long, and aligned so. Finds them even where
/// the container is too broken to be opened.
fn entries(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.chunks_exact(128).skip(4)
}

/// The length that an entry states of its name, in bytes with the end mark.
fn stated_length(entry: &[u8]) -> usize {
    usize::from(u16::from_le_bytes([entry[64], entry[65]]))
}

/// A name as it stands in the directory, with its end mark.
fn utf16(name: &str) -> Vec<u8> {
    name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
}

fn read(bytes: &[u8], _: &Limits) -> Result<Content, ExtractError> {
    let words = match kind(bytes) {
        Some(Kind::Encrypted) => return Err(ExtractError::Encrypted),
        Some(Kind::OldPresentation) => "PowerPoint 4 presentation",
        Some(Kind::Drawing) => "Visio drawing",
        Some(_) => "Office 97-2003 document",
        None if bytes.starts_with(MAGIC) => {
            return Err(ExtractError::Damaged("OLE container without a document".to_owned()));
        }
        None if opc::kind(bytes) == Some(opc::Kind::Drawing) => "Visio drawing",
        None if archive::is_zip(bytes) => "zip archive under the name of a drawing",
        None => "not a Visio drawing, whatever its name",
    };
    Err(ExtractError::Unsupported(words.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn read(bytes: &[u8]) -> Result<Content, ExtractError> {
        super::read(bytes, &Limits::default())
    }

    fn container(streams: &[&str]) -> Vec<u8> {
        let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
        for name in streams {
            if let Some((storage, _)) = name.rsplit_once('/') {
                file.create_storage_all(storage).unwrap();
            }
            file.create_stream(name).unwrap();
        }
        file.into_inner().into_inner()
    }

    #[test]
    fn the_kind_is_told_by_the_streams_at_the_top() {
        let word = container(&["/WordDocument", "/ObjectPool/x/Workbook"]);
        assert_eq!(kind(&word), Some(Kind::Document));
        let excel = container(&["/Workbook", "/MBD0/WordDocument"]);
        assert_eq!(kind(&excel), Some(Kind::Workbook));
        assert_eq!(read(&container(&["/EncryptedPackage"])), Err(ExtractError::Encrypted));
        assert_eq!(kind(&container(&["/x/WordDocument"])), None);
    }

    #[test]
    fn other_containers_are_left_alone() {
        assert!(!(FORMAT.recognize)(&container(&["/Catalog"])));
        assert!(!(FORMAT.recognize)(b""));
    }

    #[test]
    fn a_truncated_container_is_still_known() {
        let bytes = container(&["/WordDocument"]);
        assert_eq!(kind(&bytes[..bytes.len() - 100]), Some(Kind::Document));
    }
}
