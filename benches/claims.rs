//! How fast texts are searched for what they say about themselves: labelled dates, banners, status.
//!
//! `cargo bench --bench claims -- FOLDER...` reads every text file below the folders with its reader
//! alone, and then with the search, and prints the megabytes of text that the search takes in a
//! second of one core. The best of five rounds counts.

use std::path::Path;
use std::time::{Duration, Instant};
use std::{env, fs};

use docrot::extract::{self, Detection, FORMATS, Format, Limits};

const ROUNDS: usize = 5;

fn main() {
    let folders: Vec<String> = env::args().skip(1).filter(|it| !it.starts_with("--")).collect();
    let mut files = Vec::new();
    for folder in &folders {
        gather(Path::new(folder), &mut files);
    }
    let bytes: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
    println!("{} files, {:.1} MB of text", files.len(), bytes as f64 / 1e6);
    if files.is_empty() {
        return;
    }
    let alone = best(|| {
        files
            .iter()
            .filter_map(|(format, bytes)| (format.read)(bytes, &Limits::default()).ok())
            .count()
    });
    let searched = best(|| {
        files
            .iter()
            .filter_map(|(format, bytes)| extract::read(format, bytes, &Limits::default()).ok())
            .count()
    });
    let search = searched.saturating_sub(alone);
    let rate = |time: Duration| bytes as f64 / 1e6 / time.as_secs_f64().max(1e-9);
    println!("reader alone      {:>8.1} MB/s", rate(alone));
    println!("reader and search {:>8.1} MB/s", rate(searched));
    println!("search alone      {:>8.1} MB/s", rate(search));
}

/// Adds the text files below a folder with their formats.
fn gather(folder: &Path, files: &mut Vec<(&'static Format, Vec<u8>)>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            gather(&path, files);
            continue;
        }
        let Ok(bytes) = fs::read(&path) else { continue };
        let Detection::Document(found) = extract::detect(FORMATS, &path, &bytes) else { continue };
        let format = FORMATS.iter().find(|it| it.name == found.name && !it.isolated);
        files.extend(format.map(|format| (format, bytes)));
    }
}

fn best(work: impl Fn() -> usize) -> Duration {
    let round = |_| {
        let start = Instant::now();
        std::hint::black_box(work());
        start.elapsed()
    };
    (0..ROUNDS).map(round).min().unwrap_or_default()
}
