"""The tables of a campaign, from its file of JSON lines: for a page that people read."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tests.faults import breaks

HEAD = (
    *(
        "family",
        "database",
        "transport",
        "runs",
        "failed",
        "kills",
        "stops",
        "requests",
        "readers",
        "copies",
        "twice",
        "lost",
    ),
    *("suppressed", "possibly twice", "longest settle", "seeds"),
)


def tell(*lines: str) -> None:
    """Say it to whoever started the campaign, at once."""
    print(*lines, sep="\n", flush=True)  # noqa: T201 - a campaign talks to a person


def show(path: Path) -> int:
    """Print what was run, by family, then the breaks that were caught, then whatever failed; 1 if any did."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    sound = [line for line in lines if not line["broken"]]
    groups: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for line in sound:
        groups[line["family"], line["database"], line["transport"]].append(line)
    rows = [[*key, *_figures(groups[key])] for key in sorted(groups)]
    if sound:
        rows.append(["all", "", "", *_figures(sound)])
        _table(HEAD, rows)
    caught = [line for line in lines if line["broken"] and line["violations"]]
    if caught:
        _table(
            ("break", "what was broken", "caught by", "seed"),
            [
                (line["broken"], breaks.BREAKS[line["broken"]].rule, line["violations"][0][:60], line["seed"])
                for line in caught
                if line["broken"] in breaks.BREAKS
            ],
        )
    for line in sound:
        if line["violations"]:
            tell(f"FAILED {line['family']} {line['database']} {line['transport']} seed {line['seed']}")
            tell(*(f"    {violation}" for violation in line["violations"]))
    return int(any(line["violations"] for line in sound))


def _figures(lines: Sequence[dict[str, Any]]) -> list[object]:
    def total(name: str) -> int:
        if name == "readers":  # candidates, each with one outcome
            return sum(sum(line.get("outcomes", {}).values()) for line in lines)
        return sum(int(line.get(name, 0)) for line in lines)

    seeds = [line["seed"] for line in lines]
    failed = sum(bool(line["violations"]) for line in lines)
    names = (
        "kills",
        "stops",
        "requests",
        "readers",
        "copies",
        "duplicates",
        "lost",
        "suppressed_mailed",
        "possibly_twice",
    )
    longest = max(float(line.get("settle", 0)) for line in lines)
    return [len(lines), failed, *map(total, names), f"{longest:.1f} s", f"{min(seeds)}-{max(seeds)}"]


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    tell(f"| {' | '.join(head)} |")
    tell(f"|{' --- |' * len(head)}")
    for row in rows:
        tell(f"| {' | '.join(map(str, row))} |")
    tell()
