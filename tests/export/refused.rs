//! What cannot be compared, or is not whole, is refused with the name of the file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::servers::{Servers, assert_ok, docrot, python, text};
use super::{assert_refused, job, planted};

/// Two catalogs and their exports.
fn exported() -> Servers {
    let servers = Servers::empty();
    planted::catalogs([&servers.catalog("alpha"), &servers.catalog("beta")], 60, 3);
    assert_ok(&servers.export("alpha", "alpha"));
    assert_ok(&servers.export("beta", "beta"));
    servers
}

fn export_of(servers: &Servers, server: &str) -> PathBuf {
    servers.at("exports").join(format!("{server}.parquet"))
}

fn spoil(file: &Path, how: &[&str]) {
    assert_ok(&python("python", "spoil.py").arg(file).args(how).output().unwrap());
}

/// The one Parquet file of a folder that the job wrote.
fn part(folder: &Path) -> PathBuf {
    let mut files = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    files.find(|it| it.extension().is_some_and(|it| it == "parquet")).unwrap()
}

#[test]
fn an_export_that_would_clash_is_refused() {
    let servers = exported();
    assert_refused(&servers.export("alpha", "alpha"), "alpha.parquet is there already");
    assert_refused(&servers.export("beta", "alpha"), "alpha.parquet is there already");
    assert_refused(&servers.export("alpha", "again"), "alpha.parquet holds these very documents");
    assert_refused(&servers.export("beta", "a/b"), "cannot name a server");

    let alpha = export_of(&servers, "alpha");
    let bytes = fs::read(&alpha).unwrap();
    fs::write(&alpha, &bytes[..bytes.len() / 2]).unwrap();
    assert_refused(&servers.export("beta", "gamma"), "alpha.parquet");
    fs::write(&alpha, &bytes).unwrap();
    spoil(&alpha, &["set", "schema_version", "2"]);
    assert_refused(&servers.export("beta", "gamma"), "alpha.parquet has schema version 2");
    fs::write(&alpha, &bytes).unwrap();
    spoil(&alpha, &["drop", "scan"]);
    assert_refused(&servers.export("beta", "gamma"), "the column scan is missing");
    assert!(!export_of(&servers, "gamma").exists());
}

#[test]
fn the_job_refuses_by_name_what_it_cannot_compare() {
    let servers = exported();
    let (alpha, beta) = (export_of(&servers, "alpha"), export_of(&servers, "beta"));
    let bytes = fs::read(&beta).unwrap();
    let refused = |what: &str| {
        assert_refused(&job(&servers, "result"), what);
        fs::write(&beta, &bytes).unwrap();
    };
    fs::write(&beta, &bytes[..bytes.len() / 2]).unwrap();
    refused("beta.parquet: is no whole Parquet file");
    spoil(&beta, &["set", "schema_version", "2"]);
    refused("beta.parquet: has schema version 2");
    spoil(&beta, &["drop", "sketch"]);
    refused("beta.parquet: the column sketch is missing");
    // A server of the same name, in another state.
    let again = servers.at("exports").join("again.parquet");
    let other = Servers::empty();
    planted::catalogs([&other.catalog("alpha"), &other.catalog("beta")], 40, 4);
    assert_ok(&other.export("beta", "beta"));
    fs::copy(export_of(&other, "beta"), &again).unwrap();
    refused("the server beta was exported twice");
    // A share under two names: alpha's documents as gamma's.
    fs::remove_file(&again).unwrap();
    let gamma = docrot(&[
        "export",
        "--index",
        text(&servers.catalog("alpha")),
        "--to",
        text(&servers.at("elsewhere")),
        "--server",
        "gamma",
    ]);
    assert_ok(&gamma);
    let gamma = servers.at("exports").join("gamma.parquet");
    fs::copy(servers.at("elsewhere/gamma.parquet"), &gamma).unwrap();
    refused("one share was exported twice");
    // And under one: the same file again.
    fs::copy(&alpha, &gamma).unwrap();
    refused("alpha.parquet: ");
    assert!(!servers.at("result/complete").exists());
    assert_refused(&servers.import("result"), "did not come to its end");
}

#[test]
fn a_result_that_is_not_whole_is_not_imported() {
    let servers = exported();
    assert_ok(&job(&servers, "result"));
    let result = servers.at("result");
    let spoiled = |folder: &str, how: &[&str], what: &str| {
        let file = part(&result.join(folder));
        let bytes = fs::read(&file).unwrap();
        match how {
            [] => fs::write(&file, &bytes[..bytes.len() / 2]).unwrap(),
            how => spoil(&file, how),
        }
        assert_refused(&servers.import("result"), what);
        fs::write(&file, bytes).unwrap();
    };
    spoiled("pairs", &[], "result/pairs/");
    spoiled("complete", &[], "result/complete/");
    spoiled("complete", &["set", "schema_version", "2"], "has schema version 2");
    spoiled("complete", &["set", "pairs", "1"], "pairs stand where there should be 1");
    spoiled("complete", &["set", "grouped", "1"], "documents stand where there should be 1");
    spoiled("complete", &["drop", "scan"], "the column scan is missing");
    spoiled("pairs", &["drop", "b"], "the column b is missing");
    spoiled("pairs", &["set", "a", "-5"], "are no pair of documents");
    assert_ok(&servers.import("result"));

    // What is beside the catalogs is told by its name too.
    let beside = servers.catalog("beta").join("candidates.parquet");
    let bytes = fs::read(&beside).unwrap();
    fs::write(&beside, &bytes[..bytes.len() / 2]).unwrap();
    assert_refused(&servers.report(), "candidates.parquet");
}

#[test]
fn a_job_that_dies_leaves_nothing_that_looks_like_a_result() {
    let servers = exported();
    let program = servers.at("job.py");
    fs::write(&program, docrot(&["export", "--job"]).stdout).unwrap();
    let mut engine: Command = python("python", "run_job.py");
    engine.arg(&program).arg(servers.at("exports")).arg("--out").arg(servers.at("result"));
    engine.arg("--work").arg(servers.at("work"));
    let mut job = engine.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    // Its last folder but one: most of the work is done.
    let pairs = servers.at("result/pairs");
    while !pairs.exists() {
        assert!(job.try_wait().unwrap().is_none(), "the job ended before it could be killed");
        std::thread::yield_now();
    }
    job.kill().unwrap();
    job.wait().unwrap();
    assert_refused(&servers.import("result"), "did not come to its end; run it again");
    assert!(!servers.catalog("alpha").join("candidates.parquet").exists());
}
