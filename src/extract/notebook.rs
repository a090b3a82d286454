//! Jupyter notebooks (.ipynb): cells of text and code, and what the code has written.
//!
//! Pictures and other outputs that are no text are passed over while it is read, so that they cost
//! no memory.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::{
    BlockKind, Content, ExtractError, Format, Limits, Locator, Metadata, Provenance, encoding,
    markdown, properties,
};

pub(super) const FORMAT: Format = Format {
    name: "notebook",
    extensions: &["ipynb"],
    recognize,
    version: 1,
    isolated: true,
    read,
};

/// How far from its start and its end a notebook says that it is one, in bytes.
const PEEK_BYTES: usize = 4096;

fn recognize(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(PEEK_BYTES)];
    let tail = &bytes[bytes.len().saturating_sub(PEEK_BYTES)..];
    let has =
        |word: &[u8]| [head, tail].iter().any(|it| it.windows(word.len()).any(|it| it == word));
    let start = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    start.starts_with(b"{") && has(b"\"nbformat\"") && (has(b"\"cells\"") || has(b"\"worksheets\""))
}

/// A notebook, as far as it is read: what is not named here is passed over and takes no memory.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Notebook<'a> {
    #[serde(borrow)]
    cells: Option<Vec<Cell<'a>>>,
    /// Before version 4 cells lay in sheets.
    #[serde(borrow)]
    worksheets: Option<Vec<Sheet<'a>>>,
    #[serde(borrow)]
    metadata: Option<Stated<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Sheet<'a> {
    #[serde(borrow)]
    cells: Option<Vec<Cell<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Stated<'a> {
    #[serde(borrow)]
    title: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
    authors: serde_json::Value,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Cell<'a> {
    #[serde(borrow)]
    cell_type: Text<'a>,
    #[serde(borrow)]
    source: Text<'a>,
    /// What the source was called before version 4.
    #[serde(borrow)]
    input: Text<'a>,
    #[serde(borrow)]
    outputs: Option<Vec<Output<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Output<'a> {
    #[serde(borrow)]
    data: Option<Forms<'a>>,
    #[serde(borrow)]
    text: Text<'a>,
    #[serde(borrow)]
    ename: Option<Text<'a>>,
    #[serde(borrow)]
    evalue: Text<'a>,
}

/// The forms of a value that are text.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Forms<'a> {
    #[serde(borrow, rename = "text/plain")]
    plain: Text<'a>,
    #[serde(borrow, rename = "text/markdown")]
    markdown: Text<'a>,
}

/// Text that is written as one string or as lines; anything else is no text.
#[derive(Default)]
struct Text<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor(PhantomData))
    }
}

struct TextVisitor<'a>(PhantomData<&'a ()>);

impl<'de: 'a, 'a> Visitor<'de> for TextVisitor<'a> {
    type Value = Text<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'a>, E> {
        Ok(Text(text.into()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Text<'a>, E> {
        Ok(Text(text.to_owned().into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut lines: A) -> Result<Text<'a>, A::Error> {
        let mut text = String::new();
        while let Some(line) = lines.next_element::<Text<'_>>()? {
            text.push_str(&line.0);
        }
        Ok(Text(text.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Text<'a>, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Text::default())
    }

    fn visit_unit<E>(self) -> Result<Text<'a>, E> {
        Ok(Text::default())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Text<'a>, E> {
        Ok(Text::default())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Text<'a>, E> {
        Ok(Text::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Text<'a>, E> {
        Ok(Text::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Text<'a>, E> {
        Ok(Text::default())
    }
}

fn read(bytes: &[u8], limits: &Limits) -> Result<Content, ExtractError> {
    let text = encoding::decode(bytes, None);
    let notebook: Notebook<'_> = serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|error| ExtractError::Damaged(format!("not a notebook: {error}")))?;
    let metadata = notebook.metadata.as_ref().map(metadata_of).unwrap_or_default();
    let mut content = Content::of(metadata, limits);
    let older = notebook.worksheets.into_iter().flatten().filter_map(|it| it.cells).flatten();
    let cells = notebook.cells.into_iter().flatten().chain(older);
    for (number, cell) in (1u32..).zip(cells) {
        if !read_cell(&cell, &Locator::Part(format!("cell {number}")), &mut content) {
            break;
        }
    }
    let blocks = content.blocks().to_vec();
    let text = content.text().to_owned();
    markdown::title_from_heading(&mut content.metadata, &text, &blocks);
    Ok(content)
}

fn metadata_of(stated: &Stated<'_>) -> Metadata {
    let mut metadata = Metadata::default();
    let provenance = |name: &str| Provenance::property(format!("notebook metadata {name}"));
    for (name, title) in [("title", &stated.title), ("name", &stated.name)] {
        properties::set(&mut metadata.title, &title.0, provenance(name));
    }
    let authors = stated.authors.as_array().into_iter().flatten();
    let names = authors.filter_map(|it| it["name"].as_str().or(it.as_str()));
    let names: Vec<&str> = names.collect();
    properties::set(&mut metadata.creator, &names.join(", "), provenance("authors"));
    metadata
}

/// Appends a cell; false once the content is full.
fn read_cell(cell: &Cell<'_>, place: &Locator, content: &mut Content) -> bool {
    let Text(source) = &cell.source;
    match &*cell.cell_type.0 {
        "markdown" => {
            // Only a broken one has no blocks, and then there are none to lose.
            let page =
                (markdown::FORMAT.read)(source.as_bytes(), content.limits()).unwrap_or_default();
            page.blocks().iter().all(|it| content.push(it.kind, place.clone(), page.text_of(it)))
        }
        "heading" => content.push(BlockKind::Heading, place.clone(), source),
        "code" => {
            let code = if source.is_empty() { &cell.input.0 } else { source };
            let mut outputs = cell.outputs.iter().flatten().map(output);
            content.push(BlockKind::Code, place.clone(), code)
                && outputs.all(|it| content.push(BlockKind::Aside, place.clone(), &it))
        }
        _ => content.push(BlockKind::Paragraph, place.clone(), source),
    }
}

/// The text of an output: what was printed, or the plain form of a value.
fn output<'o>(output: &'o Output<'_>) -> Cow<'o, str> {
    if let Some(name) = &output.ename {
        return format!("{}: {}", name.0, output.evalue.0).into();
    }
    let forms = output.data.as_ref().map(|it| [&it.plain, &it.markdown]);
    let mut forms = forms.into_iter().flatten().chain([&output.text]);
    forms.find(|it| !it.0.is_empty()).map_or("", |it| &it.0).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Content, ExtractError> {
        super::read(bytes, &Limits::default())
    }

    const NOTEBOOK: &str = r##"{"cells": [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Costs\n", "\n", "Of *May*."]},
        {"cell_type": "code", "source": "1 + 1", "outputs": [
            {"output_type": "execute_result", "data": {"image/png": "QUJD", "text/plain": ["2"]}},
            {"output_type": "error", "ename": "E", "evalue": "wrong", "traceback": ["x"]}]}],
        "metadata": {"authors": [{"name": "Ann"}]}, "nbformat": 4, "nbformat_minor": 5}"##;

    #[test]
    fn cells_are_blocks() {
        assert!(recognize(NOTEBOOK.as_bytes()));
        let content = read(NOTEBOOK.as_bytes()).unwrap();
        let blocks: Vec<_> =
            content.blocks().iter().map(|it| (it.kind, content.text_of(it))).collect();
        use BlockKind::{Aside, Code, Heading, Paragraph};
        let expected = [
            (Heading, "Costs"),
            (Paragraph, "Of *May*."),
            (Code, "1 + 1"),
            (Aside, "2"),
            (Aside, "E: wrong"),
        ];
        assert_eq!(blocks, expected);
        assert_eq!(content.blocks()[2].locator.to_string(), "cell 2");
        assert_eq!(content.metadata.title.unwrap().value, "Costs");
        assert_eq!(content.metadata.creator.unwrap().value, "Ann");
    }

    #[test]
    fn older_notebooks_have_sheets() {
        let text = r#"{"nbformat": 3, "worksheets": [{"cells": [
            {"cell_type": "heading", "source": "A"}, {"cell_type": "code", "input": ["b"]}]}]}"#;
        assert!(recognize(text.as_bytes()));
        assert_eq!(read(text.as_bytes()).unwrap().text(), "A\nb");
    }

    #[test]
    fn what_is_no_text_is_passed_over() {
        let text = r#"{"nbformat": 4, "metadata": null, "cells": [
            {"cell_type": "code", "source": null, "outputs": null},
            {"cell_type": "markdown", "source": {"a": ["b"]}, "attachments": {"x": {}}},
            {"cell_type": "raw", "source": ["a", 7, null, [1.5, true], "\u00e4\n"]},
            {"cell_type": "code", "outputs": [{"data": null, "text": ["one\n", "two"]}]}]}"#;
        assert_eq!(read(text.as_bytes()).unwrap().text(), "aä\none\ntwo");
    }

    #[test]
    fn other_data_is_no_notebook() {
        assert!(!recognize(br#"{"cells": []}"#));
        assert!(matches!(read(b"{\"nbformat\""), Err(ExtractError::Damaged(_))));
    }
}
