//! Indexes a tree of text files with Tantivy and nothing else: the yardstick for a whole audit.
//!
//! Run by `benches/cost.py`: `plain_tantivy TREE INDEX` reads every file below TREE as UTF-8 and
//! indexes it with positions, with as many threads and as much memory as docrot uses.

use std::path::PathBuf;
use std::{env, fs, thread};

use tantivy::schema::{STORED, STRING, Schema, TEXT};
use tantivy::{Index, IndexWriter, doc};

fn main() -> tantivy::Result<()> {
    let arguments: Vec<PathBuf> =
        env::args_os().skip(1).filter(|it| it != "--bench").map(PathBuf::from).collect();
    let [tree, folder] = arguments.as_slice() else {
        println!("usage: plain_tantivy TREE INDEX (see benches/cost.py)");
        return Ok(());
    };
    let mut schema = Schema::builder();
    let path = schema.add_text_field("path", STRING | STORED);
    let body = schema.add_text_field("body", TEXT);
    fs::create_dir_all(folder)?;
    let index = Index::create_in_dir(folder, schema.build())?;
    let threads = thread::available_parallelism().map_or(1, usize::from).min(4);
    let mut writer: IndexWriter = index.writer_with_num_threads(threads, 128 << 20)?;
    for entry in walkdir::WalkDir::new(tree).into_iter().filter_map(Result::ok) {
        if entry.file_type().is_file() {
            let text = String::from_utf8_lossy(&fs::read(entry.path())?).into_owned();
            writer.add_document(doc!(path => entry.path().display().to_string(), body => text))?;
        }
    }
    writer.commit()?;
    writer.wait_merging_threads()
}
