"""Events put on their copies, and into the sums: equal to a count by hand, in whatever order they come."""

import datetime as dt
import random

import pytest
from django.db import transaction

from mailer.models import Delivery, Event, Link, Send, Tally, Trace
from mailer.tallies import checking, folding, rebuilding
from mailer.webhooks.told import Told
from subscribers.models import Subscriber
from tests.stage import NOW
from tests.tallies.by_hand import counted
from tests.tallies.cast import (
    CANARY_URL,
    LINKS,
    Cast,
    a_cast,
    apply,
    chosen,
    forget,
    found,
    shuffled,
    state,
    sums,
)

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast() -> Cast:
    return a_cast()


def differences() -> list[checking.Finding]:
    return list(checking.check(checking.every_send(), now=NOW, by="ops"))


@pytest.mark.parametrize("seed", range(12))
def test_what_stands_is_what_a_count_by_hand_says(cast: Cast, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a seed, so that a failure can be seen again
    told = chosen(cast, chance, 15 * (1 + seed))
    apply(told + chance.choices(told, k=10), chance)
    assert found(cast.send) == counted(told, LINKS, cast.domains)
    assert differences() == []


def test_sixty_orders_and_repetitions_of_events_leave_one_state(cast: Cast) -> None:
    """I7; `python -m tests.tallies.permutations` plays ten thousand."""
    chance = random.Random(8)  # noqa: S311 - the same
    told = chosen(cast, chance, 40)
    outcomes = set()
    for _ in range(60):
        with transaction.atomic():
            apply(shuffled(told, chance), chance)
            if chance.random() < 0.3:
                folding.fold()
            outcomes.add(state(cast.send))
            forget()
    assert len(outcomes) == 1


def test_a_click_becomes_a_machines_when_its_agent_follows_what_nobody_sees(cast: Cast) -> None:
    click = cast.told("clicked", 0, link=LINKS[0], agent=7)
    apply([click, cast.told("clicked", 0, 5, link=LINKS[1], agent=8)])
    assert sums(cast.send)["link", LINKS[0]] == 1
    apply([cast.told("clicked", 0, 60, link=CANARY_URL, agent=7)])
    assert {place: n for place, n in sums(cast.send).items() if place[0].endswith("link")} == {
        ("machine_link", LINKS[0]): 1,
        ("machine_link", "unseen"): 1,
        ("link", LINKS[1]): 1,
    }
    copy = Delivery.objects.get(pk=cast.copies[0])
    assert copy.machine_clicked_at == NOW
    assert copy.clicked_at == NOW + dt.timedelta(seconds=5)


def test_an_opening_alone_is_one_line_and_its_repetition_none(cast: Cast) -> None:
    apply([cast.told("opened", 0, 9), cast.told("opened", 0, 5)])
    apply([cast.told("opened", 0, 9), cast.told("opened", 0, 7)])
    assert list(Tally.objects.values_list("measure", "n")) == [("opened", 1)]
    # Earlier, but in the same hour; then in the one before.
    apply([cast.told("opened", 0, 1)])
    assert Tally.objects.count() == 1
    apply([cast.told("opened", 0, -1)])
    assert sum(sums(cast.send).values()) == 1


def test_an_earlier_refusal_at_a_domain_moves_its_time_and_not_its_place(cast: Cast) -> None:
    late, early = cast.told("bounced", 0, 20), cast.told("bounced", 0, 10)
    apply([late])
    Subscriber.objects.filter(deliveries=cast.copies[0]).update(canonical="reader@moved.example")
    apply([early])
    trace = Trace.objects.get(measure="bounce_domain")
    assert trace.at == early.at
    assert sums(cast.send)["bounce_domain", "x.example"] == 1


def test_events_of_an_old_send_wait_for_the_sweep_to_count_them_all(cast: Cast) -> None:
    """What stands before the upgrade, what comes before the sweep, and what comes after it."""
    chance = random.Random(3)  # noqa: S311 - a seed
    told = chosen(cast, chance, 90)
    apply(told[:30], chance)
    _as_before_the_upgrade(cast.send)
    old = _kept(told[:30])
    apply(told[30:60], chance)
    assert not Tally.objects.exists()
    assert rebuilding.rebuild_next() == cast.send.pk
    assert rebuilding.rebuild_next() is None
    apply(told[60:], chance)
    assert found(cast.send) == counted(old + told[30:], LINKS, cast.domains)
    assert differences() == []


def _as_before_the_upgrade(send: Send) -> None:
    """Take away what earlier versions did not write, and judge clicks as they did."""
    for model in (Trace, Tally, Link):
        model.objects.all().delete()
    Event.objects.update(agent=0, code=0)
    Send.objects.update(tallied=False)
    for copy in Delivery.objects.filter(send=send):
        for machine, column in ((False, "clicked_at"), (True, "machine_clicked_at")):
            mine = Event.objects.filter(delivery_ref=copy.pk, kind="clicked", machine=machine)
            first = mine.order_by("at").values_list("at", flat=True).first()
            Delivery.objects.filter(pk=copy.pk).update(**{column: first})


def _kept(told: list[Told]) -> list[Told]:
    """Return what the table of events had kept of these: none twice in a second, and no agent."""
    kept = {(each.delivery, each.kind, each.at, each.link, each.machine): each for each in reversed(told)}
    return [Told(**(vars(each) | {"agent": 0})) for each in kept.values()]
