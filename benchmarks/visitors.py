"""An installation for visitors to look at: its servers, its list and readers, and what they ask."""

import datetime as dt
import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.load import Ask
from benchmarks.processes import Installation
from tests.servers import postgresql
from tests.servers import redis as redis_server

SECRETS = dict.fromkeys(("MAILER_SECRET_KEY", "MAILER_HASH_KEY"), "only-for-a-benchmark-0123456789abcdef")
# Settings of somebody's own installation: with one of these, letters might really leave.
FOREIGN = ("MAILER_", "SENDGRID_", "SMTP_", "CELERY_", "DJANGO_", "DATABASE_URL", "REDIS_URL")
SLUG, SAMPLE = "space-digest", "mailer/samples/edition.md"
INTERESTS = {"china": "China", "russia": "Russia", "africa": "Africa", "south-asia": "South Asia"}
# How many sign up in the busiest hour of a usual day: what is asked for here is no flood to them.
BUSY = 5_000
LOOK_AGAIN = 0.2  # seconds


@contextmanager
def servers(folder: Path) -> Iterator[dict[str, str]]:
    """Start PostgreSQL and Redis; return the environment of an installation on them."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    database, broker = postgresql.start(), redis_server.start(redis_server.new_folder())
    try:
        yield (
            kept
            | SECRETS
            | {
                "DATABASE_URL": database.url,
                "REDIS_URL": f"{broker.url}/0",
                "MAILER_DATA_DIR": str(folder / "data"),
                "MAILER_SANDBOX_URL": f"http://127.0.0.1:{free_port()}",
                "WEB_CONCURRENCY": "2",
            }
        )
    finally:
        broker.stop()
        database.stop()


def stage(installation: Installation, readers: int) -> int:
    """Make a list, its readers and an edition by the commands; return the edition's number.

    From then on Django in this process is the installation's.
    """
    installation.run("migrate")
    interests = [word for slug, name in INTERESTS.items() for word in ("--interest", f"{slug}={name}")]
    installation.run(
        *("lists", "add", SLUG, "--name", "Space Digest", "--from", "Space Digest <editor@news.example>"),
        *("--postal-address", "1 Orbit Road, Nairobi", *interests),
    )
    file, slugs = installation.folder / "readers.csv", list(INTERESTS)
    with file.open("w", encoding="utf-8") as people:
        people.write("email,interests\n")
        for number in range(readers):
            chosen = ";".join(slug for bit, slug in enumerate(slugs) if number % 16 >> bit & 1)
            people.write(f"reader{number:07}@readers.example,{chosen}\n")
    installation.run("subscribers", "import", SLUG, str(file), "--consent", "a benchmark")
    printed, _ = installation.run("editions", "import", SLUG, SAMPLE, "--json")
    os.environ |= dict(installation.environ) | {"DJANGO_SETTINGS_MODULE": "mailer.settings"}
    import django  # noqa: PLC0415 - its settings read the environment just set

    django.setup()
    return int(json.loads(printed)["id"])


def be_used_to_many() -> None:
    """Let the week before have been so busy that nothing here is a flood."""
    from subscribers.brakes import HOUR  # noqa: PLC0415 - models want Django ready
    from subscribers.models import Brake  # noqa: PLC0415 - the same

    now = dt.datetime.now(dt.UTC)
    hour = int(now.timestamp() // HOUR.total_seconds())
    busy = [[hour - 24 * day - 5, BUSY] for day in range(7)]
    Brake.objects.create(name="sign-ups", times=busy, keep_until=now + 24 * 7 * HOUR)


def get(kind: str, path: str) -> Ask:
    """Return a look at a page."""
    return Ask(kind, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Language: fr,en;q=0.5")


def post(kind: str, path: str, form: Mapping[str, str], *, network: int = 0) -> Ask:
    """Return a form as a browser of a numbered network sends it."""
    lines = (f"POST {path} HTTP/1.1", "Host: localhost", "Content-Type: application/x-www-form-urlencoded")
    forwarded = f"X-Forwarded-For: 11.{network >> 8 & 255}.{network & 255}.7"
    return Ask(kind, "\r\n".join([*lines, forwarded]), urlencode(form).encode())


def sign_up(kind: str, address: str, network: int, *, difficulty: int | None = None) -> Ask:
    """Return a sign-up with a ticket that a page gave out a minute ago, and its proof."""
    from mailer.web.tickets import USUAL, Ticket, make, proved  # noqa: PLC0415 - settings want Django ready
    from subscribers.models import List  # noqa: PLC0415 - the same

    shown = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1)
    needed = difficulty or USUAL.difficulty
    ticket = make(Ticket(shown, needed), List.objects.only("pk").get(slug=SLUG).pk)
    proof = next(str(number) for number in count() if proved(ticket, str(number), needed))
    form = {"email": address, "site": "", "lang": "en", "ticket": ticket, "proof": proof}
    return post(kind, f"/subscribe/{SLUG}", form | {"interest": "africa"}, network=network)


def until(fact: Callable[[], object], within: float) -> None:
    """Return as soon as `fact` holds; end the program if it does not `within` so many seconds."""
    pause, deadline = threading.Event(), time.monotonic() + within
    while not fact():
        if time.monotonic() > deadline:
            raise SystemExit(f"not so after {within:g} s")
        pause.wait(LOOK_AGAIN)


def free_port() -> int:
    """Return a port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
