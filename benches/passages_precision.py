#!/usr/bin/env python3
"""How many of the edited passages and disagreements of copies that are told are right.

    python3 benches/passages_precision.py DATA [--docrot PROGRAM] [--list]

DATA is a folder that holds the sets named in passages_sample.tsv, wherever below it. That file has
findings that were drawn by chance from what docrot told of these sets, and all of its few
disagreements, each read and marked by a person: 1 where the passage is one text that was edited, or
the documents state different things of one subject in one place; 0 where it is standard wording, a
list, what a machine printed, or a difference by nature, such as of releases or products. They are
parted in halves by a hash of the path. Rules may be made on the `dev` half; `report` tells how good
they are. Told apart from both is `releases_apart`, not looked at for rules: the documentation of
two releases each of Sphinx (4.5.0, 7.2.6), Flask (1.1.4, 3.0.0), gunicorn (19.9.0, 21.2.0), pip
(21.0, 24.0), pytest (6.2.0, 8.0.0) and Tornado (5.1, 6.4), from their source archives without
histories of changes, in folders `one` and `other`, each by the program's name. Precision is the
share of right ones among those that are told still; kept, the share of right ones that are.
"""

import argparse
import collections
import csv
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
DAY = "2026-06-01"
UNSEEN = "releases_apart"


def half_of(name, path):
    if name == UNSEEN:
        return UNSEEN
    return ("dev", "report")[hashlib.sha256(path.encode()).digest()[0] % 2]


def folder_of(data, name):
    """The set's documents: below `docs` where there is such a folder; none where DATA has not it."""
    found = sorted(it for it in data.rglob(name) if it.is_dir())
    if not found:
        return None
    docs = found[0] / "docs"
    return docs if docs.is_dir() else found[0]


def findings(docrot, folder):
    with tempfile.TemporaryDirectory() as index:
        flags = ["--index", index + "/index", "--quiet"]
        subprocess.run([docrot, "scan", folder, *flags], check=True, stdout=subprocess.DEVNULL)
        command = [docrot, "report", *flags, "--format", "json", "--as-of", DAY]
        return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)["findings"]


def quoted(finding):
    """What tells a finding from others of the same documents: its first evidence, its passages."""
    values = [it["value"] for it in finding["evidence"] if it["what"] in ("passage", "copies state")]
    return [re.sub(r"\s+", " ", str(it)) for it in values]


def is_told(row, all_findings):
    for finding in all_findings:
        documents = {finding["path"], *finding["related"]}
        is_same = finding["rule"] == row["rule"] and {row["path"], row["other"]} <= documents
        if is_same and any(it.startswith(row["words"]) for it in quoted(finding)):
            return True
    return False


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=pathlib.Path, metavar="DATA", help="folder of the sets")
    parser.add_argument("--docrot", default=str(HERE.parent / "target/release/docrot"), help="the program")
    parser.add_argument("--list", action="store_true", help="list what is wrong and told, or right and not")
    arguments = parser.parse_args()
    with open(HERE / "passages_sample.tsv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    counts = collections.Counter()
    for name in dict.fromkeys(row["set"] for row in rows):
        folder = folder_of(arguments.data, name)
        if folder is None:
            print(f"{arguments.data} holds no set {name}", file=sys.stderr)
            continue
        told = findings(arguments.docrot, folder)
        for row in rows:
            if row["set"] == name:
                is_right, is_there = row["right"] == "1", is_told(row, told)
                counts[row["rule"], half_of(name, row["path"]), is_right, is_there] += 1
                if arguments.list and is_right != is_there:
                    print("missed" if is_right else "false", half_of(name, row["path"]), *row.values(), sep="\t")
    print("| | marked | right | told still | of these right | precision | kept |")
    print("|---" * 7 + "|")
    for rule in ("shared-passage", "conflicting-copies"):
        for half in ("dev", "report", UNSEEN):
            count = lambda *key: counts[(rule, half, *key)]
            right, wrong = count(True, True), count(False, True)
            all_right = right + count(True, False)
            marked = all_right + wrong + count(False, False)
            if marked == 0:
                continue
            cells = [f"{rule}, {half}", marked, all_right, right + wrong, right]
            cells += [f"{100 * right / max(1, right + wrong):.0f} %", f"{100 * right / max(1, all_right):.0f} %"]
            print("| " + " | ".join(map(str, cells)) + " |")


if __name__ == "__main__":
    sys.exit(main())
