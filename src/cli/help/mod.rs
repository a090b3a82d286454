//! `docrot help`, and what help there is: commands by task, examples, topics.
//!
//! The command line that is parsed, the help that is printed, manual pages and completions are all
//! made from [`command`].

mod tasks;
mod topics;

use std::fmt::Write as _;
use std::io::{self, Write as _};

use clap::{Command, CommandFactory as _};

use super::Cli;
use super::config::mistakes::suggest;
use super::exit::{Exit, UsageError};
pub(super) use tasks::examples;
pub(super) use topics::TOPICS;

use tasks::TASKS;

/// Lines of help are no longer than this.
const WIDTH: usize = 80;

/// Show the help of a command, or what there is to know of a topic
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A command, such as audit or policy check, or a topic, such as exit-codes
    about: Vec<String>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let words: Vec<&str> = args.about.iter().map(String::as_str).collect();
    let text = match words.as_slice() {
        [] => command().render_long_help().to_string(),
        words => about(words)?,
    };
    io::stdout().lock().write_all(text.as_bytes())?;
    Ok(Exit::Success)
}

/// The command line, with examples and with its commands in the order of tasks.
pub(crate) fn command() -> Command {
    let mut command = Cli::command();
    for subcommand in command.get_subcommands_mut() {
        *subcommand = with_examples(std::mem::take(subcommand), "");
    }
    let template = template(&command);
    command.help_template(template).after_help(topics::list())
}

/// A command with its examples, and those below it with theirs. They are found by the words after
/// `docrot`.
fn with_examples(mut command: Command, above: &str) -> Command {
    let name = format!("{above}{}", command.get_name());
    for subcommand in command.get_subcommands_mut() {
        *subcommand = with_examples(std::mem::take(subcommand), &format!("{name} "));
    }
    let lines = examples(&name);
    if lines.is_empty() {
        return command;
    }
    let heading = if lines.len() == 1 { "Example:" } else { "Examples:" };
    command.after_help(lines.iter().fold(heading.to_owned(), |text, line| text + "\n  " + line))
}

/// How the help of the whole program is laid out: clap knows no groups of commands.
fn template(command: &Command) -> String {
    let mut text = String::from("{about-with-newline}\n{usage-heading} {usage}\n");
    for task in TASKS {
        // Some are not there on every platform.
        let there = task.commands.iter().filter_map(|it| command.find_subcommand(it));
        let about = |it: &Command| it.get_about().map(ToString::to_string).unwrap_or_default();
        let lines: String = there.map(|it| hanging(it.get_name(), &about(it))).collect();
        if !lines.is_empty() {
            let _ = write!(text, "\n{}:\n{lines}", task.title);
        }
    }
    text + "\nEverywhere:\n{options}{after-help}"
}

/// `  name    what it is, as many lines as it takes`
fn hanging(name: &str, about: &str) -> String {
    const INDENT: usize = 14;
    let mut text = format!("  {name:<width$}", width = INDENT - 2);
    let mut column = INDENT;
    for (index, word) in about.split(' ').enumerate() {
        if index > 0 && WIDTH < column + 1 + word.len() {
            let _ = write!(text, "\n{:INDENT$}", "");
            column = INDENT;
        } else if index > 0 {
            text.push(' ');
            column += 1;
        }
        text += word;
        column += word.len();
    }
    text + "\n"
}

/// The help of a command, or a topic.
fn about(words: &[&str]) -> anyhow::Result<String> {
    let wanted = words.join(" ");
    if let Some(topic) = TOPICS.iter().find(|it| it.name == wanted) {
        return Ok(topic.text.to_owned());
    }
    let mut whole = command();
    whole.build();
    let mut found = Some(&mut whole);
    for word in words {
        found = found.and_then(|it| it.find_subcommand_mut(word));
    }
    if let Some(command) = found {
        return Ok(command.render_long_help().to_string());
    }
    let names = whole.get_subcommands().filter(|it| !it.is_hide_set()).map(Command::get_name);
    let names = names.chain(TOPICS.iter().map(|it| it.name));
    let message = format!(
        "there is no command or topic `{wanted}`; `docrot help` lists them{}",
        suggest(&wanted, names)
    );
    Err(UsageError(message).into())
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    /// The words of a line as a shell takes it, up to a redirection or a pipe.
    fn words(line: &str) -> Vec<String> {
        let mut words = vec![String::new()];
        let mut quote = None;
        for c in line.chars() {
            match (c, quote) {
                ('\'' | '"', None) => quote = Some(c),
                (c, Some(open)) if c == open => quote = None,
                (' ', None) => words.push(String::new()),
                ('>' | '|', None) => break,
                (c, _) => words.last_mut().expect("there is one").push(c),
            }
        }
        words.retain(|it| !it.is_empty());
        words
    }

    fn visible(command: &Command, above: &str, found: &mut Vec<String>) {
        for subcommand in command.get_subcommands().filter(|it| !it.is_hide_set()) {
            let name = format!("{above}{}", subcommand.get_name());
            visible(subcommand, &format!("{name} "), found);
            found.push(name);
        }
    }

    #[test]
    fn every_command_has_a_task_and_an_example_that_is_understood() {
        let command = command();
        let mut names = Vec::new();
        visible(&command, "", &mut names);
        for name in names {
            let lines = examples(&name);
            assert!(!lines.is_empty(), "docrot {name} has no example");
            for line in lines {
                assert!(line.starts_with(&format!("docrot {name}")), "{line}");
                assert!(line.chars().count() + 2 <= WIDTH, "{line}");
                let understood = Cli::try_parse_from(words(line));
                assert!(understood.is_ok(), "{line}: {}", understood.unwrap_err());
            }
            if !name.contains(' ') {
                let tasks = TASKS.iter().filter(|it| it.commands.contains(&name.as_str()));
                assert_eq!(tasks.count(), 1, "docrot {name} belongs to one task");
            }
        }
    }

    #[test]
    fn help_fits_a_terminal_of_eighty_columns() {
        let mut whole = command().term_width(WIDTH);
        whole.build();
        let mut texts = vec![("docrot".to_owned(), whole.clone().render_long_help().to_string())];
        let mut names = Vec::new();
        visible(&whole, "", &mut names);
        for name in names {
            let mut found = Some(&mut whole);
            for word in name.split(' ') {
                found = found.and_then(|it| it.find_subcommand_mut(word));
            }
            let help = found.expect("it is visible").render_long_help().to_string();
            texts.push((name, help));
        }
        texts.extend(TOPICS.iter().map(|it| (it.name.to_owned(), it.text.to_owned())));
        for (name, text) in texts {
            for line in text.lines().filter(|it| !it.trim_start().starts_with("Usage:")) {
                assert!(line.chars().count() <= WIDTH, "help {name}: {line}");
            }
        }
    }

    #[test]
    fn commands_and_topics_are_found_by_their_names() {
        assert!(about(&["policy", "check"]).unwrap().contains("docrot policy check HR/Leave.docx"));
        assert!(about(&["policy"]).unwrap().contains("[[rule]]"));
        assert!(about(&["exit-codes"]).unwrap().contains("130"));
        let slip = about(&["polcy"]).unwrap_err().to_string();
        assert!(slip.contains("did you mean `policy`?"), "{slip}");
    }
}
