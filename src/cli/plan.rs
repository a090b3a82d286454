//! `docrot plan`

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use docrot::catalog::{Catalog, Catalogs};
use docrot::decisions::{self, Standing, Table};
use docrot::export::Server;
use docrot::inventory::DocId;
use docrot::plan::{
    Decided, Disposition, KeepBy, Keeping, Making, Plan, RedirectFormat, Signature, Totals,
};
use docrot::report::words;
use docrot::rot::{Globs, RULES};

use super::catalogs;
use super::config::Config;
use super::exit::{Exit, UsageError};
use super::judged::Judged;
use super::options::{AsOf, Global, now, today};
use super::output;

/// Plan a clean-up: what goes, what stays in its stead, and what would be lost
///
/// Changes nothing. Copies of the same bytes and empty files are planned; everything else is for
/// review, until somebody decides. Of several servers each has a plan of its own, in
/// plan.NAME.json.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Audited folder (can be repeated) [default: the only one audited so far]
    root: Vec<PathBuf>,

    #[command(flatten)]
    several: catalogs::Several,

    /// Write the plan to this file [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Write the plan as a table too, to be edited and signed (CSV)
    #[arg(long, value_name = "FILE")]
    sheet: Option<PathBuf>,

    /// Take over what was edited in the table of an earlier plan
    #[arg(long, value_name = "PLAN", requires = "from", conflicts_with_all = ["root", "catalog"])]
    edit: Option<PathBuf>,

    /// The edited table (CSV with the columns path, disposition and signed_by)
    #[arg(long, value_name = "FILE", requires = "edit")]
    from: Option<PathBuf>,

    /// What to do with copies of the same bytes: quarantine, pointer, hard-link or reflink
    #[arg(long, value_name = "WHAT", default_value = "quarantine")]
    copies: String,

    /// Folder that decisions to archive move documents to, below their retention class
    #[arg(long, value_name = "DIR")]
    archive: Option<PathBuf>,

    #[command(flatten)]
    choice: Choice,

    #[command(flatten)]
    keep: Keep,

    /// Write a map from old to new places for servers or site generators
    #[arg(long, value_name = "FILE")]
    write_redirects: Option<PathBuf>,

    /// Who reads the map: csv, nginx, apache, hugo or jekyll
    #[arg(long, value_name = "FORMAT", default_value = "csv")]
    redirect_format: String,

    /// Address that the audited folder is served under, such as /docs
    #[arg(long, value_name = "PATH", default_value = "", hide_default_value = true)]
    redirect_base: String,

    #[command(flatten)]
    as_of: AsOf,
}

/// What to plan.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "What to plan")]
struct Choice {
    /// Only findings of this rule (can be repeated)
    #[arg(long, value_name = "RULE")]
    rule: Vec<String>,

    /// Only documents in this folder, relative to the audited one (can be repeated)
    #[arg(long, value_name = "FOLDER")]
    folder: Vec<PathBuf>,

    /// Only documents that match this glob (can be repeated)
    #[arg(long, value_name = "GLOB")]
    only: Vec<String>,

    /// Only documents of this owner (can be repeated)
    #[arg(long, value_name = "NAME")]
    owner: Vec<String>,

    /// Only findings with this decision: keep, archive or delete (can be repeated)
    #[arg(long, value_name = "DECISION")]
    decision: Vec<String>,
}

/// Which of several copies stays.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Which copies stay")]
struct Keep {
    /// Rather keep copies that match this glob; an earlier one counts more (can be repeated)
    #[arg(long, value_name = "GLOB")]
    prefer: Vec<String>,

    /// Never plan documents that match this glob (can be repeated)
    #[arg(long, value_name = "GLOB")]
    never_touch: Vec<String>,

    /// Plan only copies of what lies in this folder, and nothing in it (can be repeated)
    #[arg(long, value_name = "DIR")]
    reference: Vec<PathBuf>,

    /// Rather keep the newest, oldest, shallowest, deepest, shortest, longest, first, last or
    /// most-links (can be repeated)
    #[arg(long, value_name = "WHICH")]
    keep: Vec<String>,

    /// Keep at least so many copies of each
    #[arg(long, value_name = "N", default_value_t = 1)]
    min_copies: usize,

    /// Let copies below one audited folder stay or go together
    #[arg(long)]
    isolate_roots: bool,

    /// Let copies in this folder stay or go together (can be repeated)
    #[arg(long, value_name = "DIR")]
    isolate: Vec<PathBuf>,
}

impl Keep {
    fn keeping(&self) -> anyhow::Result<Keeping> {
        let order = self.keep.iter().map(|word| {
            KeepBy::called(word)
                .ok_or_else(|| UsageError(format!("--keep {word}: there is no such order")))
        });
        let prefer = self.prefer.iter().map(|it| globs(std::slice::from_ref(it)));
        Ok(Keeping {
            prefer: prefer.collect::<anyhow::Result<_>>()?,
            never_touch: globs(&self.never_touch)?,
            reference: resolved(&self.reference),
            order: order.collect::<Result<_, _>>()?,
            min_copies: self.min_copies,
            isolate_roots: self.isolate_roots,
            isolate: resolved(&self.isolate),
        })
    }
}

fn globs(patterns: &[String]) -> anyhow::Result<Globs> {
    Globs::new(patterns)
        .map_err(|error| UsageError(format!("cannot understand a glob: {error}")).into())
}

/// Folders that are there by their real place; others are relative to the audited folder.
fn resolved(folders: &[PathBuf]) -> Vec<PathBuf> {
    let resolve = |it: &PathBuf| match it.is_absolute() {
        true => it.canonicalize().unwrap_or_else(|_| it.clone()),
        false => it.clone(),
    };
    folders.iter().map(resolve).collect()
}

pub(crate) fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    for file in [&args.output, &args.sheet, &args.write_redirects].into_iter().flatten() {
        output::check_place(file)?;
    }
    let config = global.config()?;
    let plans = match (&args.edit, &args.from) {
        (Some(plan), Some(table)) => vec![(None, signed(plan, table)?)],
        _ => planned(&args, global, config)?,
    };
    for (server, plan) in &plans {
        write_all(plan, server.as_deref(), &args)?;
        if !global.quiet {
            let server = server.as_ref().map(|it| format!("{it}: ")).unwrap_or_default();
            tell!("{server}{}", in_words(&plan.totals()));
        }
    }
    Ok(Exit::Success)
}

/// Reads a plan; what is wrong with one of its steps is found when it is carried out.
pub(super) fn read(path: &Path) -> anyhow::Result<Plan> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Plan::from_json(&text)
        .map_err(|error| UsageError(format!("cannot use {}: {error}", path.display())).into())
}

fn signed(plan: &Path, table: &Path) -> anyhow::Result<Plan> {
    let mut plan = read(plan)?;
    if let Some(broken) = plan.broken.first() {
        let message = format!("step {} of the plan: {}", broken.position, broken.why);
        return Err(UsageError(message).into());
    }
    let text = std::fs::read_to_string(table)
        .with_context(|| format!("cannot read {}", table.display()))?;
    let wrong = |why: String| UsageError(format!("cannot use {}: {why}", table.display()));
    let sheet = Table::from_csv(&text).map_err(wrong)?;
    let changed = plan.sign(&sheet, today()).map_err(|error| wrong(error.to_string()))?;
    tell!("{} taken over", words::counted(changed as u64, "change"));
    Ok(plan)
}

/// The names of the servers, if there are several, which must be fit for the names of files.
fn servers(args: &Args, catalogs: &Catalogs<'_>) -> anyhow::Result<Vec<Option<String>>> {
    if catalogs.iter().len() == 1 {
        return Ok(vec![None]);
    }
    if args.output.is_none() && args.sheet.is_none() {
        let message = "several servers have several plans; say --output FILE, and each is written \
                       to FILE with the name of its server before the extension";
        return Err(UsageError(message.to_owned()).into());
    }
    let name = |(name, catalog): (Option<&str>, &Catalog)| {
        let name = name.ok_or_else(|| {
            let folder = catalog.folder().display();
            UsageError(format!("which server is that? say --catalog NAME={folder}"))
        })?;
        let server = Server::new(name).map_err(|error| UsageError(error.to_string()))?;
        Ok(Some(server.name().to_owned()))
    };
    catalogs.named().map(name).collect()
}

/// The plan of each server, with its name where there are several.
fn planned(
    args: &Args,
    global: &Global,
    config: Config,
) -> anyhow::Result<Vec<(Option<String>, Plan)>> {
    let choice = &args.choice;
    if let Some(rule) = choice.rule.iter().find(|it| RULES.iter().all(|rule| rule.id != **it)) {
        return Err(UsageError(format!("there is no rule {rule}; see docrot rules")).into());
    }
    let keeping = args.keep.keeping()?;
    let copies = Disposition::called(&args.copies)
        .filter(|it| it.acts() && *it != Disposition::Archive)
        .ok_or_else(|| UsageError(format!("--copies {}: there is no such thing", args.copies)))?;
    let only = globs(&choice.only)?;
    let as_of = args.as_of.day();
    let policy = config.policy.clone();
    let opened = args.several.open(&args.root, None, global, &config)?;
    opened.refuse_entries()?;
    let catalogs = opened.together()?;
    let names = servers(args, &catalogs)?;
    let judged = Judged::of_all(&catalogs, config, as_of)?;
    judged.refuse_sample("a plan")?;
    let archive = args.archive.as_deref().map(std::path::absolute).transpose()?;
    let texts = catalogs.texts()?;
    let first_roots = catalogs.first_roots().collect::<Vec<_>>();
    let owner = |document: DocId| judged.owners.owner(document).map(|it| it.name.clone());
    let decided = |at: usize| decided(judged.shown.standings.get(at)?, archive.is_some());
    let is_one_of = |words: &[String], word: &str| {
        words.is_empty() || words.iter().any(|it| it.trim().eq_ignore_ascii_case(word.trim()))
    };
    let wanted = |at: usize, document: DocId| {
        let path = &judged.inventory[document].file.path;
        let decision = match judged.shown.standings.get(at) {
            Some(Standing::Decided { decision }) => decision.what.name(),
            _ => "",
        };
        is_one_of(&choice.rule, judged.shown.assessment.findings[at].rule.id)
            && is_one_of(&choice.decision, decision)
            && (choice.owner.is_empty()
                || owner(document).is_some_and(|it| is_one_of(&choice.owner, &it)))
            && (choice.only.is_empty() || only.is_match(path))
            && (choice.folder.is_empty() || choice.folder.iter().any(|it| path.starts_with(it)))
    };
    let making = Making {
        inventory: &judged.inventory,
        servers: &first_roots,
        assessment: &judged.shown.assessment,
        ids: &judged.shown.ids,
        texts: &texts,
        policy: &policy,
        as_of,
        made: now(),
        keeping: &keeping,
        copies,
        archive: archive.clone(),
        decided: &decided,
        owner: &owner,
        wanted: &wanted,
    };
    let plans = making.plan().split(catalogs.iter().map(Catalog::roots).collect());
    Ok(names.into_iter().zip(plans).collect())
}

/// What a decision means for a plan. One that nobody put a name to is a name short.
fn decided(standing: &Standing, has_archive: bool) -> Option<Decided> {
    let Standing::Decided { decision } = standing else { return None };
    let what = match decision.what {
        decisions::Disposition::Keep | decisions::Disposition::Update => Disposition::Keep,
        decisions::Disposition::Archive if has_archive => Disposition::Archive,
        decisions::Disposition::Delete if !decision.by.trim().is_empty() => Disposition::Quarantine,
        _ => Disposition::Review,
    };
    let by = match decision.by.trim() {
        "" => "somebody".to_owned(),
        by => by.to_owned(),
    };
    let signature = Signature { by, on: decision.on, why: decision.why.clone() };
    Some(Decided { what, signature })
}

fn write_all(plan: &Plan, server: Option<&str>, args: &Args) -> anyhow::Result<()> {
    let write = |path: &Path, text: &str| {
        let path = server.map_or_else(|| path.to_path_buf(), |it| output::part_of(path, it));
        output::whole(&path, |out| out.write_all(text.as_bytes()))
            .with_context(|| format!("cannot write {}", path.display()))
    };
    if let Some(path) = &args.sheet {
        write(path, &plan.to_sheet())?;
    }
    if let Some(path) = &args.write_redirects {
        let format = RedirectFormat::called(&args.redirect_format).ok_or_else(|| {
            UsageError(format!("--redirect-format {}: there is none", args.redirect_format))
        })?;
        write(path, &plan.redirects(format, &args.redirect_base))?;
    }
    match &args.output {
        Some(path) => write(path, &plan.to_json()),
        None if args.sheet.is_some() && args.edit.is_none() => Ok(()),
        None => {
            io::stdout().write_all(plan.to_json().as_bytes())?;
            Ok(())
        }
    }
}

fn in_words(totals: &Totals) -> String {
    let Totals { act, review, keep, broken: _, reclaims } = totals;
    format!(
        "{} to move aside ({}), {review} to review, {keep} to keep",
        words::counted(*act as u64, "document"),
        words::size(*reclaims)
    )
}
