//! Runs git, so that nothing in the repository can make it run, fetch or change anything.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead as _, BufReader, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use super::super::open::{self, Bytes};
use super::super::options::Event;
use super::log::{FORMAT, Log};
use super::{Change, HistoryOptions};

/// Variables that would lead git elsewhere, or have it run something.
const MISLEADING: &[&str] = &[
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_CEILING_DIRECTORIES",
    "GIT_CONFIG",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
    "GIT_EXTERNAL_DIFF",
    "GIT_REPLACE_REF_BASE",
    "GIT_TRACE",
];

/// Settings of the repository that are overruled: programs that it would start.
const OVERRULED: &[&str] = &[
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.quotePath=false",
    "log.showSignature=false",
    "log.mailmap=false",
    "log.follow=false",
    "log.diffMerges=off",
    "protocol.allow=never",
    "diff.renameLimit=1000",
];

/// Most of an error or a short answer that is read, in bytes.
const MAX_SAID: u64 = 8192;

/// More of a list of commits to ignore is not read, in bytes.
const MAX_IGNORED: u64 = 4 << 20;

/// A longer token is no path.
const MAX_TOKEN: usize = 64 << 10;

/// After so many commits somebody may say stop.
const COMMITS_A_CALL: u64 = 64;

/// A repository whose history may be used.
pub(super) struct Repository {
    root: PathBuf,
    /// Its topmost folder.
    top: PathBuf,
    /// Where the root lies below it.
    prefix: PathBuf,
}

impl Repository {
    /// The repository that a folder lies in; the error says in words why there is none to use.
    pub(super) fn of(root: &Path, options: &HistoryOptions) -> Result<Self, String> {
        let ask = |arguments: &[&str]| answer(root, options, arguments);
        let state = ask(&["rev-parse", "--is-bare-repository", "--is-shallow-repository"])?;
        let mut state = state.lines();
        if state.next() == Some("true") {
            return Err("it is a bare repository, which holds no files".to_owned());
        }
        if state.next() != Some("false") {
            let words = "it is a shallow clone, whose oldest commits are missing; \
                         `git fetch --unshallow` brings them";
            return Err(words.to_owned());
        }
        let top = ask(&["rev-parse", "--show-toplevel"])?;
        let top = PathBuf::from(top.trim_end_matches(['\n', '\r']));
        let inside = std::fs::canonicalize(&top).unwrap_or_else(|_| top.clone());
        let prefix = root.strip_prefix(&inside).map(Path::to_path_buf);
        let prefix = prefix.map_err(|_| "git names another folder as its top".to_owned())?;
        Ok(Self { root: root.to_owned(), top, prefix })
    }

    /// The last change of substance of every file below the root, in one pass over the history.
    pub(super) fn changes(
        &self,
        options: &HistoryOptions,
        on_event: &impl Fn(Event<'_>) -> ControlFlow<()>,
    ) -> Result<HashMap<PathBuf, Change>, String> {
        let mut command = git(&self.root, options);
        command.args(["log", "-z", "-M", "--numstat", "--no-ext-diff", "--no-textconv"]);
        command.args([
            "--no-show-signature",
            "--no-color",
            "--ignore-submodules",
            FORMAT,
            "HEAD",
            "--",
        ]);
        let mut child = start(&mut command)?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let mut log = Log::new(options, self.ignored(), self.prefix.clone());
        let child = Mutex::new(child);
        let (said, heard) = bounded(1);
        let (read, is_silent, error) = thread::scope(|scope| {
            // Read aside, so that a talkative git does not wait for somebody to listen.
            let error = scope.spawn(|| stderr.map(start_of).unwrap_or_default());
            let is_silent = scope.spawn(|| end_if_silent(&child, &heard, options));
            let read = stdout.map_or(Ok(()), |it| read_log(it, &mut log, &child, &said, on_event));
            drop(said);
            (read, is_silent.join().unwrap_or_default(), error.join().unwrap_or_default())
        });
        let mut child = child.into_inner().unwrap_or_else(PoisonError::into_inner);
        let status = child.wait().map_err(|error| error.to_string())?;
        if is_silent {
            return Err(format!("git said nothing for {} s", options.silent_for.as_secs()));
        }
        read?;
        if status.success() { Ok(log.finish()) } else { Err(refusal(&error)) }
    }

    /// Commits that the repository itself lists as reformatting.
    fn ignored(&self) -> HashSet<String> {
        // Opened like any file of strangers: a pipe in its place would never end.
        let list = open::read(&self.top.join(".git-blame-ignore-revs"), MAX_IGNORED, false);
        let Ok(Bytes::Whole(list)) = list else { return HashSet::new() };
        let list = String::from_utf8_lossy(&list);
        let name = |line: &str| line.split('#').next().unwrap_or_default().trim().to_owned();
        list.lines().map(name).filter(|name| name.len() >= 40).collect()
    }
}

fn git(root: &Path, options: &HistoryOptions) -> Command {
    let mut command = Command::new(&options.program);
    command.arg("--no-pager").arg("--no-optional-locks").arg("--no-replace-objects");
    for setting in OVERRULED {
        command.args(["-c", setting]);
    }
    for name in MISLEADING {
        command.env_remove(name);
    }
    command.env("GIT_NO_LAZY_FETCH", "1").env("GIT_TERMINAL_PROMPT", "0").env("LC_ALL", "C");
    command.current_dir(root).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn start(command: &mut Command) -> Result<Child, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    command.spawn().map_err(|error| format!("cannot run {program}: {error}"))
}

/// What git answers to a short question.
fn answer(root: &Path, options: &HistoryOptions, arguments: &[&str]) -> Result<String, String> {
    let mut child = start(git(root, options).args(arguments))?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (answered, answers) = bounded(1);
    thread::scope(|scope| {
        scope.spawn(move || {
            let error = scope.spawn(|| stderr.map(start_of).unwrap_or_default());
            let answer = stdout.map(start_of).unwrap_or_default();
            // Nobody listens any more where the answer came too late.
            let _ = answered.send((answer, error.join().unwrap_or_default()));
        });
        let Ok((answer, error)) = answers.recv_timeout(options.answer_within) else {
            // A pipe in the place of a file of its own, and it would wait for ever.
            drop(child.kill());
            drop(child.wait());
            return Err(format!("git gave no answer within {} s", options.answer_within.as_secs()));
        };
        let status = child.wait().map_err(|error| error.to_string())?;
        if status.success() { Ok(answer) } else { Err(refusal(&error)) }
    })
}

/// The start of what git says; the rest is read and forgotten, until its writer is done.
fn start_of(mut said: impl Read) -> String {
    let mut start = Vec::new();
    let read = said.by_ref().take(MAX_SAID).read_to_end(&mut start);
    if read.is_ok() {
        // What cannot be read is not missed.
        let _ = std::io::copy(&mut said, &mut std::io::sink());
    }
    String::from_utf8_lossy(&start).into_owned()
}

/// Ends git if it says nothing for too long, and tells whether it did: a pipe in the place of a
/// file of its own, and it would wait for ever.
fn end_if_silent(child: &Mutex<Child>, heard: &Receiver<()>, options: &HistoryOptions) -> bool {
    loop {
        match heard.recv_timeout(options.silent_for) {
            Ok(()) => {}
            Err(RecvTimeoutError::Disconnected) => return false,
            Err(RecvTimeoutError::Timeout) => {
                end(child);
                return true;
            }
        }
    }
}

fn end(child: &Mutex<Child>) {
    drop(child.lock().unwrap_or_else(PoisonError::into_inner).kill());
}

fn read_log(
    stdout: impl Read,
    log: &mut Log<'_>,
    child: &Mutex<Child>,
    said: &Sender<()>,
    on_event: &impl Fn(Event<'_>) -> ControlFlow<()>,
) -> Result<(), String> {
    let mut stdout = BufReader::with_capacity(1 << 16, stdout);
    let (mut token, mut commits) = (Vec::new(), 0);
    loop {
        token.clear();
        let read = stdout.by_ref().take(MAX_TOKEN as u64).read_until(0, &mut token);
        if read.map_err(|error| error.to_string())? == 0 {
            return Ok(());
        }
        // That something was said a moment ago is as good.
        let _ = said.try_send(());
        if token.pop_if(|last| *last == 0).is_none() && token.len() == MAX_TOKEN {
            // The process ends with its pipe.
            end(child);
            return Err("git names a path longer than any file system allows".to_owned());
        }
        if log.token(&token) {
            commits += 1;
            if commits % COMMITS_A_CALL == 0 && on_event(Event::History { commits }).is_break() {
                end(child);
                return Err("the scan was interrupted".to_owned());
            }
        }
    }
}

/// Git's words as a reason.
fn refusal(error: &str) -> String {
    let first = error.lines().find_map(|line| line.strip_prefix("fatal: "));
    let words = first.or_else(|| error.lines().next()).unwrap_or("it gives no reason").trim();
    if words.starts_with("not a git repository") {
        return "it lies in no git repository".to_owned();
    }
    if words.contains("dubious ownership") {
        return "the repository belongs to somebody else, and git does not read it; \
                `git config --global --add safe.directory FOLDER` says that you trust it"
            .to_owned();
    }
    if ["does not have any commits", "bad revision 'HEAD'", "ambiguous argument 'HEAD'"]
        .iter()
        .any(|it| words.contains(it))
    {
        return "it has no commits yet".to_owned();
    }
    format!("git says: {}", words.chars().take(300).collect::<String>())
}
