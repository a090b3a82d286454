//! A report in parts: a file for each owner, and one that lists them. Each file is whole or not
//! there, and all of them appear together.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use docrot::inventory::{DocId, Hash};
use docrot::report::figures::Figures;
use docrot::report::{Mail, Options, Part, Report, Writer, address, asks, escape, words};

use super::exit::UsageError;
use super::judged::{Judged, Shown};
use super::output;

/// The list of the parts.
const LIST: &str = "index.csv";
/// The part of documents that nobody is known to answer for.
const NOBODY: &str = "no-owner";
/// Letters of an owner's name in the name of a file.
const MOST_LETTERS: usize = 60;

/// Refuses a folder that nothing can be written to before hours of work are spent on it.
pub(super) fn check(folder: Option<&Path>) -> anyhow::Result<()> {
    let Some(folder) = folder else {
        let message = "say the folder for the parts: --output DIR";
        return Err(UsageError(message.to_owned()).into());
    };
    let name = folder.display();
    if folder.exists() && !folder.is_dir() {
        bail!("cannot write to {name}: it is no folder, and the parts of a report need one");
    }
    match folder.parent() {
        Some(above) if !above.as_os_str().is_empty() && !above.is_dir() => {
            bail!("cannot make {name}: there is no folder {}", above.display())
        }
        _ => Ok(()),
    }
}

/// Writes a file for each owner of what is shown, and the list of them.
pub(super) fn by_owner(
    judged: &Judged,
    writer: &Writer,
    folder: &Path,
    options: Options,
) -> anyhow::Result<()> {
    let name = folder.display();
    if !folder.is_dir() {
        fs::create_dir(folder).with_context(|| format!("cannot make the folder {name}"))?;
    }
    let mut files = Together::new(folder);
    let mut parts = Vec::new();
    let mut taken = HashSet::new();
    for (owner, positions) in positions(judged) {
        let shown = part(judged, owner.as_deref(), &positions);
        let report = judged.report_of(&shown);
        let to = owner.as_deref().and_then(address).unwrap_or(options.mail.to);
        let mail = Mail { to, ..options.mail };
        let report = Report { options: Options { mail, ..options }, ..report };
        let file = file_name(owner.as_deref(), writer.extension, &mut taken);
        files
            .add(&file, |out| (writer.write)(&report, out))
            .with_context(|| format!("cannot write {file} in {name}; nothing was changed there"))?;
        parts.push(told(&report, owner.clone(), file));
    }
    let whole = Report { options, ..judged.report() };
    files
        .add(LIST, |out| out.write_all(list(&parts).as_bytes()))
        .with_context(|| format!("cannot write {LIST} in {name}; nothing was changed there"))?;
    if let Some(index) = writer.index {
        let file = format!("index.{}", writer.extension);
        files
            .add(&file, |out| index(&whole, &parts, out))
            .with_context(|| format!("cannot write {file} in {name}; nothing was changed there"))?;
    }
    files.appear().with_context(|| format!("cannot write to {name}"))?;
    say(folder, &parts);
    Ok(())
}

/// What is left of an earlier run is told, and never removed: somebody may have written in it.
fn say(folder: &Path, parts: &[Part]) {
    let is_ours = |name: &str| name == LIST || parts.iter().any(|part| part.file == name);
    let extension = parts.first().and_then(|it| Path::new(&it.file).extension().map(Into::into));
    let extension: Option<std::ffi::OsString> = extension;
    let others = fs::read_dir(folder).into_iter().flatten().flatten().filter(|entry| {
        let path = entry.path();
        path.extension() == extension.as_deref()
            && !is_ours(&entry.file_name().to_string_lossy())
            && path.file_stem().is_none_or(|it| it != "index")
    });
    let others = others.count() as u64;
    if 0 < others {
        let files = words::counted(others, "other file");
        log::warn!("{files} in {}, perhaps of an earlier report", folder.display());
    }
}

/// The findings that are shown by owner, nobody last. What several people answer for is told to
/// each of them.
fn positions(judged: &Judged) -> Vec<(Option<String>, Vec<usize>)> {
    let mut by_owner: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut nobodys = Vec::new();
    let mut names: HashMap<DocId, Vec<String>> = HashMap::new();
    for (position, finding) in judged.shown.assessment.findings.iter().enumerate() {
        let document = finding.document;
        let names = names.entry(document).or_insert_with(|| owners(judged, document));
        for name in names.iter() {
            by_owner.entry(name.clone()).or_default().push(position);
        }
        if names.is_empty() {
            nobodys.push(position);
        }
    }
    let nobody = (!nobodys.is_empty()).then_some((None, nobodys));
    by_owner.into_iter().map(|(owner, positions)| (Some(owner), positions)).chain(nobody).collect()
}

/// The names of those who answer for a document, without repeats.
fn owners(judged: &Judged, document: DocId) -> Vec<String> {
    let all = judged.owners.owner(document).map_or("", |it| it.name.as_str());
    let mut names: Vec<String> = Vec::new();
    for name in all.split(',').map(str::trim).filter(|it| !it.is_empty()) {
        if !names.iter().any(|it| it == name) {
            names.push(name.to_owned());
        }
    }
    names
}

fn part(judged: &Judged, owner: Option<&str>, positions: &[usize]) -> Shown {
    let mut keep = vec![false; judged.shown.assessment.findings.len()];
    for &position in positions {
        keep[position] = true;
    }
    let said = match owner {
        Some(owner) => format!("that {} answers for", escape::visible(owner)),
        None => "that nobody is known to answer for".to_owned(),
    };
    // Nobody knows who answered for what is gone.
    let mut shown = judged.view(&keep, |_| false, &said);
    shown.assessment.reviews.retain(|it| {
        let names = owners(judged, it.document);
        owner.map_or(names.is_empty(), |owner| names.iter().any(|it| it == owner))
    });
    shown
}

fn told(report: &Report, owner: Option<String>, file: String) -> Part {
    let findings = report.assessment.findings.iter().enumerate();
    let open = findings.filter(|(at, _)| report.is_open(*at));
    Part {
        owner,
        file,
        findings: report.assessment.findings.len() as u64,
        to_decide: Figures::of(report).to_decide,
        minutes: open.map(|(_, it)| asks::minutes(it)).sum(),
    }
}

/// The list, as a table with the columns of a spreadsheet.
fn list(parts: &[Part]) -> String {
    let mut table = "\u{feff}owner,file,findings,need a decision,minutes\r\n".to_owned();
    for Part { owner, file, findings, to_decide, minutes } in parts {
        let owner = escape::cell(owner.as_deref().unwrap_or_default()).replace('"', "\"\"");
        table += &format!("\"{owner}\",{file},{findings},{to_decide},{minutes}\r\n");
    }
    table
}

/// A name for an owner's file that no file system minds, that is the same in every run, and that no
/// other owner's file has.
fn file_name(owner: Option<&str>, extension: &str, taken: &mut HashSet<String>) -> String {
    let stem = owner.map_or_else(|| NOBODY.to_owned(), stem);
    let mut name = format!("{stem}.{extension}");
    // Names that agree in their hashes, too, were made to.
    let mut number = 2;
    while !taken.insert(name.clone()) {
        name = format!("{stem}-{number}.{extension}");
        number += 1;
    }
    name
}

/// The owner's name where it is plain, else its plain letters and a hash of all of it.
fn stem(owner: &str) -> String {
    let mut plain = String::new();
    for c in owner.to_lowercase().chars().take(MOST_LETTERS) {
        match c {
            'a'..='z' | '0'..='9' | '_' | '@' => plain.push(c),
            '.' if !plain.is_empty() => plain.push(c),
            _ if !plain.is_empty() && !plain.ends_with('-') => plain.push('-'),
            _ => {}
        }
    }
    let plain = plain.trim_matches(['-', '.']);
    // What Windows keeps for devices, and what docrot itself calls files.
    const RESERVED: &[&str] = &["con", "prn", "aux", "nul", "index", NOBODY];
    let first = plain.split('.').next().unwrap_or_default();
    let is_device = |it: &str| {
        let number = it.strip_prefix("com").or_else(|| it.strip_prefix("lpt"));
        number.is_some_and(|it| it.len() == 1)
    };
    let is_hashed = plain
        .rsplit_once('-')
        .is_some_and(|(_, end)| end.len() == 8 && end.bytes().all(|it| it.is_ascii_hexdigit()));
    let is_reserved = RESERVED.contains(&first) || is_device(first) || is_hashed;
    if !plain.is_empty() && plain == owner && !is_reserved {
        return plain.to_owned();
    }
    let hash = &Hash::of(owner.as_bytes()).to_string()[..8];
    format!("{}-{hash}", if plain.is_empty() { "owner" } else { plain })
}

/// Files that are written beside their places, and moved there when all of them are whole.
struct Together<'a> {
    folder: &'a Path,
    written: Vec<(PathBuf, PathBuf)>,
}

impl<'a> Together<'a> {
    const fn new(folder: &'a Path) -> Self {
        Self { folder, written: Vec::new() }
    }

    fn add(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>,
    ) -> io::Result<()> {
        let place = self.folder.join(name);
        let place = place.canonicalize().unwrap_or(place);
        let beside = output::beside(&place);
        let file = output::create_in_place_of(&place, &beside, 0o666)?;
        self.written.push((beside, place));
        let mut out = BufWriter::new(file);
        write(&mut out)?;
        out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
    }

    #[expect(clippy::disallowed_methods, reason = "docrot's own output, not a document")]
    fn appear(mut self) -> io::Result<()> {
        for (beside, place) in std::mem::take(&mut self.written) {
            let moved = fs::rename(&beside, &place);
            if moved.is_err() {
                self.written.push((beside, place));
            }
            moved?;
        }
        Ok(())
    }
}

impl Drop for Together<'_> {
    #[expect(clippy::disallowed_methods, reason = "docrot's own output, not a document")]
    fn drop(&mut self) {
        for (beside, _) in &self.written {
            // The first error is the one to tell.
            let _ = fs::remove_file(beside);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_plain_stable_and_apart() {
        assert_eq!(stem("r.ortiz@example.org"), "r.ortiz@example.org");
        assert_eq!(stem("team_a"), "team_a");
        let hashed = stem("Rosa Ortiz");
        assert!(hashed.starts_with("rosa-ortiz-") && hashed.len() == 19, "{hashed}");
        assert_ne!(stem("Rosa Ortiz"), stem("rosa ortiz"));
        assert_ne!(stem(&hashed), hashed, "nobody can take the name of another");
        for hostile in ["../../etc/passwd", "/", "..", "con", "LPT1", "index", "no-owner", "=1", ""]
        {
            let stem = stem(hostile);
            let is_plain = |c: char| c.is_ascii_alphanumeric() || "._@-".contains(c);
            assert!(stem.chars().all(is_plain) && !stem.starts_with('.'), "{stem}");
            assert_ne!(stem, hostile);
        }
        assert!(stem(&"書".repeat(4096)).starts_with("owner-"));
        assert!(stem(&"x".repeat(4096)).len() < 100);
        let mut taken = HashSet::new();
        assert_eq!(file_name(Some("a"), "csv", &mut taken), "a.csv");
        assert_eq!(file_name(Some("a"), "csv", &mut taken), "a-2.csv");
    }

    #[test]
    fn files_appear_together_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let names = || {
            let names = fs::read_dir(folder.path()).unwrap().map(|it| it.unwrap().file_name());
            let mut names: Vec<_> = names.map(|it| it.into_string().unwrap()).collect();
            names.sort();
            names
        };
        let mut files = Together::new(folder.path());
        files.add("a", |out| out.write_all(b"1")).unwrap();
        let full = |_: &mut dyn io::Write| Err(io::ErrorKind::StorageFull.into());
        assert!(files.add("b", full).is_err());
        drop(files);
        assert!(names().is_empty());
        let mut files = Together::new(folder.path());
        files.add("a", |out| out.write_all(b"1")).unwrap();
        files.add("b", |out| out.write_all(b"2")).unwrap();
        files.appear().unwrap();
        assert_eq!(names(), ["a", "b"]);
    }
}
