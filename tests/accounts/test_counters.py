"""What is counted is kept as JSON, for a while, and once."""

import base64
import datetime as dt
import pickle

import pytest
from django.core.cache import cache

from mailer.accounts.models import Counter

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = dt.datetime.now(dt.UTC)


class Bomb:
    """Runs something where it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (pytest.fail, ("it ran",))


def test_a_value_is_kept_until_it_is_over_or_forgotten() -> None:
    cache.set("a", [1.5, 2], 60)
    assert cache.get("a") == [1.5, 2]
    assert cache.touch("a", -1)
    assert cache.get("a", "nothing") == "nothing"
    cache.set("a", "again", None)
    assert cache.get("a") == "again"
    assert cache.delete("a")
    assert not cache.delete("a")
    cache.set("b", 1)
    cache.clear()
    assert cache.get("b") is None


def test_of_two_who_add_one_is_first_until_it_is_over() -> None:
    assert cache.add("code", "y", 60)
    assert not cache.add("code", "y", 60)
    Counter.objects.update(expires=NOW - dt.timedelta(seconds=1))
    assert cache.add("code", "z", 60)
    assert cache.get("code") == "z"


def test_a_row_that_somebody_wrote_runs_nothing() -> None:
    cache.set("a", 1, 60)
    Counter.objects.update(value=base64.b64encode(pickle.dumps(Bomb())).decode())
    with pytest.raises(ValueError, match="Expecting value"):
        cache.get("a")


def test_what_json_cannot_say_is_refused() -> None:
    with pytest.raises(TypeError):
        cache.set("a", object(), 60)
