"""What came back, applied: once each, in any order."""

import itertools
import json
import random
import uuid

import pytest
from structlog.testing import capture_logs

from mailer import batches, events
from mailer.models import Batch, Delivery, Event, EventBody, Send
from mailer.models.deliveries import EVENT_COLUMNS
from subscribers.models import List, Subscriber, Subscription, Suppression
from tests.stage import (
    NOW,
    SENDGRID,
    a_frozen_send,
    a_list,
    a_reader,
    an_event,
    batches_of,
    body_of,
    delivery_of,
)

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def send() -> Send:
    owner = a_list()
    for name in ("ada", "bo", "cy"):
        a_reader(owner, f"{name}@x.example")
    return a_frozen_send(owner)


@pytest.fixture
def attempt(send: Send) -> uuid.UUID:
    """The send's one request, of which nothing is known yet."""
    (batch,) = batches_of(send)
    attempt = batches.claim(batch.pk, now=NOW, lease=60)
    assert attempt is not None
    assert batches.fire(batch.pk, attempt, SENDGRID, now=NOW) is not None
    return attempt


def told(*said: dict[str, object]) -> None:
    """Receive a body and apply it."""
    number = events.store(body_of(*said), now=NOW)
    if number is not None:
        events.apply(number, now=NOW)


def suppressed(address: str) -> list[tuple[str, int | None]]:
    key = Subscriber.objects.get(canonical=address).address_key
    return list(Suppression.objects.filter(address_key=key).values_list("reason", "list_id"))


def test_each_event_is_kept_once_however_often_it_is_told(send: Send, attempt: uuid.UUID) -> None:
    ada = delivery_of(send, "ada@x.example")
    opened = an_event("open", ada, attempt, sg_event_id="one")
    told(opened)
    told(opened)
    told(opened, opened | {"sg_event_id": "another"})
    assert Event.objects.count() == 1


def test_the_same_body_told_again_is_stored_once() -> None:
    assert events.store(b"[]\r\n", now=NOW) is not None
    assert events.store(b"[]\r\n", now=NOW) is None
    assert EventBody.objects.count() == 1


def test_the_earliest_of_each_kind_is_kept(send: Send, attempt: uuid.UUID) -> None:
    ada = delivery_of(send, "ada@x.example")
    told(an_event("open", ada, attempt, at=50))
    told(an_event("open", ada, attempt, at=10), an_event("open", ada, attempt, at=90))
    ada.refresh_from_db()
    assert ada.opened_at is not None
    assert (ada.opened_at - NOW).total_seconds() == 10


def test_any_order_and_repetition_gives_the_same_state(send: Send, attempt: uuid.UUID) -> None:
    """I7, for all orders of four events and thirty of eleven, each told up to three times."""
    ada, bo = (delivery_of(send, f"{name}@x.example") for name in ("ada", "bo"))
    few = [
        an_event("delivered", ada, attempt, at=1),
        an_event("open", ada, attempt, at=5),
        an_event("open", ada, attempt, at=3, sg_machine_open=True),
        an_event("bounce", bo, attempt, at=2),
    ]
    many = [
        *few,
        an_event("open", ada, attempt, at=4),
        an_event("click", ada, attempt, at=6, url="https://a.example/"),
        an_event("click", ada, attempt, at=6, url="https://b.example/"),
        an_event("spamreport", ada, attempt, at=9),
        an_event("deferred", bo, attempt, at=1),
        an_event("processed", bo, attempt),
        an_event("unsubscribe", bo, attempt, at=7),
    ]
    chance = random.Random(7)  # noqa: S311 - a seed, so that a failure can be seen again
    orders = [list(order) for order in itertools.permutations(few)]
    orders += [chance.sample(many * (1 + n % 3), len(many) * (1 + n % 3)) for n in range(30)]
    seen: dict[int, set[str]] = {}
    for order in orders:
        for said in order:
            told(said)
        seen.setdefault(len({json.dumps(said) for said in order}), set()).add(_state())
        _forget()
    assert {size: len(states) for size, states in seen.items()} == {4: 1, 11: 1}


def _state() -> str:
    columns = [*EVENT_COLUMNS.values(), "state"]
    return json.dumps(
        [
            list(Delivery.objects.order_by("pk").values_list("pk", *columns)),
            list(
                Event.objects.order_by("kind", "at", "delivery_ref", "link", "machine").values_list(
                    "kind", "at", "delivery_ref", "link"
                )
            ),
            list(Suppression.objects.order_by("address_key", "reason").values_list("address_key", flat=True)),
            list(Subscriber.objects.order_by("pk").values_list("last_opened_at", "last_clicked_at")),
            list(Subscription.objects.order_by("pk").values_list("status")),
            list(Batch.objects.values_list("state")),
        ],
        default=str,
    )


def _forget() -> None:
    Delivery.objects.update(**dict.fromkeys(EVENT_COLUMNS.values()))
    for model in (Event, EventBody, Suppression):
        model.objects.all().delete()
    Subscriber.objects.update(last_opened_at=None, last_clicked_at=None)
    Subscription.objects.update(status="active")
    Batch.objects.update(state="submitting")


def test_an_event_before_our_own_mark_proves_the_request(send: Send, attempt: uuid.UUID) -> None:
    told(an_event("processed", delivery_of(send, "ada@x.example"), attempt))
    (batch,) = batches_of(send)
    assert batch.state == "accepted"


def test_an_open_by_a_machine_is_kept_apart(send: Send, attempt: uuid.UUID) -> None:
    ada = delivery_of(send, "ada@x.example")
    told(an_event("open", ada, attempt, sg_machine_open=True))
    ada.refresh_from_db()
    assert ada.machine_opened_at is not None
    assert ada.opened_at is None
    assert Subscriber.objects.get(canonical="ada@x.example").last_opened_at is None


@pytest.mark.parametrize("who", ["the reader", "the list", "an erased reader"])
def test_who_is_not_counted_any_more_is_not_noted_and_the_letter_is_proven_all_the_same(
    send: Send, attempt: uuid.UUID, who: str
) -> None:
    ada = delivery_of(send, "ada@x.example")
    if who == "the reader":
        Subscriber.objects.filter(canonical="ada@x.example").update(tracked=False)
    elif who == "the list":
        List.objects.update(tracked=False)
    else:
        Delivery.objects.filter(pk=ada.pk).update(subscriber=None)
    told(an_event("open", ada, attempt), an_event("click", ada, attempt, url="https://a.example/"))
    ada.refresh_from_db()
    assert (ada.opened_at, ada.clicked_at, Event.objects.count()) == (None, None, 0)
    assert Subscriber.objects.get(canonical="ada@x.example").last_opened_at is None
    (batch,) = batches_of(send)
    assert batch.state == "accepted"
    told(an_event("delivered", ada, attempt))
    assert Event.objects.get().kind == "delivered"


def test_a_link_that_no_person_sees_says_of_nobody_that_they_read(send: Send, attempt: uuid.UUID) -> None:
    ada = delivery_of(send, "ada@x.example")
    told(an_event("click", ada, attempt, url="https://news.example/c/unseen"))
    ada.refresh_from_db()
    assert ada.machine_clicked_at is not None
    assert Subscriber.objects.get(canonical="ada@x.example").last_clicked_at is None


def test_a_hard_bounce_and_a_complaint_suppress_everywhere_and_a_block_does_not(
    send: Send, attempt: uuid.UUID
) -> None:
    ada, bo, cy = (delivery_of(send, f"{name}@x.example") for name in ("ada", "bo", "cy"))
    told(
        an_event("bounce", ada, attempt, type="bounce"),
        an_event("spamreport", bo, attempt),
        an_event("bounce", cy, attempt, type="blocked"),
    )
    assert suppressed("ada@x.example") == [("bounced", None)]
    assert suppressed("bo@x.example") == [("complained", None)]
    assert suppressed("cy@x.example") == []


def test_leaving_through_the_provider_ends_the_subscription(send: Send, attempt: uuid.UUID) -> None:
    told(an_event("unsubscribe", delivery_of(send, "ada@x.example"), attempt))
    assert Subscription.objects.get(subscriber__canonical="ada@x.example").status == "unsubscribed"
    assert suppressed("ada@x.example") == [("unsubscribed", send.edition.list_id)]


def test_leaving_by_our_own_link_is_an_event_of_that_copy(send: Send) -> None:
    ada = delivery_of(send, "ada@x.example")
    for _ in range(2):
        events.note_leaving(ada.pk, at=NOW)
    events.note_leaving(987654321, at=NOW)
    ada.refresh_from_db()
    assert ada.unsubscribed_at == NOW
    assert Event.objects.get().kind == "unsubscribed"


def test_news_older_than_a_lift_suppresses_nobody(send: Send, attempt: uuid.UUID) -> None:
    ada = delivery_of(send, "ada@x.example")
    told(an_event("bounce", ada, attempt, at=1))
    Suppression.objects.update(lifted_at=NOW.replace(hour=10))
    told(an_event("bounce", ada, attempt, at=2))
    assert not Suppression.objects.filter(lifted_at=None).exists()


def test_an_event_without_our_ids_suppresses_by_the_address_and_is_attributed_to_nobody(send: Send) -> None:
    told(an_event("bounce", email="Ada@x.example", type="bounce"))
    assert suppressed("ada@x.example") == [("bounced", None)]
    assert Event.objects.get().delivery_ref == 0
    assert delivery_of(send, "ada@x.example").bounced_at is None


@pytest.mark.parametrize("stranger", ["delivery", "attempt", "both"])
def test_an_event_of_another_house_touches_no_copy_of_ours(
    send: Send, attempt: uuid.UUID, stranger: str
) -> None:
    ada = delivery_of(send, "ada@x.example")
    said = an_event("delivered", ada, attempt, email="ada@x.example")
    if stranger != "attempt":
        said["nl_delivery"] = "987654321"
    if stranger != "delivery":
        said["nl_attempt"] = uuid.uuid4().hex
    with capture_logs() as lines:
        told(said)
    assert [line["foreign"] for line in lines if line["event"] == "events applied"] == [1]
    ada.refresh_from_db()
    assert ada.delivered_at is None
    assert batches_of(send)[0].state == "submitting"


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[7, null, {}]", b"\xff\xfe", b'[{"event":"mars_landing","timestamp":1}]']
)
def test_a_body_that_makes_no_sense_is_kept_and_breaks_nothing(body: bytes) -> None:
    number = events.store(body, now=NOW)
    assert number is not None
    events.apply(number, now=NOW)
    assert EventBody.objects.get().applied_at is not None
    assert Event.objects.count() == 0


def test_an_address_that_cannot_be_read_is_no_reason_to_stop(send: Send, attempt: uuid.UUID) -> None:
    told(
        an_event("bounce", email="not an address"),
        an_event("open", delivery_of(send, "ada@x.example"), attempt),
    )
    assert delivery_of(send, "ada@x.example").opened_at is not None
    assert not Suppression.objects.exists()


def test_a_link_longer_than_an_index_can_hold_is_kept(send: Send, attempt: uuid.UUID) -> None:
    link = "https://a.example/" + "x" * 9000
    told(an_event("click", delivery_of(send, "ada@x.example"), attempt, url=link))
    assert Event.objects.get().link == link
