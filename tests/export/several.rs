//! Several servers on the command line: what is told of all of them together, and plans of which
//! each is carried out on its own server.

use std::fs;
use std::process::Output;

use serde_json::Value;

use super::servers::{Servers, assert_ok, docrot, said, text};
use super::{assert_refused, write};

fn prose(subject: &str) -> String {
    format!("The {subject} meets on the first Monday of every month in the long room. ").repeat(6)
}

/// Both shares have the travel rules, alpha twice, and the hotels stand on alpha in a version of
/// beta's.
fn shares() -> Servers {
    let servers = Servers::empty();
    let travel = prose("travel board");
    write(&servers, "alpha", "travel.md", &travel);
    write(&servers, "alpha", "travel copy.md", &travel);
    write(&servers, "beta", "rules/travel.md", &travel);
    write(&servers, "beta", "rules/old/travel.md", &travel);
    let hotels = "A room is booked by the office, which knows what it may cost. ".repeat(6);
    write(&servers, "alpha", "hotels.md", &format!("{hotels} Breakfast is at the porter's."));
    write(&servers, "beta", "hotels.md", &hotels);
    write(&servers, "beta", "none.txt", "");
    servers.scan("alpha");
    servers.scan("beta");
    servers
}

/// With the catalogs of both servers, under their names.
fn with_both(servers: &Servers, arguments: &[&str]) -> Output {
    let named = ["alpha", "beta"].map(|it| format!("{it}={}", text(&servers.catalog(it))));
    docrot(&[arguments, &["--catalog", &named[0], "--catalog", &named[1]]].concat())
}

fn plan(servers: &Servers, server: &str) -> Value {
    let plan = fs::read_to_string(servers.at(&format!("plan.{server}.json"))).unwrap();
    serde_json::from_str(&plan).unwrap()
}

/// Path, disposition and survivor of every step.
fn steps(plan: &Value) -> Vec<String> {
    let steps = plan["steps"].as_array().unwrap().iter();
    let words = |step: &Value| {
        let [path, what, survivor] = ["path", "disposition", "survivor"]
            .map(|key| step[key].as_str().unwrap_or("").to_owned());
        format!("{path}: {what} {survivor}").trim_end().to_owned()
    };
    steps.map(words).collect()
}

#[test]
fn each_server_has_a_plan_that_looks_at_nothing_elsewhere() {
    let servers = shares();
    let output = servers.at("plan.json");
    let as_of = ["plan", "--as-of", "2026-06-01", "--output", text(&output)];
    let planned = with_both(&servers, &as_of);
    assert_ok(&planned);
    let told = said(&planned);
    assert!(told.contains("alpha: 1 document") && told.contains("beta: 2 documents"), "{told}");

    let (alpha, beta) = (plan(&servers, "alpha"), plan(&servers, "beta"));
    assert_eq!(alpha["roots"][0], text(&servers.at("alpha").canonicalize().unwrap()));
    assert_eq!(
        steps(&beta),
        [
            "hotels.md: review",
            "none.txt: quarantine",
            "rules/old/travel.md: quarantine rules/travel.md",
            "rules/travel.md: review",
        ]
    );
    assert_eq!(steps(&alpha), ["travel copy.md: quarantine travel.md"]);
    for step in [0, 3] {
        let reason = beta["steps"][step]["reason"].as_str().unwrap();
        let place = servers.at("alpha").canonicalize().unwrap();
        assert!(
            reason.contains(&format!(
                "another server, where this plan cannot look: alpha:{}",
                place.display()
            )),
            "{reason}"
        );
    }

    let applied = docrot(&["apply", text(&servers.at("plan.alpha.json")), "--yes"]);
    assert_ok(&applied);
    assert!(!servers.at("alpha/travel copy.md").exists(), "{}", said(&applied));
    assert!(servers.at("alpha/travel.md").exists());
    assert!(servers.at("beta/rules/old/travel.md").exists(), "beta's plan was not carried out");
}

#[test]
fn a_decision_that_rests_on_a_copy_elsewhere_wants_a_name_again() {
    let servers = shares();
    let as_of = ["--as-of", "2026-06-01"];
    let report = with_both(&servers, &[&["report", "--format", "json"], &as_of[..]].concat());
    let report: Value = serde_json::from_slice(&report.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let id = |rule: &str, path: &str| {
        let it = findings.iter().find(|it| it["rule"] == rule && it["path"] == path).unwrap();
        it["id"].as_str().unwrap().to_owned()
    };
    let hotels = id("near-duplicate", "hotels.md");
    let old = id("exact-copy", "rules/old/travel.md");
    for id in [&hotels, &old] {
        let decision = ["decide", id, "delete", "--by", "Kim", "--why", "agreed in May"];
        assert_ok(&with_both(&servers, &[&decision, &as_of[..]].concat()));
    }
    let output = servers.at("plan.json");
    assert_ok(&with_both(&servers, &[&["plan", "--output", text(&output)], &as_of[..]].concat()));
    let beta = plan(&servers, "beta");
    let steps = steps(&beta);
    // The other copy of the rules is looked at; the newer text about hotels cannot be.
    assert!(
        steps.contains(&"rules/old/travel.md: quarantine rules/travel.md".to_owned()),
        "{steps:?}"
    );
    assert_eq!(steps[0], "hotels.md: review");
    assert_eq!(beta["steps"][0]["signed"], Value::Null);
    let reason = beta["steps"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("decided by Kim: quarantine; "), "{reason}");
}

#[test]
fn pairs_and_likes_are_found_across_servers() {
    let servers = shares();
    let pairs = with_both(&servers, &["pairs", "--format", "csv"]);
    assert_ok(&pairs);
    let pairs = said(&pairs);
    let across = pairs.lines().filter(|it| it.contains("alpha:") && it.contains("beta:"));
    // Each of the two on alpha with each of the two on beta, and the hotels.
    assert_eq!(across.count(), 5, "{pairs}");

    fs::write(servers.at("mine.md"), prose("travel board")).unwrap();
    let likes = with_both(&servers, &["similar", text(&servers.at("mine.md"))]);
    assert_ok(&likes);
    let likes = said(&likes);
    assert!(likes.contains("alpha:") && likes.contains("beta:"), "{likes}");
}

#[test]
fn plans_of_several_servers_need_names_and_files() {
    let servers = shares();
    let unnamed = servers.with_catalogs(&["plan", "--output", text(&servers.at("plan.json"))]);
    assert!(
        said(&unnamed).contains("which server is that? say --catalog NAME="),
        "{}",
        said(&unnamed)
    );
    let without_file = with_both(&servers, &["plan"]);
    assert!(said(&without_file).contains("say --output FILE"), "{}", said(&without_file));
    for output in [unnamed, without_file] {
        assert_eq!(output.status.code(), Some(2));
    }
}

#[test]
fn catalogs_that_cannot_be_told_apart_are_refused() {
    let servers = shares();
    let one = text(&servers.catalog("alpha")).to_owned();
    let twice = ["report", "--catalog", &one, "--catalog", &one];
    assert_refused(&docrot(&twice), "is of");
    let named = format!("a={one}");
    let same_name = ["report", "--catalog", &named, "--catalog", &named];
    assert_refused(&docrot(&same_name), "no two may have one name");
}

#[test]
fn each_index_is_compared_with_its_own_folders() {
    let servers = shares();
    let output = servers.at("checks.json");
    let validate = ["validate", "--only", "missing", "--output", text(&output)];
    assert_ok(&with_both(&servers, &validate));
    write(&servers, "beta", "new.md", "What came after the scan");
    fs::remove_file(servers.at("alpha/travel copy.md")).unwrap();
    let failed = with_both(&servers, &validate);
    assert_eq!(failed.status.code(), Some(1), "{}", said(&failed));
    let missing = |server: &str| {
        let report = fs::read_to_string(servers.at(&format!("checks.{server}.json"))).unwrap();
        report.contains("new.md")
    };
    assert_eq!(["alpha", "beta"].map(missing), [false, true]);

    let unnamed = servers.with_catalogs(&validate);
    assert_refused(&unnamed, "name its server");
    let beta = servers.at("beta");
    let folder = [&validate[..], &[text(&beta)]].concat();
    assert_refused(&with_both(&servers, &folder), "name neither folders");
}
