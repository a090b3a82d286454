//! Where a report goes: to standard output, or to a file that is whole or not there.

use std::fs::{self, File};
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use docrot::report::{Mail, Options, Redacted, Report, WRITERS, Writer, address, escape};

use super::exit::UsageError;
use super::judged::Judged;
use super::split;

/// Which report, and where to.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "The report")]
pub(super) struct Output {
    /// Kind of report [default: from the name of --output, else terminal]
    #[arg(long, value_name = "FORMAT", value_parser = names())]
    format: Option<String>,

    /// Write the report to this file; it appears when it is whole. A folder with --split-by
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Show every finding on the terminal and in Markdown, however many there are
    #[arg(long)]
    all: bool,

    /// Write a file for each owner, and a list of them, into the folder --output
    #[arg(long, value_name = "WHAT", value_enum)]
    split_by: Option<SplitBy>,

    /// Put words such as name-012.docx and person-3 in the place of names, people and quotations,
    /// to share the report with strangers; numbers, dates and structure stay
    #[arg(long, conflicts_with_all = ["split_by", "summary_json"])]
    redact: bool,

    /// List every file, too (in workbooks)
    #[arg(long)]
    inventory: bool,

    /// Address that an e-mail is from (docrot writes it to a file and sends nothing)
    #[arg(long, value_name = "ADDRESS", value_parser = mail_address)]
    mail_from: Option<String>,

    /// Address that an e-mail is to
    #[arg(long, value_name = "ADDRESS", value_parser = mail_address)]
    mail_to: Option<String>,
}

/// What a report is split by.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum SplitBy {
    /// A file for each owner, and one for what nobody is known to answer for
    Owner,
}

fn mail_address(text: &str) -> Result<String, String> {
    let address = address(text).map(str::to_owned);
    address.ok_or_else(|| "one address is wanted, such as name@example.org".to_owned())
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
        if self.split_by.is_some() {
            let message = "say the kind of the parts with --format, such as --format xlsx";
            return Err(UsageError(message.to_owned()).into());
        }
        let Some(extension) = self.output.as_deref().and_then(Path::extension) else {
            return Ok(&WRITERS[0]);
        };
        let extension = extension.to_string_lossy().to_lowercase();
        WRITERS.iter().find(|writer| writer.extension == extension).ok_or_else(|| {
            let known: Vec<_> = WRITERS.iter().map(|writer| writer.extension).collect();
            let message = format!(
                "no kind of report has the extension .{} (there are .{}); say --format",
                escape::visible(&extension),
                known.join(", .")
            );
            UsageError(message).into()
        })
    }

    /// Checks what can be checked before the work is done.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        let writer = self.writer()?;
        if writer.is_binary && self.output.is_none() && io::stdout().is_terminal() {
            let Writer { name, extension, .. } = writer;
            let message =
                format!("{name} is nothing for a terminal; say --output report.{extension}");
            return Err(UsageError(message).into());
        }
        match (self.split_by, self.output.as_deref()) {
            (Some(SplitBy::Owner), folder) => split::check(folder),
            (None, place) => place.map_or(Ok(()), check_place),
        }
    }

    /// Whether it goes to standard output.
    pub(super) const fn is_printed(&self) -> bool {
        self.output.is_none()
    }

    /// What was asked of the layout.
    fn laid_out<'a>(&'a self, options: Options<'a>, base: &'a Path) -> Options<'a> {
        let address = |it: &'a Option<String>| it.as_deref().unwrap_or_default();
        Options {
            all: self.all,
            inventory: self.inventory,
            base,
            mail: Mail { from: address(&self.mail_from), to: address(&self.mail_to) },
            ..options
        }
    }

    /// Writes the report.
    pub(super) fn write(&self, judged: &Judged) -> anyhow::Result<()> {
        let writer = self.writer()?;
        let base = working_folder();
        let report = judged.report();
        if let (Some(SplitBy::Owner), Some(folder)) = (self.split_by, &self.output) {
            return split::by_owner(judged, writer, folder, self.laid_out(report.options, &base));
        }
        let redacted = self.redact.then(|| Redacted::of(&report));
        let mut report = Report { options: self.laid_out(report.options, &base), ..report };
        if let Some(redacted) = &redacted {
            report = redacted.report(&report);
        }
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
                if writer.name == "github" { summarize(&report) } else { Ok(()) }
            }
            Some(path) => whole(path, |out| (writer.write)(&report, out))
                .with_context(|| format!("cannot write the report to {}", path.display())),
        }
    }
}

/// The folder that paths for a code host start from; empty where nobody can tell.
fn working_folder() -> PathBuf {
    std::env::current_dir().and_then(|it| it.canonicalize()).unwrap_or_default()
}

/// Adds the table to the summary of a job of GitHub Actions, where this is one.
#[expect(clippy::disallowed_methods, reason = "the command line may read the environment")]
fn summarize(report: &Report) -> anyhow::Result<()> {
    let Some(file) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|it| !it.is_empty()) else {
        return Ok(());
    };
    let markdown = WRITERS.iter().find(|it| it.name == "markdown");
    let write = |writer: &Writer| {
        let mut out = BufWriter::new(File::options().append(true).create(true).open(&file)?);
        (writer.write)(report, &mut out)?;
        out.flush()
    };
    let written = markdown.map_or(Ok(()), write);
    written.with_context(|| format!("cannot add to the summary {}", Path::new(&file).display()))
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

/// Where a part of what was to be written to `path` goes: `plan.json` becomes `plan.berlin.json`.
pub(super) fn part_of(path: &Path, part: &str) -> PathBuf {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let extension = path.extension().map(|it| format!(".{}", it.to_string_lossy()));
    path.with_file_name(format!("{name}.{part}{}", extension.unwrap_or_default()))
}

/// Writes a file beside its place, and moves it there when it is whole. A link stays one; a device
/// or pipe, such as `/dev/null`, is written to and never replaced. A file that was there keeps who
/// may read it.
pub(super) fn whole(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    replace(path, 0o666, write)
}

/// Like [`whole`], for what nobody but its owner may read unless they say so.
pub(super) fn whole_private(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    replace(path, 0o600, write)
}

#[expect(clippy::disallowed_methods, reason = "docrot's own output, not a document")]
fn replace(
    path: &Path,
    mode: u32,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let target = path.canonicalize();
    let path = target.as_deref().unwrap_or(path);
    if path.metadata().is_ok_and(|it| !it.is_file()) {
        let mut out = BufWriter::new(File::options().write(true).open(path)?);
        write(&mut out)?;
        return out.flush();
    }
    let beside = beside(path);
    let written = create_in_place_of(path, &beside, mode).and_then(|file| {
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

/// Where a file is written until it is whole.
pub(super) fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.tmp", std::process::id()))
}

/// Makes the file `beside` that is to take the place of one: who may read that may read this. A new
/// one gets this mode.
pub(super) fn create_in_place_of(path: &Path, beside: &Path, mode: u32) -> io::Result<File> {
    let file = create(beside, mode)?;
    if let Ok(before) = path.metadata() {
        // Where the system refuses, fewer may read it, not more.
        let _ = file.set_permissions(before.permissions());
    }
    Ok(file)
}

/// Makes a file that these may read and write, as far as the mask of the process allows.
#[cfg_attr(not(unix), expect(unused_variables, reason = "modes are of Unix"))]
fn create(path: &Path, mode: u32) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    options.open(path)
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
