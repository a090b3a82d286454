#!/usr/bin/env python3
"""Most memory of docrot under a ceiling, on generated trees with a file of 1 GiB among the others.

    python3 benches/memory.py --documents 10000 --ceiling 320M --ceiling 512M
    python3 benches/memory.py --tree TREE --ceiling 1G

For each ceiling the tree is scanned anew, scanned again, and reported on, with `--memory`. What is
compared with the ceiling is the sum of what all processes of docrot had resident at one moment,
looked at every few milliseconds, and the highest mark that the system kept of its main process.
Ends with 1 if a command used more than its ceiling, or failed otherwise than by refusing it. Nothing is written outside a temporary folder.
"""

import argparse
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from cost import build  # noqa: E402

WORDS = 20_000
UNITS = {"M": 1 << 20, "G": 1 << 30}


def text(random_, words):
    """Sentences of words of which few are frequent, as in prose."""
    drawn = (int(WORDS ** random_.random()) for _ in range(words))
    return " ".join(f"w{number}{'.' if number % 13 == 0 else ''}" for number in drawn)


def make(tree, documents):
    """So many documents of 100 to 2,000 words: a twentieth copies, a hundredth Word, and one file of 1 GiB."""
    random_ = random.Random(1)
    for number in range(documents):
        folder = tree / f"{number // 10_000:03}" / f"{number // 100 % 100:02}"
        if number % 100 == 0:
            folder.mkdir(parents=True)
        if number % 20 != 1:
            body = text(random_, random_.choice((100, 200, 300, 2_000)))
        if number % 100 == 50:
            with zipfile.ZipFile(folder / f"{number}.docx", "w") as archive:
                archive.writestr("[Content_Types].xml", CONTENT_TYPES)
                archive.writestr("_rels/.rels", RELATIONSHIPS)
                archive.writestr("word/document.xml", DOCUMENT.format(body))
        else:
            (folder / f"{number}.md").write_text(f"# Document {number}\n\n{body}\n")
    with open(tree / "export.json", "w") as file:
        line = '{"name": "' + text(random_, 2_000) + '"}\n'
        for _ in range((1 << 30) // len(line) + 1):
            file.write(line)


PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
CONTENT_TYPES = (
    f'<Types xmlns="{PACKAGE}/content-types"><Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONSHIPS = (
    f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{OFFICE}" Target="word/document.xml"/></Relationships>'
)
DOCUMENT = (
    f'<w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:t>{{}}</w:t></w:r></w:p></w:body></w:document>'
)


def resident(process):
    """Resident memory of a process now, and the most so far, in KiB."""
    values = {}
    try:
        with open(f"/proc/{process}/status") as status:
            for line in status:
                key, _, value = line.partition(":")
                values[key] = value
    except OSError:
        return 0, 0
    number = lambda key: int(values.get(key, "0").split()[0])
    return number("VmRSS"), number("VmHWM")


def children(process):
    try:
        tasks = os.listdir(f"/proc/{process}/task")
        return [it for task in tasks for it in open(f"/proc/{process}/task/{task}/children").read().split()]
    except OSError:
        return []


def run(command):
    """Runs a command; its exit code, the most of all processes at one moment, the most of the main one, in MiB."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    together, main = 0, 0
    while process.poll() is None:
        now, most = resident(process.pid)
        together = max(together, now + sum(resident(it)[0] for it in children(process.pid)))
        main = max(main, most)
        time.sleep(0.005)
    return process.returncode, max(together, main) / 1024, main / 1024, process.stderr.read().strip()


def bytes_of(size):
    return int(size[:-1]) * UNITS[size[-1].upper()]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--tree", type=pathlib.Path, help="this tree instead of a generated one")
    parser.add_argument("--ceiling", action="append", required=True, metavar="SIZE", help="such as 512M")
    arguments = parser.parse_args()
    docrot = build("docrot", "build", "--release", "--bin")
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        tree = arguments.tree
        if tree is None:
            tree = pathlib.Path(folder, "tree")
            tree.mkdir()
            make(tree, arguments.documents)
        index = os.path.join(folder, "index")
        for ceiling in arguments.ceiling:
            shutil.rmtree(index, ignore_errors=True)
            commands = {
                "scan": [docrot, "scan", tree],
                "scan again": [docrot, "scan", tree],
                "report": [docrot, "report", tree, "--output", os.path.join(folder, "report.json")],
            }
            for name, command in commands.items():
                code, together, alone, words = run([*command, "--quiet", "--index", index, "--memory", ceiling])
                over = bytes_of(ceiling) < together * (1 << 20)
                failed |= over or code not in (0, 2)
                verdict = "over" if over else (words.splitlines() or [str(code)])[-1] if code else "within"
                print(f"{ceiling:>6} {name:<11} {together:7.0f} MiB, {alone:7.0f} MiB of it docrot itself: {verdict}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
