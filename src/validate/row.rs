//! An entry of a search index, whatever engine holds it.

use crate::inventory::{FileEntry, FormatId, RootId};

use super::digest::Digest;

/// What an index says of one document, without its text: what is compared with the tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The root it lies under.
    pub root: RootId,
    /// What was known of the file when it was indexed, as far as `tells` goes.
    pub file: FileEntry,
    /// Which of the file's facts the index has.
    pub tells: Tells,
    /// The format it was read as, where that is known.
    pub format: Option<FormatId>,
    /// Whether it can be found.
    pub state: State,
    /// Hash of the file's bytes when it was indexed, where the index has it.
    pub hash: Option<Digest>,
}

/// Which facts of a file an index has, beside its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tells {
    /// Its size.
    pub size: bool,
    /// When it was last changed: to what that can be told.
    pub modified: Precision,
}

/// To what a time is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// It is not told.
    None,
    /// The day.
    Day,
    /// The second, give or take one; maybe in another zone of time.
    Second,
    /// As the file system has it, with the time at which the file's attributes changed.
    Whole,
}

impl Tells {
    /// All of them, as docrot's own index.
    pub const ALL: Self = Self { size: true, modified: Precision::Whole };
}

/// Whether a document can be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is in the index.
    Indexed,
    /// It is in the index with the bytes of another file or version.
    IndexedOtherwise,
    /// It was read, and is not in the index.
    Lost,
    /// It could not be read, so that it cannot be in the index.
    Unread,
    /// It is no document, and has no place in the index.
    NoDocument,
}

impl Row {
    /// Whether the index has an entry for it.
    pub const fn is_indexed(&self) -> bool {
        matches!(self.state, State::Indexed | State::IndexedOtherwise)
    }

    /// Whether the size is that of a file as it is now; none where it is not told.
    pub(super) fn has_size_of(&self, now: &FileEntry) -> Option<bool> {
        self.tells.size.then_some(self.file.size == now.size)
    }

    /// Whether the time of change is that of a file as it is now; none where it is not told.
    ///
    /// Engines keep seconds, or thousandths, some cut and some rounded. Times without a zone are
    /// taken by some as those of their own place: what differs by quarters of an hour and nothing
    /// else is taken as equal.
    pub(super) fn has_time_of(&self, now: &FileEntry) -> Option<bool> {
        const SECOND: i64 = 1_000_000_000;
        const DAY: i64 = 86_400;
        const QUARTER: i64 = 900;
        const FARTHEST_ZONE: i64 = 14 * 3600;
        let apart = (self.file.modified - now.modified).abs();
        match self.tells.modified {
            Precision::None => None,
            Precision::Whole => Some(apart == 0 && self.file.changed == now.changed),
            // A day here may be the next one there.
            Precision::Day => Some(apart < 2 * DAY * SECOND),
            Precision::Second => {
                let seconds = (apart + SECOND / 2) / SECOND;
                let off = (seconds + 1) % QUARTER;
                Some(seconds <= 1 || (seconds <= FARTHEST_ZONE + 1 && off <= 2))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(modified: i64, precision: Precision) -> Row {
        Row {
            root: RootId(0),
            file: FileEntry { modified, ..FileEntry::default() },
            tells: Tells { size: false, modified: precision },
            format: None,
            state: State::Indexed,
            hash: None,
        }
    }

    #[test]
    fn times_are_compared_as_far_as_they_are_told() {
        const SECOND: i64 = 1_000_000_000;
        let now = FileEntry { modified: 1_700_000_000 * SECOND + 5, ..FileEntry::default() };
        let is_same = |seconds: i64, precision| {
            row((1_700_000_000 + seconds) * SECOND, precision).has_time_of(&now)
        };
        assert_eq!(is_same(0, Precision::Whole), Some(false));
        assert_eq!(is_same(0, Precision::None), None);
        for (seconds, same) in [(0, true), (1, true), (-1, true), (60, false), (-400, false)] {
            assert_eq!(is_same(seconds, Precision::Second), Some(same), "{seconds}");
        }
        for (seconds, same) in [(7200, true), (-19_800, true), (7300, false), (72_000, false)] {
            assert_eq!(is_same(seconds, Precision::Second), Some(same), "{seconds}");
        }
        assert_eq!(is_same(80_000, Precision::Day), Some(true));
        assert_eq!(is_same(300_000, Precision::Day), Some(false));
    }
}
