//! Which calls of the system a run makes, and runs of which some are disturbed.

use std::collections::BTreeMap;
use std::process::{Command, Output};

use super::stage::Stage;

/// How often a thread makes each call: at most, and before docrot looks at any file of the stage.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    most: BTreeMap<String, u64>,
    at_start: BTreeMap<String, u64>,
}

impl Counts {
    /// Every place at which this call can be disturbed.
    pub(crate) fn places(&self, call: &str) -> Vec<u64> {
        let most = self.most.get(call).copied().unwrap_or(0);
        let first = self.at_start.get(call).copied().unwrap_or(0) + 1;
        (first..=most).collect()
    }
}

/// docrot with these arguments, as strace runs it with options of its own.
///
/// With `--seccomp-bpf` only the calls that are asked for are slow, but signals are not sent.
fn traced(stage: &Stage, options: &[&str], arguments: &[&str]) -> Command {
    let mut command = Command::new("strace");
    command.args(["-f", "-qqq"]).args(options);
    command.arg("--").arg(env!("CARGO_BIN_EXE_docrot")).args(arguments);
    stage.at_home(command)
}

/// Runs docrot to its end and counts these calls.
pub(crate) fn counts(stage: &Stage, calls: &[&str], arguments: &[&str]) -> Counts {
    let trace = stage.path("trace");
    // What is opened tells when the program has been loaded.
    let traced_calls = format!("trace=openat,{}", calls.join(","));
    let options = ["--seccomp-bpf", "-o", trace.to_str().unwrap(), "-e", &traced_calls];
    let output = traced(stage, &options, arguments).output();
    let output = output.expect("strace is there; tests/run installs it");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    let home = stage.path("");
    let home = home.to_str().unwrap();
    let mut by_thread: BTreeMap<(String, String), u64> = BTreeMap::new();
    let (mut counts, mut has_begun) = (Counts::default(), false);
    for line in std::fs::read_to_string(&trace).unwrap().lines() {
        let Some((thread, call)) = line.split_once(char::is_whitespace) else { continue };
        let Some((call, rest)) = call.trim_start().split_once('(') else { continue };
        has_begun |= rest.contains(home) || rest.contains("\"share");
        let count = by_thread.entry((thread.to_owned(), call.to_owned())).or_default();
        *count += 1;
        if !has_begun {
            counts.at_start.insert(call.to_owned(), *count);
        }
        let most = counts.most.entry(call.to_owned()).or_default();
        *most = (*most).max(*count);
    }
    counts
}

/// Runs docrot so that a call ends it at this place; tells whether it came to its end before.
pub(crate) fn killed(stage: &Stage, call: &str, place: u64, arguments: &[&str]) -> bool {
    let inject = format!("inject={call}:signal=KILL:when={place}");
    let trace = format!("trace={call}");
    let options = ["-o", "/dev/null", "-e", &trace, "-e", &inject];
    traced(stage, &options, arguments).output().unwrap().status.success()
}

/// Runs docrot so that the system answers a call as it is told to, at these places.
pub(crate) fn disturbed(
    stage: &Stage,
    calls: &str,
    answer: &str,
    places: &str,
    arguments: &[&str],
) -> Output {
    let trace = format!("trace={calls}");
    let inject = format!("inject={calls}:{answer}:when={places}");
    let options = ["--seccomp-bpf", "-o", "/dev/null", "-e", &trace, "-e", &inject];
    traced(stage, &options, arguments).output().unwrap()
}
