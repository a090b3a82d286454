#!/usr/bin/env python3
"""How well redundant documents are found, against labels, edits and forms made for it, and peers.

    python3 benches/redundant_quality.py SET... [--half report] [--peers] [--write docs/near-duplicates.md]
    python3 benches/redundant_quality.py SET... --speed 5

A SET is a folder with docs/ID.txt, clusters.tsv (id, cluster), pairs.tsv (id_a, id_b, label: 1 for
the same, ? for do not score) and pairs_sim.tsv (those, then the Jaccard of their 5-word shingles).
Clusters are parted by a hash of their name into two halves: `dev`, to tune on, and `report`, to
report on. docrot is run as its users run it: `docrot scan`, then `docrot pairs` at its defaults.
Words, shingles and similarities are counted here anew, not by docrot. --peers runs text-dedup, rensa,
gaoya and datasketch (PyPI, in the Python that runs this) on the same documents. --speed compares
processor time: docrot reads the files, indexes and lists pairs, the others get texts in memory; each
round runs docrot and then the other, so that both see the same machine.
"""

import argparse
import collections
import csv
import hashlib
import itertools
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time
import unicodedata

import redundant_peers

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
ALIKE = 0.3  # An unlabelled pair below this 5-word Jaccard is false.
BROKEN = re.compile(r"(?<=[^\W\d_])[-\u2010\u2011\u00ad][^\S\n]*\n\s*(?=[a-z\u00df-\u00ff])")
FACTS = ("name", "day", "amount", "number", "place")


def words(text):
    """Compatibility-composed, lower-case runs of letters and digits; words broken by a hyphen at the
    end of a line are whole, as in docrot's normalized texts."""
    text = BROKEN.sub("", unicodedata.normalize("NFKC", text)).lower()
    return "".join(c if c.isalnum() else " " for c in text).split()


def shingles(text, size):
    run = words(text)
    if len(run) < size:
        return {" ".join(run)} if run else set()
    return {" ".join(run[at : at + size]) for at in range(len(run) - size + 1)}


def jaccard(a, b):
    shared = len(a & b)
    return shared / max(1, len(a) + len(b) - shared)


def half_of(cluster):
    return ("dev", "report")[hashlib.sha256(cluster.encode()).digest()[0] % 2]


def table(path):
    with open(path, encoding="utf-8") as file:
        return [line.rstrip("\n").split("\t") for line in file][1:]


class Set:
    """One half of a labelled set of documents."""

    def __init__(self, folder, half):
        self.name = folder.name
        clusters = dict(row[:2] for row in table(folder / "clusters.tsv"))
        self.clusters = {id: it for id, it in clusters.items() if half_of(it) == half}
        self.texts = {}
        for id in self.clusters:
            path = folder / "docs" / f"{id}.txt"
            path = path if path.exists() else folder / "docs" / id
            self.texts[id] = path.read_text(encoding="utf-8", errors="replace")
        inside = lambda row: row[0] in self.texts and row[1] in self.texts
        self.labels = {key(*row[:2]): row[2] for row in filter(inside, table(folder / "pairs.tsv"))}
        rows = filter(inside, table(folder / "pairs_sim.tsv"))
        self.alike = {key(*row[:2]): float(row[3]) for row in rows if row[2] == "1"}


def key(a, b):
    return (a, b) if a < b else (b, a)


class Tree:
    """Documents on disk, by relative path without extension."""

    def __init__(self, texts):
        self.folder = tempfile.TemporaryDirectory()
        for name, text in texts.items():
            path = pathlib.Path(self.folder.name, "tree", name + ".txt")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def pairs(self, docrot, *flags):
        """Runs docrot and returns its pairs, their columns, and the seconds each step took."""
        index = ["--index", self.folder.name + "/index", "--quiet"]
        times = [time.monotonic()]
        subprocess.run([docrot, "scan", self.folder.name + "/tree", *index], check=True)
        times.append(time.monotonic())
        command = [docrot, "pairs", *flags, *index]
        out = subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout
        times.append(time.monotonic())
        rows = csv.DictReader(out.splitlines())
        bare = lambda path: path.removesuffix(".txt")
        found = {key(bare(row["path_a"]), bare(row["path_b"])): row for row in rows}
        return found, [b - a for a, b in itertools.pairwise(times)]


    def pairs_anew(self, docrot):
        """Scans into a new catalog and lists the pairs."""
        with tempfile.TemporaryDirectory() as folder:
            index = ["--index", folder + "/index", "--quiet"]
            subprocess.run([docrot, "scan", self.folder.name + "/tree", *index], check=True)
            subprocess.run([docrot, "pairs", *index], check=True, stdout=subprocess.DEVNULL)


def share(part, whole):
    return f"{100 * part / whole:.2f} % of {whole}" if whole else "none"


def score(documents, found):
    """Recall by stratum and precision of found pairs."""
    result = {}
    for name, low, high in (("0.8 to 1", 0.8, 2), ("0.5 to 0.8", 0.5, 0.8)):
        ours = [pair for pair, it in documents.alike.items() if low <= it < high]
        result[f"recall, 5-word Jaccard {name}"] = share(sum(it in found for it in ours), len(ours))
    runs = {}
    run = lambda id: runs.setdefault(id, shingles(documents.texts[id], 5))
    kinds = collections.Counter()
    for pair in found:
        if all(id in documents.texts for id in pair):
            label = documents.labels.get(pair)
            is_alike = label is None and ALIKE <= jaccard(run(pair[0]), run(pair[1]))
            kinds["right" if label == "1" or is_alike else "unscored" if label else "false"] += 1
    result["precision"] = share(kinds["right"], kinds["right"] + kinds["false"])
    return result


def accuracy(documents, found):
    """How near the similarities are to those counted here."""
    runs = {}
    run = lambda id: runs.setdefault(id, shingles(documents.texts[id], 3))
    off = [abs(float(row["similarity"]) - jaccard(run(a), run(b))) for (a, b), row in found.items()]
    return {
        f"similarity within {limit}": share(sum(it <= limit + 1e-4 for it in off), len(off))
        for limit in (0.02, 0.05)
    }


def edits(documents, chance):
    """Copies of one document of each cluster, edited in four ways."""
    base, seen = {}, set()
    for id in sorted(documents.texts):
        if documents.clusters[id] not in seen and 50 <= len(words(documents.texts[id])):
            seen.add(documents.clusters[id])
            base[id] = documents.texts[id]
    base = dict(chance.sample(sorted(base.items()), min(300, len(base))))
    vocabulary = sorted({word for text in base.values() for word in words(text)})
    furniture = [chance.choice(vocabulary) for _ in range(95)]
    edited = {}
    for id, text in base.items():
        run = text.split()
        changed = list(run)
        for at in chance.sample(range(len(run)), max(1, len(run) // 10)):
            changed[at] = chance.choice(["", chance.choice(vocabulary), f"{run[at]} {chance.choice(vocabulary)}"])
        yield_words = lambda count: [chance.choice(vocabulary) for _ in range(count)]
        edited[id] = {
            "10 % of words edited": changed,
            "header and footer of 95 words": furniture[:50] + run + furniture[50:],
            "truncated to half": run[: (len(run) + 1) // 2],
            "embedded in three times its length": yield_words(len(run)) + run + yield_words(len(run)),
        }
    return base, edited


def edited_copies(documents, docrot, chance):
    base, edited = edits(documents, chance)
    result = {}
    for kind in next(iter(edited.values())):
        texts = {f"base/{id}": text for id, text in base.items()}
        texts |= {f"copy/{id}": " ".join(filter(None, it[kind])) for id, it in edited.items()}
        found, _ = Tree(texts).pairs(docrot, "--contained")
        wanted = {"exact-copy", "same-text", "near-duplicate", "contained"}
        hits = [found.get((f"base/{id}", f"copy/{id}"), {}).get("kind") in wanted for id in base]
        result[f"copies found: {kind}"] = share(sum(hits), len(hits))
    return result


def fact(kind, chance, vocabulary):
    name = lambda: "".join(chance.choice(("ba", "le", "mo", "ri", "tu", "sen", "ka")) for _ in range(3))
    return {
        "name": lambda: f"{name().title()} {name().title()}",
        "day": lambda: f"{chance.randint(1, 28)}.{chance.randint(1, 12)}.{chance.randint(2001, 2025)}",
        "amount": lambda: f"{chance.randint(10, 9999)},{chance.randint(10, 99)} EUR",
        "number": lambda: f"{chance.choice('ABCD')}-{chance.randint(1000, 999999)}",
        "place": lambda: f"{chance.randint(1, 150)} {name().title()} Street",
    }[kind]()


def forms(documents, docrot, chance):
    """Templates cut out of real documents, with facts filled in at 6 to 15 places."""
    texts = {}
    bases = [id for id, text in sorted(documents.texts.items()) if 150 <= len(words(text))]
    vocabulary = sorted({word for id in bases[:100] for word in words(documents.texts[id])})
    by_cluster = {documents.clusters[id]: id for id in bases}
    for number, id in enumerate(chance.sample(sorted(by_cluster.values()), min(40, len(by_cluster)))):
        template = documents.texts[id].split()[: chance.choice((150, 300, 600))]
        slots = chance.sample(range(len(template)), min(chance.randint(6, 15), len(template) // 15))
        kinds = {slot: chance.choice(FACTS) for slot in slots}
        for fill in range(5):
            filled = [
                f"{word} {fact(kinds[at], chance, vocabulary)}" if at in kinds else word
                for at, word in enumerate(template)
            ]
            texts[f"form {number}/{fill}"] = " ".join(filled)
    found, _ = Tree(texts).pairs(docrot)
    wanted = [
        key(f"form {number}/{a}", f"form {number}/{b}")
        for number in range(len(texts) // 5)
        for a, b in itertools.combinations(range(5), 2)
    ]
    hits = sum(found.get(it, {}).get("kind") == "same-form" for it in wanted)
    return {"forms called so": share(hits, len(wanted))}


def measure(folder, half, docrot, peers):
    """Figures of one half of a set: rows of docrot, then of each peer."""
    documents = Set(folder, half)
    tree = Tree(documents.texts)
    found, seconds = tree.pairs(docrot)
    rows = {"documents": str(len(documents.texts)), "pairs listed": str(len(found))}
    rows |= score(documents, found) | accuracy(documents, found)
    versions = [it for it in found if documents.labels.get(it) == "1" and found[it]["kind"][0] in "ns"]
    versions = [found[it]["kind"] for it in versions if found[it]["kind"] != "same-text"]
    rows["labelled pairs called forms"] = share(versions.count("same-form"), len(versions))
    chance = random.Random(7)
    rows |= edited_copies(documents, docrot, chance) | forms(documents, docrot, chance)
    rows["seconds to scan and to list"] = " and ".join(f"{it:.1f}" for it in seconds)
    tables = {"docrot": rows}
    if peers:
        for name, run in redundant_peers.PEERS.items():
            start = time.monotonic()
            found = run(documents.texts)
            taken = time.monotonic() - start
            listed = {"documents": str(len(documents.texts)), "pairs listed": str(len(found))}
            tables[name] = listed | score(documents, found) | {"seconds": f"{taken:.1f}"}
    return tables


def speed(folder, half, docrot, rounds):
    """A table of processor seconds, docrot's and each peer's in turn."""
    documents = Set(folder, half)
    size = sum(len(text.encode()) for text in documents.texts.values()) / 1e6
    tree = Tree(documents.texts)
    rows = redundant_peers.speed(documents.texts, lambda: tree.pairs_anew(docrot), rounds)
    lines = [f"### {folder.name}: {len(documents.texts)} documents, {size:.1f} MB", ""]
    lines += ["| | its seconds | docrot's in the same rounds | ratio |", "|---|---|---|---|"]
    for name, (ours, theirs, ratio) in rows.items():
        lines.append(f"| {name} | {theirs:.2f} | {ours:.2f} | {ratio:.1f} |")
    return "\n".join(lines) + "\n"


def markdown(name, half, tables):
    lines = [f"### {name}, {half} half", "", "| | " + " | ".join(tables) + " |"]
    lines.append("|---" * (len(tables) + 1) + "|")
    names = dict.fromkeys(row for rows in tables.values() for row in rows)
    for row in names:
        cells = (rows.get(row, "") for rows in tables.values())
        lines.append(f"| {row} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sets", nargs="+", type=pathlib.Path, metavar="SET", help="folder of a labelled set")
    parser.add_argument("--half", choices=("dev", "report"), default="report", help="which half to measure")
    parser.add_argument("--peers", action="store_true", help="run the peers on the same documents too")
    parser.add_argument("--speed", type=int, metavar="ROUNDS", help="compare processor time with the peers'")
    parser.add_argument("--docrot", default=str(REPOSITORY / "target/release/docrot"), help="the program")
    parser.add_argument("--write", type=pathlib.Path, metavar="PAGE", help="put the tables into this page")
    arguments = parser.parse_args()
    tables = []
    for folder in arguments.sets:
        if arguments.speed:
            print(speed(folder, arguments.half, arguments.docrot, arguments.speed), flush=True)
            continue
        measured = measure(folder, arguments.half, arguments.docrot, arguments.peers)
        tables.append(markdown(folder.name, arguments.half, measured))
        print(tables[-1], flush=True)
    if arguments.write:
        page = arguments.write.read_text(encoding="utf-8")
        before, rest = page.split("<!-- figures -->\n", 1)
        _, after = rest.split("<!-- end of figures -->\n", 1)
        middle = "<!-- figures -->\n\n" + "\n".join(tables) + "\n<!-- end of figures -->\n"
        arguments.write.write_text(before + middle + after, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
