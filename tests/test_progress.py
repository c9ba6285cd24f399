"""A worker's health is its progress: is what is due being taken?"""

import datetime as dt

import pytest

from mailer import batches, events, sends
from mailer.models import Batch, Send
from mailer.progress import Due, health
from mailer.transports.answers import Accepted, NotAccepted, Unknown
from subscribers.models import Letter
from tests.stage import NOW, a_frozen_send, a_list, a_reader, a_send, an_edition, batches_of, fired, readers

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def after(seconds: float) -> dt.datetime:
    return NOW + dt.timedelta(seconds=seconds)


def faults(seconds: float) -> list[str]:
    """Return what is wrong so many seconds after NOW, each shortened to what it is about."""
    return [fault.partition(" been due")[0] for fault in health(now=after(seconds)).faults]


@pytest.fixture
def send() -> Send:
    """A frozen send of two batches."""
    owner = a_list()
    readers(owner, 2, ["africa"])
    a_reader(owner, "ada@x.example")
    return a_frozen_send(owner)


@pytest.mark.parametrize(
    ("late", "taken", "wrong"), [(120, False, False), (121, False, True), (121, True, False)]
)
def test_late_and_untouched_is_wrong(*, late: float, taken: bool, wrong: bool) -> None:
    assert bool(Due("batch", "batches", 2, NOW, taken).fault(after(late), 120)) is wrong


def test_a_fault_is_a_sentence() -> None:
    assert Due("batch", "batches", 1200, NOW, taken=False).fault(after(300), 120) == (
        "1,200 batches have been due since 2026-12-01 09:00:00 UTC, and none was taken in the last 120 s"
    )
    assert Due("batch", "batches", 1, NOW, taken=False).fault(after(300), 120).startswith("1 batch has been")


def test_with_nothing_to_do_nothing_is_wrong() -> None:
    assert health(now=NOW).due == ()
    a_send(an_edition(a_list()), at=after(3600))
    assert health(now=after(3599)).due == ()
    assert health(now=NOW).described() == {"healthy": True, "due": [], "faults": []}


def test_a_send_whose_hour_has_come_wants_to_be_prepared() -> None:
    send = a_send(an_edition(a_list()))
    assert (faults(119), faults(121)) == ([], ["1 send has"])
    sends.prepare(send.pk, now=NOW)
    Letter.objects.all().delete()
    assert faults(121) == []


def test_a_frozen_send_wants_its_batches_taken(send: Send) -> None:
    assert (faults(119), faults(121)) == ([], ["2 batches have"])
    [due] = health(now=after(121)).described()["due"]
    assert (due["what"], due["number"], due["since"], due["taken_lately"]) == ("batches", 2, NOW, False)
    first = batches_of(send)[0]
    request = fired(first, after(100))
    batches.settle(first.pk, request.attempt, Accepted(202, "m"), now=after(101))
    assert (faults(200), faults(221)) == ([], ["1 batch has"]), "one was taken, and then no other"


def test_a_claim_is_progress_until_its_lease_is_over(send: Send) -> None:
    first = batches_of(send)[0]
    assert batches.claim(first.pk, now=after(200), lease=60) is not None
    assert (faults(259), faults(261)) == ([], ["2 batches have"])


def test_whom_the_pace_or_the_transport_holds_back_is_not_due(send: Send) -> None:
    for batch in batches_of(send):
        batches.postpone(batch.pk, after(1000))
    assert (faults(999), faults(1119), faults(1121)) == ([], [], ["2 batches have"])


def test_a_paused_send_wants_nothing_and_a_resumed_one_from_then_on(send: Send) -> None:
    sends.pause(send.pk, by="ed", now=NOW)
    Letter.objects.all().delete()
    assert faults(5000) == []
    sends.resume(send.pk, by="ed", now=after(5000))
    assert (faults(5119), faults(5121)) == ([], ["2 batches have"])


def test_a_shorter_useful_life_hides_nothing(send: Send) -> None:
    Send.objects.filter(pk=send.pk).update(useful_until=after(900_000))
    assert faults(121) == ["2 batches have"]


def test_what_is_unknown_waits_for_a_person_and_is_no_worker_s_fault(send: Send) -> None:
    for batch in batches_of(send):
        request = fired(batch)
        batches.settle(batch.pk, request.attempt, Unknown("no answer"), now=NOW)
    assert faults(5000) == []


def test_what_was_refused_is_due_again_from_its_time(send: Send) -> None:
    Batch.objects.exclude(pk=batches_of(send)[0].pk).update(state="closed")
    first = batches_of(send)[0]
    request = fired(first)
    batches.settle(first.pk, request.attempt, NotAccepted("429", 429, wait=300), now=NOW)
    assert (faults(419), faults(421)) == ([], ["1 batch has"])


def test_webhook_bodies_want_to_be_applied() -> None:
    first, second = (events.store(body, now=NOW) for body in (b"[]", b"[ ]"))
    assert first is not None
    assert second is not None
    assert (faults(119), faults(121)) == ([], ["2 webhook bodies have"])
    events.apply(first, now=after(100))
    assert (faults(200), faults(221)) == ([], ["1 webhook body has"])


def test_letters_to_one_person_want_to_leave() -> None:
    letter = Letter.objects.create(
        kind="notice", list=a_list(), address="ed@example.org", occasion="a test", created_at=NOW
    )
    assert (faults(119), faults(121)) == ([], ["1 letter has"])
    Letter.objects.filter(pk=letter.pk).update(not_before=after(600))
    assert (faults(599), faults(721)) == ([], ["1 letter has"])
    Letter.objects.filter(pk=letter.pk).update(state="accepted", fired_at=after(700))
    assert faults(721) == []
