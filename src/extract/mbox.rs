//! Mailboxes of one file (.mbox): every message a section of its own.
//!
//! A message begins at a line `From ` at the start or behind an empty line, with a year or a time
//! on it. Its subject is a heading, then comes what `email` reads of it.

use std::borrow::Cow;

use super::children::Children;
use super::{BlockKind, Content, ExtractError, Format, Limits, Locator, email};

pub(super) const FORMAT: Format = Format {
    name: "mbox",
    extensions: &["mbox", "mbx"],
    recognize,
    version: 1,
    isolated: true,
    read,
};

const START: &[u8] = b"From ";
/// Longest line that begins a message, in bytes.
const MAX_START_BYTES: usize = 400;

fn recognize(bytes: &[u8]) -> bool {
    let Some(rest) = after_start(bytes) else { return false };
    email::has_header(rest)
}

/// What follows the line that begins a message, if this is one: `From ann@example.org Mon May  6
/// 10:00:00 2024`.
fn after_start(bytes: &[u8]) -> Option<&[u8]> {
    let head = &bytes[..bytes.len().min(MAX_START_BYTES)];
    let end = head.iter().position(|it| *it == b'\n')?;
    let line = head[..end].strip_prefix(START)?;
    let has_clock =
        line.windows(3).any(|it| it[0].is_ascii_digit() && it[1] == b':' && it[2].is_ascii_digit());
    has_clock.then(|| &bytes[end + 1..])
}

/// The messages, each without the line that begins it.
pub(super) fn messages(bytes: &[u8]) -> Vec<&[u8]> {
    let mut messages = Vec::new();
    let mut begun = None;
    let mut line_at = 0;
    let mut after_blank = true;
    while line_at < bytes.len() {
        let rest = &bytes[line_at..];
        let end = rest.iter().position(|it| *it == b'\n').map_or(rest.len(), |it| it + 1);
        if after_blank && let Some(after) = after_start(rest) {
            messages.extend(begun.map(|begin| &bytes[begin..line_at]));
            begun = Some(bytes.len() - after.len());
        }
        after_blank = rest[..end].trim_ascii().is_empty();
        line_at += end;
    }
    messages.extend(begun.map(|begin| &bytes[begin..]));
    messages
}

fn read(bytes: &[u8], limits: &Limits) -> Result<Content, ExtractError> {
    let messages = messages(bytes);
    if messages.is_empty() && !bytes.trim_ascii().is_empty() {
        return Err(ExtractError::Damaged("not a mailbox, whatever its name".to_owned()));
    }
    let mut content = Content::within(limits);
    let mut children = Children::within(limits);
    let mut left_out = 0;
    for (number, bytes) in (1u32..).zip(messages) {
        let Ok(mut message) = (email::FORMAT.read)(&unquoted(bytes), limits) else {
            left_out += 1;
            continue;
        };
        children.append(&format!("message {number}"), std::mem::take(&mut message.children));
        let place = Locator::Part(format!("message {number}"));
        let title = message.metadata.title.as_ref().map_or("", |it| &it.value);
        let mut goes_on = content.push(BlockKind::Heading, place.clone(), title);
        for block in message.blocks() {
            goes_on = goes_on && content.push(block.kind, place.clone(), message.text_of(block));
        }
        if !goes_on {
            break;
        }
    }
    if 0 < left_out {
        content.partly.get_or_insert(format!("{left_out} messages that cannot be read").into());
    }
    content.partly = content.partly.take().or_else(|| children.trouble());
    content.children = children.found;
    Ok(content)
}

/// The message without the marks that kept its own lines from looking like the start of another.
fn unquoted(message: &[u8]) -> Cow<'_, [u8]> {
    const QUOTED: &[u8] = b"\n>From ";
    if !message.windows(QUOTED.len()).any(|it| it == QUOTED) {
        return message.into();
    }
    let lines = message.split_inclusive(|it| *it == b'\n');
    let is_quoted = |line: &[u8]| line.starts_with(&QUOTED[1..]);
    lines.flat_map(|it| if is_quoted(it) { &it[1..] } else { it }).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Content, ExtractError> {
        super::read(bytes, &Limits::default())
    }

    const BOX: &str = "From ann@example.org Mon May  6 10:00:00 2024\nFrom: ann@example.org\n\
        Date: Mon, 6 May 2024 10:00:00 +0000\nSubject: One\n\nFrom here on\nfirst\n\n\
        From the top\n\nFrom - Tue May  7 10:00:00 2024\r\nFrom: bob@example.org\r\n\
        Subject: Two\r\nDate: Tue, 7 May 2024 10:00:00 +0000\r\n\r\nsecond\r\n";

    #[test]
    fn messages_are_sections() {
        assert!(recognize(BOX.as_bytes()));
        let content = read(BOX.as_bytes()).unwrap();
        assert_eq!(content.text(), "One\nFrom here on\nfirst\nFrom the top\nTwo\nsecond");
        let places: Vec<_> = content.blocks().iter().map(|it| it.locator.to_string()).collect();
        assert_eq!(places, ["message 1", "message 1", "message 1", "message 2", "message 2"]);
        assert_eq!(content.blocks()[0].kind, BlockKind::Heading);
    }

    #[test]
    fn what_only_begins_with_the_word_is_no_mailbox() {
        for text in ["From 10:00 on we are closed.\nPlease knock.\n", "From here\n", ""] {
            assert!(!recognize(text.as_bytes()), "{text}");
        }
    }
}
