//! Every test that docs/guarantees.md names is there, and every promise names one.

use std::fs;
use std::path::Path;

fn text(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What stands between backticks.
fn quoted(line: &str) -> Vec<&str> {
    line.split('`').skip(1).step_by(2).collect()
}

/// The promises, each with the names of its tests and their files.
fn promises(page: &str) -> Vec<(&str, Vec<(&str, &str)>)> {
    let (page, _) = page.split_once("## What is not promised").expect("the page ends with that");
    let mut promises = Vec::new();
    for promise in page.split("\n- **").skip(1) {
        let (promise, rest) = promise.split_once("**").expect("a promise is in bold");
        let (mut tests, mut file) = (Vec::new(), "");
        // Tests stand on the lines that begin with a file.
        for line in rest.lines().filter(|it| it.trim_start().starts_with('`')) {
            for name in quoted(line) {
                match name.ends_with(".rs") {
                    true => file = name,
                    false => tests.push((file, name)),
                }
            }
        }
        promises.push((promise, tests));
    }
    promises
}

#[test]
fn every_promise_has_tests_that_are_there() {
    let page = text("docs/guarantees.md");
    let promises = promises(&page);
    assert!(15 < promises.len(), "the page was not understood: {}", promises.len());
    for (promise, tests) in promises {
        assert!(!tests.is_empty(), "no test tries to break: {promise}");
        for (file, test) in tests {
            // Most are functions; some are made by a macro from a list of names.
            let code = text(file);
            let is_there =
                code.contains(&format!("fn {test}(")) || code.contains(&format!("    {test}: \""));
            assert!(is_there, "{file} has no test {test}, which is to hold: {promise}");
        }
    }
}
