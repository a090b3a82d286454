//! Any bytes, in an archive that is well formed, as the part that holds the document.
//!
//! Without this a fuzzer would hardly get past the checksums of the archive.
#![no_main]

use std::io::{Cursor, Write as _};

use docrot::extract::{FORMATS, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|part: &[u8]| {
    let name = env!("CARGO_BIN_NAME").trim_end_matches("-part");
    let format = FORMATS.iter().find(|format| format.name == name);
    let format = format.expect("a target is named after a format");
    let _ = read(format, &archive(name, part));
});

/// The smallest archive of a format. The same part is the document, its styles and its strings.
fn archive(name: &str, part: &[u8]) -> Vec<u8> {
    let rels = |targets: &[(&str, &str)]| -> Vec<u8> {
        let one = |(role, target): &(&str, &str)| {
            format!("<Relationship Id=\"{role}\" Type=\"http://x/{role}\" Target=\"{target}\"/>")
        };
        let all: String = targets.iter().map(one).collect();
        format!("<Relationships>{all}</Relationships>").into_bytes()
    };
    let main = |main: &str| rels(&[("officeDocument", main)]);
    let entries: Vec<(&str, Vec<u8>)> = match name {
        "docx" => vec![
            ("_rels/.rels", main("word/document.xml")),
            ("word/_rels/document.xml.rels", rels(&[("header", "h.xml"), ("styles", "s.xml")])),
            ("word/document.xml", part.to_vec()),
            ("word/h.xml", part.to_vec()),
            ("word/s.xml", part.to_vec()),
        ],
        "pptx" => vec![
            ("_rels/.rels", main("ppt/presentation.xml")),
            ("ppt/_rels/presentation.xml.rels", rels(&[("slide", "slide1.xml")])),
            ("ppt/presentation.xml", b"<p><sldId r:id=\"slide\"/></p>".to_vec()),
            ("ppt/slide1.xml", part.to_vec()),
        ],
        "xlsx" => vec![
            ("_rels/.rels", main("xl/workbook.xml")),
            (
                "xl/_rels/workbook.xml.rels",
                rels(&[("worksheet", "s.xml"), ("sharedStrings", "t.xml"), ("styles", "f.xml")]),
            ),
            ("xl/workbook.xml", b"<w><sheet name=\"S\" r:id=\"worksheet\"/></w>".to_vec()),
            ("xl/s.xml", part.to_vec()),
            ("xl/t.xml", part.to_vec()),
            ("xl/f.xml", part.to_vec()),
        ],
        "xlsb" => vec![
            ("_rels/.rels", main("xl/workbook.bin")),
            (
                "xl/_rels/workbook.bin.rels",
                rels(&[("worksheet", "s.bin"), ("sharedStrings", "s.bin"), ("styles", "s.bin")]),
            ),
            ("xl/workbook.bin", workbook_of_one_sheet()),
            ("xl/s.bin", part.to_vec()),
        ],
        "epub" => vec![
            ("mimetype", b"application/epub+zip".to_vec()),
            (
                "META-INF/container.xml",
                b"<container><rootfile full-path=\"p.opf\"/></container>".to_vec(),
            ),
            ("META-INF/encryption.xml", part.to_vec()),
            (
                "p.opf",
                b"<package><manifest><item id=\"a\" href=\"a.xhtml\" \
                  media-type=\"application/xhtml+xml\"/></manifest>\
                  <spine><itemref idref=\"a\"/></spine></package>"
                    .to_vec(),
            ),
            ("a.xhtml", part.to_vec()),
        ],
        _ => vec![
            ("mimetype", b"application/vnd.oasis.opendocument.text".to_vec()),
            ("content.xml", part.to_vec()),
            ("styles.xml", part.to_vec()),
            ("meta.xml", part.to_vec()),
        ],
    };
    let options =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(name, options).expect("the name is valid");
        writer.write_all(&bytes).expect("memory takes it");
    }
    writer.finish().expect("memory takes it").into_inner()
}

/// A binary workbook that names the sheet `worksheet`.
fn workbook_of_one_sheet() -> Vec<u8> {
    let wide = |text: &str| {
        let units: Vec<u16> = text.encode_utf16().collect();
        let mut bytes = (units.len() as u32).to_le_bytes().to_vec();
        bytes.extend(units.into_iter().flat_map(u16::to_le_bytes));
        bytes
    };
    let sheet = [&[0; 8][..], &wide("worksheet"), &wide("S")].concat();
    [&[0x9C, 0x01, sheet.len() as u8][..], &sheet].concat()
}
