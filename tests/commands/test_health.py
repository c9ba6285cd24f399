"""`mailer health`, as a person and a container's health check use it."""

import datetime as dt

import pytest

from mailer import events
from tests.commands.conftest import Mailer

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def test_with_nothing_to_do_all_is_well(mailer: Mailer) -> None:
    well = mailer("health")
    assert (well.status, well.out, well.err) == (0, "Nothing is due.\n", "")
    assert mailer("health", "--json").json == {"healthy": True, "due": [], "faults": []}


def test_what_is_due_and_not_taken_is_one_line_and_status_1(mailer: Mailer) -> None:
    events.store(b"[]", now=dt.datetime.now(dt.UTC) - dt.timedelta(minutes=5))
    assert mailer("health", "--patience", "600").status == 0
    ill = mailer("health", "--json")
    assert (ill.status, ill.json["healthy"]) == (1, False)
    [line] = ill.err.splitlines()
    assert line.startswith("mailer: 1 webhook body has been due since ")
    assert mailer("health").out.startswith("due\thow many\tsince\ttaken lately\nwebhook bodies\t1\t")


def test_it_shows_an_example(mailer: Mailer) -> None:
    assert "Example: mailer health" in mailer("health", "--help").out
