#!/usr/bin/env python3
"""How far the subjects that docrot finds are those that people sort the same documents by.

    python3 benches/subjects.py DATA [--part tune|report] [--program target/release/docrot]
    python3 benches/subjects.py --growth 1000 10000 100000 [--program target/release/docrot]

DATA holds `neardup/versions_etcd`, `stale/peps` and `stale/eips`. The documents of each set are copied
without the words that state their label: sections of etcd's documentation in one release, the topics
of Python enhancement proposals, the categories of Ethereum improvement proposals. Agreement is told as
adjusted Rand index and purity over the documents that have a label, beside k-means and HDBSCAN of
scikit-learn (needed: `pip install scikit-learn`) on the same weighted words, which `docrot subjects
--words` writes. k-means is told how many labels there are, and once more how many subjects docrot
found; it is the mean of five seeds. HDBSCAN is tried with clusters of 3, 5 and 10 documents at least,
and the best by the labels is told. Documents of no subject, and HDBSCAN's noise, count as one more
group.

`--part tune` takes the one half of the proposals and one release, `report` the other half and another
release: what was chosen on one is reported on the other. The stability says what becomes of the
subjects when one in a hundred documents is left out.

`--growth` writes so many documents of a made-up language, scans them, and tells what a report costs
with and without subjects, in seconds of processor time, and the most memory it took.
"""

import argparse
import collections
import csv
import hashlib
import json
import os
import pathlib
import random
import re
import resource
import statistics
import subprocess
import tempfile

RELEASES = {"tune": "v3.3__", "report": "v3.6__"}
NO_SUBJECT = "(none)"


def half(name):
    return "report" if hashlib.md5(name.encode()).digest()[0] & 1 else "tune"


def etcd(data, part):
    """Sections of one release; a page of no section has no label."""
    prefix = RELEASES[part]
    for file in sorted((data / "neardup/versions_etcd/docs").glob(prefix + "*")):
        name = file.name.removeprefix(prefix)
        section, page = name.split("__", 1) if "__" in name else ("", name)
        yield name.removesuffix(".txt"), file.read_text(errors="replace"), section.strip("_") or None


def peps(data, part):
    for file in sorted((data / "stale/peps/tree").glob("pep-????.rst")):
        if half(file.name) != part:
            continue
        text = file.read_text(errors="replace")
        found = re.search(r"^Topic: (.*)$", text, re.M)
        label = found[1].strip() if found else None
        if label and ("," in label or "<" in label):
            label = None
        yield file.name, re.sub(r"^Topic: .*\n", "", text, count=1, flags=re.M), label


def eips(data, part):
    for file in sorted((data / "stale/eips/tree").glob("*.md")):
        if half(file.name) != part:
            continue
        text = file.read_text(errors="replace")
        found = re.search(r"^category: *(\w+)", text, re.M) or re.search(r"^type: *(\w+)", text, re.M)
        text = re.sub(r"^(category|type): .*\n", "", text, flags=re.M)
        yield file.name, text, found[1] if found else None


SETS = {"etcd": etcd, "peps": peps, "eips": eips}


def run(program, *arguments, where):
    answer = subprocess.run([program, *arguments], stdout=subprocess.PIPE, cwd=where, check=True)
    return answer.stdout


def subjects(program, documents):
    """What docrot finds: the subjects of every document, the names of all, and the weighted words."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name, text, _ in documents:
            (folder / "tree").mkdir(exist_ok=True)
            (folder / "tree" / name).write_text(text)
        run(program, "scan", "tree", "--index", "catalog", "--quiet", where=folder)
        found = run(program, "subjects", "--index", "catalog", "--format", "json", "--words", "words.csv", where=folder)
        found = json.loads(found)
        words = collections.defaultdict(dict)
        with open(folder / "words.csv", newline="") as rows:
            for row in csv.DictReader(rows):
                words[row["path"]][row["word"]] = float(row["weight"])
        return found, words


def assigned(found, names, level=0):
    """The subject of each document at a level, or the narrowest above it."""
    of = {it["path"]: it["subjects"] for it in found["documents"]}
    return [of[name][min(level, len(of[name]) - 1)] if name in of else NO_SUBJECT for name in names]


def matrix(words, names):
    from scipy.sparse import lil_matrix

    columns = {word: at for at, word in enumerate(sorted({w for it in words.values() for w in it}))}
    rows = lil_matrix((len(names), max(1, len(columns))))
    for at, name in enumerate(names):
        for word, weight in words.get(name, {}).items():
            rows[at, columns[word]] = weight
    return rows.tocsr()


def purity(labels, groups):
    counts = collections.defaultdict(collections.Counter)
    for label, group in zip(labels, groups):
        counts[group][label] += 1
    return sum(it.most_common(1)[0][1] for it in counts.values()) / len(labels)


def agreement(documents, groups):
    from sklearn.metrics import adjusted_rand_score

    pairs = [(label, group) for (_, _, label), group in zip(documents, groups) if label]
    labels, groups = zip(*pairs)
    return adjusted_rand_score(labels, groups), purity(labels, groups)


def peers(documents, rows, many):
    from sklearn.cluster import HDBSCAN, KMeans

    known = len({label for _, _, label in documents if label})
    # Documents without words are one more group, as those of no subject are.
    has_words = rows.getnnz(axis=1) > 0

    def score(found):
        groups = [NO_SUBJECT] * len(documents)
        for at, group in zip(has_words.nonzero()[0], found):
            groups[at] = group
        return agreement(documents, groups)

    for name, k in (("k-means, k known", known), ("k-means, k of docrot", many)):
        scores = []
        for seed in range(5):
            groups = KMeans(k, n_init=10, random_state=seed).fit_predict(rows[has_words])
            scores.append(score(groups))
        yield name, k, tuple(statistics.mean(it) for it in zip(*scores))
    tried = []
    for least in (3, 5, 10):
        groups = HDBSCAN(min_cluster_size=least, copy=True).fit_predict(rows[has_words].toarray())
        tried.append((score(groups), len(set(groups) - {-1})))
    best, count = max(tried)
    yield "HDBSCAN, best of three", count, best


def quality(program, data, part):
    print("| set | documents, labelled | way | groups | adjusted Rand index | purity |")
    print("|---|---|---|---|---|---|")
    for name, read in SETS.items():
        documents = list(read(data, part))
        names = [it[0] for it in documents]
        found, words = subjects(program, documents)
        groups = assigned(found, names)
        many = len(set(groups) - {NO_SUBJECT})
        lines = [("docrot", many, agreement(documents, groups))]
        narrow = assigned(found, names, 9)
        lines.append(("docrot, narrowest", len(set(narrow) - {NO_SUBJECT}), agreement(documents, narrow)))
        lines.extend(peers(documents, matrix(words, names), max(2, many)))
        labelled = sum(1 for it in documents if it[2])
        for way, count, (rand, pure) in lines:
            print(f"| {name} | {len(documents)}, {labelled} | {way} | {count} | {rand:.3f} | {pure:.3f} |")


def stability(program, data):
    """What becomes of subjects when one in a hundred documents is left out."""
    print("\n| set | subjects | found again (half of the documents shared) | same name | documents elsewhere |")
    print("|---|---|---|---|---|")
    for name, read in SETS.items():
        documents = [*read(data, "tune"), *(read(data, "report") if name != "etcd" else [])]
        before, _ = subjects(program, documents)
        totals = collections.Counter()
        for seed in range(3):
            chance = random.Random(seed)
            kept = sorted(chance.sample(range(len(documents)), len(documents) * 99 // 100))
            after, _ = subjects(program, [documents[it] for it in kept])
            names = [documents[it][0] for it in kept]
            old, new = (members(it, set(names)) for it in (before, after))
            for title, of in old.items():
                best = max(new, key=lambda it: overlap(of, new[it]), default=None)
                totals["all"] += 1
                if best is not None and overlap(of, new[best]) >= 0.5:
                    totals["again"] += 1
                    totals["name"] += title == best
            one, other = assigned(before, names), assigned(after, names)
            most = collections.Counter(zip(one, other))
            stays = collections.defaultdict(int)
            for (group, _), count in most.items():
                stays[group] = max(stays[group], count)
            totals["documents"] += len(names)
            totals["elsewhere"] += len(names) - sum(stays.values())
        part = lambda key, of: f"{totals[key] / totals[of]:.2f}" if totals[of] else "-"
        print(f"| {name} | {len(before['subjects'])} | {part('again', 'all')} | {part('name', 'all')} | {part('elsewhere', 'documents')} |")


def members(found, among):
    of = collections.defaultdict(set)
    for it in found["documents"]:
        if it["path"] in among:
            for subject in it["subjects"]:
                of[subject].add(it["path"])
    return of


def overlap(one, other):
    return len(one & other) / len(one | other)


def successors(program, data):
    """At which place the true successor of a superseded proposal stands by its weighted words."""
    documents = [*peps(data, "tune"), *peps(data, "report")]
    names = sorted(it[0] for it in documents)
    _, words = subjects(program, documents)
    rows = matrix(words, names)
    close = (rows @ rows.T).toarray()
    place = {name: at for at, name in enumerate(names)}
    with open(data / "stale/peps/truth.tsv", newline="") as table:
        pairs = [(it["path"], it["superseded_by"]) for it in csv.DictReader(table, delimiter="\t")]
    ranks = []
    for old, new in pairs:
        targets = [f"pep-{int(it):04}.rst" for it in re.findall(r"\d+", new or "")]
        targets = [it for it in targets if it in place and old in place]
        if not targets:
            continue
        at = place[old]
        order = [it for it in (-close[at]).argsort(kind="stable") if it != at]
        ranks.append(min(order.index(place[it]) + 1 for it in targets))
    first, third = (sum(it <= most for it in ranks) for most in (1, 3))
    print(f"\nSuccessors by weighted words: first for {first}, among the first three for {third} of {len(ranks)}")


def write_tree(folder, count):
    """Documents of a made-up language: every fifty of them have a subject, with words of its own."""
    chance = random.Random(count)
    parts = [a + b for a in "b d f g k l m n p r s t v z".split() for b in "a e i o u".split()]
    word = lambda: "".join(chance.choice(parts) for _ in range(chance.randint(2, 4)))
    common = [word() for _ in range(20_000)]
    zipf = [1 / (rank + 5) for rank in range(len(common))]
    topics = [[word() for _ in range(60)] for _ in range(max(10, count // 50))]
    for at in range(count):
        topic = topics[at % len(topics)]
        text = chance.choices(common, zipf, k=120) + chance.choices(topic, k=60)
        chance.shuffle(text)
        place = folder / f"{at % 97:02}" / f"{chance.randrange(40):02}"
        place.mkdir(parents=True, exist_ok=True)
        lines = [" ".join(text[it : it + 12]) for it in range(0, len(text), 12)]
        (place / f"{at:06}.md").write_text(f"# {topic[0]} {topic[1]} {at}\n\n" + "\n".join(lines))


def cost(program, arguments, where):
    """Seconds of processor time and the most memory in MiB."""
    with open(os.devnull, "wb") as nowhere:
        child = subprocess.Popen([program, *arguments], stdout=nowhere, cwd=where)
        _, status, usage = os.wait4(child.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        raise SystemExit(f"{arguments[0]} failed")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def growth(program, counts):
    print("| documents | scan | report without subjects | with | subjects alone | most memory, without and with |")
    print("|---|---|---|---|---|---|")
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            write_tree(folder / "tree", count)
            (folder / "off.toml").write_text("[subjects]\nenabled = false\n")
            common = ["--index", "catalog", "--quiet"]
            scanned, _ = cost(program, ["scan", "tree", *common], folder)
            report = ["report", "--format", "json", *common]
            without, little = cost(program, [*report, "--config", "off.toml"], folder)
            whole, much = cost(program, report, folder)
            print(f"| {count:,} | {scanned:.1f} s | {without:.1f} s | {whole:.1f} s | {whole - without:.1f} s | {little:.0f} MiB, {much:.0f} MiB |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", type=pathlib.Path)
    parser.add_argument("--program", type=pathlib.Path, default=pathlib.Path("target/release/docrot"))
    parser.add_argument("--part", choices=["tune", "report"], default="report")
    parser.add_argument("--no-stability", action="store_true")
    parser.add_argument("--growth", nargs="+", type=int, metavar="DOCUMENTS")
    arguments = parser.parse_args()
    program = arguments.program.resolve()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if arguments.data:
        quality(program, arguments.data, arguments.part)
        successors(program, arguments.data)
        if not arguments.no_stability:
            stability(program, arguments.data)
    if arguments.growth:
        growth(program, arguments.growth)


if __name__ == "__main__":
    main()
