"""The database refuses to alter or remove a line of the audit log, and a log that was there is chained."""

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from subscribers import changes, sealing
from subscribers.models import Change, List
from tests.stage import a_reader
from tests.tampering import GUARDS

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

NOON = dt.datetime(2026, 3, 24, 12, tzinfo=dt.UTC)
ROOT = Path(__file__).parents[3]
CHECK = ("-m", "mailer", "changes", "check")
BEFORE = ("-m", "django", "migrate", "subscribers", "0003", "-v", "0")
TODAY = ("-m", "django", "migrate", "-v", "0")

# With the models of that time: lines of a list that is there and of one that is gone, and of a reader.
LINES = dedent("""
    import datetime as dt
    import django; django.setup()
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor
    state = MigrationExecutor(connection).loader.project_state([("subscribers", "0003_requests_from_pages")])
    model = lambda name: state.apps.get_model("subscribers", name)
    noon = dt.datetime(2026, 3, 24, 12, 0, 0, 7, tzinfo=dt.UTC)
    newsletter = model("List").objects.create(slug="space-digest", name="Space", created_at=noon,
        sender_name="S", sender_address="s@x.example", postal_address="1 Road")
    nina = model("Subscriber").objects.create(address="nina@x.example", canonical="nina@x.example",
        address_key="0" * 32, created_at=noon)
    model("Change").objects.bulk_create(
        model("Change")(at=noon, who="ada", what="lists set", list=newsletter if n % 2 else None,
            subscriber=nina if n % 3 else None, subject="x", before={"n": n, "m": 0.1}, after={"n": n + 0.5})
        for n in range(1203))
""")
SEAL = "import django; django.setup()\nfrom subscribers.sealing import seal\nprint(seal())"

Run = Callable[..., str]


@pytest.fixture
def guarded(db: None) -> None:  # noqa: ARG001 - it is of the database
    """All guards, of which a test's database on SQLite lacks the one that would keep its rows."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(GUARDS.GUARDS["sqlite"][1])


@pytest.fixture
def line(guarded: None, digest: List) -> Change:  # noqa: ARG001 - a line that is guarded
    """A line about a person and a list, which is sealed."""
    person = a_reader(digest, "nina@example.org").subscriber
    made = changes.record(
        "subscribers set", by="ada", at=NOON, newsletter=digest, person=person, after={"name": "Nina"}
    )
    sealing.seal()
    made.refresh_from_db()
    return made


def refused(sql: str) -> str:
    """Run a statement that must fail; return why it did."""
    with pytest.raises(DatabaseError) as why, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    return str(why.value)


@pytest.mark.parametrize(
    "values",
    [
        "who = 'eve'",
        "at = '2026-03-24 12:00:01'",
        "what = 'x'",
        "subject = 'x'",
        "work = 'x'",
        "told = 'x'",
        "mark = 'x'",
        "list_number = NULL",
        "id = id + 1000",
        """after = '{"name": "N"}'""",
        """before = '{"name": "N"}'""",
        # Blanked by halves, or without a word that says so.
        "before = '{}', after = '{}'",
        "salt = ''",
        "blanked = 'x'",
        "before = '{}', after = '{}', salt = '', subscriber_id = NULL",
        "before = '{}', after = '{}', salt = '', blanked = 'x'",
        # Sealed twice, or no more.
        "number = number + 1",
        "number = NULL, digest = ''",
        "digest = 'x'",
    ],
)
def test_no_line_is_altered(line: Change, values: str) -> None:
    assert "a line of the audit log cannot be altered" in refused(
        f"UPDATE change SET {values} WHERE id = {line.pk}"
    )


def test_a_line_goes_to_no_other_list_or_person(line: Change, second: List) -> None:
    other = a_reader(second, "omar@example.org").subscriber
    for values in (f"list_id = {second.pk}", f"subscriber_id = {other.pk}"):
        assert "cannot be altered" in refused(f"UPDATE change SET {values} WHERE id = {line.pk}")


def test_no_line_is_removed(line: Change) -> None:
    assert "a line of the audit log cannot be removed" in refused(f"DELETE FROM change WHERE id = {line.pk}")
    with pytest.raises(DatabaseError, match="cannot be removed"), transaction.atomic():
        Change.objects.all().delete()
    assert Change.objects.filter(pk=line.pk).exists()


def test_what_was_blanked_is_blanked_once(line: Change) -> None:
    assert changes.blank(Change.objects.filter(pk=line.pk)) == 1
    assert changes.blank(Change.objects.filter(pk=line.pk)) == 0
    assert "cannot be altered" in refused(f"UPDATE change SET blanked = 'x' WHERE id = {line.pk}")


def test_a_list_and_a_person_may_go_and_the_line_stays(line: Change, digest: List) -> None:
    changes.blank(Change.objects.filter(pk=line.pk))
    digest.subscriptions.all().delete()
    digest.delete()
    line.refresh_from_db()
    assert (line.list, line.subscriber, line.who) == (None, None, "ada")


@pytest.fixture
def old(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database of its own, of the kind the tests run on."""
    if connection.vendor == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path / 'old.sqlite3'}"


@pytest.fixture
def run(old: str, tmp_path: Path) -> Run:
    environ = os.environ | {"DATABASE_URL": old, "MAILER_DATA_DIR": str(tmp_path / "data")}

    def run(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_the_log_of_an_installation_that_exists_is_chained_as_it_is(run: Run, old: str) -> None:
    run(*BEFORE)
    run("-c", LINES)
    run(*TODAY)
    assert "Sealed up to line 1,203;" in run(*CHECK)
    run("-m", "mailer", "lists", "set", "space-digest", "--name", "Moon Digest")
    assert "Not sealed yet: 1;" in run(*CHECK)
    assert run("-c", SEAL).startswith("1204:")
    assert '"sealed": 1204' in run(*CHECK, "--json")
    # Whoever goes back and comes again has another chain over the same lines.
    run(*BEFORE)
    run(*TODAY)
    assert '"sealed": 1204' in run(*CHECK, "--json")
    if connection.vendor == "postgresql":
        with psycopg.connect(old) as server, pytest.raises(psycopg.Error, match="cannot be removed"):
            server.execute("DELETE FROM change")
