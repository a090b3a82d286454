//! Where a report goes: to standard output, or to a file that is whole or not there.

use std::fs::{self, File};
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use docrot::report::{Options, Report, WRITERS, Writer};

use super::exit::UsageError;

/// Which report, and where to.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "The report")]
pub(super) struct Output {
    /// Kind of report [default: from the name of --output, else terminal]
    #[arg(long, value_name = "FORMAT", value_parser = names())]
    format: Option<String>,

    /// Write the report to this file; it appears when it is whole
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Show every finding on the terminal, however many there are
    #[arg(long)]
    all: bool,
}

fn names() -> Vec<&'static str> {
    WRITERS.iter().map(|writer| writer.name).collect()
}

impl Output {
    fn writer(&self) -> anyhow::Result<&'static Writer> {
        let by_name = |name: &str| WRITERS.iter().find(|writer| writer.name == name);
        if let Some(name) = &self.format {
            return Ok(by_name(name).expect("clap only lets names of writers through"));
        }
        let Some(extension) = self.output.as_deref().and_then(Path::extension) else {
            return Ok(&WRITERS[0]);
        };
        let extension = extension.to_string_lossy();
        WRITERS.iter().find(|writer| writer.extension == extension).ok_or_else(|| {
            let known: Vec<_> = WRITERS.iter().map(|writer| writer.extension).collect();
            let message = format!(
                "no kind of report has the extension .{extension} (there are .{}); say --format",
                known.join(", .")
            );
            UsageError(message).into()
        })
    }

    /// Checks what can be checked before the work is done.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        self.writer()?;
        self.output.as_deref().map_or(Ok(()), check_place)
    }

    /// Whether it goes to standard output.
    pub(super) const fn is_printed(&self) -> bool {
        self.output.is_none()
    }

    /// Writes the report.
    pub(super) fn write(&self, mut report: Report<'_>) -> anyhow::Result<()> {
        let writer = self.writer()?;
        report.options.all = self.all;
        match &self.output {
            None => {
                let stdout = io::stdout();
                if stdout.is_terminal() {
                    report.options.width = width();
                    report.options.color = colors();
                }
                let mut out = BufWriter::new(stdout.lock());
                (writer.write)(&report, &mut out)?;
                out.flush()?;
                Ok(())
            }
            Some(path) => whole(path, |out| (writer.write)(&report, out))
                .with_context(|| format!("cannot write the report to {}", path.display())),
        }
    }
}

/// How to lay out what goes to standard output: in color only where that is a terminal.
pub(super) fn terminal_options(all: bool) -> Options<'static> {
    let is_terminal = io::stdout().is_terminal();
    let width = if is_terminal { width() } else { 80 };
    Options { width, color: is_terminal && colors(), all, ..Options::default() }
}

/// Refuses a place that nothing can be written to before hours of work are spent on it.
pub(super) fn check_place(path: &Path) -> anyhow::Result<()> {
    let name = path.display();
    if path.is_dir() {
        bail!("cannot write to {name}: it is a folder; name a file in it");
    }
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => {
            bail!("cannot write to {name}: there is no folder {}", folder.display())
        }
        _ => Ok(()),
    }
}

/// Writes a file beside its place, and moves it there when it is whole. A link stays one; a device
/// or pipe, such as `/dev/null`, is written to and never replaced.
#[expect(clippy::disallowed_methods, reason = "docrot's own output, not a document")]
pub(super) fn whole(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let target = path.canonicalize();
    let path = target.as_deref().unwrap_or(path);
    if path.metadata().is_ok_and(|it| !it.is_file()) {
        let mut out = BufWriter::new(File::options().write(true).open(path)?);
        write(&mut out)?;
        return out.flush();
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    let written = File::create(&beside).and_then(|file| {
        let mut out = BufWriter::new(file);
        write(&mut out)?;
        out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&beside, path)
    });
    if written.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// Columns of the terminal, within what a report can use.
fn width() -> usize {
    terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0).clamp(60, 120))
}

/// Whether the terminal takes colors and nobody asked for none (<https://no-color.org>).
#[expect(clippy::disallowed_methods, reason = "the command line may read the environment")]
fn colors() -> bool {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    set("NO_COLOR").is_none() && set("TERM").is_some_and(|term| term != "dumb")
}
