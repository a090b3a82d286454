//! Somebody else works on the tree while a plan is carried out: at every point between two changes
//! each thing a person or program can do to a document or to the copy that stays.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use docrot::plan::{Disk, Disposition};

use super::tree::{Tree, age};

const TEXT: &str = "the text that must not be lost";
const NEW: &str = "what somebody wrote meanwhile";

#[derive(Clone, Copy, Debug)]
enum Act {
    /// Writes into the file that is there.
    Edit,
    /// Writes another file and gives it the name.
    Replace,
    /// Puts a symbolic link in its place.
    Symlink,
    /// Removes it.
    Delete,
    /// Makes a file of that name where there is none.
    Create,
}

impl Act {
    const ALL: [Self; 5] = [Self::Edit, Self::Replace, Self::Symlink, Self::Delete, Self::Create];

    /// Does it; whether the new text was written.
    fn perform(self, path: &Path, aside: &Path) -> io::Result<bool> {
        match self {
            Self::Edit => {
                let mut file = fs::OpenOptions::new().write(true).truncate(true).open(path)?;
                io::Write::write_all(&mut file, NEW.as_bytes())?;
            }
            Self::Replace => {
                fs::write(aside, NEW)?;
                fs::rename(aside, path)?;
            }
            Self::Symlink => {
                std::os::unix::fs::symlink("/etc/hostname", aside)?;
                fs::rename(aside, path)?;
                return Ok(false);
            }
            Self::Delete => {
                fs::remove_file(path)?;
                return Ok(false);
            }
            Self::Create => {
                let mut file = fs::OpenOptions::new().write(true).create_new(true).open(path)?;
                io::Write::write_all(&mut file, NEW.as_bytes())?;
            }
        }
        Ok(true)
    }
}

/// Carries out one step; before change number `at` somebody does `act` to `target`. Returns whether
/// there were so many changes.
fn interleave(act: Act, target: &str, at: usize, disposition: Disposition, is_apart: bool) -> bool {
    let tree = Tree::new(&[("doc.md", TEXT), ("sub/stays.md", TEXT)]);
    for path in ["doc.md", "sub/stays.md"] {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(tree.path(path), fs::Permissions::from_mode(0o644)).unwrap();
        age(&tree.path(path), 1_600_000_000);
    }
    let plan = tree.plan(vec![tree.step("doc.md", Some("sub/stays.md"), disposition)]);
    let (path, aside) = (tree.path(target), tree.path(".somebody"));
    let (count, wrote) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let (counter, flag) = (Arc::clone(&count), Arc::clone(&wrote));
    let disk = Disk::watched(move |change| {
        if counter.fetch_add(1, Ordering::Relaxed) == at {
            flag.store(act.perform(&path, &aside).unwrap_or(false), Ordering::Relaxed);
        }
        match change {
            "move" if is_apart => Err(io::ErrorKind::CrossesDevices.into()),
            _ => Ok(()),
        }
    });
    let case = format!("{act:?} of {target} before change {at}, {disposition:?}, apart {is_apart}");
    let ran = tree.apply_on(&plan, disk).unwrap_or_else(|_| panic!("{case}"));
    let contents = tree.contents();
    // A hard link is the file itself: whoever edits it afterwards edits the copy that stays.
    assert!(contents.contains(TEXT.as_bytes()), "{case}: {:?}", ran.words);
    if wrote.load(Ordering::Relaxed) {
        assert!(contents.contains(NEW.as_bytes()), "{case}: {:?}", ran.words);
    }
    let left = super::tree::names(&tree.root());
    let left = left.iter().filter(|it| it.to_string_lossy().contains(".docrot-")).count();
    assert_eq!(left, 0, "{case}: something is left lying about");
    at < count.load(Ordering::Relaxed)
}

fn interleave_everywhere(disposition: Disposition, is_apart: bool) {
    for act in Act::ALL {
        for target in ["doc.md", "sub/stays.md"] {
            let mut at = 0;
            while interleave(act, target, at, disposition, is_apart) {
                at += 1;
            }
            assert!(10 < at, "there are more changes than {at}");
        }
    }
}

#[test]
fn no_work_is_lost_at_any_point_of_a_move() {
    interleave_everywhere(Disposition::Quarantine, false);
    interleave_everywhere(Disposition::Pointer, false);
    interleave_everywhere(Disposition::HardLink, false);
}

#[test]
fn no_work_is_lost_at_any_point_of_a_copy_to_another_file_system() {
    interleave_everywhere(Disposition::Quarantine, true);
    interleave_everywhere(Disposition::Pointer, true);
}

#[test]
fn no_work_is_lost_to_a_writer_that_never_rests() {
    let groups = 120;
    let files: Vec<(String, String)> = (0..groups)
        .flat_map(|at| [(format!("d{at}.md"), at), (format!("s/{at}.md"), at)])
        .map(|(path, at)| (path, format!("{TEXT} {at}")))
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let tree = Tree::new(&files);
    let steps = (0..groups).map(|at| {
        tree.step(&format!("d{at}.md"), Some(&format!("s/{at}.md")), Disposition::Quarantine)
    });
    let plan = tree.plan(steps.collect());
    let written = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut written = Vec::new();
            for at in 0..groups {
                // From both ends, so that it is met half way.
                let at = if at % 2 == 0 { at } else { groups - at };
                let act = Act::ALL[at % 5];
                let path = match at % 3 {
                    0 => format!("s/{at}.md"),
                    _ => format!("d{at}.md"),
                };
                if act.perform(&tree.path(&path), &tree.path(".somebody")).unwrap_or(false) {
                    written.push(at);
                }
            }
            written
        });
        tree.apply(&plan);
        writer.join().unwrap()
    });
    let contents = tree.contents();
    for at in 0..groups {
        assert!(contents.contains(format!("{TEXT} {at}").as_bytes()), "group {at}");
    }
    let news = super::tree::names(tree.folder.path())
        .iter()
        .filter(|it| fs::read(it).is_ok_and(|it| it == NEW.as_bytes()))
        .count();
    assert_eq!(news, written.len());
}
