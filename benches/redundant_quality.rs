//! How well near-duplicates are found, against labelled pairs.
//!
//! `cargo bench --bench redundant_quality -- FOLDER... [--missed]`, each with `docs/ID.txt`, `clusters.tsv`
//! (`id`, `cluster`), `pairs.tsv` (`id_a`, `id_b`, `label`) and `pairs_sim.tsv` (the same, then
//! Jaccard of word 5-shingles). Half of the clusters are for tuning; both halves are scored. A pair
//! that is not labelled counts as false where the Jaccard of its 5-word shingles is below 0.3.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;
use std::{env, fs};

use docrot::crawl::FileEntry;
use docrot::extract::Metadata;
use docrot::fingerprint::{Fingerprint, Hash, normalize};
use docrot::inventory::{DocId, Inventory, Record, RootId, Status};
use docrot::rot::{self, Assessment, PairOptions, Policy};

fn main() {
    for folder in env::args().skip(1).filter(|it| !it.starts_with("--")) {
        measure(Path::new(&folder));
    }
}

/// Columns of a table with a header.
fn table(path: &Path) -> Vec<Vec<String>> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let row = |line: &str| line.split('\t').map(str::to_owned).collect();
    text.lines().skip(1).map(row).collect()
}

fn record(path: PathBuf, text: &str) -> Record {
    Record {
        root: RootId(0),
        file: FileEntry { path, size: text.len() as u64, ..FileEntry::default() },
        status: Status::Read,
        format: None,
        metadata: Metadata::default(),
        hash: Some(Hash::of(text.as_bytes())),
        fingerprint: Fingerprint::of(text),
    }
}

fn words5(text: &str) -> HashSet<String> {
    let words = normalize(text);
    let words = words.split(' ').collect::<Vec<_>>();
    words.windows(5).map(|it| it.join(" ")).collect()
}

fn jaccard5(a: &str, b: &str) -> f64 {
    let (a, b) = (words5(a), words5(b));
    let shared = a.intersection(&b).count();
    shared as f64 / (a.len() + b.len() - shared).max(1) as f64
}

/// Two ids, the smaller first.
fn pair(a: &str, b: &str) -> (String, String) {
    if a < b { (a.to_owned(), b.to_owned()) } else { (b.to_owned(), a.to_owned()) }
}

fn measure(folder: &Path) {
    let mut texts = HashMap::new();
    for entry in fs::read_dir(folder.join("docs")).expect("the folder has docs").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let text =
            String::from_utf8_lossy(&fs::read(entry.path()).unwrap_or_default()).into_owned();
        texts.insert(name.strip_suffix(".txt").unwrap_or(&name).to_owned(), text);
    }
    let start = Instant::now();
    let records = texts.iter().map(|(id, text)| record(PathBuf::from(id), text)).collect();
    let made = start.elapsed();
    let inventory = Inventory::new(vec![PathBuf::from("/")], records);
    let source = |it: &Record| texts.get(it.file.path.to_string_lossy().as_ref()).cloned();
    let policy = Policy::default();
    let start = Instant::now();
    let mut found = Vec::new();
    let options = PairOptions { min_similarity: policy.duplicates.pair, parts: false };
    let count = rot::pairs(&inventory, &source, &policy, &options, |it| {
        found.push(it);
        ControlFlow::Continue(())
    });
    let listed = start.elapsed();
    let start = Instant::now();
    let assessment = rot::assess(&inventory, &source, &policy, chrono::NaiveDate::default());
    let bytes = texts.values().map(String::len).sum::<usize>();
    println!(
        "\n{}: {} documents, {} MB, fingerprints {made:.1?}, pairs {listed:.1?}, assessment {:.1?}",
        folder.display(),
        texts.len(),
        bytes / 1_000_000,
        start.elapsed()
    );
    println!("{count:?}");
    let id = |it: DocId| inventory[it].file.path.to_string_lossy().into_owned();
    let pairs = found.iter().map(|it| pair(&id(it.a), &id(it.b))).collect::<HashSet<_>>();
    let families = families(&assessment, &inventory);
    for half in [0, 1] {
        score(folder, half, "pairs", &pairs, &texts);
        score(folder, half, "in one family", &families, &texts);
    }
    let mut kinds = HashMap::<_, (usize, usize, usize)>::new();
    for group in &assessment.groups {
        let kind = kinds.entry(group.kind).or_default();
        *kind = (kind.0 + 1, kind.1 + group.members.len(), kind.2.max(group.members.len()));
    }
    println!("groups by kind (groups, members, largest): {kinds:?}");
    let rules = assessment.findings.iter().fold(HashMap::<_, usize>::new(), |mut counts, it| {
        *counts.entry(it.rule.id).or_default() += 1;
        counts
    });
    println!("findings by rule: {rules:?}; {} pairs not compared", assessment.not_compared);
}

/// Pairs of documents of which, step by step, the same one stays.
fn families(found: &Assessment, inventory: &Inventory) -> HashSet<(String, String)> {
    let stays = found.groups.iter().flat_map(|group| {
        group.members.iter().map(|it| (it.0, group.canonical)).collect::<Vec<_>>()
    });
    let stays = stays.collect::<HashMap<_, _>>();
    let mut families = HashMap::<DocId, Vec<String>>::new();
    for (document, record) in inventory.iter() {
        let mut last = document;
        while let Some(next) = stays.get(&last) {
            last = *next;
        }
        families.entry(last).or_default().push(record.file.path.to_string_lossy().into_owned());
    }
    let pairs = |family: &Vec<String>| {
        let pairs = family.iter().enumerate();
        pairs.flat_map(|(at, a)| family[at + 1..].iter().map(|b| pair(a, b))).collect::<Vec<_>>()
    };
    families.values().flat_map(pairs).collect()
}

fn score(
    folder: &Path,
    half: u64,
    what: &str,
    found: &HashSet<(String, String)>,
    texts: &HashMap<String, String>,
) {
    let clusters = table(&folder.join("clusters.tsv"));
    let in_half = |cluster: &str| {
        let Hash(hash) = Hash::of(cluster.as_bytes());
        u64::from(hash[0]) % 2 == half
    };
    let ours = clusters.iter().filter(|it| in_half(&it[1]) && texts.contains_key(&it[0]));
    let ours = ours.map(|it| it[0].as_str()).collect::<HashSet<_>>();
    let is_ours =
        |it: &(String, String)| ours.contains(it.0.as_str()) && ours.contains(it.1.as_str());
    let labels = table(&folder.join("pairs.tsv"));
    let labels = labels.iter().map(|it| (pair(&it[0], &it[1]), it[2].as_str()));
    let labels = labels.collect::<HashMap<_, _>>();
    let mut strata = [(0, 0); 2];
    for row in table(&folder.join("pairs_sim.tsv")) {
        let key = pair(&row[0], &row[1]);
        let jaccard = row[3].parse::<f64>().unwrap_or_default();
        if row[2] == "1" && is_ours(&key) && 0.5 <= jaccard {
            let stratum = &mut strata[usize::from(0.8 <= jaccard)];
            *stratum = (stratum.0 + usize::from(found.contains(&key)), stratum.1 + 1);
            if what == "pairs" && !found.contains(&key) && env::args().any(|it| it == "--missed") {
                println!("    missed at {jaccard}: {} {}", key.0, key.1);
            }
        }
    }
    let (mut right, mut wrong, mut unlabelled) = (0, Vec::new(), 0);
    for key in found.iter().filter(|it| is_ours(it)) {
        match labels.get(key).copied() {
            Some("1") => right += 1,
            Some(_) => {}
            None if 0.3 <= jaccard5(&texts[&key.0], &texts[&key.1]) => unlabelled += 1,
            None => wrong.push(key),
        }
    }
    let share = |(part, all): (usize, usize)| 100.0 * part as f64 / all.max(1) as f64;
    println!(
        "half {half}, {what}: recall J5>=.8 {:.2} % of {}, .5-.8 {:.2} % of {}; labelled {right}, \
         unlabelled and alike {unlabelled}, false {} (precision {:.2} %)",
        share(strata[1]),
        strata[1].1,
        share(strata[0]),
        strata[0].1,
        wrong.len(),
        share((right + unlabelled, right + unlabelled + wrong.len())),
    );
    wrong.sort();
    wrong.iter().take(5).for_each(|it| println!("    false: {} {}", it.0, it.1));
}
