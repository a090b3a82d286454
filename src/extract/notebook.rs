//! Jupyter notebooks (.ipynb): cells of text and code, and what the code has written.
//!
//! Pictures and other outputs that are no text are left out.

use serde_json::Value;

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

fn read(bytes: &[u8], limits: &Limits) -> Result<Content, ExtractError> {
    let text = encoding::decode(bytes, None);
    let notebook: Value = serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|error| ExtractError::Damaged(format!("not a notebook: {error}")))?;
    let mut content = Content::of(metadata_of(&notebook), limits);
    // Before version 4 cells lay in sheets.
    let sheets = notebook["worksheets"].as_array().into_iter().flatten();
    let older = sheets.filter_map(|it| it["cells"].as_array()).flatten();
    let cells = notebook["cells"].as_array().into_iter().flatten().chain(older);
    for (number, cell) in (1u32..).zip(cells) {
        if !read_cell(cell, &Locator::Part(format!("cell {number}")), &mut content) {
            break;
        }
    }
    let blocks = content.blocks().to_vec();
    let text = content.text().to_owned();
    markdown::title_from_heading(&mut content.metadata, &text, &blocks);
    Ok(content)
}

fn metadata_of(notebook: &Value) -> Metadata {
    let mut metadata = Metadata::default();
    let stated = &notebook["metadata"];
    let provenance = |name: &str| Provenance::property(format!("notebook metadata {name}"));
    for name in ["title", "name"] {
        let title = stated[name].as_str().unwrap_or_default();
        properties::set(&mut metadata.title, title, provenance(name));
    }
    let authors = stated["authors"].as_array().into_iter().flatten();
    let names = authors.filter_map(|it| it["name"].as_str().or(it.as_str()));
    let names: Vec<&str> = names.collect();
    properties::set(&mut metadata.creator, &names.join(", "), provenance("authors"));
    metadata
}

/// Appends a cell; false once the content is full.
fn read_cell(cell: &Value, place: &Locator, content: &mut Content) -> bool {
    let source = joined(&cell["source"]);
    match cell["cell_type"].as_str().unwrap_or_default() {
        "markdown" => {
            // Only a broken one has no blocks, and then there are none to lose.
            let page =
                (markdown::FORMAT.read)(source.as_bytes(), content.limits()).unwrap_or_default();
            page.blocks().iter().all(|it| content.push(it.kind, place.clone(), page.text_of(it)))
        }
        "heading" => content.push(BlockKind::Heading, place.clone(), &source),
        "code" => {
            let code = if source.is_empty() { joined(&cell["input"]) } else { source };
            let outputs = cell["outputs"].as_array().into_iter().flatten();
            content.push(BlockKind::Code, place.clone(), &code)
                && outputs.map(output).all(|it| content.push(BlockKind::Aside, place.clone(), &it))
        }
        _ => content.push(BlockKind::Paragraph, place.clone(), &source),
    }
}

/// The text of an output: what was printed, or the plain form of a value.
fn output(output: &Value) -> String {
    let forms = [&output["data"]["text/plain"], &output["data"]["text/markdown"], &output["text"]];
    let text = forms.into_iter().map(joined).find(|it| !it.is_empty()).unwrap_or_default();
    match output["ename"].as_str() {
        Some(name) => format!("{name}: {}", output["evalue"].as_str().unwrap_or_default()),
        None => text,
    }
}

/// Text that is written as one string or as lines.
fn joined(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
        _ => String::new(),
    }
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
    fn other_data_is_no_notebook() {
        assert!(!recognize(br#"{"cells": []}"#));
        assert!(matches!(read(b"{\"nbformat\""), Err(ExtractError::Damaged(_))));
    }
}
