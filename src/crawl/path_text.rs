//! Paths as text without loss: bytes that are not UTF-8 become `\xNN`, a backslash becomes `\\`.
//!
//! Usable as `#[serde(with = "path_text")]`.

use std::path::{Path, PathBuf};

use serde::{Deserialize as _, Deserializer, Serializer};

/// The text form of `path`. Equal only for equal paths.
pub fn encode(path: &Path) -> String {
    let mut text = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        text.push_str(&chunk.valid().replace('\\', "\\\\"));
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    text
}

/// The path that [`encode`] made `text` of. What is not such a text is taken as it is.
pub fn decode(text: &str) -> PathBuf {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hex = tail.get(1..3).and_then(|hex| std::str::from_utf8(hex).ok());
        match (first, tail.first(), hex.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (b'\\', Some(b'\\'), _) => {
                bytes.push(b'\\');
                rest = &tail[1..];
            }
            (b'\\', Some(b'x'), Some(byte)) => {
                bytes.push(byte);
                rest = &tail[3..];
            }
            _ => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    from_bytes(&bytes)
}

/// The bytes that identify `path`: the operating system's own on Unix.
pub fn to_bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

/// The path that [`to_bytes`] made `bytes` of.
#[cfg(unix)]
pub fn from_bytes(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

/// The path that [`to_bytes`] made `bytes` of; unpaired surrogates are replaced on this system.
#[cfg(not(unix))]
pub fn from_bytes(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

/// Serializes a path as its text form.
pub fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&encode(path))
}

/// Deserializes a path from its text form.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
    Ok(decode(&String::deserialize(deserializer)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn any_bytes_survive() {
        for bytes in [&b"plain"[..], b"bad\xff\xfe", b"back\\slash", b"\\x41", "é\n".as_bytes()] {
            let path = from_bytes(bytes);
            assert_eq!(decode(&encode(&path)), path);
        }
    }
}
