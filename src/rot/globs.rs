//! Patterns of paths that remember how they were written.
//!
//! `*` and `?` stay within a folder, `**` crosses folders. Paths are relative to their root.

use std::path::Path;

use globset::{Candidate, GlobBuilder, GlobSet, GlobSetBuilder};

/// A set of patterns of paths.
#[derive(Clone, Debug, Default)]
pub struct Globs {
    // Invariant: `set` is made of `patterns`, in that order.
    patterns: Vec<String>,
    set: GlobSet,
}

impl Globs {
    /// Compiles patterns; the error names the one that is none.
    pub fn new<P: Into<String>>(
        patterns: impl IntoIterator<Item = P>,
    ) -> Result<Self, globset::Error> {
        let patterns: Vec<String> = patterns.into_iter().map(Into::into).collect();
        let mut builder = GlobSetBuilder::new();
        for pattern in &patterns {
            builder.add(GlobBuilder::new(pattern).literal_separator(true).build()?);
        }
        Ok(Self { set: builder.build()?, patterns })
    }

    /// Whether any pattern matches.
    pub fn is_match(&self, path: impl AsRef<Path>) -> bool {
        self.set.is_match(path)
    }

    /// Positions of the patterns that match, ascending.
    pub fn matches(&self, path: &Path) -> Vec<usize> {
        if self.patterns.is_empty() {
            return Vec::new();
        }
        self.set.matches_candidate(&Candidate::new(path))
    }

    /// The patterns as written.
    pub fn patterns(&self) -> &[String] {
        &self.patterns
    }
}

impl PartialEq for Globs {
    fn eq(&self, other: &Self) -> bool {
        self.patterns == other.patterns
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stays_within_its_folder() {
        let globs = Globs::new(["Policies/*.md", "**/zz old/**"]).unwrap();
        assert!(globs.is_match("Policies/a.md"));
        assert!(!globs.is_match("Policies/HR/a.md"));
        assert!(globs.is_match("x/zz old/y/a.md"));
        assert_eq!(globs.matches(Path::new("zz old/a.md")), [1]);
    }
}
