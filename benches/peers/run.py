#!/usr/bin/env python3
"""docrot beside the tools of its users, each on its own ground, in one run; writes docs/benchmarks.md.

    python3 benches/peers/run.py FOLDER [--rows NAME...] [--office DIR] [--files N] [--runs 5]
    python3 benches/peers/run.py FOLDER --page docs/benchmarks.md

FOLDER (some 10 GB; 20 with --files 1000000) takes the peers, which are installed there by
benches/peers/install, the trees, and results.json, to which each row is added once it is measured: a
run that was cut off goes on where it stopped with the rows that are named. --office is a tree of
office files (default: the repository's fixtures). Nothing outside of FOLDER is written but the page, docrot's own
build, and what Debian's packages install.

Commands take turns (A B A B ...). Of each, the processor time (user and system, with all processes
it waited for), the time on the clock and the most memory of one process are taken; the first turn
warms the page cache and is not counted. Ratios are medians of ratios of neighbours, so that a
machine with other work slows both sides.
"""

import argparse
import json
import os
import pathlib
import platform
import shlex
import shutil
import statistics
import subprocess
import sys

import page
import rows
import trees

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


# A process begins with the memory of the one that started it, so a small one starts what is measured.
STARTER = """
import json, os, sys, time
begun = time.monotonic()
process = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, used = os.wait4(process, 0)
told = status, used.ru_utime + used.ru_stime, time.monotonic() - begun, used.ru_maxrss / 1024
with open(sys.argv[1], "w") as file:
    json.dump(told, file)
"""


class Bench:
    """A folder with peers, trees and results; runs commands in turn."""

    def __init__(self, folder, runs, office):
        self.folder = folder.resolve()
        self.runs = runs
        self.office = office
        self.docrot = REPOSITORY / "target/release/docrot"
        self.results_file = self.folder / "results.json"

    def tree(self, name):
        """The path of a tree, which is made where it is not there."""
        at, documents = self.folder / "trees" / name, self.folder / "documents"
        if name == "html":
            trees.texts(documents, at)
        elif name == "text":
            trees.texts(documents, at, (".rst", ".txt"))
        elif name == "copies":
            trees.copies(self.tree("html"), at)
        elif name == "huge":
            trees.huge(at)
        elif name == "office":
            return self.office
        else:
            trees.small(documents, at, int(name.removeprefix("notes-")))
        return at

    def scratch(self, name):
        """An empty folder for what a command writes."""
        path = self.folder / "scratch" / name
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        return path

    def spent(self, command, environment=None, accepts=(0,)):
        """What a command took: processor seconds, seconds, MiB. It has to end with one of `accepts`."""
        told = self.folder / "told.json"
        starter = [sys.executable, "-I", "-S", "-c", STARTER, told]
        with open(self.folder / "out.txt", "w") as out, open(self.folder / "err.txt", "w") as errors:
            subprocess.run(
                [str(it) for it in [*starter, *command]], check=True, stdin=subprocess.DEVNULL,
                stdout=out, stderr=errors, cwd=self.folder / "scratch",
                env={**os.environ, **(environment or {})},
            )
        status, processor, lasted, memory = json.loads(told.read_text())
        if os.waitstatus_to_exitcode(status) not in accepts:
            said = (self.folder / "err.txt").read_text(errors="replace")[-2000:]
            sys.exit(f"{shlex.join(map(str, command))} failed, so there is nothing to compare:\n{said}")
        return processor, lasted, memory

    def compare(self, row, ours, peers, runs=None):
        """Runs `ours` and each of `peers` (name to function that returns what was spent) in turn."""
        for name, run in peers.items():
            pairs = [(ours(), run()) for _ in range((runs or self.runs) + 1)][1:]
            middle = lambda side, what: statistics.median(it[side][what] for it in pairs)
            measured = {
                "docrot": [middle(0, it) for it in range(3)],
                "peer": [middle(1, it) for it in range(3)],
                "ratio": statistics.median(a[0] / b[0] for a, b in pairs),
                "least": min(a[0] / b[0] for a, b in pairs),
                "most": max(a[0] / b[0] for a, b in pairs),
                "runs": len(pairs),
            }
            self.keep(row, name, measured)

    def keep(self, row, name, measured):
        """Adds a result to the file, and tells it."""
        results = self.results()
        results.setdefault(row, {})[name] = measured
        results["machine"] = machine()
        self.results_file.write_text(json.dumps(results, indent=1) + "\n")
        print(row, name, json.dumps(measured), flush=True)

    def results(self):
        return json.loads(self.results_file.read_text()) if self.results_file.exists() else {}


def machine():
    model = "unknown processor"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
    return f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.release().split('-')[0]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path, metavar="FOLDER", help="for peers, trees and results")
    parser.add_argument("--rows", nargs="+", metavar="NAME", default=list(rows.ROWS), help=", ".join(rows.ROWS))
    parser.add_argument("--office", type=pathlib.Path, default=REPOSITORY / "fixtures/formats", metavar="DIR")
    parser.add_argument("--files", type=int, nargs="+", default=[10_000, 100_000], metavar="N",
                        help="sizes of the trees of small notes")
    parser.add_argument("--runs", type=int, default=5, help="counted runs of each command")
    parser.add_argument("--page", type=pathlib.Path, help="write what was measured into this page, and end")
    arguments = parser.parse_args()
    bench = Bench(arguments.folder, arguments.runs, arguments.office.resolve())
    if arguments.page:
        page.write(arguments.page, bench.results())
        return
    unknown = set(arguments.rows) - set(rows.ROWS)
    if unknown:
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    install = pathlib.Path(__file__).with_name("install")
    subprocess.run([install, arguments.folder], check=True)
    subprocess.run(["cargo", "build", "--release", "--locked"], cwd=REPOSITORY, check=True)
    bench.scratch("any")
    for name in arguments.rows:
        rows.ROWS[name](bench, arguments.files)


if __name__ == "__main__":
    main()
