//! What is to be run, and when: a command line with absolute paths, checked as if it were run.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::Context as _;
use clap::Parser as _;

use crate::cli::Cli;
use crate::cli::config::FILE_NAME;
use crate::cli::exit::UsageError;
use crate::cli::options::Global;

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Every {
    /// Every day
    Day,
    /// Every Monday
    Week,
    /// On the first of every month
    Month,
}

/// A time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Time {
    pub(super) hour: u8,
    pub(super) minute: u8,
}

impl FromStr for Time {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parsed = text.split_once(':').and_then(|(hour, minute)| {
            let (hour, minute) = (hour.parse().ok()?, minute.parse().ok()?);
            (hour < 24 && minute < 60).then_some(Self { hour, minute })
        });
        parsed.ok_or_else(|| "a time of day is written HH:MM, such as 06:00".to_owned())
    }
}

/// What is to be run.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// docrot itself.
    pub(super) program: String,
    /// Its arguments.
    pub(super) arguments: Vec<String>,
    /// The folder that relative paths in the arguments count from.
    pub(super) folder: String,
    /// What is audited, for people.
    pub(super) what: String,
    pub(super) every: Every,
    pub(super) at: Time,
}

impl Plan {
    /// The audit of these roots with these arguments, in this working directory. In a repository
    /// paths are relative to it, because nobody knows where a CI server puts it.
    pub(super) fn new(
        roots: &[PathBuf],
        audit: &[String],
        global: &Global,
        in_repository: bool,
    ) -> anyhow::Result<Self> {
        if roots.is_empty() {
            let message = "name a folder to audit, such as `docrot schedule cron /srv/share`";
            return Err(UsageError(message.to_owned()).into());
        }
        let folder = std::env::current_dir().context("cannot tell the working directory")?;
        let place = |path: &Path| place(path, &folder, in_repository);
        let mut arguments = vec!["audit".to_owned()];
        for root in roots {
            let there =
                root.canonicalize().with_context(|| format!("cannot use {}", root.display()))?;
            arguments.push(place(&there)?);
        }
        let config = global
            .config
            .clone()
            .or_else(|| Path::new(FILE_NAME).is_file().then(|| FILE_NAME.into()));
        let named = [("--config", config), ("--index", global.index.clone())];
        for (flag, path) in named {
            let Some(path) = path.filter(|_| !(in_repository && flag == "--index")) else {
                continue;
            };
            arguments.extend([flag.to_owned(), place(&folder.join(path))?]);
        }
        match audit {
            [] => arguments.push("--quiet-if-clean".to_owned()),
            audit => arguments.extend(audit.iter().cloned()),
        }
        check(&arguments)?;
        let program = std::env::current_exe().context("cannot tell where docrot itself is")?;
        let what: Vec<String> = roots.iter().map(|it| it.display().to_string()).collect();
        Ok(Self {
            program: text(&program)?,
            arguments,
            folder: text(&folder)?,
            what: what.join(", "),
            every: Every::Week,
            at: Time { hour: 6, minute: 0 },
        })
    }

    /// The same at another time.
    pub(super) fn on(self, every: Every, at: Time) -> Self {
        Self { every, at, ..self }
    }

    /// The five fields of a crontab.
    pub(super) fn cron_fields(&self) -> String {
        let Time { hour, minute } = self.at;
        match self.every {
            Every::Day => format!("{minute} {hour} * * *"),
            Every::Week => format!("{minute} {hour} * * 1"),
            Every::Month => format!("{minute} {hour} 1 * *"),
        }
    }

    /// The command for a POSIX shell.
    pub(super) fn shell(&self, program: &str) -> Result<String, String> {
        let words = std::iter::once(program).chain(self.arguments.iter().map(String::as_str));
        let words: Vec<String> = words.map(quoted).collect::<Result<_, _>>()?;
        Ok(words.join(" "))
    }
}

/// A path as the command line has it.
fn place(path: &Path, folder: &Path, in_repository: bool) -> anyhow::Result<String> {
    if !in_repository {
        return text(path);
    }
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    let path = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let below = path.strip_prefix(&folder).map_err(|_| {
        UsageError(format!(
            "{} is not below the working directory, which has to be that of the repository",
            path.display()
        ))
    })?;
    if below.as_os_str().is_empty() { Ok(".".to_owned()) } else { text(below) }
}

fn text(path: &Path) -> anyhow::Result<String> {
    let message =
        || UsageError(format!("{} cannot be written down: it is not UTF-8", path.display()));
    Ok(path.to_str().ok_or_else(message)?.to_owned())
}

/// Refuses arguments that the audit would refuse.
fn check(arguments: &[String]) -> anyhow::Result<()> {
    let words = std::iter::once("docrot").chain(arguments.iter().map(String::as_str));
    match Cli::try_parse_from(words) {
        Ok(_) => Ok(()),
        Err(error) => {
            let error = error.to_string();
            let first = error.lines().next().unwrap_or_default();
            let first = first.strip_prefix("error: ").unwrap_or(first);
            Err(UsageError(format!("docrot audit would refuse this: {first}")).into())
        }
    }
}

/// A word for a POSIX shell.
pub(super) fn quoted(word: &str) -> Result<String, String> {
    one_line(word)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:,@=".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return Ok(word.to_owned());
    }
    Ok(format!("'{}'", word.replace('\'', r"'\''")))
}

/// Refuses what no scheduler takes in one line.
pub(super) fn one_line(word: &str) -> Result<&str, String> {
    if word.chars().any(char::is_control) {
        let word = docrot::report::escape::visible(word).into_owned();
        return Err(format!("`{word}` cannot be written in a schedule: it breaks a line"));
    }
    Ok(word)
}

#[cfg(test)]
pub(super) fn sample(arguments: &[&str]) -> Plan {
    Plan {
        program: "/usr/local/bin/docrot".to_owned(),
        arguments: arguments.iter().map(|it| (*it).to_owned()).collect(),
        folder: "/srv/100 % \"docs\"".to_owned(),
        what: "/srv/share".to_owned(),
        every: Every::Week,
        at: Time { hour: 6, minute: 5 },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day_are_read() {
        assert_eq!("06:05".parse(), Ok(Time { hour: 6, minute: 5 }));
        for wrong in ["24:00", "6", "06:60", "-1:00", "6:5pm"] {
            assert!(wrong.parse::<Time>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn arguments_are_checked_before_the_night_they_run_in() {
        let words = |last: &str| ["audit", "/srv", last].map(str::to_owned);
        assert!(check(&words("--quiet-if-clean")).is_ok());
        let refused = check(&words("--quite")).unwrap_err().to_string();
        assert!(refused.contains("unexpected argument '--quite'"), "{refused}");
    }
}
