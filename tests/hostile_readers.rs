//! Whatever a reader does, a scan ends, says of each file what became of it, and reads the rest.
//!
//! This program is its own worker: started with `serve` it answers with readers that panic,
//! overflow the stack, loop, wait, allocate without end, abort and talk nonsense. It has a test
//! harness of its own because nothing else may be written to the standard output of a worker.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::io::{self, Write as _};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use chrono::DateTime;
use docrot::catalog::Catalog;
use docrot::extract::{
    BlockKind, Content, ExtractError, FORMATS, Format, Limits, Locator, WorkerOptions, serve,
};
use docrot::inventory::{Inventory, Status};
use docrot::scan::{Ledger, ScanOptions, scan};
use libtest_mimic::{Arguments, Trial};

const MEMORY_BYTES: u64 = 256 << 20;
const CPU_SECONDS: u64 = 1;
/// Far above what a second of processor time takes on a busy machine.
const WALL_SECONDS: u64 = 8;

type Outcome = Result<Content, ExtractError>;

const fn hostile(name: &'static str, extension: &'static [&'static str], read: Reader) -> Format {
    Format { name, extensions: extension, recognize: |_| false, version: 1, isolated: true, read }
}

type Reader = fn(&[u8], &Limits) -> Outcome;

static HOSTILE: [Format; 10] = [
    hostile("panic", &["panic"], |bytes, _| panic!("{} bytes", bytes.len())),
    hostile("overflow", &["overflow"], |_, _| Ok(overflow(0))),
    hostile("loop", &["loop"], |_, _| endless()),
    hostile("wait", &["wait"], |_, _| {
        loop {
            std::thread::park();
        }
    }),
    hostile("giant", &["giant"], |_, _| {
        black_box(vec![1_u8; 64 << 30]);
        Ok(Content::default())
    }),
    hostile("grow", &["grow"], |_, _| grow()),
    hostile("abort", &["abort"], |_, _| std::process::abort()),
    hostile("exit", &["exit"], |_, _| std::process::exit(0)),
    hostile("nonsense", &["nonsense"], |_, _| {
        let _ = io::stdout().write_all(b"nonsense in place of an answer");
        Ok(Content::default())
    }),
    hostile("good", &["good"], |bytes, _| {
        let mut content = Content::default();
        content.push(BlockKind::Paragraph, Locator::Line(1), &String::from_utf8_lossy(bytes));
        Ok(content)
    }),
];

/// What becomes of a file under each of them.
const EXPECTED: [(&str, &str); 10] = [
    ("panic", "reader crashed: 5 bytes"),
    ("overflow", "reader crashed: stack overflow"),
    ("loop", "timed out after 1 s"),
    ("wait", "timed out after 8 s"),
    ("giant", "needed more than 256 MiB"),
    ("grow", "needed more than 256 MiB"),
    ("abort", "reader crashed: signal 6"),
    ("exit", "reader crashed: exit status: 0"),
    ("nonsense", "reader crashed: garbled answer"),
    ("good", "read"),
];

#[expect(unconditional_recursion, reason = "that is what this reader does")]
fn overflow(depth: u64) -> Content {
    let room = black_box([depth; 64]);
    black_box(overflow(room[0] + 1))
}

fn endless() -> Outcome {
    let mut number = 0_u64;
    loop {
        number = black_box(number.wrapping_add(1));
    }
}

fn grow() -> Outcome {
    let mut pieces = Vec::new();
    loop {
        pieces.push(black_box(vec![1_u8; 1 << 20]));
    }
}

fn main() {
    if std::env::args().any(|it| it == "serve") {
        serve(&HOSTILE, io::stdin().lock(), io::stdout(), MEMORY_BYTES).unwrap();
        return;
    }
    let survives = Trial::test("a_scan_survives_every_reader", || {
        a_scan_survives_every_reader();
        Ok(())
    });
    // How a process died is told by its signal.
    let survives = survives.with_ignored_flag(!cfg!(target_os = "linux"));
    libtest_mimic::run(&Arguments::from_args(), vec![survives]).exit();
}

fn options() -> ScanOptions {
    let program = std::env::current_exe().unwrap();
    let workers = WorkerOptions {
        memory_bytes: MEMORY_BYTES,
        cpu_seconds: CPU_SECONDS,
        wall_seconds: WALL_SECONDS,
        ..WorkerOptions::new(program, vec!["serve".into()], 2)
    };
    ScanOptions {
        formats: HOSTILE.iter().chain(FORMATS).copied().collect(),
        workers: Some(workers),
        threads: 2,
        started: DateTime::from_timestamp(4_000_000_000, 0).unwrap(),
        ..ScanOptions::default()
    }
}

fn outcomes(inventory: &Inventory) -> BTreeMap<String, String> {
    let outcome = |status: &Status| match status {
        Status::NotRead(failure) => failure.detail.clone(),
        Status::Read => "read".to_owned(),
        other => format!("{other:?}"),
    };
    let name = |it: &docrot::inventory::Record| it.file.path.to_string_lossy().into_owned();
    inventory.iter().map(|(_, it)| (name(it), outcome(&it.status))).collect()
}

fn a_scan_survives_every_reader() {
    let (root, index) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut expected = BTreeMap::new();
    for (kind, outcome) in EXPECTED {
        // Several of each, so that a worker that did not recover would show.
        for number in 0..2 {
            let name = format!("{number}.{kind}");
            // Binary, so that none is taken for plain text; of equal length, unequal content.
            std::fs::write(root.path().join(&name), [0, 1, 2, 3, number]).unwrap();
            expected.insert(name, outcome.to_owned());
        }
    }
    let catalog = Catalog::open_or_create(index.path()).unwrap();
    let begun = Instant::now();
    let roots = [root.path().to_path_buf()];
    scan(&roots, &options(), &catalog, |_| ControlFlow::Continue(())).unwrap();
    assert!(begun.elapsed() < Duration::from_secs(60), "the scan took {:?}", begun.elapsed());
    let inventory = catalog.inventory().unwrap();
    assert_eq!(outcomes(&inventory), expected);
    let ledger = Ledger::of(&inventory);
    assert_eq!((ledger.seen, ledger.read, ledger.not_read), (20, 2, 18));

    // What ended badly ends so again, and is not tried until the file, its reader or the limit that
    // it met changes.
    let scan_again = |options: &ScanOptions| {
        let opened = std::sync::atomic::AtomicUsize::new(0);
        let again = scan(&roots, options, &catalog, |event| {
            if matches!(event, docrot::scan::Event::Queued { .. }) {
                opened.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            }
            ControlFlow::Continue(())
        });
        (again.unwrap().unreadable, opened.into_inner())
    };
    assert_eq!(scan_again(&options()), (18, 0));
    let mut roomier = options();
    roomier.workers.as_mut().unwrap().memory_bytes += 1;
    assert_eq!(scan_again(&roomier), (18, 4));
    let mut better = options();
    for format in &mut better.formats {
        format.version += u32::from(format.name == "panic");
    }
    let again = scan(&roots, &better, &catalog, |_| ControlFlow::Continue(())).unwrap();
    assert_eq!((again.unreadable, again.unchanged), (18, 20));
}
