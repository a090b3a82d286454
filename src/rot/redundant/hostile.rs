//! Trees made to be slow to compare: what is asked and listed is counted, not timed.
#![cfg(test)]

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::crawl::FileEntry;
use crate::extract::Metadata;
use crate::fingerprint::{Fingerprint, Hash, Sketch, VERSION};
use crate::inventory::{Inventory, Record, RootId, Status};
use crate::rot::{Context, PairCount, PairOptions, Policy, assess};

use super::pairs::pairs;
use super::testing::{Tree, date, prose};

/// So many files, each of a fingerprint.
fn files(count: usize, print: impl Fn(usize) -> (Hash, Option<Fingerprint>)) -> Inventory {
    let record = |it: usize| {
        let (hash, fingerprint) = print(it);
        Record {
            root: RootId(0),
            file: FileEntry {
                path: PathBuf::from(format!("{it:06}.md")),
                size: 1_000,
                ..FileEntry::default()
            },
            status: Status::Read,
            reached: None,
            format: None,
            metadata: Metadata::default(),
            hash: Some(hash),
            fingerprint,
        }
    };
    Inventory::new(vec![PathBuf::from("/")], (0..count).map(record).collect())
}

/// So many files of one text.
fn copies(count: usize, text: &str) -> Inventory {
    let (hash, fingerprint) = (Hash::of(text.as_bytes()), Fingerprint::of(text));
    files(count, |_| (hash, fingerprint.clone()))
}

/// So many instances of one template, as fingerprints: one sample in sixteen is each one's own.
fn instances(count: usize) -> Inventory {
    files(count, |it| {
        let hash = Hash::of(&it.to_le_bytes());
        let own = u32::from_le_bytes(*hash.0.first_chunk().unwrap()).max(1 << 24);
        let mut hashes = (0..15).map(|it| it << 16).chain([own]).collect::<Vec<u32>>();
        hashes.sort_unstable();
        let print = Fingerprint {
            version: VERSION,
            text: *hash.0.last_chunk().unwrap(),
            simhash: u64::from_le_bytes(*hash.0.first_chunk().unwrap()),
            sketch: Sketch { hashes, bound: u32::MAX, shingles: 16 },
            words: 100,
            passages: Vec::new(),
        };
        (hash, Some(print))
    })
}

const OPTIONS: PairOptions = PairOptions { min_similarity: 0.5, parts: false };

#[test]
fn very_many_copies_are_one_group_for_which_no_text_is_read() {
    let inventory = copies(100_000, &prose(1, 100));
    let asked = AtomicUsize::new(0);
    let texts = |_: &Record| {
        asked.fetch_add(1, Ordering::Relaxed);
        None
    };
    let policy = Policy::default();
    let ctx = Context::new(&inventory, &texts, &policy, date(2026, 1, 1));
    let groups = &ctx.duplicates().groups;
    assert_eq!((groups.len(), groups[0].members.len()), (1, 99_999));
    let mut listed = 0;
    let count = pairs(&inventory, &texts, &policy, &OPTIONS, |_| {
        listed += 1;
        ControlFlow::Continue(())
    });
    let not_listed = 99_999 * 99_998 / 2;
    assert_eq!(count, PairCount { listed: 99_999, not_listed, ..PairCount::default() });
    assert_eq!((listed, asked.into_inner()), (99_999, 0));
}

#[test]
fn a_template_of_fifty_thousand_is_compared_a_few_times_each_and_the_rest_is_told() {
    const COUNT: u64 = 50_000;
    let inventory = instances(COUNT as usize);
    let asked = AtomicUsize::new(0);
    let texts = |_: &Record| {
        asked.fetch_add(1, Ordering::Relaxed);
        None
    };
    let found = assess(&inventory, &texts, &Policy::default(), date(2026, 1, 1));
    let compared = COUNT * (COUNT - 1) / 2 - found.not_compared;
    assert!((COUNT..50 * COUNT).contains(&compared), "{compared}");
    let members = found.groups.iter().map(|it| it.members.len() as u64).sum::<u64>();
    assert_eq!((found.groups.len(), members), (1, COUNT - 1));
    let asked = asked.into_inner() as u64;
    assert!(asked < 10 * COUNT, "{asked}");
}

#[test]
fn texts_of_a_template_are_read_a_few_times_each() {
    let body = prose(1, 100);
    let tree = (0..120).fold(Tree::default(), |tree, it| {
        let text = format!("No. {it} of 2{it}1 {body} for 7{it}3 EUR to {} by {it}9", prose(it, 1));
        tree.file(&format!("letter {}.md", prose(it + 9, 1)), &text)
    });
    tree.with(|ctx| {
        let asked = AtomicUsize::new(0);
        let texts = |record: &Record| {
            asked.fetch_add(1, Ordering::Relaxed);
            ctx.texts.text(record)
        };
        let counted = Context::new(ctx.inventory, &texts, ctx.policy, ctx.as_of);
        assert_eq!(counted.duplicates().same_form, 119);
        let while_grouping = asked.swap(0, Ordering::Relaxed);
        assert!(while_grouping < 20 * 120, "{while_grouping}");
        let mut forms = 0;
        let count = pairs(ctx.inventory, &texts, ctx.policy, &OPTIONS, |it| {
            forms += u64::from(it.kind == "same-form");
            ControlFlow::Continue(())
        });
        assert!(0.99 * count.listed as f64 <= forms as f64, "{forms} of {}", count.listed);
        assert_eq!((count.listed, count.not_compared), (120 * 119 / 2, 0));
        assert_eq!(asked.into_inner(), 120, "each is read once");
    });
}

#[test]
fn one_word_over_and_over_has_one_shingle() {
    let text = |count: usize| "again ".repeat(count);
    let fingerprint = Fingerprint::of(&text(200_000)).unwrap();
    assert_eq!((fingerprint.words, fingerprint.sketch.hashes.len()), (200_000, 1));
    let tree = (10..310).fold(Tree::default(), |it, at| it.file(&format!("{at}.md"), &text(at)));
    tree.with(|ctx| {
        let groups = &ctx.duplicates().groups;
        let members = groups.iter().map(|it| it.members.len()).sum::<usize>();
        assert!(members < 300 && groups.len() <= 300, "{} of {}", members, groups.len());
        let mut listed = 0_u64;
        let count = pairs(ctx.inventory, ctx.texts, ctx.policy, &OPTIONS, |_| {
            listed += 1;
            ControlFlow::Continue(())
        });
        assert!(listed + count.not_compared >= 300 * 299 / 2);
        assert!(listed <= 300 * 299 / 2);
    });
}

#[test]
fn files_without_words_are_no_pairs() {
    let tree = Tree::default().file("a.md", "...").file("b.md", "---").file("c.md", "");
    tree.with(|ctx| {
        assert!(ctx.duplicates().groups.is_empty());
        let count =
            pairs(ctx.inventory, ctx.texts, ctx.policy, &OPTIONS, |_| ControlFlow::Continue(()));
        assert_eq!(count, PairCount::default());
    });
}
