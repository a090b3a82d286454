//! Two shares, their catalogs, exports and what a job made of them, all below one folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Servers `alpha` and `beta`.
pub(crate) struct Servers {
    pub(crate) folder: tempfile::TempDir,
}

impl Servers {
    /// Shares without a document.
    pub(crate) fn empty() -> Self {
        let servers = Self { folder: tempfile::tempdir().expect("a temporary folder can be made") };
        for server in ["alpha", "beta"] {
            fs::create_dir(servers.at(server)).expect("it is new");
        }
        servers
    }

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn catalog(&self, server: &str) -> PathBuf {
        self.at(&format!("catalog-{server}"))
    }

    pub(crate) fn scan(&self, server: &str) {
        let (root, index) = (self.at(server), self.catalog(server));
        assert_ok(&docrot(&["scan", text(&root), "--index", text(&index)]));
    }

    pub(crate) fn export(&self, server: &str, name: &str) -> Output {
        let (index, to) = (self.catalog(server), self.at("exports"));
        docrot(&["export", "--index", text(&index), "--to", text(&to), "--server", name])
    }

    /// Runs the job that docrot carries, by a script that knows an engine, into a folder of this
    /// name.
    pub(crate) fn job(&self, mut engine: Command, result: &str) -> Output {
        let job = self.at("job.py");
        fs::write(&job, docrot(&["export", "--job"]).stdout).expect("it can be written");
        let work = self.at(&format!("work-{result}"));
        engine.arg(job).arg(self.at("exports"));
        engine.arg("--out").arg(self.at(result)).arg("--work").arg(work);
        engine.output().expect("Python can be started")
    }

    pub(crate) fn with_catalogs(&self, arguments: &[&str]) -> Output {
        let named = ["alpha", "beta"].map(|it| text(&self.catalog(it)).to_owned());
        let more = ["--catalog", &named[0], "--catalog", &named[1]];
        docrot(&[arguments, &more].concat())
    }

    pub(crate) fn import(&self, result: &str) -> Output {
        self.with_catalogs(&["import", text(&self.at(result))])
    }

    pub(crate) fn report(&self) -> Output {
        self.with_catalogs(&["report", "--as-of", "2026-06-01", "--format", "json"])
    }
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("the test names it")
}

pub(crate) fn docrot(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_docrot"));
    command.args(arguments).env_remove("DOCROT_CONFIG").env_remove("DOCROT_INDEX");
    command.output().expect("docrot can be started")
}

/// A script beside this file, for the Python of an environment that `tests/export/setup` made.
pub(crate) fn python(environment: &str, script: &str) -> Command {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program = repository.join("target").join(environment).join("bin/python");
    assert!(program.exists(), "there is no {}: run tests/export/setup", program.display());
    let mut command = Command::new(program);
    command.arg(repository.join("tests/export").join(script));
    command
}

#[track_caller]
pub(crate) fn assert_ok(output: &Output) {
    assert!(output.status.success(), "{}", said(output));
}

pub(crate) fn said(output: &Output) -> String {
    let [out, err] = [&output.stdout, &output.stderr].map(|it| String::from_utf8_lossy(it));
    format!("{out}{err}")
}
