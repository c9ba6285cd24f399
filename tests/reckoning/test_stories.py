"""Days that are counted back from now are as somebody saw them who looked all the while."""

import datetime as dt
import random

import pytest
from django.db.models import Sum

from mailer import reckoning
from mailer.models import Reckoning
from subscribers.models import List
from tests.reckoning.world import World
from tests.stage import a_list

pytestmark = [pytest.mark.database, pytest.mark.django_db]

# A Friday in New York; on Sunday, the clocks are put back.
ZONE = "America/New_York"
SINCE = dt.datetime(2026, 10, 30, 4, tzinfo=dt.UTC)
HOUR, LAST = dt.timedelta(hours=1), dt.date(2026, 11, 4)


def a_world(seed: int) -> World:
    owner = a_list()
    a_list("second")
    List.objects.filter(pk=owner.pk).update(zone=ZONE, created_at=SINCE)
    owner.refresh_from_db()
    return World(owner, random.Random(seed), [f"p{n}@x.example" for n in range(60)], ZONE)  # noqa: S311 - no secret


@pytest.mark.parametrize(("seed", "each_day"), [(1, False), (2, True), (3, False)])
def test_what_is_counted_back_is_what_an_onlooker_saw(seed: int, *, each_day: bool) -> None:
    world = a_world(seed)
    for day in range(6):
        at = SINCE + day * 24 * HOUR
        world.live(at, hours=24, things=40)
        if each_day:
            reckoning.reckon(now=at + 24 * HOUR)
    reckoning.reckon(now=SINCE + 150 * HOUR)
    kept = Reckoning.objects.filter(list=world.owner).select_related("interest").order_by("pk")
    assert kept.filter(interest=None).count() == 6
    assert {(row.day, row.interest): (row.active, row.joined, row.left) for row in kept} == {
        (row.day, row.interest): world.said(row.day, row.interest) for row in kept
    }
    again = reckoning.recount(world.owner, kept[0].day, LAST, now=SINCE + 400 * HOUR)
    assert [(line.active, line.joined, line.left) for line in again] == [
        (row.active, row.joined, row.left) for row in kept
    ]
    sums = kept.filter(interest=None).aggregate(Sum("joined"), Sum("left"))
    assert min(sums.values()) > 15
