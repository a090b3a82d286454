//! Small files that unpack to large ones, or that would if every promise in them were kept.
//!
//! All are made here. Each is read within seconds and within the memory that a worker has.

use std::io::{Cursor, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use docrot::extract::{
    Content, Detection, ExtractError, FORMATS, Limits, WorkerOptions, Workers, detect, read_here,
};

/// What a reader may take in an unoptimized build on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A zip file; names may repeat.
fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Reads it in a worker, as a scan does with formats that are isolated.
fn read(name: &str, bytes: &[u8]) -> Result<Content, ExtractError> {
    let Detection::Document(format) = detect(FORMATS, Path::new(name), bytes) else {
        panic!("{name} is not taken for a document")
    };
    let begun = Instant::now();
    let outcome = if format.isolated {
        let program = env!("CARGO_BIN_EXE_docrot").into();
        Workers::new(WorkerOptions::new(program, vec!["__read".into()], 1)).read(
            format,
            bytes,
            &Limits::default(),
        )
    } else {
        read_here(format, bytes, &Limits::default())
    };
    assert!(begun.elapsed() < PATIENCE, "{name} took {:?}", begun.elapsed());
    if let Ok(content) = &outcome {
        assert!(content.text().len() as u64 <= Limits::default().text_bytes);
    }
    let ended = !matches!(
        outcome,
        Err(ExtractError::Crashed(_) | ExtractError::OutOfMemory(_) | ExtractError::TimedOut(_))
    );
    assert!(ended, "{name}: {:?}", outcome.map(drop));
    outcome
}

const TYPES: &str = r#"<Types><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;
const RELS: &str = r#"<Relationships><Relationship Id="r1" Type="http://x/officeDocument" Target="word/document.xml"/></Relationships>"#;

fn docx(document: &[u8], more: &[(&str, &[u8])]) -> Vec<u8> {
    let mut entries = vec![
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("_rels/.rels", RELS.as_bytes()),
        ("word/document.xml", document),
    ];
    entries.extend(more);
    zip(&entries)
}

fn paragraph(words: &str) -> String {
    format!("<w:p><w:r><w:t>{words}</w:t></w:r></w:p>")
}

#[test]
fn a_document_that_unpacks_to_a_gigabyte_is_cut() {
    // 100 MiB of paragraphs in some hundred kilobytes.
    let many = format!("<w:document>{}", paragraph(&"bomb ".repeat(200)).repeat(100 << 10));
    let bytes = docx(many.as_bytes(), &[]);
    assert!(bytes.len() < 1 << 20);
    let content = read("a.docx", &bytes).unwrap();
    assert!(content.partly.is_some(), "nothing says that it was cut");
    // One paragraph without end.
    let one = format!("<w:document><w:p><w:r><w:t>{}", "bomb ".repeat(20 << 20));
    assert!(read("b.docx", &docx(one.as_bytes(), &[])).unwrap().partly.is_some());
    // Spaces, which leave nothing behind.
    let none = format!("<w:document>{}", " ".repeat(100 << 20));
    let refused = read("c.docx", &docx(none.as_bytes(), &[])).unwrap_err();
    assert_eq!(refused.reason(), "over-limit", "{refused}");
}

#[test]
fn many_parts_are_cut_together() {
    let part = format!("<w:hdr>{}</w:hdr>", " ".repeat(60 << 20));
    let names: Vec<_> = (0..12).map(|it| format!("word/header{it}.xml")).collect();
    let rels: String = (0..12)
        .map(|it| {
            format!(r#"<Relationship Id="h{it}" Type="http://x/header" Target="header{it}.xml"/>"#)
        })
        .collect();
    let rels = format!("<Relationships>{rels}</Relationships>");
    let mut more: Vec<(&str, &[u8])> =
        names.iter().map(|it| (it.as_str(), part.as_bytes())).collect();
    more.push(("word/_rels/document.xml.rels", rels.as_bytes()));
    let document = format!("<w:document>{}</w:document>", paragraph("kept"));
    let content = read("a.docx", &docx(document.as_bytes(), &more)).unwrap();
    assert_eq!(content.text(), "kept");
    assert!(content.partly.is_some(), "nothing says that parts are missing");
}

#[test]
fn entries_that_share_their_bytes_are_counted_each() {
    // One packed entry, and a directory in which it stands a thousand times.
    let document = format!("<w:document>{}</w:document>", paragraph("kept"));
    let bytes = docx(document.as_bytes(), &[("word/header1.xml", &vec![b' '; 60 << 20])]);
    let directory = bytes.windows(4).position(|it| it == b"PK\x01\x02").unwrap();
    let last = bytes.windows(4).rposition(|it| it == b"PK\x01\x02").unwrap();
    let end = bytes.windows(4).rposition(|it| it == b"PK\x05\x06").unwrap();
    let mut bomb = bytes[..end].to_vec();
    for copy in 0..999_u32 {
        let mut entry = bytes[last..end].to_vec();
        // Another name of the same length: word/header1.xml, word/he00001.xml.
        let name = format!("word/h{copy:06}.xml");
        let at = entry.windows(16).position(|it| it == b"word/header1.xml").unwrap();
        entry[at..at + 16].copy_from_slice(&name.as_bytes()[..16]);
        bomb.extend(entry);
    }
    let count = (4_u16 + 999).to_le_bytes();
    let size = ((bomb.len() - directory) as u32).to_le_bytes();
    let mut record = bytes[end..].to_vec();
    record[8..10].copy_from_slice(&count);
    record[10..12].copy_from_slice(&count);
    record[12..16].copy_from_slice(&size);
    bomb.extend(record);
    // Refused or read: what counts is that it ends.
    let _ = read("a.docx", &bomb);
}

#[test]
fn archives_in_archives_are_not_followed_to_the_bottom() {
    let mut bytes = vec![b'0'; 8 << 20];
    for level in 0..6 {
        let copies: Vec<_> = (0..16).map(|it| format!("level {level} copy {it}.zip")).collect();
        let entries: Vec<(&str, &[u8])> =
            copies.iter().map(|it| (it.as_str(), bytes.as_slice())).collect();
        bytes = zip(&entries);
    }
    let begun = Instant::now();
    for name in ["a.zip", "a.docx", "a.odt", "a.epub"] {
        if let Detection::Document(format) = detect(FORMATS, Path::new(name), &bytes) {
            let _ = read_here(format, &bytes, &Limits::default());
        }
    }
    assert!(begun.elapsed() < PATIENCE);
}

#[test]
fn an_archive_of_too_many_entries_is_refused() {
    let bytes = zip(&[("word/document.xml", b"<a/>")]);
    let end = bytes.windows(4).rposition(|it| it == b"PK\x05\x06").unwrap();
    let mut bomb = bytes;
    bomb[end + 8..end + 12].copy_from_slice(&[0xff; 4]);
    let refused = read("a.docx", &bomb).unwrap_err();
    assert_eq!(refused.reason(), "over-limit", "{refused}");
}

/// A document type whose entities would expand to gigabytes, or fetch a file.
fn laughs(root: &str, text: &str) -> String {
    let mut entities = "<!ENTITY l0 \"laugh\">".to_owned();
    for level in 1..10 {
        let before = format!("&l{};", level - 1).repeat(10);
        entities += &format!("<!ENTITY l{level} \"{before}\">");
    }
    let secret = concat!("file://", env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    entities += &format!("<!ENTITY file SYSTEM \"{secret}\">");
    entities += &format!("<!ENTITY % remote SYSTEM \"{secret}\"> %remote;");
    format!("<?xml version=\"1.0\"?><!DOCTYPE {root} [{entities}]>{text}")
}

#[test]
fn entities_are_neither_expanded_nor_fetched() {
    let document = "<w:document><w:p><w:r><w:t>kept &l9; &file;</w:t></w:r></w:p></w:document>";
    let odf = "<office:document-content><office:body><office:text><text:p>kept &l9; &file;\
               </text:p></office:text></office:body></office:document-content>";
    let odt = zip(&[
        ("mimetype", b"application/vnd.oasis.opendocument.text"),
        ("content.xml", laughs("office:document-content", odf).as_bytes()),
    ]);
    let html = "<html><body><p>kept &l9; &file;</p></body></html>";
    for (name, bytes) in [
        ("a.docx", docx(laughs("w:document", document).as_bytes(), &[])),
        ("a.odt", odt),
        ("a.xml", laughs("note", "<note><p>kept &l9; &file;</p></note>").into_bytes()),
        ("a.html", laughs("html", html).into_bytes()),
    ] {
        let content = read(name, &bytes).unwrap();
        assert!(content.text().contains("kept"), "{name}: {:?}", content.text());
        assert!(!content.text().contains("edition = "), "{name} fetched a file");
        assert!(content.text().len() < 1 << 16, "{name} expanded entities");
    }
}

#[test]
fn depth_and_length_cost_no_more_than_their_bytes() {
    let deep = |open: &str, close: &str| open.repeat(300_000) + "kept" + &close.repeat(300_000);
    let attributes: String = (0..100_000).map(|it| format!(" a{it}='{it}'")).collect();
    for (name, text) in [
        ("deep.html", format!("<html><body>{}</body></html>", deep("<div>", "</div>"))),
        ("tables.html", deep("<table><tr><td>", "</td></tr></table>")),
        ("open.html", format!("<html><body><p>kept{}", "<b".repeat(300_000))),
        ("wide.html", format!("<html><body><p{attributes}>kept</p></body></html>")),
        ("deep.xml", deep("<a>", "</a>")),
        ("deep.json", deep("[", "]")),
        ("deep.yaml", deep("- ", "\n")),
        ("deep.md", deep("> ", "\n")),
        ("lists.md", deep("* ", "\n")),
        ("brackets.md", deep("[", "](")),
        ("stars.md", deep("*", "_")),
        ("deep.rtf", format!("{{\\rtf1 {}}}", deep("{", "}"))),
        ("deep.rst", deep("  ", "\n")),
        ("wide.csv", format!("kept\n{}", ",".repeat(3_000_000))),
        ("long.txt", "kept".repeat(1_000_000)),
    ] {
        let _ = read(name, text.as_bytes());
    }
    let nested = "<w:tbl><w:tr><w:tc>".repeat(100_000) + &paragraph("too deep");
    let document = format!("<w:document>{}{nested}", paragraph("kept"));
    let content = read("deep.docx", &docx(document.as_bytes(), &[])).unwrap();
    assert_eq!(content.text(), "kept");
    assert!(content.partly.is_some(), "nothing says that something is missing");
}

#[test]
fn mail_within_mail_is_not_followed_to_the_bottom() {
    let mut nested = String::from("Subject: outside\nMIME-Version: 1.0\n");
    for _ in 0..20_000 {
        nested += "Content-Type: message/rfc822\n\nSubject: inside\n";
    }
    let _ = read("nested.eml", nested.as_bytes());
    let mut parts = String::from("Subject: outside\nMIME-Version: 1.0\n");
    for part in 0..20_000 {
        parts += &format!("Content-Type: multipart/mixed; boundary=b{part}\n\n--b{part}\n");
    }
    let _ = read("parts.eml", parts.as_bytes());
}

#[test]
fn a_sheet_is_as_large_as_its_cells() {
    let types = TYPES
        .replace("/word/document.xml", "/xl/workbook.xml")
        .replace("wordprocessingml.document.main", "spreadsheetml.sheet.main");
    let rels = RELS.replace("word/document.xml", "xl/workbook.xml");
    let workbook =
        r#"<workbook><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>"#;
    let relations = r#"<Relationships><Relationship Id="r1" Type="http://x/worksheet" Target="s.xml"/></Relationships>"#;
    let sheet = r#"<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row></sheetData></worksheet>"#;
    let bytes = zip(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", rels.as_bytes()),
        ("xl/workbook.xml", workbook.as_bytes()),
        ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
        ("xl/s.xml", sheet.as_bytes()),
    ]);
    let content = read("a.xlsx", &bytes).unwrap();
    assert!(content.text().len() < 1 << 16, "{} bytes of text", content.text().len());
    // The same in OpenDocument, by repetition.
    let ods = "<office:document-content><office:body><office:spreadsheet><table:table \
               table:name=\"S\"><table:table-row table:number-rows-repeated=\"1048576\">\
               <table:table-cell table:number-columns-repeated=\"16384\"><text:p>x<text:s \
               text:c=\"2000000000\"/></text:p></table:table-cell></table:table-row>\
               </table:table></office:spreadsheet></office:body></office:document-content>";
    let bytes = zip(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", ods.as_bytes()),
    ]);
    let content = read("a.ods", &bytes).unwrap();
    assert!(content.text().len() < 1 << 20, "{} bytes of text", content.text().len());
}
