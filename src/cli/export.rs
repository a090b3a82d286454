//! `docrot export`

use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::Context as _;
use docrot::export::{self, Facts, JOB, Server, TrustedDate};
use docrot::inventory::Record;
use docrot::report::escape;
use docrot::rot::{DateBeliefs, owner_of};

use super::exit::{Exit, UsageError};
use super::options::{AsOf, Global};
use super::owners::Accounts;
use super::{catalogs, owners};

/// Write what the last scan knows as Parquet, for other programs and for Spark
///
/// One row per document, without its text, in SERVER.parquet. Exports of several servers into one
/// folder can be compared with each other: docrot export --job prints the program for Apache Spark
/// that does it, and docrot import takes its result.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Audited folder (can be repeated) [default: the only one audited so far]
    root: Vec<PathBuf>,

    /// Folder for the export; made where it is not there
    #[arg(long, value_name = "DIR", required_unless_present = "job")]
    to: Option<PathBuf>,

    /// What to call this file server; no two in one folder may have one name [default: the name of
    /// this machine]
    #[arg(long, value_name = "NAME")]
    server: Option<String>,

    /// Print the Spark job
    #[arg(long, conflicts_with_all = ["to", "server", "root"])]
    job: bool,

    #[command(flatten)]
    as_of: AsOf,
}

pub(crate) fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let Some(folder) = &args.to else {
        io::stdout().write_all(JOB.as_bytes())?;
        return Ok(Exit::Success);
    };
    let config = global.config()?;
    let server = match &args.server {
        Some(name) => Server::new(name).map_err(|error| UsageError(error.to_string()))?,
        None => this_machine()?,
    };
    let catalog = catalogs::open_last(&args.root, None, global, &config)?;
    catalog.summary().context("the catalog holds no scan yet; run `docrot scan FOLDER` first")?;
    let policy = &config.policy;
    let dates = DateBeliefs::of(policy, args.as_of.day(), || catalog.records())?;
    let roots = catalog.roots();
    let (mut known, accounts) = (owners::of_folders(&roots, policy), Accounts::asked_for(policy));
    let facts = |id, record: &Record| {
        let date = record.is_readable().then(|| dates.chosen(record)).flatten();
        if let Some(accounts) = &accounts {
            // One at a time: nothing here grows with the number of documents.
            known.files.clear();
            let owner = accounts.owner(&roots[usize::from(record.root.0)], record);
            known.files.extend(owner.map(|it| (id, it)));
        }
        let owner = owner_of(id, record, policy, &known);
        Facts {
            date: date.map(|it| TrustedDate {
                date: it.date,
                role: it.role.name().to_owned(),
                provenance: it.provenance.to_string(),
                trust: it.trust.name().to_owned(),
            }),
            owner: owner.map(|it| (it.name, it.provenance.to_string())),
        }
    };
    let exported = export::export(&catalog, &server, folder, facts)?;
    if !global.quiet {
        let name = escape::path(&exported.path);
        writeln!(io::stdout(), "{} documents written to {name}", exported.documents)?;
    }
    Ok(Exit::Success)
}

fn this_machine() -> anyhow::Result<Server> {
    let name = machine_name().context("cannot tell the name of this machine; say --server")?;
    // The first part is what people call it.
    let name = name.split('.').next().unwrap_or_default();
    Server::new(name).map_err(|error| UsageError(format!("{error}; say --server")).into())
}

#[cfg(unix)]
fn machine_name() -> Option<String> {
    Some(rustix::system::uname().nodename().to_str().ok()?.to_owned())
}

#[cfg(not(unix))]
#[expect(clippy::disallowed_methods, reason = "the command line may read the environment")]
fn machine_name() -> Option<String> {
    std::env::var("COMPUTERNAME").ok()
}
