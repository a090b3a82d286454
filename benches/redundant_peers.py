"""Near-duplicates as other tools find them, for benches/redundant_quality.py.

Each takes texts by id and gives the set of pairs it calls duplicates, at its own defaults unless
said otherwise here. All get the same words in lower case; what a tool makes of them is its own.
`speed` runs docrot and each of them in turn and compares their processor time, children included.
"""

import itertools
import os
import pickle
import re
import statistics
import subprocess
import sys
import tempfile

WORD = re.compile(r"\w+")


def runs(text, size=3):
    words = WORD.findall(text.lower())
    return [" ".join(words[at : at + size]) for at in range(max(1, len(words) - size + 1))]


def in_clusters(clusters):
    """All pairs of members of each cluster."""
    pairs = set()
    for members in clusters:
        pairs.update(itertools.combinations(sorted(members), 2))
    return pairs


def text_dedup(method, *flags):
    """text-dedup as a command; documents of one cluster are duplicates of each other."""

    def run(texts):
        import datasets

        ids = sorted(texts)
        with tempfile.TemporaryDirectory() as folder:
            datasets.disable_progress_bars()
            data = datasets.Dataset.from_dict({"text": [texts[it] for it in ids]})
            data.save_to_disk(folder + "/in")
            command = [sys.executable, "-m", f"text_dedup.{method}", "--local", "--debug", *flags]
            command += ["--path", folder + "/in", "--output", folder + "/out", "--column", "text"]
            subprocess.run(command, check=True, capture_output=True)
            with open(folder + "/out/uf.pkl", "rb") as file:
                joined = pickle.load(file)
        clusters = {}
        for place, id in enumerate(ids):
            clusters.setdefault(joined.find(place), set()).add(id)
        return in_clusters(clusters.values())

    return run


def rensa(texts):
    """RMinHash of 3-word shingles, 128 permutations; similar at an estimate of 0.5."""
    from rensa import RMinHash, RMinHashLSH

    index = RMinHashLSH(threshold=0.5, num_perm=128, num_bands=32)
    ids, made, pairs = sorted(texts), [], set()
    for place, id in enumerate(ids):
        minhash = RMinHash(num_perm=128, seed=42)
        minhash.update(runs(texts[id]))
        for other in index.query(minhash):
            if 0.5 <= minhash.jaccard(made[other]):
                pairs.add((ids[other], id))
        index.insert(place, minhash)
        made.append(minhash)
    return pairs


def datasketch(texts):
    """MinHash of 3-word shingles, 128 permutations; similar at an estimate of 0.5."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=0.5, num_perm=128)
    made, pairs = {}, set()
    for id in sorted(texts):
        minhash = MinHash(num_perm=128)
        minhash.update_batch([it.encode() for it in runs(texts[id])])
        for other in index.query(minhash):
            if 0.5 <= minhash.jaccard(made[other]):
                pairs.add((other, id))
        index.insert(id, minhash)
        made[id] = minhash
    return pairs


def gaoya(texts):
    """MinHash of 3-word shingles, 126 permutations in 42 bands; similar at an estimate of 0.5."""
    from gaoya.minhash import MinHashStringIndex

    index = MinHashStringIndex(
        hash_size=32, jaccard_threshold=0.5, num_bands=42, band_size=3, num_hashes=126,
        analyzer="word", lowercase=True, ngram_range=(3, 3),
    )
    ids, pairs = sorted(texts), set()
    for place, id in enumerate(ids):
        text = " ".join(WORD.findall(texts[id].lower()))
        pairs.update((ids[other], id) for other in index.query(text) if other != place)
        index.insert_document(place, text)
    return pairs


def processor_seconds(run):
    """Of this process and of those that it started and waited for."""
    spent = lambda: sum(os.times()[:4])
    before = spent()
    run()
    return spent() - before


def speed(texts, docrot, rounds):
    """For each peer: its processor seconds, docrot's just before, and the ratio; medians of rounds.

    `docrot` is called without arguments. What a peer imports is imported before.
    """
    rows = {}
    for name, run in PEERS.items():
        run(dict(sorted(texts.items())[:100]))
        taken = [(processor_seconds(docrot), processor_seconds(lambda: run(texts))) for _ in range(rounds)]
        ours, theirs = (statistics.median(it) for it in zip(*taken))
        ratio = statistics.median(b / a for a, b in taken)
        rows[name] = (ours, theirs, ratio)
    return rows


PEERS = {
    "text-dedup MinHash": text_dedup("minhash"),
    "text-dedup MinHash, 3 words, 0.5": text_dedup("minhash", "--ngram", "3", "--threshold", "0.5"),
    "text-dedup SimHash": text_dedup("simhash"),
    "rensa": rensa,
    "gaoya": gaoya,
    "datasketch": datasketch,
}
