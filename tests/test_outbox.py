"""A letter to one person: claimed, fired and settled by the rules of a batch of one."""

import datetime as dt
import json
import time
import uuid
from collections.abc import Sequence
from dataclasses import asdict, replace

import pytest

from mailer import outbox
from mailer.letters.notice import Facts, News
from mailer.transports.answers import (
    Accepted,
    AddressRefused,
    Answer,
    NotAccepted,
    Partly,
    Refused,
    Unknown,
)
from mailer.transports.port import Parcel, Witness
from mailer.transports.request import Envelope, Reader
from mailer.transports.sendgrid import SendGrid
from subscribers.addresses import address_key
from subscribers.models import Letter, List, Subscriber
from subscribers.suppressions import suppress
from subscribers.vocabulary import OutboxKind, OutboxState, Status, Suppressed
from tests.provider import provider, says
from tests.stage import NOW, a_list, a_reader

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

OWNER = "owner@desk.example"
LATER = NOW + dt.timedelta(minutes=10)
FACTS = Facts(News.MISSED, "Space Digest", "space-digest", 7, 3, "Orbits", "2026-12-01 09:00 UTC")
NOBODY = SendGrid("SG.key", "http://127.0.0.1:9", 5)  # the discard port, where nobody listens


def a_letter(owner: List | None = None, occasion: str = "send 7 missed", **others: object) -> Letter:
    said = {"kind": OutboxKind.NOTICE, "address": OWNER, "values": asdict(FACTS), "created_at": NOW}
    return Letter.objects.create(list=owner or a_list(), occasion=occasion, **{**said, **others})


def claimed(letter: Letter, now: dt.datetime = NOW) -> uuid.UUID:
    attempt = outbox.claim(letter.pk, now=now, lease=60)
    assert attempt is not None
    return attempt


def fired(letter: Letter) -> outbox.Fired:
    request = outbox.fire(letter.pk, claimed(letter), NOBODY, now=NOW)
    assert request is not None
    return request


def state_of(letter: Letter) -> str:
    letter.refresh_from_db()
    return letter.state


def test_a_letter_leaves_once_and_says_by_whom_to_whom_and_that_no_person_wrote_it() -> None:
    letter = a_letter()
    with provider(says(202, X_Message_Id="m-1")) as service:
        transport = SendGrid("SG.key", service.url, 5)
        for _ in range(3):
            outbox.deliver(letter.pk, transport, now=LATER)
    ((path, headers, raw),) = service.asked
    body = json.loads(raw)
    assert path == "/v3/mail/send"
    assert headers["Authorization"] == "Bearer SG.key"
    assert body["from"] == {"email": "editor@news.example", "name": "Space Digest"}
    assert body["personalizations"][0]["to"] == [{"email": OWNER}]
    assert body["subject"] == "Space Digest: not sent, its hour has passed"
    assert body["headers"] == {"Auto-Submitted": "auto-generated"}
    assert body["tracking_settings"]["click_tracking"]["enable"] is False
    assert [part["type"] for part in body["content"]] == ["text/plain", "text/html"]
    assert state_of(letter) == OutboxState.ACCEPTED
    assert letter.message_id == "m-1"
    assert letter.lease_until is None


def test_a_letter_is_claimed_by_one_worker() -> None:
    letter = a_letter()
    assert outbox.due(now=NOW, most=10) == [letter.pk]
    assert outbox.claim(letter.pk, now=NOW, lease=60) is not None
    assert outbox.claim(letter.pk, now=NOW, lease=60) is None
    assert outbox.due(now=NOW, most=10) == []


def test_the_oldest_are_due_first_and_only_so_many_are_asked_for() -> None:
    owner = a_list()
    first, second, _ = (a_letter(owner, f"send {number} missed") for number in range(3))
    assert outbox.due(now=NOW, most=2) == [first.pk, second.pk]


def test_a_letter_that_must_wait_is_claimed_by_nobody_before_its_time() -> None:
    letter = a_letter(not_before=LATER)
    assert outbox.due(now=NOW, most=10) == []
    assert outbox.claim(letter.pk, now=NOW, lease=60) is None
    assert outbox.claim(letter.pk, now=LATER, lease=60) is not None


def test_killed_between_claim_and_fire_it_is_given_back_when_the_lease_is_over() -> None:
    letter = a_letter()
    slow = claimed(letter)
    assert outbox.release(now=NOW) == 0
    assert outbox.release(now=LATER) == 1
    quick = claimed(letter, LATER)
    assert outbox.fire(letter.pk, slow, NOBODY, now=LATER) is None
    assert outbox.fire(letter.pk, quick, NOBODY, now=LATER) is not None


def test_a_letter_is_fired_once() -> None:
    letter = a_letter()
    attempt = claimed(letter)
    assert outbox.fire(letter.pk, attempt, NOBODY, now=NOW) is not None
    assert outbox.fire(letter.pk, attempt, NOBODY, now=NOW) is None


def test_killed_after_fire_it_is_unknown_and_no_machine_sends_it_again() -> None:
    letter = a_letter()
    fired(letter)
    assert outbox.release(now=LATER) == 0
    assert outbox.doubt(now=NOW + dt.timedelta(seconds=119), after=120) == 0
    assert outbox.doubt(now=LATER, after=120) == 1
    assert state_of(letter) == OutboxState.UNKNOWN
    with provider(says(202)) as service:
        assert outbox.due(now=LATER, most=10) == []
        outbox.deliver(letter.pk, SendGrid("SG.key", service.url, 5), now=LATER)
    assert service.asked == []


def test_an_answer_that_comes_after_the_doubt_still_settles_it() -> None:
    letter = a_letter()
    request = fired(letter)
    outbox.doubt(now=LATER, after=120)
    assert outbox.settle(letter.pk, request.attempt, Accepted(202, "m-1"), now=LATER)
    assert state_of(letter) == OutboxState.ACCEPTED


def test_an_answer_settles_once_and_only_its_own_request() -> None:
    letter = a_letter()
    request = fired(letter)
    assert not outbox.settle(letter.pk, uuid.uuid4(), Accepted(202, "m-0"), now=NOW)
    assert outbox.settle(letter.pk, request.attempt, Accepted(202, "m-1"), now=NOW)
    assert not outbox.settle(letter.pk, request.attempt, Unknown("no answer"), now=NOW)
    assert state_of(letter) == OutboxState.ACCEPTED


def test_held_up_after_fire_nothing_is_offered_and_the_letter_waits() -> None:
    letter = a_letter()
    request = fired(letter)
    late = replace(request, at=time.clock_gettime(time.CLOCK_BOOTTIME) - 6)
    with provider(says(202)) as service:
        answer = outbox.submit(late, SendGrid("SG.key", service.url, 5))
    assert service.asked == []
    outbox.settle(letter.pk, request.attempt, answer, now=NOW)
    assert state_of(letter) == OutboxState.PENDING


def test_where_nobody_listens_it_waits_longer_each_time() -> None:
    letter = a_letter()
    now, waits = NOW, []
    for _ in range(4):
        request = outbox.fire(letter.pk, claimed(letter, now), NOBODY, now=now)
        assert request is not None
        outbox.settle(letter.pk, request.attempt, outbox.submit(request, NOBODY), now=now)
        assert state_of(letter) == OutboxState.PENDING
        assert letter.not_before is not None
        waits.append((letter.not_before - now).total_seconds())
        now = letter.not_before
    assert waits == [5, 5, 10, 20]


@pytest.mark.parametrize(
    ("status", "state"),
    [(401, OutboxState.PENDING), (500, OutboxState.UNKNOWN), (503, OutboxState.UNKNOWN)],
)
def test_what_the_provider_answers_decides(status: int, state: OutboxState) -> None:
    letter = a_letter()
    with provider(says(status, b'{"errors":[{"message":"no"}]}')) as service:
        outbox.deliver(letter.pk, SendGrid("SG.key", service.url, 5), now=NOW)
        outbox.deliver(letter.pk, SendGrid("SG.key", service.url, 5), now=LATER)
    assert len(service.asked) == 1
    assert state_of(letter) == state
    assert "no" in letter.answer


def test_a_refusal_that_needs_a_person_waits_an_hour_and_is_logged(
    capsys: pytest.CaptureFixture[str],
) -> None:
    letter = a_letter()
    request = fired(letter)
    outbox.settle(letter.pk, request.attempt, Refused("401 revoked", 401), now=NOW)
    assert state_of(letter) == OutboxState.PENDING
    assert letter.not_before == NOW + dt.timedelta(hours=1)
    said = capsys.readouterr().out
    assert "letter refused until a person acts" in said
    assert OWNER not in said


WAITS, IS_TAKEN = OutboxState.PENDING, OutboxState.ACCEPTED


@pytest.mark.parametrize(
    ("answer", "state", "words"),
    [
        (Accepted(202, "m"), IS_TAKEN, ""),
        (NotAccepted("429 slow down", 429, wait=30), WAITS, "429 slow down"),
        (AddressRefused("400 no such domain"), OutboxState.REJECTED, "400 no such domain"),
        (Unknown("no answer"), OutboxState.UNKNOWN, "no answer"),
        (Partly(accepted=(0,)), IS_TAKEN, ""),
        (Partly(unknown=(0,), detail="cut off"), OutboxState.UNKNOWN, "cut off"),
        (Partly(rejected={0: "550 unknown here"}), OutboxState.REJECTED, "550 unknown here"),
        (Partly(deferred={0: "451 greylisted"}), WAITS, "451 greylisted"),
        (Partly(detail="421 closing"), WAITS, "421 closing"),
        (Partly(pause="535 who are you"), WAITS, "535 who are you"),
    ],
)
def test_every_answer_has_its_outcome(answer: Answer, state: OutboxState, words: str) -> None:
    letter = a_letter()
    outbox.settle(letter.pk, fired(letter).attempt, answer, now=NOW)
    assert (state_of(letter), letter.answer) == (state, words)
    assert (letter.not_before is not None) == (state == WAITS)


@pytest.mark.parametrize("everywhere", [True, False])
def test_a_suppressed_owner_gets_none(everywhere: bool) -> None:  # noqa: FBT001 - a parameter of the test
    owner = a_list()
    letter = a_letter(owner, address="Owner@Desk.example")
    attempt = claimed(letter)
    suppress(address_key(OWNER), Suppressed.BOUNCED, "a test", NOW, None if everywhere else owner)
    assert outbox.fire(letter.pk, attempt, NOBODY, now=NOW) is None
    assert state_of(letter) == OutboxState.CANCELLED
    assert letter.answer == "the address is suppressed"


def test_an_address_that_is_none_is_cancelled_with_the_reason() -> None:
    letter = a_letter(address="nobody at all")
    assert outbox.fire(letter.pk, claimed(letter), NOBODY, now=NOW) is None
    assert state_of(letter) == OutboxState.CANCELLED


def test_whoever_was_erased_takes_the_letter_along() -> None:
    owner = a_list()
    person = a_reader(owner, "ada@x.example").subscriber
    letter = a_letter(owner, address="", subscriber=person)
    attempt = claimed(letter)
    Subscriber.objects.filter(pk=person.pk).delete()
    assert outbox.fire(letter.pk, attempt, NOBODY, now=NOW) is None


def test_a_subscriber_is_written_to_at_the_address_they_have_now_unless_they_left() -> None:
    owner = a_list()
    subscription = a_reader(owner, "ada@x.example")
    stays, leaves = (
        a_letter(owner, occasion, address="", subscriber=subscription.subscriber) for occasion in ("a", "b")
    )
    Subscriber.objects.update(address="Ada@x.example")
    body = json.loads(bytes(fired(stays).parcel.content))  # type: ignore[call-overload]  # SendGrid's own: bytes
    assert body["personalizations"][0]["to"] == [{"email": "Ada@x.example"}]
    subscription.status = Status.UNSUBSCRIBED
    subscription.save()
    assert outbox.fire(leaves.pk, claimed(leaves), NOBODY, now=NOW) is None
    assert state_of(leaves) == OutboxState.CANCELLED


class ByReader:
    """A transport that answers reader by reader, and asks the witness before each letter."""

    name, most_readers = "by reader", 200

    def pack(self, envelope: Envelope, readers: Sequence[Reader]) -> Parcel:
        return Parcel(len(readers), envelope.attempt, tuple(reader.delivery for reader in readers))

    def submit(self, parcel: Parcel, witness: Witness) -> Answer:
        (copy,) = parcel.content if isinstance(parcel.content, tuple) else ()
        assert witness.begin(copy)
        witness.end(copy, "accepted")
        return Partly(accepted=(copy,), message_id="queued as 1")


def test_a_transport_that_sends_letter_by_letter_is_let_go_on() -> None:
    letter = a_letter()
    outbox.deliver(letter.pk, ByReader(), now=NOW)
    assert state_of(letter) == OutboxState.ACCEPTED
    assert letter.message_id == "queued as 1"
