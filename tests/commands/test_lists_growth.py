"""`mailer lists growth`, as a script and a person use it."""

import csv
import datetime as dt
import io

import pytest

from mailer import reckoning
from mailer.models import Reckoning
from subscribers import people
from subscribers.models import List
from tests.commands.conftest import Mailer
from tests.stage import a_list

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

GROWTH = ("lists", "growth", "space-digest", "--days", "2")
NOW = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def owner(db: None, monkeypatch: pytest.MonkeyPatch) -> List:  # noqa: ARG001 - it wants the database
    monkeypatch.setattr("mailer.commands.lists_growth.now", lambda: NOW)
    owner = a_list()
    List.objects.update(created_at=NOW - dt.timedelta(days=1))
    for days, name, interests in ((1, "ada", ["africa"]), (0, "ben", [])):
        at = NOW - dt.timedelta(days=days)
        people.add(owner, f"{name}@x.example", consent="a stand", by="ed", at=at, interests=interests)
    reckoning.reckon(now=NOW)
    return owner


def test_days_are_shown_and_each_interest_in_short(mailer: Mailer) -> None:
    assert mailer(*GROWTH).out.splitlines() == [
        "day\tactive\tjoined\tleft\totherwise\tlapsed",
        "2026-11-29\t\t\t\t\t",
        "2026-11-30\t1\t1\t0\t\t0",
        "2026-12-01 so far\t2\t1\t0\t\t",
        "interest\tactive\tjoined\tleft\tlapsed",
        "china\t1\t1\t0\t0",
        "russia\t1\t1\t0\t0",
        "africa\t2\t2\t0\t0",
        "south-asia\t1\t1\t0\t0",
    ]


def test_scripts_get_null_for_what_was_not_measured(mailer: Mailer) -> None:
    told = mailer(*GROWTH, "--json").json
    assert {name: told[name] for name in ("list", "zone", "tracked", "interest")} == {
        "list": "space-digest",
        "zone": "UTC",
        "tracked": True,
        "interest": None,
    }
    missing, day = told["days"]
    assert set(missing.values()) == {"2026-11-29", None}
    assert day == {
        "day": "2026-11-30",
        "active": 1,
        "joined": 1,
        "left": 0,
        "otherwise": None,
        "lapsed": 0,
        "counted_at": "2026-12-01T09:00:00Z",
    }
    assert told["today"]["active"] == 2
    africa = told["interests"][2]
    assert (africa["interest"], africa["days"][1]["active"], africa["today"]["active"]) == ("africa", 1, 2)


def test_one_interest_is_shown_alone(mailer: Mailer) -> None:
    told = mailer(*GROWTH, "--interest", "africa", "--json").json
    assert (told["interest"], told["days"][1]["joined"], told["interests"]) == ("africa", 1, [])
    assert mailer(*GROWTH, "--interest", "africa").out.splitlines()[2] == "2026-11-30\t1\t1\t0\t\t0"


def test_a_table_for_scripts_has_a_row_a_day_of_the_list_and_of_each_interest(mailer: Mailer) -> None:
    rows = list(csv.DictReader(io.StringIO(mailer(*GROWTH, "--csv").out)))
    assert len(rows) == 5 * 3
    assert [(row["interest"], row["day"], row["active"], row["lapsed"]) for row in rows[:4]] == [
        ("", "2026-11-29", "", ""),
        ("", "2026-11-30", "1", "0"),
        ("", "2026-12-01", "2", ""),
        ("china", "2026-11-29", "", ""),
    ]


def test_where_nothing_is_tracked_it_is_said_that_nobody_can_tell(mailer: Mailer) -> None:
    List.objects.update(tracked=False)
    told = mailer(*GROWTH).out.splitlines()
    assert told[-1] == "Opens and clicks of this list are not counted, so nobody can tell who lapses."
    of_interests = told[told.index("interest\tactive\tjoined\tleft\tlapsed") + 1 : -1]
    assert {line.split("\t")[-1] for line in of_interests if line} == {""}, "also of days before"


def test_a_retired_interest_says_where_its_days_are(mailer: Mailer, owner: List) -> None:
    owner.interests.filter(slug="russia").update(retired_at=NOW - dt.timedelta(days=20))
    Reckoning.objects.filter(interest__slug="russia").delete()
    found = mailer(*GROWTH, "--interest", "russia")
    assert (found.status, found.out) == (0, "")
    assert found.err == "russia was retired before these days: ask for more with --days.\n"
    assert mailer(*GROWTH, "--interest", "russia", "--csv").out.count("\n") == 1


def test_nonsense_is_refused(mailer: Mailer) -> None:
    assert mailer(*GROWTH, "--json", "--csv").status == 2
    assert mailer("lists", "growth", "space-digest", "--days", "0").status == 2
    assert "venus" in mailer(*GROWTH, "--interest", "venus").err
    assert mailer("lists", "growth", "nowhere").status == 1
