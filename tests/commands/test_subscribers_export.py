"""`mailer subscribers export`, as a script and a person use it."""

import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from subscribers.models import List, Subscription
from subscribers.segments import keeping
from subscribers.vocabulary import Status
from tests.commands.conftest import Mailer
from tests.stage import NOW, a_list, a_reader
from tests.waiting import until

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

EXPORT = ("subscribers", "export", "space-digest")
HEADINGS = (
    "email,name,locale,interests,status,since,consent,consent_at,attributes,suppressed,paused_until,"
    "text_only,tracked\n"
)
NINA = "nina@example.org,'=Nina,,china;africa,active,2025-12-01T09:00:00Z,,,,,,,\n"
OMAR = "omar@gmail.com,,,,paused,2025-12-01T09:00:00Z,,,,,2027-01-01T00:00:00Z,yes,no\n"


@pytest.fixture
def owner() -> List:
    owner = a_list()
    a_reader(owner, "nina@example.org", ["africa", "china"], name="=Nina")
    omar = a_reader(owner, "omar@gmail.com", status=Status.PAUSED, text_only=True, tracked=False)
    Subscription.objects.filter(pk=omar.pk).update(paused_until=dt.datetime(2027, 1, 1, tzinfo=dt.UTC))
    # Import refuses what lies in the future.
    Subscription.objects.update(since=NOW.replace(year=2025))
    return owner


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize("words", [(), ("-o", "-"), ("--output", "-")])
def test_without_a_file_it_goes_to_standard_output(mailer: Mailer, words: tuple[str, ...]) -> None:
    ran = mailer(*EXPORT, *words)
    assert (ran.status, ran.out, ran.err) == (0, HEADINGS + NINA + OMAR, "")


def test_a_part_of_the_list_is_exported(mailer: Mailer, owner: List) -> None:
    keeping.add(owner, "near", "domain = gmail.com", by="ada", at=NOW)
    assert mailer(*EXPORT, "--status", "active").out == HEADINGS + NINA
    assert mailer(*EXPORT, "--segment", "near").out == HEADINGS + OMAR
    assert mailer(*EXPORT, "--segment", "near", "--status", "active").out == HEADINGS
    assert mailer(*EXPORT, "--status", "active", "--raw").out == HEADINGS + NINA.replace("'=", "=")


@pytest.mark.usefixtures("owner")
def test_json_is_a_list_with_a_line_a_person(mailer: Mailer) -> None:
    ran = mailer(*EXPORT, "--json")
    assert [person["email"] for person in ran.json] == ["nina@example.org", "omar@gmail.com"]
    assert ran.json[0]["name"] == "=Nina"
    assert [json.loads(line.rstrip(","))["email"] for line in ran.out.splitlines()[1:-1]] == [
        "nina@example.org",
        "omar@gmail.com",
    ]


@pytest.mark.usefixtures("owner")
def test_a_file_is_written_once_and_replaced_when_that_is_meant(mailer: Mailer, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    ran = mailer(*EXPORT, "-o", str(file))
    assert (ran.status, ran.out, ran.err) == (0, f"2 people are in {file}.\n", "")
    assert file.read_text() == HEADINGS + NINA + OMAR
    again = mailer(*EXPORT, "-o", str(file), "--status", "active")
    assert (again.status, again.out) == (1, "")
    assert again.err == (
        f"mailer: {file} is there already: replace it? Nobody is here to answer; if you mean it, say --yes\n"
    )
    assert file.read_text() == HEADINGS + NINA + OMAR
    meant = mailer(*EXPORT, "-o", str(file), "--status", "active", "--yes")
    assert (meant.status, meant.out) == (0, f"1 person is in {file}.\n")
    assert file.read_text() == HEADINGS + NINA


def test_a_list_without_people_is_a_line_of_headings(mailer: Mailer) -> None:
    a_list()
    assert mailer(*EXPORT).out == HEADINGS
    assert mailer(*EXPORT, "--json").json == []


@pytest.mark.usefixtures("owner")
def test_what_is_exported_is_imported_and_nothing_is_new(mailer: Mailer, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    mailer(*EXPORT, "-o", str(file))
    imported = mailer("subscribers", "import", "space-digest", str(file), "--consent", "x", "--json")
    assert (imported.status, imported.json["unchanged"], imported.json["new"]) == (0, 2, 0)
    again = tmp_path / "again.csv"
    mailer(*EXPORT, "-o", str(again))
    assert again.read_bytes() == file.read_bytes()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nope",), "There is no list 'nope'; make one with `mailer lists add`"),
        (("nope", "-o", "/nowhere/people.csv"), "There is no list 'nope'"),
    ],
)
def test_a_missing_list_is_one_clear_line(mailer: Mailer, words: tuple[str, ...], said: str) -> None:
    failed = mailer("subscribers", "export", *words)
    assert (failed.status, failed.out) == (1, "")
    assert failed.err.startswith(f"mailer: {said}")


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("/nowhere/people.csv", "/nowhere/people.csv: No such file or directory"),
        ("/proc/people.csv", "/proc/people.csv: "),
        ("/dev/full", "/dev/full: No space left on device"),
        ("/", "/ is a folder: name a file in it"),
    ],
)
def test_what_cannot_be_written_is_one_clear_line(mailer: Mailer, target: str, said: str) -> None:
    failed = mailer(*EXPORT, "-o", target)
    assert (failed.status, failed.out) == (1, "")
    assert failed.err.startswith(f"mailer: {said}")
    assert failed.err.count("\n") == 1


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--status", "gone"), "'pending', 'active', 'paused', 'unsubscribed'"),
        (("--raw", "--json"), "it is about CSV"),
        (("--nonsense",), "No such option"),
    ],
)
def test_nonsense_is_wrong_usage(mailer: Mailer, words: tuple[str, ...], said: str) -> None:
    wrong = mailer(*EXPORT, *words)
    assert (wrong.status, wrong.out) == (2, "")
    assert said in wrong.err


@pytest.mark.usefixtures("owner")
def test_a_segment_that_is_not_there_is_named(mailer: Mailer, tmp_path: Path) -> None:
    failed = mailer(*EXPORT, "--segment", "near", "-o", str(tmp_path / "people.csv"))
    assert (failed.status, list(tmp_path.iterdir())) == (1, [])
    assert failed.err.startswith("mailer: space-digest has no segment 'near'")


def test_the_command_shows_an_example(mailer: Mailer) -> None:
    assert "Example: mailer subscribers export space-digest" in mailer(*EXPORT, "--help").out


class Shell:
    """The command line as a process of its own, on this test's database."""

    def __init__(self, database_url: str) -> None:
        self._environ = os.environ | {"DATABASE_URL": database_url}

    def ran(self, line: str) -> subprocess.CompletedProcess[str]:
        words = ["bash", "-o", "pipefail", "-c", line.replace("MAILER", f"{sys.executable} -m mailer")]
        return subprocess.run(
            words, env=self._environ, capture_output=True, text=True, check=False, timeout=100
        )

    def started(self, *words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "mailer", *words], env=self._environ, stdout=subprocess.DEVNULL
        )


@pytest.fixture
def shell(database_url: str) -> Shell:
    return Shell(database_url)


def crowded(count: int = 3_000) -> List:
    """Return a list of so many that what is written does not fit into a pipe."""
    owner = a_list()
    first = a_reader(owner, "reader0@x.example").subscriber
    people = [
        type(first)(
            address=f"reader{n}@x.example",
            canonical=f"reader{n}@x.example",
            address_key=f"{n:032}",
            name="N" * 100,
            created_at=NOW,
        )
        for n in range(1, count)
    ]
    rows = [
        Subscription(subscriber=person, list=owner, status=Status.ACTIVE, since=NOW, changed_at=NOW)
        for person in type(first).objects.bulk_create(people)
    ]
    Subscription.objects.bulk_create(rows)
    return owner


def test_who_has_read_enough_ends_it_without_a_word(shell: Shell) -> None:
    crowded()
    read = shell.ran("MAILER subscribers export space-digest | head -1")
    assert (read.returncode, read.stdout, read.stderr) == (1, HEADINGS, "")


def test_a_full_disk_is_one_clear_line(shell: Shell) -> None:
    crowded()
    for line in ("export space-digest > /dev/full", "export space-digest -o /dev/full"):
        failed = shell.ran(f"MAILER subscribers {line}")
        assert failed.returncode == 1
        assert failed.stderr.endswith(": No space left on device\n")
        assert failed.stderr.count("\n") == 1


def test_what_is_killed_leaves_no_half_file_of_that_name(shell: Shell, tmp_path: Path) -> None:
    owner = crowded()
    file = tmp_path / "people.csv"
    running = shell.started("subscribers", "export", "space-digest", "-o", str(file))
    until(lambda: any(tmp_path.iterdir()))
    running.kill()
    running.wait(timeout=30)
    lines = file.read_text().count("\n") if file.exists() else None
    assert lines in {None, 1 + owner.subscriptions.count()}
    again = shell.ran(f"MAILER subscribers export space-digest -o {file} --yes")
    assert (again.returncode, again.stderr) == (0, "")
