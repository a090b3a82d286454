//! Where quarantines lie, and what commands that change documents have in common.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;

use super::exit::{Exit, UsageError};

/// Beside the folder, on its file system, outside of it: moving there is instant, and no scan of
/// the folder finds it.
pub(super) fn default_of(root: &Path) -> anyhow::Result<PathBuf> {
    let named = || {
        let message = format!(
            "there is no place for a quarantine beside {}; name a folder with --quarantine",
            root.display()
        );
        UsageError(message)
    };
    let root = root.canonicalize().with_context(|| format!("cannot use {}", root.display()))?;
    let (Some(name), Some(parent)) = (root.file_name(), root.parent()) else {
        return Err(named().into());
    };
    let mut folder = name.to_owned();
    folder.push(".docrot-quarantine");
    let device = |path: &Path| {
        let found = path.metadata().map(|it| it.dev());
        found.with_context(|| format!("cannot look at {}", path.display()))
    };
    if device(&root)? == device(parent)? { Ok(parent.join(folder)) } else { Err(named().into()) }
}

/// Refuses a quarantine inside of a tree, where a scan would find the documents again, unless one of
/// its folders there is hidden.
pub(super) fn check(quarantine: &Path, roots: &[PathBuf]) -> anyhow::Result<PathBuf> {
    let quarantine = std::path::absolute(quarantine)?;
    let there = quarantine.ancestors().find_map(|it| Some((it, it.canonicalize().ok()?)));
    let resolved = there.map_or_else(
        || quarantine.clone(),
        |(there, resolved)| resolved.join(quarantine.strip_prefix(there).unwrap_or(there)),
    );
    for root in roots.iter().filter_map(|it| it.canonicalize().ok()) {
        let Ok(inside) = resolved.strip_prefix(&root) else { continue };
        let is_hidden = |it: Component<'_>| it.as_os_str().as_encoded_bytes().starts_with(b".");
        if !inside.components().any(is_hidden) {
            let message = format!(
                "the quarantine {} is inside {}, where a scan would find the documents again; \
                 name a folder outside of it, or one whose name starts with a dot",
                quarantine.display(),
                root.display()
            );
            return Err(UsageError(message).into());
        }
    }
    Ok(resolved)
}

/// Listens for ^C: the first stops between two documents, the second at once.
pub(super) fn interruption() -> anyhow::Result<Arc<AtomicBool>> {
    let asked = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&asked);
    ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::Relaxed) {
            #[expect(clippy::exit, reason = "the journal says what was under way")]
            std::process::exit(Exit::Interrupted as i32);
        }
    })
    .context("cannot listen for ^C")?;
    Ok(asked)
}

/// Who sits at the machine, for the journal.
#[expect(clippy::disallowed_methods, reason = "the command line may read the environment")]
pub(super) fn user() -> String {
    let names = ["SUDO_USER", "USER", "LOGNAME", "USERNAME"];
    names.iter().find_map(|it| std::env::var(it).ok()).unwrap_or_default()
}

/// Counts reasons, the most frequent first.
#[derive(Debug, Default)]
pub(super) struct Reasons {
    counts: BTreeMap<String, u64>,
}

impl Reasons {
    pub(super) fn add(&mut self, reason: &str) {
        *self.counts.entry(reason.to_owned()).or_default() += 1;
    }

    pub(super) fn sorted(&self) -> Vec<(&str, u64)> {
        let mut sorted: Vec<_> =
            self.counts.iter().map(|(it, count)| (it.as_str(), *count)).collect();
        sorted.sort_by_key(|it| std::cmp::Reverse(it.1));
        sorted
    }
}
