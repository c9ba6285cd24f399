"""Lines become sums, and no sum changes by it."""

import pytest
from django.db import connection, transaction

from mailer.models import Send, Tally
from mailer.tallies import folding
from mailer.vocabulary import Measure
from tests.tallies.cast import Cast, a_cast, apply, sums

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast() -> Cast:
    return a_cast()


def test_lines_of_one_key_become_one_and_later_ones_are_added(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "_LINES", 2)
    for copy in range(5):
        apply([cast.told("opened", copy), cast.told("delivered", copy)])
    before = sums(cast.send)
    assert folding.fold() == 10
    assert Tally.objects.count() == 2
    assert folding.fold() == 0
    apply([cast.told("opened", 5)])
    assert folding.fold() == 1
    assert sums(cast.send) - before == {("opened", 490_000 + 8_921): 1}
    assert list(Tally.objects.values_list("folded", flat=True)) == [True, True]


def test_what_comes_to_nothing_leaves_no_line(cast: Cast) -> None:
    for n in (3, -3):
        Tally.objects.create(send=cast.send, measure=Measure.LINK, key=1, n=n)
    assert folding.fold() == 2
    assert not Tally.objects.exists()


def test_a_send_that_is_counted_anew_is_passed_over_and_nobody_waits(cast: Cast) -> None:
    if connection.vendor == "sqlite":  # it has one writer at a time
        return
    apply([cast.told("opened", 0)])
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT id FROM send WHERE id = %s FOR UPDATE", [cast.send.pk])
        with transaction.atomic():
            assert folding.fold() == 0
        other.rollback()
    finally:
        other.close()
    assert folding.fold() == 1
    assert Send.objects.get().tallies.get().folded
