//! Mail messages: subject, sender, date, the body's text, the names of attachments.
//!
//! Of a message with a plain and an HTML body only one is read. Attachments are named and not read:
//! their text is theirs. A message that only carries other messages gives theirs.

use std::borrow::Cow;

use mail_parser::{Address, Message, MessageParser, MessagePart, MimeHeaders as _, PartType};

use super::children::{Children, flat};
use super::{
    BlockKind, Content, DateClaim, DateRole, ExtractError, Fact, Format, Limits, Locator, Metadata,
    Provenance, dates, encoding, html,
};

pub(super) const FORMAT: Format = Format {
    name: "email",
    extensions: &["eml"],
    recognize: has_header,
    version: 1,
    isolated: true,
    read,
};

/// Messages within messages are read this deep.
const MAX_DEPTH: u32 = 5;
/// How far into a file its header is looked at, in bytes.
const HEADER_BYTES: usize = 64 << 10;
/// A plain body shorter than this part of the HTML one only says that there is an HTML one.
const MIN_PLAIN_SHARE: usize = 10;

/// Header fields that people do not write on top of memos.
const MACHINE_FIELDS: [&str; 9] = [
    "content-transfer-encoding",
    "content-type",
    "delivered-to",
    "dkim-signature",
    "message-id",
    "mime-version",
    "received",
    "return-path",
    "x-mailer",
];
/// Header fields that tell of a message, one of which is not enough.
const MESSAGE_FIELDS: [&str; 5] = ["cc", "date", "from", "subject", "to"];

/// Whether this starts with a mail header: nothing but fields up to the first empty line, some that
/// only messages have, and, where a person could have written them, an address and a time of day.
pub(super) fn has_header(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(HEADER_BYTES)];
    let head: Cow<'_, [u8]> = match head {
        [0xff, 0xfe, rest @ ..] | [0xfe, 0xff, rest @ ..] => {
            rest.iter().copied().filter(|byte| *byte != 0).collect()
        }
        _ => head.into(),
    };
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head);
    let (mut machine, mut message) = (0, 0);
    let (mut has_address, mut has_time) = (false, false);
    for line in head.split(|byte| *byte == b'\n') {
        match line.trim_ascii_end() {
            [] => break,
            [b' ' | b'\t', ..] if 0 < machine + message => {}
            line => {
                let Some((name, value)) = field(line) else { return false };
                machine += usize::from(MACHINE_FIELDS.contains(&&*name));
                message += usize::from(MESSAGE_FIELDS.contains(&&*name));
                has_address |= name == "from" && value.contains(&b'@');
                has_time |= name == "date" && value.contains(&b':');
            }
        }
    }
    1 <= message && 3 <= message + machine && (0 < machine || has_address && has_time)
}

/// The name of a header field in lower case, and its value.
fn field(line: &[u8]) -> Option<(String, &[u8])> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let name = &line[..colon];
    let is_name = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
    is_name.then(|| (String::from_utf8_lossy(name).to_ascii_lowercase(), &line[colon + 1..]))
}

fn read(bytes: &[u8], limits: &Limits) -> Result<Content, ExtractError> {
    // Saved by editors; no mail system would.
    let bytes = match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            encoding::decode(bytes, None).into_owned().into_bytes().into()
        }
        _ => Cow::Borrowed(bytes),
    };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let Some(message) = MessageParser::default().parse(bytes) else {
        return Err(ExtractError::Damaged("it has no mail header".into()));
    };
    let mut content = Content::of(metadata_of(&message), limits);
    let is_carrier = !read_message(&message, 0, &mut 0, &mut content);
    if content.text().is_empty() && is_encrypted(&message) {
        return Err(ExtractError::Encrypted);
    }
    let attachments = message.attachments().filter(|it| !is_carrier || it.message().is_none());
    let names: Vec<String> = attachments.map(name_of).collect();
    content.push(BlockKind::Aside, Locator::Part("attachments".into()), &names.join("\n"));
    let mut children = Children::within(limits);
    let attachments = message.attachments().filter(|it| !is_carrier || it.message().is_none());
    for part in attachments.filter(|it| !is_inline(it)) {
        // A message is named by its subject, which tells no format.
        let end =
            if part.message().is_some() && part.attachment_name().is_none() { ".eml" } else { "" };
        children.push(&(flat(&name_of(part)) + end), part.contents().to_vec());
    }
    content.partly = content.partly.take().or_else(|| children.trouble());
    content.children = children.found;
    Ok(content)
}

/// Whether a part is a picture in the text, or a signature: nothing that was attached.
fn is_inline(part: &MessagePart<'_>) -> bool {
    let is_attached = part.content_disposition().is_some_and(|it| it.is_attachment());
    let kind = part.content_type();
    let is_picture = kind.is_some_and(|it| it.ctype() == "image");
    let is_signature =
        kind.and_then(|it| it.subtype()).is_some_and(|it| it.ends_with("-signature"));
    is_signature || is_picture && !is_attached && part.content_id().is_some()
}

fn is_encrypted(message: &Message<'_>) -> bool {
    let Some(root) = message.parts.first() else { return false };
    // The same type holds messages that are only signed.
    let smime = root.content_type().and_then(|it| it.attribute("smime-type"));
    let is_smime = root.is_content_type("application", "pkcs7-mime")
        || root.is_content_type("application", "x-pkcs7-mime");
    root.is_content_type("multipart", "encrypted") || is_smime && smime != Some("signed-data")
}

fn metadata_of(message: &Message<'_>) -> Metadata {
    let mut metadata = Metadata::default();
    let fact = |name: &str, value: String| {
        let value = value.trim().to_owned();
        let provenance = Provenance::property(format!("mail header {name}"));
        (!value.is_empty()).then(|| Fact::new(value, provenance))
    };
    metadata.title = message.subject().and_then(|it| fact("Subject", it.to_owned()));
    metadata.creator = message.from().and_then(|it| fact("From", address(it)));
    let language = message.header_raw("Content-Language");
    metadata.language = language.and_then(|it| fact("Content-Language", it.to_owned()));
    for (role, name) in [
        (DateRole::Published, "Date"),
        (DateRole::Expires, "Expires"),
        (DateRole::Expires, "Expiry-Date"),
    ] {
        let Some(raw) = message.header_raw(name).map(str::trim) else { continue };
        let provenance = Provenance::property(format!("mail header {name}"));
        // The mail reader knows old and broken ways to write the date; others are as good as any.
        let parsed = message.date().filter(|date| name == "Date" && date.is_valid());
        let iso = parsed.map(mail_parser::DateTime::to_rfc3339);
        let claim = dates::claim(role, iso.as_deref().unwrap_or(raw), provenance);
        metadata.dates.extend(claim.map(|mut claim| {
            raw.clone_into(&mut claim.raw);
            claim
        }));
    }
    if metadata.dates.iter().all(|it| it.role != DateRole::Published) {
        metadata.dates.extend(received(message));
    }
    metadata
}

/// When the first server took the message: the last of the header's `Received` fields.
fn received(message: &Message<'_>) -> Option<DateClaim> {
    let fields = message.header_values("Received");
    let times = fields.filter_map(|it| it.as_received()?.date).filter(|it| it.is_valid());
    let provenance = Provenance::property("mail header Received");
    dates::claim(DateRole::Published, &times.last()?.to_rfc3339(), provenance)
}

/// The first sender: the name with the address, or what there is of them.
fn address(from: &Address<'_>) -> String {
    let Some(sender) = from.first() else { return String::new() };
    match (sender.name(), sender.address()) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (name, address) => name.or(address).unwrap_or_default().to_owned(),
    }
}

/// Reads the body of a message; without one, those of the messages that it carries. Tells whether
/// it has one.
fn read_message(
    message: &Message<'_>,
    depth: u32,
    paragraphs: &mut u32,
    content: &mut Content,
) -> bool {
    let before = content.blocks().len();
    let limits = *content.limits();
    let plain = bodies(&message.text_body, message, &limits);
    let rich = bodies(&message.html_body, message, &limits);
    let length = |bodies: &[Content]| bodies.iter().map(|it| it.text().len()).sum::<usize>();
    let is_stub = is_stub(length(&plain), length(&rich));
    for body in if is_stub { rich } else { plain } {
        for block in body.blocks() {
            *paragraphs += 1;
            let locator = Locator::Paragraph(*paragraphs);
            if !content.push(block.kind, locator, body.text_of(block)) {
                return true;
            }
        }
        if content.partly.is_none() {
            content.partly = body.partly;
        }
    }
    if before < content.blocks().len() {
        return true;
    }
    for carried in message.parts.iter().filter_map(MessagePart::message) {
        if MAX_DEPTH <= depth {
            content.partly.get_or_insert_with(|| {
                format!("messages nested more than {MAX_DEPTH} deep are left out").into()
            });
            return false;
        }
        let subject = carried.subject().unwrap_or_default();
        *paragraphs += 1;
        content.push(BlockKind::Heading, Locator::Paragraph(*paragraphs), subject);
        read_message(carried, depth + 1, paragraphs, content);
    }
    false
}

/// Whether a plain body of so many bytes only says that there is a rich one.
const fn is_stub(plain: usize, rich: usize) -> bool {
    plain * MIN_PLAIN_SHARE < rich
}

/// The plain body, unless it is a stub of the rich one.
pub(super) fn better_of(plain: Content, rich: Content) -> Content {
    if is_stub(plain.text().len(), rich.text().len()) { rich } else { plain }
}

/// The text of these parts of a message.
fn bodies(parts: &[u32], message: &Message<'_>, limits: &Limits) -> Vec<Content> {
    let parts = parts.iter().filter_map(|part| message.part(*part));
    parts
        .filter_map(|part| match &part.body {
            PartType::Text(text) => Some(paragraphs_of(text, limits)),
            PartType::Html(text) => Some(html::text_of_html(text, limits)),
            _ => None,
        })
        .collect()
}

/// Plain text, parted at blank lines.
pub(super) fn paragraphs_of(text: &str, limits: &Limits) -> Content {
    let mut content = Content::within(limits);
    let mut paragraph = String::new();
    for line in text.lines().chain([""]) {
        // A quoted message has blank lines of its own.
        let is_blank = line.trim_matches(|it: char| it.is_whitespace() || it == '>').is_empty();
        if !is_blank {
            paragraph.push_str(line.trim_end());
            paragraph.push('\n');
        } else if !paragraph.is_empty() {
            if !content.push(BlockKind::Paragraph, Locator::Paragraph(1), &paragraph) {
                break;
            }
            paragraph.clear();
        }
    }
    content
}

/// What an attachment is called: by its file name, its subject if it is a message, or its type.
fn name_of(part: &MessagePart<'_>) -> String {
    let subject = || part.message().and_then(|it| it.subject()).map(str::to_owned);
    let kind = || {
        let kind = part.content_type()?;
        Some(format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or("*")))
    };
    let name = part.attachment_name().map(|it| it.trim().to_owned());
    let name = name.filter(|it| !it.is_empty()).or_else(subject).or_else(kind);
    name.unwrap_or_else(|| "unnamed".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Content, ExtractError> {
        super::read(bytes, &Limits::default())
    }

    const HEADER: &str = "From: Ada Lovelace <ada@example.org>\nTo: bob@example.org\n\
                          Subject: =?utf-8?q?Caf=C3=A9?= hours\n\
                          Date: Mon, 6 May 2024 23:30:00 -0500\nMIME-Version: 1.0\n";

    fn blocks(mail: &str) -> Vec<String> {
        let content = read(mail.as_bytes()).unwrap();
        content.blocks().iter().map(|it| content.text_of(it).to_owned()).collect()
    }

    #[test]
    fn mail_is_recognized_and_what_looks_like_it_is_not() {
        assert!(has_header(HEADER.as_bytes()));
        assert!(has_header(b"Received: by x\n\tfor y\nFrom: a@b\nSubject: s\n\nbody"));
        assert!(has_header(b"From: a@b.org\nDate: Mon, 6 May 2024 10:00\nSubject: s\n\nbody"));
        for other in [
            "---\ntitle: Leave\ndate: 2024-05-06\nfrom: HR\n---\n# Leave",
            "title: Leave\nauthor: Ada\ndate: 2024-05-06\nsubject: leave\n\nText",
            "From: Legal\nTo: All\nDate: 6 May 2024\nSubject: Memo\n\nText",
            "PEP: 1\nTitle: x\nAuthor: a@b.org\nContent-Type: text/x-rst\nCreated: 2000\n\nx",
            "Subject: a\nTo the committee, with regards\n",
            "",
        ] {
            assert!(!has_header(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn the_header_gives_the_metadata() {
        let metadata = read(format!("{HEADER}\nbody").as_bytes()).unwrap().metadata;
        assert_eq!(metadata.title.unwrap().value, "Café hours");
        assert_eq!(metadata.creator.unwrap().value, "Ada Lovelace <ada@example.org>");
        let date = &metadata.dates[0];
        assert_eq!((date.role, date.date.to_string()), (DateRole::Published, "2024-05-06".into()));
        assert_eq!(date.raw, "Mon, 6 May 2024 23:30:00 -0500");
        assert_eq!(date.provenance.to_string(), "mail header Date");
    }

    #[test]
    fn a_message_without_a_date_was_sent_when_it_was_first_received() {
        let received = "Received: from b by c; Tue, 7 May 2024 01:00:00 +0000\n\
                        Received: from a by b; Mon, 6 May 2024 22:00:00 +0000\n";
        let dates = |date: &str| -> Vec<String> {
            let mail = format!("{received}{date}From: a@b.org\nSubject: s\n\nbody");
            let metadata = read(mail.as_bytes()).unwrap().metadata;
            metadata.dates.iter().map(|it| format!("{} {}", it.date, it.provenance)).collect()
        };
        assert_eq!(dates(""), ["2024-05-06 mail header Received"]);
        assert_eq!(dates("Date: soon\n"), ["2024-05-06 mail header Received"]);
        let stated = "Date: Fri, 3 May 2024 10:00:00 +0000\n";
        assert_eq!(dates(stated), ["2024-05-03 mail header Date"]);
    }

    #[test]
    fn plain_text_is_parted_at_blank_lines() {
        assert_eq!(
            blocks(&format!("{HEADER}\none\ntwo\n\nthree\n>\n> four")),
            ["one\ntwo", "three", "> four"]
        );
    }

    fn alternative(plain: &str, html: &str) -> String {
        format!(
            "{HEADER}Content-Type: multipart/alternative; boundary=b\n\n\
             --b\nContent-Type: text/plain\n\n{plain}\n\
             --b\nContent-Type: text/html\n\n{html}\n--b--\n"
        )
    }

    #[test]
    fn the_plain_body_is_preferred_unless_it_is_a_stub() {
        assert_eq!(blocks(&alternative("Plain words", "<p>Rich words")), ["Plain words"]);
        let rich = format!("<p>{}<p>end", "word ".repeat(40).trim_end());
        assert_eq!(blocks(&alternative("See HTML", &rich))[1], "end");
        let only = format!("{HEADER}Content-Type: text/html\n\n<h1>A</h1><p>b");
        assert_eq!(blocks(&only), ["A", "b"]);
    }

    #[test]
    fn attachments_are_named_and_not_read() {
        let mail = format!(
            "{HEADER}Content-Type: multipart/mixed; boundary=b\n\n--b\n\nBody\n\
             --b\nContent-Type: text/plain\nContent-Disposition: attachment; filename=plan.txt\n\n\
             secret\n--b\nContent-Type: message/rfc822\n\nSubject: Old\n\nold text\n--b--\n"
        );
        assert_eq!(blocks(&mail), ["Body", "plan.txt\nOld"]);
    }

    #[test]
    fn a_message_that_only_carries_messages_gives_theirs() {
        let inner = "Subject: Inner\n\ninner text";
        let mail = format!("{HEADER}Content-Type: message/rfc822\n\n{inner}");
        assert_eq!(blocks(&mail), ["Inner", "inner text"]);
    }

    #[test]
    fn an_encrypted_message_is_said_to_be_encrypted() {
        let mail = format!("{HEADER}Content-Type: application/pkcs7-mime\n\nMIIB");
        assert_eq!(read(mail.as_bytes()), Err(ExtractError::Encrypted));
    }
}
