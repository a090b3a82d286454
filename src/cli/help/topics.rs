//! What there is to know beside the commands, in few words.

use std::fmt::Write as _;

/// Something to know.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) struct Topic {
    /// What `docrot help` calls it.
    pub(in crate::cli) name: &'static str,
    /// What it is about, in a line.
    pub(in crate::cli) title: &'static str,
    /// Lines of at most 72 columns, so that a manual page can indent them.
    pub(in crate::cli) text: &'static str,
}

/// Every topic. Where a command is called the same, `docrot help` shows the topic.
pub(in crate::cli) const TOPICS: &[Topic] = &[
    Topic {
        name: "start",
        title: "from the first look to a clean-up that can be undone",
        text: include_str!("topics/start.txt"),
    },
    Topic {
        name: "policy",
        title: "what your organisation calls redundant, obsolete and trivial",
        text: include_str!("topics/policy.txt"),
    },
    Topic {
        name: "dates",
        title: "which dates are believed, and what follows from them",
        text: include_str!("topics/dates.txt"),
    },
    Topic {
        name: "paths",
        title: "patterns, what is never read, and where catalogs lie",
        text: include_str!("topics/paths.txt"),
    },
    Topic {
        name: "outputs",
        title: "forms of reports, and whom each is for",
        text: include_str!("topics/outputs.txt"),
    },
    Topic {
        name: "clean-up",
        title: "how documents are moved aside and taken back",
        text: include_str!("topics/clean-up.txt"),
    },
    Topic {
        name: "exit-codes",
        title: "what schedulers can rely on",
        text: include_str!("topics/exit-codes.txt"),
    },
    Topic {
        name: "environment",
        title: "variables that are read",
        text: include_str!("topics/environment.txt"),
    },
];

/// The list at the end of the help.
pub(super) fn list() -> String {
    let mut text = "Topics (docrot help TOPIC):\n".to_owned();
    for Topic { name, title, .. } in TOPICS {
        let _ = writeln!(text, "  {name:<12}{title}");
    }
    text + "\nStart with: docrot audit FOLDER"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_fit_a_manual_page() {
        for Topic { name, text, .. } in TOPICS {
            assert!(text.ends_with('\n') && text.lines().count() <= 45, "{name}");
            for line in text.lines() {
                assert!(line.chars().count() <= 72, "{name}: {line}");
            }
        }
    }

    /// What topics say of exit codes and of the environment is what the program does.
    #[test]
    fn topics_name_every_exit_code_and_every_output() {
        let text = |name: &str| TOPICS.iter().find(|it| it.name == name).unwrap().text;
        use crate::cli::exit::Exit;
        for exit in [Exit::Success, Exit::Found, Exit::Usage, Exit::Failure, Exit::Interrupted] {
            let start = format!("    {:<5}", exit as u8);
            assert!(text("exit-codes").lines().any(|it| it.starts_with(&start)), "{exit:?}");
        }
        for writer in docrot::report::WRITERS {
            assert!(text("outputs").contains(writer.name), "{}", writer.name);
        }
        use crate::cli::config::env;
        let mut variables = vec![env::CONFIG, env::INDEX, env::LOG];
        #[cfg(feature = "network")]
        variables.extend([env::USER, env::PASSWORD, env::API_KEY, env::TOKEN]);
        for variable in variables {
            assert!(text("environment").contains(variable), "{variable}");
        }
    }
}
