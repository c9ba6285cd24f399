"""The ledger of a send, in numbers and line by line."""

import datetime as dt

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from mailer import batches, events, reports, sends
from mailer.database import execute, fetch, is_postgresql
from mailer.models import Batch, Delivery, Send, VariantSet
from mailer.models.editions import EVERYTHING
from mailer.transports.answers import Accepted, AddressRefused, Answer, NotAccepted, Partly, Unknown
from subscribers.leaving import unsubscribe
from subscribers.vocabulary import Status
from tests.stage import (
    EDITION,
    NOW,
    SENDGRID,
    a_frozen_send,
    a_list,
    a_reader,
    a_send,
    an_edition,
    an_event,
    batches_of,
    body_of,
    delivery_of,
    fired,
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
    batches.fire(batch.pk, attempt, SENDGRID, now=NOW)
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
    nobody = dict.fromkeys(("opened", "machine_opened", "clicked", "machine_clicked"))
    assert described["events"] == dict.fromkeys(described["events"], 0) | nobody, "nothing has left"
    Batch.objects.update(state="accepted")
    assert set(reports.described(send)["events"].values()) == {0}
    hashes = {made.interests: made.variant.hash for made in VariantSet.objects.select_related("variant")}
    assert {
        (str(one["interest_sets"]), one["deliveries"], one["sha256"]) for one in described["variants"]
    } == {("[['africa']]", 1, hashes[0b0100]), ("[[]]", 1, hashes[EVERYTHING])}


def test_each_candidate_has_one_line() -> None:
    owner = a_list()
    a_reader(owner, "ada@x.example")
    a_reader(owner, "paused@x.example", status=Status.PAUSED)
    send = a_frozen_send(owner)
    (batch,) = batches_of(send)
    attempt = batches.claim(batch.pk, now=NOW, lease=60)
    assert attempt is not None
    batches.fire(batch.pk, attempt, SENDGRID, now=NOW)
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


WAIT = 1800.0
DECIDED = NOW + dt.timedelta(seconds=WAIT + 1)


@pytest.fixture
def sent_again() -> Batch:
    """A batch of three readers whose request was never answered, and to whom it was sent again."""
    owner = a_list()
    readers(owner, 3)
    (batch,) = batches_of(a_frozen_send(owner))
    _send_again(batch, Unknown("no answer"))
    return batch


def _answered(batch: Batch, answer: Answer, now: dt.datetime = DECIDED) -> batches.Fired:
    request = fired(batch, now)
    batches.settle(batch.pk, request.attempt, answer, now=now)
    return request


def _send_again(batch: Batch, answer: Answer, now: dt.datetime = NOW) -> None:
    _answered(batch, answer, now)
    later = now + dt.timedelta(seconds=WAIT + 1)
    assert batches.resend(batch.pk, by="ed", now=later, wait=WAIT) == batch.n
    batch.refresh_from_db()


def _child(batch: Batch) -> Batch:
    return Batch.objects.get(parent=batch)


def _proved(batch: Batch) -> None:
    batch.refresh_from_db()
    assert batch.attempt is not None
    batches.prove({batch.attempt: set()}, now=DECIDED)


def test_who_waits_for_a_second_copy_has_none_yet(sent_again: Batch) -> None:
    assert reports.twice(sent_again.send) == 0


def test_two_requests_that_may_have_been_taken_are_possibly_twice(sent_again: Batch) -> None:
    request = fired(_child(sent_again), DECIDED)
    assert reports.twice(sent_again.send) == 3, "under way"
    batches.settle(request.batch, request.attempt, Unknown("no answer"), now=DECIDED)
    assert reports.twice(sent_again.send) == 3, "unknown"
    batches.settle(request.batch, request.attempt, Accepted(202, "m"), now=DECIDED)
    assert reports.twice(sent_again.send) == 3, "accepted"
    assert reports.described(sent_again.send)["possibly_twice"] == 3


def test_a_second_request_that_was_refused_makes_no_second_copy(sent_again: Batch) -> None:
    _answered(_child(sent_again), NotAccepted("429"))
    assert reports.twice(sent_again.send) == 0


@pytest.mark.parametrize("second", [Accepted(202, "m"), Unknown("no answer")])
def test_proof_of_the_first_copy_leaves_possibly_twice_as_it_is(sent_again: Batch, second: Answer) -> None:
    _answered(_child(sent_again), second)
    _proved(sent_again)
    assert Batch.objects.get(pk=sent_again.pk).state == "closed"
    assert reports.twice(sent_again.send) == 3


def test_proof_of_the_first_copy_before_the_second_left_leaves_one(sent_again: Batch) -> None:
    _proved(sent_again)
    assert _child(sent_again).state == "closed"
    assert reports.twice(sent_again.send) == 0


def test_a_first_copy_that_was_refused_after_all_is_none(sent_again: Batch) -> None:
    _answered(_child(sent_again), Accepted(202, "m"))
    assert reports.twice(sent_again.send) == 3
    assert sent_again.attempt is not None
    batches.settle(sent_again.pk, sent_again.attempt, NotAccepted("401"), now=DECIDED)
    assert reports.twice(sent_again.send) == 0


def test_who_left_before_the_second_request_has_one_copy_at_most(sent_again: Batch) -> None:
    left = Delivery.objects.filter(send=sent_again.send).select_related("subscriber").earliest("pk")
    assert left.subscriber is not None
    unsubscribe(left.subscriber.subscriptions.get().pk, "one-click", NOW)
    _answered(_child(sent_again), Unknown("no answer"))
    assert reports.twice(sent_again.send) == 2
    _proved(sent_again)
    assert reports.twice(sent_again.send) == 2


def test_the_parts_of_a_second_request_count_one_by_one(sent_again: Batch) -> None:
    child = _child(sent_again)
    refused = Delivery.objects.filter(batch=child).earliest("pk")
    _answered(child, AddressRefused("no such address", delivery=refused.pk))
    assert reports.twice(sent_again.send) == 0, "nothing of it was taken"
    alone, rest = Batch.objects.filter(parent=child).order_by("pk")
    _answered(rest, Accepted(202, "m"))
    assert reports.twice(sent_again.send) == 2, "below a child"
    _answered(alone, AddressRefused("no such address", delivery=refused.pk))
    assert reports.twice(sent_again.send) == 2


def test_sent_again_and_again_it_is_twice_before_the_third_leaves(sent_again: Batch) -> None:
    child = _child(sent_again)
    _send_again(child, Unknown("no answer"), DECIDED)
    assert reports.twice(sent_again.send) == 3
    _answered(_child(child), Accepted(202, "m"), DECIDED + dt.timedelta(seconds=WAIT + 1))
    assert reports.twice(sent_again.send) == 3
    _proved(sent_again)
    assert reports.twice(sent_again.send) == 3


def test_of_a_batch_that_was_taken_in_part_only_the_doubted_part_can_be_twice() -> None:
    owner = a_list()
    readers(owner, 3)
    send = a_frozen_send(owner)
    (batch,) = batches_of(send)
    one, other, _ = Delivery.objects.order_by("pk").values_list("pk", flat=True)
    _answered(batch, Partly(unknown=(one,), deferred={other: "later"}), NOW)
    doubted = Batch.objects.get(state="unknown")
    assert batches.resend(doubted.pk, by="ed", now=DECIDED, wait=WAIT) == 1
    waiting = Batch.objects.filter(state="pending", n=2).get()
    _answered(waiting, Accepted(202, "m"))
    assert reports.twice(send) == 0, "they had no copy before"
    _answered(_child(doubted), Accepted(202, "m"))
    assert reports.twice(send) == 1


def test_without_a_decision_to_send_again_nobody_is_possibly_twice() -> None:
    owner = a_list()
    readers(owner, 3)
    send = a_frozen_send(owner)
    (batch,) = batches_of(send)
    _answered(batch, Unknown("no answer"), NOW)
    assert batches.leave_out(batch.pk, by="ed", now=DECIDED, wait=WAIT) == 3
    _proved(batch)
    assert reports.twice(send) == 0


def test_a_cancelled_send_is_called_so_only_when_nothing_is_under_way() -> None:
    owner = a_list()
    readers(owner, 2)
    send = a_frozen_send(owner)
    request = fired(batches_of(send)[0])
    cancelled = sends.cancel(send.pk, by="ed", now=NOW)
    assert reports.described(cancelled)["status"] == "cancelling"
    assert reports.listing()[0]["status"] == "cancelling"
    batches.settle(request.batch, request.attempt, Accepted(202, "m"), now=NOW)
    assert reports.described(cancelled)["status"] == "cancelled"


def test_what_the_transport_said_of_refused_addresses_is_counted_by_its_words() -> None:
    owner = a_list()
    a_reader(owner, "ada@x.example")
    send = a_frozen_send(owner)
    _answered(batches_of(send)[0], AddressRefused("Does not contain a valid address."), NOW)
    assert reports.described(send)["rejected_words"] == [
        {"words": "Does not contain a valid address.", "readers": 1}
    ]


def test_a_request_that_was_refused_and_told_of_all_the_same_is_a_contradiction() -> None:
    owner = a_list()
    readers(owner, 1)
    send = a_frozen_send(owner)
    request = _answered(batches_of(send)[0], NotAccepted("503 before the body"), NOW)
    assert reports.described(send)["contradictions"] == 0
    batches.prove({request.attempt: set()}, now=NOW)
    assert reports.described(send)["contradictions"] == 1


def test_sends_are_listed_page_by_page_without_tests() -> None:
    edition = an_edition(a_list())
    first, second, third = (a_send(edition) for _ in range(3))
    trial = sends.test(edition, ["ada@x.example"], None, by="ed", now=NOW)

    def listed(**page: int | bool) -> list[int]:
        return [row["id"] for row in reports.listing(**page)]  # type: ignore[arg-type]  # each as it is named

    assert listed(limit=2) == [third.pk, second.pk]
    assert listed(limit=2, before=second.pk) == [first.pk]
    assert listed(tests=True, limit=1) == [trial.pk]
    assert [row["kind"] for row in reports.listing(tests=True)] == ["test", "send", "send", "send"]


def test_a_correction_reaches_who_has_no_copy_and_leaves_the_doubted_alone() -> None:
    owner = a_list()
    readers(owner, 2, ["africa"])
    a_reader(owner, "ada@x.example")
    send = a_frozen_send(owner)
    doubted, waiting = batches_of(send)
    _answered(doubted, Unknown("no answer"), NOW)
    correction = sends.correct(send.pk, EDITION.replace(b"flew", b"flew far"), by="ed", now=NOW)

    def reached() -> tuple[int, int]:
        known = reports.corrected(Send.objects.get(pk=correction.pk))
        return known.taken, known.in_doubt

    assert reached() == (waiting.n, doubted.n)
    sends.prepare(correction.pk, now=NOW)
    assert reached() == (waiting.n, doubted.n), "the same once it took them"


def test_the_sums_of_several_sends_are_those_of_each_in_one_statement(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    owner = a_list()
    readers(owner, 3)
    a_reader(owner, "paused@x.example", status=Status.PAUSED)
    first = a_frozen_send(owner)
    second = a_send(an_edition(owner, EDITION.replace(b"elsewhere", b"Nairobi")))
    with django_assert_num_queries(1):
        found = reports.ledgers([first.pk, second.pk])
    for send in (first, second):
        alone = reports.ledger(send)
        assert (found[send.pk].candidates, found[send.pk].outcomes) == (alone.candidates, alone.outcomes)
    assert reports.ledgers([]) == {}


@pytest.mark.parametrize("statement", [reports.SUM_OUTCOMES, reports.SUM_SEVERAL.format(marks="%(send)s")])
def test_a_million_exceptions_are_summed_from_their_index_alone(statement: str) -> None:
    with transaction.atomic():
        if is_postgresql():
            for way in ("seqscan", "bitmapscan"):  # of so few rows it would read all, or some
                execute(f"SET LOCAL enable_{way} = off")
        asked = "EXPLAIN" if is_postgresql() else "EXPLAIN QUERY PLAN"
        plan = str(fetch(f"{asked} {statement}", {"send": 1}))
    alone = "Index Only Scan using" if is_postgresql() else "USING COVERING INDEX"
    assert f"{alone} delivery_exceptions" in plan
