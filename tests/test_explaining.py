"""Everything that the rows hold of one person and one send, read and told."""

import datetime as dt
import uuid

import pytest
from pytest_django import DjangoAssertNumQueries

from mailer import explaining, sends, telling
from mailer.models import Attempt, Batch, Delivery, Event, Send
from mailer.telling.known import Decision, Known
from mailer.timetable import Instant
from mailer.vocabulary import AnswerKind, BatchState, DeliveryState, EventKind, Reason, SendKind
from subscribers.addresses import AddressError, address_key, parse
from subscribers.leaving import unsubscribe
from subscribers.models import Consent, List
from subscribers.segments import keeping
from subscribers.suppressions import suppress
from subscribers.vocabulary import Action, Status, Suppressed
from tests.stage import (
    NOW,
    a_frozen_send,
    a_list,
    a_reader,
    a_send,
    an_edition,
    batches_of,
    delivery_of,
    readers,
)

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def at(seconds: float) -> dt.datetime:
    return NOW + dt.timedelta(seconds=seconds)


def explained(address: str, send: Send) -> Known:
    return explaining.explain(address, send)


def an_attempt(batch: Batch, answer: AnswerKind, after: float = 3, **more: object) -> Attempt:
    """Write a request of this batch that left `after` seconds after the freeze."""
    attempt = Attempt.objects.create(
        id=uuid.uuid4(),
        batch=batch,
        transport="sendgrid",
        n=batch.n,
        fired_at=at(after),
        payload_hash="0" * 64,
        answer=answer,
        settled_at=at(after + 1),
        settled_by="answer",
        **more,
    )
    Batch.objects.filter(pk=batch.pk).update(attempt=attempt.pk, fired_at=at(after))
    return attempt


def a_child(parent: Batch, state: BatchState) -> Batch:
    """Move all readers of a batch to a child of it."""
    child = Batch.objects.create(
        send=parent.send, variant=parent.variant, parent=parent, state=state, n=parent.n
    )
    Delivery.objects.filter(batch=parent).update(batch=child)
    Batch.objects.filter(pk=parent.pk).update(n=0)
    return child


def happened(send: Send, address: str, kind: EventKind, after: float, attempt: Attempt | None = None) -> None:
    Event.objects.create(
        delivery_ref=delivery_of(send, address).pk,
        send_ref=send.pk,
        attempt=attempt.pk if attempt else None,
        kind=kind,
        at=at(after),
        received_at=at(after),
    )


@pytest.fixture
def owner() -> List:
    """A list of Ada, who chose Africa, and Bo, who chose it too."""
    owner = a_list()
    ada = a_reader(owner, "ada@x.example", ["africa"])
    Consent.objects.create(
        subscriber=ada.subscriber, list=owner, action=Action.GRANTED, at=at(-3_600), how="spring meeting"
    )
    a_reader(owner, "bo@x.example", ["africa"])
    return owner


def test_consent_choice_and_letter_are_those_of_the_freeze(owner: List) -> None:
    known = explained("ada@x.example", a_frozen_send(owner))
    assert [(line.action, line.how) for line in known.agreed] == [("granted", "spring meeting")]
    assert (known.status_at_freeze, known.chose_at_freeze) == (Status.ACTIVE, ("Africa",))
    assert known.copy is not None
    assert known.copy.outcome == "pending"
    assert known.copy.letter is not None
    assert (known.copy.letter.subject, known.copy.letter.readers) == ("Space, seen from elsewhere", 2)
    assert known.copy.letter.sets == (("Africa",),)


def test_the_address_may_be_written_in_another_way(owner: List) -> None:
    known = explained(" ADA@X.example ", a_frozen_send(owner))
    assert known.address == "ADA@X.example"
    assert known.copy is not None


def test_a_batch_that_was_sent_again_is_followed_to_where_its_readers_are(owner: List) -> None:
    send = a_frozen_send(owner)
    [first] = batches_of(send)
    doubted = an_attempt(first, AnswerKind.UNKNOWN, status=503, detail="away", abandoned_by="ed")
    second = a_child(first, BatchState.ACCEPTED)
    Batch.objects.filter(pk=first.pk).update(state=BatchState.RESENT)
    taken = an_attempt(second, AnswerKind.ACCEPTED, after=2_460, message_id="m2")
    happened(send, "ada@x.example", EventKind.DELIVERED, 2_462, taken)
    known = explained("ada@x.example", send)
    copy = known.copy
    assert copy is not None
    assert [part.id for part in copy.parts] == [first.pk, second.pk]
    assert [request.id for request in known.carried] == [doubted.pk.hex, taken.pk.hex]
    assert copy.decision(copy.requests[0]) is Decision.SENT_AGAIN
    assert [(event.kind, event.attempt) for event in copy.events] == [("delivered", taken.pk.hex)]
    assert telling.tell(known).conclusion == ("Outcome: accepted, possibly twice. Their mail server took it.")


def test_a_time_whose_event_is_no_longer_kept_is_still_told(owner: List) -> None:
    send = a_frozen_send(owner)
    happened(send, "ada@x.example", EventKind.DELIVERED, 9)
    Delivery.objects.filter(send=send).update(delivered_at=at(9), machine_opened_at=at(12))
    copy = explained("ada@x.example", send).copy
    assert copy is not None
    assert [(event.kind, event.machine, event.at) for event in copy.events] == [
        (EventKind.DELIVERED, False, at(9)),
        (EventKind.OPENED, True, at(12)),
    ]


def test_an_exclusion_has_its_reason(owner: List) -> None:
    suppress(address_key("bo@x.example"), Suppressed.BOUNCED, "told by sendgrid", at(-60))
    known = explained("bo@x.example", a_frozen_send(owner))
    assert known.copy is not None
    assert (known.copy.outcome, known.copy.reason) == ("excluded", Reason.SUPPRESSED)
    assert [(bar.reason, bar.everywhere) for bar in known.barred] == [("bounced", True)]


def test_an_erased_person_is_found_by_the_hash(owner: List) -> None:
    send = a_frozen_send(owner)
    delivery_of(send, "ada@x.example").subscriber.delete()  # type: ignore[union-attr]  # it has one until now
    known = explained("ada@x.example", send)
    assert not known.here
    assert known.copy is not None
    assert "has been erased since" in telling.tell(known).conclusion


def test_who_had_left_before_the_freeze_is_no_candidate(owner: List) -> None:
    cy = a_reader(owner, "cy@x.example")
    unsubscribe(cy.pk, "one-click", at(-60))
    known = explained("cy@x.example", a_frozen_send(owner))
    assert known.copy is None
    assert telling.tell(known).conclusion.startswith("Not a candidate: they had left space-digest on")


def test_who_is_on_no_list_is_no_candidate(owner: List) -> None:
    known = explained("nobody@x.example", a_frozen_send(owner))
    assert (known.copy, known.here, known.standing) == (None, False, None)


def test_before_the_freeze_nothing_is_decided(owner: List) -> None:
    known = explained("ada@x.example", a_send(an_edition(owner)))
    assert telling.tell(known).conclusion.startswith("Not decided yet:")


def test_who_was_not_in_the_segment_is_no_candidate(owner: List) -> None:
    a_reader(owner, "cy@x.example", ["china"])
    segment = keeping.add(owner, "africa", "interest in (africa)", by="ed", at=NOW).segment
    send = sends.schedule(an_edition(owner), Instant(NOW), by="ed", now=NOW, segment=segment)
    before = (
        "Not decided yet: the audience is frozen when the send starts, 2026-12-01 09:00:00 UTC. As things"
    )
    assert telling.tell(explained("cy@x.example", send)).conclusion == (
        f"{before} stand they are not in the segment africa and get nothing."
    )
    assert telling.tell(explained("ada@x.example", send)).conclusion == (
        f"{before} stand they are active on the list, and in the segment africa."
    )
    assert telling.tell(explained("nobody@x.example", send)).conclusion == (
        f"{before} stand they are not on space-digest and get nothing."
    )
    sends.prepare(send.pk, now=NOW)
    frozen = sends.find(send.pk)
    assert telling.tell(explained("cy@x.example", frozen)).conclusion == (
        "Not a candidate: the send went to a segment of the list, africa, and they were not in it."
    )
    assert explained("ada@x.example", frozen).copy is not None


def test_a_second_send_of_the_edition_names_the_first(owner: List) -> None:
    first = a_frozen_send(owner)
    second = Send.objects.create(
        edition=first.edition,
        revision=first.revision,
        content_hash=first.content_hash,
        sender_name=first.sender_name,
        sender_address=first.sender_address,
        kind=SendKind.TEST,
        scheduled_at=NOW,
        created_at=NOW,
        candidates=1,
        frozen_at=at(60),
    )
    Delivery.objects.create(
        send=second,
        edition=first.edition,
        subscriber=delivery_of(first, "ada@x.example").subscriber,
        address_key=address_key("ada@x.example"),
        state=DeliveryState.EXCLUDED,
        reason=Reason.ALREADY_HAS_THIS_EDITION,
    )
    known = explained("ada@x.example", second)
    assert [(other.send, other.outcome) for other in known.elsewhere] == [(first.pk, "pending")]


def test_a_test_to_one_who_is_no_subscriber_is_explained_too(owner: List) -> None:
    first = a_frozen_send(owner)
    [batch] = batches_of(first)
    a_test = Send.objects.create(
        edition=first.edition,
        revision=first.revision,
        content_hash=first.content_hash,
        sender_name=first.sender_name,
        sender_address=first.sender_address,
        kind=SendKind.TEST,
        scheduled_at=NOW,
        created_at=NOW,
        candidates=1,
        frozen_at=NOW,
    )
    tested = Batch.objects.create(send=a_test, variant=batch.variant, state=BatchState.ACCEPTED, n=1)
    Delivery.objects.create(
        send=a_test,
        address_key=address_key(parse("Guest@y.example").canonical),
        test_address="Guest@y.example",
        variant=batch.variant,
        batch=tested,
    )
    an_attempt(tested, AnswerKind.ACCEPTED, message_id="m1")
    told = telling.tell(explained("guest@y.example", a_test))
    assert "test send" in told.heading
    assert (
        told.conclusion == "Outcome: accepted. The transport took it; nothing says yet that it was delivered."
    )
    assert telling.tell(explained("ada@x.example", a_test)).conclusion.startswith("Not a candidate: the send")


def test_what_is_no_address_is_refused(owner: List) -> None:
    with pytest.raises(AddressError):
        explained("no address", a_frozen_send(owner))


def test_what_a_consent_noted_of_the_choice_is_told(owner: List) -> None:
    send = a_frozen_send(owner)
    ada = delivery_of(send, "ada@x.example").subscriber
    assert ada is not None
    for after, interests in ((1, ["china", "gone"]), (2, "everything")):
        Consent.objects.create(
            subscriber=ada,
            list=owner,
            action=Action.CHANGED,
            at=at(after),
            how="preferences page",
            detail={"interests": interests},
        )
    assert [line.chose for line in explained("ada@x.example", send).agreed] == [
        "",
        "China, gone",
        "everything",
    ]


def test_a_long_list_costs_no_more_queries_than_a_short_one(
    owner: List, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    readers(owner, 20)
    send = Send.objects.select_related("edition__list").get(pk=a_frozen_send(owner).pk)
    with django_assert_max_num_queries(12):
        explaining.explain("ada@x.example", send)
