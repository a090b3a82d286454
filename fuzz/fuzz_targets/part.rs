//! Any bytes, in an archive or PDF that is well formed, as the part that holds a document of the
//! format that `DOCROT_FORMAT` names.
//!
//! Without this a fuzzer would hardly get past the checksums of the archive. Where `DOCROT_SEEDS`
//! names a folder, the parts of this format's fixtures are put there to begin with.
#![no_main]

use std::env;
use std::fs;
use std::io::{Cursor, Read as _, Write as _};
use std::path::Path;
use std::sync::LazyLock;

use docrot::extract::{FORMATS, Format, Limits, read};
use libfuzzer_sys::fuzz_target;

static FORMAT: LazyLock<&Format> = LazyLock::new(|| {
    let name = env::var("DOCROT_FORMAT").expect("DOCROT_FORMAT is set");
    FORMATS.iter().find(|format| format.name == name).expect("DOCROT_FORMAT names a format")
});

fuzz_target!(init: seed(), |part: &[u8]| {
    let bytes = if FORMAT.name == "pdf" { pdf(part) } else { archive(FORMAT.name, part) };
    let _ = read(&FORMAT, &bytes, &Limits::default());
});

/// The parts of each fixture, as inputs of this target.
fn seed() {
    let Some(folder) = env::var_os("DOCROT_SEEDS") else { return };
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/formats");
    for entry in fs::read_dir(fixtures.join(FORMAT.name)).expect("the format has fixtures") {
        let bytes = fs::read(entry.expect("the folder can be listed").path()).unwrap_or_default();
        let Ok(mut zip) = zip::ZipArchive::new(Cursor::new(bytes)) else { continue };
        for index in 0..zip.len() {
            let mut part = Vec::new();
            let Ok(mut entry) = zip.by_index(index) else { continue };
            let Ok(name) = entry.name().map(|it| it.replace('/', "_")) else { continue };
            if entry.read_to_end(&mut part).is_ok() {
                let _ = fs::write(Path::new(&folder).join(name), part);
            }
        }
    }
    let page = "BT /F 12 Tf 1 0 0 1 50 700 Tm (Two) Tj 14 TL T* [(ke) -400 (ys)] TJ ET";
    let _ = fs::write(Path::new(&folder).join("page"), page);
}

/// The smallest PDF with this content stream on its page.
fn pdf(page: &[u8]) -> Vec<u8> {
    let length = page.len();
    let head = "%PDF-1.7\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n\
        2 0 obj <</Type/Pages/Count 1/Kids[3 0 R]/MediaBox[0 0 600 800]>> endobj\n\
        3 0 obj <</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>> endobj\n\
        5 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica>> endobj\n";
    let stream = format!("4 0 obj <</Length {length}>> stream\n");
    // Without a table of objects, which readers then look for themselves.
    let tail = b"\nendstream endobj\ntrailer <</Root 1 0 R/Size 6>>\nstartxref\n0\n%%EOF";
    [head.as_bytes(), stream.as_bytes(), page, tail].concat()
}

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
