"""`mailer stats`, as a script and a person use it."""

import csv
import io

import pytest

from mailer.commands.stats import NOT_MEASURED
from subscribers.models import List
from subscribers.vocabulary import Status
from tests.commands.conftest import Mailer
from tests.stage import a_list, a_reader

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]


@pytest.fixture
def owner(db: None) -> List:  # noqa: ARG001 - its rows need the database
    """A list of three: Nina chose two interests, Omar gets everything, Zoë has not confirmed."""
    owner = a_list()
    a_reader(owner, "nina@example.org", ["africa", "china"])
    a_reader(owner, "omar@gmail.com")
    a_reader(owner, "zoe@example.org", status=Status.PENDING)
    return owner


def figures(text: str) -> dict[tuple[str, str, str], str]:
    return {
        (row["list"], row["figure"], row["of"]): row["number"] for row in csv.DictReader(io.StringIO(text))
    }


@pytest.mark.usefixtures("owner")
def test_a_script_gets_each_list_with_its_figures(mailer: Mailer) -> None:
    a_list("second")
    ran = mailer("stats", "--json")
    assert (ran.status, ran.err) == (0, "")
    assert [each["list"] for each in ran.json] == ["second", "space-digest"]
    [digest] = mailer("stats", "space-digest", "--json").json
    assert list(digest) == [
        *("list", "at", "people", "everything", "interests", "recent", "months", "suppressions", "domains"),
        *("engagement", "pending", "sign_ups", "left_because"),
    ]
    assert digest["people"] == {"pending": 1, "active": 2, "paused": 0, "unsubscribed": 0}
    assert (digest["everything"], digest["interests"]["africa"]) == (1, 1)
    assert digest["domains"] == [
        {"domain": "example.org", "people": 1},
        {"domain": "gmail.com", "people": 1},
    ]
    assert digest["pending"] == {"people": 1, "oldest": "2026-12-01T09:00:00Z"}


@pytest.mark.usefixtures("owner")
def test_a_spreadsheet_gets_a_line_a_figure(mailer: Mailer) -> None:
    ran = mailer("stats", "--csv")
    found = figures(ran.out)
    assert len(found) == ran.out.count("\n") - 1
    assert found["space-digest", "people", "active"] == "2"
    assert found["space-digest", "everything", ""] == "1"
    assert found["space-digest", "interest", "china"] == "1"
    assert found["space-digest", "suppressed", "bounced"] == "0"
    assert found["space-digest", "domain", "gmail.com"] == "1"
    assert found["space-digest", "opened within days", "30"] == "0"
    assert found["space-digest", "joined within days", "7"].isdigit()


def test_a_person_reads_tables(mailer: Mailer, owner: List) -> None:
    ran = mailer("stats", "space-digest")
    assert (ran.status, ran.err) == (0, "")
    for line in (
        *("list\tspace-digest", "active people\t2", "unconfirmed since\t2026-12-01 09:00 UTC"),
        *("everything\t1", "south-asia\t0", "gmail.com\t1", "last days\topened\tclicked"),
    ):
        assert line in ran.out.splitlines()
    assert NOT_MEASURED not in ran.out
    List.objects.filter(pk=owner.pk).update(tracked=False)
    untracked = mailer("stats", "space-digest")
    assert f"opened, clicked\t{NOT_MEASURED}" in untracked.out.splitlines()
    assert "last days\topened" not in untracked.out
    assert mailer("stats", "space-digest", "--json").json[0]["engagement"] is None
    assert not [key for key in figures(mailer("stats", "--csv").out) if key[1].startswith("opened")]


def test_a_list_without_people_has_figures_too(mailer: Mailer) -> None:
    a_list()
    ran = mailer("stats", "space-digest")
    assert (ran.status, ran.err) == (0, "Nobody is active.\n")
    assert "active people\t0" in ran.out


def test_without_a_list_there_is_nothing_to_count(mailer: Mailer) -> None:
    hint = "There is no list yet: make one with `mailer lists add`.\n"
    assert (mailer("stats").out, mailer("stats").err) == ("", hint)
    assert mailer("stats", "--json").json == []
    assert mailer("stats", "--csv").out == "list,figure,of,number\n"


@pytest.mark.usefixtures("owner")
def test_nonsense_is_refused_in_one_clear_line(mailer: Mailer) -> None:
    missing = mailer("stats", "nope")
    assert (missing.status, missing.out) == (1, "")
    assert missing.err == "mailer: There is no list 'nope'; there is space-digest\n"
    for words in (("--json", "--csv"), ("space-digest", "nope"), ("--nonsense",)):
        assert mailer("stats", *words).status == 2


def test_the_command_shows_an_example(mailer: Mailer) -> None:
    assert "Example: mailer stats space-digest" in mailer("stats", "--help").out
