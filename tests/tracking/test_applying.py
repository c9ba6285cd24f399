"""What was noted becomes events: in bulk, each once, in any order."""

import datetime as dt
import random
from collections.abc import Sequence

import pytest
from django.db import connection, transaction

from mailer import sends
from mailer.models import Delivery, Event, Glimpse, Tally
from mailer.tallies.links import CANARY
from mailer.tracking import applying
from subscribers.models import Subscriber
from tests.stage import NOW, a_frozen_send, a_list, delivery_of, readers
from tests.tracking.letters import BASE, LINKS, a_counted_copy

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

LATER = NOW + dt.timedelta(minutes=5)
Seen = tuple[int, int | None, bool, int, int]  # copy, link, machine, agent, seconds after NOW


def seen(*glimpses: Seen) -> None:
    Glimpse.objects.bulk_create(
        Glimpse(
            delivery_ref=copy, link=link, machine=machine, agent=agent, at=NOW + dt.timedelta(seconds=after)
        )
        for copy, link, machine, agent, after in glimpses
    )


def told() -> list[tuple[object, ...]]:
    columns = ("delivery_ref", "kind", "link", "machine", "agent", "at")
    return sorted(Event.objects.values_list(*columns), key=repr)


def counted() -> list[tuple[object, ...]]:
    """Return what copies and sums say."""
    columns = ("pk", "opened_at", "machine_opened_at", "clicked_at", "machine_clicked_at")
    sums: dict[tuple[str, int], int] = {}
    for measure, key, n in Tally.objects.values_list("measure", "key", "n"):
        sums[measure, key] = sums.get((measure, key), 0) + n
    return [
        *Delivery.objects.order_by("pk").values_list(*columns),
        *sorted((k, n) for k, n in sums.items() if n),
    ]


def test_openings_and_clicks_become_events_of_their_copy() -> None:
    copy, _ = a_counted_copy()
    seen(
        (copy, None, False, 7, 0),
        (copy, 2, False, 7, 60),
        (copy, None, True, 8, 1),
        (copy, CANARY, True, 9, 2),
    )
    assert applying.apply(now=LATER) == 4
    at = [NOW + dt.timedelta(seconds=after) for after in (0, 1, 2, 60)]
    assert told() == sorted(
        [
            (copy, "opened", "", False, 7, at[0]),
            (copy, "opened", "", True, 8, at[1]),
            (copy, "clicked", f"{BASE}/c/unseen", True, 9, at[2]),
            (copy, "clicked", LINKS[2], False, 7, at[3]),
        ],
        key=repr,
    )
    row = Delivery.objects.get()
    assert (row.opened_at, row.machine_opened_at, row.clicked_at, row.machine_clicked_at) == (
        at[0],
        at[1],
        at[3],
        at[2],
    )
    person = Subscriber.objects.get()
    assert (person.last_opened_at, person.last_clicked_at) == (at[0], at[3])
    assert not Glimpse.objects.exists()
    assert applying.apply(now=LATER) == 0


def test_only_so_many_are_taken_at_once_and_the_oldest_first() -> None:
    copy, _ = a_counted_copy()
    seen(*((copy, None, False, agent, agent) for agent in range(1, 8)))
    assert applying.apply(now=LATER, most=3) == 3
    assert sorted(Event.objects.values_list("agent", flat=True)) == [1, 2, 3]
    [newest] = applying.waiting()
    seen((copy, None, False, 99, 99))
    # What comes meanwhile is for the next bell.
    assert applying.apply_until(newest, now=LATER) == 4
    assert list(Glimpse.objects.values_list("agent", flat=True)) == [99]
    assert applying.apply_until(*applying.waiting(), now=LATER) == 1
    assert applying.waiting() == []


def test_any_order_and_repetition_says_the_same() -> None:
    owner = a_list()
    readers(owner, 3)
    send = a_frozen_send(owner)
    copies = [delivery_of(send, f"reader{n}@x.example").pk for n in range(3)]
    happened: list[Seen] = [
        (copy, link, link == CANARY, agent, 10 * agent + (link or 0))
        for copy in copies
        for agent in (1, 2)
        for link in (None, 0, 1, CANARY)
        if not (copy == copies[0] and link == CANARY)
    ]
    chance = random.Random(8)  # noqa: S311 - an order, to be had again
    outcomes = set()
    for _ in range(6):
        order: Sequence[Seen] = chance.choices(happened, k=10) + chance.sample(happened, len(happened))
        for part in range(0, len(order), 7):
            seen(*order[part : part + 7])
            applying.apply(now=LATER, most=chance.choice((2, 5, 100)))
        applying.apply_until(*applying.waiting() or [0], now=LATER)
        outcomes.add(repr((told(), counted())))
        Event.objects.all().delete()
        Tally.objects.all().delete()
        connection.cursor().execute("DELETE FROM trace")
        Delivery.objects.update(
            opened_at=None, machine_opened_at=None, clicked_at=None, machine_clicked_at=None
        )
    assert len(outcomes) == 1


def test_of_a_copy_that_is_gone_nothing_is_kept_and_the_others_are() -> None:
    copy, _ = a_counted_copy()
    seen((copy + 1, None, False, 7, 0), (copy, None, False, 7, 0), (2**63 - 1, 0, False, 7, 0))
    assert applying.apply(now=LATER) == 3
    assert list(Event.objects.values_list("delivery_ref", flat=True)) == [copy]


def test_a_transaction_that_fails_leaves_all_of_it_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    copy, _ = a_counted_copy()
    seen((copy, None, False, 7, 0))

    def fails(*_: object, **__: object) -> int:
        raise RuntimeError("a plug was pulled")

    with monkeypatch.context() as broken:
        broken.setattr("mailer.tracking.applying.events.take", fails)
        with pytest.raises(RuntimeError):
            applying.apply(now=LATER)
    assert Glimpse.objects.count() == 1
    assert applying.apply(now=LATER) == 1


def test_two_who_apply_at_once_take_different_ones_and_wait_for_nobody() -> None:
    if connection.vendor == "sqlite":  # it has one writer at a time
        return
    copy, _ = a_counted_copy()
    seen((copy, None, False, 1, 0), (copy, None, False, 2, 0))
    other = connection.copy()
    try:
        with transaction.atomic(), other.cursor() as cursor:
            other.set_autocommit(False)
            cursor.execute("SELECT id FROM glimpse ORDER BY id LIMIT 1 FOR UPDATE")
            assert applying.apply(now=LATER) == 1
        other.rollback()
    finally:
        other.close()
    assert list(Event.objects.values_list("agent", flat=True)) == [2]
    assert applying.apply(now=LATER) == 1


def test_the_sweep_rings_for_what_waits_and_for_nothing_else() -> None:
    copy, _ = a_counted_copy()
    assert sends.work(now=LATER, most=10)["mailer.apply_glimpses"] == []
    seen((copy, None, False, 1, 0), (copy, None, False, 2, 0))
    [newest] = sends.work(now=LATER, most=10)["mailer.apply_glimpses"]
    assert newest == Glimpse.objects.order_by("-pk")[0].pk
