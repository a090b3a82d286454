//! Several docrots at one catalog: one writes, any number look, and nobody sees half of a scan.

use std::path::Path;
use std::process::Stdio;

use docrot::catalog::{Catalog, UpdateOptions};
use docrot::inventory::RootId;

use super::stage::{Stage, remembered};

#[test]
fn a_second_scan_is_refused_and_says_who_is_at_work() {
    let mut stage = Stage::new();
    stage.change();
    let catalog = Catalog::open(&stage.path("index")).unwrap();
    let update = catalog.update(UpdateOptions::default()).unwrap();
    let before = remembered(&stage.path("index"));
    for command in ["scan", "audit"] {
        let second = stage.docrot(&[command, "share"]).output().unwrap();
        let said = String::from_utf8_lossy(&second.stderr).into_owned();
        assert_eq!(second.status.code(), Some(3), "{said}");
        assert!(said.contains(&format!("process {}", std::process::id())), "{said}");
    }
    assert_eq!(remembered(&stage.path("index")), before);
    drop(update);
    stage.run(&["scan", "share"]);
    assert_eq!(remembered(&stage.path("index")), stage.undisturbed().0);
}

#[test]
fn who_looks_while_a_catalog_is_written_sees_the_last_commit() {
    let stage = Stage::new();
    let before = stage.state().remembered;
    let catalog = Catalog::open(&stage.path("index")).unwrap();
    let update = catalog.update(UpdateOptions::default()).unwrap();
    // Taken out, and not committed.
    update.remove(RootId(0), Path::new("1.md")).unwrap();
    assert_eq!(remembered(&stage.path("index")), before);
    for arguments in [
        &["report", "--format", "json"][..],
        &["search", "travel"],
        &["explain", "share/1.md"],
        &["validate"],
        &["export", "--to", "lake", "--server", "a"],
    ] {
        let output = stage.docrot(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        // A validation that finds something ends with 1.
        assert!(output.status.code().is_some_and(|it| it < 2), "{arguments:?}: {said}");
    }
    drop(update);
    assert_eq!(remembered(&stage.path("index")), before);
}

#[test]
fn two_scans_at_once_end_as_one_would() {
    let mut stage = Stage::new();
    for round in 0..5 {
        stage.change();
        let scans = [(); 2].map(|()| {
            let mut command = stage.docrot(&["scan", "share", "--quiet"]);
            command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
        });
        let ends = scans.map(|it| it.wait_with_output().unwrap());
        assert!(ends.iter().any(|it| it.status.success()), "round {round}: {ends:?}");
        for end in ends.iter().filter(|it| !it.status.success()) {
            let said = String::from_utf8_lossy(&end.stderr);
            assert_eq!(end.status.code(), Some(3), "{said}");
            assert!(said.contains("in use"), "round {round}: {said}");
        }
        assert_eq!(remembered(&stage.path("index")), stage.undisturbed().0, "round {round}");
    }
}

#[test]
fn reports_and_searches_during_many_scans_see_whole_commits() {
    let mut stage = Stage::new();
    for round in 0..4 {
        stage.change();
        let mut command = stage.docrot(&["scan", "share", "--quiet"]);
        let mut scan = command.stdout(Stdio::null()).spawn().unwrap();
        while scan.try_wait().unwrap().is_none() {
            stage.run(&["search", "travel"]);
            stage.run(&["report", "--format", "json"]);
            remembered(&stage.path("index"));
        }
        assert!(scan.wait().unwrap().success(), "round {round}");
    }
}
