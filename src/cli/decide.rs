//! `docrot decide`

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use chrono::NaiveDate;
use docrot::decisions::{Decision, Decisions, Disposition, Mark, Refusal, Table, rows};
use docrot::report::{escape, words};

use super::catalogs;
use super::exit::{Exit, UsageError};
use super::judged::Judged;
use super::kept::Kept;
use super::options::{AsOf, Global, parse_day};
use super::workbook;

/// Record what is to become of documents: keep, update, archive, delete or not-mine
///
/// What was decided needs no decision any more, until the decision lapses or the text changes.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Option<Command>,

    /// The finding, by its id in a report
    #[arg(required = true, requires = "what")]
    finding: Option<String>,

    /// What is to become of the document: keep, update, archive, delete or not-mine
    #[arg(value_parser = disposition)]
    what: Option<Disposition>,

    /// The day (YYYY-MM-DD) on which the decision lapses [default: never]
    #[arg(long, value_name = "DATE", value_parser = parse_day)]
    until: Option<NaiveDate>,

    /// Why, in words
    #[arg(long, value_name = "WORDS", default_value = "", hide_default_value = true)]
    why: String,

    #[command(flatten)]
    who: Who,

    #[command(flatten)]
    place: Place,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List what was decided
    List {
        /// How to print it
        #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Layout::Text)]
        format: Layout,

        #[command(flatten)]
        place: Place,
    },
    /// Record the decisions of a sheet that somebody filled in
    ///
    /// An Excel workbook as docrot report writes it, or a CSV file. The sheet needs the columns id and
    /// decision, wherever they stand, and may have until, why and by: a CSV report with these columns
    /// added will do. Rows without a decision are left out. Rows that cannot be used are
    /// told with their line, and all others are recorded at once.
    Import {
        /// The sheet
        file: PathBuf,

        #[command(flatten)]
        who: Who,

        #[command(flatten)]
        place: Place,
    },
    /// Show which decisions have been carried out, and take those out whose finding is gone
    Prune {
        /// Show them and take none out
        #[arg(long)]
        dry_run: bool,

        #[command(flatten)]
        place: Place,
    },
    /// Take back the decision on a finding
    Forget {
        /// The finding, by its id in a report
        finding: String,

        #[command(flatten)]
        place: Place,
    },
}

/// Who decides.
#[derive(Debug, clap::Args)]
struct Who {
    /// Who decides
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    by: String,
}

/// Which catalog, and which day it is.
#[derive(Debug, clap::Args)]
struct Place {
    /// Audited folder (can be repeated) [default: the only one audited so far]
    #[arg(long, value_name = "FOLDER")]
    root: Vec<PathBuf>,

    #[command(flatten)]
    several: catalogs::Several,

    #[command(flatten)]
    as_of: AsOf,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Layout {
    /// Lines for people
    Text,
    /// The table that decisions are kept in
    Csv,
}

fn disposition(word: &str) -> Result<Disposition, String> {
    Disposition::parse(word)
        .ok_or_else(|| "it is one of keep, update, archive, delete, not-mine".to_owned())
}

pub(crate) fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    match args.command {
        None => {
            let (finding, what) = args.finding.zip(args.what).expect("clap asks for both");
            let Args { until, why, who, place, .. } = args;
            let desk = Desk::open(&place, global)?;
            desk.decide_one(finding.to_lowercase(), what, until, why, who.by)
        }
        Some(Command::List { format, place }) => Desk::open(&place, global)?.list(format),
        Some(Command::Import { file, who, place }) => {
            let table = read_table(&file)?;
            Desk::open(&place, global)?.import(&file, &table, &who.by)
        }
        Some(Command::Prune { dry_run, place }) => Desk::open(&place, global)?.prune(dry_run),
        Some(Command::Forget { finding, place }) => {
            Desk::open(&place, global)?.forget(&finding.to_lowercase())
        }
    }
}

/// Reads a sheet that somebody filled in.
fn read_table(file: &Path) -> anyhow::Result<Table> {
    if workbook::is_workbook(file) {
        return workbook::table(file);
    }
    let text = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let unusable = |why: String| UsageError(format!("{}: {why}", file.display()));
    let text = String::from_utf8(text)
        .map_err(|_| unusable("it is not UTF-8; save it as CSV UTF-8".to_owned()))?;
    Ok(Table::from_csv(&text).map_err(unusable)?)
}

/// The findings of the last scan, and what was decided about them.
struct Desk {
    judged: Judged,
    kept: Kept,
    decisions: Decisions,
    as_of: NaiveDate,
}

impl Desk {
    fn open(place: &Place, global: &Global) -> anyhow::Result<Self> {
        let config = global.config()?;
        let opened = place.several.open(&place.root, None, global, &config)?;
        let catalogs = opened.together()?;
        let kept = Kept::of(catalogs.first(), &config);
        let decisions = kept.decisions()?;
        let as_of = place.as_of.day();
        Ok(Self { judged: Judged::of_all(&catalogs, config, as_of)?, kept, decisions, as_of })
    }

    fn decide_one(
        mut self,
        finding: String,
        what: Disposition,
        until: Option<NaiveDate>,
        why: String,
        by: String,
    ) -> anyhow::Result<Exit> {
        let decision = Decision {
            finding,
            rule: String::new(),
            path: String::new(),
            what,
            by,
            on: None,
            until,
            why,
            trace: docrot::decisions::Trace::default(),
        };
        let marks = self.judged.marks();
        let present = by_id(&marks);
        let remedy = match present.contains_key(decision.finding.as_str()) {
            true => "",
            false => "; reports as csv, html and xlsx tell the id of each",
        };
        let decision =
            complete(decision, &present, "", self.as_of).map_err(|why| UsageError(why + remedy))?;
        let path = escape::visible(&decision.path).into_owned();
        let until = decision.until.map_or_else(String::new, |day| format!(" until {day}"));
        self.decisions.insert(decision);
        self.kept.write_decisions(&self.decisions)?;
        let file = escape::path(&self.kept.decisions);
        writeln!(io::stdout(), "{}{until}: {path}, recorded in {file}", what.name())?;
        Ok(Exit::Success)
    }

    fn import(mut self, file: &Path, table: &Table, by: &str) -> anyhow::Result<Exit> {
        let unusable = |error| UsageError(format!("{}: {error}", file.display()));
        let (mut recorded, mut unchanged) = (0, 0);
        let mut refused: Vec<Refusal> = Vec::new();
        {
            let marks = self.judged.marks();
            let present = by_id(&marks);
            let mut told: HashMap<String, u64> = HashMap::new();
            for row in rows(table).map_err(unusable)? {
                let (line, draft) = match row {
                    Ok(row) => row,
                    Err(refusal) => {
                        refused.push(refusal);
                        continue;
                    }
                };
                let before = told.insert(draft.finding.clone(), line);
                let decision = match before {
                    Some(before) => Err(format!("line {before} decides about this finding, too")),
                    None => complete(draft, &present, by, self.as_of),
                };
                match decision {
                    Err(why) => refused.push(Refusal { line, why }),
                    Ok(decision)
                        if self
                            .decisions
                            .get(&decision.finding)
                            .is_some_and(|it| is_same(it, &decision)) =>
                    {
                        unchanged += 1;
                    }
                    Ok(decision) => {
                        self.decisions.insert(decision);
                        recorded += 1;
                    }
                }
            }
        }
        if 0 < recorded {
            self.kept.write_decisions(&self.decisions)?;
        }
        for refusal in &refused {
            tell!("docrot: {}, {}", escape::path(file), escape::visible(&refusal.to_string()));
        }
        let recorded = words::counted(recorded, "decision");
        let kept = escape::path(&self.kept.decisions);
        let refusals = words::counted(refused.len() as u64, "row");
        writeln!(
            io::stdout(),
            "{recorded} recorded in {kept}; {unchanged} unchanged, {refusals} refused"
        )?;
        Ok(if refused.is_empty() { Exit::Success } else { Exit::Failure })
    }

    fn list(&self, format: Layout) -> anyhow::Result<Exit> {
        let mut out = io::stdout().lock();
        if matches!(format, Layout::Csv) {
            write!(out, "\u{feff}{}", self.decisions.to_table())?;
            return Ok(Exit::Success);
        }
        let marks = self.judged.marks();
        let standing: HashSet<&str> = self
            .decisions
            .standing(&marks)
            .into_iter()
            .flatten()
            .map(|it| it.finding.as_str())
            .collect();
        for decision in self.decisions.iter() {
            let state = match (standing.contains(&*decision.finding), decision.holds(self.as_of)) {
                (false, _) => ", its finding is gone",
                (true, false) => ", lapsed",
                (true, true) => "",
            };
            writeln!(out, "{}{state}", in_words(decision))?;
        }
        let count = words::counted(self.decisions.iter().len() as u64, "decision");
        writeln!(out, "{count} in {}", escape::path(&self.kept.decisions))?;
        Ok(Exit::Success)
    }

    fn prune(mut self, dry_run: bool) -> anyhow::Result<Exit> {
        let settled = self.decisions.prune(&self.judged.marks());
        let mut out = io::stdout().lock();
        let mut counts: BTreeMap<Disposition, u64> = BTreeMap::new();
        for decision in &settled {
            *counts.entry(decision.what).or_default() += 1;
            writeln!(out, "{}", in_words(decision))?;
        }
        let counts: Vec<String> =
            counts.iter().map(|(what, count)| format!("{} {count}", what.name())).collect();
        let counts =
            if counts.is_empty() { String::new() } else { format!(" ({})", counts.join(", ")) };
        let settled_in_words = words::counted(settled.len() as u64, "decision");
        let (verb, left) = match dry_run {
            true => ("would be taken out", self.decisions.iter().len()),
            false => ("taken out", self.decisions.iter().len()),
        };
        if !dry_run && !settled.is_empty() {
            self.kept.write_decisions(&self.decisions)?;
        }
        writeln!(
            out,
            "{settled_in_words} whose finding is gone {verb}{counts}; {} left in {}",
            words::number(left as u64),
            escape::path(&self.kept.decisions)
        )?;
        Ok(Exit::Success)
    }

    fn forget(mut self, finding: &str) -> anyhow::Result<Exit> {
        let Some(decision) = self.decisions.remove(finding) else {
            let finding = escape::visible(finding);
            return Err(UsageError(format!("nothing was decided about finding {finding}")).into());
        };
        self.kept.write_decisions(&self.decisions)?;
        writeln!(io::stdout(), "taken back: {}", in_words(&decision))?;
        Ok(Exit::Success)
    }
}

fn by_id<'a, 'b>(marks: &'b [Mark<'a>]) -> HashMap<&'a str, &'b Mark<'a>> {
    marks.iter().map(|mark| (mark.id, mark)).collect()
}

/// A decision with what is known of its finding, or why there can be none.
fn complete(
    draft: Decision,
    present: &HashMap<&str, &Mark<'_>>,
    by: &str,
    as_of: NaiveDate,
) -> Result<Decision, String> {
    let Some(mark) = present.get(draft.finding.as_str()) else {
        return Err(format!("the last scan has no finding {}", draft.finding));
    };
    if !draft.rule.is_empty() && draft.rule != mark.rule {
        return Err(format!("finding {} is of rule {}", draft.finding, mark.rule));
    }
    if let Some(until) = draft.until.filter(|until| *until <= as_of) {
        return Err(format!("a decision until {until} has lapsed already"));
    }
    Ok(Decision {
        rule: mark.rule.to_owned(),
        path: mark.path.to_string(),
        by: if draft.by.is_empty() { by.to_owned() } else { draft.by },
        on: draft.on.or(Some(as_of)),
        trace: mark.trace,
        ..draft
    })
}

/// Whether two decisions say the same, whenever that was.
fn is_same(a: &Decision, b: &Decision) -> bool {
    (a.what, a.until, &a.why, &a.by) == (b.what, b.until, &b.why, &b.by)
}

/// `0f12 keep until 2026-12-31: HR/a.md (expired), cited in a contract, by Kim on 2026-05-04`.
fn in_words(decision: &Decision) -> String {
    let Decision { finding, rule, path, what, by, on, until, why, trace: _ } = decision;
    let until = until.map_or_else(String::new, |day| format!(" until {day}"));
    let mut words = format!(
        "{finding} {}{until}: {} ({})",
        what.name(),
        escape::visible(path),
        escape::visible(rule)
    );
    if !why.is_empty() {
        words += &format!(", {}", escape::visible(why));
    }
    if !by.is_empty() {
        words += &format!(", by {}", escape::visible(by));
    }
    if let Some(on) = on {
        words += &format!("{} on {on}", if by.is_empty() { "," } else { "" });
    }
    words
}
