//! The evidence of a clean-up as one folder: what was planned, decided and done, with hashes.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use docrot::fingerprint::Hash;
use docrot::plan::History;

use super::output;

const README: &str = "\
Evidence of a clean-up with docrot.

documents.csv   every document that was to be moved: where it was, what it held (BLAKE3), by which
                rule, for whose decision, for the sake of which copy, and what became of it
refused.csv     every step that was not taken, and why
plans/          the plans that were carried out, as they were carried out; named by their BLAKE3
journal.jsonl   one line for everything that was done, written before it was done; each line holds
                the BLAKE3 of the one before
journal.head    how far the journal goes, and the hash of its last line
decisions.csv   what people decided, if anything was
policy.toml     the policy, if there was one: holds and retention periods
BLAKE3SUMS      the hash of each of these files; check with: b3sum --check BLAKE3SUMS
";

/// Writes the pack into `to`, which must be empty or not there yet. `more` are files to put in, by
/// the name they get there.
pub(super) fn write(
    quarantine: &Path,
    history: &History,
    to: &Path,
    more: &[(&str, PathBuf)],
) -> anyhow::Result<usize> {
    if fs::read_dir(to).is_ok_and(|mut entries| entries.next().is_some()) {
        bail!("{} is not empty; name a new folder for the evidence", to.display());
    }
    fs::create_dir_all(to.join("plans"))
        .with_context(|| format!("cannot make {}", to.display()))?;
    let mut sums = String::new();
    let mut count = 0;
    let mut put = |name: &str, bytes: &[u8]| -> anyhow::Result<()> {
        let path = to.join(name);
        output::whole(&path, |out| out.write_all(bytes))
            .with_context(|| format!("cannot write {}", path.display()))?;
        sums.push_str(&format!("{}  {name}\n", Hash::of(bytes)));
        count += 1;
        Ok(())
    };
    let read =
        |path: &Path| fs::read(path).with_context(|| format!("cannot read {}", path.display()));
    put("README.txt", README.as_bytes())?;
    put("documents.csv", history.to_table().as_bytes())?;
    put("refused.csv", history.refused_table().as_bytes())?;
    for name in ["journal.jsonl", "journal.head"] {
        put(name, &read(&quarantine.join(name))?)?;
    }
    for run in history.runs.iter().filter_map(|it| it.plan.as_ref()) {
        let name = format!("plans/{run}.json");
        if !to.join(&name).exists() {
            put(&name, &read(&quarantine.join(&name))?)?;
        }
    }
    for (name, path) in more.iter().filter(|(_, path)| path.is_file()) {
        put(name, &read(path)?)?;
    }
    output::whole(&to.join("BLAKE3SUMS"), |out| out.write_all(sums.as_bytes()))
        .with_context(|| format!("cannot write {}", to.join("BLAKE3SUMS").display()))?;
    Ok(count)
}
