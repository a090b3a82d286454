"""Writes docs/benchmarks.md from what was measured. What it says beside figures is in page.md."""

import pathlib

MARK = "<!-- {} -->"


def write(to, results):
    """Puts a table in the place of each mark of the template; a row without results says so."""
    text = pathlib.Path(__file__).with_name("page.md").read_text()
    text = text.replace(MARK.format("machine"), results["machine"])
    for row, measured in results.items():
        if row not in ("machine", "growth") and not row.startswith("nothing changed"):
            text = text.replace(MARK.format(row), ratios(row, measured))
    again = [it for it in results if it.startswith("nothing changed")]
    if again:
        greatest = max(again, key=lambda it: int("".join(filter(str.isdigit, it))))
        text = text.replace(MARK.format("nothing changed"), ratios(greatest, results[greatest]))
    if "growth" in results:
        text = text.replace(MARK.format("growth"), growth(results["growth"]))
    lines = ["Not measured yet." if it.startswith("<!-- ") else it for it in text.split("\n")]
    to.write_text("\n".join(lines))


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    return "\n".join(lines + ["| " + " | ".join(it) + " |" for it in rows])


def ratios(row, measured):
    if len(next(iter(measured.values()))["docrot"]) == 1:
        head = ["than", "docrot, CPU s", "its CPU s", "ratio"]
        rows = [
            [name, f"{it['docrot'][0]:.2f}", f"{it['peer'][0]:.2f}", f"**{it['ratio']:.2f}**"]
            for name, it in measured.items()
        ]
        return table(head, rows)
    head = ["than", "docrot: CPU s", "seconds", "MiB", "its CPU s", "seconds", "MiB", "CPU, ratio", "from, to"]
    figures = lambda it: [f"{it[0]:.2f}", f"{it[1]:.2f}", f"{it[2]:.0f}"]
    rows = [
        [name, *figures(it["docrot"]), *figures(it["peer"]), f"**{it['ratio']:.2f}**", f"{it['least']:.2f}, {it['most']:.2f}"]
        for name, it in measured.items()
    ]
    return table(head, rows)


def growth(measured):
    head = [
        "notes", "text, MB", "first scan: CPU s", "CPU ms each", "MiB", "nothing changed: CPU s", "MiB",
        "report: CPU s", "MiB", "catalog / text",
        "index checked: MB per CPU s",
    ]
    rows = []
    for number, it in sorted(measured.items(), key=lambda it: int(it[0])):
        first, again, report = it["first"], it["again"], it["report"]
        rows.append([
            f"{int(number):,}", f"{it['text'] / 1e6:.0f}", f"{first[0]:.1f}", f"{first[0] / int(number) * 1000:.2f}",
            f"{first[2]:.0f}", f"{again[0]:.2f}", f"{again[2]:.0f}", f"{report[0]:.1f}", f"{report[2]:.0f}",
            f"{it['catalog'] / it['text']:.2f}", f"{it['catalog'] / it['deep'][0] / 1e6:.0f}",
        ])
    return table(head, rows)
