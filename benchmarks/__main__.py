"""`python -m benchmarks --size 10000 --json FILE`: every figure beside its limit, from one run."""

import argparse
import json
import os
import platform
from pathlib import Path

from benchmarks import importing, rendering, sending, smtp

MEASURES = (rendering.measure, sending.measure, smtp.measure, importing.measure)


def main() -> None:
    """Measure, print a table, and write JSON where it is wanted."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--size", type=int, default=10_000, help="readers of the send (default 10000)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    wanted = parser.parse_args()
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()};"
        f" {wanted.size:,} readers, {'DATABASE_URL' if os.environ.get('DATABASE_URL') else 'SQLite'}"
    )
    print(f"{'':40} {'ours':>10} {'limit':>10} {'ratio':>7} {'memory':>8}")
    figures = []
    for measure in MEASURES:
        for found in measure(wanted.size):
            figures.append(found)
            print(
                f"{found.name:40} {found.value:>7.1f} {found.unit:2} {found.limit:>7.1f} {found.unit:2}"
                f" {found.ratio:>6.2f}x {found.rss_mb:>5.0f} MB"
            )
    if wanted.json:
        wanted.json.write_text(json.dumps([found.as_json() for found in figures], indent=2) + "\n")


main()
