//! Office files before 2007 (OLE containers) and encrypted ones of today, which are in the same
//! container.
//!
//! Tells which kind it is. Their text is not read.

use std::io::Cursor;

use super::{Content, ExtractError, Format, archive, opc};

pub(super) const FORMAT: Format = Format {
    name: "legacy-office",
    extensions: &["doc", "dot", "xls", "xlt", "xlsb", "ppt", "pps", "pot", "msg", "vsd"],
    recognize: |bytes| kind(bytes).is_some(),
    version: 1,
    isolated: true,
    read,
};

const MAGIC: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// Name of a stream, and the document that has it. Encryption first, then mail, which may hold the
/// others.
const STREAMS: &[(&str, &str)] = &[
    ("EncryptedPackage", ENCRYPTED),
    ("__properties_version1.0", "Outlook message"),
    ("PowerPoint Document", "PowerPoint 97-2003 presentation"),
    ("PP40", "PowerPoint 4 presentation"),
    ("WordDocument", "Word 97-2003 document"),
    ("Workbook", "Excel 97-2003 workbook"),
    ("Book", "Excel 5.0/95 workbook"),
    ("VisioDocument", "Visio drawing"),
];

const ENCRYPTED: &str = "encrypted";

/// The words for what these bytes hold, if it is one of ours.
fn kind(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(MAGIC) {
        let names: Vec<Vec<u8>> = STREAMS.iter().map(|(name, _)| utf16(name)).collect();
        let best = entries(bytes).filter_map(|entry| {
            names
                .iter()
                .position(|name| entry.starts_with(name) && stated_length(entry) == name.len())
        });
        return best.min().map(|it| STREAMS[it].1);
    }
    match opc::kind(bytes) {
        Some(opc::Kind::BinaryWorkbook) => Some("Excel binary workbook"),
        Some(opc::Kind::Drawing) => Some("Visio drawing"),
        _ => None,
    }
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

/// The kind by the streams at the top of the container.
fn kind_at_top(bytes: &[u8]) -> Option<&'static str> {
    let container = cfb::CompoundFile::open(Cursor::new(bytes)).ok()?;
    let found = STREAMS.iter().find(|(name, _)| container.is_stream(format!("/{name}")));
    found.map(|(_, words)| *words)
}

fn read(bytes: &[u8]) -> Result<Content, ExtractError> {
    match kind_at_top(bytes).or_else(|| kind(bytes)) {
        Some(ENCRYPTED) => Err(ExtractError::Encrypted),
        Some(words) => Err(ExtractError::Unsupported(words.to_owned())),
        None if bytes.starts_with(MAGIC) => {
            Err(ExtractError::Damaged("OLE container without a document".to_owned()))
        }
        None if archive::is_zip(bytes) => Err(ExtractError::Unsupported(
            "zip archive under the name of an Office file".to_owned(),
        )),
        None => Err(ExtractError::Unsupported("not an Office file, whatever its name".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn the_kind_is_told_by_the_streams() {
        let unsupported = |it: &str| Err(ExtractError::Unsupported(it.to_owned()));
        let word = container(&["/WordDocument", "/ObjectPool/x/Workbook"]);
        assert_eq!(read(&word), unsupported("Word 97-2003 document"));
        let excel = container(&["/Workbook", "/MBD0/WordDocument"]);
        assert_eq!(read(&excel), unsupported("Excel 97-2003 workbook"));
        assert_eq!(read(&container(&["/EncryptedPackage"])), Err(ExtractError::Encrypted));
    }

    #[test]
    fn other_containers_are_left_alone() {
        assert!(!(FORMAT.recognize)(&container(&["/Catalog"])));
        assert!(!(FORMAT.recognize)(b""));
        assert!((FORMAT.recognize)(&container(&["/PowerPoint Document"])));
    }

    #[test]
    fn a_truncated_container_is_still_known() {
        let bytes = container(&["/WordDocument"]);
        let words = "Word 97-2003 document".to_owned();
        assert_eq!(read(&bytes[..bytes.len() - 100]), Err(ExtractError::Unsupported(words)));
    }
}
