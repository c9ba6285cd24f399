"""Sums as they stand: folded lines and new ones together."""

import pytest

from mailer.tallies import folding, reading
from mailer.tallies.counts import hour
from mailer.vocabulary import Measure
from tests.stage import NOW
from tests.tallies.cast import Cast, a_cast, apply

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast() -> Cast:
    return a_cast()


def test_each_measure_has_its_keys_and_one_that_came_to_nothing_is_none(cast: Cast) -> None:
    apply([cast.told("opened", 0), cast.told("opened", 1, 3600)])
    folding.fold()
    # Earlier after all: the later hour has nobody any more.
    apply([cast.told("opened", 1, 5)])
    sums = reading.sums(cast.send.pk)
    assert sums[Measure.OPENED] == {hour(NOW): 2}
    assert all(sums[measure] == {} for measure in Measure if measure is not Measure.OPENED)
    assert reading.sums(cast.send.pk, [Measure.CLICKED]) == {Measure.CLICKED: {}}


def test_totals_leave_the_keys_out_and_of_no_send_there_is_nothing(cast: Cast) -> None:
    apply([cast.told("opened", 0), cast.told("opened", 1, 3600), cast.told("blocked", 2)])
    numbers = [cast.send.pk, cast.send.pk + 1]
    totals = reading.totals_of(numbers, [Measure.OPENED, Measure.BLOCKED])
    assert totals[cast.send.pk] == {Measure.OPENED: 2, Measure.BLOCKED: 1}
    assert totals[cast.send.pk + 1] == {Measure.OPENED: 0, Measure.BLOCKED: 0}
    assert reading.totals_of([], [Measure.OPENED]) == {}
    assert reading.sums_of([]) == {}
