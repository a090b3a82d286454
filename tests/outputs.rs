//! Reports as people get them: a workbook that LibreOffice opens, fills in and saves, a file for
//! each owner, and places that cannot be written to.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const TRAVEL: &str = "Travel is booked with the desk on the third floor at least two weeks ahead. \
                      Trains are preferred below five hours, and receipts are kept for a year. ";

const WARDENS: &str = "The fire wardens meet on the first Monday of every month in room 14. \
                       They bring the list of doors and the keys of the cabinets on floor two. ";

/// A share with its catalog beside it, and a place for reports.
struct Share {
    folder: tempfile::TempDir,
}

impl Share {
    /// One copy of Kim's, one of Rosa's, and one that is nobody's; each of a text of its own.
    fn audited() -> Self {
        let share = Self { folder: tempfile::tempdir().unwrap() };
        let owned = |owner: &str, text: &str| format!("---\nowner: {owner}\n---\n{text}\n");
        for copy in ["HR/a.md", "HR/old/a.md"] {
            share.write(copy, &owned("Kim Lee <kim@example.org>", TRAVEL));
        }
        for copy in ["IT/=b.md", "IT/old/=b.md"] {
            share.write(copy, &owned("rosa@example.org", WARDENS));
        }
        for copy in ["c.txt", "old/c.txt"] {
            share.write(copy, "Nobody has said who answers for the chairs in the great hall.");
        }
        let root = share.beside("share");
        let audited = share.docrot(&["audit", root.to_str().unwrap(), "--quiet"]);
        assert!(audited.status.success(), "{}", said(&audited));
        share
    }

    fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.beside("share").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn docrot(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_docrot"))
            .args(arguments)
            .arg("--index")
            .arg(self.beside("catalog"))
            .current_dir(self.folder.path())
            .env_remove("GITHUB_STEP_SUMMARY")
            .output()
            .unwrap()
    }

    fn decisions(&self) -> String {
        let listed = self.docrot(&["decide", "list", "--format", "csv"]);
        String::from_utf8(listed.stdout).unwrap()
    }

    /// A file as LibreOffice saves it in another format, beside it.
    fn saved_as(&self, file: &Path, extension: &str) -> PathBuf {
        let profile = format!("-env:UserInstallation=file://{}", self.beside("profile").display());
        let office = Command::new("soffice")
            .args([&profile, "--headless", "--convert-to", extension, "--outdir"])
            .arg(self.folder.path())
            .arg(file)
            .output()
            .expect("LibreOffice Calc (soffice) opens the workbook; tests/run installs it");
        let saved = self.beside(file.file_stem().unwrap().to_str().unwrap());
        let saved = saved.with_extension(extension);
        assert!(saved.is_file(), "LibreOffice made no {}: {}", saved.display(), said(&office));
        saved
    }
}

fn said(output: &Output) -> String {
    let both = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8_lossy(&both).into_owned()
}

fn names(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        names.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Writes an answer into the row of a document: the first cell with the list of words, and the
/// first that wants a day. Gives the row as it was.
fn answer(sheet: &mut String, document: &str, decision: &str, until: &str) -> String {
    let name = sheet.find(&format!("<text:p>{document}</text:p>")).expect("the document has a row");
    let start = sheet[..name].rfind("<table:table-row").unwrap();
    let end = name + sheet[name..].find("</table:table-row>").unwrap();
    let row = sheet[start..end].to_owned();
    let mut filled = row.clone();
    for (name, value) in [
        ("val1", format!("office:value-type=\"string\"><text:p>{decision}</text:p>")),
        ("val2", format!("office:value-type=\"date\" office:date-value=\"{until}\">")),
    ] {
        let attribute = format!("table:content-validation-name=\"{name}\"");
        let at = filled.find(&attribute).unwrap_or_else(|| panic!("no {name} in {row}"));
        let close = at + filled[at..].find("/>").unwrap();
        filled.replace_range(close..close + 2, &format!(" {value}</table:table-cell>"));
    }
    sheet.replace_range(start..end, &filled);
    row
}

#[test]
fn libreoffice_opens_fills_in_and_saves_a_workbook() {
    let share = Share::audited();
    let report = share.docrot(&["report", "--inventory", "--output", "decide.xlsx"]);
    assert!(report.status.success(), "{}", said(&report));
    let flat = share.saved_as(&share.beside("decide.xlsx"), "fods");
    let mut text = fs::read_to_string(&flat).unwrap();
    for sheet in ["Read me", "Decisions", "Groups", "Folders", "Files", "Method"] {
        assert!(text.contains(&format!("table:name=\"{sheet}\"")), "{sheet}");
    }
    for word in ["keep", "update", "archive", "delete", "not mine"] {
        assert!(text.contains(&format!("&quot;{word}&quot;")), "{word} is offered");
    }
    assert!(text.contains("cell-content-is-date()"), "Until wants a day");
    assert!(text.contains("office:value-type=\"float\""), "numbers are numbers");
    assert!(!text.contains("table:formula"), "no name is a formula");
    assert!(text.contains("<text:p>IT/old/=b.md</text:p>"));

    let kims = answer(&mut text, "HR/old/a.md", "Delete", "2999-01-31");
    let rosas = answer(&mut text, "IT/old/=b.md", "perhaps", "2999-01-31");
    assert_ne!(kims, rosas);
    // Somebody puts a row of their own in front, and takes the third away.
    let nobodys = text.find("<text:p>old/c.txt</text:p>").unwrap();
    let start = text[..nobodys].rfind("<table:table-row").unwrap();
    let end = nobodys + text[nobodys..].find("</table:table-row>").unwrap();
    text.replace_range(start..end, "<table:table-row><table:table-cell/>");
    fs::write(share.beside("filled.fods"), text).unwrap();
    share.saved_as(&share.beside("filled.fods"), "xlsx");

    let imported = share.docrot(&["decide", "import", "filled.xlsx", "--by", "Kim"]);
    let told = said(&imported);
    assert!(told.contains("1 decision recorded"), "{told}");
    assert!(
        told.contains("`perhaps` is none of keep, update, archive, delete, not mine"),
        "{told}"
    );
    assert!(!imported.status.success());
    let decisions = share.decisions();
    assert!(decisions.contains("HR/old/a.md,delete,2999-01-31,"), "{decisions}");
    assert_eq!(decisions.lines().count(), 2, "{decisions}");
    // What was decided stands in the next workbook, and reading that back changes nothing.
    let report = share.docrot(&["report", "--output", "again.xlsx"]);
    assert!(report.status.success(), "{}", said(&report));
    let told = said(&share.docrot(&["decide", "import", "again.xlsx", "--by", "Kim"]));
    assert!(told.contains("0 decisions recorded") && told.contains("1 unchanged"), "{told}");
}

#[test]
fn each_owner_gets_a_file() {
    let share = Share::audited();
    let split = ["report", "--split-by", "owner", "--output", "parts", "--format"];
    let written = share.docrot(&[&split[..], &["csv"]].concat());
    assert!(written.status.success(), "{}", said(&written));
    let parts = share.beside("parts");
    let names = names(&parts);
    assert_eq!(names.len(), 4, "{names:?}");
    assert!(names[0] == "index.csv" && names[2..] == ["no-owner.csv", "rosa@example.org.csv"]);
    let read = |name: &str| fs::read_to_string(parts.join(name)).unwrap();
    let rosas = read("rosa@example.org.csv");
    assert!(rosas.contains("IT/old/=b.md") && !rosas.contains("HR/old/a.md"), "{rosas}");
    assert!(read("no-owner.csv").contains("old/c.txt"));
    let list = read("index.csv");
    assert!(list.contains("\"rosa@example.org\",rosa@example.org.csv,1,1,1"), "{list}");

    let written = share.docrot(&[&split[..], &["email"]].concat());
    assert!(written.status.success(), "{}", said(&written));
    let kims = fs::read_to_string(parts.join(names[1].replace(".csv", ".eml"))).unwrap();
    assert!(kims.contains("\r\nTo: <kim@example.org>\r\n"), "{kims}");
}

#[test]
fn what_cannot_be_written_is_said_and_leaves_nothing_behind() {
    let share = Share::audited();
    fs::write(share.beside("file"), "mine").unwrap();
    for (arguments, expected) in [
        (&["report", "--split-by", "owner", "--format", "csv"][..], "--output DIR"),
        (&["report", "--split-by", "owner", "--output", "parts"], "--format xlsx"),
        (&["report", "--split-by", "owner", "--format", "csv", "--output", "file"], "is no folder"),
        (&["report", "--split-by", "owner", "--format", "csv", "--output", "x/y"], "no folder x"),
        (&["report", "--format", "email", "--mail-to", "a@b\nBcc: c@d"], "one address is wanted"),
        (&["report", "--output", "report.pdf"], "no kind of report has the extension .pdf"),
        (&["report", "--format", "xlsx", "--output", "/dev/full"], "No space left"),
        (&["decide", "import", "file.xlsx"], "cannot open file.xlsx"),
    ] {
        let output = share.docrot(arguments);
        assert!(!output.status.success(), "{arguments:?}");
        let told = said(&output);
        assert!(told.contains(expected), "{arguments:?}: {told}");
    }
    assert_eq!(fs::read_to_string(share.beside("file")).unwrap(), "mine");
    let mut left = names(share.folder.path());
    left.retain(|it| !it.starts_with("catalog"));
    assert_eq!(left, ["file", "share"]);
}

#[test]
fn annotations_start_from_the_working_directory_and_fill_the_summary() {
    let share = Share::audited();
    let report = |summary: &Path| {
        Command::new(env!("CARGO_BIN_EXE_docrot"))
            .args(["report", "--format", "github", "--index"])
            .arg(share.beside("catalog"))
            .current_dir(share.folder.path())
            .env("GITHUB_STEP_SUMMARY", summary)
            .output()
            .unwrap()
    };
    fs::write(share.beside("summary.md"), "# Earlier\n").unwrap();
    let told = String::from_utf8(report(&share.beside("summary.md")).stdout).unwrap();
    assert!(told.contains("::warning file=share/HR/old/a.md,title=exact-copy::"), "{told}");
    let summary = fs::read_to_string(share.beside("summary.md")).unwrap();
    assert!(summary.starts_with("# Earlier\n# share: documents to decide on\n"), "{summary}");
}
