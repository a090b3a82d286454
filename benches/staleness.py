#!/usr/bin/env python3
"""How far findings of staleness can be believed, against what people decided.

    python3 benches/staleness.py FOLDER... [--program target/release/docrot]

Each folder holds `tree/` and `truth.tsv`, with the columns `path`, `review_due`, `state`,
`superseded_by`, `is_stale_at_ref` and `ref_date`; what a tree has no truth of is not scored. The
tables say for each claim how often it is right, with a 95 % interval (Wilson), beside the base rate:
what a rule that names every document would reach. Nothing is written outside a temporary folder.
"""

import argparse
import collections
import csv
import datetime
import json
import math
import pathlib
import re
import shutil
import subprocess
import tempfile
import tomllib

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
FIXTURES = REPOSITORY / "fixtures" / "trees"
# What the document says about its state, in its header; hidden to see what the text alone tells.
HEADER = re.compile(
    r"(?i)^(status|superseded-by|replaces|replaced-by|requires|withdrawal-reason|resolution"
    r"|last-call-deadline)\s*:"
)
DECLARED = ("withdrawn", "expired")
MERELY_OLD = ("unverified",)


def findings(program, tree, as_of, folder):
    """Every finding of an audit, in a catalog of its own."""
    command = [program, "audit", tree, "--format", "json", "--as-of", as_of, "--index", folder, "--quiet"]
    answer = subprocess.run(command, stdout=subprocess.PIPE, check=False, cwd=folder)
    if answer.returncode not in (0, 1, 3):
        raise SystemExit(f"the audit of {tree} failed")
    return json.loads(answer.stdout)["findings"]


def interval(right, of):
    """The Wilson score interval of a share, 95 %."""
    if of == 0:
        return 0.0, 1.0
    z, share = 1.96, right / of
    middle = share + z * z / (2 * of)
    spread = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return (middle - spread) / (1 + z * z / of), (middle + spread) / (1 + z * z / of)


def share(right, of):
    """`0.983 (236 of 240; 0.958 to 0.994)`."""
    if of == 0:
        return "none"
    low, high = interval(right, of)
    return f"{right / of:.3f} ({right} of {of}; {low:.3f} to {high:.3f})"


def rows_of(folder):
    with open(folder / "truth.tsv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def by_rule(found):
    """Paths by rule."""
    paths = collections.defaultdict(set)
    for finding in found:
        paths[finding["rule"]].add(finding["path"])
    return paths


def review_overdue(name, program, tree, rows, folder):
    """The set of overdue pages on the day of the truth, and on the first of every month of it."""
    count = collections.Counter(row["path"] for row in rows)

    def key(path):
        # A path that stands for several rows is a file name that several folders have: of these
        # pages the truth knows the name and the day.
        return path if count[path] == 1 else path.rsplit("/", 1)[-1]

    due = [(key(row["path"]), row["review_due"]) for row in rows if row["review_due"]]
    reference = rows[0]["ref_date"]
    first, last = (datetime.date.fromisoformat(pick(day for _, day in due)) for pick in (min, max))
    others, day = [], first.replace(day=1)
    while day < last + datetime.timedelta(days=40):
        others.append(day.isoformat())
        day = (day.replace(day=28) + datetime.timedelta(days=7)).replace(day=1)
    print(f"\n{name}: review overdue, pages and days against the reference")
    agreed, at_reference = 0, []
    for as_of in [reference, *others]:
        found = [it for it in findings(program, tree, as_of, folder) if it["rule"] == "review-overdue"]
        said = collections.Counter((key(it["path"]), it["date"]) for it in found)
        expected = collections.Counter(it for it in due if it[1] < as_of)
        agreed += said == expected
        if as_of == reference:
            at_reference = found
            print(f"  {as_of}: {len(found)} of {len(due)} overdue; the reference has {expected.total()}")
        for page, day in ((said - expected) + (expected - said)).keys():
            print(f"  {as_of} DIFFERS: {page}, due {day}")
    print(f"  the same pages and days on {agreed} of {1 + len(others)} days")
    right = (collections.Counter((key(it["path"]), it["date"]) for it in at_reference)
             & collections.Counter(it for it in due if it[1] < reference)).total()
    return right, len(at_reference)


def status(name, truth, found):
    """Whether documents that say that they are dead are found, and whom they name."""
    stale = {path for path, row in truth.items() if row["is_stale_at_ref"] == "1"}
    said = {it["path"] for it in found if it["rule"] == "withdrawn"} & truth.keys()
    print(f"\n{name}: declared status, {len(truth)} documents, base rate {share(len(stale), len(truth))}")
    print(f"  recall    {share(len(said & stale), len(stale))}")
    print(f"  precision {share(len(said & stale), len(said))}")
    for path in sorted(stale - said)[:5]:
        print(f"    missed: {path} ({truth[path]['state']})")
    for path in sorted(said - stale)[:5]:
        print(f"    wrong: {path} ({truth[path]['state']})")
    named = {path: row["superseded_by"] for path, row in truth.items() if row["superseded_by"]}
    quoted = linked = present = 0
    numbers = lambda text: {it.lstrip("0") for it in re.findall(r"\d+", text)}
    known = {number: path for path in truth for number in numbers(path)}
    relevant = [it for it in found if it["rule"] == "withdrawn" and it["path"] in named]
    for finding in relevant:
        wanted = numbers(named[finding["path"]])
        told = [str(it["value"]) for it in finding["evidence"] if it["what"] == "replaced by"]
        quoted += wanted <= numbers(" ".join(told))
        here = {known[it] for it in wanted if it in known}
        present += bool(here)
        linked += bool(here) and here <= set(finding["related"])
    if relevant:
        print(f"  successor named where the header names one: {share(quoted, len(relevant))}")
        print(f"  successor found where it is in the tree:    {share(linked, present)}")


def hide_headers(tree, copy):
    """A copy of the tree in which no header tells the state."""
    for path in (it for it in tree.rglob("*") if it.is_file()):
        target = copy / path.relative_to(tree)
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix not in (".md", ".rst", ".txt"):
            shutil.copyfile(path, target)
            continue
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
        kept, is_hidden, is_head = [], False, True
        for at, line in enumerate(lines):
            is_head = is_head and at < 60 and not (at > 0 and line.strip() in ("", "---"))
            is_hidden = is_head and (bool(HEADER.match(line)) or is_hidden and line[:1] in " \t")
            if not is_hidden:
                kept.append(line)
        target.write_text("".join(kept), encoding="utf-8")


def hidden(name, program, tree, truth, as_of, folder):
    """What the text alone says of documents whose header is hidden."""
    with tempfile.TemporaryDirectory(dir=folder) as copy:
        hide_headers(tree, pathlib.Path(copy))
        with tempfile.TemporaryDirectory(dir=folder) as catalog:
            found = findings(program, copy, as_of, catalog)
    stale = {path for path, row in truth.items() if row["is_stale_at_ref"] == "1"}
    print(f"\n{name}: status headers hidden, base rate {share(len(stale), len(truth))}")
    severe = collections.defaultdict(set)
    for finding in found:
        if finding["category"] == "obsolete" and finding["path"] in truth:
            severe[f"{finding['rule']} ({finding['severity']})"].add(finding["path"])
    for rule, said in sorted(severe.items()):
        right = len(said & stale)
        print(f"  {rule:28} precision {share(right, len(said))}; recall {right / max(len(stale), 1):.3f}")


def rules(scored):
    """Precision of each rule over all labelled trees, which say what is wrong with it."""
    print("\nprecision per rule over every tree with a truth, and its base rate")
    for rule, (right, said, positive, total) in sorted(scored.items()):
        base = f"{positive / total:.3f}" if total else "-"
        print(f"  {rule:28} {share(right, said)}; base rate {base}")


def score_fixture(program, tree, folder, scored):
    """Adds what the truth of a fixture says of each finding of severity warning or error."""
    truth = tomllib.loads((tree / "truth.toml").read_text(encoding="utf-8"))
    expected = collections.defaultdict(set)
    for item in truth.get("finding", []) + truth.get("may", []):
        expected[item["rule"]].add(item["path"])
    files = truth["ledger"]["seen"]
    found = findings(program, tree / "tree", truth["as_of"], folder)
    severe = [it for it in found if it["severity"] != "note" and it["category"] == "obsolete"]
    severe = [it for it in severe if it["rule"] not in truth.get("not_judged", [])]
    for rule, said in by_rule(it for it in severe if it["rule"] != "superseded").items():
        add(scored, rule, len(said & expected[rule]), len(said), len(expected[rule]), files)
    return found


def add(scored, rule, right, said, positive, total):
    scored[rule] = tuple(a + b for a, b in zip(scored[rule], (right, said, positive, total)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=pathlib.Path, metavar="FOLDER")
    program = REPOSITORY / "target" / "release" / "docrot"
    parser.add_argument("--program", type=pathlib.Path, default=program)
    arguments = parser.parse_args()
    program = arguments.program.resolve()
    scored = collections.defaultdict(lambda: (0, 0, 0, 0))
    with tempfile.TemporaryDirectory() as temporary:
        for folder in arguments.folders:
            folder = folder.resolve()
            rows, tree = rows_of(folder), folder / "tree"
            truth, as_of = {row["path"]: row for row in rows}, rows[0]["ref_date"]
            with tempfile.TemporaryDirectory(dir=temporary) as catalog:
                if any(row["review_due"] for row in rows):
                    right, said = review_overdue(folder.name, program, tree, rows, catalog)
                    due = [row for row in rows if row["review_due"]]
                    stale = [row for row in due if row["review_due"] < as_of]
                    add(scored, "review-overdue", right, said, len(stale), len(due))
                if not any(row["state"] for row in rows):
                    continue
                found = findings(program, tree, as_of, catalog)
            status(folder.name, truth, found)
            hidden(folder.name, program, tree, truth, as_of, temporary)
            stale = {path for path, row in truth.items() if row["is_stale_at_ref"] == "1"}
            paths = by_rule(found)
            for rule in DECLARED:
                said = paths[rule] & truth.keys()
                add(scored, rule, len(said & stale), len(said), len(stale), len(truth))
        for tree in sorted(it.parent for it in FIXTURES.glob("*/truth.toml")):
            with tempfile.TemporaryDirectory(dir=temporary) as catalog:
                found = score_fixture(program, tree, catalog, scored)
            if tree.name == "clean":
                strong = [it for it in found if it["rule"] not in MERELY_OLD]
                print(f"\nfixtures/trees/clean: {len(strong)} findings that claim more than age")
                for finding in strong:
                    print(f"    {finding['rule']}: {finding['path']}")
    rules(scored)


if __name__ == "__main__":
    main()
