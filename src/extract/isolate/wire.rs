//! What goes between a process and its workers, over the worker's standard input and output.
//!
//! A request is the format's name, the limits as JSON and the file's bytes, an answer is JSON; each
//! preceded by its length in eight bytes, little-endian. The bytes of children follow, in their
//! order. Before anything else the worker says what holds it back, as JSON. The bytes are sent, not the path: the worker needs no files, and both sides judge the same
//! bytes.

use std::io::{self, Read, Write};

use super::confine::Confinement;
use crate::extract::{Content, ExtractError, Limits, children};

/// Longest name of a format and longest list of limits, in bytes.
const MAX_HEAD_BYTES: u64 = 1024;
/// Longest answer without text, in bytes.
const ANSWER_BYTES: u64 = 64 << 20;
/// How often the longest text fits into the longest answer: every character may be escaped, and its
/// blocks come with it.
const ANSWER_SHARE: u64 = 28;

/// What a worker is asked.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Request {
    /// The name of the format.
    pub(super) format: String,
    pub(super) limits: Limits,
    pub(super) bytes: Vec<u8>,
}

pub(super) type Answer = Result<Content, ExtractError>;

/// What a worker says first.
pub(super) fn write_greeting(out: &mut impl Write, confinement: Confinement) -> io::Result<()> {
    write_part(out, &serde_json::to_vec(&confinement)?)?;
    out.flush()
}

pub(super) fn read_greeting(input: &mut impl Read) -> io::Result<Confinement> {
    serde_json::from_slice(&read_part(input, MAX_HEAD_BYTES)?).map_err(io::Error::other)
}

pub(super) fn write_request(
    out: &mut impl Write,
    format: &str,
    limits: &Limits,
    bytes: &[u8],
) -> io::Result<()> {
    write_part(out, format.as_bytes())?;
    write_part(out, &serde_json::to_vec(limits)?)?;
    write_part(out, bytes)?;
    out.flush()
}

/// The next request; none where the other side has closed.
pub(super) fn read_request(input: &mut impl Read) -> io::Result<Option<Request>> {
    let name = match read_part(input, MAX_HEAD_BYTES) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        name => name?,
    };
    let format = String::from_utf8(name).map_err(io::Error::other)?;
    let limits = serde_json::from_slice(&read_part(input, MAX_HEAD_BYTES)?)?;
    Ok(Some(Request { format, limits, bytes: read_part(input, u64::MAX)? }))
}

pub(super) fn write_answer(out: &mut impl Write, answer: &Answer) -> io::Result<()> {
    write_part(out, &serde_json::to_vec(answer)?)?;
    for child in answer.iter().flat_map(|it| &it.children) {
        write_part(out, &child.bytes)?;
    }
    out.flush()
}

/// The next answer, with ranges that hold whatever the worker has become.
pub(super) fn read_answer(input: &mut impl Read, limits: &Limits) -> io::Result<Answer> {
    let most = limits.text_bytes.saturating_mul(ANSWER_SHARE).saturating_add(ANSWER_BYTES);
    let mut answer: Answer =
        serde_json::from_slice(&read_part(input, most)?).map_err(io::Error::other)?;
    if let Ok(content) = &answer {
        let mut end = 0;
        for block in content.blocks() {
            if block.range.start < end || content.text().get(block.range.clone()).is_none() {
                return Err(io::Error::other("a block lies outside of the text"));
            }
            end = block.range.end;
        }
    }
    let mut left = limits.unpacked_bytes;
    for child in answer.iter_mut().flat_map(|it| &mut it.children) {
        child.name = children::fit(&child.name);
        child.bytes = read_part(input, left)?;
        left -= child.bytes.len() as u64;
    }
    Ok(answer)
}

/// Whether an error of this module says that the other side has closed.
pub(super) fn has_closed(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe)
}

fn write_part(out: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    out.write_all(&(bytes.len() as u64).to_le_bytes())?;
    out.write_all(bytes)
}

fn read_part(input: &mut impl Read, max_bytes: u64) -> io::Result<Vec<u8>> {
    let mut length = [0; 8];
    input.read_exact(&mut length)?;
    let length = u64::from_le_bytes(length);
    if max_bytes < length {
        return Err(io::Error::other("a length is out of bounds"));
    }
    let mut bytes = Vec::new();
    // Not all at once: the length may be a lie.
    bytes.reserve_exact(length.min(64 << 20) as usize);
    input.take(length).read_to_end(&mut bytes)?;
    match bytes.len() as u64 == length {
        true => Ok(bytes),
        false => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{BlockKind, Child, Locator};

    #[test]
    fn requests_and_answers_survive_the_way() {
        let mut wire = Vec::new();
        let limits = Limits { text_bytes: 7, nesting: u32::MAX, ..Limits::default() };
        write_request(&mut wire, "pdf", &limits, b"\0bytes").unwrap();
        let mut input = &wire[..];
        let expected = Request { format: "pdf".into(), limits, bytes: b"\0bytes".to_vec() };
        assert_eq!(read_request(&mut input).unwrap(), Some(expected));
        assert_eq!(read_request(&mut input).unwrap(), None);

        let mut content = Content::default();
        content.push(BlockKind::Paragraph, Locator::Page(1), "text");
        content.children = vec![
            Child { name: "a".into(), bytes: b"one".to_vec() },
            Child { name: "b".into(), bytes: Vec::new() },
        ];
        for answer in [Ok(content), Err(ExtractError::Encrypted)] {
            let mut wire = Vec::new();
            write_answer(&mut wire, &answer).unwrap();
            assert_eq!(read_answer(&mut &wire[..], &Limits::default()).unwrap(), answer);
        }
    }

    #[test]
    fn a_block_outside_of_the_text_is_refused() {
        let json = r#"{"Ok":{"text":"ä","blocks":[{"kind":"Paragraph","range":{"start":0,"end":1},
            "locator":{"Line":1}}],"metadata":{},"partly":null,"children":[]}}"#;
        let mut wire = Vec::new();
        write_part(&mut wire, json.as_bytes()).unwrap();
        assert!(
            read_answer(&mut &wire[..], &Limits::default())
                .unwrap_err()
                .to_string()
                .contains("outside")
        );
    }
}
