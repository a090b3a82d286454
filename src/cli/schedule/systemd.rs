//! A service and a timer of systemd. Percent and dollar signs are specifiers and variables there.

use super::File;
use super::plan::{Every, Plan, Time, one_line};

pub(super) fn files(plan: &Plan) -> Result<Vec<File>, String> {
    let words = std::iter::once(&plan.program).chain(&plan.arguments);
    let words: Vec<String> = words.map(|it| quoted(it)).collect::<Result<_, _>>()?;
    let folder = one_line(&plan.folder)?.replace('%', "%%");
    let what = plan.what.replace(char::is_control, " ").replace('%', "%%");
    let service = format!(
        "[Unit]\nDescription=docrot: audit of {what}\n\n[Service]\nType=oneshot\n\
         WorkingDirectory={folder}\nExecStart={}\nNice=10\nIOSchedulingClass=idle\n",
        words.join(" ")
    );
    let Time { hour, minute } = plan.at;
    let days = match plan.every {
        Every::Day => "*-*-*",
        Every::Week => "Mon *-*-*",
        Every::Month => "*-*-01",
    };
    let timer = format!(
        "[Unit]\nDescription=docrot: when to audit {what}\n\n[Timer]\n\
         OnCalendar={days} {hour:02}:{minute:02}:00\nPersistent=true\n\n[Install]\n\
         WantedBy=timers.target\n"
    );
    Ok(vec![
        File { name: "docrot.service", text: service },
        File { name: "docrot.timer", text: timer },
    ])
}

/// A word of a command, whatever is in it.
fn quoted(word: &str) -> Result<String, String> {
    let word = one_line(word)?.replace('\\', "\\\\").replace('"', "\\\"");
    Ok(format!("\"{}\"", word.replace('%', "%%").replace('$', "$$")))
}

#[cfg(test)]
mod tests {
    use super::super::plan::sample;
    use super::*;

    /// The words of a command as systemd reads them.
    fn as_systemd_reads(command: &str) -> Vec<String> {
        let mut words = Vec::new();
        let mut characters = command.chars().peekable();
        while let Some(c) = characters.next() {
            if c == ' ' {
                continue;
            }
            assert_eq!(c, '"', "every word is in quotes: {command}");
            let mut word = String::new();
            loop {
                match characters.next().expect("the quotes are closed") {
                    '"' => break,
                    '\\' => word.extend(characters.next()),
                    sign @ ('%' | '$') => {
                        assert_eq!(characters.next(), Some(sign), "{command}");
                        word.push(sign);
                    }
                    c => word.push(c),
                }
            }
            words.push(word);
        }
        words
    }

    #[test]
    fn every_argument_arrives_as_it_is() {
        let hostile = ["audit", "a b", "100 %", "50%%", "it's", "\"x\"", "$HOME ${X}", "\\n", ""];
        let files = files(&sample(&hostile)).unwrap();
        let line = files[0].text.lines().find_map(|it| it.strip_prefix("ExecStart=")).unwrap();
        let words = as_systemd_reads(line);
        assert_eq!(words[0], "/usr/local/bin/docrot");
        assert_eq!(words[1..], hostile);
        assert!(files[0].text.contains("\nWorkingDirectory=/srv/100 %% \"docs\"\n"));
        assert!(files[1].text.contains("\nOnCalendar=Mon *-*-* 06:05:00\n"));
    }
}
