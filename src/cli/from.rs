//! An index of another program: where it is, which of its fields say what, and which folders its
//! places mean.

use std::io;
use std::path::PathBuf;

use docrot::report::escape;
use docrot::validate::engines::{
    self, Described, Engine, Location, Mapping, Opening, PRESETS, Preset, Role, Rule, Streamed,
    Wishes, suggest,
};

use super::config::Config;
use super::exit::UsageError;

/// An index of another program.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "An index of another program")]
pub(super) struct From {
    /// Take the index here: a folder of Tantivy, a CSV or NDJSON export (- for standard input), or
    /// an address such as elasticsearch+https://host:9200/INDEX
    #[arg(long, value_name = "WHERE")]
    from: Option<String>,

    /// Say which folder stands for which beginning of its paths or URLs, such as
    /// https://wiki/docs=/srv/docs (can be repeated)
    #[arg(long, value_name = "BEGINNING=FOLDER", requires = "from")]
    map: Vec<String>,

    /// Take its fields as this program names them
    #[arg(long, value_name = "PROGRAM", requires = "from", value_parser = presets())]
    preset: Option<String>,

    /// The field with the path or URL of a document [default: guessed, and told]
    #[arg(long, value_name = "FIELD", requires = "from")]
    path_field: Option<String>,

    /// The field with its text
    #[arg(long, value_name = "FIELD", requires = "from")]
    text_field: Option<String>,

    /// The field with its title
    #[arg(long, value_name = "FIELD", requires = "from")]
    title_field: Option<String>,

    /// The field with the date of its last change
    #[arg(long, value_name = "FIELD", requires = "from")]
    modified_field: Option<String>,

    /// The field with the size of its file
    #[arg(long, value_name = "FIELD", requires = "from")]
    size_field: Option<String>,

    /// The field with a hash of its bytes: MD5, SHA-1, SHA-256 or BLAKE3
    #[arg(long, value_name = "FIELD", requires = "from")]
    hash_field: Option<String>,

    /// The field with the id of an entry
    #[arg(long, value_name = "FIELD", requires = "from")]
    id_field: Option<String>,

    #[cfg(feature = "network")]
    #[command(flatten)]
    network: super::network::Network,
}

fn presets() -> Vec<&'static str> {
    PRESETS.iter().map(|it| it.name).collect()
}

impl From {
    /// Where the index is, if one was named.
    pub(super) fn location(&self) -> anyhow::Result<Option<Location>> {
        let Some(written) = &self.from else { return Ok(None) };
        Ok(Some(Location::parse(written).map_err(|error| UsageError(error.to_string()))?))
    }

    /// Opens it.
    pub(super) fn open(&self, location: &Location) -> anyhow::Result<Box<dyn Engine>> {
        let input: Option<Box<dyn io::Read + Send>> = match location {
            Location::StandardInput => Some(Box::new(io::stdin())),
            Location::Path(_) | Location::Server { .. } => None,
        };
        let opening = Opening {
            wishes: self.wishes(),
            input,
            #[cfg(feature = "network")]
            access: self.network.access(location)?,
        };
        Ok(engines::open(location, opening)?)
    }

    fn wishes(&self) -> Wishes {
        let named = [
            (Role::Id, &self.id_field),
            (Role::Path, &self.path_field),
            (Role::Title, &self.title_field),
            (Role::Text, &self.text_field),
            (Role::Modified, &self.modified_field),
            (Role::Size, &self.size_field),
            (Role::Hash, &self.hash_field),
        ];
        let named = named.into_iter().filter_map(|(role, name)| Some((role, name.clone()?)));
        let preset = self.preset.as_deref().and_then(Preset::named);
        Wishes { named: named.collect(), preset }
    }

    /// The rules of the configuration and of the flags, for a tree with these roots.
    pub(super) fn mapping(&self, config: &Config, roots: &[PathBuf]) -> anyhow::Result<Mapping> {
        let flags = self.map.iter().map(|it| Rule::parse(it));
        let flags: Vec<Rule> =
            flags.collect::<Result<_, _>>().map_err(|error| UsageError(error.to_string()))?;
        let mut rules: Vec<Rule> = config.validate.map.iter().cloned().chain(flags).collect();
        // Without a tree a folder is only a name. With one, it may be written as a shell takes it.
        for rule in rules.iter_mut().filter(|it| !roots.is_empty() && it.to.is_relative()) {
            rule.to = rule.to.canonicalize().unwrap_or(std::mem::take(&mut rule.to));
        }
        Ok(Mapping::new(&rules, roots.to_vec()))
    }
}

/// What an index says of itself, line by line for people.
pub(super) fn about(described: &Described) -> Vec<String> {
    let Described { product, version, index: _, entries, fields, missing, asked } = described;
    let mut first = product.clone();
    if let Some(version) = version {
        first.push_str(&format!(" {version}"));
    }
    if let Some(entries) = entries {
        first.push_str(&format!(", {entries} entries"));
    }
    if let Some(asked) = asked {
        first.push_str(&format!(", asked {asked}"));
    }
    let named = fields.iter().map(|(role, field)| format!("{} is {field}", role.name()));
    let mut lines = vec![first, named.collect::<Vec<_>>().join(", ")];
    lines.extend(missing.iter().cloned());
    lines
}

/// What to do where entries lead to no folder of the tree.
pub(super) fn rule_for(nowhere: &[String], roots: &[PathBuf]) -> Option<String> {
    let rule = suggest(nowhere, roots, &|path| path.symlink_metadata().is_ok())?;
    Some(format!("--map '{}={}'", rule.from, rule.to.display()))
}

/// Refuses an index none of whose entries leads into the tree.
pub(super) fn refuse_elsewhere(
    streamed: &Streamed,
    nowhere: &[String],
    roots: &[PathBuf],
) -> anyhow::Result<()> {
    let Some(first) = nowhere.first() else { return Ok(()) };
    let remedy = rule_for(nowhere, roots).map_or_else(
        || "say which folder stands for which beginning with --map BEGINNING=FOLDER".to_owned(),
        |rule| format!("this may be the mapping: {rule}"),
    );
    let message = format!(
        "none of {} entries leads into {}, such as {}; {remedy}",
        streamed.entries,
        roots.iter().map(|it| escape::path(it)).collect::<Vec<_>>().join(" or "),
        escape::visible(first)
    );
    Err(UsageError(message).into())
}
