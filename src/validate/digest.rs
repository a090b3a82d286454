//! Hashes of contents, of the kinds that engines keep.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use sha2::Digest as _;

use crate::inventory::Hash;

/// The hash of a file's bytes, as an index has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Digest {
    /// BLAKE3, as docrot keeps it.
    Blake3(Hash),
    /// MD5.
    Md5([u8; 16]),
    /// SHA-1.
    Sha1([u8; 20]),
    /// As long as SHA-256 and BLAKE3 are, and nothing says which of them it is.
    Long([u8; 32]),
}

/// Which kinds of digest are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Kinds {
    blake3: bool,
    md5: bool,
    sha1: bool,
    sha256: bool,
}

impl Kinds {
    pub(super) const fn add(&mut self, digest: &Digest) {
        match digest {
            Digest::Blake3(_) => self.blake3 = true,
            Digest::Md5(_) => self.md5 = true,
            Digest::Sha1(_) => self.sha1 = true,
            Digest::Long(_) => {
                self.blake3 = true;
                self.sha256 = true;
            }
        }
    }
}

impl Digest {
    /// Reads a digest as engines write it: hexadecimal or Base64, maybe after the name of its kind.
    /// None where it is none, such as a short description in a field called digest.
    pub fn parse(written: &str) -> Option<Self> {
        let written = written.trim().trim_matches('"');
        let is_kind = |kind: &str| {
            ["md5", "sha1", "sha-1", "sha256", "sha-256", "blake3"].contains(&&*kind.to_lowercase())
        };
        let bare = [':', '-', '='].iter().find_map(|stroke| {
            let (kind, rest) = written.rsplit_once(*stroke)?;
            is_kind(kind).then_some(rest)
        });
        let bare = bare.unwrap_or(written);
        let bytes = match bare.len() {
            32 | 40 | 64 => hexadecimal(bare)?,
            22 | 27 | 43 => STANDARD_NO_PAD.decode(bare).ok()?,
            24 | 28 | 44 => STANDARD.decode(bare).ok()?,
            _ => return None,
        };
        match bytes.len() {
            16 => bytes.try_into().ok().map(Self::Md5),
            20 => bytes.try_into().ok().map(Self::Sha1),
            32 => bytes.try_into().ok().map(Self::Long),
            _ => None,
        }
    }

    /// Its bytes.
    pub const fn bytes(&self) -> &[u8] {
        match self {
            Self::Blake3(hash) => &hash.0,
            Self::Md5(bytes) => bytes,
            Self::Sha1(bytes) => bytes,
            Self::Long(bytes) => bytes,
        }
    }

    /// Whether the file's bytes have this digest; none where it cannot be read.
    pub(super) fn is_of(&self, place: &Path) -> Option<bool> {
        let mut kinds = Kinds::default();
        kinds.add(self);
        Some(digests(place, kinds).ok()?.contains(self))
    }
}

/// The digests of a file's bytes that could be one of these kinds, read once.
pub(super) fn digests(place: &Path, kinds: Kinds) -> io::Result<Vec<Digest>> {
    let file = File::open(place)?;
    if kinds == (Kinds { blake3: true, ..Kinds::default() }) {
        return Ok(vec![Digest::Blake3(Hash::of_reader(file)?)]);
    }
    let mut others = Others {
        file,
        md5: kinds.md5.then(md5::Md5::new),
        sha1: kinds.sha1.then(sha1::Sha1::new),
        sha256: kinds.sha256.then(sha2::Sha256::new),
    };
    let mut found = Vec::new();
    if kinds.blake3 {
        let hash = Hash::of_reader(&mut others)?;
        found.extend([Digest::Blake3(hash), Digest::Long(hash.0)]);
    } else {
        io::copy(&mut others, &mut io::sink())?;
    }
    let Others { md5, sha1, sha256, file: _ } = others;
    found.extend(md5.map(|it| Digest::Md5(it.finalize().into())));
    found.extend(sha1.map(|it| Digest::Sha1(it.finalize().into())));
    found.extend(sha256.map(|it| Digest::Long(it.finalize().into())));
    Ok(found)
}

/// A file whose bytes are digested as they pass.
struct Others {
    file: File,
    md5: Option<md5::Md5>,
    sha1: Option<sha1::Sha1>,
    sha256: Option<sha2::Sha256>,
}

impl Read for Others {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        let bytes = &buffer[..read];
        self.md5.iter_mut().for_each(|it| it.update(bytes));
        self.sha1.iter_mut().for_each(|it| it.update(bytes));
        self.sha256.iter_mut().for_each(|it| it.update(bytes));
        Ok(read)
    }
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|it| u8::from_str_radix(std::str::from_utf8(it).ok()?, 16).ok()).collect()
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the file is the test's own")]
mod tests {
    use super::*;

    #[test]
    fn digests_of_every_kind_are_known_by_their_length() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("abc");
        std::fs::write(&place, "abc").unwrap();
        // The published test vectors of each kind.
        for written in [
            "900150983cd24fb0d6963f7d28e17f72",
            "kAFQmDzST7DWlj99KOF/cg==",
            "md5:900150983CD24FB0D6963F7D28E17F72",
            "a9993e364706816aba3e25717850c26c9cd0d89d",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=",
            "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85",
        ] {
            let digest = Digest::parse(written).unwrap_or_else(|| panic!("{written}"));
            assert_eq!(digest.is_of(&place), Some(true), "{written}");
        }
        let other = Digest::parse("900150983cd24fb0d6963f7d28e17f73").unwrap();
        assert_eq!(other.is_of(&place), Some(false));
        assert_eq!(other.is_of(&folder.path().join("no")), None);
        std::fs::remove_file(place).unwrap();
    }

    #[test]
    fn words_are_no_digest() {
        for words in ["", "A short description", "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", "12345"] {
            assert_eq!(Digest::parse(words), None, "{words}");
        }
    }
}
