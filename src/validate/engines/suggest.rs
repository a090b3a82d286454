//! Which rule would lead an index's places into the tree: worked out from some of them that lead
//! nowhere, by what stands below the folders of the tree under the same names.

use std::collections::BTreeMap;
use std::path::Path;

use super::mapping::{Rule, joined, parts};

/// The rule that most of these places ask for; none where fewer than half of them agree.
///
/// `is_there` says whether there is a file at a path.
pub fn suggest(
    places: &[String],
    roots: &[impl AsRef<Path>],
    is_there: &dyn Fn(&Path) -> bool,
) -> Option<Rule> {
    let mut votes: BTreeMap<(String, &Path), usize> = BTreeMap::new();
    for place in places {
        let parts = parts(place);
        // The longest end that is there says most.
        let found = (1..parts.len()).find_map(|from| {
            let below = parts[from..].join("/");
            let root = roots.iter().find(|root| is_there(&root.as_ref().join(&below)))?;
            Some((joined(&parts[..from]), root.as_ref()))
        });
        if let Some(rule) = found {
            *votes.entry(rule).or_default() += 1;
        }
    }
    let ((from, to), count) = votes.into_iter().max_by_key(|it| it.1)?;
    (places.len() <= 2 * count).then(|| Rule { from, to: to.to_path_buf() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_follows_from_what_is_there() {
        let places = ["https://wiki/docs/HR/a.md", "https://wiki/docs/HR/b%20c.md", "https://x/q"];
        let places = places.map(str::to_owned);
        let there = ["/srv/share/HR/a.md", "/srv/share/HR/b c.md"];
        let is_there = |path: &Path| there.iter().any(|it| path == Path::new(it));
        let rule = suggest(&places, &["/srv/wiki", "/srv/share"], &is_there).unwrap();
        assert_eq!(
            (rule.from.as_str(), rule.to.to_str()),
            ("https://wiki/docs", Some("/srv/share"))
        );
        assert_eq!(suggest(&places, &["/srv/wiki"], &is_there), None);
        let share = [r"\\nas\dept\HR\a.md".to_owned()];
        assert_eq!(suggest(&share, &["/srv/share"], &is_there).unwrap().from, "//nas/dept");
    }
}
