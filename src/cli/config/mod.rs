//! `docrot.toml`, environment and flags become library options.
//!
//! Defaults < file < environment < flags. The file is the one named by `--config` or
//! `DOCROT_CONFIG`, else `docrot.toml` in the working directory; never one from the audited tree.
//! A key that docrot does not know is an error, so that a misspelt setting does not silently do
//! nothing.

mod demands;
pub(crate) mod env;
pub(crate) mod mistakes;
mod scan;
mod validation;
mod values;
mod wire;
mod wire_people;
mod wire_policy;
mod wire_subjects;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use docrot::rot::{Policy, Severity};

pub(crate) use scan::ScanSection;
pub(crate) use validation::ValidateSection;

/// The file's name in the working directory.
pub(crate) const FILE_NAME: &str = "docrot.toml";

/// What `docrot init` writes: every key with its default and a sentence.
pub(crate) const TEMPLATE: &str = include_str!("../docrot.toml");

/// The template with the rules that suites for file shares begin with: kinds of files that are no
/// documents of a business, and a note on what nobody verified for three years.
pub(crate) fn suites_template() -> String {
    TEMPLATE.replace("\nnon_business = []\n", SUITES_NON_BUSINESS)
}

/// Application data, audio, executables, logs, pictures, videos and disk images.
const SUITES_NON_BUSINESS: &str = r#"
non_business = [
    # Audio.
    "**/*.{aac,aif,aiff,flac,m4a,m4p,mid,midi,mp3,ogg,wav,wma}",
    # Videos.
    "**/*.{3gp,avi,flv,m4v,mkv,mov,mp4,mpeg,mpg,vob,webm,wmv}",
    # Pictures.
    "**/*.{bmp,cr2,gif,heic,ico,jpeg,jpg,nef,png,psd,raw,tif,tiff,webp}",
    # Programs and their parts.
    "**/*.{apk,bat,cab,class,com,deb,dll,dmg,exe,jar,msi,msp,ocx,rpm,scr,sys}",
    # What programs keep for themselves.
    "**/*.{cache,cfg,dat,dmp,etl,lnk,pf,pst,reg}",
    # Logs.
    "**/*.{evt,evtx,log,log.[0-9],trace}",
    # Disks and machines.
    "**/*.{img,iso,ova,qcow2,vdi,vhd,vhdx,vmdk}",
]
"#;

/// All that can be configured.
#[derive(Clone, Debug, PartialEq, Default)]
pub(crate) struct Config {
    /// The name of the file; none without one.
    pub(crate) name: Option<String>,
    /// What the organisation calls rotten.
    pub(crate) policy: Policy,
    /// What is read, and how.
    pub(crate) scan: ScanSection,
    /// How the outcome is told.
    pub(crate) report: ReportSection,
    /// The severity from which on the exit code is 1; none: never.
    pub(crate) fail_on: Option<Severity>,
    /// The folder of the catalog; none: docrot's own place for these roots.
    pub(crate) index: Option<PathBuf>,
    /// The list of people who left.
    leavers: Option<PathBuf>,
    /// Where verdicts on findings are kept; none: beside the catalog.
    pub(crate) judgements: Option<PathBuf>,
    /// Where else than beside the catalog something is kept.
    pub(crate) kept: Kept,
    /// How much of what is wrong with an index is allowed.
    pub(crate) validate: ValidateSection,
    /// How many days documents stay in quarantine at least; none: 30.
    pub(crate) purge_after_days: Option<u32>,
}

/// Files that are kept beside the catalog unless they are named.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct Kept {
    /// What people decided.
    pub(crate) decisions: Option<PathBuf>,
    /// What was accepted as known.
    pub(crate) baseline: Option<PathBuf>,
    /// What earlier scans came to.
    pub(crate) history: Option<PathBuf>,
}

/// How the outcome is told.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ReportSection {
    /// Name of the output format.
    pub(crate) format: String,
}

impl Default for ReportSection {
    fn default() -> Self {
        Self { format: "terminal".to_owned() }
    }
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// There is none.
    #[error("there is no configuration {0}; `docrot init {0}` writes one", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file makes no sense; the words say where and why.
    #[error("{}: {mistake}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Key, section, line, and what was expected.
        mistake: String,
    },
}

/// Reads a size as an argument says it: `512M`, `2 GiB`.
pub(crate) fn parse_size(text: &str) -> Result<u64, String> {
    values::Size::parse(text).map(|it| it.0)
}

impl Config {
    /// Reads the named file, else `docrot.toml` of the working directory, else takes the defaults.
    pub(crate) fn find(named: Option<&Path>) -> Result<Self, ConfigError> {
        match named {
            Some(path) => Self::load(path),
            None if Path::new(FILE_NAME).is_file() => Self::load(Path::new(FILE_NAME)),
            None => Ok(Self::default()),
        }
    }

    /// Reads one file. Relative folders in it count from the folder that the file is in.
    pub(crate) fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| match source.kind() {
            ErrorKind::NotFound => ConfigError::Missing { path: path.to_owned() },
            _ => ConfigError::Read { path: path.to_owned(), source },
        })?;
        let mut config = Self::parse(&text)
            .map_err(|mistake| ConfigError::Invalid { path: path.to_owned(), mistake })?;
        let base = path.parent().unwrap_or(Path::new(""));
        let paths = config.scan.roots.iter_mut().chain(&mut config.index);
        let Kept { decisions, baseline, history } = &mut config.kept;
        let kept = decisions.iter_mut().chain(baseline).chain(history);
        for path in paths.chain(&mut config.leavers).chain(&mut config.judgements).chain(kept) {
            *path = base.join(&*path);
        }
        if let Some(path) = config.leavers.clone() {
            let text = std::fs::read_to_string(&path)
                .map_err(|source| ConfigError::Read { path: path.clone(), source })?;
            let leavers = demands::leavers(&text)
                .map_err(|mistake| ConfigError::Invalid { path, mistake })?;
            config.policy.leavers.extend(leavers);
        }
        wire_subjects::read_taxonomy(&mut config.policy, base)?;
        config.name = path.file_name().map(|it| it.to_string_lossy().into_owned());
        Ok(config)
    }

    /// Reads the text of a file; the error names key, section and line.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let file: wire::File =
            toml::from_str(text).map_err(|error| mistakes::describe(text, &error))?;
        file.into_config(text)
    }
}

/// The effective policy as a file that can be saved and read back.
pub(crate) fn to_toml(policy: &Policy) -> String {
    let mut text = toml::to_string(&wire::PolicyFile::of(policy))
        .expect("the wire types are tables of strings, numbers and arrays");
    text.insert_str(0, "# The effective policy of docrot.\n");
    text
}

#[cfg(test)]
mod tests {
    use docrot::extract::Limits;
    use docrot::rot::Globs;

    use super::*;

    const ALL: &str = r#"
version = 1
index = "catalog"

[scan]
roots = ["Policies"]
exclude = ["**/.git/**"]
archives = ["**/closed/**"]
hidden = false
max_file_bytes = "1 MiB"
max_text_bytes = "2 MiB"
max_entry_bytes = 3000
max_unpacked_bytes = "4 MiB"
max_expansion = 5
max_entries = 6
max_nesting = 7

[dates]
max_unverified = "2 years"
day_month_order = "dmy"
ignore = ["2000-01-01", "9999-*"]
[dates.fields]
"ms.date" = { role = "updated", order = "mdy" }
review_date = { role = "due" }

[[rule]]
path = "Policies/**"
owner = "kim@example.org"
review_every = "12 months"
grace = "30 days"
severity = { review-overdue = "error" }

[[rule]]
path = "Minutes/**"
stable = true
require = ["date_in_name", "property:Class"]
retention = { class = "MEET-02", trigger = "date_in_name", keep = "7 years" }
links = "confluence-html"

[duplicates]
pair = 0.55

[canonical]
approved = ["Policies/**"]
order = ["date", "approved"]

[trivial]
temporary = ["**/*.log"]

[severity]
expired = "warning"
unverified = "off"

[[hold]]
path = "Cases/**"
reason = "Doe v. Roe"
until = "2027-12-31"

[[mirror]]
a = "Policies/**"
b = "Export/policies/**"

[[term]]
find = ["Contoso Travel Desk"]
since = "2023-04-01"
replaced_by = "Expenses Hub"
allow_in = ["**/history.md"]
severity = "warning"

[people.left]
"kim@example.org" = "2025-12-31"

[judgements]
floor = 0.9

[gate]
fail_on = "error"
"#;

    #[test]
    fn the_template_is_the_defaults() {
        assert_eq!(Config::parse(TEMPLATE), Ok(Config::default()));
        assert_eq!(Config::parse(""), Ok(Config::default()));
    }

    #[test]
    fn the_profile_of_suites_is_the_template_with_kinds_of_files() {
        let config = Config::parse(&suites_template()).unwrap();
        assert!(config.policy.trivial.non_business.is_match("a/song.mp3"));
        assert!(!config.policy.trivial.non_business.is_match("a/plan.docx"));
        let mut plain = config;
        plain.policy.trivial.non_business = Globs::default();
        assert_eq!(plain, Config::default());
    }

    #[test]
    fn every_section_reaches_the_options() {
        let config = Config::parse(ALL).unwrap();
        assert_eq!(config.scan.max_file_bytes, 1 << 20);
        let limits = Limits {
            text_bytes: 2 << 20,
            entry_bytes: 3000,
            unpacked_bytes: 4 << 20,
            expansion: 5,
            entries: 6,
            nesting: 7,
        };
        assert_eq!(config.scan.limits, limits);
        assert_eq!(config.fail_on, Some(Severity::Error));
        assert!(config.policy.is_archived(Path::new("a/closed/b.md")));
        let effective = config.policy.rule_for(Path::new("Policies/HR/leave.md"));
        assert_eq!(effective.max_unverified.unwrap().value.months, 24);
        let review = effective.review_every.unwrap();
        assert_eq!(review.provenance().to_string(), "policy rule for Policies/**, line 26");
        assert!(config.policy.rule_for(Path::new("Minutes/2020.md")).stable);
        let severity = |id, path| config.policy.severity(id, Path::new(path), Severity::Warning);
        assert_eq!(severity("review-overdue", "Policies/a.md"), Some(Severity::Error));
        assert_eq!(severity("unverified", "Policies/a.md"), None);
        let minutes = config.policy.rule_for(Path::new("Minutes/2020.md"));
        let retention = minutes.retention.unwrap().value.to_string();
        assert_eq!(retention, "MEET-02: 84 months from date_in_name");
        let hold = config.policy.hold(Path::new("Cases/a"), "2027-12-31".parse().unwrap());
        assert_eq!(hold.unwrap().provenance().to_string(), "policy hold for Cases/**, line 54");
        assert_eq!(config.policy.terms[0].line, Some(63));
    }

    #[test]
    fn the_effective_policy_reads_back() {
        for text in ["", ALL] {
            let policy = Config::parse(text).unwrap().policy;
            let printed = to_toml(&policy);
            let again =
                Config::parse(&printed).unwrap_or_else(|mistake| panic!("{mistake}\n{printed}"));
            let lines_differ_only = to_toml(&again.policy) == printed;
            assert!(lines_differ_only, "{printed}");
            assert_eq!(again.policy.dates, policy.dates);
            assert_eq!(again.policy.archives, policy.archives);
            assert_eq!(again.policy.leavers, policy.leavers);
            assert_eq!(again.policy.terms.len(), policy.terms.len());
        }
    }

    #[test]
    fn mistakes_name_key_section_and_line_and_suggest() {
        for (text, expected) in [
            (
                "[scan]\nexlude = []",
                "unknown key `exlude` in [scan], line 2; did you mean `exclude`?",
            ),
            ("[scna]", "unknown key `scna`, line 1; did you mean `scan`?"),
            (
                "[scan]\nfollow_links = \"yes\"",
                "`follow_links` in [scan], line 2: expected a boolean, not string \"yes\"",
            ),
            (
                "[[rule]]\npath = \"**\"\nreview_every = \"soon\"",
                "`review_every` in [[rule]], line 3: `soon` is no length of time, such as \
                 `6 months`, `90 days` or `2 years`",
            ),
            ("[[rule]]\nowner = \"kim\"", "[[rule]], line 1: missing key `path`"),
            (
                "[scan]\nexclude = [\n  \"a\",\n  \"[\",\n]",
                "`exclude` in [scan], line 2: error parsing glob '[': unclosed character class; \
                 missing ']'",
            ),
            (
                "[severity]\nexpierd = \"note\"",
                "`expierd` in [severity], line 2: there is no rule `expierd`; did you mean `expired`?",
            ),
            (
                "[dates]\nday_month_order = \"ymd\"",
                "`day_month_order` in [dates], line 2: `ymd` is none of `auto`, `dmy`, `mdy`",
            ),
            (
                "[dates]\nstamp_share = 20",
                "`stamp_share` in [dates], line 2: 20 is not between 0 and 1",
            ),
            (
                "[scan]\nthreads = -1",
                "`threads` in [scan], line 2: expected a number from 0 on, not integer `-1`",
            ),
            ("rule = 3", "`rule`, line 1: expected a list, not integer `3`"),
            (
                "[scan]\nmax_file_bytes = true",
                "`max_file_bytes` in [scan], line 2: expected a size, such as `256 MiB`",
            ),
            (
                "\u{feff}[scan]\nhidden = 1",
                "`hidden` in [scan], line 2: expected a boolean, not integer `1`",
            ),
            ("version = 2", "`version`, line 1: this docrot knows version 1 only"),
        ] {
            assert_eq!(Config::parse(text), Err(expected.to_owned()), "{text}");
        }
    }

    #[test]
    fn mistakes_in_what_is_demanded_are_told_alike() {
        for (text, expected) in [
            (
                "[[rule]]\npath = \"**\"\nrequire = [\"onwer\"]",
                "`require` in [[rule]], line 3: `onwer` is nothing that can be required; did you \
                 mean `owner`?",
            ),
            ("[[term]]\nsince = \"2020-01-01\"", "[[term]], line 1: needs `find` or `find_regex`"),
            (
                "[[hold]]\npath = \"**\"\nreason = \"x\"\nuntil = \"soon\"",
                "`until` in [[hold]], line 4: `soon` is no day, such as `2026-01-31`",
            ),
            (
                "[[rule]]\npath = \"**\"\nlinks = \"wiki\"",
                "`links` in [[rule]], line 3: `wiki` is none of `auto`, `plain`, `mkdocs`, `hugo`, \
                 `docusaurus`, `middleman`, `confluence-html`",
            ),
        ] {
            assert_eq!(Config::parse(text), Err(expected.to_owned()), "{text}");
        }
    }

    #[test]
    fn broken_toml_is_a_mistake_with_its_line() {
        let mistake = Config::parse("[scan]\nroots = [\"a\"").unwrap_err();
        assert!(mistake.starts_with("line 2: "), "{mistake}");
    }

    #[test]
    fn relative_folders_count_from_the_files_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("docrot.toml");
        std::fs::write(&path, "index = \"catalog\"\n[scan]\nroots = [\"docs\", \"/srv\"]").unwrap();
        let config = Config::load(&path).unwrap();
        assert_eq!(config.index, Some(folder.path().join("catalog")));
        assert_eq!(config.scan.roots, [folder.path().join("docs"), PathBuf::from("/srv")]);
        let missing = Config::load(&folder.path().join("none.toml")).unwrap_err();
        assert!(missing.to_string().starts_with("there is no configuration "));
    }
}
