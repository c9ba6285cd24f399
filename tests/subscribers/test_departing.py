"""Why people leave: counted, and nothing that could tell who."""

import datetime as dt

import pytest

from subscribers import departing
from subscribers.models import Departure
from subscribers.vocabulary import Departed
from tests.stage import NOW, a_list

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_reasons_are_counted_by_the_day() -> None:
    owner = a_list()
    for _ in range(3):
        departing.tell(owner.pk, Departed.TOO_MANY, at=NOW)
    departing.tell(owner.pk, Departed.TOO_MANY, at=NOW + dt.timedelta(days=1))
    departing.tell(owner.pk, Departed.OTHER, at=NOW)
    assert Departure.objects.count() == 3
    assert departing.reasons(owner) == {
        "too_many": 4,
        "not_my_subjects": 0,
        "read_elsewhere": 0,
        "never_subscribed": 0,
        "other": 1,
    }


def test_the_row_holds_a_list_a_reason_a_day_and_a_number() -> None:
    assert {field.name for field in Departure._meta.fields} == {"id", "list", "reason", "day", "people"}
