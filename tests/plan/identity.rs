//! Applying and taking back is the identity: on contents, names, times and modes, of folders too.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;

use docrot::plan::{Disk, Disposition, History, ItemState, Plan, Selection};
use proptest::prelude::*;

use super::tree::{Tree, age, now, signed};

const NAMES: [&str; 10] = [
    "a.md",
    "b/a.md",
    "b/c/d.txt",
    "b/c/ü – é.md",
    "e f/g.md",
    "h",
    ".hidden/i.md",
    "b/A.md",
    "j\n.md",
    "b/-k.md",
];
const TEXTS: [&str; 4] = ["", "one", "two", "a rather longer text, with words in it"];

fn dispositions() -> impl Strategy<Value = Disposition> {
    proptest::sample::select(Disposition::ALL.to_vec())
}

/// Contents of the files, and for each file what is done with it and which other one stays.
fn trees() -> impl Strategy<Value = Vec<(usize, Option<(Disposition, usize)>)>> {
    let step = proptest::option::of((dispositions(), 0..NAMES.len()));
    proptest::collection::vec((0..TEXTS.len(), step), NAMES.len())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_applied_is_taken_back(drawn in trees(), is_apart: bool, signs: bool) {
        let files: Vec<(&str, &str)> =
            NAMES.iter().zip(&drawn).map(|(name, (text, _))| (*name, TEXTS[*text])).collect();
        let tree = Tree::new(&files);
        let steps = NAMES.iter().zip(&drawn).filter_map(|(name, (_, step))| {
            let (disposition, survivor) = (*step)?;
            let step = tree.step(name, Some(NAMES[survivor]), disposition);
            Some(if signs { signed(step) } else { step })
        });
        let plan = tree.plan(steps.collect());
        prop_assert_eq!(Plan::from_json(&plan.to_json()).unwrap(), plan.clone());

        let (before, contents) = (tree.snapshot(), tree.contents());
        let disk = Disk::watched(move |change| match change {
            "move" if is_apart => Err(std::io::ErrorKind::CrossesDevices.into()),
            _ => Ok(()),
        });
        let would = tree.simulate(&plan);
        prop_assert_eq!(tree.snapshot(), before.clone());
        let ran = tree.apply_on(&plan, disk.clone()).unwrap();
        // Simulating says what is done, but for what only the disk can tell.
        let needs_the_disk = is_apart || drawn.iter().any(|(_, it)| {
            it.is_some_and(|(disposition, _)| disposition == Disposition::Reflink)
        });
        if !needs_the_disk {
            let words = would.words.iter().map(|it| if it == "would" { "done" } else { it });
            prop_assert_eq!(ran.words.iter().map(String::as_str).collect::<Vec<_>>(), words.collect::<Vec<_>>());
        }
        prop_assert!(tree.contents().is_superset(&contents));
        let again = tree.apply(&plan);
        prop_assert_eq!(again.tally.done, 0, "{:?}", again.words);

        let returned = tree.undo_on(&Selection::default(), disk).unwrap();
        prop_assert_eq!((returned.done, returned.refused), (ran.tally.done, 0));
        prop_assert_eq!(tree.snapshot(), before);
        prop_assert!(History::read(&tree.quarantine()).is_ok());
    }

    #[test]
    fn whatever_is_taken_back_first_all_comes_back(drawn in trees(), order in any::<u64>()) {
        let files: Vec<(&str, &str)> =
            NAMES.iter().zip(&drawn).map(|(name, (text, _))| (*name, TEXTS[*text])).collect();
        let tree = Tree::new(&files);
        let steps = NAMES.iter().zip(&drawn).filter_map(|(name, (_, step))| {
            let (disposition, survivor) = (*step)?;
            Some(signed(tree.step(name, Some(NAMES[survivor]), disposition)))
        });
        let before = tree.files();
        tree.apply(&tree.plan(steps.collect()));
        let moved = History::read(&tree.quarantine()).unwrap().moved;
        let mut numbers: Vec<u64> =
            moved.iter().filter(|it| it.state == ItemState::Aside).map(|it| it.number).collect();
        numbers.sort_by_key(|it| it.wrapping_mul(order | 1));
        for number in numbers {
            let selection = Selection { numbers: BTreeSet::from([number]), since: None };
            let returned = tree.undo_on(&selection, Disk::default()).unwrap();
            prop_assert_eq!((returned.done, returned.refused), (1, 0));
        }
        prop_assert_eq!(tree.files(), before);
    }
}

#[test]
fn names_that_are_not_utf8_go_and_come_back() {
    let tree = Tree::new(&[("a.md", "text"), ("b.md", "text")]);
    let odd = tree.root().join(OsStr::from_bytes(b"od\xffd.md"));
    fs::rename(tree.path("b.md"), &odd).unwrap();
    let mut step = tree.step("a.md", None, Disposition::Quarantine);
    step.survivor = Some((step.document.clone(), step.expected));
    step.document.path = odd.strip_prefix(tree.root()).unwrap().into();
    let plan = tree.plan(vec![step]);
    let plan = Plan::from_json(&plan.to_json()).unwrap();
    let before = tree.files();
    assert_eq!(tree.apply(&plan).words, ["done"]);
    assert!(!odd.exists());
    tree.undo();
    assert_eq!(tree.files(), before);
}

#[test]
fn extended_attributes_and_times_survive_another_file_system() {
    let tree = Tree::new(&[("a.md", "text"), ("b.md", "text")]);
    let path = tree.path("b.md");
    let has_attributes =
        rustix::fs::setxattr(&path, "user.note", b"kept", rustix::fs::XattrFlags::empty());
    age(&path, 1_400_000_000);
    let before = tree.snapshot();
    let disk = Disk::watched(|change| match change {
        "move" => Err(std::io::ErrorKind::CrossesDevices.into()),
        _ => Ok(()),
    });
    let plan = tree.plan(vec![tree.step("b.md", Some("a.md"), Disposition::Quarantine)]);
    let inode = fs::metadata(&path).unwrap().ino();
    assert_eq!(tree.apply_on(&plan, disk.clone()).unwrap().words, ["done"]);
    tree.undo_on(&Selection::default(), disk).unwrap();
    assert_ne!(fs::metadata(&path).unwrap().ino(), inode, "it was a copy");
    assert_eq!(tree.snapshot(), before);
    if has_attributes.is_ok() {
        let mut value = [0; 8];
        let length = rustix::fs::getxattr(&path, "user.note", &mut value[..]).unwrap();
        assert_eq!(&value[..length], b"kept");
    }
}

#[test]
fn what_was_taken_back_can_be_applied_again() {
    let tree = Tree::new(&[("a.md", "text"), ("b.md", "text")]);
    let plan = tree.plan(vec![tree.step("b.md", Some("a.md"), Disposition::Quarantine)]);
    let before = tree.snapshot();
    for _ in 0..3 {
        assert_eq!(tree.apply(&plan).words, ["done"]);
        assert_eq!(tree.undo().done, 1);
        assert_eq!(tree.snapshot(), before);
    }
    let history = History::read(&tree.quarantine()).unwrap();
    assert!(history.moved.iter().all(|it| it.state == ItemState::Back));
    assert_eq!(history.moved[0].at, now());
}
