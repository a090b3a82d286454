//! Several servers in one audit: exports, the Spark job on them, and its result brought back.
//!
//! The job runs on an engine that speaks Spark; `tests/run` installs it.
#![expect(clippy::disallowed_methods, reason = "the trees and results are the test's own")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Two shares, their catalogs, exports and the job's result, all below one folder.
struct Servers {
    folder: tempfile::TempDir,
}

/// Words that are the same for the same seed.
fn prose(seed: usize, count: usize) -> String {
    let word = |at: usize| format!("w{}", (seed * 7_919 + at * 104_729) % 50_021);
    (0..count).map(word).collect::<Vec<_>>().join(" ")
}

impl Servers {
    /// Copies, equal texts, near-duplicates, a drifting chain, parts and stubs, on both servers.
    fn new() -> Self {
        let servers = Self { folder: tempfile::tempdir().unwrap() };
        for seed in 0..12 {
            let text = prose(seed, 160);
            let other = ["alpha", "beta"][seed % 2];
            servers.write("alpha", &format!("text {seed}.md"), &text);
            servers.write("beta", &format!("copy {seed}.md"), &text);
            servers.write(other, &format!("loud {seed}.txt"), &text.to_uppercase());
            servers.write(other, &format!("near {seed}.md"), &format!("{text} and a little more"));
            servers.write("beta", &format!("part {seed}.md"), &prose(seed, 60));
            let words = prose(seed + 50, 400).split(' ').map(str::to_owned).collect::<Vec<_>>();
            for step in 0..5 {
                let server = ["alpha", "beta"][step % 2];
                let text = words[25 * step..25 * step + 240].join(" ");
                servers.write(server, &format!("drift {seed} {step}.md"), &text);
            }
            servers.write("alpha", &format!("stub {seed}.md"), "Nothing to see here yet");
        }
        servers.write("alpha", "owned.md", &format!("---\nowner: Ann\n---\n{}", prose(99, 80)));
        for server in ["alpha", "beta"] {
            let (root, index) = (servers.at(server), servers.at(&format!("catalog-{server}")));
            assert_ok(&docrot(&["scan", text(&root), "--index", text(&index)]));
        }
        servers
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, server: &str, name: &str, text: &str) {
        fs::create_dir_all(self.at(server)).unwrap();
        fs::write(self.at(server).join(name), text).unwrap();
    }

    fn export(&self, server: &str, name: &str) -> Output {
        let (index, to) = (self.at(&format!("catalog-{server}")), self.at("exports"));
        docrot(&["export", "--index", text(&index), "--to", text(&to), "--server", name])
    }

    fn job(&self, result: &str) -> Output {
        let job = self.at("job.py");
        let printed = docrot(&["export", "--job"]);
        fs::write(&job, printed.stdout).unwrap();
        let (out, work, exports) = (self.at(result), self.at("work"), self.at("exports"));
        let arguments = [&*exports, Path::new("--out"), &out, Path::new("--work"), &work];
        python("run_job.py").arg(job).args(arguments).output().unwrap()
    }

    fn with_catalogs(&self, arguments: &[&str]) -> Output {
        let named = ["alpha", "beta"].map(|it| text(&self.at(&format!("catalog-{it}"))).to_owned());
        let more = ["--catalog", &named[0], "--catalog", &named[1]];
        docrot(&[arguments, &more].concat())
    }

    fn report(&self) -> Output {
        self.with_catalogs(&["report", "--as-of", "2026-06-01", "--format", "json"])
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn docrot(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_docrot"));
    command.args(arguments).env_remove("DOCROT_CONFIG").env_remove("DOCROT_INDEX").output().unwrap()
}

fn python(script: &str) -> Command {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program = repository.join("target/python/bin/python");
    assert!(program.exists(), "there is no {}: run tests/run, which makes it", program.display());
    let mut command = Command::new(program);
    command.arg(repository.join("tests/export").join(script));
    command
}

#[track_caller]
fn assert_ok(output: &Output) {
    assert!(output.status.success(), "{}", said(output));
}

/// Asserts a refusal in one line that holds `what`.
#[track_caller]
fn assert_refused(output: &Output, what: &str) {
    let said = said(output);
    assert!(!output.status.success(), "{said}");
    assert!(said.contains(what) && !said.contains("panicked"), "{said}");
}

fn said(output: &Output) -> String {
    let [out, err] = [&output.stdout, &output.stderr].map(|it| String::from_utf8_lossy(it));
    format!("{out}{err}")
}

#[test]
fn the_job_and_one_process_find_the_same_across_servers() {
    let servers = Servers::new();
    assert_ok(&servers.export("alpha", "alpha"));
    assert_ok(&servers.export("beta", "beta"));

    let read = python("read.py").arg(servers.at("exports")).output().unwrap();
    let expected = "133 133 True True\n133 36 Date Datetime(time_unit='us', time_zone='UTC')\n\
                    133 ['alpha', 'beta'] ['Ann']\n";
    assert_eq!(said(&read), expected);

    let alone = servers.report();
    assert_ok(&alone);
    let job = servers.job("result");
    assert_ok(&job);
    let result = servers.at("result");
    assert_ok(&servers.with_catalogs(&["import", text(&result)]));
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
    assert_refused(&servers.with_catalogs(&["import", text(&result)]), "pairs stand where");
    assert_refused(&servers.job("result"), "result");

    servers.write("alpha", "new.md", &prose(0, 150));
    let (root, index) = (servers.at("alpha"), servers.at("catalog-alpha"));
    assert_ok(&docrot(&["scan", text(&root), "--index", text(&index)]));
    assert!(said(&servers.report()).contains("was scanned since it was exported"));
    assert_refused(&servers.with_catalogs(&["import", text(&result)]), "pairs stand where");
}

/// Takes the pairs out of a result.
fn empty(result: &Path) {
    for file in fs::read_dir(result.join("pairs")).unwrap() {
        fs::remove_file(file.unwrap().path()).unwrap();
    }
}

#[test]
fn what_cannot_be_compared_is_refused_by_name() {
    let servers = Servers::new();
    assert_ok(&servers.export("alpha", "alpha"));
    assert_refused(&servers.export("alpha", "alpha"), "alpha.parquet is there already");
    assert_refused(&servers.export("beta", "alpha"), "alpha.parquet is there already");
    assert_refused(&servers.export("alpha", "again"), "alpha.parquet holds these very documents");
    assert_refused(&servers.export("beta", "a/b"), "cannot name a server");

    let whole = servers.at("exports").join("alpha.parquet");
    let bytes = fs::read(&whole).unwrap();
    fs::write(&whole, &bytes[..bytes.len() / 2]).unwrap();
    assert_refused(&servers.export("beta", "beta"), "alpha.parquet");
    assert_refused(&servers.job("result"), "alpha.parquet");
    fs::write(&whole, &bytes).unwrap();
    fs::write(servers.at("exports").join("alpha-again.parquet"), &bytes).unwrap();
    assert_refused(&servers.job("result"), "alpha.parquet");
    assert!(!servers.at("result").join("complete").exists());
    let import = servers.with_catalogs(&["import", text(&servers.at("result"))]);
    assert_refused(&import, "did not come to its end");

    let one = servers.at("catalog-alpha");
    let twice = ["report", "--catalog", text(&one), "--catalog", text(&one)];
    assert_refused(&docrot(&twice), "is of");
    let named = [format!("a={}", one.display()), format!("a={}", one.display())];
    let same_name = ["report", "--catalog", &named[0], "--catalog", &named[1]];
    assert_refused(&docrot(&same_name), "no two may have one name");
}
