//! Exports: one JSON object a line, a JSON list of objects, or a CSV table with names in its first
//! line, from a file or piped in.
//!
//! Which of these it is shows in its first bytes. It is read once, line by line; a line that makes
//! no sense is counted with its number.

mod lines;
mod list;
mod table;

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read};

use serde_json::Value;

use super::fields::{FieldType, Known};
use super::{
    Described, Engine, EngineError, EngineKind, Entry, Fields, Location, Opening, Sink, Streamed,
    Trouble, Wants, Wishes,
};

pub(super) const ENGINE: EngineKind = EngineKind { name: "export", is_server: false, is_at, open };

/// Read at once from the file.
const BUFFER_BYTES: usize = 1 << 18;
/// How many objects are looked at to learn what fields there are.
const LEARNED_FROM: usize = 100;

type Input = BufReader<Box<dyn Read + Send>>;

fn is_at(location: &Location) -> bool {
    match location {
        Location::StandardInput => true,
        Location::Path(path) => !path.is_dir(),
        Location::Server { .. } => false,
    }
}

fn open(location: &Location, opening: Opening) -> Result<Box<dyn Engine>, EngineError> {
    let index = location.to_string();
    let Opening { wishes, input, .. } = opening;
    let input: Box<dyn Read + Send> = match (location, input) {
        (Location::Path(path), _) => match File::open(path) {
            Ok(file) => Box::new(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(EngineError::new(Trouble::Absent, index, ""));
            }
            Err(error) => return Err(unreadable(&index, error)),
        },
        (_, Some(input)) => input,
        (_, None) => Box::new(io::empty()),
    };
    let mut input = BufReader::with_capacity(BUFFER_BYTES, input);
    let first = first_byte(&mut input).map_err(|error| unreadable(&index, error))?;
    let refuse = |detail: &str| EngineError::new(Trouble::NotAnIndex, &index, detail);
    match first {
        None => Err(refuse("it is empty")),
        Some(0x1f) => {
            Err(refuse("it is compressed; unpack it and pipe it in: zcat FILE | … --from -"))
        }
        Some(0) => Err(refuse("it is no text")),
        Some(b'{') => lines::open(input, &wishes, index),
        Some(b'[') => list::open(input, &wishes, index),
        Some(_) => table::open(input, &wishes, index),
    }
}

fn unreadable(index: &str, error: io::Error) -> EngineError {
    EngineError::new(Trouble::Unreadable, index, error.to_string()).because(error)
}

/// The first byte that is neither white space nor a mark of the byte order, which are passed.
fn first_byte(input: &mut Input) -> io::Result<Option<u8>> {
    loop {
        let buffer = input.fill_buf()?;
        let Some(&first) = buffer.first() else { return Ok(None) };
        let passed = match buffer {
            [0xef, 0xbb, 0xbf, ..] => 3,
            _ if first.is_ascii_whitespace() => 1,
            _ => return Ok(Some(first)),
        };
        input.consume(passed);
    }
}

/// What is known of an export once its fields are.
fn describe(index: String, product: &str, fields: Fields) -> Described {
    let missing = super::missing(&fields);
    Described { product: product.to_owned(), index, fields, missing, ..Described::default() }
}

/// The fields that objects have, under dotted names, in the order in which they appear.
fn learn(objects: &[Value]) -> Vec<Known> {
    let mut known: Vec<Known> = Vec::new();
    for object in objects {
        let (id, inner) = unwrapped(object);
        if id.is_some() {
            note("_id", FieldType::Keyword, &mut known);
        }
        names(inner, "", &mut known);
    }
    known
}

fn names(object: &Value, above: &str, known: &mut Vec<Known>) {
    const DEEPEST: usize = 6;
    let Value::Object(map) = object else { return };
    for (name, value) in map {
        let name = format!("{above}{name}");
        match value {
            Value::Object(_) if name.matches('.').count() < DEEPEST => {
                names(value, &format!("{name}."), known);
            }
            Value::Number(_) => note(&name, FieldType::Number, known),
            _ => note(&name, FieldType::Unknown, known),
        }
    }
}

fn note(name: &str, of: FieldType, known: &mut Vec<Known>) {
    match known.iter_mut().find(|it| it.name == name) {
        // Numbers here and words there.
        Some(it) if it.of != of => it.of = FieldType::Unknown,
        Some(_) => {}
        None => known.push(Known::stored(name, of)),
    }
}

/// The id and the fields of an object as dumps of engines have them: around a `_source`.
fn unwrapped(object: &Value) -> (Option<&str>, &Value) {
    match (object.get("_id"), object.get("_source")) {
        (id, Some(source @ Value::Object(_))) => (id.and_then(Value::as_str), source),
        _ => (None, object),
    }
}

/// The entry of an object; why it is none.
fn entry(fields: &Fields, object: &Value, wants: Wants) -> Result<Entry, String> {
    if !object.is_object() {
        return Err("is no object".to_owned());
    }
    let (id, inner) = unwrapped(object);
    let mut entry = Entry::of_json(fields, id, inner);
    if entry.place.trim().is_empty() {
        let name = fields.of(super::Role::Path).map_or("", |it| it.name.as_str());
        return Err(format!("has no `{name}`"));
    }
    if !wants.text {
        entry.text = None;
    }
    Ok(entry)
}

#[cfg(test)]
mod tests {
    use super::super::{Role, open as open_at};
    use super::*;
    use std::ops::ControlFlow;

    /// The places, titles and texts of an export, and what was bad in it.
    fn read(export: &str) -> Result<(Vec<Entry>, Streamed), EngineError> {
        read_with(export, Wishes::default())
    }

    fn read_with(export: &str, wishes: Wishes) -> Result<(Vec<Entry>, Streamed), EngineError> {
        let input = Box::new(io::Cursor::new(export.as_bytes().to_vec()));
        let opening = Opening { wishes, input: Some(input), ..Opening::default() };
        let mut engine = open_at(&Location::StandardInput, opening)?;
        let mut entries = Vec::new();
        let streamed = engine.stream(Wants { text: true }, &mut |entry| {
            entries.push(entry);
            ControlFlow::Continue(())
        })?;
        assert_eq!(streamed.entries, entries.len() as u64);
        Ok((entries, streamed))
    }

    #[test]
    fn lines_lists_and_tables_say_the_same() {
        let line = r#"{"path": "a.md", "title": "A", "text": "one", "size": 3}"#;
        let list = format!("\u{feff} [{line},\n{line}]");
        let table = "path;title;text;size\na.md;A;one;3\na.md;A;one;3\n";
        for export in [format!("{line}\n\n{line}"), list, table.to_owned()] {
            let (entries, streamed) = read(&export).unwrap();
            assert_eq!((entries.len(), streamed.bad), (2, 0), "{export}");
            let entry = &entries[1];
            assert_eq!((entry.place.as_str(), entry.size), ("a.md", Some(3)), "{export}");
            assert_eq!(entry.title.as_deref(), Some("A"), "{export}");
            assert_eq!(entry.text.as_deref(), Some("one"), "{export}");
        }
    }

    #[test]
    fn bad_lines_are_told_by_number_and_end_nothing() {
        let export = "{\"path\":\"a\"}\n{\"path\":\n[1]\n\n{\"title\":\"x\"}\n{\"path\":\"b\"}\n";
        let (entries, streamed) = read(export).unwrap();
        assert_eq!(entries.len(), 2);
        let bad: Vec<_> = streamed.bad_examples.iter().map(|it| it.0.as_str()).collect();
        assert_eq!(bad, ["line 2", "line 3", "line 5"]);
        assert_eq!(streamed.bad_examples[2].1, "has no `path`");

        let table = b"path,title\na,b,c\nb,\"two\nlines\"\n,x\nc,d\n";
        let (entries, streamed) = read(std::str::from_utf8(table).unwrap()).unwrap();
        let places: Vec<_> = entries.iter().map(|it| it.place.as_str()).collect();
        assert_eq!(places, ["b", "c"]);
        let bad: Vec<_> = streamed.bad_examples.iter().map(|it| it.0.as_str()).collect();
        assert_eq!(bad, ["line 2", "line 5"]);
    }

    #[test]
    fn a_dump_is_looked_into() {
        let dump = r#"{"_index":"docs","_id":"7","_source":{"file":{"url":"file:///srv/a.md"}}}"#;
        let (entries, _) = read(dump).unwrap();
        assert_eq!((entries[0].id.as_str(), entries[0].place.as_str()), ("7", "file:///srv/a.md"));
        let dump = r#"{"_index":"docs","_id":"file:///srv/a.md","_source":{"body":"x"}}"#;
        assert_eq!(read(dump).unwrap().0[0].place, "file:///srv/a.md");
    }

    #[test]
    fn fields_are_wished_or_refused() {
        let wishes = Wishes { named: [(Role::Path, "where".to_owned())].into(), preset: None };
        let (entries, _) = read_with("url,where\nhttps://x,a.md\n", wishes).unwrap();
        assert_eq!(entries[0].place, "a.md");
        let error = read("foo,bar\n1,2\n").unwrap_err().to_string();
        assert!(error.contains("it has `foo`, `bar`"), "{error}");
    }

    #[test]
    fn what_is_no_export_is_told() {
        for (bytes, words) in
            [("", "it is empty"), ("\x1f\u{8b}", "compressed"), ("\0x", "no text")]
        {
            let error = read(bytes).unwrap_err();
            assert_eq!(error.trouble, Trouble::NotAnIndex);
            assert!(error.to_string().contains(words), "{error}");
        }
        let error = read("{\"a\":\n{\"b\":\n").unwrap_err();
        assert_eq!(error.trouble, Trouble::NotAnIndex, "{error}");
        let missing = Location::Path("no/such.csv".into());
        let error = open_at(&missing, Opening::default()).err().unwrap();
        assert_eq!(error.trouble, Trouble::Absent);
    }
}
