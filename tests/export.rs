//! Several servers in one audit: exports, the Spark job on them, and its result brought back.
//!
//! The job runs on an engine that speaks Spark; `tests/run` installs it.
#![expect(clippy::disallowed_methods, reason = "the trees and results are the test's own")]

#[path = "export/groups.rs"]
mod groups;
#[path = "export/planted.rs"]
mod planted;
#[path = "export/refused.rs"]
mod refused;
#[path = "export/servers.rs"]
mod servers;
#[cfg(unix)]
#[path = "export/several.rs"]
mod several;

use std::fs;
use std::path::Path;
use std::process::Output;

use servers::{Servers, assert_ok, docrot, python, said, text};

/// Words that are the same for the same seed.
fn prose(seed: usize, count: usize) -> String {
    let word = |at: usize| format!("w{}", (seed * 7_919 + at * 104_729) % 50_021);
    (0..count).map(word).collect::<Vec<_>>().join(" ")
}

/// Copies, equal texts, near-duplicates, a drifting chain, parts and stubs, on both servers.
fn shares() -> Servers {
    let servers = Servers::empty();
    for seed in 0..12 {
        let text = prose(seed, 160);
        let other = ["alpha", "beta"][seed % 2];
        write(&servers, "alpha", &format!("text {seed}.md"), &text);
        write(&servers, "beta", &format!("copy {seed}.md"), &text);
        write(&servers, other, &format!("loud {seed}.txt"), &text.to_uppercase());
        write(&servers, other, &format!("near {seed}.md"), &format!("{text} and a little more"));
        write(&servers, "beta", &format!("part {seed}.md"), &prose(seed, 60));
        let words = prose(seed + 50, 400).split(' ').map(str::to_owned).collect::<Vec<_>>();
        for step in 0..5 {
            let server = ["alpha", "beta"][step % 2];
            let text = words[25 * step..25 * step + 240].join(" ");
            write(&servers, server, &format!("drift {seed} {step}.md"), &text);
        }
        write(&servers, "alpha", &format!("stub {seed}.md"), "Nothing to see here yet");
    }
    write(
        &servers,
        "alpha",
        "owned.md",
        &format!("---\nowner: Ann\nupdated: 2019-05-04\n---\n{}", prose(99, 80)),
    );
    servers.scan("alpha");
    servers.scan("beta");
    servers
}

/// Puts a document on a server.
fn write(servers: &Servers, server: &str, name: &str, text: &str) {
    let path = servers.at(server).join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Runs the job on an engine that needs no Java.
fn job(servers: &Servers, result: &str) -> Output {
    servers.job(python("python", "run_job.py"), result)
}

/// Asserts a refusal in one line that holds `what`.
#[track_caller]
fn assert_refused(output: &Output, what: &str) {
    let said = said(output);
    assert!(!output.status.success(), "{said}");
    assert!(said.contains(what) && !said.contains("panicked"), "{said}");
}

#[test]
fn the_job_and_one_process_find_the_same_across_servers() {
    let servers = shares();
    assert_ok(&servers.export("alpha", "alpha"));
    assert_ok(&servers.export("beta", "beta"));

    let documentation = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/past-one-machine.md");
    let mut read = python("python", "read.py");
    let read = read.arg(documentation).arg(servers.at("exports")).output().unwrap();
    let found = String::from_utf8_lossy(&read.stdout);
    let expected = "133 133 ['alpha', 'beta'] ['Ann'] True True\nDuckDB True 2\n\
                    Polars True 2\npandas True 20\nSpark True 1\n";
    assert_eq!(found, expected, "{}", said(&read));

    let alone = servers.report();
    assert_ok(&alone);
    let ran = job(&servers, "result");
    assert_ok(&ran);
    let result = servers.at("result");
    assert_ok(&servers.import("result"));
    let together = servers.report();
    assert_eq!(said(&together), said(&alone));
    let report: serde_json::Value = serde_json::from_slice(&together.stdout).unwrap();
    let spans = |group: &serde_json::Value| {
        let roots = group["members"].as_array().unwrap().iter().map(|it| it["root"].as_str());
        roots.collect::<std::collections::BTreeSet<_>>().len() == 2
    };
    let groups = report["groups"].as_array().unwrap();
    for kind in ["exact-copy", "near-duplicate"] {
        assert!(groups.iter().any(|it| it["kind"] == kind && spans(it)), "{kind}");
    }

    let explained = servers.with_catalogs(&["explain", "--as-of", "2026-06-01", "owned.md"]);
    assert_ok(&explained);
    assert!(said(&explained).contains("Ann"), "{}", said(&explained));
    let mixed = ["explain", "--catalog", text(&result), "owned.md"];
    assert_refused(&docrot(&mixed), "result");

    // A result that lost its pairs is no result.
    empty(&result);
    assert_refused(&servers.import("result"), "pairs stand where");
    assert_refused(&job(&servers, "result"), "result");

    write(&servers, "alpha", "new.md", &prose(0, 150));
    servers.scan("alpha");
    assert!(said(&servers.report()).contains("was scanned since it was exported"));
    assert_refused(&servers.import("result"), "pairs stand where");
}

/// Takes the pairs out of a result.
fn empty(result: &Path) {
    for file in fs::read_dir(result.join("pairs")).unwrap() {
        fs::remove_file(file.unwrap().path()).unwrap();
    }
}

#[test]
fn the_job_misses_nothing_of_what_is_planted() {
    let servers = Servers::empty();
    let catalogs = ["alpha", "beta"].map(|it| (it, servers.catalog(it)));
    planted::catalogs([&catalogs[0].1, &catalogs[1].1], 2_000, 7);
    for server in ["alpha", "beta"] {
        assert_ok(&servers.export(server, server));
    }
    let alone = servers.report();
    assert_ok(&alone);
    assert_ok(&job(&servers, "result"));
    let result = servers.at("result");
    let components = groups::components(&result);
    assert_eq!(components, groups::expected_components(&result, &catalogs));
    assert_ok(&servers.import("result"));
    let together = servers.report();
    assert_eq!(said(&together), said(&alone));
}
