#!/usr/bin/env python3
"""Processor time of each stage of finding near-duplicates, beside libraries that do the same stage.

    python3 benches/redundant_stages.py SET... [--rounds 5] [--half report]

Before: cargo build --release --example near_duplicates, and rensa, gaoya, datasketch and text-dedup
(PyPI) in the Python that runs this. Sets are those of redundant_quality.py.

Two stages. Fingerprints: docrot makes of a text as it is all that it stores (words, hash of the text,
SimHash, sketch, hashes of sentences); text-dedup does so, too. rensa and datasketch ask for runs of
three words, gaoya for words in lower case: making these of the text, in Python, is measured beside,
and the second ratio counts it. Pairs: from fingerprints to the list of pairs at least half alike, estimated by all; docrot
also counts them on the texts, and tells forms from copies. Each round runs docrot and then the other,
so that both see the same machine; figures are medians, ratios medians of the ratios of a round. Time
is that of all threads.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import redundant_peers
import redundant_quality

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
PERMUTATIONS = 128


class Docrot:
    """The example program, on texts in a file."""

    def __init__(self, program, texts):
        self.program = program
        self.file = tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8")
        for id, text in sorted(texts.items()):
            self.file.write(json.dumps({"id": id, "text": text}) + "\n")
        self.file.flush()
        # Often enough that the clock of processes, a hundredth of a second, does not matter.
        size = sum(len(text.encode()) for text in texts.values())
        self.often = max(3, int(40e6 / size))
        self.reading = statistics.median(self.seconds("read", 1) for _ in range(5))

    def seconds(self, stage, rounds):
        before = sum(os.times()[2:4])
        command = [self.program, self.file.name, stage, str(rounds)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return sum(os.times()[2:4]) - before

    def fingerprints(self):
        return (self.seconds("fingerprint", self.often) - self.reading) / self.often

    def all(self, stage):
        return (self.seconds(stage, self.often) - self.reading) / self.often

    def count(self):
        command = [self.program, self.file.name, "estimate"]
        out = subprocess.run(command, check=True, capture_output=True).stdout
        return out.count(b"\n")


def timed(run):
    before = time.process_time()
    result = run()
    return time.process_time() - before, result


class Rensa:
    name = "rensa RMinHash"

    def __init__(self, texts):
        self.texts = texts

    def prepare(self):
        self.runs = [redundant_peers.runs(text) for text in self.texts]

    def fingerprints(self):
        from rensa import RMinHash

        made = []
        for runs in self.runs:
            minhash = RMinHash(num_perm=PERMUTATIONS, seed=42)
            minhash.update(runs)
            made.append(minhash)
        return made

    def pairs(self, made):
        from rensa import RMinHashLSH

        index, pairs = RMinHashLSH(threshold=0.5, num_perm=PERMUTATIONS, num_bands=32), 0
        for place, minhash in enumerate(made):
            pairs += sum(0.5 <= minhash.jaccard(made[other]) for other in index.query(minhash))
            index.insert(place, minhash)
        return pairs


class Datasketch:
    name = "datasketch MinHash"

    def __init__(self, texts):
        self.texts = texts

    def prepare(self):
        self.runs = [[it.encode() for it in redundant_peers.runs(text)] for text in self.texts]

    def fingerprints(self):
        from datasketch import MinHash

        made = []
        for runs in self.runs:
            minhash = MinHash(num_perm=PERMUTATIONS)
            minhash.update_batch(runs)
            made.append(minhash)
        return made

    def pairs(self, made):
        from datasketch import MinHashLSH

        index, pairs = MinHashLSH(threshold=0.5, num_perm=PERMUTATIONS), 0
        for place, minhash in enumerate(made):
            pairs += sum(0.5 <= minhash.jaccard(made[other]) for other in index.query(minhash))
            index.insert(place, minhash)
        return pairs


class Gaoya:
    """Its index makes fingerprints while it inserts, and anew while it is asked."""

    name = "gaoya MinHash"

    def __init__(self, texts):
        self.texts = texts

    def prepare(self):
        self.words = [" ".join(redundant_peers.WORD.findall(it.lower())) for it in self.texts]

    def fingerprints(self):
        from gaoya.minhash import MinHashStringIndex

        index = MinHashStringIndex(
            hash_size=32, jaccard_threshold=0.5, num_bands=42, band_size=3, num_hashes=126,
            analyzer="word", lowercase=True, ngram_range=(3, 3),
        )
        for place, text in enumerate(self.words):
            index.insert_document(place, text)
        return index

    def pairs(self, index):
        return sum(len(index.query(text)) - 1 for text in self.words) // 2


class TextDedup:
    """Only the function that it maps over a data set; the rest of it is a command."""

    name = "text-dedup MinHash"

    def __init__(self, texts):
        self.texts = texts

    def prepare(self):
        pass

    def fingerprints(self):
        import numpy
        from text_dedup.minhash import embed_func
        from text_dedup.utils.hashfunc import xxh3_32hash

        limit, prime = numpy.uint32((1 << 32) - 1), numpy.uint32((1 << 32) - 5)
        random = numpy.random.RandomState(42)
        permutations = [
            random.randint(least, prime, size=PERMUTATIONS, dtype=numpy.uint32) for least in (1, 0)
        ]
        return [
            embed_func(
                text, place, num_perm=PERMUTATIONS, ngram_size=3, min_length=0,
                hashranges=[(at, at + 4) for at in range(0, PERMUTATIONS, 4)],
                permutations=tuple(permutations), hash_func=xxh3_32hash, dtype=numpy.uint32,
                max_hash=limit, modulo_prime=prime,
            )
            for place, text in enumerate(self.texts)
        ]

    pairs = None


def row(peer, docrot, rounds):
    """Its two stages, docrot's before each, and the ratios."""
    peer.prepare()
    peer.fingerprints()  # Imports, and warms up.
    taken = []
    for _ in range(rounds):
        ours = docrot.fingerprints()
        preparing, _ = timed(peer.prepare)
        theirs, made = timed(peer.fingerprints)
        whole = docrot.all("estimate")
        pairing, listed = timed(lambda: peer.pairs(made)) if peer.pairs else (0, None)
        taken.append({
            "ours": ours, "preparing": preparing, "theirs": theirs,
            "our pairs": max(1e-4, whole - ours), "their pairs": pairing, "listed": listed,
        })
    median = lambda make: statistics.median(map(make, taken))
    seconds = lambda name: f"{median(lambda it: it[name]):.3f}"
    ratio = lambda make: f"{median(make):.1f}"
    cells = [peer.name, seconds("theirs"), seconds("preparing"), seconds("ours")]
    cells.append(ratio(lambda it: it["theirs"] / it["ours"]))
    cells.append(ratio(lambda it: (it["theirs"] + it["preparing"]) / it["ours"]))
    if peer.pairs:
        cells += [seconds("their pairs"), seconds("our pairs")]
        cells.append(ratio(lambda it: it["their pairs"] / it["our pairs"]))
        cells.append(str(taken[0]["listed"]))
    else:
        cells += [""] * 4
    return "| " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sets", nargs="+", type=pathlib.Path, metavar="SET", help="folder of a labelled set")
    parser.add_argument("--half", choices=("dev", "report"), default="report", help="which half to measure")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="how often each is run")
    program = REPOSITORY / "target/release/examples/near_duplicates"
    parser.add_argument("--program", default=str(program), help="the example program")
    arguments = parser.parse_args()
    for folder in arguments.sets:
        texts = redundant_quality.Set(folder, arguments.half).texts
        docrot = Docrot(arguments.program, texts)
        ordered = [text for _, text in sorted(texts.items())]
        size = sum(len(text.encode()) for text in ordered) / 1e6
        words = sum(len(redundant_quality.words(text)) for text in ordered)
        print(f"### {folder.name}: {len(texts)} texts, {size:.1f} MB, {words} words\n")
        print("| | fingerprints: its s | making what it asks for | docrot's | ratio | with that | pairs: its s | docrot's | ratio | its pairs |")
        print("|---" * 10 + "|")
        for make in (Rensa, Gaoya, Datasketch, TextDedup):
            print(row(make(ordered), docrot, arguments.rounds), flush=True)
        made = statistics.median(docrot.fingerprints() for _ in range(arguments.rounds))
        counted = statistics.median(docrot.all("count") for _ in range(arguments.rounds)) - made
        print(
            f"\ndocrot: {1e9 * made / words:.0f} ns a word, {size / made:.0f} MB/s; {docrot.count()} pairs;"
            f" counted on the texts instead of estimated, pairs take {counted:.2f} s.\n",
            flush=True,
        )


if __name__ == "__main__":
    sys.exit(main())
