"""Counted again from the rows: what differs is told, and put right when asked."""

import random

import pytest

from mailer.models import Tally
from mailer.tallies import folding
from mailer.tallies.rebuilding import rebuild
from mailer.tallies.recounting import Difference, recount
from mailer.vocabulary import Measure
from tests.tallies.by_hand import counted
from tests.tallies.cast import LINKS, Cast, a_cast, apply, chosen, found

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast() -> Cast:
    return a_cast()


def test_what_was_lost_or_added_is_found_and_mended_once(cast: Cast) -> None:
    told = chosen(cast, random.Random(4), 80)  # noqa: S311 - a seed
    apply(told)
    folding.fold()
    assert recount(cast.send.pk) == ()
    lost = Tally.objects.filter(measure=Measure.LINK).order_by("key")[0]
    lost.delete()
    Tally.objects.create(send=cast.send, measure=Measure.BOUNCED, key=7, n=2)
    expected = (
        Difference(Measure.BOUNCED, 7, kept=2, counted=0),
        Difference(Measure.LINK, lost.key, kept=0, counted=lost.n),
    )
    assert recount(cast.send.pk) == expected
    rebuild(cast.send.pk)
    assert recount(cast.send.pk) == ()
    assert found(cast.send) == counted(told, LINKS, cast.domains)
