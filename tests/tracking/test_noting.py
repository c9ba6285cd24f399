"""Whose copy it is, and that somebody was there: what a page asks of the database."""

from contextlib import closing

import pytest
from django.db import DatabaseError, connection

from mailer.database import fetch, is_postgresql
from mailer.models import Delivery, Glimpse, Send, Variant
from mailer.tallies.links import CANARY
from mailer.tracking.noting import Copy, copy_of, note
from subscribers.models import List, Subscriber
from tests.stage import NOW
from tests.tracking.letters import LINKS, a_counted_copy

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def noted() -> list[tuple[int, int | None, bool, int]]:
    return list(Glimpse.objects.order_by("pk").values_list("delivery_ref", "link", "machine", "agent"))


def test_a_copy_knows_the_links_of_its_letter_in_their_order() -> None:
    delivery, _ = a_counted_copy()
    assert copy_of(delivery) == Copy(delivery, LINKS, counted=True)


def test_no_copy_is_none() -> None:
    delivery, _ = a_counted_copy()
    for number in (0, delivery + 1, 2**63 - 1, 2**63, 2**64 - 1):
        assert copy_of(number) is None


def test_a_test_is_none() -> None:
    delivery, _ = a_counted_copy()
    Send.objects.update(kind="test")
    assert copy_of(delivery) is None


@pytest.mark.parametrize("of", [Subscriber, List, Variant])
def test_who_does_not_want_to_be_counted_any_more_still_gets_where_they_wanted(of: type) -> None:
    delivery, _ = a_counted_copy()
    of._default_manager.update(tracked=False)  # type: ignore[attr-defined]  # each of them has it
    assert copy_of(delivery) == Copy(delivery, LINKS, counted=False)


def test_who_was_forgotten_still_gets_where_they_wanted_and_is_not_counted() -> None:
    delivery, _ = a_counted_copy()
    Delivery.objects.update(subscriber=None)
    assert copy_of(delivery) == Copy(delivery, LINKS, counted=False)


def test_what_was_asked_for_is_written_in_whole_seconds() -> None:
    copy = Copy(31, LINKS, counted=True)
    at = NOW.replace(microsecond=123456)
    for link, machine in ((None, True), (0, False), (3, False), (CANARY, True)):
        note(copy, link, machine=machine, agent=7, now=at)
    assert noted() == [(31, None, True, 7), (31, 0, False, 7), (31, 3, False, 7), (31, CANARY, True, 7)]
    assert set(Glimpse.objects.values_list("at", flat=True)) == {NOW}


@pytest.mark.parametrize("link", [4, -2, 10**9])
def test_a_link_that_is_not_there_is_never_written(link: int) -> None:
    with pytest.raises(ValueError, match="no link"):
        note(Copy(31, LINKS, counted=True), link, machine=False, agent=0, now=NOW)
    assert noted() == []


def test_a_database_that_does_not_take_it_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailer.tracking.noting.PATIENCE", 20)
    copy = Copy(31, LINKS, counted=True)
    waits = "SHOW statement_timeout" if is_postgresql() else "PRAGMA busy_timeout"
    before = fetch(waits)
    busy = connection.copy()
    with closing(busy), busy.cursor() as cursor:
        # As one that writes for long, or changes the table.
        busy.set_autocommit(False)
        cursor.execute(
            "LOCK TABLE glimpse IN ACCESS EXCLUSIVE MODE" if is_postgresql() else "DELETE FROM glimpse"
        )
        with pytest.raises(DatabaseError):
            note(copy, 0, machine=False, agent=0, now=NOW)
        busy.rollback()
    note(copy, 0, machine=False, agent=0, now=NOW)
    assert noted() == [(31, 0, False, 0)]
    assert fetch(waits) == before
