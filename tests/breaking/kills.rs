//! SIGKILL, at each step that changes the disk and at any instant.

use std::process::Stdio;
use std::time::{Duration, Instant};

use super::operations::{OPERATIONS, Operation};
use super::stage::Stage;
use super::trace::{counts, killed};
use super::{Lots, is_thorough};

/// What changes the disk, or makes a change last.
const STEPS: &[&str] = &[
    "write",
    "pwrite64",
    "writev",
    "fsync",
    "fdatasync",
    "ftruncate",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "unlink",
    "unlinkat",
    "mkdir",
    "mkdirat",
    "utimensat",
    "fchmod",
    "chmod",
];

/// Kills at steps of one operation that are drawn, or at all of them.
fn kill_at_steps(operation: &Operation, drawn: usize) {
    let mut stage = Stage::new();
    let mut places = Vec::new();
    operation.survives(&mut stage, "counting", |stage, arguments| {
        let counts = counts(stage, STEPS, arguments);
        places = STEPS
            .iter()
            .flat_map(|&it| counts.places(it).into_iter().map(move |n| (it, n)))
            .collect();
        true
    });
    assert!(1 < places.len(), "{} changes the disk more often", operation.name);
    let (mut ended, places) = (0, Lots(7).some(&places, drawn));
    for (call, place) in &places {
        let case = format!("{} killed at {call} {place}", operation.name);
        operation.survives(&mut stage, &case, |stage, arguments| {
            let is_done = killed(stage, call, *place, arguments);
            ended += usize::from(!is_done);
            is_done
        });
    }
    // Threads share the work differently each time, so that some places are not reached again.
    assert!(places.len() / 2 <= ended, "{}: {ended} of {}", operation.name, places.len());
    println!(
        "{}: killed at {ended} of {} steps, recovered each time",
        operation.name,
        places.len()
    );
}

/// Kills one operation at instants that are drawn.
fn kill_at_any_instant(operation: &Operation, kills: usize) {
    let mut stage = Stage::new();
    let mut took = Duration::ZERO;
    operation.survives(&mut stage, "timing", |stage, arguments| {
        let begun = Instant::now();
        stage.run(arguments);
        took = begun.elapsed();
        true
    });
    let (mut lots, mut ended) = (Lots(11), 0);
    for kill in 0..kills {
        let after = took.mul_f64(0.8 * lots.draw());
        let case = format!("{} killed after {after:?}, kill {kill}", operation.name);
        operation.survives(&mut stage, &case, |stage, arguments| {
            let mut command = stage.docrot(arguments);
            let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            let until = Instant::now() + after;
            while Instant::now() < until && child.try_wait().unwrap().is_none() {
                std::thread::park_timeout(Duration::from_micros(200));
            }
            let _ = child.kill();
            let is_done = child.wait().unwrap().success();
            ended += usize::from(!is_done);
            is_done
        });
    }
    println!("{}: killed at {ended} of {kills} instants, recovered each time", operation.name);
}

fn operation(name: &str) -> &'static Operation {
    OPERATIONS.iter().find(|it| it.name == name).unwrap()
}

macro_rules! kills {
    ($($test:ident: $name:literal,)*) => {$(
        #[test]
        fn $test() {
            kill_at_steps(operation($name), 2);
            kill_at_any_instant(operation($name), if is_thorough() { 60 } else { 1 });
        }
    )*};
}

kills! {
    a_killed_scan_leaves_the_last_commit: "scan",
    a_killed_report_leaves_no_part_of_it: "report",
    a_report_stays_until_the_killed_one_is_whole: "report over another",
    a_killed_first_baseline_is_made_or_not_made: "baseline",
    a_killed_baseline_is_the_one_before_or_the_one_after: "baseline over another",
    a_killed_decision_is_made_or_not_made: "decide",
    a_killed_export_leaves_no_part_of_it: "export",
    a_killed_clean_up_loses_nothing: "apply",
    a_killed_undo_loses_nothing: "undo",
}

#[test]
fn every_operation_is_killed() {
    let text = include_str!("kills.rs");
    let is_named = |it: &Operation| text.contains(&format!(": \"{}\",\n", it.name));
    assert!(OPERATIONS.iter().all(is_named));
}
