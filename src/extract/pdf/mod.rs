//! PDF: the text of its pages in paragraphs, and its Info and XMP properties.
//!
//! The only file and folder that know `hayro`. Text comes from the glyphs that a page would draw,
//! invisible ones (the text layer of scans) included. Pictures are not looked at.

mod glyphs;
mod layout;
mod links;
mod properties;
mod xmp_history;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use hayro_interpret::hayro_syntax::object::{Array, Null, Stream};
use hayro_interpret::hayro_syntax::page::Page;
use hayro_interpret::hayro_syntax::{LoadPdfError, Pdf};
use hayro_interpret::kurbo::{Affine, Rect};
use hayro_interpret::{Context, InterpreterCache, InterpreterSettings, interpret_page};

use super::{Content, ExtractError, Format, Limits, Locator};
use glyphs::{GlyphReader, Tally};
use layout::Paragraphs;

pub(super) const FORMAT: Format =
    Format { name: "pdf", extensions: &["pdf"], recognize, version: 1, isolated: true, read };

/// Above this share of glyphs without a Unicode mapping, the text is not worth comparing.
const MAX_UNMAPPED_PERCENT: usize = 20;

/// From this share of pages on, pages that are only pictures are worth a remark.
const MIN_PICTURE_PERCENT: usize = 20;

/// The header may come after other bytes, but then a text that talks of `%PDF-` must not pass.
fn recognize(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(1024)];
    let Some(at) = find(head, b"%PDF-") else { return false };
    let tail = &bytes[bytes.len().saturating_sub(2048)..];
    head[..at].iter().all(|byte| byte.is_ascii_whitespace() || !byte.is_ascii())
        || find(tail, b"startxref").is_some()
        || find(tail, b"%%EOF").is_some()
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn read(bytes: &[u8], limits: &Limits) -> Result<Content, ExtractError> {
    let pdf = Pdf::new(bytes.to_vec()).map_err(|error| match error {
        LoadPdfError::Decryption(_) => ExtractError::Encrypted,
        LoadPdfError::Invalid => ExtractError::Damaged("no page tree can be found".into()),
    })?;
    if pdf.pages().is_empty() {
        return Err(ExtractError::Damaged("it has no pages".into()));
    }
    let (paragraphs, tally, broken) = pages(&pdf, limits);
    let pages = pdf.pages().len();
    if broken == pages && tally.glyphs == 0 {
        return Err(ExtractError::Damaged("none of its pages can be read".into()));
    }
    // A blank page draws nothing and refers to nothing; a picture that is broken is still one.
    let is_blank =
        tally.drawings == 0 && pdf.pages().iter().all(|it| it.resources().x_objects.is_empty());
    if tally.glyphs == 0 && !is_blank {
        return Err(ExtractError::NoTextLayer(pdf.pages().len()));
    }
    let unmapped_percent = tally.unmapped * 100 / tally.glyphs.max(1);
    if MAX_UNMAPPED_PERCENT < unmapped_percent {
        return Err(ExtractError::UnreliableText(unmapped_percent.min(100) as u8));
    }
    let mut content = paragraphs.into_content(limits);
    content.metadata = properties::of(&pdf);
    content.metadata.links = links::of(&pdf);
    let mut lacks = Vec::new();
    if 0 < broken {
        lacks.push(format!("{broken} of {pages} pages could not be read"));
    }
    if MIN_PICTURE_PERCENT * pages <= tally.picture_pages * 100 {
        let pictures = tally.picture_pages;
        lacks.push(format!("{pictures} of {pages} pages are pictures without a text layer"));
    }
    if !lacks.is_empty() {
        content.partly.get_or_insert(lacks.join(", ").into());
    }
    Ok(content)
}

/// Reads the glyphs of every page, and counts the pages that are broken.
///
/// A page at which the interpreter panics costs that page; if every page does, the panic goes on.
fn pages(pdf: &Pdf, limits: &Limits) -> (Paragraphs, Tally, usize) {
    let (mut broken, mut panics) = (0, Vec::new());
    let cache = InterpreterCache::new();
    let mut reader = GlyphReader::within(limits);
    for (number, page) in (1..).zip(pdf.pages().iter()) {
        // The box only serves to leave out what a clip hides entirely; we want all text.
        let everywhere = Rect::new(-1e6, -1e6, 1e6, 1e6);
        let settings = InterpreterSettings::default();
        let mut context = Context::new(Affine::IDENTITY, everywhere, &cache, pdf.xref(), settings);
        let is_broken = is_broken(page);
        let outcome =
            catch_unwind(AssertUnwindSafe(|| interpret_page(page, &mut context, &mut reader)));
        broken += usize::from(is_broken || outcome.is_err());
        panics.extend(outcome.err());
        reader.end_page(Locator::Page(number));
        if reader.is_full() {
            break;
        }
    }
    if panics.len() == pdf.pages().len()
        && let Some(panic) = panics.pop()
    {
        resume_unwind(panic);
    }
    let (paragraphs, tally) = reader.finish();
    (paragraphs, tally, broken)
}

/// Whether some of what the page says it draws cannot be found or decoded.
fn is_broken(page: &Page<'_>) -> bool {
    let page_says = page.raw();
    if !page_says.contains_key("Contents") || page_says.get::<Null>("Contents").is_some() {
        return false;
    }
    match page_says.get::<Array<'_>>("Contents") {
        Some(parts) => parts.iter::<Stream<'_>>().count() < parts.raw_iter().count(),
        None => page.page_stream().is_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{BlockKind, DateRole};

    fn read(bytes: &[u8]) -> Result<Content, ExtractError> {
        super::read(bytes, &Limits::default())
    }

    /// A PDF of one page with this content stream, Helvetica as `/F`, and an Info dictionary.
    fn pdf(content: &str) -> Vec<u8> {
        pdf_of("3 0 R", content)
    }

    /// The same with these pages; the object 3 is the one with the content stream.
    fn pdf_of(pages: &str, content: &str) -> Vec<u8> {
        let objects = [
            "<</Type/Catalog/Pages 2 0 R/Lang(en-GB)>>".to_owned(),
            format!("<</Type/Pages/Kids[{pages}]/Count 1>>"),
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R\
             /Resources<</Font<</F 5 0 R>>>>>>"
                .to_owned(),
            format!("<</Length {}>>stream\n{content}\nendstream", content.len()),
            "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned(),
            "<</Title(Leave policy)/Author(\u{feff}Ada)/ModDate(D:20240506101112+02'00')>>"
                .to_owned(),
        ];
        let mut out = "%PDF-1.4\n".to_owned();
        let mut offsets = Vec::new();
        for (number, object) in (1..).zip(objects) {
            offsets.push(out.len());
            out.push_str(&format!("{number} 0 obj{object}endobj\n"));
        }
        let start = out.len();
        out.push_str("xref\n0 7\n0000000000 65535 f \n");
        for offset in offsets {
            out.push_str(&format!("{offset:010} 00000 n \n"));
        }
        out.push_str(&format!(
            "trailer<</Size 7/Root 1 0 R/Info 6 0 R>>\nstartxref\n{start}\n%%EOF"
        ));
        out.into_bytes()
    }

    fn blocks(content: &str) -> Vec<String> {
        let content = read(&pdf(content)).unwrap();
        content.blocks().iter().map(|block| content.text_of(block).to_owned()).collect()
    }

    #[test]
    fn lines_of_a_paragraph_are_joined_and_a_gap_parts_paragraphs() {
        let text = "BT /F 10 Tf 50 700 Td (One long line of) Tj 0 -12 Td (a paragraph) Tj \
                    0 -40 Td (Another) Tj ET";
        assert_eq!(blocks(text), ["One long line of a paragraph", "Another"]);
    }

    #[test]
    fn a_line_that_ends_early_ends_its_paragraph() {
        let text = "BT /F 10 Tf 50 700 Td (Owner: Ada) Tj 0 -12 Td (Review date: 6 May 2024) Tj \
                    0 -12 Td (Every one of these lines runs on to the right margin and) Tj \
                    0 -12 Td (is continued below it) Tj ET";
        let expected = [
            "Owner: Ada",
            "Review date: 6 May 2024",
            "Every one of these lines runs on to the right margin and is continued below it",
        ];
        assert_eq!(blocks(text), expected);
    }

    #[test]
    fn rows_of_a_table_are_cells_and_numbers_of_headings_are_not() {
        let text = "BT /F 10 Tf 50 700 Td (Sweden) Tj 100 0 Td (66) Tj -100 -12 Td (France) Tj \
                    100 0 Td (53) Tj -100 -40 Td (1.2) Tj 50 0 Td (Scope) Tj ET";
        assert_eq!(blocks(text), ["Sweden\t66", "France\t53", "1.2 Scope"]);
    }

    #[test]
    fn hyphenated_words_are_put_together() {
        let text = "BT /F 10 Tf 50 700 Td (The docu-) Tj 0 -12 Td (ment) Tj ET";
        assert_eq!(blocks(text), ["The document"]);
    }

    #[test]
    fn gaps_are_spaces_and_overprinted_glyphs_count_once() {
        let text = "BT /F 10 Tf 50 700 Td [(Hel) 10 (lo) -400 (you)] TJ ET \
                    BT /F 10 Tf 50.3 700 Td [(Hel) 10 (lo) -400 (you)] TJ ET";
        assert_eq!(blocks(text).join("|"), "Hello you");
    }

    #[test]
    fn invisible_text_of_a_scan_is_kept() {
        assert_eq!(blocks("BT 3 Tr /F 10 Tf 50 700 Td (Scanned) Tj ET"), ["Scanned"]);
    }

    #[test]
    fn large_short_lines_are_headings() {
        let text = "BT /F 20 Tf 50 700 Td (Title) Tj /F 10 Tf 0 -40 Td (A body with words) Tj ET";
        let content = read(&pdf(text)).unwrap();
        assert_eq!(content.blocks()[0].kind, BlockKind::Heading);
        assert_eq!(content.blocks()[1].kind, BlockKind::Paragraph);
        assert_eq!(content.blocks()[1].locator, Locator::Page(1));
    }

    #[test]
    fn drawings_without_glyphs_are_no_text_layer_and_a_blank_page_is_empty() {
        assert_eq!(read(&pdf("0 0 10 10 re f")), Err(ExtractError::NoTextLayer(1)));
        assert_eq!(read(&pdf("")).map(|content| content.text().to_owned()), Ok(String::new()));
    }

    #[test]
    fn links_of_pages_to_files_are_kept() {
        let link = |action: &str| format!("<</Subtype/Link/A<<{action}>>>>");
        let links = [
            link("/S/URI/URI(Forms/leave%20request.docx)"),
            link("/S/URI/URI(https://example.org/)"),
            link("/S/GoToR/F<</UF(../Plan.pdf)/F(plan.pdf)>>/D[0/Fit]"),
            link("/S/Launch/F(costs.xlsx)"),
            "<</Subtype/Text/A<</S/URI/URI(note.txt)>>>>".to_owned(),
        ];
        let page = format!("3 0 R <</Type/Page/Annots[{}]>>", links.concat());
        let content = read(&pdf_of(&page, "BT /F 10 Tf 50 700 Td (Read) Tj ET")).unwrap();
        let found: Vec<_> = content.metadata.links.iter().map(|it| &*it.target).collect();
        assert_eq!(found, ["Forms/leave%20request.docx", "../Plan.pdf", "costs.xlsx"]);
        assert_eq!(content.metadata.links[0].locator, Locator::Page(2));
    }

    #[test]
    fn pages_that_cannot_be_read_are_counted() {
        const LOST: &str = "<</Type/Page/Contents 9 0 R>>";
        const HALF: &str = "<</Type/Page/Contents[4 0 R 9 0 R]>>";
        const BLANK: &str = "<</Type/Page>><</Type/Page/Contents null>>";
        let text = "BT /F 10 Tf 50 700 Td (Read) Tj ET";
        let partly = |pages: &str| read(&pdf_of(pages, text)).map(|it| it.partly);
        assert_eq!(partly(&format!("3 0 R {BLANK}")), Ok(None));
        let said = Some("2 of 3 pages could not be read".into());
        assert_eq!(partly(&format!("{LOST} 3 0 R {HALF}")), Ok(said));
        assert!(matches!(partly(LOST), Err(ExtractError::Damaged(_))));
    }

    #[test]
    fn properties_come_with_their_place() {
        let metadata = read(&pdf("")).unwrap().metadata;
        let title = metadata.title.unwrap();
        assert_eq!(
            (title.value.as_str(), title.provenance.to_string().as_str()),
            ("Leave policy", "Info Title")
        );
        assert_eq!(metadata.creator.unwrap().value, "Ada");
        assert_eq!(metadata.language.unwrap().value, "en-GB");
        let date = &metadata.dates[0];
        assert_eq!(date.role, DateRole::Updated);
        assert_eq!(date.date.to_string(), "2024-05-06");
        assert_eq!(date.provenance.to_string(), "Info ModDate");
    }

    #[test]
    fn broken_files_are_damaged() {
        assert!(matches!(read(b"%PDF-1.4\nnothing"), Err(ExtractError::Damaged(_))));
    }

    #[test]
    fn a_text_about_pdf_is_not_one() {
        assert!(recognize(b"\xef\xbb\xbf%PDF-1.7 ..."));
        assert!(recognize(b"HTTP/1.1 200 OK\n\n%PDF-1.7 ... startxref 7 %%EOF"));
        assert!(!recognize(b"Every file starts with %PDF-1.4"));
    }
}
