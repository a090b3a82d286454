//! Who answers for which path, as a file of code owners says: the format that GitHub, GitLab and
//! Bitbucket share.
//!
//! Plain text in, plain data out. Of the patterns that match a path the last one counts, within each
//! section where there are sections. A pattern without owners says that nobody answers.

use std::path::Path;

use globset::{Candidate, GlobBuilder, GlobSet, GlobSetBuilder};

/// The owners that a file of code owners names, by pattern of paths.
#[derive(Clone, Debug, Default)]
pub struct CodeOwners {
    /// What the file is called in provenances.
    name: String,
    // Invariant: `set` holds the patterns of `lines`; `line_of` says of which.
    lines: Vec<Line>,
    set: GlobSet,
    line_of: Vec<usize>,
    /// What could not be understood, each with its line.
    pub mistakes: Vec<String>,
}

/// A pattern with its owners.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    number: u32,
    section: usize,
    owners: Vec<String>,
}

impl CodeOwners {
    /// Reads the text of a file that people know as `name`, such as `.github/CODEOWNERS`.
    ///
    /// A line that makes no sense is left out and told in [`CodeOwners::mistakes`].
    pub fn parse(name: &str, text: &str) -> Self {
        let mut owners = Self { name: name.to_owned(), ..Self::default() };
        let mut builder = GlobSetBuilder::new();
        let mut sections = Sections::default();
        for (number, line) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') || sections.begins(line) {
                continue;
            }
            let mut words = words(line).into_iter();
            let Some(pattern) = words.next() else { continue };
            let globs: Result<Vec<_>, _> = globs(&pattern)
                .iter()
                .map(|glob| GlobBuilder::new(glob).literal_separator(true).build())
                .collect();
            let globs = match globs {
                Ok(globs) if !pattern.starts_with('!') => globs,
                Ok(_) => {
                    owners.mistakes.push(format!("line {number}: `{pattern}` cannot be negated"));
                    continue;
                }
                Err(error) => {
                    owners.mistakes.push(format!("line {number}: {error}"));
                    continue;
                }
            };
            for glob in globs {
                builder.add(glob);
                owners.line_of.push(owners.lines.len());
            }
            let mut named: Vec<String> = words.collect();
            if named.is_empty() {
                named.clone_from(&sections.default);
            }
            owners.lines.push(Line { number, section: sections.current, owners: named });
        }
        match builder.build() {
            Ok(set) => owners.set = set,
            Err(error) => {
                // Each pattern was checked on its own; together they can still be too large.
                owners.mistakes.push(error.to_string());
                (owners.lines, owners.line_of) = (Vec::new(), Vec::new());
            }
        }
        owners
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The owners of the document at `path`, relative to the folder that the patterns count from,
    /// and the place that says so; none where nobody answers.
    pub fn of(&self, path: &Path) -> Option<(String, String)> {
        if self.lines.is_empty() {
            return None;
        }
        // The last line that matches, by section.
        let mut last: Vec<&Line> = Vec::new();
        for glob in self.set.matches_candidate(&Candidate::new(path)) {
            let line = &self.lines[self.line_of[glob]];
            match last.iter_mut().find(|it| it.section == line.section) {
                Some(it) => *it = line,
                None => last.push(line),
            }
        }
        let mut names: Vec<&str> = Vec::new();
        for name in last.iter().flat_map(|line| &line.owners) {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        let line = last.iter().rfind(|line| !line.owners.is_empty())?;
        Some((names.join(", "), format!("{}, line {}", self.name, line.number)))
    }
}

impl PartialEq for CodeOwners {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, &self.lines, &self.mistakes) == (&other.name, &other.lines, &other.mistakes)
    }
}

/// Sections of a file, as GitLab has them.
#[derive(Default)]
struct Sections {
    names: Vec<String>,
    current: usize,
    default: Vec<String>,
}

impl Sections {
    /// Whether the line is the heading of a section: `[Docs]`, `^[Docs][2] @writers`.
    fn begins(&mut self, line: &str) -> bool {
        let Some(rest) = line.strip_prefix('^').unwrap_or(line).strip_prefix('[') else {
            return false;
        };
        let Some((name, rest)) = rest.split_once(']') else { return false };
        // `[ab]*.md @owner` is a pattern.
        if !rest.is_empty() && !rest.starts_with([' ', '\t', '[']) {
            return false;
        }
        let rest = match rest.strip_prefix('[') {
            Some(approvals) => approvals.split_once(']').map_or("", |(_, rest)| rest),
            None => rest,
        };
        let name = name.trim().to_lowercase();
        let position = self.names.iter().position(|it| *it == name).unwrap_or_else(|| {
            self.names.push(name);
            self.names.len() - 1
        });
        // 0 is what stands before the first section.
        self.current = position + 1;
        self.default = words(rest);
        true
    }
}

/// The words of a line up to a comment; `\ ` is a space within a word.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut characters = line.chars();
    while let Some(c) = characters.next() {
        let word = words.last_mut().expect("there is always a last word");
        match c {
            '\\' => match characters.next() {
                Some(' ') => word.push(' '),
                Some(other) => word.extend(['\\', other]),
                None => word.push('\\'),
            },
            '#' if word.is_empty() => break,
            c if c.is_whitespace() => {
                if !word.is_empty() {
                    words.push(String::new());
                }
            }
            c => word.push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The patterns of paths that a pattern of code owners stands for.
fn globs(pattern: &str) -> Vec<String> {
    // Braces are characters here, and alternatives in a glob.
    let plain = pattern.replace('{', "[{]").replace('}', "[}]");
    let (plain, is_folder) = match plain.strip_suffix('/') {
        Some(plain) => (plain.to_owned(), true),
        None => (plain, false),
    };
    let is_anchored = plain.contains('/');
    let plain = plain.trim_start_matches('/');
    let base = if is_anchored { plain.to_owned() } else { format!("**/{plain}") };
    if plain.is_empty() {
        return vec!["**".to_owned()];
    }
    let below = format!("{base}/**");
    // `docs/*` is what lies in the folder, and not what lies deeper.
    if is_anchored && plain.ends_with("/*") {
        return vec![base];
    }
    if is_folder { vec![below] } else { vec![base, below] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(text: &str, path: &str) -> Option<String> {
        CodeOwners::parse("CODEOWNERS", text).of(Path::new(path)).map(|(owner, _)| owner)
    }

    #[test]
    fn patterns_mean_what_github_documents() {
        for (pattern, yes, no) in [
            ("*", vec!["a", "a/b.md"], vec![]),
            ("*.md", vec!["a.md", "x/y/a.md"], vec!["a.mdx"]),
            ("/build/logs/", vec!["build/logs/a", "build/logs/x/b"], vec!["x/build/logs/a"]),
            ("docs/*", vec!["docs/a.md"], vec!["docs/x/a.md", "x/docs/a.md"]),
            ("apps/", vec!["apps/a", "x/apps/y/b"], vec!["apps"]),
            ("/docs/", vec!["docs/x/a"], vec!["x/docs/a"]),
            ("/scripts", vec!["scripts", "scripts/x/a"], vec!["x/scripts"]),
            ("**/logs", vec!["logs/a", "build/logs/a", "deeply/nested/logs/x"], vec!["logsx"]),
            ("My\\ Docs/", vec!["My Docs/a"], vec!["My/a"]),
            ("{a,b}.md", vec!["{a,b}.md"], vec!["a.md"]),
        ] {
            let text = format!("{pattern} @team # why");
            for path in yes {
                assert_eq!(owner(&text, path).as_deref(), Some("@team"), "{pattern} {path}");
            }
            for path in no {
                assert_eq!(owner(&text, path), None, "{pattern} {path}");
            }
        }
    }

    #[test]
    fn the_last_line_that_matches_counts_also_where_it_names_nobody() {
        let text = "# owners\n* @all\n\nHR/ @hr kim@example.org\nHR/public\n";
        assert_eq!(owner(text, "a.md").as_deref(), Some("@all"));
        assert_eq!(owner(text, "HR/a.md").as_deref(), Some("@hr, kim@example.org"));
        assert_eq!(owner(text, "HR/public/a.md"), None);
        let owners = CodeOwners::parse(".github/CODEOWNERS", text);
        assert_eq!(owners.of(Path::new("HR/a")).unwrap().1, ".github/CODEOWNERS, line 4");
    }

    #[test]
    fn sections_count_each_for_itself_and_have_owners_by_default() {
        let text = "* @all\n[Docs][2] @writers\n*.md\n^[Legal]\nHR/ @legal\n[docs]\nHR/*.md @hr\n";
        assert_eq!(owner(text, "a.md").as_deref(), Some("@all, @writers"));
        assert_eq!(owner(text, "HR/a.md").as_deref(), Some("@all, @hr, @legal"));
    }

    #[test]
    fn lines_that_make_no_sense_are_told_and_cost_no_other() {
        let owners = CodeOwners::parse("CODEOWNERS", "[a @x\n!b @x\nc @y\n");
        assert_eq!(owners.mistakes.len(), 2, "{:?}", owners.mistakes);
        assert!(owners.mistakes[1].starts_with("line 2: "));
        assert_eq!(owners.of(Path::new("c")).unwrap().0, "@y");
    }
}
