//! What documents are about: found from their texts or given, how it is spread, and where to look.

#[path = "support/command.rs"]
mod command;
#[path = "support/tree.rs"]
mod trees;

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_json::Value;

use command::docrot;
use trees::copy;

const AS_OF: [&str; 2] = ["--as-of", "2026-06-01"];

fn tree() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/subjects/tree")
}

fn scanned(root: &Path) -> tempfile::TempDir {
    let index = tempfile::tempdir().unwrap();
    let output = docrot(&["scan", root.to_str().unwrap()], index.path());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    index
}

/// The index of the shared drive among the fixtures.
static DRIVE: LazyLock<tempfile::TempDir> = LazyLock::new(|| scanned(&tree()));

fn json(arguments: &[&str], index: &Path) -> Value {
    let arguments = [arguments, &["--format", "json"], &AS_OF].concat();
    let output = docrot(&arguments, index);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn text(arguments: &[&str], index: &Path) -> String {
    let arguments = [arguments, &AS_OF].concat();
    let output = docrot(&arguments, index);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn file(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path
}

/// The subject that a document is of, the broadest.
fn subject_of<'a>(subjects: &'a Value, path: &str) -> Option<&'a str> {
    let documents = subjects["documents"].as_array().unwrap();
    documents.iter().find(|it| it["path"] == path)?["subjects"][0].as_str()
}

#[test]
fn documents_on_one_thing_are_one_subject_wherever_they_lie() {
    let subjects = json(&["subjects"], DRIVE.path());
    assert_eq!(subjects["subjects"].as_array().unwrap().len(), 3, "{subjects:#}");
    let of = |path| subject_of(&subjects, path).unwrap_or_default();
    let travel = of("Finance/Policies/Travel expenses policy.md");
    assert_eq!(travel, "Travel expenses");
    for path in ["IT/Travel portal.md", "Sales/Team/On the road.md", "HR/Intranet/Travel.md"] {
        assert_eq!(of(path), travel, "{path}");
    }
    let fire = of("Facilities/Fire safety/Evacuation.md");
    assert_eq!(of("Lab/Fire safety for newcomers to the lab.md"), fire);
    assert!(fire != travel && of("HR/Onboarding/Mentors.md") != travel);
    let names = subjects["subjects"].as_array().unwrap().iter();
    let travel = names.clone().find(|it| it["name"] == travel).unwrap();
    assert_eq!((&travel["documents"], &travel["folders"]), (&10.into(), &9.into()));
    assert_eq!(travel["owners"], 5);
    assert_eq!(travel.get("documents_by_owner"), None, "people are added up only where allowed");
}

#[test]
fn a_scattered_subject_is_a_note_with_its_measures() {
    let report = json(&["report"], DRIVE.path());
    let findings = report["findings"].as_array().unwrap();
    let of = |rule: &str| findings.iter().filter(|it| it["rule"] == rule).collect::<Vec<_>>();
    let scattered = of("scattered");
    assert_eq!(scattered.len(), 1, "{scattered:#?}");
    assert_eq!(scattered[0]["category"], "scattered");
    assert_eq!(scattered[0]["severity"], "note");
    let told = scattered[0]["evidence"][0]["value"].as_str().unwrap();
    assert!(told.starts_with("Travel expenses: 10 documents in 9 folders, 5 owners; "), "{told}");
    // All fire documents that say by whom they are name one person, who is not named here.
    let one_author = of("one-author");
    assert_eq!(one_author.len(), 1, "{one_author:#?}");
    assert!(!one_author[0].to_string().contains("Arslan"));
    let told = one_author[0]["evidence"][0]["value"].as_str().unwrap();
    assert!(told.ends_with("documents that name an author are by one person"), "{told}");
    assert_eq!(report["figures"]["decisions_open"], 0);
    assert_eq!(report["subjects"].as_array().unwrap().len(), 3);
    assert_eq!(report["no_subjects"], Value::Null);
}

#[test]
fn pages_have_a_table_of_subjects_and_folders_and_workbooks_a_sheet() {
    let page = text(&["report", "--format", "html"], DRIVE.path());
    let section = page.split("<section id=\"subjects\"").nth(1).unwrap();
    let section = section.split("</section>").next().unwrap();
    assert!(section.contains("<th scope=\"row\"><bdi>Travel expenses</bdi></th>"), "{section}");
    assert!(section.contains("<th class=\"n\" scope=\"col\"><bdi>Finance</bdi></th>"), "{section}");

    let folder = tempfile::tempdir().unwrap();
    let workbook = folder.path().join("report.xlsx");
    text(&["report", "--output", workbook.to_str().unwrap()], DRIVE.path());
    let mut workbook = zip::ZipArchive::new(fs::File::open(workbook).unwrap()).unwrap();
    let mut sheets = String::new();
    workbook.by_name("xl/workbook.xml").unwrap().read_to_string(&mut sheets).unwrap();
    assert!(sheets.contains("name=\"Subjects\""), "{sheets}");
}

#[test]
fn people_are_named_where_the_policy_allows_it() {
    let folder = tempfile::tempdir().unwrap();
    let policy = file(folder.path(), "docrot.toml", "[owners]\nname_people = true\n");
    let policy = policy.to_str().unwrap();
    let report = json(&["report", "--config", policy], DRIVE.path());
    assert!(report.to_string().contains("cem arslan"), "{report:#}");
}

#[test]
fn one_subject_is_told_with_a_reading_list_at_eighty_columns() {
    let told = text(&["subjects", "travel"], DRIVE.path());
    assert!(told.starts_with("Travel expenses\n"), "{told}");
    for words in ["Owners: ", "Spread: ", "What to read, the first first", "Finance/Policies"] {
        assert!(told.contains(words), "{words}: {told}");
    }
    let all = text(&["subjects"], DRIVE.path());
    assert!(told.lines().chain(all.lines()).all(|line| line.chars().count() <= 80), "{told}{all}");
    let one = json(&["subjects", "travel expenses"], DRIVE.path());
    assert_eq!(one["reading_list"].as_array().unwrap().len(), 10);
    let output = docrot(&["subjects", "cryptography"], DRIVE.path());
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn where_tells_folders_and_owners() {
    let found = json(&["where", "mileage"], DRIVE.path());
    let folders = found["folders"].as_array().unwrap();
    assert!(folders.iter().any(|it| it["path"] == "Finance/Policies"), "{found:#}");
    assert!(found["owners"].to_string().contains("finance@example.org"));
    let nothing = text(&["where", "cryptography"], DRIVE.path());
    assert_eq!(nothing, "No document matches cryptography\n");
    // An owner who has none of them is no match, not a list of nothing.
    let nobody = text(&["where", "travel", "owner:nobody-of-this-name"], DRIVE.path());
    assert!(nobody.contains("No document matches"), "{nobody}");
    let told = text(&["where", "travel", "owner:sales"], DRIVE.path());
    assert!(told.contains("Sales/") && !told.contains("Finance/"), "{told}");
}

#[test]
fn the_same_tree_has_the_same_subjects_however_it_was_crawled() {
    // One index grew folder by folder, the last ones first; the other was made in one go.
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("drive");
    fs::create_dir(&root).unwrap();
    let grown = tempfile::tempdir().unwrap();
    for name in ["Works council", "Sales", "Projects", "Lab", "IT", "HR", "Finance", "Facilities"] {
        copy(&tree().join(name), &root.join(name));
        let scan = docrot(&["scan", root.to_str().unwrap()], grown.path());
        assert!(scan.status.success(), "{}", String::from_utf8_lossy(&scan.stderr));
    }
    let again = scanned(&root);
    let one = text(&["subjects", "--all"], grown.path());
    assert!(one.starts_with("3 subjects"), "{one}");
    assert_eq!(one, text(&["subjects", "--all"], again.path()));
}

#[test]
fn given_subjects_take_the_documents_that_say_their_terms_and_the_rest_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let table = "term,synonyms,broader\nTravel expenses,mileage;hotel,Money\nMoney,,\n\
                 Fire safety,extinguisher,\nfire SAFETY,evacuation,\nCryptography,,Nowhere\n";
    file(folder.path(), "own.csv", table);
    let policy = file(folder.path(), "docrot.toml", "[subjects]\ntaxonomy = \"own.csv\"\n");
    let subjects = json(&["subjects", "--config", policy.to_str().unwrap()], DRIVE.path());
    assert_eq!(subjects["given"], true);
    let of = |path| subject_of(&subjects, path);
    assert_eq!(of("Finance/Policies/Travel expenses policy.md"), Some("Money"));
    assert_eq!(of("Facilities/Fire safety/Evacuation.md"), Some("Fire safety"));
    let nowhere = subjects["nowhere"].as_array().unwrap();
    assert!(nowhere.iter().any(|it| it["path"] == "HR/Onboarding/Mentors.md"), "{nowhere:?}");
    let names = subjects["subjects"].as_array().unwrap().iter();
    let names: Vec<_> = names.map(|it| it["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"Travel expenses") && !names.contains(&"Cryptography"), "{names:?}");

    let turtle = "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n\
                  <urn:fire> skos:prefLabel \"Fire safety\"@en ; skos:altLabel \"evacuation\" .\n";
    file(folder.path(), "own.ttl", turtle);
    let policy = file(folder.path(), "ttl.toml", "[subjects]\ntaxonomy = \"own.ttl\"\n");
    let subjects = json(&["subjects", "--config", policy.to_str().unwrap()], DRIVE.path());
    assert_eq!(subject_of(&subjects, "Facilities/Fire safety/Evacuation.md"), Some("Fire safety"));
}

#[test]
fn states_of_articles_are_told_where_the_policy_maps_them() {
    let folder = tempfile::tempdir().unwrap();
    let states = "[subjects.states]\ndraft = \"work_in_progress\"\napproved = \"validated\"\n";
    let policy = file(folder.path(), "docrot.toml", states);
    let arguments = ["subjects", "travel expenses", "--config", policy.to_str().unwrap()];
    let one = json(&arguments, DRIVE.path());
    assert_eq!(one["states"]["work_in_progress"], 4, "{one:#}");
    assert_eq!(one["states"]["validated"], 6);
}

#[test]
fn where_nothing_tells_documents_apart_there_are_no_subjects_to_speak_of() {
    let folder = tempfile::tempdir().unwrap();
    let told = |index: &tempfile::TempDir| text(&["subjects"], index.path());
    for at in 0..10 {
        file(folder.path(), &format!("{at}.md"), &format!("# Note {at}\n\nSomething about {at}."));
    }
    assert!(told(&scanned(folder.path())).starts_with("No subjects to speak of"));

    let numbers = tempfile::tempdir().unwrap();
    for at in 0..40_u64 {
        let rows = (0..60_u64).map(|row| format!("{} {}.5\n", at * 7_919 + row, row * at));
        file(numbers.path(), &format!("{at}.txt"), &rows.collect::<String>());
    }
    assert!(told(&scanned(numbers.path())).starts_with("No subjects to speak of"));

    let logs = tempfile::tempdir().unwrap();
    for at in 0..60_u64 {
        let rows = (0..30_u64).map(|row| {
            let (id, word) =
                (at * 1_000 + row, ["started", "stopped", "waiting"][(row % 3) as usize]);
            format!("2026-01-02 10:{row:02}:00 INFO worker-{id:x} request {id} {word} code=200\n")
        });
        file(logs.path(), &format!("{at}.log.txt"), &rows.collect::<String>());
    }
    assert!(told(&scanned(logs.path())).starts_with("No subjects to speak of"));
}

#[test]
fn among_more_documents_than_the_policy_allows_no_subjects_are_looked_for_and_that_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let few = file(folder.path(), "few.toml", "[subjects]\nmost_documents = 10\n");
    let enough = file(folder.path(), "enough.toml", "[subjects]\nmost_documents = 10000\n");
    let with = |config: &Path| ["report", "--config", config.to_str().unwrap()].map(str::to_owned);
    let report = |config: &Path| {
        let arguments = with(config);
        json(&arguments.each_ref().map(String::as_str), DRIVE.path())
    };
    assert_eq!(report(&few)["no_subjects"], "too-many-documents");
    assert_eq!(report(&few)["subjects"].as_array().unwrap().len(), 0);
    assert_eq!(report(&enough)["no_subjects"], Value::Null);
    let arguments = with(&few);
    let told = text(&["subjects", &arguments[1], &arguments[2]], DRIVE.path());
    assert!(told.contains("most_documents"), "{told}");
}
