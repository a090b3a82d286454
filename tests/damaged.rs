//! Every file in `fixtures/formats`, cut and spoilt, is an answer: text, or a reason. Never a panic,
//! never a hang, never memory without end.
//!
//! Seeded, so that a failure names a file that can be made again.

#[path = "support/dice.rs"]
mod dice;

use std::fs;
use std::io::{Cursor, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use docrot::extract::{Detection, ExtractError, FORMATS, Limits, detect, read_here};

use dice::Dice;

/// Files with spoilt bytes for each format; half of them spoilt inside of their archive, for those
/// that are archives.
const SPOILT: u64 = 2_000;
/// Of larger files, a quarter.
const LARGE_BYTES: usize = 128 << 10;
/// A worker has 1 GiB; tests run side by side.
const MEMORY_BYTES: u64 = 6 << 30;
/// Far more than all of it takes.
const PATIENCE: Duration = Duration::from_mins(5);

/// Name of the threads that read.
const READER: &str = "reader";

type Fixture = (PathBuf, Vec<u8>);

/// The fixtures of each format, smallest first.
fn fixtures() -> Vec<Vec<Fixture>> {
    let children = |folder: &Path| -> Vec<PathBuf> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/formats");
    let mut formats = children(&folder);
    formats.retain(|it| it.is_dir());
    formats.sort();
    formats
        .into_iter()
        .map(|folder| {
            let mut files: Vec<_> = children(&folder)
                .into_iter()
                .filter(|it| it.extension().is_none_or(|it| it != "expected"))
                .map(|it| (it.clone(), fs::read(&it).unwrap()))
                .collect();
            files.sort_by_key(|(path, bytes)| (bytes.len(), path.clone()));
            files
        })
        .collect()
}

/// Reads it as a scan would, in this process; the words of a crash, where there is one.
fn crash(path: &Path, bytes: &[u8]) -> Option<String> {
    let Detection::Document(format) = detect(FORMATS, path, bytes) else { return None };
    match read_here(format, bytes, &Limits::default()) {
        Err(ExtractError::Crashed(how)) => Some(format!("{}: {how}", format.name)),
        _ => None,
    }
}

/// Runs the same thing on every item, on all cores, and gives up where it does not end.
fn each<T: Send + 'static>(items: Vec<T>, job: fn(T) -> Vec<String>) {
    limit_memory();
    let (sender, receiver) = mpsc::channel();
    let items = std::sync::Arc::new(std::sync::Mutex::new(items));
    for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
        let (items, sender) = (items.clone(), sender.clone());
        thread::Builder::new()
            .name(READER.to_owned())
            .stack_size(64 << 20)
            .spawn(move || {
                loop {
                    let Some(item) = items.lock().unwrap().pop() else { return };
                    let _ = sender.send(job(item));
                }
            })
            .unwrap();
    }
    drop(sender);
    let mut crashes = Vec::new();
    loop {
        match receiver.recv_timeout(PATIENCE) {
            Ok(found) => crashes.extend(found),
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("a reader does not come back"),
        }
    }
    assert!(crashes.is_empty(), "{}", crashes.join("\n"));
}

/// Memory without end becomes an abort, which names the reader's test.
fn limit_memory() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let limit = Rlimit { current: Some(MEMORY_BYTES), maximum: None };
        let _ = setrlimit(Resource::As, limit);
    }
    // What readers say when they panic is in what the test says.
    let loud = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if thread::current().name() != Some(READER) {
            loud(panic);
        }
    }));
}

#[test]
fn a_file_that_ends_early_is_answered() {
    let files: Vec<_> = fixtures().into_iter().flatten().collect();
    each(files, |(path, bytes)| {
        let cut = |part: usize| {
            let length = bytes.len() * part / 16;
            crash(&path, &bytes[..length])
                .map(|how| format!("{}, first {length} bytes: {how}", path.display()))
        };
        (0..16).filter_map(cut).collect()
    });
}

#[test]
fn a_file_with_spoilt_bytes_is_answered() {
    // In runs, so that slow formats are shared out.
    const RUN: u64 = 125;
    let mut runs = Vec::new();
    for files in fixtures() {
        // The two smallest: one may be too plain to have anything to spoil. A large one only where
        // there is no other.
        let files = files.into_iter().filter(|(_, bytes)| bytes.len() > 32).take(2).enumerate();
        let files: Vec<_> = files
            .filter(|(at, (_, bytes))| *at == 0 || bytes.len() <= LARGE_BYTES)
            .map(|(_, file)| file)
            .collect();
        for (run, start) in (0..SPOILT).step_by(RUN as usize).enumerate() {
            let (path, bytes) = &files[run % files.len()];
            // Copying a large file, and looking at its bytes, takes longer than reading it.
            if bytes.len() <= LARGE_BYTES || run % 4 == 0 {
                runs.push((path.clone(), bytes.clone(), start));
            }
        }
    }
    each(runs, |(path, bytes, start)| {
        let entries = unpacked(&bytes);
        (start..start + RUN)
            .filter_map(|seed| {
                let mut dice = Dice(seed);
                let spoilt = match &entries {
                    Some(entries) if seed % 2 == 0 => spoilt_inside(entries, &mut dice),
                    _ => {
                        let mut bytes = bytes.clone();
                        dice.spoil(&mut bytes);
                        bytes
                    }
                };
                crash(&path, &spoilt).map(|how| format!("{}, seed {seed}: {how}", path.display()))
            })
            .collect()
    });
}

/// The entries of an archive.
fn unpacked(bytes: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    (0..zip.len())
        .map(|index| {
            let mut entry = zip.by_index(index).ok()?;
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).ok()?;
            Some((entry.name().ok()?.into_owned(), bytes))
        })
        .collect()
}

/// The archive with one of its entries spoilt, which its checksums do not show.
fn spoilt_inside(entries: &[(String, Vec<u8>)], dice: &mut Dice) -> Vec<u8> {
    let parts: Vec<_> = (0..entries.len())
        .filter(|&it| [".xml", ".rels"].iter().any(|end| entries[it].0.ends_with(end)))
        .collect();
    let chosen = parts.get(dice.roll(parts.len())).copied();
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (index, (name, bytes)) in entries.iter().enumerate() {
        writer.start_file(name.as_str(), options).unwrap();
        let mut bytes = bytes.clone();
        if chosen == Some(index) {
            dice.spoil(&mut bytes);
        }
        writer.write_all(&bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}
