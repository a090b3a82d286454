//! ZIP, TAR and gzip archives as folders: each entry is a child, the archive itself has no text.
//!
//! They are no formats of documents, and read only where the scan is told so. Sizes are counted
//! while unpacking, declared ones are not believed. Links in archives are passed over.

use std::io::Read as _;

use flate2::read::MultiGzDecoder;

use super::archive::{self, Archive};
use super::children::Children;
use super::limits::size;
use super::{Content, ExtractError, Format, Limits, Missing};

/// Archives, in the order in which they are tried, behind the formats of documents.
pub const ARCHIVES: &[Format] = &[
    Format {
        name: "zip",
        extensions: &["zip"],
        recognize: is_plain_zip,
        version: 1,
        isolated: true,
        read: read_zip,
    },
    Format {
        name: "gzip",
        extensions: &["gz", "tgz"],
        recognize: |bytes| bytes.starts_with(GZIP),
        version: 1,
        isolated: true,
        read: read_gzip,
    },
    Format {
        name: "tar",
        extensions: &["tar"],
        recognize: is_tar,
        version: 1,
        isolated: true,
        read: |bytes, limits| {
            let mut children = Children::within(limits);
            let trouble = untar(bytes, &mut children);
            finish(children, trouble.map(Missing::from), limits)
        },
    },
];

const GZIP: &[u8] = b"\x1f\x8b\x08";
/// Blocks of a TAR file.
const BLOCK_BYTES: usize = 512;
/// Longest name of an entry that is stated apart from it, in bytes.
const MAX_NAME_BYTES: usize = 4096;

/// Whether this is an archive of files, and not a program that is packed so.
fn is_plain_zip(bytes: &[u8]) -> bool {
    const PROGRAM: &[&[u8]] = &[b"META-INF/MANIFEST.MF", b"AndroidManifest.xml", b".dist-info/"];
    let Some(directory) = archive::directory(bytes) else { return archive::is_zip(bytes) };
    !PROGRAM.iter().any(|name| directory.windows(name.len()).any(|it| it == *name))
}

fn is_tar(bytes: &[u8]) -> bool {
    bytes.get(257..262) == Some(b"ustar") && checksum_holds(&bytes[..BLOCK_BYTES.min(bytes.len())])
}

/// Whether a header's bytes add up to what it says.
fn checksum_holds(header: &[u8]) -> bool {
    let sum = |at: usize| match at {
        148..156 => u64::from(b' '),
        at => u64::from(header[at]),
    };
    header.len() == BLOCK_BYTES && octal(&header[148..156]) == Some((0..BLOCK_BYTES).map(sum).sum())
}

fn read_zip(bytes: &[u8], limits: &Limits) -> Result<Content, ExtractError> {
    let mut archive = Archive::open(bytes, limits)?;
    let mut children = Children::within(limits);
    for name in archive.files() {
        match archive.read_up_to(&name, children.room().saturating_add(1)) {
            // A file that was cut is another file than the one that is inside.
            Some(bytes) if !archive.was_cut => children.push(&name, bytes),
            _ => children.leave_out(),
        }
    }
    if children.found.is_empty() && archive.needs_password {
        return Err(ExtractError::Encrypted);
    }
    finish(children, archive.trouble, limits)
}

fn read_gzip(bytes: &[u8], limits: &Limits) -> Result<Content, ExtractError> {
    let mut children = Children::within(limits);
    let mut unpacked = Vec::new();
    let (most, reached) = limits.unpacked(bytes.len());
    let decoder = MultiGzDecoder::new(bytes);
    let name = decoder.header().and_then(|it| it.filename()).map(<[u8]>::to_vec);
    let outcome = decoder.take(most.saturating_add(1)).read_to_end(&mut unpacked);
    let mut trouble = outcome.err().map(|error| format!("gzip: {error}").into());
    if most < unpacked.len() as u64 {
        unpacked.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        trouble = Some(Missing::over(reached, format!("cut at {}", size(most))));
    }
    if is_tar(&unpacked) {
        let broken = untar(&unpacked, &mut children).map(Missing::from);
        // What was cut ends in the middle.
        trouble = trouble.or(broken);
    } else if !unpacked.is_empty() {
        let name = name.map(|it| String::from_utf8_lossy(&it).into_owned());
        children.push(&name.unwrap_or_else(|| "content".to_owned()), unpacked);
    }
    finish(children, trouble, limits)
}

/// Collects the files of a TAR archive; gives back where it is broken, if it is.
fn untar(mut rest: &[u8], children: &mut Children) -> Option<String> {
    let mut long_name: Option<Vec<u8>> = None;
    while let Some((header, after)) = rest.split_at_checked(BLOCK_BYTES) {
        if header.iter().all(|it| *it == 0) {
            return None;
        }
        if !checksum_holds(header) {
            return Some("an entry is broken".to_owned());
        }
        let Some(size) = octal(&header[124..136]).and_then(|it| usize::try_from(it).ok()) else {
            return Some("an entry has no size".to_owned());
        };
        let bytes = &after[..size.min(after.len())];
        match header[156] {
            0 | b'0' | b'7' => {
                let name = long_name.take().unwrap_or_else(|| name_of(header));
                if bytes.len() < size {
                    children.leave_out();
                    return Some("ends in the middle".to_owned());
                }
                // Beyond the limit it is counted without being copied.
                if !children.is_too_much(size as u64) {
                    children.push(&String::from_utf8_lossy(&name), bytes.to_vec());
                }
            }
            b'L' => long_name = Some(until_nul(&bytes[..bytes.len().min(MAX_NAME_BYTES)]).to_vec()),
            b'x' => long_name = path_in_records(bytes).or(long_name),
            // Folders, links, devices: the name that was stated apart was theirs.
            _ => long_name = None,
        }
        let whole = size.checked_next_multiple_of(BLOCK_BYTES)?;
        rest = after.get(whole..).unwrap_or_default();
    }
    (!rest.is_empty()).then(|| "ends in the middle".to_owned())
}

fn name_of(header: &[u8]) -> Vec<u8> {
    let (name, folder) = (until_nul(&header[..100]), until_nul(&header[345..500]));
    let is_posix = &header[257..263] == b"ustar\0";
    if is_posix && !folder.is_empty() { [folder, b"/", name].concat() } else { name.to_vec() }
}

fn until_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|it| *it == 0).next().unwrap_or_default()
}

/// The `path` of extended headers: `27 path=folder/name.txt`, a line each.
fn path_in_records(bytes: &[u8]) -> Option<Vec<u8>> {
    let lines = bytes.split(|it| *it == b'\n');
    let mut values = lines.filter_map(|line| {
        let (at, _) = line.iter().enumerate().find(|(_, it)| **it == b' ')?;
        line[at + 1..].strip_prefix(b"path=")
    });
    values.next().map(|it| it[..it.len().min(MAX_NAME_BYTES)].to_vec())
}

/// A number in octal digits, or, where it is too large for them, in bytes.
fn octal(field: &[u8]) -> Option<u64> {
    if field[0] & 0x80 != 0 {
        let digits = field[field.len().saturating_sub(8)..].iter();
        return Some(digits.fold(0, |sum, it| sum << 8 | u64::from(*it)));
    }
    let digits = String::from_utf8_lossy(field);
    u64::from_str_radix(digits.trim_matches([' ', '\0']), 8).ok()
}

fn finish(
    children: Children,
    trouble: Option<Missing>,
    limits: &Limits,
) -> Result<Content, ExtractError> {
    let trouble = trouble.or_else(|| children.trouble());
    if let Some(trouble) = trouble.clone().filter(|_| children.found.is_empty()) {
        return Err(trouble.into());
    }
    let mut content = Content::within(limits);
    content.children = children.found;
    content.partly = trouble;
    Ok(content)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::extract::archive::zip_of;

    fn entry(name: &str, kind: u8, bytes: &[u8]) -> Vec<u8> {
        let mut header = vec![0; BLOCK_BYTES];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[124..135].copy_from_slice(format!("{:011o}", bytes.len()).as_bytes());
        header[156] = kind;
        header[257..263].copy_from_slice(b"ustar\0");
        header[148..156].fill(b' ');
        let sum: u32 = header.iter().map(|it| u32::from(*it)).sum();
        header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        header.extend(bytes);
        header.resize(header.len().next_multiple_of(BLOCK_BYTES), 0);
        header
    }

    fn names(content: &Content) -> Vec<(&str, &[u8])> {
        content.children.iter().map(|it| (it.name.as_str(), &it.bytes[..])).collect()
    }

    #[test]
    fn files_of_a_zip_are_children() {
        let bytes = zip_of(&[("A/Leave.TXT", b"one"), ("b/", b""), ("../c", b"two")]);
        let content = read_zip(&bytes, &Limits::default()).unwrap();
        let mut found = names(&content);
        found.sort_unstable();
        assert_eq!(found, [("A/Leave.TXT", &b"one"[..]), ("_/c", b"two")]);
        assert!(!is_plain_zip(&zip_of(&[("META-INF/MANIFEST.MF", b"")])));
    }

    #[test]
    fn files_of_a_tar_are_children_packed_or_not() {
        let tar = [
            entry("docs/", b'5', b""),
            entry("docs/a.txt", b'0', b"one"),
            entry("x", b'L', b"docs/a long name.txt\0"),
            entry("docs/a long na", b'0', b"two"),
            entry("x", b'x', b"25 path=docs/paxed.txt\n"),
            entry("docs/p", b'0', b"three"),
            entry("link", b'2', b""),
            vec![0; BLOCK_BYTES],
        ]
        .concat();
        let expected = [
            ("docs/a.txt", &b"one"[..]),
            ("docs/a long name.txt", b"two"),
            ("docs/paxed.txt", b"three"),
        ];
        assert!(is_tar(&tar));
        assert_eq!(names(&(ARCHIVES[2].read)(&tar, &Limits::default()).unwrap()), expected);
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(&tar).unwrap();
        let packed = packed.finish().unwrap();
        assert_eq!(names(&read_gzip(&packed, &Limits::default()).unwrap()), expected);
        let cut = read_gzip(&packed[..packed.len() - 20], &Limits::default()).unwrap();
        assert!(cut.partly.is_some() && !cut.children.is_empty());
    }

    #[test]
    fn a_single_packed_file_is_a_child() {
        let builder = flate2::GzBuilder::new().filename("notes.txt");
        let mut packed = builder.write(Vec::new(), flate2::Compression::fast());
        packed.write_all(b"words").unwrap();
        let content = read_gzip(&packed.finish().unwrap(), &Limits::default()).unwrap();
        assert_eq!(names(&content), [("notes.txt", &b"words"[..])]);
    }

    #[test]
    fn broken_archives_are_answered() {
        for bytes in [&b"\x1f\x8b\x08"[..], b"PK\x03\x04", &[0xff; 700]] {
            for format in ARCHIVES {
                let outcome = (format.read)(bytes, &Limits::default());
                assert!(matches!(outcome, Err(ExtractError::Damaged(_))), "{}", format.name);
            }
        }
    }
}
