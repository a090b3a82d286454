#!/usr/bin/env python3
"""What an audit costs beside the bare work it contains, as ratios of CPU time in one run.

    python3 benches/cost.py TREE             audit of TREE / plain Tantivy indexing of the same text
    python3 benches/cost.py --rescan 100000  rescan with nothing changed / find -printf, on so many files

Commands take turns (A B A B ...); medians of user + system time of the whole process are compared,
so that a busy machine slows both. Nothing is written outside a temporary folder.
"""

import argparse
import json
import os
import pathlib
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent


def build(target, *arguments):
    """Builds in release mode and returns the path of the program named `target`."""
    command = ["cargo", *arguments, target, "--message-format=json-render-diagnostics"]
    lines = subprocess.run(command, cwd=REPOSITORY, check=True, stdout=subprocess.PIPE).stdout
    made = [json.loads(line) for line in lines.splitlines()]
    made = [it for it in made if it.get("executable") and it["target"]["name"] == target]
    return made[-1]["executable"]


def cpu_seconds(command):
    """User and system time of a command and its children, and its peak memory in MiB."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{shlex.join(command)} failed, so there is nothing to compare")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def compare(name_a, command_a, name_b, command_b, runs, before=lambda: None):
    """Runs both in turn and prints medians and their ratio."""
    a, b = [], []
    for _ in range(runs + 1):
        before()
        a.append(cpu_seconds(command_a))
        before()
        b.append(cpu_seconds(command_b))
    a, b = a[1:], b[1:]  # the first pair warms the page cache
    cpu_a, cpu_b = (statistics.median(run[0] for run in runs) for runs in (a, b))
    for name, cpu, seen in ((name_a, cpu_a, a), (name_b, cpu_b, b)):
        memory = statistics.median(run[1] for run in seen)
        spread = f"{min(run[0] for run in seen):.2f} to {max(run[0] for run in seen):.2f}"
        print(f"{name:<28} {cpu:8.2f} CPU s ({spread})  {memory:6.0f} MiB")
    print(f"{'ratio':<28} {cpu_a / cpu_b:8.2f}")


def audit_cost(docrot, tree, runs):
    plain = build("plain_tantivy", "bench", "--no-run", "--bench")
    with tempfile.TemporaryDirectory() as folder:
        indexes = [os.path.join(folder, "docrot"), os.path.join(folder, "plain")]

        def clean():
            for index in indexes:
                shutil.rmtree(index, ignore_errors=True)

        compare(
            "docrot audit", [docrot, "audit", tree, "--index", indexes[0], "--quiet"],
            "plain Tantivy", [plain, tree, indexes[1]],
            runs, before=clean,
        )


def rescan_cost(docrot, files, runs):
    with tempfile.TemporaryDirectory() as folder:
        tree, index = os.path.join(folder, "tree"), os.path.join(folder, "index")
        for number in range(files):
            inside = os.path.join(tree, f"{number // 10000:03}", f"{number // 100 % 100:02}")
            os.makedirs(inside, exist_ok=True)
            path = os.path.join(inside, f"document-{number}.md")
            with open(path, "w") as file:
                file.write(f"# Document {number}\n\n" + f"text {number * 7919 % files} of it " * 6)
            os.utime(path, (1.6e9, 1.6e9))
        subprocess.run([docrot, "scan", tree, "--index", index, "--quiet"], check=True)
        compare(
            "docrot scan, unchanged", [docrot, "scan", tree, "--index", index, "--quiet"],
            "find -printf", ["find", tree, "-printf", "%p %s %T@\\n"],
            runs,
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tree", nargs="?", help="tree of UTF-8 text files to audit")
    parser.add_argument("--rescan", type=int, metavar="FILES", help="measure a rescan of so many files")
    parser.add_argument("--runs", type=int, default=5, help="counted runs of each command")
    arguments = parser.parse_args()
    if arguments.tree is None and arguments.rescan is None:
        parser.error("name a tree, or --rescan FILES")
    docrot = build("docrot", "build", "--release", "--bin")
    if arguments.tree:
        audit_cost(docrot, arguments.tree, arguments.runs)
    if arguments.rescan:
        rescan_cost(docrot, arguments.rescan, arguments.runs)


if __name__ == "__main__":
    sys.exit(main())
