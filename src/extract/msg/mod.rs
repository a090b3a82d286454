//! Outlook messages (.msg): subject, sender, dates, the body's text, the names of attachments.
//!
//! The body is read as for `email`: plain text, or HTML where the plain one is only a stub, or the
//! Rich Text that Outlook keeps instead. Attachments are named and not read: their text is theirs.

mod lzfu;
mod properties;

use properties::{Properties, tag};

use super::children::{Children, flat};
use super::limits::Limit;
use super::ole::{self, Container, Kind};
use super::properties as values;
use super::{
    BlockKind, Content, DateRole, ExtractError, Format, Limits, Locator, Metadata, Provenance,
    dates, email, encoding, html, rtf,
};

pub(super) const FORMAT: Format = Format {
    name: "msg",
    extensions: &["msg", "oft"],
    recognize: |bytes| ole::kind(bytes) == Some(Kind::Message),
    version: 1,
    isolated: true,
    read,
};

/// Bytes before the properties of fixed size: of a message, and of an attachment.
const MESSAGE_HEADER: usize = 32;
const ATTACHMENT_HEADER: usize = 8;
/// The storage of a message that is attached.
const EMBEDDED: &str = "__substg1.0_3701000D";
/// Bytes before the properties of a message that is attached.
const EMBEDDED_HEADER: usize = 24;

fn read(bytes: &[u8], limits: &Limits) -> Result<Content, ExtractError> {
    if !bytes.starts_with(ole::MAGIC) {
        return Err(ExtractError::Unsupported(
            "not an Outlook message, whatever its name".to_owned(),
        ));
    }
    let mut container = Container::open(bytes)?;
    let mut message = Properties::of(&mut container, "", MESSAGE_HEADER);
    let page = message.page();
    let class = message.text(tag::CLASS).unwrap_or_default();
    let mut content = Content::of(metadata_of(&mut message), limits);
    let body = body(&mut message, limits);
    for (number, block) in (1u32..).zip(body.blocks()) {
        content.push(block.kind, Locator::Paragraph(number), body.text_of(block));
    }
    content.partly = content.partly.take().or(body.partly);
    let most = usize::try_from(limits.entries).unwrap_or(usize::MAX);
    let (attachments, beyond) = attachments(&mut container, page, most);
    let is_pgp = |it: &Attachment| {
        it.kind == "application/pgp-encrypted" || it.name.ends_with(".pgp-encrypted")
    };
    let is_encrypted = class.to_lowercase().ends_with("smime") || attachments.iter().any(is_pgp);
    if content.text().is_empty() && is_encrypted {
        return Err(ExtractError::Encrypted);
    }
    let names: Vec<&str> = attachments.iter().map(|it| it.name.as_str()).collect();
    content.push(BlockKind::Aside, Locator::Part("attachments".into()), &names.join("\n"));
    let mut children = Children::within(limits);
    children.leave_out_over(Limit::Entries, beyond);
    for Attachment { name, bytes, .. } in attachments {
        match bytes {
            Some(bytes) => children.push(&flat(&name), bytes),
            None => children.leave_out(),
        }
    }
    content.partly = content.partly.take().or_else(|| children.trouble());
    content.children = children.found;
    content.short_of(container.trouble.take())
}

fn metadata_of(message: &mut Properties) -> Metadata {
    let mut metadata = Metadata::default();
    let provenance = |name: &str| Provenance::property(format!("message {name}"));
    if let Some(subject) = message.text(tag::SUBJECT) {
        values::set(&mut metadata.title, &subject, provenance("subject"));
    }
    let name = message.text(tag::SENDER_NAME).or_else(|| message.text(tag::SENT_FOR_NAME));
    let address = message.text(tag::SENDER_SMTP).or_else(|| message.text(tag::SENDER_ADDRESS));
    // Exchange has addresses of its own, which nobody writes to.
    let address = address.filter(|it| it.contains('@'));
    let sender = match (name, address) {
        (Some(name), Some(address)) if name != address => format!("{name} <{address}>"),
        (name, address) => name.or(address).unwrap_or_default(),
    };
    values::set(&mut metadata.creator, &sender, provenance("sender"));
    let sent = message.moment(tag::SENT).map(|it| (DateRole::Published, it, "sent"));
    let delivered =
        || message.moment(tag::DELIVERED).map(|it| (DateRole::Published, it, "delivered"));
    let created = message.moment(tag::CREATED).map(|it| (DateRole::Created, it, "created"));
    let modified = message.moment(tag::MODIFIED).map(|it| (DateRole::Updated, it, "modified"));
    for (role, moment, name) in [sent.or_else(delivered), created, modified].into_iter().flatten() {
        metadata.dates.extend(dates::claim(role, &moment, provenance(name)));
    }
    metadata
}

/// The text of the message, in the best of the forms that it has.
fn body(message: &mut Properties, limits: &Limits) -> Content {
    let plain =
        message.text(tag::BODY).map(|it| email::paragraphs_of(&it, limits)).unwrap_or_default();
    let page = message.number(tag::INTERNET_PAGE).and_then(|it| u16::try_from(it).ok());
    let label = page.and_then(codepage::to_encoding).map(encoding_rs::Encoding::name);
    let html = match message.binary(tag::HTML_BODY) {
        Some(bytes) => Some(encoding::decode(&bytes, label).into_owned()),
        None => message.text(tag::HTML_BODY),
    };
    let rich = match html {
        Some(html) => html::text_of_html(&html, limits),
        None => {
            let packed = message.binary(tag::RTF_BODY);
            let unpacked = packed.and_then(|it| lzfu::unpack(&it)).unwrap_or_default();
            (rtf::FORMAT.read)(&unpacked, limits).unwrap_or_default()
        }
    };
    email::better_of(plain, rich)
}

/// An attachment of a message.
struct Attachment {
    name: String,
    /// Its media type, in lower case; empty where it has none.
    kind: String,
    /// Its bytes; none where it is a message or an object of its own.
    bytes: Option<Vec<u8>>,
}

/// The attachments, up to so many, and how many there are beyond them.
fn attachments(container: &mut Container, page: u16, most: usize) -> (Vec<Attachment>, usize) {
    let mut found = Vec::new();
    let storages = container.storages("/", "__attach_version1.0_");
    let beyond = storages.len().saturating_sub(most);
    for storage in storages.into_iter().take(most) {
        let path = format!("/{storage}");
        let properties = Properties::of(container, &path, ATTACHMENT_HEADER);
        let mut properties = properties.with_page_of(page);
        // A picture in the text is not named.
        let is_inline = properties.is(tag::HIDDEN)
            || properties.number(tag::FLAGS).is_some_and(|it| it & 4 != 0)
                && properties.text(tag::CONTENT_ID).is_some();
        let name = properties
            .text(tag::LONG_NAME)
            .or_else(|| properties.text(tag::SHORT_NAME))
            .or_else(|| properties.text(tag::DISPLAY_NAME));
        let name = name.unwrap_or_else(|| "unnamed".to_owned());
        let kind = properties.text(tag::MEDIA_TYPE).unwrap_or_default().to_lowercase();
        if !is_inline {
            let bytes = properties.binary(tag::DATA);
            let message = format!("{path}/{EMBEDDED}");
            let (bytes, name) = match bytes {
                None => match container.lift(&message, with_long_header) {
                    None => (None, name.trim().to_owned()),
                    lifted => (lifted, format!("{}.msg", name.trim())),
                },
                bytes => (bytes, name.trim().to_owned()),
            };
            found.push(Attachment { name, kind, bytes });
        }
    }
    (found, beyond)
}

/// The properties of an attached message, in the form that they have in a message of its own.
fn with_long_header(name: &str, mut bytes: Vec<u8>) -> Vec<u8> {
    if name == "/__properties_version1.0" && EMBEDDED_HEADER <= bytes.len() {
        let longer = [0; MESSAGE_HEADER - EMBEDDED_HEADER];
        bytes.splice(EMBEDDED_HEADER..EMBEDDED_HEADER, longer);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};

    use super::*;

    fn read(bytes: &[u8]) -> Result<Content, ExtractError> {
        super::read(bytes, &Limits::default())
    }

    fn wide(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    fn message(streams: &[(&str, &[u8])]) -> Vec<u8> {
        let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
        for (name, bytes) in streams {
            if let Some((storage, _)) = name.rsplit_once('/').filter(|(it, _)| !it.is_empty()) {
                let _ = file.create_storage_all(storage);
            }
            file.create_stream(name).unwrap().write_all(bytes).unwrap();
        }
        file.into_inner().into_inner()
    }

    #[test]
    fn properties_and_body_are_read() {
        // 2024-05-06 07:08:09 UTC, and Cyrillic as the page of strings.
        let time = ((1_714_979_289_u64 + 11_644_473_600) * 10_000_000).to_le_bytes();
        let mut fixed = vec![0; 32];
        fixed.extend([&[0x40, 0, 0x39, 0, 0, 0, 0, 0][..], &time].concat());
        fixed.extend([3, 0, 0xFD, 0x3F, 0, 0, 0, 0, 0xE3, 4, 0, 0, 0, 0, 0, 0]);
        let bytes = message(&[
            ("/__properties_version1.0", &fixed),
            ("/__substg1.0_0037001F", &wide("Café hours")),
            ("/__substg1.0_0C1A001E", b"\xc0\xed\xed\xe0"),
            ("/__substg1.0_0C1F001E", b"anna@example.org"),
            ("/__substg1.0_1000001F", &wide("One\r\n\r\nTwo")),
            ("/__attach_version1.0_#00000000/__properties_version1.0", &[0; 8]),
            ("/__attach_version1.0_#00000000/__substg1.0_3707001F", &wide("plan.pdf")),
        ]);
        assert!((FORMAT.recognize)(&bytes));
        let content = read(&bytes).unwrap();
        assert_eq!(content.text(), "One\nTwo\nplan.pdf");
        let metadata = content.metadata;
        assert_eq!(metadata.title.unwrap().value, "Café hours");
        assert_eq!(metadata.creator.unwrap().value, "Анна <anna@example.org>");
        assert_eq!(metadata.dates[0].provenance.to_string(), "message sent");
        assert_eq!(metadata.dates[0].date.to_string(), "2024-05-06");
    }

    #[test]
    fn attachments_are_children() {
        let fixed =
            [&[0; 24][..], &[0x0B, 0, 0xFE, 0x7F, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]].concat();
        let inner = "/__attach_version1.0_#00000001/__substg1.0_3701000D";
        let bytes = message(&[
            ("/__properties_version1.0", &[0; 32]),
            ("/__attach_version1.0_#00000000/__properties_version1.0", &[0; 8]),
            ("/__attach_version1.0_#00000000/__substg1.0_3707001F", &wide("a/plan.txt")),
            ("/__attach_version1.0_#00000000/__substg1.0_37010102", b"words"),
            ("/__attach_version1.0_#00000001/__properties_version1.0", &[0; 8]),
            ("/__attach_version1.0_#00000001/__substg1.0_3001001F", &wide("Old mail")),
            (&format!("{inner}/__properties_version1.0"), &fixed),
            (&format!("{inner}/__substg1.0_1000001F"), &wide("old words")),
        ]);
        let children = read(&bytes).unwrap().children;
        let names: Vec<_> = children.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["a_plan.txt", "Old mail.msg"]);
        assert_eq!(children[0].bytes, b"words");
        assert_eq!(read(&children[1].bytes).unwrap().text(), "old words");
        let limits = Limits { entries: 1, ..Limits::default() };
        let content = super::read(&bytes, &limits).unwrap();
        let said = "files in it that were left out: 1, the limit max_entries";
        assert_eq!((content.children.len(), content.partly.unwrap().to_string()), (1, said.into()));
    }

    #[test]
    fn the_html_body_stands_in() {
        let bytes = message(&[
            ("/__properties_version1.0", &[0; 32]),
            ("/__substg1.0_10130102", b"<h1>Head</h1><p>Body"),
        ]);
        assert_eq!(read(&bytes).unwrap().text(), "Head\nBody");
    }

    #[test]
    fn an_encrypted_message_is_said_to_be_encrypted() {
        let bytes = message(&[
            ("/__properties_version1.0", &[0; 32]),
            ("/__substg1.0_001A001F", &wide("IPM.Note.SMIME")),
        ]);
        assert_eq!(read(&bytes), Err(ExtractError::Encrypted));
    }
}
