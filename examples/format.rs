//! A format of one's own: subtitles (`.srt`), read as paragraphs of what is said.
//!
//!     cargo run --example format -- FOLDER

use std::ops::ControlFlow;
use std::path::PathBuf;

use docrot::catalog::Catalog;
use docrot::extract::{BlockKind, Content, ExtractError, Format, Limits, Locator};
use docrot::scan::{ScanOptions, scan};

const SUBTITLES: Format = Format {
    name: "subtitles",
    extensions: &["srt"],
    // Subtitles have no tell-tale bytes, so they go by their extension.
    recognize: |_| false,
    version: 1,
    isolated: false,
    read,
};

fn read(bytes: &[u8], limits: &Limits) -> Result<Content, ExtractError> {
    let mut content = Content::within(limits);
    let text = String::from_utf8_lossy(bytes);
    for (number, line) in (1..).zip(text.lines()) {
        let is_frame = line.contains("-->") || line.trim().parse::<u32>().is_ok();
        // Beyond the limit on text nothing is taken any more, and the record says so.
        if !is_frame && !content.push(BlockKind::Paragraph, Locator::Line(number), line) {
            break;
        }
    }
    Ok(content)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = PathBuf::from(std::env::args().nth(1).ok_or("name a folder")?);
    let folder = tempfile::tempdir()?;
    let catalog = Catalog::open_or_create(folder.path())?;
    let mut options = ScanOptions::default();
    options.formats.push(SUBTITLES);
    scan(&[root], &options, &catalog, |_| ControlFlow::Continue(()))?;
    for (_, record) in catalog.inventory()?.iter() {
        if record.format.as_ref().is_some_and(|it| it.name == SUBTITLES.name) {
            println!("{}\t{} words", record.file.path.display(), record.words());
        }
    }
    Ok(())
}
