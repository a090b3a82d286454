"""Writing a report, beside the HTML and JSON reporters of jscpd 4 (npm), a finding for a finding.

    python3 benches/report_peers.py [--findings 20000] [--rounds 5]

Both write in memory what they are handed; neither looks for anything. docrot and jscpd take turns,
and each prints the median of its rounds and how many times as fast docrot is. jscpd's clones have
a fragment of two lines each, docrot's findings their evidence, so both carry words.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PACKAGES = ["@jscpd/html-reporter@4.2.5", "@jscpd/finder@4.2.5"]


def bench():
    """Builds the bench and gives the path of the program."""
    command = ["cargo", "bench", "--bench", "report", "--no-run", "--message-format=json"]
    built = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=HERE.parent)
    messages = map(json.loads, built.stdout.splitlines())
    return [it["executable"] for it in messages if it.get("target", {}).get("name") == "report"][-1]


def seconds(command):
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    return json.loads(printed)["seconds"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--findings", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    ours = bench()
    count = str(options.findings)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, *PACKAGES],
            check=True,
        )
        for format in ["html", "json"]:
            mine = [ours, "--findings", count, "--times", "1", format]
            node = ["node", str(HERE / "report_peers.mjs"), folder, count, format, folder]
            rounds = [(seconds(mine), seconds(node)) for _ in range(options.rounds)]
            docrot, jscpd = (statistics.median(it) for it in zip(*rounds))
            each = 1e6 / options.findings
            print(
                f"{format}: docrot {docrot * each:.2f} us a finding, jscpd {jscpd * each:.2f}, "
                f"{jscpd / docrot:.1f} times as fast"
            )


if __name__ == "__main__":
    main()
