#!/usr/bin/env python3
"""Words that docrot reads, against what independent readers read from the same files.

    python3 benches/extraction_quality.py FOLDER [--format docx ...] [--worst 5] [--cache DIR]

Recall is the share of the reader's words that docrot has too, precision the share of docrot's words
that the reader has; words are compared as multisets, so order does not count. For each format and
reader: files compared, mean and median of both, files with a recall of 95 % or more. Then the worst
files, with what is missing and what is too much. Files of fewer than --min-words words are left out.

Readers are used where they are installed: pdftotext (poppler), soffice (LibreOffice), pandoc,
antiword, catdoc, Python's own mail parser, and Apache Tika (`pip install iscc-tika`). Tika adds
what docrot leaves out on purpose or reads apart: files embedded in files and names of pictures. The
row `tika` has its words as they are, `tika, own text` without those. Readers also write numbers of
list items, which documents do not hold as text: the column `without numbers` is the recall of words
that cannot be such a number. Menus of web pages are left out on purpose, too: the row `pandoc, no
menus` is of pages without what HTML calls navigation, banner and footer of the site, and trafilatura
(`pip install trafilatura`) looks for the main text in its own way.

Nothing is written outside of temporary folders and DIR.
"""

import argparse
import collections
import concurrent.futures
import email
import email.policy
import hashlib
import html
import importlib.util
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import unicodedata

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
SECONDS = 60
# Scripts without spaces: a word is a character.
DENSE = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
WORD = re.compile(rf"[{DENSE}]|(?:(?![{DENSE}])[^\W_])+")
LIST_NUMBER = re.compile(r"\d{1,2}|[a-z]|[ivxl]+")
ALL_SHEETS = "csv:Text - txt - csv (StarCalc):9,34,76,1,,0,false,true,false,false,false,-1"


def words(text):
    text = unicodedata.normalize("NFKC", text.replace("\u00ad", "")).lower()
    return collections.Counter(WORD.findall(text))


def without_numbers(counts):
    """Without words that may be the number of a list item."""
    return collections.Counter(
        {it: n for it, n in counts.items() if not LIST_NUMBER.fullmatch(it)})


def share(own, theirs):
    """The share of the second that stands in the first."""
    return sum((own & theirs).values()) / sum(theirs.values()) if theirs else 1.0


def run(command, **options):
    """What a command prints; None where it fails or takes too long."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              timeout=SECONDS, check=False, **options)
    except (subprocess.TimeoutExpired, OSError):
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None


def poppler(path, _format):
    return run(["pdftotext", "-q", "-enc", "UTF-8", path, "-"])


def antiword(path, _format):
    return run(["antiword", "-m", "UTF-8.txt", "-w", "0", path])


def catdoc(path, format):
    program = {"xls": "xls2csv", "ppt": "catppt"}.get(format, "catdoc")
    return run([program, "-d", "utf-8", path])


def pandoc(path, format):
    kind = {"notebook": "ipynb", "asciidoc": None, "email": None}.get(format, format)
    return run(["pandoc", "--from", kind, "--to", "plain", "--wrap", "none", path])


def pandoc_no_menus(path, format):
    """Without the parts of the page that HTML sets apart from its content."""
    page = without_menus(pathlib.Path(path).read_bytes().decode("latin-1"))
    return run(["pandoc", "--from", "html", "--to", "plain", "--wrap", "none"],
               input=page.encode("latin-1"))


def without_menus(page):
    """A page without navigation, and without header and footer of the site, by element or role."""
    page = re.sub(r"(?is)<!--.*?-->|<(script|style|template)\b.*?</\1\s*>", " ", page)
    kept, begin, inside = [], 0, collections.Counter()
    skipped = None
    for tag in re.finditer(r"(?is)<(/?)([a-z][a-z0-9]*)\b([^>]*)>", page):
        name, is_end = tag[2].lower(), bool(tag[1])
        if skipped:
            if name == skipped:
                depth += -1 if is_end else 1
            if depth == 0:
                skipped, begin = None, tag.end()
            continue
        if name in ("main", "article", "section"):
            inside[name] += -1 if is_end else 1
        role = re.search(r"(?i)\brole\s*=\s*[\"']?([a-z]+)", tag[3])
        role = role[1].lower() if role else ""
        # Within an article they are its own.
        is_frame = name in ("header", "footer") and not any(0 < it for it in inside.values())
        is_menu = name == "nav" or role in ("navigation", "banner", "contentinfo", "search")
        if not is_end and (is_frame or is_menu) and not tag[3].endswith("/"):
            kept.append(page[begin:tag.start()])
            skipped, depth = name, 1
    return "".join(kept) + ("" if skipped else page[begin:])


def libreoffice(path, format):
    """Text documents as text, sheets as CSV, slides by way of PDF."""
    if format in ("pptx", "odp", "ppt"):
        kind, suffix = "pdf", ".pdf"
    elif format in ("xlsx", "ods", "xls", "xlsb"):
        kind, suffix = ALL_SHEETS, ".csv"
    else:
        kind, suffix = "txt:Text (encoded):UTF8", ".txt"
    with tempfile.TemporaryDirectory() as folder:
        profile = f"-env:UserInstallation=file://{folder}/profile"
        copy = pathlib.Path(folder, "x" + pathlib.Path(path).suffix)
        shutil.copyfile(path, copy)
        out = pathlib.Path(folder, "out")
        run(["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(out),
             str(copy)])
        made = sorted(out.glob("*" + suffix)) if out.is_dir() else []
        if not made:
            return None
        if suffix == ".pdf":
            return poppler(str(made[0]), "pdf")
        return "\n".join(it.read_text("utf-8", "replace") for it in made)


def mail(path, _format):
    """Subject and the readable parts of a message that are no attachments."""
    try:
        with open(path, "rb") as file:
            message = email.message_from_binary_file(file, policy=email.policy.default)
        body = message.get_body(preferencelist=("plain", "html"))
        text = body.get_content() if body else ""
        if body and body.get_content_subtype() == "html":
            text = untagged(text)
        return f"{message.get('subject', '')}\n{text}"
    except (LookupError, ValueError, AttributeError, TypeError):
        return None


def untagged(text):
    text = re.sub(r"(?is)<(script|style|head)\b.*?</\1\s*>", " ", text)
    return html.unescape(re.sub(r"(?s)<!--.*?-->|<[^>]*>", " ", text))


def tika(path, _format, own=False):
    program = """
import sys, iscc_tika
extractor = iscc_tika.Extractor().set_xml_output(sys.argv[2] == "own")
extractor = extractor.set_extract_string_max_length(50_000_000)
sys.stdout.buffer.write(extractor.extract_file_to_string(sys.argv[1])[0].encode("utf-8", "replace"))
"""
    return run([sys.executable, "-c", program, str(path), "own" if own else "all"])


def tika_own(path, format):
    """What stands outside of embedded files, which follow as divisions of their own."""
    text = tika(path, format, own=True)
    if text is None:
        return None
    text = re.split(r'<div class="package-entry"', text)[0]
    text = re.sub(r'<div class="embedded"[^>]*/?>', " ", text)
    # Table cells and paragraphs are words apart; runs in the middle of a word are not.
    return html.unescape(re.sub(r"</?(?:b|i|u|a|span|em|strong)\b[^>]*>", "",
                                re.sub(r"(?s)<head>.*?</head>", " ", text)))


def trafilatura(path, _format):
    """The main text of a web page, by a reader that looks for it in its own way."""
    program = """
import sys, trafilatura
text = trafilatura.extract(open(sys.argv[1], "rb").read(), favor_recall=True, deduplicate=False)
sys.stdout.buffer.write((text or "").encode("utf-8", "replace"))
"""
    return run([sys.executable, "-c", program, str(path)])


READERS = {
    "pdftotext": (poppler, ["pdf"]),
    "libreoffice": (libreoffice, ["docx", "odt", "rtf", "doc", "xlsx", "ods", "xls", "xlsb",
                                  "pptx", "odp", "ppt"]),
    "pandoc": (pandoc, ["docx", "odt", "html", "rtf", "epub", "fb2", "notebook"]),
    "pandoc, no menus": (pandoc_no_menus, ["html"]),
    "antiword": (antiword, ["doc"]),
    "catdoc": (catdoc, ["doc", "xls", "ppt"]),
    "python email": (mail, ["email"]),
    "trafilatura": (trafilatura, ["html"]),
    "tika": (tika, None),
    "tika, own text": (tika_own, None),
}
NEEDS = {"pdftotext": "pdftotext", "libreoffice": "soffice", "pandoc": "pandoc",
         "pandoc, no menus": "pandoc", "antiword": "antiword", "catdoc": "catdoc"}
# Formats whose text is the file itself: there is no other reader to ask.
TEXT = {"text", "markdown", "rst", "asciidoc", "csv", "json", "yaml", "xml", "man"}


def available():
    def has(name):
        if name in NEEDS:
            return shutil.which(NEEDS[name]) is not None
        module = {"tika": "iscc_tika", "tika, own text": "iscc_tika"}.get(name, name)
        return name == "python email" or importlib.util.find_spec(module) is not None
    return [name for name in READERS if has(name)]


def cached(folder, name, reader, path, format):
    if not folder:
        return reader(path, format)
    key = hashlib.sha256(pathlib.Path(path).read_bytes() + path.encode()).hexdigest()[:24]
    kept = pathlib.Path(folder, f"{key}.{name.replace(' ', '_').replace(',', '')}.json")
    if kept.exists():
        return json.loads(kept.read_text())
    text = reader(path, format)
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(text))
    return text


def docrot(program, path):
    try:
        done = subprocess.run([program, "text", "--format", "json", "--", path],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              timeout=SECONDS * 2, check=False)
        return json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return {"status": "no answer", "format": None, "reason": "no answer", "blocks": []}


def compare(path, options, readers):
    """The row of one file: its format and, by reader, the words of both."""
    read = docrot(options.docrot, path)
    format, rows = read["format"], {}
    text = "\n".join(it["text"] for it in read["blocks"])
    if format is None or format in TEXT or (options.format and format not in options.format):
        return read, rows
    # The title of a web page and the subject of a mail are facts to docrot, text to the others.
    for fact in read.get("facts", []):
        if fact["name"] == "title" and format in ("html", "email", "msg"):
            text += "\n" + fact["value"]
    own = words(text)
    for name in readers:
        reader, formats = READERS[name]
        if formats is not None and format not in formats:
            continue
        theirs = cached(options.cache, name, reader, path, format)
        if theirs is None:
            continue
        if name == "tika, own text":
            theirs = re.sub(r"<[^>]*>", " ", theirs)
        rows[name] = (own, words(theirs))
    return read, rows


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("folder")
    arguments.add_argument("--docrot", default=REPOSITORY / "target/release/docrot",
                           help="the program (default: target/release/docrot)")
    arguments.add_argument("--format", action="append", help="only this format (can be repeated)")
    arguments.add_argument("--reader", action="append", help="only this reader (can be repeated)")
    arguments.add_argument("--worst", type=int, default=0, help="show so many of the worst files")
    arguments.add_argument("--min-words", type=int, default=20)
    arguments.add_argument("--cache", help="keep what the readers said in this folder")
    arguments.add_argument("--jobs", type=int, default=os.cpu_count())
    options = arguments.parse_args()
    readers = [name for name in available() if not options.reader or name in options.reader]
    files = sorted(str(it) for it in pathlib.Path(options.folder).rglob("*") if it.is_file())
    statuses, table = collections.Counter(), collections.defaultdict(list)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for path, (read, rows) in zip(files, pool.map(
                lambda path: compare(path, options, readers), files)):
            statuses[read["format"] or "-", read["reason"] or read["status"]] += 1
            for name, (own, theirs) in rows.items():
                if sum(theirs.values()) < options.min_words or read["status"] == "not_read":
                    continue
                recall, precision = share(own, theirs), share(theirs, own)
                unnumbered = share(own, without_numbers(theirs))
                row = (recall, precision, path, own, theirs, unnumbered)
                table[read["format"], name].append(row)
    print("Files by format and outcome")
    for (format, status), count in sorted(statuses.items()):
        print(f"  {format:16} {status:20} {count}")
    print(f"\n{'format':10} {'reader':16} {'files':>5} {'recall mean/median':>19} "
          f"{'without numbers':>16} {'precision mean/median':>22} {'>=95 %':>7}")
    for (format, name), rows in sorted(table.items()):
        recalls, precisions, bare = ([it[at] for it in rows] for at in (0, 1, 5))
        print(f"{format:10} {name:16} {len(rows):5} "
              f"{statistics.mean(recalls):11.3f} / {statistics.median(recalls):.3f} "
              f"{statistics.mean(bare):8.3f} / {statistics.median(bare):.3f} "
              f"{statistics.mean(precisions):14.3f} / {statistics.median(precisions):.3f} "
              f"{sum(0.95 <= it for it in recalls):7}")
    for (format, name), rows in sorted(table.items()) if options.worst else ():
        print(f"\n{format}, {name}: lowest recall")
        worst = sorted(rows, key=lambda it: it[0])[:options.worst]
        for recall, precision, path, own, theirs, _ in worst:
            print(f"  {recall:.3f} {precision:.3f} {os.path.relpath(path, options.folder)}")
            print(f"     missing {dict((theirs - own).most_common(12))}")
            print(f"     extra   {dict((own - theirs).most_common(12))}")


if __name__ == "__main__":
    main()
