//! Any bytes, in a compound file that is well formed, as the streams that hold the document.
//!
//! Without this a fuzzer would hardly get past the sectors of the container. The first two bytes
//! say where the bytes are parted, for formats whose document is in two streams.
#![no_main]

use std::io::{Cursor, Write as _};

use docrot::extract::{FORMATS, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let name = env!("CARGO_BIN_NAME").trim_end_matches("-streams");
    let format = FORMATS.iter().find(|format| format.name == name);
    let format = format.expect("a target is named after a format");
    let Some(([low, high], bytes)) = bytes.split_first_chunk() else { return };
    let at = usize::from(u16::from_le_bytes([*low, *high])).min(bytes.len());
    let _ = read(format, &container(name, bytes.split_at(at)));
});

/// The smallest container of a format.
fn container(name: &str, (one, two): (&[u8], &[u8])) -> Vec<u8> {
    let streams: &[(&str, &[u8])] = match name {
        "doc" => &[("/WordDocument", two), ("/0Table", one), ("/1Table", one)],
        "ppt" => &[("/Current User", one), ("/PowerPoint Document", two)],
        "xls" => &[("/Workbook", two), ("/\u{5}SummaryInformation", one)],
        _ => &[
            ("/__properties_version1.0", one),
            ("/__substg1.0_10090102", two),
            ("/__substg1.0_10130102", two),
            ("/__attach_version1.0_#00000000/__properties_version1.0", one),
            ("/__attach_version1.0_#00000000/__substg1.0_3707001F", one),
            ("/__attach_version1.0_#00000000/__substg1.0_37010102", two),
        ],
    };
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("memory takes it");
    for (path, bytes) in streams {
        if let Some((storage, _)) = path[1..].split_once('/') {
            file.create_storage_all(format!("/{storage}")).expect("the name is valid");
        }
        let mut stream = file.create_stream(path).expect("the name is valid");
        stream.write_all(bytes).expect("memory takes it");
    }
    file.into_inner().into_inner()
}
