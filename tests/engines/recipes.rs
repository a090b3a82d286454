//! The recipes of docs/engines.md for engines that docrot does not speak to, as they stand there.
#![expect(clippy::disallowed_methods, reason = "the tree is the test's own")]

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use crate::planted::{Share, expected, faults};
use crate::server::{folder, free_port, until};

/// The block of the page that has this command in it.
fn recipe(command: &str) -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/engines.md");
    let page = fs::read_to_string(page).unwrap();
    let blocks = page.split("```sh elsewhere\n").skip(1).map(|it| it.split("```").next().unwrap());
    blocks.into_iter().find(|it| it.starts_with(command)).unwrap().trim().to_owned()
}

/// Carries a recipe out on a share, in JSON.
fn carry_out(recipe: &str, share: &Share, environment: &[(&str, String)]) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_docrot")).parent().unwrap();
    let path = format!("{}:{}", program.display(), env::var("PATH").unwrap());
    let tree = share.tree().display().to_string();
    Command::new("bash")
        .args(["-euo", "pipefail", "-c"])
        .arg(format!("{} --format json", recipe.replace("/srv/share", &tree)))
        .env("PATH", path)
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .output()
        .unwrap()
}

#[test]
fn recoll_is_compared_by_its_recipe() {
    let share = Share::new();
    let settings = folder();
    let line = format!("topdirs = {}\n", share.tree().display());
    fs::write(settings.path().join("recoll.conf"), line).unwrap();
    let place = settings.path().display().to_string();
    let indexed = Command::new("recollindex").args(["-c", &place]).output().unwrap();
    assert!(indexed.status.success(), "{}", String::from_utf8_lossy(&indexed.stderr));
    let environment = [("RECOLL_CONFDIR", place)];
    let recipe = recipe("recollq");
    let whole = carry_out(&recipe, &share, &environment);
    assert_eq!(faults(&whole), expected(&[]));
    share.plant();
    assert_eq!(faults(&carry_out(&recipe, &share, &environment)), planted());
}

/// What is found of what is planted where an index has neither texts nor hashes.
fn planted() -> BTreeMap<String, Vec<String>> {
    expected(&[
        ("drift", &["licences/isc.txt"]),
        ("ghosts", &["eips/eip-101.md"]),
        ("missing", &["eips/copy of eip-155.md"]),
        ("moved", &["peps/pep-0006.rst"]),
    ])
}

/// PostgreSQL with the documents of a share.
struct Postgres {
    child: Child,
    environment: Vec<(&'static str, String)>,
    _folder: tempfile::TempDir,
}

impl Postgres {
    fn start() -> Self {
        let (port, place) = (free_port(), folder());
        let programs = newest(Path::new("/usr/lib/postgresql"));
        // It refuses to run as root.
        let is_root = fs::metadata("/proc/self").unwrap().uid() == 0;
        if is_root {
            let id = |flag| {
                let output = Command::new("id").args([flag, "postgres"]).output().unwrap();
                String::from_utf8(output.stdout).unwrap().trim().parse::<u32>().unwrap()
            };
            chown(place.path(), Some(id("-u")), Some(id("-g"))).unwrap();
        }
        let command = |name: &str| {
            let program = programs.join("bin").join(name);
            if !is_root {
                return Command::new(program);
            }
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
            command
        };
        let data = place.path().join("data");
        let mut made = command("initdb");
        made.args(["--auth=trust", "--username=docrot", "--no-sync", "--pgdata"]).arg(&data);
        let made = made.current_dir("/").output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let mut server = command("postgres");
        server.arg("-D").arg(&data).arg("-k").arg(place.path());
        server.args(["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]);
        server.args(["-p", &port.to_string()]).current_dir("/");
        let quiet = server.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let environment = vec![
            ("PGHOST", "127.0.0.1".to_owned()),
            ("PGPORT", port.to_string()),
            ("PGUSER", "docrot".to_owned()),
            ("PGDATABASE", "postgres".to_owned()),
        ];
        let postgres = Self { child: quiet.spawn().unwrap(), environment, _folder: place };
        until("PostgreSQL to answer", || postgres.run("select 1").status.success());
        postgres
    }

    fn run(&self, query: &str) -> Output {
        let mut psql = Command::new("psql");
        psql.args(["-q", "-v", "ON_ERROR_STOP=1", "-c", query]).stdin(Stdio::null());
        psql.envs(self.environment.iter().map(|(name, value)| (name, value))).output().unwrap()
    }

    fn must(&self, query: &str) {
        let output = self.run(query);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // The second of its three ways to stop: at once, and in order.
        let id = self.child.id().to_string();
        let _ = Command::new("kill").args(["-INT", &id]).status();
        let _ = self.child.wait();
    }
}

fn newest(folder: &Path) -> PathBuf {
    let versions =
        fs::read_dir(folder).expect("PostgreSQL is installed").map(|it| it.unwrap().path());
    versions.max().unwrap()
}

#[test]
fn postgresql_is_compared_by_its_recipe() {
    let share = Share::new();
    let postgres = Postgres::start();
    postgres.must(
        "create table documents (path text, title text, content text, modified timestamptz, \
         size bigint, words tsvector generated always as (to_tsvector('english', content)) stored)",
    );
    let quoted = |it: &serde_json::Value| {
        format!("'{}'", it.as_str().map_or_else(|| it.to_string(), |it| it.replace('\'', "''")))
    };
    for (_, entry) in share.entries() {
        let row = ["path", "title", "content", "modified", "size"].map(|it| quoted(&entry[it]));
        postgres.must(&format!("insert into documents values ({})", row.join(", ")));
    }
    let recipe = recipe("psql");
    let whole = carry_out(&recipe, &share, &postgres.environment);
    assert_eq!(faults(&whole), expected(&[]));
    share.plant();
    assert_eq!(faults(&carry_out(&recipe, &share, &postgres.environment)), planted());
}
