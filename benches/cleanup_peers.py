#!/usr/bin/env python3
"""What docrot and other cleaners do with the same exact copies: how many bytes each reclaims, and
what is lost when the tree changes between looking and acting.

    python3 benches/cleanup_peers.py [--docrot target/release/docrot] [--data FOLDER] [--write docs/cleanup.md]

Needs nothing but Python; cleaners that are not installed are left out (fclones: cargo install
fclones; rmlint and jdupes: from the system's packages). Everything happens in temporary folders.
A content counts as lost when it can be read nowhere any more: neither in the tree, nor in what the
cleaner itself has set aside.
"""

import argparse
import hashlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TEXT = b"The fire wardens meet on the first Monday of every month in room 14.\n" * 9
# Of the same length, as an edit of a figure leaves it.
EDITED = TEXT.replace(b"room 14", b"room 41", 1)
BEGIN, END = "<!-- measured -->", "<!-- /measured -->"


def run(command, **options):
    return subprocess.run(command, capture_output=True, timeout=600, **options)


class Cleaner:
    """Looks first, acts later."""

    def __init__(self, name, program):
        self.name, self.program = name, program

    def look(self, tree, work):
        raise NotImplementedError

    def act(self, tree, work):
        raise NotImplementedError

    def aside(self, work):
        return None


class Docrot(Cleaner):
    def look(self, tree, work):
        base = [self.program, "--index", str(work / "index"), "--quiet"]
        run([base[0], "scan", str(tree), *base[1:]]).check_returncode()
        plan = [base[0], "plan", str(tree), "--rule", "exact-copy", "--output", str(work / "plan.json")]
        run([*plan, *base[1:]], cwd=work).check_returncode()

    def act(self, tree, work):
        command = [self.program, "apply", str(work / "plan.json"), "--yes", "--quarantine", str(work / "aside")]
        return run(command, cwd=work)

    def aside(self, work):
        return work / "aside"


class Fclones(Cleaner):
    def look(self, tree, work):
        with open(work / "list", "wb") as out:
            subprocess.run([self.program, "group", str(tree)], stdout=out, stderr=subprocess.DEVNULL, check=True)

    def act(self, tree, work):
        with open(work / "list", "rb") as listed:
            return run([self.program, "remove"], stdin=listed)


class Rmlint(Cleaner):
    options = []

    def look(self, tree, work):
        run([self.program, "-T", "df", str(tree), "-o", f"sh:{work}/rmlint.sh"], cwd=work).check_returncode()

    def act(self, tree, work):
        return run(["sh", str(work / "rmlint.sh"), "-d", "-q", *self.options], cwd=work)


class RmlintParanoid(Rmlint):
    """Compares byte by byte before it removes."""

    options = ["-p"]


class Jdupes(Cleaner):
    """Looks and acts in one run, so that nothing can change in between but by chance."""

    def look(self, tree, work):
        pass

    def act(self, tree, work):
        return run([self.program, "-r", "-d", "-N", "-q", str(tree)])


def cleaners(docrot):
    known = [
        (Docrot, "docrot", docrot),
        (Fclones, "fclones", "fclones"),
        (Rmlint, "rmlint", "rmlint"),
        (RmlintParanoid, "rmlint -p", "rmlint"),
        (Jdupes, "jdupes", "jdupes"),
    ]
    for make, name, program in known:
        found = shutil.which(program)
        if found:
            yield make(name, found)
        else:
            print(f"{name} is not installed, left out", file=sys.stderr)


def version(cleaner):
    first = (run([cleaner.program, "--version"]).stdout + run([cleaner.program, "--version"]).stderr)
    words = first.decode(errors="replace").split()
    return next((word for word in words if any(c.isdigit() for c in word)), "")


# --- the same bytes -------------------------------------------------------------------------------


def drawn_tree(folder, seed=8):
    """600 files in folders, of which about half are copies; some are names of one file."""
    draw = random.Random(seed)
    contents = [draw.randbytes(draw.randint(1, 60_000)) for _ in range(300)]
    for at in range(600):
        path = folder / f"{draw.randint(0, 9)}" / f"{draw.randint(0, 9)}" / f"document {at}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents[at % 300] if draw.random() < 0.7 else draw.randbytes(500))
        if draw.random() < 0.03:
            os.link(path, path.with_name(f"link {at}.txt"))


def files(folder):
    for path in Path(folder).rglob("*"):
        if path.is_file() and not path.is_symlink():
            yield path


def contents(folder):
    return {hashlib.sha256(path.read_bytes()).digest() for path in files(folder)}


def used(folder):
    """Bytes of the files, each counted once however many names it has."""
    seen = {(s.st_dev, s.st_ino): s.st_size for s in (path.stat() for path in files(folder))}
    return sum(seen.values())


def reclaimed(cleaner, make):
    with tempfile.TemporaryDirectory() as base:
        tree, work = Path(base) / "tree", Path(base) / "work"
        tree.mkdir()
        work.mkdir()
        make(tree)
        before, known = used(tree), contents(tree)
        cleaner.look(tree, work)
        cleaner.act(tree, work)
        return before - used(tree), known - contents(tree)


# --- what changes between looking and acting ------------------------------------------------------


def edit_keeping_time(path):
    stat = path.stat()
    path.write_bytes(EDITED)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def replace_by_link(path, target):
    path.unlink()
    path.symlink_to(target)


# Which of the two a cleaner keeps is its own choice, so each case is tried on either.
CASES = [
    ("one copy is edited; size and time stay", lambda it, _: edit_keeping_time(it)),
    ("one copy is edited", lambda it, _: it.write_bytes(EDITED)),
    ("one copy is deleted", lambda it, _: it.unlink()),
    ("one copy is replaced by a link to the other", lambda it, other: replace_by_link(it, other)),
    ("the folder of one becomes a link to the other's", lambda it, other: (
        shutil.rmtree(it.parent), it.parent.symlink_to(other.parent))),
    ("one copy becomes another name of the other", lambda it, other: (it.unlink(), os.link(other, it))),
    ("the list is used again, after what stayed was renamed to what went", None),
    ("one copy is renamed, and the other is edited", lambda it, other: (
        it.rename(it.with_name("renamed.txt")), edit_keeping_time(other))),
]


def loses(cleaner, change):
    """Whether any content that was there when the cleaner acted is gone, for either copy."""
    lost = []
    # Which one stays is for some a matter of chance, so each is tried three times.
    for name in ("a", "b") * 3:
        with tempfile.TemporaryDirectory() as base:
            tree, work = Path(base) / "tree", Path(base) / "work"
            work.mkdir()
            for folder in ("a", "b"):
                (tree / folder).mkdir(parents=True)
                (tree / folder / "plan.txt").write_bytes(TEXT)
                # Old enough that no cleaner takes it for a file in use.
                os.utime(tree / folder / "plan.txt", (1_600_000_000, 1_600_000_000))
            cleaner.look(tree, work)
            one = tree / name / "plan.txt"
            other = tree / ("b" if name == "a" else "a") / "plan.txt"
            if change:
                change(one, other)
            else:
                cleaner.act(tree, work)
                stays, went = (one, other) if one.exists() else (other, one)
                if not went.exists():
                    stays.rename(went)
            there = contents(tree)
            cleaner.act(tree, work)
            left = contents(tree)
            if cleaner.aside(work) and cleaner.aside(work).exists():
                left |= contents(cleaner.aside(work))
            lost.append(bool(there - left))
    return any(lost)


def can_take_back(cleaner):
    with tempfile.TemporaryDirectory() as base:
        tree, work = Path(base) / "tree", Path(base) / "work"
        work.mkdir()
        for folder in ("a", "b"):
            (tree / folder).mkdir(parents=True)
            (tree / folder / "plan.txt").write_bytes(TEXT)
        cleaner.look(tree, work)
        cleaner.act(tree, work)
        if not cleaner.aside(work):
            return False
        run([cleaner.program, "undo", "--yes", "--quarantine", str(work / "aside")], cwd=work)
        return len(list(files(tree))) == 2


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--docrot", default="target/release/docrot")
    parser.add_argument("--data", type=Path, help="a folder whose copy is cleaned up, too")
    parser.add_argument("--write", type=Path, help="the page whose figures are written anew")
    arguments = parser.parse_args()
    peers = list(cleaners(os.path.abspath(arguments.docrot)))
    trees = [("600 drawn files", drawn_tree)]
    if arguments.data:
        copy = lambda tree: shutil.copytree(arguments.data, tree, dirs_exist_ok=True)
        trees.append((arguments.data.name, copy))
    rows = [["", *(f"{it.name} {version(it)}".strip() for it in peers)]]
    for name, make in trees:
        row = [f"bytes reclaimed of {name}"]
        for cleaner in peers:
            freed, lost = reclaimed(cleaner, make)
            row.append(f"{freed:,}" + (f", {len(lost)} contents lost" if lost else ""))
        rows.append(row)
    for name, change in CASES:
        row = [name]
        for cleaner in peers:
            if isinstance(cleaner, Jdupes):
                row.append("looks and acts in one run")
            else:
                row.append("**lost**" if loses(cleaner, change) else "kept")
        rows.append(row)
    rows.append(["can be taken back", *("yes" if can_take_back(it) else "no" for it in peers)])
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "|" + "---|" * len(rows[0]))
    table = "\n".join(lines)
    print(table)
    if arguments.write:
        text = arguments.write.read_text()
        head, rest = text.split(BEGIN, 1)
        tail = rest.split(END, 1)[1]
        arguments.write.write_text(f"{head}{BEGIN}\n\n{table}\n\n{END}{tail}")


if __name__ == "__main__":
    main()
