//! What a PDF says about itself: the Info dictionary, the XMP packet, the catalog's language.
//!
//! XMP comes first where both name a title or creator: it has no encoding to guess.

use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::hayro_syntax::object::{DateTime, Dict, Stream, String as PdfString};
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};

use super::xmp_history;
use crate::extract::{DateRole, Fact, Metadata, Provenance, dates, encoding};

/// Larger packets are not read, in bytes; real ones have a few thousand.
const MAX_XMP_BYTES: usize = 4 << 20;

pub(super) fn of(pdf: &Pdf) -> Metadata {
    let mut metadata = Metadata::default();
    let catalog = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id());
    let xmp = catalog.as_ref().and_then(|it| it.get::<Stream<'_>>("Metadata"));
    if let Some(packet) = xmp.and_then(|it| it.decoded_data().ok())
        && packet.len() <= MAX_XMP_BYTES
    {
        let packet = encoding::decode(&packet, None);
        read_xmp(&packet, &mut metadata);
        if let Some(when) = xmp_history::newest_change(&packet) {
            let place = Provenance::property("XMP xmpMM:History stEvt:when");
            dates::note(&mut metadata, DateRole::Updated, when.trim(), place);
        }
    }
    read_info(pdf, &mut metadata);
    if let Some(language) = catalog.as_ref().and_then(|it| it.get::<PdfString<'_>>("Lang")) {
        set(&mut metadata.language, &decode_string(language.as_bytes()), "catalog Lang");
    }
    metadata
}

fn set(field: &mut Option<Fact<String>>, value: &str, name: &str) {
    let value = value.trim();
    if field.is_none() && !value.is_empty() {
        *field = Some(Fact::new(value.to_owned(), Provenance::property(name)));
    }
}

fn read_info(pdf: &Pdf, metadata: &mut Metadata) {
    let info = pdf.metadata();
    let text = |bytes: &Option<Box<[u8]>>| bytes.as_deref().map(decode_string).unwrap_or_default();
    set(&mut metadata.title, &text(&info.title), "Info Title");
    set(&mut metadata.creator, &text(&info.author), "Info Author");
    for (role, date, name) in [
        (DateRole::Created, info.creation_date, "Info CreationDate"),
        (DateRole::Updated, info.modification_date, "Info ModDate"),
    ] {
        let Some(date) = date else { continue };
        let claim = dates::claim(role, &iso(&date), Provenance::property(name));
        metadata.dates.extend(claim);
    }
}

/// The date in ISO 8601: the reader of PDF objects does not keep it as written.
fn iso(date: &DateTime) -> String {
    let sign = if date.utc_offset_hour < 0 { '-' } else { '+' };
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{sign}{:02}:{:02}",
        date.year,
        date.month,
        date.day,
        date.hour,
        date.minute,
        date.second,
        date.utc_offset_hour.unsigned_abs(),
        date.utc_offset_minute
    )
}

/// Decodes a text string: UTF-16 or UTF-8 by its mark, UTF-8 by its look, else PDFDocEncoding.
pub(super) fn decode_string(bytes: &[u8]) -> String {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|it| unit([it[0], it[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    let text = match bytes {
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().copied().map(from_pdf_doc_encoding).collect(),
        },
    };
    text.chars().filter(|char| !char.is_control() && *char != '\u{feff}').collect()
}

/// PDF 32000-1, annex D.2: Latin-1 but for two ranges.
fn from_pdf_doc_encoding(byte: u8) -> char {
    const FROM_18: [char; 8] = ['˘', 'ˇ', 'ˆ', '˙', '˝', '˛', '˚', '˜'];
    const FROM_80: [char; 33] = [
        '•', '†', '‡', '…', '—', '–', 'ƒ', '⁄', '‹', '›', '−', '‰', '„', '“', '”', '‘', '’', '‚',
        '™', 'ﬁ', 'ﬂ', 'Ł', 'Œ', 'Š', 'Ÿ', 'Ž', 'ı', 'ł', 'œ', 'š', 'ž', '\u{fffd}', '€',
    ];
    match byte {
        0x18..=0x1f => FROM_18[usize::from(byte - 0x18)],
        0x80..=0xa0 => FROM_80[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

/// Reads the properties of an XMP packet, whether they are written as elements or attributes.
fn read_xmp(xmp: &str, metadata: &mut Metadata) {
    let mut reader = Reader::from_str(xmp);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut property = String::new();
    let mut value = String::new();
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                read_attributes(&start, metadata);
                let name = start.name();
                if name.as_ref().starts_with("rdf:") || property_role(name.as_ref()).is_none() {
                    continue;
                }
                property = name.as_ref().to_owned();
                value.clear();
            }
            Ok(Event::Empty(start)) => read_attributes(&start, metadata),
            Ok(Event::Text(text)) if !property.is_empty() => value.push_str(&text),
            Ok(Event::GeneralRef(entity)) if !property.is_empty() => match &*entity {
                name if name.starts_with('#') => {
                    value.extend(entity.resolve_char_ref().ok().flatten());
                }
                name => value.push_str(resolve_predefined_entity(name).unwrap_or_default()),
            },
            Ok(Event::End(end)) if end.name().as_ref() == property => {
                take(&property, &value, metadata);
                property.clear();
            }
            // A second entry of a list: the names of several authors, a title's translations.
            Ok(Event::End(end)) if end.name().as_ref() == "rdf:li" && !value.trim().is_empty() => {
                take(&property, &value, metadata);
                property.clear();
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
}

fn read_attributes(start: &BytesStart<'_>, metadata: &mut Metadata) {
    for attribute in start.attributes().with_checks(false).flatten() {
        take(attribute.key.as_ref(), &attribute.value, metadata);
    }
}

/// What a property of the packet tells, where it tells something of interest.
enum Told {
    Title,
    Creator,
    Language,
    Version,
    Date(DateRole),
}

fn property_role(name: &str) -> Option<Told> {
    Some(match name {
        "dc:title" => Told::Title,
        "dc:creator" => Told::Creator,
        "dc:language" => Told::Language,
        "xmpMM:VersionID" => Told::Version,
        "xmp:CreateDate" | "xap:CreateDate" => Told::Date(DateRole::Created),
        "xmp:ModifyDate" | "xap:ModifyDate" => Told::Date(DateRole::Updated),
        "prism:expirationDate" => Told::Date(DateRole::Expires),
        "prism:publicationDate" => Told::Date(DateRole::Published),
        _ => return None,
    })
}

fn take(name: &str, value: &str, metadata: &mut Metadata) {
    let provenance = format!("XMP {name}");
    match property_role(name) {
        Some(Told::Title) => set(&mut metadata.title, value, &provenance),
        Some(Told::Creator) => set(&mut metadata.creator, value, &provenance),
        Some(Told::Language) => set(&mut metadata.language, value, &provenance),
        Some(Told::Version) => set(&mut metadata.version, value, &provenance),
        Some(Told::Date(role)) => {
            dates::note(metadata, role, value.trim(), Provenance::property(provenance));
        }
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xmp_is_read_from_elements_and_attributes() {
        let mut metadata = Metadata::default();
        read_xmp(
            "<x:xmpmeta><rdf:RDF><rdf:Description xmp:ModifyDate='2024-05-06T07:08:09Z'>\
             <dc:title><rdf:Alt><rdf:li xml:lang='x-default'>Pay &amp; leave</rdf:li>\
             <rdf:li xml:lang='de'>Lohn</rdf:li></rdf:Alt></dc:title>\
             <xmp:CreateDate>2020-01-02</xmp:CreateDate></rdf:Description></rdf:RDF></x:xmpmeta>",
            &mut metadata,
        );
        assert_eq!(metadata.title.unwrap().value, "Pay & leave");
        let dates: Vec<String> = metadata
            .dates
            .iter()
            .map(|it| format!("{} {} {}", it.role.name(), it.date, it.provenance))
            .collect();
        assert_eq!(
            dates,
            ["updated 2024-05-06 XMP xmp:ModifyDate", "created 2020-01-02 XMP xmp:CreateDate"]
        );
    }

    #[test]
    fn strings_are_decoded_by_their_mark() {
        assert_eq!(decode_string(b"\xfe\xff\0A\x20\xac"), "A€");
        assert_eq!(decode_string(b"na\xefve \x85"), "naïve –");
        assert_eq!(decode_string("naïve".as_bytes()), "naïve");
    }
}
