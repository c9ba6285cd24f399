"""`python -m benchmarks.exporting --people 1000000`: a list written as CSV, against COPY of the same rows.

Starts a PostgreSQL of its own and makes people in it. Both read the same rows by the same statement and write
them to a file, in turns; ours also makes of them what import takes. The memory is this process's, which makes
nobody itself.
"""

import argparse
import datetime as dt
import json
import os
import platform
import statistics
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.measuring import Figure, figure, once
from tests.servers import postgresql

SECRETS = dict.fromkeys(("MAILER_SECRET_KEY", "MAILER_HASH_KEY"), "only-for-a-benchmark-0123456789abcdef")
ROUNDS = 3

# Names with commas and names like formulas, attributes of a third of them, two consents of every fourth, and
# one suppression in nine.
STATEMENTS = (
    """
    INSERT INTO subscriber
      (address, canonical, address_key, name, locale, text_only, tracked, attributes, created_at)
    SELECT 'Reader' || n || '@d' || mod(n, 1000) || '.example',
      'reader' || n || '@d' || mod(n, 1000) || '.example', md5(n::text),
      CASE WHEN mod(n, 7) = 0 THEN '+Nina Okafor ' ELSE 'Reader, number ' END || n, 'en', FALSE, TRUE,
      CASE WHEN mod(n, 3) = 0 THEN jsonb_build_object('city', 'Nairobi', 'number', n) ELSE '{}' END,
      '2026-01-01T00:00:00Z'
    FROM generate_series(1, %(people)s) AS n
    """,
    """
    INSERT INTO subscription (subscriber_id, list_id, status, everything, interests, since, changed_at)
    SELECT id, %(list)s, CASE WHEN mod(id, 11) = 0 THEN 'unsubscribed' ELSE 'active' END, mod(id, 16) = 0,
      mod(id, 16),
      '2025-09-17T10:11:12Z'::timestamptz + id * interval '1 second', '2026-02-02T00:00:00Z'
    FROM subscriber ORDER BY id
    """,
    """
    INSERT INTO consent (subscriber_id, list_id, action, at, how, wording, network, detail)
    SELECT id, %(list)s, action, '2026-01-02T00:00:00Z'::timestamptz + id * interval '1 second', how,
      '', '', '{}'
    FROM subscriber, (VALUES ('granted', 'import of spring.csv', 1), ('confirmed', 'form /subscribe', 4))
      AS agreed (action, how, every)
    WHERE mod(id, every) = 0 ORDER BY id
    """,
    """
    INSERT INTO suppression (address_key, list_id, reason, source, at, lifted_because)
    SELECT address_key, CASE WHEN mod(id, 11) = 0 THEN %(list)s END,
      CASE WHEN mod(id, 11) = 0 THEN 'unsubscribed' ELSE 'bounced' END, 'the past', '2026-02-02T00:00:00Z', ''
    FROM subscriber WHERE mod(id, 11) = 0 OR mod(id, 89) = 0
    """,
    "ANALYZE",
)


def main() -> None:
    """Run it and print what it took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.exporting", description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figure there too")
    asked = parser.parse_args()
    server = postgresql.start()
    try:
        with tempfile.TemporaryDirectory(prefix="mailer-exporting-") as folder:
            found = _run(asked.people, server.url, Path(folder))
    finally:
        server.stop()
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; PostgreSQL on the"
        f" same cores, {asked.people:,} people, {ROUNDS} rounds\n"
        f"{found.name}: {found.value:.1f} {found.unit}, COPY {found.limit:.1f} {found.unit},"
        f" {found.ratio:.2f}x, peak memory {found.rss_mb:.0f} MB"
    )
    if asked.json:
        asked.json.write_text(json.dumps([found.as_json()], indent=2) + "\n")


def _run(people: int, database: str, folder: Path) -> Figure:
    os.environ |= SECRETS | {
        "DJANGO_SETTINGS_MODULE": "mailer.settings",
        "DATABASE_URL": database,
        "MAILER_DATA_DIR": str(folder),
    }
    import django  # noqa: PLC0415 - its settings read the environment just set

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 - the same

    call_command("migrate", verbosity=0, interactive=False)
    newsletter = _stage(people)
    rounds = [
        (once(lambda: _export(newsletter, people, folder)), once(lambda: _copy(newsletter, people, folder)))
        for _ in range(ROUNDS)
    ]
    ours, limit = (statistics.median(times) for times in zip(*rounds, strict=True))
    return figure(f"export {people:,} people as CSV", "s", ours, limit)


def _stage(people: int) -> Any:
    from django.db import connection  # noqa: PLC0415 - models want Django ready

    from subscribers.lists import add_list, parse_sender  # noqa: PLC0415 - the same

    newsletter = add_list(
        "space-digest",
        name="Space Digest",
        sender=parse_sender("Space Digest <editor@space-digest.example>"),
        postal_address="14 Observatory Road, Cape Town 7925",
        interests={"china": "China", "russia": "Russia", "africa": "Africa", "south-asia": "South Asia"},
    ).newsletter
    with connection.cursor() as cursor:
        for statement in STATEMENTS:
            cursor.execute(statement, {"people": people, "list": newsletter.pk})
    return newsletter


def _export(newsletter: Any, people: int, folder: Path) -> None:
    from subscribers import exporting  # noqa: PLC0415 - models want Django ready

    with (folder / "ours.csv").open("w", encoding="utf-8", newline="") as out:
        written = exporting.write(exporting.Whom(newsletter, dt.datetime.now(dt.UTC)), out)
    if written != people:
        raise RuntimeError(f"{written} were written")


def _copy(newsletter: Any, people: int, folder: Path) -> None:
    from django.db import connection  # noqa: PLC0415 - models want Django ready

    from subscribers import exporting  # noqa: PLC0415 - the same

    statement = exporting.READ.format(by_person="", whom="TRUE")
    bound = {"list": newsletter.pk, "after": 0, "last": 2**63 - 1}
    with connection.cursor() as cursor, (folder / "bare.csv").open("wb") as out:
        copying: Any = cursor
        with copying.copy(f"COPY ({statement}) TO STDOUT (FORMAT csv)", bound) as copy:
            for block in copy:
                out.write(block)
    with (folder / "bare.csv").open("rb") as lines:
        copied = sum(1 for _ in lines)
    if copied != people:
        raise RuntimeError(f"{copied} were copied")


if __name__ == "__main__":
    main()
