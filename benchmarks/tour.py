"""`python -m benchmarks.tour --people 1000000`: the README's tour for an admin, each command with its cost.

Starts a PostgreSQL of its own and runs the real commands, one after the other, each as a process of its own:
a list, its people from a CSV file, a segment, an export, a send to a segment through the sandbox, one person
erased, one explained. What each printed is checked; the first that fails ends the tour.
"""

import argparse
import datetime as dt
import json
import os
import platform
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.processes import CommandError, Installation, Step
from tests.servers import postgresql

SECRETS = dict.fromkeys(("MAILER_SECRET_KEY", "MAILER_HASH_KEY"), "only-for-a-benchmark-0123456789abcdef")
# Settings of somebody's own installation: with one of these, letters might really leave.
FOREIGN = ("MAILER_", "SENDGRID_", "SMTP_", "CELERY_", "DJANGO_", "DATABASE_URL", "REDIS_URL")
SLUG, SAMPLE = "space-digest", "mailer/samples/edition.md"
INTERESTS = {"china": "China", "russia": "Russia", "africa": "Africa", "south-asia": "South Asia"}
AFRICA = 1 << list(INTERESTS).index("africa")
NAMES = ("Nina Okafor", "李伟", "Иван Петров", "Zoë D’Été", "عمر حسن", "Ngozi Adichie", "Anna-Lena Groß", "")
DOMAINS, NEAR = 997, 6  # domains of all people, and of the segment that is written to
SOUTHERN = "interest in (africa) and joined within 30 days"
FEWEST = 2_000  # people, so that the segment that is written to holds some
LOOK_AGAIN, DELIVERED_WITHIN = 0.5, 600  # seconds


@dataclass
class People:
    """Whom the file holds, and who of them is in which segment."""

    all: int
    southern: int = 0
    near: list[str] = field(default_factory=list)


def main() -> None:
    """Run it and print what each command took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tour", description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    asked = parser.parse_args()
    if asked.people < FEWEST:
        parser.error(f"--people: {FEWEST:,} at least")
    machine = (
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()};"
        f" PostgreSQL without fsync on the same cores; {dt.datetime.now(dt.UTC):%Y-%m-%d}"
    )
    print(f"{machine}\n{'':29} {'seconds':>8} {'memory':>8} {'status':>6}")
    steps = []
    server = postgresql.start()
    try:
        with tempfile.TemporaryDirectory(prefix="mailer-tour-") as folder:
            for step in _steps(asked.people, server.url, Path(folder)):
                steps.append(step)
                cost = f"{step.seconds:8.2f} {step.rss_mb:5} MB {step.status:6}"
                print(f"{step.command:29} {cost}   {step.found}".rstrip(), flush=True)
    except CommandError as error:
        sys.exit(f"tour: {error}")
    finally:
        server.stop()
    if asked.json:
        figures = {"machine": machine, "people": asked.people, "steps": [asdict(step) for step in steps]}
        asked.json.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _steps(people: int, database: str, folder: Path) -> Iterator[Step]:
    """Go on the tour; yield each step once what it printed is checked."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    ports = _free_ports()
    environ |= SECRETS | {
        "DATABASE_URL": database,
        "MAILER_DATA_DIR": str(folder / "data"),
        "MAILER_SANDBOX_URL": f"http://127.0.0.1:{ports[0]}",
    }
    here, written = Installation(environ, folder), _write(people, folder / "people.csv")
    yield here.run("migrate")[1]
    yield _list(here)
    yield _import(here, written)
    yield from _segment(here, written)
    yield _export(here, written)
    send = yield from _send(here, written, ports[1])
    yield _erase(here, written)
    yield _explain(here, written, send)


def _list(here: Installation) -> Step:
    interests = [word for slug, name in INTERESTS.items() for word in ("--interest", f"{slug}={name}")]
    _, step = here.run(
        *("lists", "add", SLUG, "--name", "Space Digest", *interests),
        *("--from", "Space Digest <editor@space-digest.example>"),
        *("--postal-address", "14 Observatory Road, Cape Town 7925"),
    )
    return step.with_(f"{len(INTERESTS)} interests")


def _import(here: Installation, people: People) -> Step:
    file = str(here.folder / "people.csv")
    said, step = here.run("subscribers", "import", SLUG, file, "--consent", "paper form, spring", "--json")
    _expect("people imported", json.loads(said)["new"], people.all)
    return step.with_(f"{people.all:,} people")


def _segment(here: Installation, people: People) -> Iterator[Step]:
    said, step = here.run("segments", "add", SLUG, "southern", SOUTHERN, "--json")
    _expect("people of the segment", json.loads(said)["total"], people.southern)
    yield step.with_(f"{people.southern:,} people: {SOUTHERN}")
    said, step = here.run("segments", "count", SLUG, "southern", "--json")
    _expect("people counted", json.loads(said)["total"], people.southern)
    yield step.with_(f"{people.southern:,} people")


def _export(here: Installation, people: People) -> Step:
    file = here.folder / "exported.csv"
    _, step = here.run("subscribers", "export", SLUG, "-o", str(file))
    with file.open("rb") as lines:  # no field of these people holds a line feed
        rows = sum(1 for _ in lines) - 1
    _expect("rows exported", rows, people.all)
    return step.with_(f"{rows:,} rows, {file.stat().st_size / 1e6:,.1f} MB")


def _send(here: Installation, people: People, port: int) -> Generator[Step, None, int]:
    """Send the sample edition to the people of a few domains; return the send's number."""
    domains = ", ".join(f"readers{number}.example" for number in range(NEAR))
    near = f"interest in (africa) and domain in ({domains})"
    said, step = here.run("segments", "add", SLUG, "near", near, "--json")
    _expect("people of the small segment", json.loads(said)["total"], len(people.near))
    yield step.with_(f"{len(people.near):,} people: interest in (africa), of {NEAR} domains")
    with here.up(port) as up:
        said, step = here.run("editions", "import", SLUG, SAMPLE, "--json")
        edition = json.loads(said)
        yield step.with_(f"{len(edition['stories'])} stories")
        said, step = here.run("sends", "schedule", str(edition["id"]), "--segment", "near", "--json")
        send = int(json.loads(said)["id"])
        yield step.with_("to the small segment")
        began = time.perf_counter()
        accepted = _delivered(here, send)
        took = round(time.perf_counter() - began, 2)
    _expect("letters accepted", accepted, len(people.near))
    _expect("status of mailer up", up.status, 0)
    found = f"{accepted:,} letters, until each was told of; the largest process"
    yield Step("(mailer up, until delivered)", took, up.rss_mb, up.status, found)
    return send


def _delivered(here: Installation, send: int) -> int:
    """Wait until a send is over and the sandbox has told of each letter; return how many it took."""
    began, pause = time.perf_counter(), threading.Event()
    while not _is_over(shown := here.asked("sends", "show", str(send))):
        if time.perf_counter() - began > DELIVERED_WITHIN:
            raise CommandError(f"send {send} is {shown['status']} after {DELIVERED_WITHIN} s")
        pause.wait(LOOK_AGAIN)
    return int(shown["accepted"])


def _is_over(shown: dict[str, Any]) -> bool:
    # Of each letter there is one or the other: some addresses it drops before it processes anything.
    told = sum(shown["events"].get(kind, 0) for kind in ("processed", "dropped"))
    return shown["status"] in {"done", "done_with_gaps", "paused"} and told >= shown["accepted"]


def _erase(here: Installation, people: People) -> Step:
    gone = people.near[0]
    said, step = here.run("subscribers", "erase", gone, "--yes", "--json")
    places = [place for place in json.loads(said)["places"] if place["rows"]]
    shown = here.asked("subscribers", "show", gone)
    _expect("what is left of them", (shown["created_at"], shown["suppression"]["reason"]), (None, "erased"))
    left = here.asked("segments", "count", SLUG, "near")["total"]
    _expect("people left in the small segment", left, len(people.near) - 1)
    return step.with_(f"{sum(place['rows'] for place in places)} rows in {len(places)} places")


def _explain(here: Installation, people: People, send: int) -> Step:
    said, step = here.run("explain", people.near[1], str(send), "--json")
    explained = json.loads(said)
    _expect("outcome explained", explained["outcome"], "accepted")
    return step.with_(f"{explained['outcome']}, in {len(explained['steps'])} steps")


def _write(people: int, file: Path) -> People:
    """Write a file of people of all sets of interests, with names of many scripts."""
    slugs, written = list(INTERESTS), People(people)
    sets = [";".join(slug for bit, slug in enumerate(slugs) if bits >> bit & 1) for bits in range(16)]
    with file.open("w", encoding="utf-8", newline="") as out:
        out.write("email,name,interests\n")
        for number in range(people):
            address, bits = f"reader{number}@readers{number % DOMAINS}.example", number % len(sets)
            out.write(f"{address},{NAMES[number // len(sets) % len(NAMES)]},{sets[bits]}\n")
            if bits & AFRICA:
                written.southern += 1
                if number % DOMAINS < NEAR:
                    written.near.append(address)
    return written


def _expect(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise CommandError(f"{what}: {found}, and not {wanted}")


def _free_ports() -> tuple[int, int]:
    """Return two ports that nobody listens on; bound together, so that they differ."""
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


if __name__ == "__main__":
    main()
