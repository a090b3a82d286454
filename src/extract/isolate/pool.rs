//! Worker processes, and what their deaths mean.
//!
//! Workers are started when first needed and live on; one that crashed, hung or talked nonsense is
//! replaced when the next document comes.

use std::ffi::OsString;
use std::io::{self, Read as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::confine::Confinement;
use super::wire::{self, Answer};
use crate::extract::{Content, ExtractError, Format, Limits};

/// How often a busy worker's processor time is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How much of what a dying worker writes on stderr is kept, in bytes.
const LAST_WORDS_BYTES: usize = 4096;

/// How long the last words of a worker that was ended are waited for. They come at once, unless it
/// left another process behind that holds on to its stderr.
const LAST_WORDS_WAIT: Duration = Duration::from_millis(500);

/// How to start workers, and what they may use.
#[derive(Clone, Debug)]
pub struct WorkerOptions {
    /// The program that calls [`serve()`](super::serve()).
    pub program: PathBuf,
    /// Its arguments. The program is told its memory here, if at all.
    pub args: Vec<OsString>,
    /// Most workers at a time.
    pub count: usize,
    /// Memory of a worker in bytes, for what is said when it was not enough.
    pub memory_bytes: u64,
    /// Processor time for one document in seconds. Only looked at on Linux.
    pub cpu_seconds: u64,
    /// Time for one document in seconds.
    pub wall_seconds: u64,
}

impl WorkerOptions {
    /// Workers with the limits that no ordinary document meets: 1 GiB, 20 s of processor time,
    /// 60 s in all.
    pub fn new(program: PathBuf, args: Vec<OsString>, count: usize) -> Self {
        Self { program, args, count, memory_bytes: 1 << 30, cpu_seconds: 20, wall_seconds: 60 }
    }
}

/// A pool of worker processes. They end when it is dropped.
#[derive(Debug)]
pub struct Workers {
    options: WorkerOptions,
    pool: Mutex<Pool>,
    freed: Condvar,
    confinement: OnceLock<Confinement>,
}

#[derive(Debug, Default)]
struct Pool {
    idle: Vec<Worker>,
    /// Idle and busy ones.
    alive: usize,
}

impl Workers {
    /// A pool without workers; the first document starts the first one.
    pub fn new(options: WorkerOptions) -> Self {
        let (pool, freed) = (Mutex::default(), Condvar::new());
        Self { options, pool, freed, confinement: OnceLock::new() }
    }

    /// What holds the workers back, as the first one said; none before it was started.
    pub fn confinement(&self) -> Option<Confinement> {
        self.confinement.get().copied()
    }

    fn note(&self, confinement: Confinement) {
        if self.confinement.set(confinement).is_ok()
            && let Some(missing) = confinement.missing()
        {
            log::info!("readers are less confined than they could be, this system lacks {missing}");
        }
    }

    /// Reads a document in a worker. Waits while all workers are busy.
    pub fn read(
        &self,
        format: &Format,
        bytes: &[u8],
        limits: &Limits,
    ) -> Result<Content, ExtractError> {
        let mut slot = Slot { workers: self, worker: self.take() };
        if let Some(worker) = &mut slot.worker
            && worker.has_ended()
        {
            slot.worker = None;
        }
        let was_used = slot.worker.is_some();
        let answer = slot.read(format, bytes, limits);
        // A used worker may have had less memory left than a new one.
        match answer {
            Err(ExtractError::OutOfMemory(_)) if was_used => slot.read(format, bytes, limits),
            answer => answer,
        }
    }

    /// An idle worker, or none where one may be started.
    fn take(&self) -> Option<Worker> {
        let mut pool = self.lock();
        loop {
            if let Some(worker) = pool.idle.pop() {
                return Some(worker);
            }
            if pool.alive < self.options.count.max(1) {
                pool.alive += 1;
                return None;
            }
            pool = self.freed.wait(pool).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to use one worker; goes back to the pool whatever happens.
struct Slot<'w> {
    workers: &'w Workers,
    worker: Option<Worker>,
}

impl Slot<'_> {
    fn read(
        &mut self,
        format: &Format,
        bytes: &[u8],
        limits: &Limits,
    ) -> Result<Content, ExtractError> {
        let options = &self.workers.options;
        let mut worker = match self.worker.take() {
            Some(worker) => worker,
            None => Worker::start(options).map_err(|error| {
                let program = options.program.display();
                ExtractError::Crashed(format!("cannot start {program}: {error}"))
            })?,
        };
        match worker.read(format, bytes, limits, options) {
            Ok(answer) => {
                self.workers.note(worker.confinement.unwrap_or_default());
                self.worker = Some(worker);
                answer
            }
            Err(Failure::Slow(seconds)) => Err(ExtractError::TimedOut(seconds)),
            Err(Failure::Garbled) => Err(ExtractError::Crashed("garbled answer".into())),
            Err(Failure::Died) => Err(worker.cause_of_death(options)),
        }
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        let mut pool = self.workers.lock();
        match self.worker.take() {
            Some(worker) => pool.idle.push(worker),
            None => pool.alive -= 1,
        }
        self.workers.freed.notify_one();
    }
}

/// Why there is no answer.
enum Failure {
    /// It took longer than this, in seconds.
    Slow(u64),
    /// The worker closed its end: it is dead, or as good as that.
    Died,
    /// The worker talked nonsense.
    Garbled,
}

#[derive(Debug)]
struct Worker {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
    last_words: mpsc::Receiver<String>,
    /// What holds it back; none before it has said so.
    confinement: Option<Confinement>,
}

impl Worker {
    fn start(options: &WorkerOptions) -> io::Result<Self> {
        let mut command = Command::new(&options.program);
        command.args(&options.args);
        // Backtraces would push the words that count out of what is kept.
        command.env("RUST_BACKTRACE", "0");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // A group of its own: Ctrl-C is for us, and wrappers end together with what they wrap.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn()?;
        let (Some(input), Some(output), Some(mut stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(io::Error::other("it has no pipes"));
        };
        let (sender, last_words) = mpsc::channel();
        thread::spawn(move || {
            let mut tail = Vec::new();
            let mut buffer = [0; LAST_WORDS_BYTES];
            while let Ok(length) = stderr.read(&mut buffer)
                && 0 < length
            {
                tail.extend_from_slice(&buffer[..length]);
                tail.drain(..tail.len().saturating_sub(LAST_WORDS_BYTES));
            }
            let _ = sender.send(String::from_utf8_lossy(&tail).into_owned());
        });
        Ok(Self { child, input, output, last_words, confinement: None })
    }

    /// Whether it ended by itself while nobody looked.
    fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    fn read(
        &mut self,
        format: &Format,
        bytes: &[u8],
        limits: &Limits,
        options: &WorkerOptions,
    ) -> Result<Answer, Failure> {
        let Self { child, input, output, confinement, .. } = self;
        let (sender, answers) = mpsc::channel();
        thread::scope(|scope| {
            // Sending can block as well, when the worker hangs before it has taken everything.
            scope.spawn(move || {
                let mut ask = || {
                    wire::write_request(input, format.name, limits, bytes)?;
                    if confinement.is_none() {
                        *confinement = Some(wire::read_greeting(output)?);
                    }
                    wire::read_answer(output, limits)
                };
                let answer = ask();
                let _ = sender.send(answer);
            });
            let failure = match wait(&answers, child.id(), options) {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(error)) if wire::has_closed(&error) => Failure::Died,
                Ok(Err(_)) => Failure::Garbled,
                Err(seconds) => Failure::Slow(seconds),
            };
            if matches!(failure, Failure::Slow(_)) {
                // Ends the thread as well: its pipes break.
                kill(child);
            }
            Err(failure)
        })
    }

    /// What it died of, asked after it closed its end.
    ///
    /// A process closes its pipes after the cause of its death is settled and before it can be
    /// waited for. So it is killed first, which changes nothing if it is dying, and makes sure that
    /// waiting ends if it is not.
    fn cause_of_death(mut self, options: &WorkerOptions) -> ExtractError {
        kill(&mut self.child);
        let status = self.child.wait();
        let last_words = self.last_words.recv_timeout(LAST_WORDS_WAIT).unwrap_or_default();
        match status {
            Ok(status) => cause_of_death(status, &last_words, options),
            Err(error) => ExtractError::Crashed(error.to_string()),
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        kill(&mut self.child);
        let _ = self.child.wait();
    }
}

/// Waits for the answer; the error is the limit that was passed, in seconds.
fn wait(
    answers: &mpsc::Receiver<io::Result<Answer>>,
    pid: u32,
    options: &WorkerOptions,
) -> Result<io::Result<Answer>, u64> {
    let started = Instant::now();
    let wall = Duration::from_secs(options.wall_seconds);
    let cpu_before = cpu_seconds_of(pid);
    loop {
        let left = wall.saturating_sub(started.elapsed());
        match answers.recv_timeout(left.min(LOOK_EVERY)) {
            Ok(answer) => return Ok(answer),
            Err(RecvTimeoutError::Disconnected) => {
                return Ok(Err(io::Error::other("no answer")));
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
        if wall <= started.elapsed() {
            return Err(options.wall_seconds);
        }
        let used = cpu_seconds_of(pid).zip(cpu_before).map(|(now, before)| now - before);
        if used.is_some_and(|used| options.cpu_seconds as f64 <= used) {
            return Err(options.cpu_seconds);
        }
    }
}

/// Processor time that a process has used, where the system tells.
fn cpu_seconds_of(pid: u32) -> Option<f64> {
    /// USER_HZ, which every Linux reports in.
    const TICKS_PER_SECOND: f64 = 100.0;
    if !cfg!(target_os = "linux") {
        return None;
    }
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, in parentheses, may hold spaces; utime and stime are fields 14 and 15.
    let mut fields = stat.rsplit_once(") ")?.1.split(' ').skip(11);
    let ticks = fields.next()?.parse::<f64>().ok()? + fields.next()?.parse::<f64>().ok()?;
    Some(ticks / TICKS_PER_SECOND)
}

#[cfg(unix)]
fn kill(child: &mut Child) {
    use rustix::process::{Pid, Signal, kill_process_group};

    // After it was waited for, its number may belong to somebody else.
    if let Ok(None) = child.try_wait()
        && let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw)
    {
        let _ = kill_process_group(group, Signal::KILL);
    }
}

#[cfg(not(unix))]
fn kill(child: &mut Child) {
    let _ = child.kill();
}

/// What a worker that ended by itself died of.
fn cause_of_death(status: ExitStatus, last_words: &str, options: &WorkerOptions) -> ExtractError {
    // The runtime says these, and aborts.
    if last_words.contains("memory allocation of") {
        return ExtractError::OutOfMemory(options.memory_bytes >> 20);
    }
    if last_words.contains("has overflowed its stack") {
        return ExtractError::Crashed("stack overflow".into());
    }
    ExtractError::Crashed(match signal_of(&status) {
        Some(signal) => format!("signal {signal}"),
        None => status.to_string(),
    })
}

#[cfg(unix)]
fn signal_of(status: &ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(status)
}

#[cfg(not(unix))]
fn signal_of(_status: &ExitStatus) -> Option<i32> {
    None
}
