"""`python -m benchmarks.pages`: the public pages under load while a send runs, on one machine.

Starts PostgreSQL, Redis and `mailer up` (two web processes, one worker, the sandbox) of its own, begins to
send to so many readers, and meanwhile asks the pages 200 times a second: the front page, forms, preferences
shown and saved, one-click, sign-ups with their proof. Then it looks whether each POST's effect is in the
database, and whether the send's ledger adds up.
"""

import argparse
import asyncio
import datetime as dt
import json
import os
import platform
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from benchmarks.load import Answered, Ask, Load, times
from benchmarks.processes import Installation
from benchmarks.visitors import (
    INTERESTS,
    SLUG,
    be_used_to_many,
    free_port,
    get,
    post,
    servers,
    sign_up,
    stage,
    until,
)

SETTLED_WITHIN = 900  # seconds
BAR = 100.0  # milliseconds, the 95th of 100
# Of a hundred requests.
MIX = {
    "front page": 15,
    "stylesheet": 10,
    "subscribe, shown": 15,
    "subscribe, sent": 10,
    "preferences, shown": 20,
    "preferences, saved": 10,
    "leave, shown": 5,
    "one-click": 15,
}


@dataclass(frozen=True)
class Plan:
    """What to ask, in order, and whose effects to look for afterwards: subscriptions, and addresses."""

    asks: Sequence[Ask]
    saved: frozenset[int]
    left: frozenset[int]
    signed_up: frozenset[str]


def main() -> None:
    """Run it and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--readers", type=int, default=300_000, help="of the send that runs meanwhile")
    parser.add_argument("--rate", type=float, default=200, help="requests a second")
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mailer-pages-") as folder, servers(Path(folder)) as environ:
        figures = _run(asked, Installation(environ, Path(folder)))
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()};"
        f" everything on these cores, the load too; {dt.datetime.now(dt.UTC):%Y-%m-%d}"
    )
    for name, value in figures.items():
        print(f"{name:45} {value}")
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=2) + "\n")
    if not figures["all holds"]:
        sys.exit(1)


def _run(asked: argparse.Namespace, installation: Installation) -> dict[str, Any]:
    port = free_port()
    edition = stage(installation, asked.readers)
    plan = _plan(int(asked.rate * asked.seconds))
    load, figures = Load(port), {"readers": asked.readers}
    with installation.up(port):
        asyncio.run(Load(port).run([ask for ask in plan.asks if not ask.body][:200], 100))  # warm
        installation.run("sends", "schedule", str(edition))
        until(lambda: _send()["status"] == "sending", 120)
        before = _send()
        cpu = time.process_time()
        took = asyncio.run(load.run(plan.asks, asked.rate))
        figures["processor share of the load itself, %"] = round((time.process_time() - cpu) / took * 100)
        after = _send()
        figures |= _of_answers(load.answers, took)
        figures["letters accepted while the pages were asked"] = after["accepted"] - before["accepted"]
        figures["the send was still running at the end"] = after["status"] == "sending"
        until(lambda: _send()["status"] not in {"sending", "settling"}, SETTLED_WITHIN)
        until(lambda: not _unanswered(), 60)
        figures |= _of_effects(plan)
        figures |= _of_the_send()
    figures["all holds"] = bool(
        figures["p95, ms"] < BAR
        and figures["not answered well"] == 0
        and figures["effects missing"] == 0
        and figures["the send's ledger adds up"]
    )
    return figures


def _plan(total: int) -> Plan:
    """Return `total` requests in a random order of the mix; every POST has a reader or address of its own."""
    from subscribers import tokens  # noqa: PLC0415 - settings want Django ready
    from subscribers.models import Subscription  # noqa: PLC0415 - the same

    be_used_to_many()
    readers = iter(Subscription.objects.order_by("-pk").values_list("pk", flat=True)[: total * 2].iterator())
    saved, left, signed_up = set[int](), set[int](), set[str]()

    def preferences() -> str:
        return f"/preferences/{tokens.make('preferences', next(readers))}"

    def signing_up() -> Ask:
        signed_up.add(address := f"new{len(signed_up):06}@readers.example")
        return sign_up("subscribe, sent", address, len(signed_up))

    def saving() -> Ask:
        saved.add(reader := next(readers))
        form = {"interest": "south-asia", "whole": "yes"}
        return post("preferences, saved", f"/preferences/{tokens.make('preferences', reader)}", form)

    def leaving() -> Ask:
        left.add(reader := next(readers))
        return post("one-click", f"/u/{tokens.make('leave', reader)}", {"List-Unsubscribe": "One-Click"})

    makers: dict[str, Callable[[], Ask]] = {
        "front page": lambda: get("front page", "/"),
        "stylesheet": lambda: get("stylesheet", "/static/public.css"),
        "subscribe, shown": lambda: get("subscribe, shown", f"/subscribe/{SLUG}"),
        "subscribe, sent": signing_up,
        "preferences, shown": lambda: get("preferences, shown", preferences()),
        "preferences, saved": saving,
        "leave, shown": lambda: get("leave, shown", f"/u/{tokens.make('leave', next(readers))}"),
        "one-click": leaving,
    }
    chance = random.Random(5)  # noqa: S311 - nobody has to guess it
    kinds = chance.choices(list(MIX), weights=list(MIX.values()), k=total)
    asks = [makers[kind]() for kind in kinds]
    return Plan(asks, frozenset(saved), frozenset(left), frozenset(signed_up))


def _of_answers(answers: Sequence[Answered], took: float) -> dict[str, Any]:
    found: dict[str, Any] = {"requests": len(answers), "requests a second": round(len(answers) / took, 1)}
    all_of_them = times(answers)
    found |= {
        "median, ms": round(all_of_them.median, 1),
        "p95, ms": round(all_of_them.p95, 1),
        "p99, ms": round(all_of_them.p99, 1),
        "longest, ms": round(all_of_them.longest, 1),
    }
    for kind in MIX:
        these = times(each for each in answers if each.ask.kind == kind)
        found[f"  {kind}"] = f"{these.count:6}  median {these.median:6.1f}  p95 {these.p95:6.1f} ms"
    found["not answered well"] = sum(each.status != HTTPStatus.OK for each in answers)
    found["statuses"] = dict(Counter(each.status for each in answers))
    return found


def _of_effects(plan: Plan) -> dict[str, Any]:
    """Look for what each POST was for."""
    from subscribers.models import Request, Subscription  # noqa: PLC0415 - models want Django ready

    south_asia = 1 << list(INTERESTS).index("south-asia")
    saved = Subscription.objects.filter(pk__in=plan.saved, interests=south_asia, everything=False).count()
    left = Subscription.objects.filter(pk__in=plan.left, status="unsubscribed").count()
    requests = Request.objects.filter(address__in=plan.signed_up)
    signed_up, written = requests.count(), requests.exclude(written_at=None).count()
    wanted = len(plan.saved) + len(plan.left) + len(plan.signed_up)
    return {
        "POSTs": wanted,
        "effects missing": wanted - saved - left - signed_up,
        "sign-ups whose letter was written": f"{written} of {signed_up}",
    }


def _of_the_send() -> dict[str, Any]:
    from mailer import reports, sends  # noqa: PLC0415 - models want Django ready
    from mailer.models import Send  # noqa: PLC0415 - the same

    send = sends.find(Send.objects.get().pk)
    sums = reports.ledger(send)
    return {
        "the send": send.status,
        "candidates": sums.candidates,
        **{f"  {name}": value for name, value in sums.outcomes.items() if value},
        "the send's ledger adds up": sums.adds_up,
    }


def _send() -> dict[str, Any]:
    from mailer.models import Delivery, Send  # noqa: PLC0415 - models want Django ready

    accepted = Delivery.objects.filter(batch__state="accepted").count()
    return {"status": Send.objects.get().status, "accepted": accepted}


def _unanswered() -> bool:
    from subscribers.models import Request  # noqa: PLC0415 - models want Django ready

    return Request.objects.filter(answered_at=None).exists()


if __name__ == "__main__":
    main()
