"""The ledger of a send, in numbers and line by line."""

import pytest

from mailer import batches, events, reports, sends
from mailer.models import Batch, Delivery
from mailer.transports.answers import Accepted
from subscribers.leaving import unsubscribe
from subscribers.vocabulary import Status
from tests.stage import (
    NOW,
    a_frozen_send,
    a_list,
    a_reader,
    a_send,
    an_edition,
    an_event,
    batches_of,
    body_of,
    delivery_of,
    readers,
)

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def test_before_the_freeze_there_is_nobody_and_it_adds_up() -> None:
    sums = reports.ledger(a_send(an_edition(a_list())))
    assert sums.candidates is None
    assert sums.adds_up


def test_at_every_commit_of_a_send_the_sums_are_equal() -> None:
    """I2, from the freeze to the last answer."""
    owner = a_list()
    people = readers(owner, 5)
    a_reader(owner, "paused@x.example", status=Status.PAUSED)
    send = a_frozen_send(owner)

    def outcomes() -> dict[str, int]:
        sums = reports.ledger(sends.find(send.pk))
        assert sums.adds_up
        return {name: n for name, n in sums.outcomes.items() if n}

    assert outcomes() == {"pending": 5, "excluded": 1}
    (batch,) = batches_of(send)
    attempt = batches.claim(batch.pk, now=NOW, lease=60)
    assert attempt is not None
    assert outcomes() == {"pending": 5, "excluded": 1}
    unsubscribe(people[0].pk, "one-click", NOW)
    assert outcomes() == {"pending": 5, "excluded": 1}
    batches.fire(batch.pk, attempt, now=NOW)
    assert outcomes() == {"in_flight": 4, "excluded": 2}
    Batch.objects.update(state="unknown")
    assert outcomes() == {"unknown": 4, "excluded": 2}
    batches.settle(batch.pk, attempt, Accepted(202, "m"), now=NOW)
    assert outcomes() == {"accepted": 4, "excluded": 2}


def test_a_reader_who_is_missing_from_the_sums_is_noticed() -> None:
    owner = a_list()
    readers(owner, 3)
    send = a_frozen_send(owner)
    Batch.objects.update(n=2)
    assert not reports.ledger(send).adds_up


def test_a_send_is_described_in_the_shape_that_scripts_rely_on() -> None:
    owner = a_list()
    a_reader(owner, "ada@x.example", ["africa"])
    a_reader(owner, "bo@x.example")
    send = a_frozen_send(owner)
    described = reports.described(send)
    assert {"id", "edition", "status", "scheduled_at", "candidates", "possibly_twice"} <= described.keys()
    assert set(reports.OUTCOME_ORDER) <= described.keys()
    assert described["excluded_reasons"] == {}
    assert set(described["events"].values()) == {0}
    assert sorted(described["variants"], key=str) == [
        {"interest_sets": [["africa"]], "deliveries": 1},
        {"interest_sets": [[]], "deliveries": 1},
    ]


def test_each_candidate_has_one_line() -> None:
    owner = a_list()
    a_reader(owner, "ada@x.example")
    a_reader(owner, "paused@x.example", status=Status.PAUSED)
    send = a_frozen_send(owner)
    (batch,) = batches_of(send)
    attempt = batches.claim(batch.pk, now=NOW, lease=60)
    assert attempt is not None
    batches.fire(batch.pk, attempt, now=NOW)
    batches.settle(batch.pk, attempt, Accepted(202, "m1"), now=NOW)
    number = events.store(body_of(an_event("open", delivery_of(send, "ada@x.example"), attempt)), now=NOW)
    assert number is not None
    events.apply(number, now=NOW)
    ada, paused = sorted(reports.lines(send), key=lambda line: str(line["email"]))
    assert (ada["email"], ada["outcome"], ada["message_id"]) == ("ada@x.example", "accepted", "m1")
    assert ada["attempt"] == attempt.hex
    assert list(ada["events"]) == ["opened"]
    assert (paused["outcome"], paused["reason"], paused["attempt"]) == ("excluded", "paused", None)


def test_the_outcome_of_an_erased_person_stays_without_the_person() -> None:
    owner = a_list()
    ada = a_reader(owner, "ada@x.example")
    send = a_frozen_send(owner)
    ada.subscriber.delete()
    (line,) = reports.lines(send)
    assert line["email"] is None
    assert line["outcome"] == "pending"


def test_many_lines_come_page_by_page_and_none_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "_PAGE", 2)
    owner = a_list()
    readers(owner, 5)
    lines = [line["delivery"] for line in reports.lines(a_frozen_send(owner))]
    assert lines == sorted(Delivery.objects.values_list("pk", flat=True))
