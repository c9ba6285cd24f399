import datetime as dt
from collections.abc import Iterator

import pytest

from subscribers import enrolling
from subscribers.addresses import address_key
from subscribers.enrolling import Arrival, Enrolled, enrol
from subscribers.models import List, Subscriber, Subscription

pytestmark = pytest.mark.database


def arrival(line: int, name: str = "") -> Arrival:
    address = f"reader{line}@example.org"
    return Arrival(line, address, address, address_key(address), name)


def test_nobody_arriving_changes_nothing(digest: List, noon: dt.datetime) -> None:
    assert enrol(digest, [], how="stand", at=noon) == Enrolled()


def test_if_the_source_breaks_nothing_is_written(digest: List, noon: dt.datetime) -> None:
    def breaking() -> Iterator[Arrival]:
        for line in range(1, 2_500):
            yield arrival(line)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        enrol(digest, breaking(), how="stand", at=noon)
    assert not Subscriber.objects.exists()
    assert enrol(digest, [arrival(1)], how="stand", at=noon) == Enrolled(new=1)


def test_ranges_leave_nobody_out(digest: List, noon: dt.datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enrolling, "_RANGE_SQLITE", 7)
    monkeypatch.setattr(enrolling, "_RANGE_POSTGRESQL", 7)
    lines = [*range(3, 40), 100, 101, 1_000]
    told: list[tuple[int, int]] = []
    people = [arrival(line) for line in lines]
    enrolled = enrol(digest, people, how="stand", at=noon, progress=lambda *now: told.append(now))
    assert enrolled == Enrolled(new=len(lines))
    assert Subscription.objects.count() == len(lines)
    assert told[-1] == (len(lines), len(lines))
    assert told == sorted(told)


def test_a_name_that_is_not_stated_stays(digest: List, noon: dt.datetime) -> None:
    enrol(digest, [arrival(1, "Nina")], how="stand", at=noon)
    assert enrol(digest, [arrival(1)], how="stand", at=noon) == Enrolled(unchanged=1)
    assert Subscriber.objects.get().name == "Nina"
