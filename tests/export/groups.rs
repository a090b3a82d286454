//! Which documents belong together: what a job says, and what it should say.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use docrot::catalog::Catalog;
use docrot::export::{Server, read_result};
use parquet::column::reader::ColumnReader;
use parquet::file::reader::{FileReader as _, SerializedFileReader};

/// Every document that is linked to another, with the smallest id that links lead to.
pub(crate) type Components = BTreeMap<i64, i64>;

/// What the job took for components.
pub(crate) fn components(result: &Path) -> Components {
    let mut components = Components::new();
    for file in parquet_files(&result.join("groups")) {
        let reader = std::fs::File::open(&file).expect("it was listed");
        let reader = SerializedFileReader::new(reader).expect("the job wrote it");
        for group in 0..reader.num_row_groups() {
            let [documents, groups] = [0, 1].map(|column| {
                let group = reader.get_row_group(group).expect("there are so many");
                let rows = group.metadata().num_rows() as usize;
                let column = group.get_column_reader(column).expect("there are two columns");
                let ColumnReader::Int64ColumnReader(mut column) = column else {
                    panic!("ids are numbers");
                };
                let (mut defined, mut values) = (Vec::new(), Vec::new());
                let read = column.read_records(rows, Some(&mut defined), None, &mut values);
                assert_eq!(read.expect("it is whole").1, rows, "every document has a group");
                values
            });
            for (document, group) in documents.into_iter().zip(groups) {
                assert_eq!(components.insert(document, group), None, "{document} is there once");
            }
        }
    }
    components
}

fn parquet_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the job made it");
    let paths = entries.map(|it| it.expect("it can be listed").path());
    paths.filter(|it| it.extension().is_some_and(|it| it == "parquet")).collect()
}

/// What its pairs, and copies of the same bytes or text, make of the documents of these catalogs.
pub(crate) fn expected_components(result: &Path, catalogs: &[(&str, PathBuf)]) -> Components {
    let mut forest = Forest::default();
    let job = read_result(result).expect("the job came to its end");
    let joined = job.each_pair(|a, b| {
        forest.join(a, b);
        Ok(())
    });
    joined.expect("pairs can be read");
    let (mut by_bytes, mut by_text) = (HashMap::new(), HashMap::new());
    for (name, folder) in catalogs {
        let catalog = Catalog::open_read_only(folder).expect("the test made it");
        let first_id = Server::new(name).expect("the test named it").first_id();
        for (id, record) in (first_id..).zip(catalog.records().expect("it can be read")) {
            let record = record.expect("it can be read");
            if let Some(hash) = record.hash.filter(|_| 0 < record.file.size) {
                forest.join(*by_bytes.entry(hash.0).or_insert(id), id);
            }
            let print = record.fingerprint.filter(|it| 8 <= it.words);
            if let Some(print) = print {
                forest.join(*by_text.entry((print.text, print.simhash)).or_insert(id), id);
            }
        }
    }
    forest.components()
}

/// Ids, each with one that it is linked to.
#[derive(Default)]
struct Forest(HashMap<i64, i64>);

impl Forest {
    fn root(&mut self, id: i64) -> i64 {
        let mut root = id;
        while let Some(above) = self.0.get(&root).filter(|it| **it != root) {
            root = *above;
        }
        self.0.insert(id, root);
        root
    }

    fn join(&mut self, a: i64, b: i64) {
        let (a, b) = (self.root(a), self.root(b));
        self.0.insert(a.max(b), a.min(b));
    }

    /// Those of at least two.
    fn components(mut self) -> Components {
        let ids = self.0.keys().copied().collect::<Vec<_>>();
        let all = ids.iter().map(|it| (*it, self.root(*it))).collect::<Components>();
        let mut sizes = HashMap::<i64, u32>::new();
        all.values().for_each(|it| *sizes.entry(*it).or_default() += 1);
        all.into_iter().filter(|(_, root)| 1 < sizes[root]).collect()
    }
}
