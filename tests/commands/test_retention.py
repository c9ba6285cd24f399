import datetime as dt

import pytest

from subscribers.models import Change, List, Subscriber, Subscription
from subscribers.vocabulary import Status
from tests.commands.conftest import Mailer
from tests.stage import a_list, a_reader

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def pending() -> Subscription:
    """Somebody who asked for a list long ago and never confirmed."""
    subscription = a_reader(a_list(), "nina@example.org", status=Status.PENDING)
    before = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    Subscription.objects.update(since=before, changed_at=before)
    return subscription


@pytest.mark.usefixtures("pending")
def test_what_goes_is_said_and_goes_once(mailer: Mailer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "ops")
    would = mailer("retention", "--dry-run")
    assert would.out.splitlines() == [
        "list\tsign-ups removed\tinactive taken off\tpauses over",
        "space-digest\t1\t0\t0",
        "Events are kept for ever; MAILER_KEEP_EVENTS says for how long.",
        "Requests from pages that are over: 0.",
        "This was a dry run: nothing was changed.",
    ]
    assert Subscriber.objects.exists()
    assert mailer("retention", "--json").json == {
        "lists": [
            {
                "list": "space-digest",
                "pauses_over": 0,
                "sign_ups_removed": 1,
                "inactive_ended": 0,
                "blind": False,
            }
        ],
        "events": 0,
        "webhook_bodies": 0,
        "keep_events": None,
        "requests": 0,
        "dry_run": False,
    }
    assert not Subscriber.objects.exists()
    assert "space-digest\t0\t0\t0" in mailer("retention").out
    assert Change.objects.get(what="retention").who == "ops"


@pytest.mark.usefixtures("pending")
def test_a_list_that_does_not_track_is_told_so(mailer: Mailer) -> None:
    List.objects.update(keep_inactive_days=365, tracked=False)
    done = mailer("retention")
    assert done.err == "space-digest is not tracked, so nobody can tell who is inactive there; all stay.\n"


def test_an_empty_database_has_nothing_to_keep(mailer: Mailer) -> None:
    done = mailer("retention")
    assert (done.status, done.err) == (0, "There is no list.\n")


def test_the_command_shows_an_example(mailer: Mailer) -> None:
    assert "Example: mailer retention --dry-run" in mailer("retention", "--help").out
