"""`python -m benchmarks.importing --people 1000000`: a CSV file's import, against COPY of the rows it leaves.

Starts a PostgreSQL and a process of its own, so that its peak memory is the import's. The limit is COPY of
the same subscribers, subscriptions and consents, ready-made, into the same tables with the same indexes and
checks, in the same run.
"""

import argparse
import datetime as dt
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.measuring import Figure, figure, once
from tests.servers import postgresql

SECRETS = dict.fromkeys(("MAILER_SECRET_KEY", "MAILER_HASH_KEY"), "only-for-a-benchmark-0123456789abcdef")
INTERESTS = {"china": "China", "russia": "Russia", "africa": "Africa", "south-asia": "South Asia"}
NAMES = ("Nina Okafor", "李伟", "Иван Петров", "Zoë D’Été", "عمر حسن", "Ngozi Adichie", "Anna-Lena Groß", "")
LOCALES = ("en", "zh", "ru", "", "ar", "fr", "de", "")
TABLES = ("subscriber", "subscription", "consent")
PIECE = 1 << 20  # octets


def measure(size: int) -> Iterator[Figure]:
    """Yield the figures of as many people, from a process of their own."""
    with tempfile.TemporaryDirectory(prefix="mailer-bench-") as folder:
        file = Path(folder) / "figures.json"
        words = [sys.executable, "-m", "benchmarks.importing", "--people", str(size), "--json", str(file)]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        for found in json.loads(file.read_text()):
            yield Figure(**found)


def main() -> None:
    """Run it and print what it took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.importing", description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    asked = parser.parse_args()
    server = postgresql.start()
    try:
        with tempfile.TemporaryDirectory(prefix="mailer-bench-") as folder:
            figures = list(_figures(asked.people, server.url, Path(folder)))
    finally:
        server.stop()
    for found in figures:
        print(
            f"{found.name:30} {found.value:8.1f} {found.unit}   limit {found.limit:8.1f} {found.unit}"
            f"   {found.ratio:5.2f}x   {found.rss_mb:5.0f} MB"
        )
    if asked.json:
        asked.json.write_text(json.dumps([asdict(found) for found in figures]) + "\n")


def _figures(people: int, database: str, folder: Path) -> Iterator[Figure]:
    newsletter = _a_list(database, folder)
    file = folder / "people.csv"
    _write(people, file)
    yield _import(newsletter, file, people, folder)


def _a_list(database: str, folder: Path) -> Any:
    os.environ |= SECRETS | {
        "DJANGO_SETTINGS_MODULE": "mailer.settings",
        "DATABASE_URL": database,
        "REDIS_URL": "redis://127.0.0.1:9/0",  # nobody rings
        "MAILER_DATA_DIR": str(folder),
    }
    import django  # noqa: PLC0415 - its settings read the environment just set

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 - the same

    call_command("migrate", verbosity=0, interactive=False)
    from subscribers.lists import add_list, parse_sender  # noqa: PLC0415 - models want Django ready

    return add_list(
        "space-digest",
        name="Space Digest",
        sender=parse_sender("Space Digest <editor@space-digest.example>"),
        postal_address="14 Observatory Road, Cape Town 7925",
        interests=INTERESTS,
    ).newsletter


def _write(people: int, file: Path) -> None:
    """Write a file as they come: other headers, names of many scripts, addresses in no order."""
    slugs = list(INTERESTS)
    sets = [";".join(slug for bit, slug in enumerate(slugs) if number >> bit & 1) for number in range(16)]
    numbers = random.Random(1)  # noqa: S311 - the same file each time
    with file.open("w", encoding="utf-8", newline="") as out:
        out.write("E-Mail;Full name;Language;Topics\r\n")
        for number in range(people):
            key = numbers.getrandbits(40)
            name = NAMES[number % len(NAMES)]
            locale, topics = LOCALES[number % len(LOCALES)], sets[key % len(sets)]
            out.write(f'reader{key:x}.{number}@readers{number % 997}.example;{name};{locale};"{topics}"\r\n')


def _import(newsletter: Any, file: Path, people: int, folder: Path) -> Figure:
    from subscribers.enrolling import Enrolled  # noqa: PLC0415 - models want Django ready
    from subscribers.importing import import_csv  # noqa: PLC0415 - the same

    def ours() -> None:
        done = import_csv(newsletter, file, by="bench", consent="form", at=dt.datetime.now(dt.UTC))
        if done.people != Enrolled(new=people):
            raise RuntimeError(f"not everybody came in: {done.people}")

    took = once(ours)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    limit = once(_copying(folder))
    found = figure(f"import {people:,} people", "s", took, limit)
    # What the limit takes is its own affair.
    return Figure(found.name, found.value, found.unit, found.limit, found.ratio, peak)


def _copying(folder: Path) -> Callable[[], None]:
    """Return what copies the rows that are there into their emptied tables, from files."""
    from django.db import connection  # noqa: PLC0415 - models want Django ready

    for table in TABLES:
        with connection.cursor() as cursor, (folder / table).open("wb") as out:
            _copied(cursor, f"COPY {table} TO STDOUT", out.write)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")

    def copy() -> None:
        with connection.cursor() as cursor:
            for table in TABLES:
                copying: Any = cursor
                with copying.copy(f"COPY {table} FROM STDIN") as into, (folder / table).open("rb") as rows:
                    while piece := rows.read(PIECE):
                        into.write(piece)

    return copy


def _copied(cursor: Any, statement: str, write: Callable[[bytes], object]) -> None:
    with cursor.copy(statement) as rows:
        for piece in rows:
            write(bytes(piece))


if __name__ == "__main__":
    main()
