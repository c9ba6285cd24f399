import datetime as dt

import pytest
from django.db import connection

from subscribers import moments

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]


@pytest.mark.parametrize("microsecond", [0, 1, 250_000])
def test_a_moment_comes_back_as_it_went_in(digest: object, noon: dt.datetime, microsecond: int) -> None:
    assert digest
    moment = noon.replace(microsecond=microsecond)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE list SET created_at = %s", [moments.bound(moment)])
        cursor.execute("SELECT created_at, CAST(created_at AS TEXT) FROM list")
        [(value, text)] = cursor.fetchall()
    assert moments.read(value) == moment
    assert moments.read(text) == moment
    assert moments.read(text).tzinfo is dt.UTC


def test_a_moment_elsewhere_is_the_same_in_utc(noon: dt.datetime) -> None:
    elsewhere = noon.astimezone(dt.timezone(dt.timedelta(hours=2)))
    assert moments.read(elsewhere) == noon
    assert moments.read(elsewhere).isoformat() == "2026-03-24T12:00:00+00:00"
