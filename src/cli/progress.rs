//! Draws what a scan tells, on a terminal only, and stops it on ^C.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use docrot::scan::Event;
use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::exit::Exit;

/// A progress bar for so many steps. Silent where stderr is not a terminal.
#[cfg(unix)]
pub(super) fn steps(count: u64, quiet: bool) -> ProgressBar {
    let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    let bar = ProgressBar::with_draw_target(Some(count), target);
    bar.set_style(style("{bar:30} {pos} of {len} steps, {eta} left"));
    bar
}

/// A progress bar that follows scan events. Silent where stderr is not a terminal.
pub(super) struct Progress {
    bar: ProgressBar,
    queued: AtomicU64,
    done: AtomicU64,
    unchanged: AtomicU64,
    listed: AtomicBool,
    interrupted: Arc<AtomicBool>,
}

impl Progress {
    /// Starts to draw, unless `quiet`, and to listen for ^C.
    pub(super) fn start(quiet: bool) -> anyhow::Result<Self> {
        let target =
            if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(Some(0), target);
        bar.set_style(style("{spinner} {msg}"));
        bar.enable_steady_tick(Duration::from_millis(200));
        let interrupted = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&interrupted);
        ctrlc::set_handler(move || {
            if flag.swap(true, Ordering::Relaxed) {
                // Asked twice: what was committed last stands.
                std::process::exit(Exit::Interrupted as i32);
            }
        })
        .context("cannot listen for ^C")?;
        Ok(Self {
            bar,
            queued: AtomicU64::new(0),
            done: AtomicU64::new(0),
            unchanged: AtomicU64::new(0),
            listed: AtomicBool::new(false),
            interrupted,
        })
    }

    /// Takes note of an event, and says whether to go on.
    pub(super) fn on_event(&self, event: Event<'_>) -> ControlFlow<()> {
        match event {
            Event::Queued { bytes } => {
                self.queued.fetch_add(1, Ordering::Relaxed);
                self.bar.inc_length(bytes);
            }
            Event::Unchanged => {
                self.unchanged.fetch_add(1, Ordering::Relaxed);
            }
            Event::Done { bytes, .. } => {
                self.done.fetch_add(1, Ordering::Relaxed);
                self.bar.inc(bytes);
            }
            Event::Listed => {
                self.listed.store(true, Ordering::Relaxed);
                // Only now is the whole known of which the rest is a part.
                self.bar.set_style(style(
                    "{spinner} {msg}  {bytes} of {total_bytes}  {bytes_per_sec}  {eta} left",
                ));
            }
            Event::Committing => self.bar.set_style(style("{spinner} {msg}")),
            _ => {}
        }
        if !self.bar.is_hidden() {
            self.bar.set_message(self.words(matches!(event, Event::Committing)));
        }
        if self.is_interrupted() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn words(&self, committing: bool) -> String {
        let count = |counter: &AtomicU64| HumanCount(counter.load(Ordering::Relaxed));
        if committing {
            return format!("Writing the catalog, {} files", count(&self.done));
        }
        let more = if self.listed.load(Ordering::Relaxed) { "" } else { "+" };
        format!(
            "Reading {} of {}{more} files, {} unchanged",
            count(&self.done),
            count(&self.queued),
            count(&self.unchanged)
        )
    }

    /// Shows what is being done after the scan.
    pub(super) fn say(&self, words: &'static str) {
        self.bar.set_style(style("{spinner} {msg}"));
        self.bar.set_message(words);
    }

    /// Whether a person or a signal asked to stop.
    pub(super) fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("the templates above are valid")
}
