"""Sums, rows and events are one, after erasures and retention too; what is not so is told, and mended."""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from pytest_django import Settings

from mailer import retention
from mailer.models import Delivery, Event, Send, Tally, Trace
from mailer.tallies import checking
from subscribers.erasing import erase
from subscribers.models import Change
from tests.stage import NOW
from tests.tallies.by_hand import counted
from tests.tallies.cast import CANARY_URL, LINKS, Cast, a_cast, apply, chosen, found

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast() -> Cast:
    return a_cast()


def check(cast: Cast, *, mend: bool = False) -> list[str]:
    """Return what differs, in words, without the keys."""
    return [each.what for each in checking.check([cast.send.pk], now=NOW, by="ops", mend=mend)]


def test_no_figure_changes_by_an_erasure_or_by_retention(cast: Cast, settings: Settings) -> None:
    told = chosen(cast, random.Random(2), 120)  # noqa: S311 - a seed
    apply(told)
    for number in (0, 5):
        erase(f"reader{number}@{'xz'[number > 0]}.example", by="ops", at=NOW)
    gone = {cast.copies[0]: "", cast.copies[5]: ""}
    expected = counted(told, LINKS, cast.domains | gone)
    assert (found(cast.send), check(cast)) == (expected, [])
    settings.CONFIGURATION = replace(settings.CONFIGURATION, keep_events=30)
    retention.keep(now=NOW + dt.timedelta(days=90))
    assert not Event.objects.exists()
    assert (found(cast.send), check(cast)) == (expected, [])
    assert check(cast, mend=True) == []


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda: Tally.objects.filter(measure="opened").delete(), ["opened"]),
        (lambda: Delivery.objects.update(opened_at=None), ["opened", "opened_at: not as events say"]),
        (
            lambda: Delivery.objects.filter(opened_at=NOW).update(opened_at=NOW + dt.timedelta(minutes=1)),
            ["opened_at: not as events say"],
        ),
        (
            lambda: Delivery.objects.exclude(machine_clicked_at=None).update(clicked_at=NOW),
            ["clicked", "clicks: not judged as they all say"],
        ),
        (
            lambda: Trace.objects.filter(measure="bounce_domain").delete(),
            ["bounce_domain", "bounce_domain: not once a copy"],
        ),
        (
            lambda: Trace.objects.filter(measure="bounce_reason").delete(),
            ["bounce_reason", "bounce_reason: not as events say"],
        ),
        (
            lambda: Trace.objects.filter(measure="link").delete(),
            ["machine_link", "machine_link", "clicks: in the row alone", "clicks: not as events say"],
        ),
    ],
)
def test_whatever_is_damaged_is_told_and_mended(
    cast: Cast, damage: Callable[[], object], told: list[str]
) -> None:
    apply(
        [
            cast.told("opened", 0),
            cast.told("clicked", 1, link=LINKS[0], agent=3),
            cast.told("clicked", 1, 9, link=CANARY_URL, agent=3),
            cast.told("bounced", 2, detail="550 5.1.1 nobody"),
        ]
    )
    whole = found(cast.send)
    assert check(cast) == []
    damage()
    assert check(cast) == told
    assert check(cast, mend=True) == told
    assert (found(cast.send), check(cast)) == (whole, [])
    assert Change.objects.filter(what="figures").count() == 1


def test_what_no_event_says_is_told_where_all_events_are_there(cast: Cast) -> None:
    apply([cast.told("opened", 0)])
    # None was removed before this send was frozen.
    Send.objects.update(frozen_at=NOW + dt.timedelta(days=2))
    Delivery.objects.filter(pk=cast.copies[1]).update(delivered_at=NOW)
    assert check(cast) == ["delivered", "delivered_at: no event says so"]


def test_a_click_and_a_reason_that_no_event_says_are_told_and_stay_for_a_person_to_look_at(
    cast: Cast,
) -> None:
    apply(
        [cast.told("clicked", 0, link=LINKS[0], agent=3), cast.told("bounced", 2, detail="550 5.1.1 nobody")]
    )
    Send.objects.update(frozen_at=NOW + dt.timedelta(days=2))
    link = Trace.objects.get(measure="link")
    invented = {"delivery_id": cast.copies[1], "at": NOW, "machine": False, "agent": 0}
    Trace.objects.create(measure="link", key=link.key, **invented)
    Trace.objects.create(measure="bounce_reason", key=5_001_001, **invented)
    Delivery.objects.filter(pk=cast.copies[1]).update(clicked_at=NOW)
    told = ["clicks: no event says so", "bounce_reason: no event says so"]
    assert [each for each in check(cast, mend=True) if "event" in each] == told
    assert check(cast) == told


def test_a_click_that_stands_in_the_row_alone_is_told(cast: Cast) -> None:
    Delivery.objects.filter(pk=cast.copies[1]).update(clicked_at=NOW)
    assert check(cast) == ["clicked", "clicks: in the row alone"]


def test_old_sends_that_were_never_counted_are_left_to_the_sweep(cast: Cast) -> None:
    assert checking.every_send() == [cast.send.pk]
    Send.objects.update(tallied=False)
    assert checking.every_send() == []
