"""`python -m benchmarks.million --readers 1000000`: one send on PostgreSQL, drained through the sandbox.

Starts a PostgreSQL and the sandbox of its own, makes readers, freezes, lets worker processes drain it
without a broker, and compares both ledgers copy by copy. Prints seconds and each process's peak memory.
"""

import argparse
import datetime as dt
import json
import os
import platform
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.servers import postgresql

SECRETS = dict.fromkeys(("MAILER_SECRET_KEY", "MAILER_HASH_KEY"), "only-for-a-benchmark-0123456789abcdef")
LOOK_AGAIN = 0.2  # seconds
INTERESTS = {"china": "China", "russia": "Russia", "africa": "Africa", "south-asia": "South Asia"}
SANDBOX = """
import sys, pathlib, signal
from mailer.sandbox.application import serve
serve(host="127.0.0.1", port=int(sys.argv[2]), folder=pathlib.Path(sys.argv[1]), webhook_url=None)
"""
WORKER = """
import resource, signal, sys, threading
import django
django.setup()
from mailer import logs, polling
logs.configure("worker")
import logging
logging.root.setLevel(logging.WARNING)
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
polling.poll(stop, idle=0.05)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def main() -> None:
    """Run it and print what it took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.million", description=__doc__)
    parser.add_argument("--readers", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    asked = parser.parse_args()
    server = postgresql.start()
    try:
        with tempfile.TemporaryDirectory(prefix="mailer-million-") as folder:
            figures = _run(asked.readers, asked.workers, server.url, Path(folder))
    finally:
        server.stop()
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; PostgreSQL"
        " without fsync, sandbox, workers and database share the cores"
    )
    for name, value in figures.items():
        print(f"{name:45} {value}")
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=2) + "\n")


def _run(readers: int, workers: int, database: str, folder: Path) -> dict[str, Any]:
    port = _free_port()
    os.environ |= SECRETS | {
        "DJANGO_SETTINGS_MODULE": "mailer.settings",
        "DATABASE_URL": database,
        "REDIS_URL": "redis://127.0.0.1:9/0",  # nobody rings, nobody answers: the rows are the queue
        "MAILER_DATA_DIR": str(folder),
        "MAILER_SANDBOX_URL": f"http://127.0.0.1:{port}",
        "MAILER_SWEEP": "5",
    }
    import django  # noqa: PLC0415 - its settings read the environment just set

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 - the same

    call_command("migrate", verbosity=0, interactive=False)
    figures: dict[str, Any] = {"readers": readers, "workers": workers}
    sandbox = subprocess.Popen([sys.executable, "-c", SANDBOX, str(folder / "sandbox"), str(port)])
    try:
        with _timed(figures, "seconds to make the readers"):
            send = _stage(readers)
        _drain(send, workers, figures)
        with _timed(figures, "seconds to compare both ledgers"):
            _reconcile(send, folder / "sandbox", figures)
    finally:
        sandbox.terminate()
        sandbox.wait()
    figures["peak memory of this process, MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return figures


def _drain(send: Any, workers: int, figures: dict[str, Any]) -> None:
    """Freeze here, then let workers take every batch to the sandbox."""
    from mailer import sends  # noqa: PLC0415 - models want Django ready

    with _timed(figures, "seconds to freeze the audience"):
        sends.prepare(send.pk, now=dt.datetime.now(dt.UTC))
    running = [
        subprocess.Popen([sys.executable, "-c", WORKER], stdout=subprocess.PIPE, text=True)
        for _ in range(workers)
    ]
    pause = threading.Event()
    with _timed(figures, "seconds to drain it"):
        while send.status not in {"done", "done_with_gaps", "paused"}:
            pause.wait(LOOK_AGAIN)
            send.refresh_from_db()
    for worker in running:
        worker.terminate()
    figures["peak memory of each worker, MB"] = [int(worker.communicate()[0]) for worker in running]
    figures["status"] = send.status


def _stage(readers: int) -> Any:
    """Make a list with `readers`, evenly over all sets of interests, and schedule the sample edition."""
    from django.db import connection  # noqa: PLC0415 - models want Django ready

    from mailer import editions, sends  # noqa: PLC0415 - the same
    from mailer.timetable import Instant  # noqa: PLC0415 - the same
    from subscribers.addresses import address_key  # noqa: PLC0415 - the same
    from subscribers.lists import add_list, parse_sender  # noqa: PLC0415 - the same

    now = dt.datetime.now(dt.UTC)
    owner = add_list(
        "space-digest",
        name="Space Digest",
        sender=parse_sender("Space Digest <editor@space-digest.example>"),
        postal_address="14 Observatory Road, Cape Town 7925",
        interests=INTERESTS,
    ).newsletter
    with connection.cursor() as cursor:
        with cursor.copy(
            "COPY subscriber (id, address, canonical, address_key, name, locale, text_only, tracked,"
            " attributes, created_at) FROM STDIN"
        ) as copy:
            for number in range(1, readers + 1):
                address = f"reader{number:07}@readers.example"
                copy.write_row(
                    (
                        number,
                        address,
                        address,
                        address_key(address),
                        f"Reader {number}",
                        "",
                        False,
                        True,
                        "{}",
                        now,
                    )
                )
        with cursor.copy(
            "COPY subscription (subscriber_id, list_id, status, everything, interests, since, changed_at)"
            " FROM STDIN"
        ) as copy:
            for number in range(1, readers + 1):
                bits = number % 16
                copy.write_row((number, owner.pk, "active", bits == 0, bits, now, now))
        cursor.execute("ANALYZE subscriber; ANALYZE subscription")
    text = (Path(editions.__file__).parent / "samples" / "edition.md").read_bytes()
    edition = editions.import_text(owner, text, author="the benchmark", now=now).edition
    return sends.schedule(edition, Instant(now), by="the benchmark", now=now)


def _reconcile(send: Any, sandbox: Path, figures: dict[str, Any]) -> None:
    """Compare every copy that we call accepted with those that the sandbox took."""
    from mailer import reports  # noqa: PLC0415 - models want Django ready
    from mailer.reconciling import compare  # noqa: PLC0415 - the same
    from mailer.sandbox import ledger  # noqa: PLC0415 - the same
    from mailer.transports.sendgrid import DELIVERY, SEND  # noqa: PLC0415 - the same

    ours = (
        (line["delivery"], line["email"]) for line in reports.lines(send) if line["outcome"] == "accepted"
    )
    theirs = (
        (int(copy.custom_args[DELIVERY]), copy.address)
        for copy in ledger.copies(sandbox)
        if copy.custom_args.get(SEND) == str(send.pk)
    )
    found = compare(ours, theirs)
    sums = reports.ledger(send)
    figures["candidates"] = sums.candidates
    figures |= {name: value for name, value in sums.outcomes.items() if value}
    figures["adds up"] = sums.adds_up
    figures["only in our ledger"] = len(found.only_ours)
    figures["only in the sandbox's"] = len(found.only_theirs)
    figures["twice"] = len(found.twice)


@contextmanager
def _timed(figures: dict[str, Any], name: str) -> Iterator[None]:
    """Write how many seconds a block took into `figures`."""
    began = time.monotonic()
    yield
    figures[name] = round(time.monotonic() - began, 1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
