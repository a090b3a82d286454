#!/usr/bin/env python3
"""Processor time of docrot and of near-duplicate libraries on the same texts, a line for each library:
its name, docrot's seconds, its own, and docrot's as a share of its own. Run by benches/peers/run.py in
the Python that has the libraries:

    near.py TREE DOCROT ROUNDS

Of TREE every third text is taken. docrot reads files, makes them findable, and lists verified pairs;
the libraries get texts in memory, and list pairs (or clusters, text-dedup) that they estimate to be alike.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import redundant_peers  # noqa: E402


def main():
    tree, docrot, rounds = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    paths = sorted(it for it in tree.rglob("*") if it.is_file())[::3]
    with tempfile.TemporaryDirectory() as folder:
        few, index = pathlib.Path(folder) / "texts", pathlib.Path(folder) / "index"
        few.mkdir()
        texts = {}
        for number, path in enumerate(paths):
            texts[f"{number}{path.suffix}"] = path.read_text(errors="replace")
            shutil.copy(path, few / f"{number}{path.suffix}")

        def run():
            shutil.rmtree(index, ignore_errors=True)
            flags = ["--index", str(index), "--quiet"]
            subprocess.run([docrot, "scan", str(few), *flags], check=True, stdout=subprocess.DEVNULL)
            with open(pathlib.Path(folder) / "pairs", "w") as pairs:
                subprocess.run([docrot, "pairs", str(few), *flags], check=True, stdout=pairs)

        for name, (ours, theirs, ratio) in redundant_peers.speed(texts, run, rounds).items():
            print(name, f"{ours:.2f}", f"{theirs:.2f}", f"{1 / ratio:.3f}", sep="\t", flush=True)


if __name__ == "__main__":
    main()
