//! A task of the Windows Task Scheduler, as it imports them.

use chrono::NaiveDate;

use super::File;
use super::plan::{Every, Plan, Time, one_line};

pub(super) fn files(plan: &Plan, first: NaiveDate) -> Result<Vec<File>, String> {
    let arguments: Vec<String> =
        plan.arguments.iter().map(|it| quoted(it)).collect::<Result<_, _>>()?;
    let (program, folder) = (plain(&plan.program)?, plain(&plan.folder)?);
    let Time { hour, minute } = plan.at;
    let schedule = match plan.every {
        Every::Day => "<ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>".to_owned(),
        Every::Week => "<ScheduleByWeek><WeeksInterval>1</WeeksInterval><DaysOfWeek><Monday/>\
                        </DaysOfWeek></ScheduleByWeek>"
            .to_owned(),
        Every::Month => {
            let months: String = MONTHS.iter().map(|it| format!("<{it}/>")).collect();
            format!(
                "<ScheduleByMonth><DaysOfMonth><Day>1</Day></DaysOfMonth>\
                 <Months>{months}</Months></ScheduleByMonth>"
            )
        }
    };
    // Without an encoding: the task is imported from files of more than one.
    let text = format!(
        r#"<?xml version="1.0"?>
<!-- schtasks /Create /TN docrot /XML docrot.xml -->
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>docrot: audit of {what}</Description>
  </RegistrationInfo>
  <Triggers>
    <CalendarTrigger>
      <StartBoundary>{first}T{hour:02}:{minute:02}:00</StartBoundary>
      <Enabled>true</Enabled>
      {schedule}
    </CalendarTrigger>
  </Triggers>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT72H</ExecutionTimeLimit>
    <Priority>7</Priority>
  </Settings>
  <Actions>
    <Exec>
      <Command>{program}</Command>
      <Arguments>{arguments}</Arguments>
      <WorkingDirectory>{folder}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
"#,
        what = escaped(&plan.what.replace(char::is_control, " ")),
        program = escaped(program),
        arguments = escaped(&arguments.join(" ")),
        folder = escaped(folder),
    );
    Ok(vec![File { name: "docrot.xml", text }])
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Between two percent signs the Task Scheduler puts in a variable, and nothing prevents it.
fn plain(word: &str) -> Result<&str, String> {
    if 1 < word.matches('%').count() {
        return Err(format!("`{word}` cannot be written in a task: it looks like a variable"));
    }
    one_line(word)
}

/// A word as programs on Windows take their command line apart.
fn quoted(word: &str) -> Result<String, String> {
    let word = plain(word)?;
    if !word.is_empty() && !word.contains([' ', '\t', '"']) {
        return Ok(word.to_owned());
    }
    let mut text = String::from("\"");
    let mut backslashes = 0;
    for c in word.chars() {
        match c {
            '\\' => backslashes += 1,
            '"' => {
                // Those before a quotation mark count twice, and it has one of its own.
                text.extend(std::iter::repeat_n('\\', backslashes + 1));
                backslashes = 0;
            }
            _ => backslashes = 0,
        }
        text.push(c);
    }
    text.extend(std::iter::repeat_n('\\', backslashes));
    text.push('"');
    Ok(text)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::super::plan::sample;
    use super::*;

    /// A command line taken apart as the C runtime of Windows does.
    fn as_windows_reads(line: &str) -> Vec<String> {
        let (mut words, mut word, mut is_quoted, mut is_word) =
            (vec![], String::new(), false, false);
        let characters: Vec<char> = line.chars().collect();
        let mut at = 0;
        while at < characters.len() {
            match characters[at] {
                '\\' => {
                    let count = characters[at..].iter().take_while(|it| **it == '\\').count();
                    at += count;
                    let before_quote = characters.get(at) == Some(&'"');
                    word.push_str(&"\\".repeat(if before_quote { count / 2 } else { count }));
                    if before_quote && count % 2 == 1 {
                        word.push('"');
                        at += 1;
                    }
                    is_word = true;
                    continue;
                }
                '"' => (is_quoted, is_word) = (!is_quoted, true),
                ' ' if !is_quoted => {
                    if is_word {
                        words.push(std::mem::take(&mut word));
                    }
                    is_word = false;
                }
                c => {
                    word.push(c);
                    is_word = true;
                }
            }
            at += 1;
        }
        if is_word {
            words.push(word);
        }
        words
    }

    #[test]
    fn every_argument_arrives_as_it_is() {
        let hostile =
            ["audit", r"C:\My docs\", "a b", "100 %", "say \"x\"", r"\\srv\x", "", r#"a\"b"#];
        let first = "2026-06-01".parse().unwrap();
        let plan = Plan { folder: "C:\\A & <B>".to_owned(), ..sample(&hostile) };
        let text = files(&plan, first).unwrap().remove(0).text;
        let between = |tag: &str| {
            let inner = text.split(&format!("<{tag}>")).nth(1).unwrap();
            let inner = inner.split(&format!("</{tag}>")).next().unwrap();
            let inner = inner.replace("&quot;", "\"").replace("&gt;", ">").replace("&lt;", "<");
            inner.replace("&amp;", "&")
        };
        assert_eq!(as_windows_reads(&between("Arguments")), hostile);
        assert_eq!(between("WorkingDirectory"), "C:\\A & <B>");
        assert_eq!(between("StartBoundary"), "2026-06-01T06:05:00");
        assert!(files(&sample(&["%USERPROFILE%"]), first).is_err());
    }
}
