//! Any bytes, read as the format that `DOCROT_FORMAT` names, and what is attached to or packed into
//! them as whatever it is taken for.
#![no_main]

use std::env;
use std::path::Path;
use std::sync::LazyLock;

use docrot::extract::{ARCHIVES, Detection, FORMATS, Format, Limits, detect, read};
use libfuzzer_sys::fuzz_target;

static FORMAT: LazyLock<&Format> = LazyLock::new(|| {
    let name = env::var("DOCROT_FORMAT").expect("DOCROT_FORMAT is set");
    let mut formats = FORMATS.iter().chain(ARCHIVES);
    formats.find(|format| format.name == name).expect("DOCROT_FORMAT names a format")
});

fuzz_target!(|bytes: &[u8]| {
    let bytes = if FORMAT.name == "tar" { adding_up(bytes) } else { bytes.to_vec() };
    let Ok(content) = read(&FORMAT, &bytes, &Limits::default()) else { return };
    for child in content.children {
        let detection = detect(FORMATS, Path::new(&child.name), &child.bytes);
        if let Detection::Document(format) = detection {
            let _ = read(format, &child.bytes, &Limits::default());
        }
    }
});

/// A TAR archive whose headers add up; a fuzzer would hardly get past the first otherwise.
fn adding_up(bytes: &[u8]) -> Vec<u8> {
    const BLOCK: usize = 512;
    let mut bytes = bytes.to_vec();
    let mut at = 0;
    while let Some(header) = bytes.get_mut(at..at + BLOCK) {
        header[257..262].copy_from_slice(b"ustar");
        header[148..156].fill(b' ');
        let sum: u32 = header.iter().map(|it| u32::from(*it)).sum();
        header[148..154].copy_from_slice(format!("{sum:06o}").as_bytes());
        let digits = String::from_utf8_lossy(&header[124..135]).into_owned();
        let size = usize::from_str_radix(digits.trim_matches([' ', '\0']), 8).unwrap_or(0);
        at += BLOCK + size.min(1 << 30).next_multiple_of(BLOCK);
    }
    bytes
}
