//! A crash at any change to the disk: nothing is lost, and the next run goes on from there.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use docrot::plan::{Disk, Disposition, Plan, Selection};

use super::tree::Tree;

const FILES: &[(&str, &str)] = &[
    ("a/one.md", "the first text"),
    ("a/b/one copy.md", "the first text"),
    ("two.md", "the second text"),
    ("a/two copy.md", "the second text"),
    ("a/none.md", ""),
];

/// A disk on which nothing can be changed any more after so many changes, as after a crash; on which
/// the quarantine is on another file system if asked for. Beside it, how many changes there were.
fn failing(after: usize, is_apart: bool) -> (Disk, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    let disk = Disk::watched(move |change| {
        if after <= counter.fetch_add(1, Ordering::Relaxed) {
            return Err(io::Error::other("crashed"));
        }
        match change {
            "move" if is_apart => Err(io::ErrorKind::CrossesDevices.into()),
            _ => Ok(()),
        }
    });
    (disk, count)
}

fn plan(tree: &Tree, disposition: Disposition) -> Plan {
    tree.plan(vec![
        tree.step("a/b/one copy.md", Some("a/one.md"), disposition),
        tree.step("a/none.md", None, Disposition::Quarantine),
        tree.step("a/two copy.md", Some("two.md"), disposition),
    ])
}

/// Trees in which a hard link is allowed: modes are equal.
fn tree() -> Tree {
    use std::os::unix::fs::PermissionsExt as _;
    let tree = Tree::new(FILES);
    for (path, _) in FILES {
        let mode = std::fs::Permissions::from_mode(0o640);
        std::fs::set_permissions(tree.path(path), mode).unwrap();
    }
    tree
}

/// Crashes the first run after each change in turn, then applies again and takes all back.
fn crash_everywhere(disposition: Disposition, is_apart: bool) {
    for after in 0.. {
        let tree = tree();
        let (before, contents) = (tree.files(), tree.contents());
        let plan = plan(&tree, disposition);
        let (disk, count) = failing(after, is_apart);
        let crashed = tree.apply_on(&plan, disk).is_err();
        let case = format!("{disposition:?} apart {is_apart} after {after}");
        assert!(tree.contents().is_superset(&contents), "{case}: lost at once");
        if !crashed {
            assert!(count.load(Ordering::Relaxed) <= after, "{case}: a crash went unnoticed");
            assert!(30 < after, "{case}: there are more changes than that");
            return;
        }
        let (healthy, _) = failing(usize::MAX, is_apart);
        let again = tree.apply_on(&plan, healthy.clone()).unwrap();
        assert_eq!(again.tally.refused, 0, "{case}: {:?}", again.words);
        assert_eq!(again.tally.done + again.tally.already, 3, "{case}: {:?}", again.words);
        assert!(tree.contents().is_superset(&contents), "{case}: lost by the second run");
        tree.undo_on(&Selection::default(), healthy).unwrap();
        assert_eq!(tree.files(), before, "{case}");
    }
}

/// Crashes taking back after each change in turn, then takes back again.
fn crash_undo_everywhere(disposition: Disposition, is_apart: bool) {
    for after in 0.. {
        let tree = tree();
        let (before, contents) = (tree.files(), tree.contents());
        let (healthy, _) = failing(usize::MAX, is_apart);
        tree.apply_on(&plan(&tree, disposition), healthy.clone()).unwrap();
        let (disk, count) = failing(after, is_apart);
        let crashed = tree.undo_on(&Selection::default(), disk).is_err();
        let case = format!("{disposition:?} apart {is_apart} after {after}");
        assert!(tree.contents().is_superset(&contents), "{case}: lost at once");
        if !crashed {
            assert!(count.load(Ordering::Relaxed) <= after, "{case}: a crash went unnoticed");
            return;
        }
        let again = tree.undo_on(&Selection::default(), healthy).unwrap();
        assert_eq!(again.refused, 0, "{case}");
        assert_eq!(tree.files(), before, "{case}");
    }
}

#[test]
fn a_crash_at_any_change_loses_nothing_and_the_next_run_goes_on() {
    for disposition in [Disposition::Quarantine, Disposition::Pointer, Disposition::HardLink] {
        crash_everywhere(disposition, false);
    }
}

#[test]
fn a_crash_on_the_way_to_another_file_system_loses_nothing() {
    for disposition in [Disposition::Quarantine, Disposition::Pointer, Disposition::HardLink] {
        crash_everywhere(disposition, true);
    }
}

#[test]
fn a_crash_at_any_change_of_taking_back_loses_nothing() {
    for disposition in [Disposition::Quarantine, Disposition::Pointer, Disposition::HardLink] {
        crash_undo_everywhere(disposition, false);
        crash_undo_everywhere(disposition, true);
    }
}

#[test]
fn a_crash_of_the_run_after_a_crash_loses_nothing() {
    for (first, second) in (0..60).step_by(3).flat_map(|it| [(it, 2), (it, 5), (it, 9), (it, 17)]) {
        for is_apart in [false, true] {
            let tree = tree();
            let (before, contents) = (tree.files(), tree.contents());
            let plan = plan(&tree, Disposition::Pointer);
            for after in [first, second] {
                let _ = tree.apply_on(&plan, failing(after, is_apart).0);
                assert!(tree.contents().is_superset(&contents), "{first} {second} {is_apart}");
            }
            let _ = tree.undo_on(&Selection::default(), failing(second, is_apart).0);
            let (healthy, _) = failing(usize::MAX, is_apart);
            let refused = tree.undo_on(&Selection::default(), healthy).unwrap().refused;
            assert_eq!((tree.files(), refused), (before, 0), "{first} {second} {is_apart}");
        }
    }
}
