#!/usr/bin/env python3
"""Whether a scan survives every file of a folder, as it is and spoilt.

    python3 benches/robustness.py FOLDER [--copies 10] [--seed 1] [--docrot PROGRAM]

Scans the folder, then --copies spoilt copies of each of its files: bytes changed, pieces dropped or
doubled, the end cut off; in half of the copies of a zip file that happens to an entry before it is
packed again, so that it gets past the checksums. The same seed spoils the same bytes.

Says how many files were seen, what became of them, and how long it took. Ends with 1 if a scan does
not end with 0, if a file is missing from the account, if a reader crashed or took too long.
Nothing is written outside of temporary folders.
"""

import argparse
import collections
import io
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
TELLING = b"\0\xff\x7f\x80\x01<>&;\"'(){}[]\\/=:-\n\r\t 09"
# Files in one scan; so a scan that does not end is found out within minutes.
BATCH = 2_000
SECONDS = 1_800
# What must not happen to any file.
BAD = ("reader-crashed", "timed-out")


def spoil(dice, data):
    """Changes some bytes, drops or doubles a piece, or cuts off the end."""
    data = bytearray(data)
    for _ in range(dice.randint(1, 8)):
        if not data:
            break
        at = dice.randrange(len(data))
        match dice.randrange(12):
            case 0:
                piece = data[at:at + dice.randint(1, 64)]
                to = dice.randrange(len(data))
                data[to:to] = piece
            case 1:
                del data[at:at + dice.randint(1, 32)]
            case 2 if dice.random() < 0.2:
                del data[at:]
            case 3 | 4 | 5 | 6:
                data[at] = dice.choice(TELLING)
            case _:
                data[at] ^= 1 << dice.randrange(8)
    return bytes(data)


def spoil_entry(dice, data):
    """A zip file with one of its entries spoilt; none if it is no zip file."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [(it, archive.read(it)) for it in archive.infolist()]
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, ValueError,
            EOFError):
        return None
    if not entries or sum(len(content) for _, content in entries) > 64 << 20:
        return None
    chosen = dice.randrange(len(entries))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (info, content) in enumerate(entries):
            archive.writestr(info.filename, spoil(dice, content) if number == chosen else content)
    return out.getvalue()


def audit(program, folder):
    """What became of the files, and the paths to which something bad happened."""
    with tempfile.TemporaryDirectory() as index:
        begun = time.monotonic()
        try:
            done = subprocess.run(
                [program, "audit", folder, "--archives", "--format", "json", "--index", index],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return None, f"it did not end within {SECONDS} s", 0
        seconds = time.monotonic() - begun
    if done.returncode != 0:
        return None, f"it ended with {done.returncode}: {done.stderr.decode()[-300:]}", seconds
    return json.loads(done.stdout), None, seconds


def check(name, report, failure, expected, totals):
    """Whether all is well with a scan; adds to the totals."""
    if failure:
        print(f"{name}: {failure}")
        return False
    ledger = report["ledger"]
    outside = ledger["seen"] - ledger.get("inside", 0)
    is_well = True
    if outside != expected:
        print(f"{name}: {outside} of {expected} files are in the account")
        is_well = False
    for part in ("seen", "inside", "read", "partly_read", "not_read", "not_documents"):
        totals[part] += ledger.get(part, 0)
    for problem in report["problems"]:
        totals["reason " + problem["reason"]] += 1
        if problem["reason"] in BAD:
            print(f"{name}: {problem['path']}: {problem['reason']} ({problem['detail']})")
            is_well = False
    return is_well


def batches(files, copies, seed):
    """Folders of spoilt copies, one at a time, with the number of files in each."""
    folder, count = tempfile.TemporaryDirectory(), 0
    for path in files:
        data = path.read_bytes()
        for copy in range(copies):
            dice = random.Random(f"{seed} {copy} {path.name} {len(data)}")
            spoilt = spoil_entry(dice, data) if copy % 2 and data[:2] == b"PK" else None
            spoilt = spoil(dice, data) if spoilt is None else spoilt
            to = pathlib.Path(folder.name, f"{count}", path.name)
            to.parent.mkdir()
            to.write_bytes(spoilt)
            count += 1
        if BATCH <= count:
            yield folder.name, count
            folder.cleanup()
            folder, count = tempfile.TemporaryDirectory(), 0
    if count:
        yield folder.name, count
    folder.cleanup()


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("--docrot", default=REPOSITORY / "target/release/docrot",
                           help="the program (default: target/release/docrot)")
    arguments.add_argument("--copies", type=int, default=10, help="spoilt copies of each file")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--max-bytes", type=int, default=8 << 20,
                           help="larger files are not spoilt (default: 8 MiB)")
    options = arguments.parse_args()
    files = sorted(it for it in options.folder.rglob("*") if it.is_file() and not it.is_symlink())
    hidden = [it for it in files
              if any(part.startswith(".") for part in it.relative_to(options.folder).parts[:-1])]
    files = [it for it in files if it not in set(hidden)]
    totals = collections.Counter()
    report, failure, seconds = audit(options.docrot, options.folder)
    is_well = check("as they are", report, failure, len(files), totals)
    print(f"{len(files)} files as they are, {seconds:.0f} s: {dict(totals)}")
    small = [it for it in files if it.stat().st_size <= options.max_bytes]
    totals, spent = collections.Counter(), 0.0
    for folder, count in batches(small, options.copies, options.seed):
        report, failure, seconds = audit(options.docrot, folder)
        spent += seconds
        is_well = check(folder, report, failure, count, totals) and is_well
    print(f"{len(small) * options.copies} spoilt copies, {spent:.0f} s: {dict(totals)}")
    sys.exit(0 if is_well else 1)


if __name__ == "__main__":
    main()
