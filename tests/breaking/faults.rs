//! A system that refuses: full disks, broken disks, lost servers, names too long, interruptions.

use super::Lots;
use super::operations::{OPERATIONS, Operation};
use super::stage::Stage;
use super::trace::{counts, disturbed};

/// A way in which a system refuses: the error, the calls that come by it, and where there are more
/// of them after the first.
struct Fault {
    name: &'static str,
    error: &'static str,
    calls: &'static [&'static str],
    lasts: &'static str,
}

const fn fault(
    name: &'static str,
    error: &'static str,
    calls: &'static [&'static str],
    lasts: &'static str,
) -> Fault {
    Fault { name, error, calls, lasts }
}

/// Whatever lasts does so for calls that do not also carry the words of an error.
const FAULTS: &[Fault] = &[
    fault("the disk is full", "ENOSPC", &["write", "pwrite64"], ""),
    fault("the disk stays full", "ENOSPC", &["fsync", "fdatasync", "mkdir", "ftruncate"], "+"),
    fault("the quota is used up", "EDQUOT", &["write", "mkdir"], ""),
    fault("writing fails", "EIO", &["write", "fsync", "fdatasync", "rename", "renameat2"], ""),
    fault("reading fails", "EIO", &["read", "pread64", "getdents64"], ""),
    fault("access is denied", "EACCES", &["openat", "mkdir", "rename", "renameat2"], ""),
    fault("a server forgot a file", "ESTALE", &["openat", "read", "statx"], ""),
    fault("a mount vanishes", "ENOTCONN", &["openat", "statx", "getdents64"], "+"),
    fault("a name is too long", "ENAMETOOLONG", &["openat", "statx"], ""),
    fault("opening is interrupted", "EINTR", &["openat"], ""),
    fault("locks are not to be had", "ENOLCK", &["flock"], "+"),
];

/// Calls that may be interrupted by a signal, and are to be made again then.
///
/// Not `openat`: the standard library opens files again, and folders not.
const INTERRUPTED: &[&str] = &["read", "write", "fsync", "fdatasync", "ftruncate"];

/// Checks how a run ended: it did what it was asked to, or says in a line that it could not.
fn is_orderly(output: &std::process::Output, case: &str) -> bool {
    let said = String::from_utf8_lossy(&output.stderr);
    let code = output.status.code();
    assert!(!said.contains("panicked at"), "{case}: {said}");
    match code {
        Some(0) => true,
        Some(3) => {
            let told = said.lines().any(|it| it.starts_with("docrot: ") && 20 < it.len())
                // Applying tells what was refused as its report.
                || !output.stdout.is_empty()
                // Calls are counted by thread, so what was refused may be the message itself.
                || said.is_empty() && case.contains(" of write ");
            assert!(told, "{case}: it does not say why: {said}");
            false
        }
        _ => panic!("{case}: ended with {:?}: {said}", output.status),
    }
}

fn refuse(operation: &Operation, drawn: usize) {
    let mut stage = Stage::new();
    let calls: Vec<&str> = FAULTS.iter().flat_map(|it| it.calls).copied().collect();
    let mut found = None;
    operation.survives(&mut stage, "counting", |stage, arguments| {
        found = Some(counts(stage, &calls, arguments));
        true
    });
    let (counts, mut lots, mut refused, mut cases) = (found.unwrap(), Lots(5), 0, 0);
    for fault in FAULTS {
        let places = fault
            .calls
            .iter()
            .flat_map(|&it| counts.places(it).into_iter().map(move |place| (it, place)));
        for (call, place) in lots.some(&places.collect::<Vec<_>>(), drawn) {
            let name = fault.name;
            let case = format!("{}: {name}: {} of {call} {place}", operation.name, fault.error);
            operation.survives(&mut stage, &case, |stage, arguments| {
                let (error, when) =
                    (format!("error={}", fault.error), format!("{place}{}", fault.lasts));
                let output = disturbed(stage, call, &error, &when, arguments);
                let is_done = is_orderly(&output, &case);
                refused += usize::from(!is_done);
                cases += 1;
                is_done
            });
        }
    }
    println!("{}: {refused} of {cases} faults ended it, all of them orderly", operation.name);
}

macro_rules! faults {
    ($($test:ident: $name:literal,)*) => {$(
        #[test]
        fn $test() {
            refuse(OPERATIONS.iter().find(|it| it.name == $name).unwrap(), 1);
        }
    )*};
}

faults! {
    a_scan_that_is_refused_leaves_the_last_commit: "scan",
    a_report_that_is_refused_leaves_no_part_of_it: "report",
    a_report_stays_when_the_new_one_is_refused: "report over another",
    a_baseline_stays_when_the_new_one_is_refused: "baseline over another",
    a_baseline_that_is_refused_is_not_accepted_in_part: "baseline",
    a_decision_that_is_refused_is_not_made_in_part: "decide",
    an_export_that_is_refused_leaves_no_part_of_it: "export",
    a_clean_up_that_is_refused_loses_nothing: "apply",
    an_undo_that_is_refused_loses_nothing: "undo",
}

#[test]
fn interruptions_change_nothing() {
    let mut stage = Stage::new();
    for operation in OPERATIONS {
        let mut found = None;
        operation.survives(&mut stage, "counting", |stage, arguments| {
            found = Some(counts(stage, INTERRUPTED, arguments));
            true
        });
        let counts = found.unwrap();
        for call in INTERRUPTED {
            let Some(first) = counts.places(call).first().copied() else { continue };
            let case = format!("{}: every second {call} is interrupted", operation.name);
            operation.survives(&mut stage, &case, |stage, arguments| {
                let places = format!("{first}+2");
                let output = disturbed(stage, call, "error=EINTR", &places, arguments);
                let said = String::from_utf8_lossy(&output.stderr);
                assert!(is_orderly(&output, &case), "{case}: {said}");
                true
            });
        }
    }
}
