"""Sums of a send that was written without them, from its rows and the events that are left."""

import datetime as dt

import pytest

from mailer.models import Delivery, Event, Send, Tally, Trace
from mailer.tallies import checking, rebuilding
from subscribers.models import Subscriber
from tests.stage import NOW
from tests.tallies.cast import CANARY_URL, LINKS, Cast, a_cast, apply, sums

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast() -> Cast:
    return a_cast()


def old() -> None:
    """Make the send one from before sums were kept."""
    Trace.objects.all().delete()
    Tally.objects.all().delete()
    Send.objects.update(tallied=False)


def test_a_click_of_which_only_the_time_is_left_is_of_another_link(cast: Cast) -> None:
    apply([cast.told("clicked", 0, link=LINKS[0]), cast.told("clicked", 1, link=LINKS[1], machine=True)])
    old()
    Event.objects.all().delete()
    rebuilding.rebuild(cast.send.pk)
    of_links = {place: n for place, n in sums(cast.send).items() if place[0].endswith("link")}
    assert of_links == {("link", "another"): 1, ("machine_link", "another"): 1}
    before = sums(cast.send)
    rebuilding.rebuild(cast.send.pk)
    assert sums(cast.send) == before
    assert Send.objects.get().tallied


def test_what_came_before_the_sweep_and_turns_out_a_machines_leaves_no_person_behind(cast: Cast) -> None:
    old()
    apply([cast.told("clicked", 0, 5, link=LINKS[0], agent=7)])
    apply([cast.told("clicked", 0, 9, link=CANARY_URL, agent=7)])
    apply([cast.told("clicked", 0, 2, link=LINKS[0], agent=7)])
    rebuilding.rebuild(cast.send.pk)
    copy = Delivery.objects.get(pk=cast.copies[0])
    assert (copy.clicked_at, copy.machine_clicked_at) == (None, NOW + dt.timedelta(seconds=2))
    assert {measure for measure, _ in sums(cast.send)} == {"machine_link", "machine_clicked"}


def test_whoever_moved_stays_counted_where_they_were_refused(cast: Cast) -> None:
    apply([cast.told("blocked", 0), cast.told("blocked", 1)])
    Trace.objects.filter(delivery=cast.copies[1]).delete()
    for copy in cast.copies[:2]:
        Subscriber.objects.filter(deliveries=copy).update(canonical=f"reader{copy}@moved.example")
    rebuilding.rebuild(cast.send.pk)
    of_domains = {place: n for place, n in sums(cast.send).items() if place[0].endswith("domain")}
    assert of_domains == {("block_domain", "x.example"): 1, ("block_domain", "moved.example"): 1}


def test_a_reason_is_read_off_the_words_while_they_are_there(cast: Cast) -> None:
    apply([cast.told("bounced", 0, detail="550 5.1.1 nobody")])
    old()
    Event.objects.update(code=0)
    rebuilding.rebuild(cast.send.pk)
    assert sums(cast.send)["bounce_reason", 5_001_001] == 1
    assert Event.objects.get().code == 5_001_001
    assert list(checking.check([cast.send.pk], now=NOW, by="ops")) == []
