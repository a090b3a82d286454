//! `docrot similar`

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use docrot::fingerprint::Hash;
use docrot::inventory::Inventory;
use docrot::report::{Likes, likes_json, likes_text};
use docrot::rot::{self, Like, Probe};

use super::catalogs;
use super::document::{self, Layout};
use super::exit::Exit;
use super::options::{Global, Limits};
use super::output::terminal_options;

/// Tell what the last scan holds already like a file, before it is saved once more
///
/// Lists exact copies, the same text in other files, near-duplicates, and documents that hold most
/// of it or of which it holds most. The file need not lie in an audited folder.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The file to look for
    file: PathBuf,

    /// Audited folder (can be repeated) [default: the only one audited so far]
    #[arg(long, value_name = "FOLDER")]
    root: Vec<PathBuf>,

    #[command(flatten)]
    several: catalogs::Several,

    /// How to print it
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Layout::Text)]
    format: Layout,

    /// Show every document, however many there are
    #[arg(long)]
    all: bool,

    #[command(flatten)]
    limits: Limits,
}

pub(crate) fn run(args: Args, global: &Global) -> anyhow::Result<Exit> {
    let config = global.config()?;
    let options = args.limits.scan_options(&config, 1)?;
    let read = document::read(&args.file, &options)?;
    let hash = File::open(&args.file)
        .and_then(Hash::of_reader)
        .with_context(|| format!("cannot read {}", args.file.display()))?;
    let opened = args.several.open(&args.root, Some(&args.file), global, &config)?;
    let catalogs = opened.together()?;
    let inventory = catalogs.inventory()?;
    let texts = catalogs.texts()?;
    let fingerprint = read.fingerprint();
    let probe = Probe {
        hash,
        fingerprint: fingerprint.as_ref(),
        text: read.text().unwrap_or_default(),
        is_sheet: read.is_sheet(),
    };
    let mut likes = rot::similar(&inventory, &texts, &config.policy, &probe);
    likes.retain(|it| !is_itself(&inventory, it, &args.file));
    let found = Likes { file: &args.file, inventory: &inventory, likes: &likes };
    let mut out = BufWriter::new(io::stdout().lock());
    match args.format {
        Layout::Json => likes_json(&found, &mut out)?,
        Layout::Text => likes_text(&found, &terminal_options(args.all), &mut out)?,
    }
    out.flush()?;
    Ok(Exit::Success)
}

/// Whether what was found is the file that was asked about.
fn is_itself(inventory: &Inventory, like: &Like, file: &Path) -> bool {
    let record = &inventory[like.document];
    let place = inventory.root_of(record).join(&record.file.path);
    file.canonicalize().is_ok_and(|it| it == place)
}
