"""A list's last sends side by side: each as its own report says it, and together what they come to."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mailer import sends
from mailer.models import Batch, Edition, Send
from mailer.reporting import of_list, of_send
from mailer.reporting.values import Count, InterestClicks, ListReport
from subscribers.models import List
from tests.desk.reporting.cast import a_told_send, accept
from tests.stage import EDITION, NOW, a_list, a_send, an_edition

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]
LATER = NOW + dt.timedelta(days=1)
MOST_STATEMENTS = 12


def report(owner: List, **asked: int) -> ListReport:
    return of_list.report(owner, now=LATER, **asked)


@pytest.fixture
def owner() -> List:
    """A list with a send that much was told of, one that left untold, a test, and one that waits."""
    told = a_told_send()
    owner = told.edition.list
    untold = a_send(an_edition(owner, EDITION))
    sends.prepare(untold.pk, now=NOW)
    accept(untold)
    trial = sends.test(Edition.objects.latest("pk"), ["ada@x.example"], None, by="ed", now=NOW)
    sends.prepare(trial.pk, now=NOW)
    a_send(an_edition(owner, EDITION.replace(b"seen from elsewhere", b"tomorrow")), LATER)
    return owner


def test_a_list_that_nothing_has_left_yet_has_nothing_to_tell() -> None:
    owner = a_list()
    a_send(an_edition(owner), LATER)
    found = report(owner, days=2)
    assert (found.sends, found.interests) == ((), ())
    assert [(each.copies, each.base, each.passed) for each in found.limits] == [(0, 0, False)] * 3
    assert [day.active for day in found.growth] == [None, None]


def test_each_line_says_what_the_send_s_own_report_says(owner: List) -> None:
    lines = report(owner).sends
    assert [each.send for each in lines] == sorted((each.send for each in lines), reverse=True)
    assert len(lines) == 2, "tests and what has not begun are left out"
    names = ("title", "status", "counted", "opened", "clicked", "bounced", "complained", "unsubscribed")
    for each in lines:
        own = of_send.report(Send.objects.get(pk=each.send))
        assert [getattr(each, name) for name in names] == [getattr(own, name) for name in names]
        assert each.accepted == own.ledger.outcomes["accepted"]
    assert (lines[1].opened, lines[1].clicked, lines[1].bounced) == (Count(3, 1), Count(2, 1), 1)
    assert [each.send for each in report(owner, sends=1).sends] == [lines[0].send]


def test_interests_and_limits_come_to_the_sum_of_all_sends(owner: List) -> None:
    found = report(owner)
    assert found.interests == (
        InterestClicks("china", "China", 2, Count(2, 1)),
        InterestClicks("russia", "Russia", 2, Count(0, 0)),
        InterestClicks("africa", "Africa", 2, Count(0, 0)),
        InterestClicks("south-asia", "South Asia", 1, Count(0, 0)),
    )
    # Of eight each: one bounced of the first, and since then nobody writes to it.
    accepted = sum(each.accepted for each in found.sends)
    assert [(each.copies, each.base) for each in found.limits] == [
        (1, accepted - 1),
        (1, accepted),
        (1, accepted - 1),
    ]


def test_a_send_that_is_still_counted_or_cannot_tell_adds_nothing(owner: List) -> None:
    told = Send.objects.earliest("pk")
    Send.objects.filter(pk=told.pk).update(tallied=False)
    found = report(owner)
    rest, line = found.sends
    assert (line.opened, line.bounced, line.accepted) == (Count(None, None), None, 8)
    assert (found.interests[0].slug, found.interests[0].clicked) == ("china", Count(0, 0))
    assert [(each.copies, each.base) for each in found.limits] == [(0, rest.accepted)] * 3


def test_a_report_is_a_handful_of_statements_however_many_sends_there_are(owner: List) -> None:
    def statements(sends: int) -> int:
        with CaptureQueriesContext(connection) as asked:
            report(owner, sends=sends)
        return len(asked)

    assert statements(1) == statements(2) <= MOST_STATEMENTS


def test_what_is_under_way_counts_as_far_as_it_was_accepted(owner: List) -> None:
    newest = report(owner).sends[0]
    Batch.objects.filter(send=newest.send).update(state="pending")
    assert [(each.accepted, each.counted, each.opened) for each in report(owner).sends[:1]] == [
        (0, None, Count(None, None))
    ]
