//! Sorted Parquet files of records, without Arrow.
//!
//! Written once and never changed. Only the columns that are asked for are read.

use std::fs::File;
use std::io::{self, BufWriter, Read as _, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::basic::{Compression, Encoding, Repetition, Type as PhysicalType, ZstdLevel};
use parquet::column::reader::ColumnReader;
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnPath, Type};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3Default;

use crate::inventory::Record;

use super::columns::{
    BYTES, Known, LISTED_BYTES, LISTED_NUMBERS, NUMBERS, Row, STAT_BYTES, STAT_NUMBERS, known,
    listed,
};
use super::entries::Listed;
use super::private;

const ROWS_PER_GROUP: usize = 8192;

/// A records file, as the commit names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Part {
    /// File name in the catalog folder.
    pub(super) file: String,
    /// Length in bytes.
    pub(super) bytes: u64,
    /// XXH3 of its bytes, in hexadecimal.
    pub(super) xxh3: String,
    /// Number of records.
    pub(super) rows: u64,
}

/// A records file that is being written.
pub(super) struct PartWriter {
    writer: SerializedFileWriter<Hashing>,
    path: PathBuf,
    numbers: Vec<Vec<i64>>,
    bytes: Vec<Vec<ByteArray>>,
    rows: u64,
}

impl PartWriter {
    pub(super) fn create(path: PathBuf) -> Result<Self, ParquetError> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
            .set_column_dictionary_enabled(ColumnPath::from("path"), false)
            .set_column_encoding(ColumnPath::from("path"), Encoding::DELTA_BYTE_ARRAY)
            .set_column_dictionary_enabled(ColumnPath::from("hash"), false)
            .set_column_dictionary_enabled(ColumnPath::from("text_hash"), false)
            .set_column_dictionary_enabled(ColumnPath::from("sketch"), false)
            .set_column_dictionary_enabled(ColumnPath::from("metadata"), false)
            .set_column_dictionary_enabled(ColumnPath::from("passages"), false)
            .build();
        let file = BufWriter::new(private::make_file(&path)?);
        let file = Hashing { file, xxh3: Xxh3Default::new() };
        Ok(Self {
            writer: SerializedFileWriter::new(file, Arc::new(schema()?), Arc::new(properties))?,
            path,
            numbers: vec![Vec::new(); NUMBERS.len()],
            bytes: vec![Vec::new(); BYTES.len()],
            rows: 0,
        })
    }

    pub(super) fn push(&mut self, record: &Record) -> Result<(), ParquetError> {
        self.push_row(Row::of(record))
    }

    pub(super) fn push_row(&mut self, row: Row) -> Result<(), ParquetError> {
        self.numbers.iter_mut().zip(row.numbers).for_each(|(column, value)| column.push(value));
        self.bytes.iter_mut().zip(row.bytes).for_each(|(column, value)| column.push(value));
        self.rows += 1;
        if self.numbers[0].len() == ROWS_PER_GROUP { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), ParquetError> {
        let mut group = self.writer.next_row_group()?;
        for values in &self.numbers {
            let mut column = group.next_column()?.expect("the schema has a column per buffer");
            column.typed::<Int64Type>().write_batch(values, None, None)?;
            column.close()?;
        }
        for values in &self.bytes {
            let mut column = group.next_column()?.expect("the schema has a column per buffer");
            column.typed::<ByteArrayType>().write_batch(values, None, None)?;
            column.close()?;
        }
        group.close()?;
        self.numbers.iter_mut().for_each(Vec::clear);
        self.bytes.iter_mut().for_each(Vec::clear);
        Ok(())
    }

    /// Ends the file and brings it to the disk.
    pub(super) fn finish(mut self) -> Result<Part, ParquetError> {
        if !self.numbers[0].is_empty() {
            self.flush()?;
        }
        let Hashing { mut file, xxh3 } = self.writer.into_inner()?;
        file.flush()?;
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        let name = self.path.file_name().expect("the writer was given a file path");
        Ok(Part {
            file: name.to_string_lossy().into_owned(),
            bytes: file.metadata()?.len(),
            xxh3: format!("{:016x}", xxh3.digest()),
            rows: self.rows,
        })
    }
}

/// A records file opened for reading.
pub(super) struct PartReader {
    reader: SerializedFileReader<File>,
}

impl PartReader {
    pub(super) fn open(folder: &Path, part: &Part) -> Result<Self, ParquetError> {
        let file = File::open(folder.join(&part.file))?;
        if file.metadata()?.len() != part.bytes {
            return Err(ParquetError::General(format!(
                "{} has not the length that was committed",
                part.file
            )));
        }
        let reader = SerializedFileReader::new(file)?;
        if reader.metadata().file_metadata().schema_descr().num_columns()
            != NUMBERS.len() + BYTES.len()
        {
            return Err(ParquetError::General(format!("{} has other columns", part.file)));
        }
        Ok(Self { reader })
    }

    pub(super) fn groups(&self) -> usize {
        self.reader.num_row_groups()
    }

    /// Bytes of all columns before compression.
    pub(super) fn unpacked_bytes(&self) -> u64 {
        let groups = self.reader.metadata().row_groups().iter();
        groups.map(|it| u64::try_from(it.total_byte_size()).unwrap_or(0)).sum()
    }

    /// What a rescan needs of the rows of a group.
    pub(super) fn known(&self, group: usize) -> Result<Vec<Known>, ParquetError> {
        let (numbers, bytes) = self.columns(group, STAT_NUMBERS, STAT_BYTES)?;
        let rows = numbers[0].len();
        (0..rows)
            .map(|row| {
                let numbers: Vec<i64> = numbers.iter().map(|column| column[row]).collect();
                let bytes: Vec<ByteArray> =
                    bytes.iter().map(|column| column[row].clone()).collect();
                known(&numbers, &bytes).map_err(broken)
            })
            .collect()
    }

    /// What a validation needs of the rows of a group.
    pub(super) fn listed(&self, group: usize) -> Result<Vec<Listed>, ParquetError> {
        let (numbers, bytes) = self.columns(group, LISTED_NUMBERS, LISTED_BYTES)?;
        let rows = numbers[0].len();
        (0..rows)
            .map(|row| {
                let numbers: Vec<i64> = numbers.iter().map(|column| column[row]).collect();
                let bytes: Vec<ByteArray> =
                    bytes.iter().map(|column| column[row].clone()).collect();
                listed(&numbers, &bytes).map_err(broken)
            })
            .collect()
    }

    /// The rows of a group.
    pub(super) fn rows(&self, group: usize) -> Result<Vec<Row>, ParquetError> {
        let (numbers, bytes) = self.columns(group, NUMBERS.len(), BYTES.len())?;
        let rows = numbers[0].len();
        Ok((0..rows)
            .map(|row| Row {
                numbers: std::array::from_fn(|column| numbers[column][row]),
                bytes: std::array::from_fn(|column| bytes[column][row].clone()),
            })
            .collect())
    }

    #[expect(clippy::type_complexity, reason = "two tables of columns, used only here")]
    fn columns(
        &self,
        group: usize,
        numbers: usize,
        bytes: usize,
    ) -> Result<(Vec<Vec<i64>>, Vec<Vec<ByteArray>>), ParquetError> {
        let group = self.reader.get_row_group(group)?;
        let rows = group.metadata().num_rows() as usize;
        let mut number_columns = vec![Vec::with_capacity(rows); numbers];
        let mut byte_columns = vec![Vec::with_capacity(rows); bytes];
        for (position, values) in number_columns.iter_mut().enumerate() {
            let ColumnReader::Int64ColumnReader(mut column) = group.get_column_reader(position)?
            else {
                return Err(broken("a column of another type"));
            };
            while values.len() < rows && column.read_records(rows, None, None, values)?.0 > 0 {}
        }
        for (position, values) in byte_columns.iter_mut().enumerate() {
            let position = NUMBERS.len() + position;
            let ColumnReader::ByteArrayColumnReader(mut column) =
                group.get_column_reader(position)?
            else {
                return Err(broken("a column of another type"));
            };
            while values.len() < rows && column.read_records(rows, None, None, values)?.0 > 0 {}
        }
        if number_columns.iter().any(|it| it.len() != rows)
            || byte_columns.iter().any(|it| it.len() != rows)
        {
            return Err(broken("a column that is too short"));
        }
        Ok((number_columns, byte_columns))
    }
}

/// Whether the file's bytes are the ones that were committed.
pub(super) fn is_intact(folder: &Path, part: &Part) -> io::Result<bool> {
    let mut file = File::open(folder.join(&part.file))?;
    let mut xxh3 = Xxh3Default::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(format!("{:016x}", xxh3.digest()) == part.xxh3),
            Ok(n) => xxh3.update(&buffer[..n]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// A name for the records of all parts together.
pub(super) fn state(parts: &[Part]) -> String {
    let mut xxh3 = Xxh3Default::new();
    for part in parts {
        xxh3.update(part.xxh3.as_bytes());
    }
    format!("{:016x}", xxh3.digest())
}

pub(super) fn broken(what: &str) -> ParquetError {
    ParquetError::General(format!("a record has {what}"))
}

fn schema() -> Result<Type, ParquetError> {
    let field = |name: &&str, physical| {
        Type::primitive_type_builder(name, physical)
            .with_repetition(Repetition::REQUIRED)
            .build()
            .map(Arc::new)
    };
    let numbers = NUMBERS.iter().map(|name| field(name, PhysicalType::INT64));
    let bytes = BYTES.iter().map(|name| field(name, PhysicalType::BYTE_ARRAY));
    let fields = numbers.chain(bytes).collect::<Result<_, _>>()?;
    Type::group_type_builder("record").with_fields(fields).build()
}

/// Hashes what is written, so that no second pass over the file is needed.
struct Hashing {
    file: BufWriter<File>,
    xxh3: Xxh3Default,
}

impl Write for Hashing {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.file.write(buffer)?;
        self.xxh3.update(&buffer[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
