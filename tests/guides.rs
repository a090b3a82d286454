//! What the README and the guides say is run: every command, every output that is shown, every
//! configuration.
//!
//! `console` blocks show commands after `$` and their output, in which a line `...` stands for any
//! lines; `sh` blocks are commands that have to succeed; `toml` blocks have to be policies. A block
//! that needs another machine says `elsewhere` after its language: of its commands only that docrot
//! would understand them is tried. In all of them `/srv/share` is the small shared drive of the
//! fixtures, and `/home/you/docrot` this repository. Commands of a page follow upon each other in
//! one working directory, which holds what [`BEFORE`] says.
#![expect(clippy::disallowed_methods, reason = "the tree is the test's own")]

#[path = "support/tree.rs"]
mod tree;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use snapbox::{IntoData as _, assert_data_eq};

use tree::copy;

const REPOSITORY: &str = env!("CARGO_MANIFEST_DIR");
const SHARE: &str = "/srv/share";
/// Folders that pages speak of, each of which is there for them.
const FOLDERS: &[&str] = &["/catalogs", "/lake", "/var/lib/docrot"];

/// What was done before a page is read, where it says so in words.
const BEFORE: &[(&str, &str)] = &[
    ("docs/search.md", "docrot scan /srv/share --quiet"),
    ("docs/outputs.md", "docrot audit /srv/share --output report.xlsx --quiet"),
    (
        "docs/subjects.md",
        "docrot scan /srv/share --quiet; echo 'term,synonyms,broader' > subjects.csv
         echo 'travel expenses,travel,' >> subjects.csv
         printf '[subjects]\\ntaxonomy = \"subjects.csv\"\\n' > docrot.toml",
    ),
    (
        "docs/past-one-machine.md",
        "cp -r /srv/share /lake/bonn
         docrot scan /srv/share --quiet --index /catalogs/berlin
         docrot scan /lake/bonn --quiet --index /catalogs/bonn
         docrot scan /srv/share --quiet",
    ),
    ("docs/validation.md", "docrot scan /srv/share --quiet"),
];

/// A block of a page: its language, whether it is for another machine, its first line and its text.
struct Block {
    language: String,
    is_elsewhere: bool,
    /// The file that it is quoted from.
    file: Option<String>,
    line: usize,
    text: String,
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = page.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let Some(info) = line.strip_prefix("```") else { continue };
        let mut words = info.split([' ', ',']);
        let language = words.next().unwrap_or_default().to_owned();
        let second = words.next().unwrap_or_default();
        let is_elsewhere = second == "elsewhere";
        let file = second.contains('/').then(|| second.to_owned());
        let text = lines.by_ref().map(|it| it.1).take_while(|it| !it.starts_with("```"));
        let text = text.map(|it| format!("{it}\n")).collect();
        blocks.push(Block { language, is_elsewhere, file, line: number + 2, text });
    }
    blocks
}

/// A place where a page can be tried.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let desk = Self { folder };
        copy(&Path::new(REPOSITORY).join("fixtures/trees/policies-share/tree"), &desk.at("share"));
        fs::create_dir_all(desk.at("work")).unwrap();
        fs::create_dir_all(desk.at("home")).unwrap();
        for folder in FOLDERS {
            fs::create_dir_all(desk.at(&folder[1..])).unwrap();
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink(
            Path::new(REPOSITORY).join("fixtures"),
            desk.at("work/fixtures"),
        )
        .unwrap();
        desk
    }

    fn at(&self, path: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(path)
    }

    fn share(&self) -> String {
        self.at("share").to_str().unwrap().to_owned()
    }

    /// Runs a script in the working directory.
    fn run(&self, script: &str) -> Output {
        let program = Path::new(env!("CARGO_BIN_EXE_docrot"));
        let path = std::env::var("PATH").unwrap();
        let path = format!("{}:{path}", program.parent().unwrap().display());
        let mut script = script.replace(SHARE, &self.share());
        for folder in FOLDERS {
            script = script.replace(folder, self.at(&folder[1..]).to_str().unwrap());
        }
        Command::new("bash")
            .args(["-euo", "pipefail", "-c", &script])
            .current_dir(self.at("work"))
            .env("PATH", path)
            .env("HOME", self.at("home"))
            .env("XDG_DATA_HOME", self.at("home/data"))
            .env_remove("DOCROT_CONFIG")
            .env_remove("DOCROT_INDEX")
            .output()
            .unwrap()
    }

    /// What a page would show of an output.
    fn shown(&self, output: &[u8]) -> String {
        let text = String::from_utf8_lossy(output);
        let text = text.replace(&self.share(), SHARE).replace(REPOSITORY, "/home/you/docrot");
        text.replace(self.at("home").to_str().unwrap(), "/home/you")
            .replace(self.at("work").to_str().unwrap(), "/home/you/work")
    }
}

/// The commands of a console block, each with the output that is shown.
fn commands(text: &str) -> Vec<(String, String)> {
    let mut commands: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix("$ "), commands.last_mut()) {
            (Some(command), _) => commands.push((command.to_owned(), String::new())),
            (None, Some((_, output))) => *output += &format!("{line}\n"),
            (None, None) => panic!("output without a command: {line}"),
        }
    }
    // A blank line before the next command is for the eye.
    let trimmed = |output: String| match output.trim_end() {
        "" => String::new(),
        output => format!("{output}\n"),
    };
    commands.into_iter().map(|(command, output)| (command, trimmed(output))).collect()
}

/// Whether docrot would understand each command of its own. Asked for its help as well, it says so
/// and does nothing.
fn try_to_understand(desk: &Desk, block: &Block, place: &str) {
    let lines = block.text.lines().map(str::trim_start).filter(|it| it.starts_with("docrot "));
    for line in lines {
        let command =
            line.split([';', '|', '>', '#']).next().unwrap().trim_end_matches(['\\', ' ']);
        let output = desk.run(&format!("{command} --help"));
        assert!(output.status.success(), "{place}: {line}: {}", desk.shown(&output.stderr));
    }
}

/// Tries everything on a page.
fn try_page(page: &str) {
    let text = fs::read_to_string(Path::new(REPOSITORY).join(page)).unwrap();
    let desk = Desk::new();
    let before = BEFORE.iter().filter(|it| it.0 == page);
    for (_, script) in before {
        let output = desk.run(script);
        assert!(output.status.success(), "{}", desk.shown(&output.stderr));
    }
    for block in blocks(&text) {
        let place = format!("{page}:{}", block.line);
        if block.is_elsewhere {
            try_to_understand(&desk, &block, &place);
            continue;
        }
        match block.language.as_str() {
            "sh" => {
                let output = desk.run(&block.text);
                assert!(
                    output.status.success(),
                    "{place} ended with {}: {}{}",
                    output.status,
                    desk.shown(&output.stdout),
                    desk.shown(&output.stderr)
                );
            }
            "console" => {
                for (command, expected) in commands(&block.text) {
                    let output = desk.run(&command);
                    let actual = desk.shown(&output.stdout) + &desk.shown(&output.stderr);
                    eprintln!("{place}: {command}");
                    let actual = match actual.trim_end() {
                        "" => String::new(),
                        actual => format!("{actual}\n"),
                    };
                    assert_data_eq!(actual, expected.into_data());
                }
            }
            "toml" => {
                let file = desk.at("work/block.toml");
                fs::write(&file, &block.text).unwrap();
                let output = desk.run("docrot rules --policy --config block.toml");
                let said = desk.shown(&output.stderr);
                assert!(output.status.success(), "{place} is no policy: {said}");
            }
            "rust" => {
                // Code is quoted from a file that is compiled, which stands after the language.
                let Some(file) = block.file else { continue };
                let code = fs::read_to_string(Path::new(REPOSITORY).join(&file)).unwrap();
                assert!(code.contains(&block.text), "{place} is not what stands in {file}");
            }
            _ => {}
        }
    }
}

macro_rules! pages {
    ($($name:ident: $page:literal,)*) => {
        /// Every page that is tried.
        const PAGES: &[&str] = &[$($page),*];

        $(
            #[test]
            fn $name() {
                try_page($page);
            }
        )*
    };
}

pages! {
    readme: "README.md",
    first_audit: "docs/first-audit.md",
    monthly_report: "docs/monthly-report.md",
    how_sure: "docs/how-sure.md",
    troubleshooting: "docs/troubleshooting.md",
    extending: "docs/extending.md",
    policy: "docs/policy.md",
    cleanup: "docs/cleanup.md",
    search: "docs/search.md",
    engines: "docs/engines.md",
    validation: "docs/validation.md",
    outputs: "docs/outputs.md",
    past_one_machine: "docs/past-one-machine.md",
    subjects: "docs/subjects.md",
    staleness: "docs/staleness.md",
    reading: "docs/reading.md",
    json_schema: "docs/json-schema.md",
    guarantees: "docs/guarantees.md",
    search_index: "docs/search-index.md",
    security: "docs/security.md",
    mistakes: "docs/mistakes.md",
    packages: "docs/packages.md",
}

/// Every page but records of decisions and of measurements is tried.
#[test]
fn no_page_is_forgotten() {
    for entry in fs::read_dir(Path::new(REPOSITORY).join("docs")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let is_exempt = ["decisions.md", "near-duplicates.md", "benchmarks.md"].contains(&&*name);
        let is_page = name.ends_with(".md") && !is_exempt;
        assert!(!is_page || PAGES.contains(&&*format!("docs/{name}")), "docs/{name}");
    }
}

#[test]
fn pages_are_short() {
    for page in PAGES {
        let text = fs::read_to_string(Path::new(REPOSITORY).join(page)).unwrap();
        let most = if *page == "README.md" { 200 } else { 150 };
        let lines = text.lines().count();
        assert!(lines <= most, "{page} has {lines} lines, and at most {most} are read");
    }
}

/// Every rule has its line in the README.
#[test]
fn the_readme_names_every_rule() {
    let readme = fs::read_to_string(Path::new(REPOSITORY).join("README.md")).unwrap();
    for rule in docrot::rot::RULES {
        assert!(readme.contains(&format!("`{}`", rule.id)), "{}", rule.id);
    }
}

fn sources(folder: &Path, all: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, all);
        } else {
            all.push_str(&fs::read_to_string(path).unwrap_or_default());
        }
    }
}

/// Messages stand in the guide as they are printed; what varies is left out there.
#[test]
fn messages_in_troubleshooting_are_those_of_the_program() {
    let mut code = String::new();
    sources(&Path::new(REPOSITORY).join("src"), &mut code);
    // A sentence goes on behind a break of the line.
    let pieces = code.split("\\\n").map(str::trim_start).collect::<String>();
    let page = fs::read_to_string(Path::new(REPOSITORY).join("docs/troubleshooting.md")).unwrap();
    let tables = page.split("## ").filter(|it| it.contains("| It says | Because |"));
    let mut messages = 0;
    for row in tables.flat_map(str::lines).filter(|it| it.starts_with("| ")).map(str::to_owned) {
        let said = row.split('|').nth(1).unwrap().trim();
        if said == "It says" {
            continue;
        }
        messages += 1;
        for piece in said.split('…').map(|it| it.trim_matches([' ', ';', ':'])) {
            assert!(pieces.contains(piece), "no message has `{piece}`");
        }
    }
    assert!(messages >= 10, "{messages}");
}

/// Runs an example on a folder with a film in it.
fn example(name: &str, arguments: &[&str]) -> String {
    // The examples are built beside the tests.
    let deps = std::env::current_exe().unwrap();
    let folder = deps.ancestors().nth(2).unwrap().join("examples");
    let output = Command::new(folder.join(name)).args(arguments).output();
    let output = output.expect("cargo test --examples builds it, and so does cargo test");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn examples_do_what_they_say() {
    let folder = tempfile::tempdir().unwrap();
    let film = "1\n00:00:01,000 --> 00:00:02,000\nThe wardens meet on Monday.\n";
    fs::write(folder.path().join("film.srt"), film).unwrap();
    fs::write(folder.path().join("empty.txt"), "").unwrap();
    let root = folder.path().to_str().unwrap();
    assert_eq!(example("format", &[root]), "film.srt\t5 words\n");
    assert_eq!(example("scan", &[root, "2026-06-01"]), "warning\tempty\tempty.txt\n");
    let said = example("writer", &[root, "2026-06-01"]);
    assert!(said.starts_with("[empty] empty.txt (") && said.contains("and a page of "), "{said}");
    assert_eq!(example("records", &["2026-06-01"]), "exact-copy\told/travel\n");
}

/// Example policies hold as they stand, and none contradicts itself.
#[test]
fn example_policies_make_sense() {
    let desk = Desk::new();
    let folder = Path::new(REPOSITORY).join("docs/policies");
    let policies = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect::<Vec<_>>();
    assert_eq!(policies.len(), 3);
    for policy in policies {
        let check = format!("docrot policy check --config '{}'", policy.display());
        let output = desk.run(&check);
        let said = desk.shown(&output.stdout) + &desk.shown(&output.stderr);
        assert!(output.status.success(), "{}: {said}", policy.display());
        let audit = format!("docrot audit {SHARE} --quiet --config '{}'", policy.display());
        let output = desk.run(&audit);
        // With a gate, what is found there may be the answer.
        let code = output.status.code();
        assert!(matches!(code, Some(0 | 1)), "{}", desk.shown(&output.stderr));
    }
}

/// The scripts that make packages are scripts, and the service in them starts what there is.
#[test]
fn packages_hold_what_docrot_understands() {
    let desk = Desk::new();
    let packaging = Path::new(REPOSITORY).join("packaging");
    for script in ["build", "check", "release"] {
        let output = desk.run(&format!("bash -n '{}'", packaging.join(script).display()));
        assert!(output.status.success(), "{script}: {}", desk.shown(&output.stderr));
    }
    let service = fs::read_to_string(packaging.join("systemd/docrot.service")).unwrap();
    let start = service.lines().find_map(|it| it.strip_prefix("ExecStart=/usr/bin/")).unwrap();
    let output = desk.run(&format!("{start} --help"));
    assert!(output.status.success(), "{start}: {}", desk.shown(&output.stderr));
    // It can write nowhere else.
    let written = start.split("--output ").nth(1).unwrap();
    assert!(written.starts_with("/var/lib/docrot/"), "{start}");
    assert!(service.contains("StateDirectory=docrot\n"));
}
