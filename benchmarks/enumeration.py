"""`python -m benchmarks.enumeration`: whether the time of an answer tells whose an address is.

Signs up addresses of nine kinds, from unknown to erased, in random order, one after the other over one
connection to `mailer web` on PostgreSQL. Compares each kind with the unknown ones: the difference of the
medians (bar: 5 ms), and the two-sample Kolmogorov-Smirnov test (bar: p > 0.01, below which eight kinds that
are all alike fall in one run of thirteen).
"""

import argparse
import asyncio
import datetime as dt
import json
import math
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.load import Load
from benchmarks.processes import Installation
from benchmarks.visitors import SLUG, be_used_to_many, free_port, servers, sign_up, stage, until
from mailer.embedded import readiness

KINDS = (
    *("unknown", "asked before", "pending", "active", "paused", "unsubscribed"),
    *("bounced", "complained", "erased"),
)
MEDIANS, CHANCE = 5.0, 0.01  # milliseconds; p
WARM = 200


def main() -> None:
    """Run it and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.enumeration", description=__doc__)
    parser.add_argument("--each", type=int, default=1000, help="addresses of each kind")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="mailer-enumeration-") as folder,
        servers(Path(folder)) as environ,
    ):
        taken = _run(asked.each, Installation({**environ, "WEB_CONCURRENCY": "1"}, Path(folder)))
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()};"
        f" {asked.each} of each kind; {dt.datetime.now(dt.UTC):%Y-%m-%d}"
    )
    print(f"{'':15} {'median':>9} {'apart by':>9} {'p':>7}")
    figures = []
    for kind in KINDS:
        median = statistics.median(taken[kind])
        apart = median - statistics.median(taken["unknown"])
        p = kolmogorov_smirnov(taken["unknown"], taken[kind])
        figures.append({"kind": kind, "median_ms": median, "apart_ms": apart, "p": p})
        print(f"{kind:15} {median:6.2f} ms {apart:+6.2f} ms {p:7.3f}")
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=2) + "\n")
    if any(abs(each["apart_ms"]) > MEDIANS or each["p"] <= CHANCE for each in figures):  # type: ignore[operator, arg-type]  # numbers
        sys.exit("the kinds can be told apart")


def kolmogorov_smirnov(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the probability that two samples of one distribution differ as much as these, asymptotically.

    W. H. Press et al., Numerical Recipes, 14.3: Stephens's approximation.
    """
    largest, ranks = 0.0, (0, 0)
    for _, group in _grouped(sorted([(x, 0) for x in one] + [(x, 1) for x in other])):
        ranks = (ranks[0] + group.count(0), ranks[1] + group.count(1))
        largest = max(largest, abs(ranks[0] / len(one) - ranks[1] / len(other)))
    root = math.sqrt(len(one) * len(other) / (len(one) + len(other)))
    scaled = (root + 0.12 + 0.11 / root) * largest
    if scaled < 0.2:  # noqa: PLR2004 - below, the series does not converge, and the sum is 1
        return 1.0
    terms = [math.exp(-2 * j * j * scaled * scaled) for j in range(1, 101)]
    return min(1.0, max(0.0, 2 * (sum(terms[::2]) - sum(terms[1::2]))))


def _grouped(pairs: Sequence[tuple[float, int]]) -> list[tuple[float, list[int]]]:
    found: dict[float, list[int]] = defaultdict(list)
    for value, sample in pairs:
        found[value].append(sample)
    return sorted(found.items())


def _run(each: int, installation: Installation) -> dict[str, list[float]]:
    stage(installation, 0)
    be_used_to_many()
    chance = random.Random(54)  # noqa: S311 - nobody has to guess it
    addresses = [(kind, _address(kind, number)) for kind in KINDS for number in range(each)]
    for kind in KINDS:
        _make(kind, [address for known, address in addresses if known == kind])
    chance.shuffle(addresses)
    warm = [("", f"warm{number:06}@example.org") for number in range(WARM)]
    asks = [
        sign_up(kind, address, number, difficulty=1)
        for number, (kind, address) in enumerate([*warm, *addresses])
    ]
    port = free_port()
    command = [sys.executable, "-m", "mailer", "web", "--port", str(port)]
    with subprocess.Popen(command, env=dict(os.environ)) as web:
        try:
            until(lambda: readiness.web_answers(port, "/healthz"), 60)
            load = Load(port)
            asyncio.run(load.one_by_one(asks))
        finally:
            web.terminate()
    if wrong := [answer.status for answer in load.answers if b"Check your inbox" not in answer.body]:
        raise SystemExit(f"{len(wrong)} sign-ups were not taken: {set(wrong)}")
    taken: dict[str, list[float]] = defaultdict(list)
    for answer in load.answers[WARM:]:
        taken[answer.ask.kind].append(answer.seconds * 1000)
    return taken


def _address(kind: str, number: int) -> str:
    # All of one length, and in no order that an index could tell.
    return f"{random.Random(f'{kind} {number}').getrandbits(48):012x}@example.org"  # noqa: S311 - nobody has to guess it


def _make(kind: str, addresses: Sequence[str]) -> None:
    """Make addresses of one kind."""
    from subscribers import asking, erasing, leaving, suppressions  # noqa: PLC0415 - models want Django ready
    from subscribers.addresses import address_key, parse  # noqa: PLC0415 - the same
    from subscribers.evidence import UNSTATED  # noqa: PLC0415 - the same
    from subscribers.models import List, Subscriber, Subscription  # noqa: PLC0415 - the same
    from subscribers.vocabulary import Suppressed  # noqa: PLC0415 - the same

    now, newsletter = dt.datetime.now(dt.UTC), List.objects.get(slug=SLUG)
    if kind == "unknown":
        return
    if kind == "asked before":
        for address in addresses:
            wish = asking.Wish(newsletter, parse(address), [], tracked=False, current=False, language="en")
            asking.sign_up(wish, origin=UNSTATED, at=now)
        return
    people = Subscriber.objects.bulk_create(
        Subscriber(
            address=address, canonical=address, address_key=address_key(address), created_at=now, locale="fr"
        )
        for address in addresses
    )
    status = kind if kind in {"pending", "active", "paused"} else "active"
    rows: list[Any] = Subscription.objects.bulk_create(
        Subscription(
            subscriber=person,
            list=newsletter,
            status=status,
            everything=True,
            interests=0,
            since=now,
            changed_at=now,
        )
        for person in people
    )
    for address, row in zip(addresses, rows, strict=True):
        match kind:
            case "unsubscribed":
                leaving.unsubscribe(row.pk, "one-click", now)
            case "bounced" | "complained":
                suppressions.suppress(address_key(address), Suppressed(kind), "a benchmark", now)
            case "erased":
                erasing.erase(address, by="a benchmark", at=now)


if __name__ == "__main__":
    main()
