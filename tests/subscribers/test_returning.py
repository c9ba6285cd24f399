"""Undo: for an hour, for the very farewell that the page was shown for, and for no other."""

import datetime as dt

import pytest

from subscribers import leaving, pausing, returning
from subscribers.models import Consent, Subscription, Suppression
from subscribers.vocabulary import Action, Status, Suppressed
from tests.stage import NOW, a_list, a_reader

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LEFT = NOW + dt.timedelta(milliseconds=700)
SECOND = NOW  # as the token has it, to the second


@pytest.fixture
def gone() -> Subscription:
    nina = a_reader(a_list(), "nina@example.org", ["africa"])
    leaving.unsubscribe(nina.pk, "the page", LEFT)
    return nina


def later(**time: float) -> dt.datetime:
    return NOW + dt.timedelta(**time)


def test_a_slip_of_the_thumb_is_taken_back_with_all_that_was_chosen(gone: Subscription) -> None:
    before = gone.interests
    assert returning.undo(gone.pk, left_at=SECOND, at=later(minutes=3))
    gone.refresh_from_db()
    assert (gone.status, gone.interests, gone.everything) == (Status.ACTIVE, before, False)
    assert Suppression.objects.get().lifted_at == later(minutes=3)
    assert Consent.objects.filter(action=Action.GRANTED).get().how == returning.HOW


def test_twice_is_once_and_an_hour_is_the_end(gone: Subscription) -> None:
    assert not returning.undo(gone.pk, left_at=SECOND, at=later(hours=1))
    assert returning.undo(gone.pk, left_at=SECOND, at=later(minutes=59))
    assert not returning.undo(gone.pk, left_at=SECOND, at=later(minutes=59))


def test_it_is_of_no_use_for_another_farewell(gone: Subscription) -> None:
    assert not returning.undo(gone.pk, left_at=SECOND - dt.timedelta(minutes=5), at=later(minutes=3))
    assert not returning.undo(gone.pk + 1, left_at=SECOND, at=later(minutes=3))
    assert not returning.undo(gone.pk, left_at=later(minutes=9), at=later(minutes=3))


def test_whoever_complained_meanwhile_stays_away_and_nothing_is_lifted(gone: Subscription) -> None:
    Suppression.objects.create(
        address_key=gone.subscriber.address_key,
        list=None,
        reason=Suppressed.COMPLAINED,
        source="an event",
        at=later(minutes=1),
    )
    assert not returning.undo(gone.pk, left_at=SECOND, at=later(minutes=3))
    assert not Suppression.objects.exclude(lifted_at=None).exists()


def test_a_pause_goes_on_where_it_was(gone: Subscription) -> None:
    assert returning.undo(gone.pk, left_at=SECOND, at=later(minutes=1))
    until = later(days=30)
    pausing.pause(gone.pk, until, "the page", later(minutes=2))
    leaving.unsubscribe(gone.pk, "the page", later(minutes=3))
    assert returning.undo(gone.pk, left_at=later(minutes=3), at=later(minutes=4))
    gone.refresh_from_db()
    assert (gone.status, gone.paused_until) == (Status.PAUSED, until)


def test_one_who_never_confirmed_does_not_come_in_this_way() -> None:
    oleg = a_reader(a_list(), "oleg@example.org", status=Status.PENDING)
    leaving.unsubscribe(oleg.pk, "the page", LEFT)
    assert not returning.undo(oleg.pk, left_at=SECOND, at=later(minutes=3))
    oleg.refresh_from_db()
    assert oleg.status == Status.UNSUBSCRIBED
