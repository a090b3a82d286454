//! The job on Apache Spark itself, with machines that fail: `cargo test --test spark`.
//!
//! Not among the tests that run by default, because Spark is large and wants Java. Plants documents
//! in two catalogs, lets one process judge them, and then runs the job twice on a cluster of a
//! master and two workers, the second time killing an executor in the middle of a join and a worker
//! in the middle of the components. All have to come to the same groups.
//!
//! `-- --documents N` plants another number than 100,000, and `--data FOLDER` deals the files of a
//! folder to the two servers instead. `--spark NAME` takes the Python of `target/NAME`, which
//! `tests/export/setup` makes, and `--sail` runs the job on the engine of the other tests, once.

#[path = "export/groups.rs"]
mod groups;
#[path = "export/planted.rs"]
mod planted;
#[path = "export/servers.rs"]
mod servers;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Instant;

use docrot::export::read_result;
use docrot::fingerprint::Hash;
use servers::{Servers, assert_ok, python, said};

/// Losses, each as the run is called and as `cluster.py` is told of it.
const RUNS: [(&str, &[&str]); 2] = [("whole", &[]), ("losses", &["--lose"])];

struct Options {
    documents: u64,
    data: Option<PathBuf>,
    spark: String,
    is_sail: bool,
}

impl Options {
    fn of_arguments() -> Self {
        let spark = "spark".to_owned();
        let mut options = Self { documents: 100_000, data: None, spark, is_sail: false };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().expect("the option has a value");
            match argument.as_str() {
                "--documents" => options.documents = value().parse().expect("it is a number"),
                "--data" => options.data = Some(value().into()),
                "--spark" => options.spark = value(),
                "--sail" => options.is_sail = true,
                other => panic!("there is no option {other}"),
            }
        }
        options
    }
}

fn main() {
    let options = Options::of_arguments();
    let began = Instant::now();
    let servers = Servers::empty();
    let catalogs = ["alpha", "beta"].map(|it| (it, servers.catalog(it)));
    match &options.data {
        Some(data) => deal(data, &servers),
        None => {
            planted::catalogs([&catalogs[0].1, &catalogs[1].1], options.documents, 1);
        }
    }
    step(began, "documents in two catalogs");
    for (server, _) in &catalogs {
        assert_ok(&servers.export(server, server));
    }
    let alone = servers.report();
    assert_ok(&alone);
    let expected = digest_of_report(&alone.stdout);
    step(began, &format!("one process: groups {expected}"));

    let runs = if options.is_sail { &RUNS[..1] } else { &RUNS };
    let mut results = Vec::new();
    for (name, losses) in runs {
        let engine = match options.is_sail {
            true => python("python", "run_job.py"),
            false => {
                let mut cluster = python(&options.spark, "cluster.py");
                cluster.args(*losses);
                cluster
            }
        };
        let job = servers.job(engine, name);
        assert_ok(&job);
        print!("{}", said(&job));
        let result = servers.at(name);
        let components = groups::components(&result);
        assert_eq!(components, groups::expected_components(&result, &catalogs), "{name}");
        let linked = digest_of_result(&result);
        step(began, &format!("{name}: {} linked documents, {linked}", components.len()));
        results.push(linked);
    }
    assert!(results.iter().all(|it| *it == results[0]), "{results:?}");
    // The results are one and the same, so one report speaks for all of them.
    let report = imported(&servers, runs[0].0);
    assert_eq!(digest_of_report(&report.stdout), expected);
    assert!(report.stdout == alone.stdout, "a report by what was imported is another");
    step(began, &format!("by the job: groups {expected}"));
}

/// Copies the files of a folder to two shares, by turns, and scans them.
fn deal(data: &Path, servers: &Servers) {
    let mut folders = vec![data.to_path_buf()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder can be listed") {
            let path = entry.expect("it can be listed").path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    for (position, file) in files.iter().enumerate() {
        let below = file.strip_prefix(data).expect("it was found below");
        let to = servers.at(["alpha", "beta"][position % 2]).join(below);
        fs::create_dir_all(to.parent().expect("it is below a share")).expect("it can be made");
        fs::copy(file, to).expect("it can be copied");
    }
    for server in ["alpha", "beta"] {
        servers.scan(server);
    }
}

/// One number for all groups of a JSON report: their kinds, members and canonical documents.
fn digest_of_report(json: &[u8]) -> String {
    let report: serde_json::Value = serde_json::from_slice(json).expect("a report is JSON");
    let groups = report["groups"].as_array().expect("it has groups");
    let mut groups = groups.iter().map(ToString::to_string).collect::<Vec<_>>();
    groups.sort_unstable();
    digest(&groups)
}

/// One number for what a job came to: its pairs, and its components.
fn digest_of_result(result: &Path) -> String {
    let mut pairs = Vec::new();
    let read = read_result(result).and_then(|job| {
        job.each_pair(|a, b| {
            pairs.push((a, b));
            Ok(())
        })
    });
    read.expect("the job came to its end");
    pairs.sort_unstable();
    digest(&(pairs, groups::components(result)))
}

fn digest(of: &impl std::fmt::Debug) -> String {
    Hash::of(format!("{of:?}").as_bytes()).to_string()[..16].to_owned()
}

fn imported(servers: &Servers, result: &str) -> Output {
    assert_ok(&servers.import(result));
    let report = servers.report();
    assert_ok(&report);
    assert!(report.stderr.is_empty(), "what was imported is used: {}", said(&report));
    report
}

fn step(began: Instant, what: &str) {
    println!("{:>5.0} s  {what}", began.elapsed().as_secs_f64());
}
