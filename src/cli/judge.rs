//! `docrot judge`

use std::io::{self, BufRead as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use docrot::catalog::Catalog;
use docrot::decisions::{Judgement, Judgements, Verdict, precision};
use docrot::report::{escape, words};
use docrot::rot::{Finding, RULES};

use super::catalogs;
use super::config::Config;
use super::exit::{Exit, UsageError};
use super::judged::Judged;
use super::options::{AsOf, Global, today};
use super::output;

/// Record whether findings are right, and learn how far each rule can be trusted here
///
/// Without a finding or a table, asks about findings one by one, drawn at random.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The finding, by its id in a report
    #[arg(requires = "verdict")]
    finding: Option<String>,

    /// What is true of it: right, wrong or unsure
    verdict: Option<String>,

    /// Audited folder (can be repeated) [default: the only one audited so far]
    #[arg(long, value_name = "FOLDER")]
    root: Vec<PathBuf>,

    /// Why, in words
    #[arg(long, value_name = "WORDS", default_value = "", hide_default_value = true)]
    why: String,

    /// Who says so
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    by: String,

    /// Record the verdicts of a CSV file with the columns id and verdict
    #[arg(long, value_name = "FILE", conflicts_with = "finding")]
    from: Option<PathBuf>,

    /// Write so many findings of each rule, drawn at random, as a CSV sheet to fill in
    #[arg(long, value_name = "N", conflicts_with_all = ["finding", "from"])]
    sample: Option<usize>,

    /// Only findings of this rule
    #[arg(long, value_name = "RULE")]
    rule: Option<String>,

    #[command(flatten)]
    as_of: AsOf,
}

pub(crate) fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let config = global.config()?;
    if let Some(rule) = args.rule.as_ref().filter(|it| RULES.iter().all(|rule| rule.id != **it)) {
        return Err(UsageError(format!("there is no rule {rule}; see docrot rules")).into());
    }
    let catalog = catalogs::open_last(&args.root, None, global, &config)?;
    let file = file_of(&catalog, &config);
    let mut judgements = load(&file)?;
    let judged = Judged::of(&catalog, config, args.as_of.day())?;
    let desk = Desk::of(&judged, args.rule.as_deref());
    if let Some(count) = args.sample {
        desk.write_sheet(&judgements, count, &mut io::stdout().lock())?;
        return Ok(Exit::Success);
    }
    let recorded = match (&args.finding, &args.from) {
        (Some(finding), _) => desk.judge_one(&mut judgements, finding, &args)?,
        (None, Some(table)) => desk.judge_table(&mut judgements, table, &args)?,
        (None, None) => desk.ask(&mut judgements, &args)?,
    };
    if 0 < recorded {
        output::whole_private(&file, |out| out.write_all(judgements.to_table().as_bytes()))
            .with_context(|| format!("cannot write {}", file.display()))?;
    }
    let noun = if recorded == 1 { "verdict" } else { "verdicts" };
    let mut out = io::stdout().lock();
    writeln!(out, "{recorded} {noun} recorded in {}", escape::path(&file))?;
    for rule in precision(&judgements) {
        writeln!(out, "  {}", words::precision(&rule))?;
    }
    Ok(Exit::Success)
}

/// Where verdicts are kept.
pub(super) fn file_of(catalog: &Catalog, config: &Config) -> PathBuf {
    config.judgements.clone().unwrap_or_else(|| catalog.folder().join("judgements.csv"))
}

/// The verdicts so far; none where there is no file yet.
pub(super) fn load(file: &Path) -> anyhow::Result<Judgements> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(Judgements::default());
        }
        Err(error) => return Err(error).context(format!("cannot read {}", file.display())),
    };
    Judgements::read(&text).with_context(|| format!("cannot use {}", file.display()))
}

/// The findings to judge, in an order that nothing in them decides.
struct Desk<'a> {
    judged: &'a Judged,
    /// Position and id of each finding.
    drawn: Vec<(usize, String)>,
}

impl<'a> Desk<'a> {
    fn of(judged: &'a Judged, rule: Option<&str>) -> Self {
        let findings = &judged.shown.assessment.findings;
        let mut drawn: Vec<(usize, String)> =
            judged.shown.ids.iter().cloned().enumerate().collect();
        drawn.retain(|(at, _)| rule.is_none_or(|rule| findings[*at].rule.id == rule));
        // An id is a hash, so its order is that of a lottery, and the same each time. Read from its
        // end, because equal documents are told apart by hashing once more.
        drawn.sort_by_cached_key(|(_, id)| id.chars().rev().collect::<String>());
        Self { judged, drawn }
    }

    fn finding(&self, at: usize) -> &'a Finding {
        &self.judged.shown.assessment.findings[at]
    }

    fn judgement(&self, at: usize, id: &str, verdict: Verdict, args: &Args) -> Judgement {
        let finding = self.finding(at);
        let path = &self.judged.inventory[finding.document].file.path;
        Judgement {
            finding: id.to_owned(),
            rule: finding.rule.id.to_owned(),
            path: escape::readable(path).into_owned(),
            verdict,
            by: args.by.clone(),
            on: Some(today()),
            why: args.why.clone(),
        }
    }

    fn judge_one(
        &self,
        judgements: &mut Judgements,
        finding: &str,
        args: &Args,
    ) -> anyhow::Result<usize> {
        let word = args.verdict.as_deref().unwrap_or_default();
        let verdict = Verdict::parse(word)
            .ok_or_else(|| UsageError(format!("`{word}` is none of right, wrong, unsure")))?;
        let (at, id) = self
            .drawn
            .iter()
            .find(|(_, id)| id.eq_ignore_ascii_case(finding))
            .ok_or_else(|| UsageError(format!("the last scan has no finding {finding}; reports as csv, html and xlsx tell the id of each")))?;
        judgements.add(self.judgement(*at, id, verdict, args));
        Ok(1)
    }

    fn judge_table(
        &self,
        judgements: &mut Judgements,
        table: &Path,
        args: &Args,
    ) -> anyhow::Result<usize> {
        let text = std::fs::read_to_string(table)
            .with_context(|| format!("cannot read {}", table.display()))?;
        let filled = Judgements::read(&text)
            .map_err(|error| UsageError(format!("{}: {error}", table.display())))?;
        let (mut recorded, mut gone) = (0, 0);
        for row in filled.iter() {
            let Some((at, id)) = self.drawn.iter().find(|(_, id)| *id == row.finding) else {
                gone += 1;
                continue;
            };
            let mut judgement = self.judgement(*at, id, row.verdict, args);
            judgement.on = row.on.or(judgement.on);
            for (cell, told) in [(&mut judgement.by, &row.by), (&mut judgement.why, &row.why)] {
                if !told.is_empty() {
                    cell.clone_from(told);
                }
            }
            judgements.add(judgement);
            recorded += 1;
        }
        if 0 < gone {
            tell!("{gone} rows name findings that the last scan does not have; left out");
        }
        Ok(recorded)
    }

    /// Asks about one finding after the other, until nobody answers.
    fn ask(&self, judgements: &mut Judgements, args: &Args) -> anyhow::Result<usize> {
        let report = self.judged.report();
        let mut out = io::stdout().lock();
        let mut answers = io::stdin().lock().lines();
        let mut recorded = 0;
        for (at, id) in &self.drawn {
            let finding = self.finding(*at);
            if judgements.of(id, finding.rule.id).is_some() {
                continue;
            }
            let path = &self.judged.inventory[finding.document].file.path;
            writeln!(out, "\n{} {}: {}", finding.rule.id, id, escape::path(path))?;
            writeln!(out, "  {}", finding.rule.summary)?;
            for evidence in finding.evidence() {
                writeln!(out, "  {}", words::evidence(&report, evidence))?;
            }
            write!(out, "[r]ight, [w]rong, [u]nsure, [s]kip, [q]uit? ")?;
            out.flush()?;
            let Some(answer) = answers.next() else { break };
            let answer = answer?;
            match (answer.trim(), Verdict::parse(&answer)) {
                ("q" | "quit", _) => break,
                (_, Some(verdict)) => {
                    judgements.add(self.judgement(*at, id, verdict, args));
                    recorded += 1;
                }
                _ => {}
            }
        }
        writeln!(out)?;
        Ok(recorded)
    }

    /// Writes up to `count` findings of each rule that were not judged yet.
    fn write_sheet(
        &self,
        judgements: &Judgements,
        count: usize,
        out: &mut dyn io::Write,
    ) -> anyhow::Result<()> {
        let report = self.judged.report();
        writeln!(out, "\u{feff}id,rule,path,evidence,verdict,by,why")?;
        for rule in RULES {
            let of_rule = self.drawn.iter().filter(|(at, _)| self.finding(*at).rule == *rule);
            let open = of_rule.filter(|(_, id)| judgements.of(id, rule.id).is_none());
            for (at, id) in open.take(count) {
                let finding = self.finding(*at);
                let path = &self.judged.inventory[finding.document].file.path;
                let evidence: Vec<String> =
                    finding.evidence().iter().map(|it| words::evidence(&report, it)).collect();
                let cells = [escape::readable(path).into_owned(), evidence.join("; ")];
                let cells =
                    cells.map(|it| format!("\"{}\"", escape::cell(&it).replace('"', "\"\"")));
                writeln!(out, "{id},{},{},,,", rule.id, cells.join(","))?;
            }
        }
        Ok(())
    }
}
