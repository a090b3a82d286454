//! PowerPoint 97 to 2003.
//!
//! Follows [MS-PPT]: slides in the order of the show, each with its notes and comments. Masters,
//! headers and footers are left out, as are slides that were deleted and are still in the file.

mod records;

use std::collections::{HashMap, HashSet};

use records::{Record, Records, kind, number};

use super::ole::{self, Container, Kind};
use super::{BlockKind, Content, ExtractError, Format, Limits, Locator, Missing};

pub(super) const FORMAT: Format = Format {
    name: "ppt",
    extensions: &["ppt", "pps", "pot"],
    recognize: |bytes| ole::kind(bytes) == Some(Kind::Presentation),
    version: 1,
    isolated: true,
    read,
};

/// What the stream `Current User` begins with behind its length, if the show is encrypted.
const ENCRYPTED: u32 = 0xF3D1_C4DF;
/// Most times that a show was saved in a hurry.
const MAX_EDITS: usize = 10_000;
/// Stands where the number of the slide or the date is shown.
const FIELD_MARK: &str = "*";

fn read(bytes: &[u8], limits: &Limits) -> Result<Content, ExtractError> {
    if !bytes.starts_with(ole::MAGIC) {
        let why = "not a PowerPoint presentation, whatever its name";
        return Err(ExtractError::Unsupported(why.to_owned()));
    }
    let mut container = Container::open(bytes)?;
    let mut content = Content::of(ole::metadata(&mut container), limits);
    let user = container.read("/Current User").unwrap_or_default();
    if number(&user, 12) == Some(ENCRYPTED) {
        return Err(ExtractError::Encrypted);
    }
    let Some(stream) = container.read("/PowerPoint Document") else {
        return Err(ExtractError::Damaged("OLE container without a presentation".to_owned()));
    };
    let edit = number(&user, 16).map_or(0, |it| it as usize);
    let show = match Show::of(&stream, edit) {
        Some(show) => show,
        None => {
            let why = "its list of slides is broken; slides are in the order of the file";
            content.partly = Some(why.into());
            Show::in_order_of_file(&stream)
        }
    };
    show.read(&mut content);
    let trouble = container.trouble.take().map(Missing::from);
    let trouble = trouble.or_else(|| content.partly.clone());
    content.short_of(trouble)
}

/// A run of text and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Text {
    is_title: bool,
    is_comment: bool,
    words: String,
}

/// A slide, and the texts of its outline that it refers to.
struct Slide<'a> {
    record: Record<'a>,
    outline: Vec<Text>,
}

struct Show<'a> {
    slides: Vec<Slide<'a>>,
    /// Notes by the number by which slides refer to them.
    notes: HashMap<u32, Record<'a>>,
}

impl<'a> Show<'a> {
    /// Finds the slides through the lists that the last edit left.
    fn of(stream: &'a [u8], edit: usize) -> Option<Self> {
        let (places, document) = persist_directory(stream, edit)?;
        let find = |id: u32| places.get(&id).and_then(|at| Record::at(stream, *at));
        let document = find(document).filter(|it| it.kind == kind::DOCUMENT)?;
        let mut show = Show { slides: Vec::new(), notes: HashMap::new() };
        for list in document.children().filter(|it| it.kind == kind::SLIDE_LIST) {
            match list.instance {
                0 => show.slides = slides(&list, find),
                2 => {
                    let notes = list.children().filter(|it| it.kind == kind::SLIDE_PERSIST);
                    let notes = notes.filter_map(|it| Some((it.number(12)?, find(it.number(0)?)?)));
                    show.notes = notes.filter(|(_, it)| it.kind == kind::NOTES).collect();
                }
                _ => {}
            }
        }
        Some(show)
    }

    /// All slides that are in the file, where nothing says which are the show.
    fn in_order_of_file(stream: &'a [u8]) -> Self {
        let records = || Records { bytes: stream };
        let outline = |it: Record<'a>| {
            let lists = it.children().filter(|it| it.kind == kind::SLIDE_LIST && it.instance == 0);
            lists.flat_map(|list| texts_of(&list, &[]).0).collect::<Vec<_>>()
        };
        let outline = records().filter(|it| it.kind == kind::DOCUMENT).last().map(outline);
        let slides = records().filter(|it| it.kind == kind::SLIDE);
        let mut slides: Vec<_> =
            slides.map(|record| Slide { record, outline: Vec::new() }).collect();
        if let (Some(first), Some(outline)) = (slides.first_mut(), outline) {
            first.outline = outline;
        }
        Self { slides, notes: HashMap::new() }
    }

    fn read(&self, content: &mut Content) {
        for (number, slide) in (1u32..).zip(&self.slides) {
            let (mut texts, used) = texts_of(&slide.record, &slide.outline);
            let unused = slide.outline.iter().enumerate().filter(|(at, _)| !used.contains(at));
            texts.extend(unused.map(|(_, text)| text.clone()));
            let (comments, texts): (Vec<_>, Vec<_>) =
                texts.into_iter().partition(|it| it.is_comment);
            for text in texts {
                let kind = if text.is_title { BlockKind::Heading } else { BlockKind::Paragraph };
                push(content, kind, &Locator::Slide(number), &text.words);
            }
            let atom = slide.record.children().find(|it| it.kind == kind::SLIDE_ATOM);
            let notes = atom.and_then(|it| self.notes.get(&it.number(16)?));
            let notes = notes.map(|it| texts_of(it, &[]).0).unwrap_or_default();
            for (name, texts) in [("notes of", notes), ("comments on", comments)] {
                let place = Locator::Part(format!("{name} slide {number}"));
                for text in texts {
                    push(content, BlockKind::Aside, &place, &text.words);
                }
            }
        }
    }
}

/// The slides of a list, with the texts that stand in the list itself.
fn slides<'a>(list: &Record<'a>, find: impl Fn(u32) -> Option<Record<'a>>) -> Vec<Slide<'a>> {
    let mut slides: Vec<Slide<'_>> = Vec::new();
    let mut is_title = false;
    for record in list.children() {
        match record.kind {
            kind::SLIDE_PERSIST => {
                let slide = record.number(0).and_then(&find);
                // A slide that is not there may have texts all the same.
                let record = slide.filter(|it| it.kind == kind::SLIDE).unwrap_or(record);
                slides.push(Slide { record, outline: Vec::new() });
            }
            kind::TEXT_HEADER => is_title = is_title_header(&record),
            _ => {
                if let (Some(words), Some(slide)) = (words(&record), slides.last_mut()) {
                    slide.outline.push(Text { is_title, is_comment: false, words });
                }
            }
        }
    }
    slides
}

/// Where everything is after the last edit, by number, and the number of the document.
fn persist_directory(stream: &[u8], mut edit: usize) -> Option<(HashMap<u32, usize>, u32)> {
    let mut places = HashMap::new();
    let mut document = None;
    let mut seen = HashSet::new();
    // Newest first: what an older edit says of the same number is out of date.
    while seen.insert(edit) && seen.len() < MAX_EDITS {
        let Some(record) = Record::at(stream, edit).filter(|it| it.kind == kind::USER_EDIT) else {
            break;
        };
        document = document.or(record.number(16));
        let directory = Record::at(stream, record.number(12)? as usize)?;
        if directory.kind == kind::PERSIST_DIRECTORY {
            fill(&mut places, directory.bytes);
        }
        edit = record.number(8)? as usize;
        if edit == 0 {
            break;
        }
    }
    Some((places, document?))
}

fn fill(places: &mut HashMap<u32, usize>, mut directory: &[u8]) {
    while let Some(head) = number(directory, 0) {
        let (first, count) = (head & 0xF_FFFF, head >> 20);
        for index in 0..count {
            let Some(at) = number(directory, 4 + index as usize * 4) else { return };
            places.entry(first + index).or_insert(at as usize);
        }
        directory = directory.get(4 + count as usize * 4..).unwrap_or_default();
    }
}

fn is_title_header(record: &Record) -> bool {
    matches!(record.number(0), Some(0 | 6))
}

/// The words of a record of text.
fn words(record: &Record) -> Option<String> {
    match record.kind {
        kind::TEXT_CHARS | kind::STRING => {
            let units = record.bytes.chunks_exact(2);
            let units: Vec<u16> = units.map(|it| u16::from_le_bytes([it[0], it[1]])).collect();
            Some(String::from_utf16_lossy(&units))
        }
        kind::TEXT_BYTES => Some(record.bytes.iter().map(|it| char::from(*it)).collect()),
        _ => None,
    }
}

/// The texts in a record, in order; of an outline those that it refers to, and which they are.
fn texts_of(record: &Record, outline: &[Text]) -> (Vec<Text>, HashSet<usize>) {
    let (mut texts, mut used) = (Vec::new(), HashSet::new());
    let mut is_title = false;
    record.walk(&mut |record| {
        match record.kind {
            kind::TEXT_HEADER => is_title = is_title_header(record),
            kind::OUTLINE_REFERENCE => {
                let index = record.number(0).map_or(usize::MAX, |it| it as usize);
                if let Some(text) = outline.get(index).filter(|_| used.insert(index)) {
                    texts.push(text.clone());
                }
            }
            kind::TEXT_CHARS | kind::TEXT_BYTES => {
                texts.extend(words(record).map(|words| Text {
                    is_title,
                    is_comment: false,
                    words,
                }));
            }
            kind::COMMENT => {
                // Who wrote it, what, and the initials.
                let said = record.children().find(|it| it.kind == kind::STRING && it.instance == 1);
                let said = said.and_then(|it| words(&it));
                texts.extend(said.map(|words| Text { is_title: false, is_comment: true, words }));
                return false;
            }
            kind::HEADERS_FOOTERS => return false,
            _ => {}
        }
        true
    });
    (texts, used)
}

fn push(content: &mut Content, kind: BlockKind, place: &Locator, words: &str) {
    for paragraph in words.split('\r') {
        if paragraph.trim() != FIELD_MARK {
            let paragraph = paragraph.replace('\u{b}', "\n").replace('\0', "");
            content.push(kind, place.clone(), &paragraph);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::records::record;
    use super::*;

    fn longs(values: &[u32]) -> Vec<u8> {
        values.iter().flat_map(|it| it.to_le_bytes()).collect()
    }

    /// A show of two slides; the file has them the other way round, and an older version of one.
    fn stream() -> (Vec<u8>, usize) {
        let text = |header: u32, words: &str| {
            let header = record(kind::TEXT_HEADER, 0, false, &longs(&[header]));
            [header, record(kind::TEXT_BYTES, 0, false, words.as_bytes())].concat()
        };
        let atom = record(kind::SLIDE_ATOM, 2, false, &longs(&[0, 0, 0, 0, 300]));
        let reference = record(kind::OUTLINE_REFERENCE, 0, false, &longs(&[0]));
        let second = record(kind::SLIDE, 0, true, &text(4, "last"));
        let first =
            record(kind::SLIDE, 0, true, &[atom, text(4, "body\x0bline\r*"), reference].concat());
        let stale = record(kind::SLIDE, 0, true, &text(4, "gone"));
        let notes = record(kind::NOTES, 0, true, &text(2, "say this"));
        let persist =
            |id: u32, slide: u32| record(kind::SLIDE_PERSIST, 0, false, &longs(&[id, 0, 0, slide]));
        let slides =
            [persist(2, 256), text(0, "Title"), text(1, "unused"), persist(3, 257)].concat();
        let document = record(
            kind::DOCUMENT,
            0,
            true,
            &[
                record(kind::SLIDE_LIST, 0, true, &slides),
                record(kind::SLIDE_LIST, 2, true, &persist(4, 300)),
            ]
            .concat(),
        );
        let (mut stream, mut places) = (Vec::new(), Vec::new());
        for part in [&document, &first, &second, &notes, &stale] {
            places.push(stream.len() as u32);
            stream.extend_from_slice(part);
        }
        // An old edit knows number 2 as the slide that was replaced.
        let old_directory = stream.len() as u32;
        stream.extend(record(kind::PERSIST_DIRECTORY, 0, false, &longs(&[1 << 20 | 2, places[4]])));
        let old_edit = stream.len() as u32;
        stream.extend(record(kind::USER_EDIT, 0, false, &longs(&[0, 0, 0, old_directory, 1])));
        let directory = stream.len() as u32;
        let entries = [4 << 20 | 1, places[0], places[1], places[2], places[3]];
        stream.extend(record(kind::PERSIST_DIRECTORY, 0, false, &longs(&entries)));
        let edit = stream.len();
        stream.extend(record(kind::USER_EDIT, 0, false, &longs(&[0, 0, old_edit, directory, 1])));
        (stream, edit)
    }

    #[test]
    fn slides_come_in_the_order_of_the_show_with_their_notes() {
        let (stream, edit) = stream();
        let mut content = Content::default();
        Show::of(&stream, edit).unwrap().read(&mut content);
        assert_eq!(content.text(), "body\nline\nTitle\nunused\nsay this\nlast");
        let places: Vec<_> = content.blocks().iter().map(|it| it.locator.to_string()).collect();
        assert_eq!(places, ["slide 1", "slide 1", "slide 1", "notes of slide 1", "slide 2"]);
        assert_eq!(content.blocks()[1].kind, BlockKind::Heading);
    }

    #[test]
    fn without_its_lists_the_slides_are_read_as_they_lie() {
        let (stream, _) = stream();
        assert!(Show::of(&stream, 0).is_none());
        let mut content = Content::default();
        Show::in_order_of_file(&stream).read(&mut content);
        assert!(content.text().contains("Title") && content.text().contains("last"));
    }

    #[test]
    fn edits_that_lead_in_a_circle_end() {
        let mut stream = record(kind::PERSIST_DIRECTORY, 0, false, &longs(&[0xFFFF_FFFF]));
        let edit = stream.len();
        stream.extend(record(kind::USER_EDIT, 0, false, &longs(&[0, 0, edit as u32, 0, 1])));
        assert!(Show::of(&stream, edit).is_none());
    }
}
