import datetime as dt
from collections.abc import Iterator

import pytest

from subscribers import enrolling, enrolling_sql
from subscribers.addresses import address_key
from subscribers.enrolling import Arrival, Enrolled, Standing, enrol
from subscribers.models import Consent, List, Subscriber, Subscription, Suppression
from subscribers.vocabulary import Status

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


def test_of_several_rows_the_weightiest_counts_and_of_these_the_last(digest: List, noon: dt.datetime) -> None:
    first = arrival(1, "First")
    rows = [
        first._replace(line=1, standing=Standing.UNSUBSCRIBED),
        first._replace(line=2, standing=Standing.OUTSIDER),
        first._replace(line=3, name="Third"),
    ]
    assert enrol(digest, rows[1:], how="stand", at=noon) == Enrolled(new=1, duplicates=1)
    assert Subscriber.objects.get().name == "Third"
    assert enrol(digest, rows, how="stand", at=noon) == Enrolled(ended=1, duplicates=2)


def test_a_dry_run_only_counts(digest: List, noon: dt.datetime) -> None:
    told: list[Enrolled] = []
    counted = enrol(digest, [arrival(1)], how="stand", at=noon, dry_run=True, wrote=told.append)
    assert (counted, told) == (Enrolled(new=1), [])
    assert not Subscriber.objects.exists()


def test_each_range_is_told_what_all_came_to_so_far(
    digest: List, noon: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enrolling, "_RANGE_SQLITE", 2)
    monkeypatch.setattr(enrolling, "_RANGE_POSTGRESQL", 2)
    told: list[Enrolled] = []
    enrol(digest, [arrival(n) for n in range(1, 6)], how="stand", at=noon, wrote=told.append, alone=True)
    assert [enrolled.new for enrolled in told] == [2, 4, 5]
    enrol(digest, [], how="stand", at=noon, wrote=told.append)
    assert told[-1] == Enrolled()


def test_what_is_not_said_of_the_source_is_what_was_said_of_the_consent(
    digest: List, noon: dt.datetime
) -> None:
    enrol(digest, [arrival(1)._replace(standing=Standing.BOUNCED)], how="stand", at=noon)
    assert Suppression.objects.get().source == "stand"


def test_who_left_while_paused_pauses_no_more(digest: List, noon: dt.datetime) -> None:
    enrol(digest, [arrival(1)], how="stand", at=noon)
    Subscription.objects.update(status=Status.PAUSED, paused_until=noon + dt.timedelta(days=9))
    enrol(digest, [arrival(1)._replace(standing=Standing.UNSUBSCRIBED)], how="stand", at=noon)
    ended = Subscription.objects.get()
    assert (ended.status, ended.paused_until) == ("unsubscribed", None)


def test_attributes_have_the_same_keys_in_any_order(digest: List, noon: dt.datetime) -> None:
    enrol(digest, [arrival(1)._replace(attributes='{"b": 1, "a": {"c": 2}}')], how="stand", at=noon)
    same = arrival(1)._replace(attributes='{"a": {"c": 2}, "b": 1}')
    assert enrol(digest, [same], how="stand", at=noon) == Enrolled(unchanged=1)
    other = arrival(1)._replace(attributes='{"a": {"d": 3}}')
    assert enrol(digest, [other], how="stand", at=noon) == Enrolled(updated=1)
    assert Subscriber.objects.get().attributes == {"b": 1, "a": {"d": 3}}


def test_evidence_of_a_change_says_what_was_and_what_is(
    digest: List, noon: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enrolling, "_ROWS_A_STATEMENT", 2)
    old = [(True, 0), (False, 0b100), (False, 0b101), (True, 0)]
    new = [(False, 0b001), (True, 0), (False, 0b100), (False, 0b001)]
    for rows in (old, new):
        people = [
            arrival(line)._replace(everything=everything, interests=bits)
            for line, (everything, bits) in enumerate(rows, 1)
        ]
        enrolled = enrol(digest, people, how="stand", at=noon)
    assert enrolled == Enrolled(updated=4)
    changed = Consent.objects.filter(action="changed").order_by("subscriber_id")
    assert list(changed.values_list("detail", flat=True)) == [
        {"interests": ["china"], "before": {"interests": "everything"}},
        {"interests": "everything", "before": {"interests": ["africa"]}},
        {"interests": ["africa"], "before": {"interests": ["africa", "china"]}},
        {"interests": ["china"], "before": {"interests": "everything"}},
    ]


def test_who_is_erased_while_an_import_runs_is_not_brought_back(
    digest: List, noon: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the moment when it was decided that they are new and the moment when they would be written."""
    erased = """
        INSERT INTO suppression (address_key, reason, source, at, lifted_because)
        SELECT address_key, 'erased', 'asked by letter', %(at)s, '' FROM arrival WHERE line = 2
    """
    monkeypatch.setattr(enrolling_sql, "WRITE", (erased, *enrolling_sql.WRITE))
    enrol(digest, [arrival(1), arrival(2), arrival(3)], how="stand", at=noon)
    known = Subscriber.objects.order_by("pk").values_list("address", flat=True)
    assert list(known) == ["reader1@example.org", "reader3@example.org"]
    assert Subscription.objects.count() == Consent.objects.count() == 2
