//! `docrot man`

use std::fs;
use std::io;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Command;
use clap_mangen::Man;

use super::exit::Exit;
use super::help::{self, TOPICS};
use super::output;

/// Write the manual pages: one for each command, and one for each topic
///
/// For `man docrot` to find them, write them into a folder of your MANPATH.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder to write man1 and man7 into
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
}

/// What the foot of a page names.
const SOURCE: &str = concat!("docrot ", env!("CARGO_PKG_VERSION"));

/// A manual page.
struct Page {
    /// Its name with its section, such as `docrot-audit.1`.
    name: String,
    section: u8,
    text: Vec<u8>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    for Page { name, section, text } in pages()? {
        let folder = args.to.join(format!("man{section}"));
        let failed = || format!("cannot write into {}", folder.display());
        fs::create_dir_all(&folder).with_context(failed)?;
        output::whole(&folder.join(name), |out| out.write_all(&text)).with_context(failed)?;
    }
    Ok(Exit::Success)
}

fn pages() -> io::Result<Vec<Page>> {
    let mut command = help::command();
    // Names every command by the words that it takes to call it.
    command.build();
    let mut pages = Vec::new();
    of_command(&command, "docrot", &mut pages)?;
    for topic in TOPICS {
        let name = format!("docrot-{}", topic.name);
        let head = format!(
            ".TH {name} 7 \"\" \"{SOURCE}\" docrot\n.SH NAME\n{} \\- {}\n.SH DESCRIPTION\n.nf\n",
            literal(&name),
            literal(topic.title)
        );
        let text = head + &literal(topic.text) + ".fi\n.SH \"SEE ALSO\"\n.BR docrot (1)\n";
        pages.push(Page { name: format!("{name}.7"), section: 7, text: text.into_bytes() });
    }
    Ok(pages)
}

/// The page of a command, and those of the commands below it.
fn of_command(command: &Command, name: &str, pages: &mut Vec<Page>) -> io::Result<()> {
    let mut text = Vec::new();
    let man = Man::new(command.clone()).title(name).source(SOURCE).manual("docrot");
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut text)?;
    }
    text.extend(examples_of(name).into_bytes());
    text.extend(see_also(name).into_bytes());
    pages.push(Page { name: format!("{name}.1"), section: 1, text });
    for subcommand in command.get_subcommands().filter(|it| !it.is_hide_set()) {
        of_command(subcommand, &format!("{name}-{}", subcommand.get_name()), pages)?;
    }
    Ok(())
}

/// The examples of the command with this page.
fn examples_of(name: &str) -> String {
    let command = name.trim_start_matches("docrot").trim_start_matches('-').replace('-', " ");
    let lines = help::examples(if command.is_empty() { "audit" } else { &command });
    format!(".SH EXAMPLES\n.nf\n{}\n.fi\n", literal(&lines.join("\n")))
}

/// The pages that the page of a command leads to.
fn see_also(name: &str) -> String {
    let mut pages = TOPICS.iter().map(|it| format!("docrot-{}(7)", it.name)).collect::<Vec<_>>();
    if name != "docrot" {
        pages.insert(0, "docrot(1)".to_owned());
    }
    format!(".SH \"SEE ALSO\"\n{}\n", literal(&pages.join(", ")))
}

/// Lines that roff prints as they are.
fn literal(text: &str) -> String {
    let mut lines = String::new();
    for line in text.split_inclusive('\n') {
        if line.starts_with(['.', '\'']) {
            lines += "\\&";
        }
        lines += &line.replace('\\', "\\e").replace('-', "\\-").replace('\'', "\\(aq");
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_and_topic_has_a_page_with_examples() {
        let pages = pages().unwrap();
        for name in ["docrot.1", "docrot-audit.1", "docrot-policy-check.1", "docrot-policy.7"] {
            assert!(pages.iter().any(|it| it.name == name), "{name}");
        }
        assert!(!pages.iter().any(|it| it.name.contains("__")));
        for page in pages.iter().filter(|it| it.section == 1) {
            let text = String::from_utf8_lossy(&page.text);
            let examples = text.split_once(".SH EXAMPLES\n.nf\n").unwrap().1;
            assert!(examples.starts_with("docrot "), "{}", page.name);
        }
    }

    #[test]
    fn words_are_not_taken_for_requests() {
        assert_eq!(
            literal(".so /etc/passwd\nit's a\\b --yes"),
            "\\&.so /etc/passwd\nit\\(aqs a\\eb \\-\\-yes"
        );
    }
}
