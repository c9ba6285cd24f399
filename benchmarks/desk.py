"""`python -m benchmarks.desk`: every page of the desk with a million subscribers and thirty million events.

Seeds a PostgreSQL of its own, or takes one that is seeded (`--database`), adds a draft, a scheduled edition
and a send under way, starts `mailer web`, signs in as an admin and asks each page again and again, one at a
time. The days of the last year are counted first, as the sweep would have. The bar is design.md's: 95 of 100
answers within 100 ms.
"""

import argparse
import datetime as dt
import http.client
import json
import os
import platform
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from tests.servers import postgresql

SECRETS = dict.fromkeys(("MAILER_SECRET_KEY", "MAILER_HASH_KEY"), "only-for-a-benchmark-0123456789abcdef")
SAMPLE = Path("mailer/samples/edition.md")
BAR, WARM = 100.0, 3  # milliseconds; answers that are not counted
OFTEN = 40
DELIVERIES = 11_600_000  # of which `mailer seed` tells 2.6 events each: 30,000,000
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def main() -> None:
    """Run it and print what each page took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.desk", description=__doc__)
    parser.add_argument("--subscribers", type=int, default=1_000_000)
    parser.add_argument("--deliveries", type=int, default=DELIVERIES)
    parser.add_argument("--database", help="a PostgreSQL that `mailer seed` has filled; it is written to")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    asked = parser.parse_args()
    with _database(asked.database) as url, tempfile.TemporaryDirectory(prefix="mailer-desk-") as folder:
        # What was seeded with another hash key would be nobody's: it is taken from the environment then.
        os.environ |= SECRETS | os.environ | {"DATABASE_URL": url, "MAILER_DATA_DIR": folder}
        _mailer("migrate")
        if not asked.database:
            people, letters = str(asked.subscribers), str(asked.deliveries)
            _mailer("seed", "--subscribers", people, "--deliveries", letters, "--yes")
        figures = list(_measure())
        held = _held()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(", ".join(f"{rows:,} {name}" for name, rows in held.items()))
    print(f"{'page':44} {'median':>9} {'p95':>9} {'answer':>10}")
    for name, middle, late, size in figures:
        print(
            f"{name:44} {middle:6.1f} ms {late:6.1f} ms {size / 1000:7.0f} kB{'  OVER' if late > BAR else ''}"
        )
    if asked.json:
        pages = [dict(zip(("page", "median_ms", "p95_ms", "bytes"), row, strict=True)) for row in figures]
        asked.json.write_text(json.dumps({"rows": held, "pages": pages}, indent=2) + "\n", encoding="utf-8")


@contextmanager
def _database(given: str | None) -> Iterator[str]:
    if given:
        yield given
        return
    server = postgresql.start()
    try:
        yield server.url
    finally:
        server.stop()


def _mailer(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "mailer", *words], check=True, stdout=sys.stderr)


def _measure() -> Iterator[tuple[str, float, float, int]]:
    """Yield each page's name, median and 95th of 100 in milliseconds, and bytes."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "mailer.settings"
    import django  # noqa: PLC0415 - its settings read the environment just set

    django.setup()
    _reckon()
    pages, cookies = _stage(), _signed_in()
    _tidy()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    web = subprocess.Popen([sys.executable, "-m", "mailer", "web", "--port", str(port)])
    try:
        _wait_for(port)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for name, path, form in pages:
            yield name, *_times(connection, path, form, cookies)
    finally:
        web.terminate()
        web.wait()


def _tidy() -> None:
    """Do what PostgreSQL does by itself within a minute of a large send (mailer/migrations/0011)."""
    from django.db import connection  # noqa: PLC0415 - Django is set up by then

    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) delivery")


def _held() -> dict[str, int]:
    """Return how many rows there are of what pages must not read through."""
    from mailer.models import Delivery, Event, Tally, Trace  # noqa: PLC0415 - models want Django ready
    from subscribers.models import Subscriber  # noqa: PLC0415 - the same

    return {
        "subscribers": Subscriber.objects.count(),
        "deliveries": Delivery.objects.count(),
        "events": Event.objects.count(),
        "traces": Trace.objects.count(),
        "tallies": Tally.objects.count(),
    }


def _reckon() -> None:
    """Count the days of the lists, which growth is drawn from; those that are counted stay."""
    from mailer import reckoning  # noqa: PLC0415 - models want Django ready

    began = time.perf_counter()
    days = reckoning.reckon(now=dt.datetime.now(dt.UTC))
    print(f"{days:,} days counted in {time.perf_counter() - began:.1f} s", file=sys.stderr)


def _stage() -> list[tuple[str, str, dict[str, str] | None]]:
    """Add what is under way to what is over; return pages: name, address, form where it is posted."""
    from mailer import editions, sends  # noqa: PLC0415 - models want Django ready
    from mailer.models import Delivery, Edition, Send  # noqa: PLC0415 - the same
    from mailer.timetable import Instant  # noqa: PLC0415 - the same
    from subscribers.models import List  # noqa: PLC0415 - the same

    owner, now = List.objects.order_by("pk")[0], dt.datetime.now(dt.UTC)
    text = re.sub(r"^list: .*", f"list: {owner.slug}", SAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)

    def made(title: str) -> Edition:
        titled = re.sub(r"^title: .*", f"title: {title} {now:%H:%M:%S}", text, flags=re.MULTILINE)
        return editions.import_text(owner, titled.encode(), author="bench", now=now).edition

    draft = made("A draft").pk
    sends.schedule(made("Scheduled"), Instant(now + dt.timedelta(days=2)), by="bench", now=now, word="-")
    running = sends.schedule(made("Under way"), Instant(now), by="bench", now=now, word="-").pk
    sends.prepare(running, now=now)
    over = Send.objects.filter(status="done").latest("pk").pk
    person = Delivery.objects.filter(send=over).latest("pk").subscriber_id
    found = {"list": owner.slug}
    return [
        ("/desk/", "/desk/", None),
        ("a new edition", f"/desk/editions/new?list={owner.slug}", None),
        ("an edition", f"/desk/editions/{draft}", None),
        ("its letter for Africa", f"/desk/editions/{draft}/letter?interest=africa", None),
        ("its history", f"/desk/editions/{draft}/history", None),
        ("its board", f"/desk/editions/{draft}/board", None),
        ("its test letters", f"/desk/editions/{draft}/test", None),
        ("its approval", f"/desk/editions/{draft}/approve", None),
        ("its schedule", f"/desk/editions/{draft}/schedule", None),
        ("the calendar", "/desk/calendar", None),
        ("sends", "/desk/sends/", None),
        ("a send under way", f"/desk/sends/{running}", None),
        ("its live part", f"/desk/sends/{running}/live", None),
        ("its events", f"/desk/sends/{running}/events", None),
        ("a send that is over", f"/desk/sends/{over}", None),
        ("its log", f"/desk/sends/{over}/log", None),
        ("its report", f"/desk/sends/{over}/report", None),
        ("its report, of all its time", f"/desk/sends/{over}/report?time=all", None),
        ("its report, for spreadsheets", f"/desk/sends/{over}/report?form=csv", None),
        ("the clicks on its letter", f"/desk/sends/{over}/report/letter", None),
        ("the letter with them", f"/desk/sends/{over}/report/letter/shown?mode=dark", None),
        ("the same for Africa", f"/desk/sends/{over}/report/letter/shown?interest=africa", None),
        ("the report of a send under way", f"/desk/sends/{running}/report", None),
        ("the report of a list", f"/desk/lists/{owner.slug}/report", None),
        ("the same of a year", f"/desk/lists/{owner.slug}/report?days=365", None),
        ("subscribers", "/desk/subscribers/", None),
        ("subscribers, by the beginning of an address", "/desk/subscribers/", found | {"q": "a"}),
        ("subscribers, of a list", "/desk/subscribers/", found),
        ("a subscriber", f"/desk/subscribers/{person}", None),
        ("a delivery explained", f"/desk/subscribers/{person}/sends/{over}", None),
        ("lists", "/desk/lists/", None),
        ("a list", f"/desk/lists/{owner.slug}", None),
        ("a list, to be changed", f"/desk/lists/{owner.slug}/edit", None),
        ("users", "/desk/users/", None),
        ("the log", "/desk/log/", None),
        ("my account", "/desk/account/", None),
    ]


def _signed_in() -> dict[str, str]:
    from django.test import Client  # noqa: PLC0415 - models want Django ready

    from mailer.accounts.roles import Role  # noqa: PLC0415 - the same
    from tests.accounts import cast  # noqa: PLC0415 - the same

    stamp = f"{time.time():.0f}"
    someone = cast.a_person(Role.ADMIN, email=f"{stamp}@bench.example", name=f"Bench {stamp}")
    browser = cast.signed_in(someone, Client(SERVER_NAME="127.0.0.1"))
    return {name: morsel.value for name, morsel in browser.cookies.items()}


def _wait_for(port: int) -> None:
    began = time.monotonic()
    while time.monotonic() - began < 60:  # noqa: PLR2004 - seconds that a start may take
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            continue
        return
    sys.exit("the web server did not come up")


def _times(
    connection: http.client.HTTPConnection, path: str, form: dict[str, str] | None, cookies: dict[str, str]
) -> tuple[float, float, int]:
    """Return median and 95th of 100 in milliseconds, and the size of an answer in bytes."""
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    method, body, headers = "GET", None, {"Cookie": cookie}
    if form is not None:
        token = next(value for name, value in cookies.items() if "form" in name)
        method, body, headers = "POST", urlencode(form | {"csrfmiddlewaretoken": token}), headers | FORM
    took, size = [], 0
    for _ in range(WARM + OFTEN):
        began = time.perf_counter()
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        size = len(answer.read())
        took.append((time.perf_counter() - began) * 1000)
        if answer.status != 200:  # noqa: PLR2004 - what a page answers
            print(f"{method} {path} answered {answer.status}", file=sys.stderr)
            break
    counted = sorted(took[WARM:])
    return statistics.median(counted), counted[int(len(counted) * 0.95)], size


if __name__ == "__main__":
    main()
