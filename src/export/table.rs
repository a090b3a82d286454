//! Flat Parquet tables without Arrow: rows go in one by one, columns come out.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::sync::Arc;

use parquet::basic::{Compression, Encoding, Type as Physical, ZstdLevel};
use parquet::column::reader::ColumnReader;
use parquet::data_type::{ByteArray, ByteArrayType, DataType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::ColumnPath;

/// So many rows are in memory while a table is written.
const ROWS_PER_GROUP: usize = 32 << 10;

/// What a note is called in the file.
const NOTE: &str = "docrot";

/// One value of a row.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cell<'a> {
    /// Absent.
    Null,
    /// A number, a day or a time.
    Int(i64),
    /// Words or bytes.
    Bytes(&'a [u8]),
    /// A list of numbers.
    List(&'a [u32]),
}

impl<'a> Cell<'a> {
    pub(super) fn int(value: Option<impl Into<i64>>) -> Self {
        value.map_or(Self::Null, |it| Self::Int(it.into()))
    }

    pub(super) fn text(value: Option<&'a str>) -> Self {
        value.map_or(Self::Null, |it| Self::Bytes(it.as_bytes()))
    }
}

/// A table that is being written.
pub(super) struct TableWriter {
    writer: SerializedFileWriter<BufWriter<File>>,
    columns: Vec<Column>,
    rows: usize,
}

impl TableWriter {
    /// Begins a table with columns as `schema` says in Parquet's own notation, and a note on it.
    pub(super) fn create(
        path: &Path,
        schema: &str,
        note: Option<&str>,
    ) -> Result<Self, ParquetError> {
        let note = note.map(|it| vec![KeyValue::new(NOTE.to_owned(), it.to_owned())]);
        let schema = Arc::new(parse_message_type(schema)?);
        let mut properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
            .set_created_by(concat!("docrot ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_key_value_metadata(note);
        for (name, encoding) in [
            ("path", Encoding::DELTA_BYTE_ARRAY),
            ("content_hash", Encoding::PLAIN),
            ("text_hash", Encoding::PLAIN),
            ("simhash", Encoding::PLAIN),
            ("doc_id", Encoding::DELTA_BINARY_PACKED),
            ("a", Encoding::DELTA_BINARY_PACKED),
            ("b", Encoding::DELTA_BINARY_PACKED),
            ("sketch.list.element", Encoding::DELTA_BINARY_PACKED),
        ] {
            let column = ColumnPath::new(name.split('.').map(str::to_owned).collect());
            properties = properties
                .set_column_dictionary_enabled(column.clone(), false)
                .set_column_encoding(column, encoding);
        }
        let file = BufWriter::new(File::create(path)?);
        let writer = SerializedFileWriter::new(file, schema, Arc::new(properties.build()))?;
        let columns = writer.schema_descr().columns().iter().map(|it| Column {
            most_defined: it.max_def_level(),
            is_list: 0 < it.max_rep_level(),
            values: match it.physical_type() {
                Physical::INT32 => Values::Int32(Vec::new()),
                Physical::INT64 => Values::Int64(Vec::new()),
                _ => Values::Bytes(Vec::new()),
            },
            defined: Vec::new(),
            repeated: Vec::new(),
        });
        let columns = columns.collect();
        Ok(Self { writer, columns, rows: 0 })
    }

    /// Adds a row: a cell for each column, in their order.
    pub(super) fn push(&mut self, cells: &[Cell<'_>]) -> Result<(), ParquetError> {
        assert_eq!(cells.len(), self.columns.len(), "a row has a cell for each column");
        self.columns.iter_mut().zip(cells).for_each(|(column, cell)| column.push(*cell));
        self.rows += 1;
        if self.rows.is_multiple_of(ROWS_PER_GROUP) { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), ParquetError> {
        let mut group = self.writer.next_row_group()?;
        for column in &mut self.columns {
            column.write(&mut group)?;
        }
        group.close().map(drop)
    }

    /// Ends the file and brings it to the disk.
    pub(super) fn finish(mut self) -> Result<(), ParquetError> {
        if !self.rows.is_multiple_of(ROWS_PER_GROUP) || self.rows == 0 {
            self.flush()?;
        }
        let file = self.writer.into_inner()?.into_inner().map_err(|it| it.into_error())?;
        Ok(file.sync_all()?)
    }
}

/// The cells of one column of a group of rows, as Parquet wants them: the values there are, and for
/// each cell how much of it is there and whether it goes on a list.
struct Column {
    most_defined: i16,
    is_list: bool,
    values: Values,
    defined: Vec<i16>,
    repeated: Vec<i16>,
}

enum Values {
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    Bytes(Vec<ByteArray>),
}

impl Column {
    fn push(&mut self, cell: Cell<'_>) {
        match (&mut self.values, cell) {
            (_, Cell::Null) => {
                debug_assert!(0 < self.most_defined, "a required cell is there");
                self.defined.push(0);
                self.repeated.push(0);
                return;
            }
            (Values::Int64(values), Cell::List(numbers)) if self.is_list => {
                values.extend(numbers.iter().map(|it| i64::from(*it)));
                let empty = usize::from(numbers.is_empty());
                let level = self.most_defined - empty as i16;
                self.defined.resize(self.defined.len() + numbers.len() + empty, level);
                self.repeated.push(0);
                self.repeated.resize(self.defined.len(), 1);
                return;
            }
            (Values::Int32(values), Cell::Int(value)) => values.push(value as i32),
            (Values::Int64(values), Cell::Int(value)) => values.push(value),
            (Values::Bytes(values), Cell::Bytes(bytes)) => values.push(bytes.to_vec().into()),
            (_, cell) => unreachable!("the schema has no place for {cell:?}"),
        }
        self.defined.push(self.most_defined);
        self.repeated.push(0);
    }

    fn write(
        &mut self,
        group: &mut SerializedRowGroupWriter<'_, BufWriter<File>>,
    ) -> Result<(), ParquetError> {
        let defined = (0 < self.most_defined).then_some(self.defined.as_slice());
        let repeated = self.is_list.then_some(self.repeated.as_slice());
        let mut column = group.next_column()?.expect("the schema has a column per buffer");
        match &mut self.values {
            Values::Int32(values) => {
                column.typed::<Int32Type>().write_batch(values, defined, repeated)?;
                values.clear();
            }
            Values::Int64(values) => {
                column.typed::<Int64Type>().write_batch(values, defined, repeated)?;
                values.clear();
            }
            Values::Bytes(values) => {
                column.typed::<ByteArrayType>().write_batch(values, defined, repeated)?;
                values.clear();
            }
        }
        column.close()?;
        self.defined.clear();
        self.repeated.clear();
        Ok(())
    }
}

/// A table opened for reading, by whomever it was written.
pub(super) struct TableReader {
    reader: SerializedFileReader<File>,
}

impl TableReader {
    pub(super) fn open(path: &Path) -> Result<Self, ParquetError> {
        Ok(Self { reader: SerializedFileReader::new(File::open(path)?)? })
    }

    /// How many groups of rows there are.
    pub(super) fn groups(&self) -> usize {
        self.reader.num_row_groups()
    }

    /// How many rows there are.
    pub(super) fn rows(&self) -> u64 {
        self.reader.metadata().file_metadata().num_rows().max(0) as u64
    }

    /// The note that the table was begun with.
    pub(super) fn note(&self) -> Option<String> {
        let notes = self.reader.metadata().file_metadata().key_value_metadata()?;
        notes.iter().find(|it| it.key == NOTE)?.value.clone()
    }

    /// The numbers of a column in a group of rows; no cell may be absent.
    pub(super) fn ints(&self, group: usize, name: &str) -> Result<Vec<i64>, ParquetError> {
        let position = self.position(name)?;
        let group = self.reader.get_row_group(group)?;
        let rows = group.metadata().num_rows().max(0) as usize;
        match group.get_column_reader(position)? {
            ColumnReader::Int64ColumnReader(column) => all(column, rows, name),
            ColumnReader::Int32ColumnReader(column) => {
                Ok(all(column, rows, name)?.into_iter().map(i64::from).collect())
            }
            _ => Err(unfit(name)),
        }
    }

    /// The fractions of a column in a group of rows; no cell may be absent.
    pub(super) fn floats(&self, group: usize, name: &str) -> Result<Vec<f64>, ParquetError> {
        let position = self.position(name)?;
        let group = self.reader.get_row_group(group)?;
        let rows = group.metadata().num_rows().max(0) as usize;
        match group.get_column_reader(position)? {
            ColumnReader::DoubleColumnReader(column) => all(column, rows, name),
            _ => Err(unfit(name)),
        }
    }

    /// The words of a column in a group of rows; no cell may be absent.
    pub(super) fn texts(&self, group: usize, name: &str) -> Result<Vec<String>, ParquetError> {
        let position = self.position(name)?;
        let group = self.reader.get_row_group(group)?;
        let rows = group.metadata().num_rows().max(0) as usize;
        let ColumnReader::ByteArrayColumnReader(column) = group.get_column_reader(position)? else {
            return Err(unfit(name));
        };
        let texts = all(column, rows, name)?.into_iter();
        texts.map(|it| Ok(it.as_utf8()?.to_owned())).collect()
    }

    fn position(&self, name: &str) -> Result<usize, ParquetError> {
        let columns = self.reader.metadata().file_metadata().schema_descr().columns();
        let found = columns.iter().position(|it| it.path().string() == name);
        found.ok_or_else(|| ParquetError::General(format!("the column {name} is missing")))
    }
}

fn unfit(name: &str) -> ParquetError {
    ParquetError::General(format!("the column {name} is not what it should be"))
}

fn all<T: DataType>(
    mut column: parquet::column::reader::ColumnReaderImpl<T>,
    rows: usize,
    name: &str,
) -> Result<Vec<T::T>, ParquetError> {
    let (mut values, mut defined, mut repeated) = (Vec::new(), Vec::new(), Vec::new());
    while values.len() < rows {
        let (read, ..) = column.read_records(
            rows - values.len(),
            Some(&mut defined),
            Some(&mut repeated),
            &mut values,
        )?;
        if read == 0 {
            break;
        }
    }
    if values.len() == rows { Ok(values) } else { Err(unfit(name)) }
}
