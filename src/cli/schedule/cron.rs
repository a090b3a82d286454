//! A line of a crontab. A percent sign ends the command there unless it is escaped.

use super::File;
use super::plan::{Plan, quoted};

/// Longer commands are cut by some crons.
const MAX_LINE: usize = 998;

pub(super) fn files(plan: &Plan) -> Result<Vec<File>, String> {
    let folder = quoted(&plan.folder)?;
    let command = format!("cd {folder} && {}", plan.shell(&plan.program)?);
    let line = format!("{} {}", plan.cron_fields(), command.replace('%', r"\%"));
    if MAX_LINE < line.len() {
        return Err("the line is too long for cron; put options into docrot.toml".to_owned());
    }
    let what = plan.what.replace(char::is_control, " ");
    let text = format!("# docrot: audit of {what}. Add this to the crontab: crontab -e\n{line}\n");
    Ok(vec![File { name: "docrot.cron", text }])
}

#[cfg(test)]
mod tests {
    use super::super::plan::{Every, sample};
    use super::*;

    /// What cron hands to the shell: up to a percent sign that is not escaped.
    fn as_cron_reads(line: &str) -> (Vec<&str>, String) {
        let mut rest = line;
        let mut fields = Vec::new();
        for _ in 0..5 {
            let (field, tail) = rest.split_once(' ').unwrap();
            fields.push(field);
            rest = tail;
        }
        let mut command = String::new();
        let mut characters = rest.chars().peekable();
        while let Some(c) = characters.next() {
            match c {
                '\\' if characters.peek() == Some(&'%') => command.extend(characters.next()),
                '%' => break,
                c => command.push(c),
            }
        }
        (fields, command)
    }

    #[cfg(unix)]
    #[test]
    fn the_shell_gets_every_argument_as_it_is() {
        let hostile = ["a b", "100 %", "it's", "$(id) `id` $HOME", "\"x\"", "a;b&c|d", "*", "\\%"];
        let plan = sample(&hostile);
        let plan = super::super::plan::Plan { folder: "/".to_owned(), ..plan };
        let plan = super::super::plan::Plan { program: "printf '%s\\n'".to_owned(), ..plan };
        let text = files(&plan).unwrap().remove(0).text;
        let (fields, command) = as_cron_reads(text.lines().nth(1).unwrap());
        assert_eq!(fields, ["5", "6", "*", "*", "1"]);
        // A function takes the place of the program.
        let command = command.replace("'printf '\\''%s\\n'\\'''", "printf '%s\\n'");
        let output = std::process::Command::new("sh").args(["-c", &command]).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(said.lines().collect::<Vec<_>>(), hostile, "{command}");
    }

    #[test]
    fn what_breaks_a_line_or_is_too_long_is_refused() {
        assert!(files(&sample(&["a\nb"])).is_err());
        assert!(files(&sample(&[&"x".repeat(1000)])).is_err());
    }

    #[test]
    fn days_weeks_and_months() {
        let fields = |every| sample(&[]).on(every, "23:59".parse().unwrap()).cron_fields();
        assert_eq!(fields(Every::Day), "59 23 * * *");
        assert_eq!(fields(Every::Month), "59 23 1 * *");
    }
}
