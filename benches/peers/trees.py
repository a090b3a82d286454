"""Trees to measure on, made of documents that somebody else wrote; the same ones on every machine.

Each function makes one folder, and leaves one alone that is there.
"""

import hashlib
import os
import pathlib
import random
import shutil

READ = {".html", ".htm", ".txt", ".rst", ".md"}


def share_of(path):
    """A number from 0 to 1 that follows from a path alone."""
    return int.from_bytes(hashlib.sha256(path.encode()).digest()[:6]) / (1 << 48)


def making(target):
    """A folder to make `target` in, or None where it is there."""
    if target.exists():
        return None
    part = target.with_name(target.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    return part


def texts(documents, target, endings=(".html", ".htm")):
    """The documents with one of these endings."""
    if part := making(target):
        for path in sorted(documents.rglob("*")):
            if path.suffix in endings and path.is_file() and not path.is_symlink():
                to = part / path.relative_to(documents)
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, to)
        part.rename(target)


def copies(tree, target, share=0.3):
    """A tree, and beside it exact copies of such a share of its files."""
    if part := making(target):
        shutil.copytree(tree, part / "a")
        for path in sorted(tree.rglob("*")):
            name = path.relative_to(tree)
            if path.is_file() and share_of(str(name)) < share:
                to = part / "b" / name
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, to)
        part.rename(target)


def huge(target, files=6, size=200 << 20):
    """Few large files that are no documents: two are equal, one differs in its last byte."""
    if part := making(target):
        chance = random.Random(1)
        for number in range(files):
            with open(part / f"{number}.bin", "wb") as file:
                for _ in range(size >> 20):
                    file.write(chance.randbytes(1 << 20))
        shutil.copy(part / "0.bin", part / "copy.bin")
        shutil.copy(part / "1.bin", part / "other.bin")
        with open(part / "other.bin", "r+b") as file:
            file.seek(-1, os.SEEK_END)
            last = file.read(1)[0]
            file.seek(-1, os.SEEK_END)
            file.write(bytes([last ^ 1]))
        part.rename(target)


def vocabulary(documents, most=3_000_000):
    """The words of the plain texts among documents, in their order."""
    words = []
    for path in sorted(documents.rglob("*")):
        if path.suffix in {".txt", ".rst"} and path.is_file():
            words += [it for it in path.read_text(errors="replace").split() if it.isalpha()]
        if most < len(words):
            break
    return words


def small(documents, target, files):
    """So many short notes: runs of seven words of real text, put together anew for each.

    Of every hundred, one is an exact copy of the one before, one has a tenth of its words replaced,
    one says that it was to be reviewed in 2020, and one that it is withdrawn.
    """
    if part := making(target):
        words, chance, before = vocabulary(documents), random.Random(2), ""
        for number in range(files):
            if number % 10_000 == 0:
                folder = part / f"{number // 10_000:03}"
            if number % 100 == 0:
                (inside := folder / f"{number // 100 % 100:02}").mkdir(parents=True)
            kind = number % 100
            if kind == 10:
                text = before
            elif kind == 20:
                text = " ".join(
                    chance.choice(words) if chance.random() < 0.1 else it for it in before.split(" ")
                )
            else:
                text = note(words, chance, number, kind)
            with open(inside / f"note-{number:07}.md", "w") as file:
                file.write(text)
            before = text
        part.rename(target)


def note(words, chance, number, kind):
    front = {30: "review_date: 2020-06-30\n", 40: "status: withdrawn\n"}.get(kind)
    lines = [f"---\n{front}---\n" if front else "", f"# Note {number}\n\n"]
    for _ in range(chance.randint(2, 5)):
        sentence = []
        for _ in range(chance.randint(2, 6)):
            at = chance.randrange(len(words) - 7)
            sentence += words[at : at + 7]
        lines.append(" ".join(sentence) + ".\n\n")
    return "".join(lines)


def size(tree):
    """How many files a tree has, and their bytes."""
    files = [it for it in pathlib.Path(tree).rglob("*") if it.is_file()]
    return len(files), sum(it.stat().st_size for it in files)
