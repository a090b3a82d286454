//! Plans that were edited into nonsense, are for another tree, or meet a tree that has changed: each
//! step is refused by name, nothing is moved, and the journal says why.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use docrot::plan::{
    Disk, Disposition, HeldPaths, History, ItemState, Kept, Plan, Refusal, Selection,
};
use docrot::rot::{Globs, Hold};

use super::tree::{Tree, now, signed};

fn tree() -> Tree {
    Tree::new(&[("a.md", "text"), ("b.md", "text"), ("c/d.md", "text"), ("other.md", "words")])
}

/// Applies a plan of one step, which must be refused for this reason, and leave all as it is.
fn refuses(tree: &Tree, plan: &Plan, word: &str) {
    let before = tree.snapshot();
    assert_eq!(tree.simulate(plan).words, [word]);
    let ran = tree.apply(plan);
    assert_eq!(ran.words, [word]);
    assert_eq!(ran.tally.refused, 1);
    assert_eq!(tree.snapshot(), before);
    let history = History::read(&tree.quarantine()).unwrap();
    assert!(!history.not_taken.last().unwrap().reason.is_empty());
}

#[test]
fn documents_and_survivors_that_changed_stop_their_step() {
    let tree = tree();
    let plan = tree.plan(vec![tree.step("b.md", Some("a.md"), Disposition::Quarantine)]);
    for path in ["a.md", "b.md"] {
        let content = fs::read(tree.path(path)).unwrap();
        // Of the same size, so that only its bytes tell.
        fs::write(tree.path(path), "test").unwrap();
        refuses(&tree, &plan, "changed");
        fs::remove_file(tree.path(path)).unwrap();
        refuses(&tree, &plan, "missing");
        symlink(tree.path("c/d.md"), tree.path(path)).unwrap();
        refuses(&tree, &plan, "not-a-file");
        fs::remove_file(tree.path(path)).unwrap();
        fs::create_dir(tree.path(path)).unwrap();
        refuses(&tree, &plan, "not-a-file");
        fs::remove_dir(tree.path(path)).unwrap();
        fs::write(tree.path(path), content).unwrap();
    }
    assert_eq!(tree.apply(&plan).words, ["done"]);
}

#[test]
fn a_name_of_the_same_file_is_no_copy() {
    let tree = tree();
    fs::hard_link(tree.path("a.md"), tree.path("link.md")).unwrap();
    let plan = tree.plan(vec![tree.step("link.md", Some("a.md"), Disposition::Quarantine)]);
    refuses(&tree, &plan, "same-file");
    let itself = tree.plan(vec![tree.step("a.md", Some("a.md"), Disposition::Quarantine)]);
    refuses(&tree, &itself, "survivor-goes");
}

#[test]
fn copies_that_name_each_other_all_stay() {
    let tree = tree();
    let step = |path, survivor| tree.step(path, Some(survivor), Disposition::Quarantine);
    let ring =
        tree.plan(vec![step("a.md", "b.md"), step("b.md", "c/d.md"), step("c/d.md", "a.md")]);
    assert_eq!(tree.apply(&ring).words, ["survivor-goes"; 3]);
    let twice = tree.plan(vec![step("b.md", "a.md"), step("b.md", "c/d.md")]);
    assert_eq!(tree.apply(&twice).words, ["done", "twice"]);
}

#[test]
fn the_last_copy_goes_only_with_a_name_to_it() {
    let tree = tree();
    let step = tree.step("other.md", None, Disposition::Quarantine);
    refuses(&tree, &tree.plan(vec![step.clone()]), "last-copy");
    let unlike = tree.step("other.md", Some("a.md"), Disposition::Quarantine);
    refuses(&tree, &tree.plan(vec![unlike.clone()]), "last-copy");
    for disposition in [Disposition::HardLink, Disposition::Reflink] {
        let step = signed(tree.step("other.md", Some("a.md"), disposition));
        refuses(&tree, &tree.plan(vec![step]), "nonsense");
    }
    assert_eq!(tree.apply(&tree.plan(vec![signed(step)])).words, ["done"]);
}

#[test]
fn holds_of_the_plan_and_of_the_policy_bind() {
    let mut tree = tree();
    let step = signed(tree.step("c/d.md", Some("a.md"), Disposition::Quarantine));
    let mut plan = tree.plan(vec![step.clone()]);
    let hold = |until: &str| HeldPaths {
        paths: vec!["c/**".to_owned()],
        reason: "Doe v. Roe".to_owned(),
        until: until.parse().ok(),
    };
    plan.holds = vec![hold("")];
    refuses(&tree, &plan, "legal-hold");
    plan.holds[0].paths = vec!["[".to_owned()];
    refuses(&tree, &plan, "legal-hold");
    plan.holds.clear();
    let paths = Globs::new(["c/*"]).unwrap();
    tree.policy.holds = vec![Hold { paths, ..Hold::default() }];
    refuses(&tree, &plan, "legal-hold");
    tree.policy.holds.clear();
    for until in ["2026-11-24", "2030-01-01", ""] {
        let retention = Some(Kept { class: "FIN".to_owned(), until: until.parse().ok() });
        plan.steps = vec![docrot::plan::Step { retention, ..step.clone() }];
        refuses(&tree, &plan, "retention");
    }
    plan.steps[0].retention = Some(Kept { class: "FIN".into(), until: "2026-11-23".parse().ok() });
    plan.holds = vec![hold("2026-11-23")];
    assert_eq!(tree.apply(&plan).words, ["done"]);
}

#[test]
fn paths_that_leave_the_tree_are_refused() {
    let tree = tree();
    fs::write(tree.folder.path().join("outside.md"), "text").unwrap();
    symlink(tree.folder.path(), tree.path("way-out")).unwrap();
    let good = tree.plan(vec![tree.step("b.md", Some("a.md"), Disposition::Quarantine)]).to_json();
    let outside = tree.folder.path().join("outside.md");
    for path in [
        "../outside.md",
        "c/../../outside.md",
        outside.to_str().unwrap(),
        "",
        ".",
        "c/.",
        "c//d.md",
        "./b.md",
        "b.md/",
    ] {
        for key in ["path", "survivor"] {
            let (from, to) = match key {
                "path" => ("\"path\": \"b.md\"", format!("\"path\": \"{path}\"")),
                _ => ("\"survivor\": \"a.md\"", format!("\"survivor\": \"{path}\"")),
            };
            let edited = good.replace(from, &to);
            assert_ne!(edited, good);
            refuses(&tree, &Plan::from_json(&edited).unwrap(), "nonsense");
        }
    }
    let through = good.replace("\"path\": \"b.md\"", "\"path\": \"way-out/outside.md\"");
    refuses(&tree, &Plan::from_json(&through).unwrap(), "not-a-file");
    assert!(outside.exists());
}

#[test]
fn steps_edited_into_nonsense_are_refused_and_the_others_are_taken() {
    let tree = tree();
    let step = |path| tree.step(path, Some("a.md"), Disposition::Quarantine);
    let good = tree.plan(vec![step("b.md"), step("c/d.md")]).to_json();
    let hash = tree.content("a.md").hash.to_string();
    let edits = [
        ("\"quarantine\"", "\"shred\"".to_owned()),
        ("\"size\": 4", "\"size\": -1".to_owned()),
        ("\"survivor\": \"a.md\",", String::new()),
        ("\"survivor_expected\": {", "\"whatever\": {".to_owned()),
        ("\"certain\"", "\"sure\"".to_owned()),
        (&hash, "00".to_owned()),
        ("\"path\": \"b.md\"", "\"path\": 7".to_owned()),
        ("\"path\": \"b.md\"", "\"path\": \"b\\u0000.md\"".to_owned()),
    ];
    for (from, to) in &edits {
        let edited = good.replacen(from, to, 1);
        assert_ne!(edited, good, "{from}");
        let plan = Plan::from_json(&edited).unwrap();
        assert_eq!(plan.broken.len(), 1, "{from}");
        assert_eq!(tree.apply(&plan).words, ["nonsense", "done"], "{from}");
        assert_eq!(tree.undo().done, 1);
    }
    for (from, to) in
        [("\"schema_version\": 1", "\"schema_version\": 2"), ("{", "["), ("\"roots\"", "\"x\"")]
    {
        assert!(Plan::from_json(&good.replacen(from, to, 1)).is_err(), "{from}");
    }
}

#[test]
fn a_plan_for_another_tree_moves_nothing() {
    let (tree, other) = (tree(), Tree::new(&[("a.md", "else"), ("b.md", "not")]));
    let steps = ["b.md", "c/d.md"].map(|it| tree.step(it, Some("a.md"), Disposition::Quarantine));
    let before = other.snapshot();
    assert_eq!(other.apply(&tree.plan(steps.to_vec())).words, ["changed", "missing"]);
    assert_eq!(other.snapshot(), before);
}

#[test]
fn names_that_are_taken_are_refused() {
    let tree = tree();
    let plan = tree.plan(vec![tree.step("b.md", Some("a.md"), Disposition::Pointer)]);
    fs::write(tree.path("b.md.moved.txt"), "mine").unwrap();
    refuses(&tree, &plan, "name-taken");
    // As a file system without case has it: the name in the archive is taken by another document.
    let archived = signed(tree.step("other.md", None, Disposition::Archive));
    let place = tree.folder.path().join("unclassified");
    fs::create_dir(&place).unwrap();
    fs::write(place.join("other.md"), "another").unwrap();
    let ran = tree.apply(&tree.plan(vec![archived]));
    assert_eq!(ran.words, ["name-taken"]);
    assert_eq!(fs::read(place.join("other.md")).unwrap(), b"another");
    assert!(tree.path("other.md").exists());
}

#[test]
fn taking_back_replaces_nothing() {
    let tree = tree();
    for disposition in [Disposition::Quarantine, Disposition::Pointer] {
        tree.apply(&tree.plan(vec![tree.step("b.md", Some("a.md"), disposition)]));
        fs::write(tree.path("b.md"), "somebody's new text").unwrap();
        assert_eq!(tree.undo().refused, 1);
        assert_eq!(fs::read(tree.path("b.md")).unwrap(), b"somebody's new text");
        fs::remove_file(tree.path("b.md")).unwrap();
        assert_eq!(tree.undo().done, 1);
        assert_eq!(fs::read(tree.path("b.md")).unwrap(), b"text");
    }
    // A text that points to the copy, and in which somebody has taken notes, is not thrown away.
    tree.apply(&tree.plan(vec![tree.step("b.md", Some("a.md"), Disposition::Pointer)]));
    fs::write(tree.path("b.md.moved.txt"), "notes").unwrap();
    assert_eq!(tree.undo().refused, 1);
    assert_eq!(fs::read(tree.path("b.md.moved.txt")).unwrap(), b"notes");
    assert!(!tree.path("b.md").exists());
}

#[test]
fn what_was_changed_in_quarantine_does_not_come_back_unnoticed() {
    let tree = tree();
    tree.apply(&tree.plan(vec![tree.step("b.md", Some("a.md"), Disposition::Quarantine)]));
    let history = History::read(&tree.quarantine()).unwrap();
    assert_eq!(history.changed(), []);
    let lies = history.moved[0].lies.clone().unwrap();
    fs::set_permissions(&lies, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&lies, "test").unwrap();
    assert_eq!(history.changed().len(), 1);
    assert_eq!(tree.undo().refused, 1);
    fs::write(&lies, "text").unwrap();
    assert_eq!(tree.undo().done, 1);
}

#[test]
fn a_full_disk_refuses_the_step_and_leaves_the_document() {
    let tree = tree();
    let step = |path| tree.step(path, Some("a.md"), Disposition::Quarantine);
    let plan = tree.plan(vec![step("b.md"), step("c/d.md")]);
    for change in ["write", "make folder", "create", "attributes"] {
        let before = tree.files();
        let is_first = std::sync::atomic::AtomicBool::new(true);
        let disk = Disk::watched(move |it| match it {
            "move" => Err(std::io::ErrorKind::CrossesDevices.into()),
            _ if it == change && is_first.swap(false, std::sync::atomic::Ordering::Relaxed) => {
                Err(std::io::ErrorKind::StorageFull.into())
            }
            _ => Ok(()),
        });
        // The journal and the plan's copy are there already.
        tree.apply(&tree.plan(Vec::new()));
        tree.apply(&Plan { steps: Vec::new(), ..plan.clone() });
        let Ok(ran) = tree.apply_on(&plan, disk) else { continue };
        assert!(ran.words.contains(&"io-error".to_owned()) || ran.tally.done == 2, "{change}");
        tree.undo();
        assert_eq!(tree.files(), before, "{change}");
    }
}

#[test]
fn an_altered_journal_stops_everything() {
    let tree = tree();
    let plan = tree.plan(vec![tree.step("b.md", Some("a.md"), Disposition::Quarantine)]);
    tree.apply(&plan);
    let journal = tree.quarantine().join("journal.jsonl");
    let text = fs::read_to_string(&journal).unwrap();
    fs::write(&journal, text.replacen("kim", "joe", 1)).unwrap();
    assert!(History::read(&tree.quarantine()).is_err());
    assert!(tree.apply_on(&plan, Disk::default()).is_err());
    assert!(tree.undo_on(&Selection::default(), Disk::default()).is_err());
    fs::write(&journal, text).unwrap();
    assert_eq!(tree.undo().done, 1);
}

#[test]
fn only_old_copies_are_purged_and_never_the_last_one() {
    use docrot::plan::{Purge, PurgeTerms, Quarantine, purge};
    use std::ops::ControlFlow;
    let tree = tree();
    let step = |path| tree.step(path, Some("a.md"), Disposition::Quarantine);
    tree.apply(&tree.plan(vec![step("b.md"), step("c/d.md")]));
    let run = |before, last_copies, acts| {
        let mut quarantine = Quarantine::open(&tree.quarantine(), Disk::default(), now()).unwrap();
        let roots = [tree.root()];
        let what = PurgeTerms { before, last_copies };
        let mut words = Vec::new();
        let mut on_purge = |_: u64, _: &std::path::Path, _: u64, outcome: &Purge| {
            words.push(match outcome {
                Purge::Refused(Refusal::LastCopy) => "last copy",
                Purge::Refused(_) => "refused",
                Purge::Would => "would",
                Purge::Done => "done",
            });
            ControlFlow::Continue(())
        };
        purge(&mut quarantine, what, &tree.terms(&roots), acts, &mut on_purge).unwrap();
        words
    };
    let later = now() + chrono::Duration::days(1);
    assert!(run(now(), false, true).is_empty(), "it is not old enough");
    assert_eq!(run(later, false, false), ["would", "would"]);
    fs::rename(tree.path("a.md"), tree.path("renamed.md")).unwrap();
    assert_eq!(run(later, false, true), ["last copy", "last copy"]);
    fs::rename(tree.path("renamed.md"), tree.path("a.md")).unwrap();
    assert_eq!(run(later, false, true), ["done", "done"]);
    let history = History::read(&tree.quarantine()).unwrap();
    assert!(history.moved.iter().all(|it| it.state == ItemState::Purged));
    assert_eq!(tree.undo().done, 0);
}
