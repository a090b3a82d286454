//! Any bytes, in a compound file that is well formed, as the streams that hold a document of the
//! format that `DOCROT_FORMAT` names.
//!
//! Without this a fuzzer would hardly get past the sectors of the container. The first two bytes
//! say where the bytes are parted, for formats whose document is in two streams. Where
//! `DOCROT_SEEDS` names a folder, the streams of this format's fixtures are put there to begin with.
#![no_main]

use std::env;
use std::fs;
use std::io::{Cursor, Read as _, Write as _};
use std::path::Path;
use std::sync::LazyLock;

use docrot::extract::{FORMATS, Format, Limits, read};
use libfuzzer_sys::fuzz_target;

static FORMAT: LazyLock<&Format> = LazyLock::new(|| {
    let name = env::var("DOCROT_FORMAT").expect("DOCROT_FORMAT is set");
    FORMATS.iter().find(|format| format.name == name).expect("DOCROT_FORMAT names a format")
});

fuzz_target!(init: seed(), |bytes: &[u8]| {
    let Some(([low, high], bytes)) = bytes.split_first_chunk() else { return };
    let at = usize::from(u16::from_le_bytes([*low, *high])).min(bytes.len());
    let _ = read(&FORMAT, &container(bytes.split_at(at)), &Limits::default());
});

/// The two streams of each fixture, as an input of this target.
fn seed() {
    let Some(folder) = env::var_os("DOCROT_SEEDS") else { return };
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/formats");
    for entry in fs::read_dir(fixtures.join(FORMAT.name)).expect("the format has fixtures") {
        let path = entry.expect("the folder can be listed").path();
        let Ok(mut file) = cfb::open(&path) else { continue };
        let mut stream = |path: &str| {
            let mut bytes = Vec::new();
            let found = file.open_stream(path).and_then(|mut it| it.read_to_end(&mut bytes));
            found.is_ok().then_some(bytes)
        };
        let of = |which| streams(which).iter().map(|it| it.0).collect::<Vec<_>>();
        let mut first = |paths: Vec<&str>| paths.into_iter().find_map(&mut stream);
        let (one, two) = (first(of(Which::One)), first(of(Which::Two)));
        let (mut one, two) = (one.unwrap_or_default(), two.unwrap_or_default());
        one.truncate(usize::from(u16::MAX));
        let at = (one.len() as u16).to_le_bytes();
        let name = path.file_name().expect("a file has a name");
        let _ = fs::write(Path::new(&folder).join(name), [&at[..], &one, &two].concat());
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Which {
    One,
    Two,
}

/// The streams of the format that take this half of the input.
fn streams(which: Which) -> Vec<(&'static str, Which)> {
    use Which::{One, Two};
    let all: &[_] = match FORMAT.name {
        "doc" => &[("/WordDocument", Two), ("/0Table", One), ("/1Table", One)],
        "ppt" => &[("/Current User", One), ("/PowerPoint Document", Two)],
        "xls" => &[("/Workbook", Two), ("/\u{5}SummaryInformation", One)],
        _ => &[
            ("/__properties_version1.0", One),
            ("/__substg1.0_10090102", Two),
            ("/__substg1.0_10130102", Two),
            ("/__attach_version1.0_#00000000/__properties_version1.0", One),
            ("/__attach_version1.0_#00000000/__substg1.0_3707001F", One),
            ("/__attach_version1.0_#00000000/__substg1.0_37010102", Two),
        ],
    };
    all.iter().copied().filter(|it| it.1 == which).collect()
}

/// The smallest container of the format.
fn container((one, two): (&[u8], &[u8])) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("memory takes it");
    for (path, which) in [streams(Which::One), streams(Which::Two)].concat() {
        if let Some((storage, _)) = path[1..].split_once('/') {
            file.create_storage_all(format!("/{storage}")).expect("the name is valid");
        }
        let mut stream = file.create_stream(path).expect("the name is valid");
        let bytes = if which == Which::One { one } else { two };
        stream.write_all(bytes).expect("memory takes it");
    }
    file.into_inner().into_inner()
}
