//! Compares what a crawl sees with what the catalog knows. Pure.

use crate::catalog::{Known, Retry};
use crate::crawl::FileEntry;
use crate::fingerprint;

use super::options::ScanOptions;

/// How a file that the catalog knows compares with its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// Nothing about it changed.
    None,
    /// Only inode or change time differ: a change, or a file system that does not keep them.
    Identity,
    /// Size or modification time differ, or it has to be read again for another reason.
    Content,
}

/// Marks a record whose file changed so shortly before the scan that a later change could leave
/// its times as they are (git's rule for racy files). No file has this change time.
pub(super) const RACY: i64 = i64::MIN;

/// The version with which an archive is remembered that was recognized and not opened. No reader
/// has it.
pub(super) const CLOSED: u32 = 0;

/// Times closer than this to the begin of the scan are not trusted, in nanoseconds: FAT keeps
/// times in steps of two seconds.
const RACY_NS: i64 = 2_000_000_000;

/// The entry as it is to be remembered by a scan that began at `started` (nanoseconds).
pub(super) fn remembered(mut entry: FileEntry, started: i64) -> FileEntry {
    if entry.modified >= started.saturating_sub(RACY_NS) {
        entry.changed = RACY;
    }
    entry
}

/// Compares a listed file with its record. `detection_changed`: what counts as a document is not
/// what it was then.
pub(super) fn compare(
    known: &Known,
    entry: &FileEntry,
    options: &ScanOptions,
    detection_changed: bool,
) -> Change {
    let before = &known.file;
    if before.size != entry.size
        || before.modified != entry.modified
        || before.changed == RACY
        || before.container != entry.container
    {
        return Change::Content;
    }
    let retried = match known.unreadable {
        // It would end as it did: encrypted, damaged, timed out, crashed.
        None | Some(Retry::WithAnotherReader) => false,
        Some(Retry::WithAnotherLimit) => entry.size <= options.max_file_bytes,
        Some(Retry::Always) => true,
    };
    if is_outdated(known, options) || retried || detection_changed {
        return Change::Content;
    }
    if before.changed != entry.changed || before.identity != entry.identity {
        return Change::Identity;
    }
    Change::None
}

/// Whether what is known was read by another version of its reader, or by one that is not used, or
/// up to a limit that is higher now.
pub(super) fn is_outdated(known: &Known, options: &ScanOptions) -> bool {
    if known.reached.is_some_and(|it| it.value < options.limit(it.limit)) {
        return true;
    }
    let is_current = known.format.as_ref().is_none_or(|then| {
        match options.formats.iter().find(|now| now.name == then.name) {
            Some(now) => now.reading_version() == then.version,
            None => then.version == CLOSED,
        }
    });
    !is_current || known.fingerprint_version.is_some_and(|it| it != fingerprint::VERSION)
}

/// Counts how often only inode or change time differ, and tells when they say nothing on a mount.
#[derive(Clone, Debug, Default)]
pub(super) struct IdentityTrust {
    same: u64,
    differ: u64,
    /// Whether inode and change time are no longer looked at.
    pub(super) lost: bool,
}

impl IdentityTrust {
    /// Notes a comparison, and returns whether the file has to be read again.
    pub(super) fn must_read(&mut self, change: Change) -> bool {
        // Enough files that a handful of real changes is no share to speak of.
        const MIN_FILES: u64 = 200;
        match change {
            Change::None => self.same += 1,
            Change::Identity => self.differ += 1,
            Change::Content => return true,
        }
        if self.same + self.differ >= MIN_FILES && self.differ * 20 > self.same + self.differ {
            self.lost = true;
        }
        change == Change::Identity && !self.lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crawl::FileIdentity;
    use crate::extract::{FORMATS, Limits, WorkerOptions};
    use crate::inventory::{FormatId, Limit, Reached, RootId};

    fn known(file: FileEntry) -> Known {
        Known {
            root: RootId(0),
            file,
            format: None,
            unreadable: None,
            reached: None,
            fingerprint_version: None,
        }
    }

    fn entry() -> FileEntry {
        FileEntry { size: 1, modified: 10, changed: 20, ..FileEntry::default() }
    }

    fn options() -> ScanOptions {
        ScanOptions::default()
    }

    #[test]
    fn an_unreadable_file_is_retried_only_where_it_may_end_otherwise() {
        let retried = |unreadable, entry: FileEntry| {
            let known = Known { unreadable, ..known(entry.clone()) };
            compare(&known, &entry, &options(), false) == Change::Content
        };
        assert!(!retried(None, entry()));
        assert!(!retried(Some(Retry::WithAnotherReader), entry()));
        assert!(retried(Some(Retry::Always), entry()));
        assert!(retried(Some(Retry::WithAnotherLimit), entry()));
        let large = FileEntry { size: options().max_file_bytes + 1, ..entry() };
        assert!(!retried(Some(Retry::WithAnotherLimit), large));
    }

    #[test]
    fn what_met_a_limit_is_read_again_once_it_is_higher() {
        let reads = |limit, value, options: &ScanOptions| {
            let reached = Some(Reached { limit, value });
            let known = Known { reached, ..known(entry()) };
            compare(&known, &entry(), options, false) == Change::Content
        };
        let limits = Limits { text_bytes: 100, nesting: 3, ..Limits::default() };
        let workers = WorkerOptions { cpu_seconds: 7, ..WorkerOptions::new("x".into(), vec![], 1) };
        let options = ScanOptions { limits, workers: Some(workers), ..options() };
        for (limit, value) in [
            (Limit::TextBytes, 100),
            (Limit::Nesting, 3),
            (Limit::ReaderSeconds, 7),
            (Limit::ReaderMemory, 1 << 30),
        ] {
            assert!(!reads(limit, value, &options), "{limit:?}");
            assert!(!reads(limit, value + 1, &options), "{limit:?} was lowered");
            assert!(reads(limit, value - 1, &options), "{limit:?} was raised");
        }
    }

    #[test]
    fn another_reader_or_another_detection_reads_again() {
        let text = |version| FormatId { name: "text".to_owned(), version };
        let now = FORMATS.iter().find(|it| it.name == "text").unwrap().reading_version();
        let reads = |format, detection_changed| {
            let known = Known { format: Some(format), ..known(entry()) };
            compare(&known, &entry(), &options(), detection_changed) == Change::Content
        };
        assert!(!reads(text(now), false));
        assert!(reads(text(now), true));
        assert!(reads(text(now + 1), false));
        assert!(reads(FormatId { name: "no longer read".to_owned(), version: 1 }, false));
    }

    #[test]
    fn an_equal_length_edit_with_its_time_put_back_is_seen() {
        let edited = FileEntry { changed: 21, ..entry() };
        assert_eq!(compare(&known(entry()), &entry(), &options(), false), Change::None);
        assert_eq!(compare(&known(entry()), &edited, &options(), false), Change::Identity);
        assert!(IdentityTrust::default().must_read(Change::Identity));
    }

    #[test]
    fn a_file_that_changed_just_before_the_scan_is_read_again() {
        let file = remembered(FileEntry { modified: 9_000_000_000, ..entry() }, 10_000_000_000);
        let now = FileEntry { modified: 9_000_000_000, ..entry() };
        assert_eq!(compare(&known(file), &now, &options(), false), Change::Content);
    }

    #[test]
    fn a_mount_that_does_not_keep_inodes_is_found_out() {
        let mut trust = IdentityTrust::default();
        let read = (0..1000).filter(|_| trust.must_read(Change::Identity)).count();
        assert!(read < 250 && trust.lost);
        let other = FileEntry { identity: FileIdentity { device: 0, inode: 7 }, ..entry() };
        assert_eq!(compare(&known(entry()), &other, &options(), false), Change::Identity);
    }
}
