"""`mailer lists testers`, as a script and a person use it."""

import pytest

from subscribers.models import Change, List
from tests.commands.conftest import Mailer
from tests.stage import a_list

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db", "owner")]

TESTERS = ("lists", "testers", "space-digest")


@pytest.fixture
def owner(db: None) -> List:  # noqa: ARG001 - it wants the database
    return a_list()


def test_an_empty_test_list_says_how_to_fill_it(mailer: Mailer) -> None:
    assert mailer(*TESTERS).err + mailer(*TESTERS).out == (
        "Nobody is on it yet: `mailer lists testers space-digest --add ADDRESS` puts somebody there.\n"
    )
    assert mailer(*TESTERS, "--json").json == {
        "list": "space-digest",
        "addresses": [],
        "added": 0,
        "removed": 0,
    }


def test_people_are_added_shown_and_taken_off(mailer: Mailer) -> None:
    told = mailer(*TESTERS, "--add", "Ada@news.example", "--add", "bo@news.example")
    assert told.out == "2 added: the test list of space-digest has 2 addresses.\n"
    assert "Ada@news.example" in mailer(*TESTERS).out
    told = mailer(
        *TESTERS, "--remove", "ada@news.example", "--remove", "bo@news.example", "--add", "c@d.example"
    )
    assert told.out == "1 added and 2 taken off: the test list of space-digest has 1 address.\n"
    assert mailer(*TESTERS, "--json").json["addresses"] == ["c@d.example"]


def test_twice_is_once(mailer: Mailer) -> None:
    mailer(*TESTERS, "--add", "ada@news.example")
    again = mailer(*TESTERS, "--add", "ADA@news.example", "--remove", "bo@news.example")
    assert again.out == "Nothing was changed: the test list of space-digest has 1 address.\n"
    assert Change.objects.filter(what="lists testers").count() == 1


@pytest.mark.parametrize("option", ["--add", "--remove"])
def test_what_is_no_address_changes_nothing(mailer: Mailer, option: str) -> None:
    refused = mailer(*TESTERS, "--add", "ada@news.example", option, "nobody")
    assert (refused.status, refused.out) == (1, "")
    assert refused.err.startswith("mailer: nobody: ")
    assert mailer(*TESTERS, "--json").json["addresses"] == []


def test_a_test_list_that_would_be_an_audience_is_refused(mailer: Mailer) -> None:
    many = [word for n in range(51) for word in ("--add", f"t{n}@news.example")]
    refused = mailer(*TESTERS, *many)
    assert (refused.status, refused.out) == (1, "")
    assert refused.err == (
        "mailer: A test list has at most 50 addresses, and this would be 51: more is a segment\n"
    )
