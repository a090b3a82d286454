"""What is compared: each function is a row, or a few, of docs/benchmarks.md."""

import pathlib
import subprocess
import sys

import trees


def docrot_scan(bench, tree, command=("scan",)):
    """A function that runs docrot from nothing, and tells what it spent."""

    def run():
        index = bench.scratch("docrot") / "index"
        return bench.spent([bench.docrot, *command, tree, "--index", index, "--quiet"])

    return run


def copy_finders(bench, tree):
    """The tools that find exact copies, as they find all of them, hidden files and ignored ones too."""
    out = lambda name: bench.scratch(name) / "found"
    return {
        "jdupes": lambda: bench.spent(["jdupes", "-r", "-q", tree]),
        "rdfind": lambda: bench.spent(["rdfind", "-dryrun", "true", "-outputname", out("rdfind"), tree]),
        "czkawka": lambda: bench.spent(
            [bench.folder / "bin/czkawka_cli", "dup", "-d", tree, "-m", "1", "-s", "HASH", "-t", "XXH3",
             "-H", "-W", "-f", out("czkawka")]
        ),
        "fclones": lambda: bench.spent(
            [bench.folder / "bin/fclones", "group", "--no-ignore", "--hidden", "-o", out("fclones"), tree]
        ),
        "rmlint": lambda: bench.spent(["rmlint", "-T", "df", "-o", f"json:{out('rmlint')}", tree]),
    }


def exact_copies(bench, _):
    """Exact copies alone, from nothing, of documents of which 30 % are there twice."""
    tree = bench.tree("copies")
    exact = docrot_scan(bench, tree, ("audit", "--only", "exact"))
    bench.compare("exact copies", exact, copy_finders(bench, tree))


def huge_files(bench, _):
    """Exact copies among few large files."""
    tree = bench.tree("huge")
    peers = copy_finders(bench, tree)
    peers = {it: peers[it] for it in ("jdupes", "fclones")}
    bench.compare("huge files", docrot_scan(bench, tree, ("audit", "--only", "exact")), peers)


def indexers(bench, tree):
    """Programs that make documents findable."""

    def recoll():
        folder = bench.scratch("recoll")
        settings = f"topdirs = {tree}\nnoaspell = 1\nidxniceprio = 0\nidxflushmb = 100\n"
        (folder / "recoll.conf").write_text(settings)
        (folder / "mimemap").write_text(".md = text/plain\n.rst = text/plain\n")
        return bench.spent(["recollindex"], {"RECOLL_CONFDIR": str(folder)})

    def omega():
        database = bench.scratch("omega") / "db"
        types = [it for end in ("md", "rst") for it in ("--mime-type", f"{end}:text/plain")]
        return bench.spent(["omindex", "--db", database, "--url", "/", *types, tree])

    return {"recollindex": recoll, "omindex": omega}


def bare_indexing(bench, tree):
    """Tantivy's own binding for Python: reads the files as they are, indexes their words, commits."""
    program = (
        "import pathlib, sys, tantivy\n"
        "schema = tantivy.SchemaBuilder()\n"
        "schema = schema.add_text_field('path', stored=True).add_text_field('body').build()\n"
        "writer = tantivy.Index(schema, path=sys.argv[2]).writer(128 << 20, 1)\n"
        "for path in pathlib.Path(sys.argv[1]).rglob('*'):\n"
        "    if path.is_file():\n"
        "        text = path.read_bytes().decode(errors='replace')\n"
        "        writer.add_document(tantivy.Document(path=str(path), body=text))\n"
        "writer.commit(); writer.wait_merging_threads()\n"
    )

    def run():
        return bench.spent([bench.folder / "python/bin/python", "-c", program, tree, bench.scratch("tantivy")])

    return {"tantivy (Python), indexing alone": run}


def indexing(bench, _):
    """From nothing to findable. docrot hashes, fingerprints and dates what it reads besides."""
    for name in ("html", "text", "office"):
        tree = bench.tree(name)
        peers = indexers(bench, tree)
        if name == "text":
            peers |= bare_indexing(bench, tree)
        bench.compare(f"indexing, {name}", docrot_scan(bench, tree), peers)


def rescanning(bench, files):
    """Again, with nothing changed, the greatest tree of notes."""
    tree = bench.tree(f"notes-{max(files)}")
    index = bench.scratch("docrot-again") / "index"
    again = lambda: bench.spent([bench.docrot, "scan", tree, "--index", index, "--quiet"])
    again()
    find = lambda: bench.spent(["find", tree, "-type", "f", "-printf", "%s %T@ %p\\n"])
    row = f"nothing changed, {max(files):,} files"
    bench.compare(row, again, {"find -printf": find})
    cache = {"XDG_CACHE_HOME": str(bench.scratch("cache"))}
    out = bench.scratch("fclones") / "found"
    command = [bench.folder / "bin/fclones", "group", "--cache", "--no-ignore", "--hidden", "-o", out, tree]
    peers = {"fclones --cache": lambda: bench.spent(command, cache)}
    if max(files) <= 100_000:
        folder = bench.scratch("recoll-again")
        settings = f"topdirs = {tree}\nnoaspell = 1\nidxniceprio = 0\nidxflushmb = 100\n"
        (folder / "recoll.conf").write_text(settings)
        (folder / "mimemap").write_text(".md = text/plain\n")
        peers["recollindex"] = lambda: bench.spent(["recollindex"], {"RECOLL_CONFDIR": str(folder)})
    bench.compare(row, again, peers, runs=min(bench.runs, 3))


def near_duplicates(bench, _):
    """Pairs of near-duplicates among 3,000 texts."""
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
    program = bench.folder / "python/bin/python"
    script = pathlib.Path(__file__).with_name("near.py")
    tree = bench.tree("text")
    told = subprocess.run(
        [program, script, tree, bench.docrot, str(min(bench.runs, 3))],
        check=True, stdout=subprocess.PIPE, text=True,
    )
    for line in told.stdout.splitlines():
        name, ours, theirs, ratio = line.split("\t")
        bench.keep("near-duplicates", name, {"docrot": [float(ours)], "peer": [float(theirs)], "ratio": float(ratio)})


def growth(bench, files):
    """A first scan, one with nothing changed, a report and a check of every posting, by the number of notes."""
    for number in sorted(files):
        tree = bench.tree(f"notes-{number}")
        _, text = trees.size(tree)
        index = bench.scratch("docrot") / "index"
        flags = ["--index", index, "--quiet"]
        first = bench.spent([bench.docrot, "scan", tree, *flags])
        again = bench.spent([bench.docrot, "scan", tree, *flags])
        out = bench.scratch("report") / "report.json"
        report = bench.spent(
            [bench.docrot, "report", "--index", index, "--as-of", "2026-01-01", "--quiet", "--output", out]
        )
        check = [bench.docrot, "validate", "--index", index, "--deep", "--only", "integrity"]
        deep = bench.spent(check, accepts=(0, 1))
        held = trees.size(index)[1]
        bench.keep("growth", f"{number}", {
            "first": first, "again": again, "report": report, "text": text, "catalog": held, "deep": deep,
        })


ROWS = {
    "exact-copies": exact_copies,
    "huge-files": huge_files,
    "indexing": indexing,
    "rescanning": rescanning,
    "near-duplicates": near_duplicates,
    "growth": growth,
}
