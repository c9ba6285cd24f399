"""What came of it, in a sentence or two."""

from dataclasses import replace

import pytest

from mailer.telling import tell
from mailer.telling.known import Agreed, Barred, Known
from mailer.telling.words import EVENTS, REASONS, SUPPRESSED
from mailer.vocabulary import AnswerKind, DeliveryState, EventKind, Reason, SendKind, SendStatus
from subscribers.vocabulary import Action, Status, Suppressed
from tests.telling.cast import ADA, MAY, SENDING, STANDING, a_copy, a_part, an_event, at, sent_again

STRANGER = replace(ADA, name="", here=False, standing=None, agreed=())
WAITING = replace(SENDING, frozen_at=None, status=SendStatus.SCHEDULED)


def conclusion(known: Known) -> str:
    return tell(known).conclusion


def test_the_heading_says_who_and_what() -> None:
    assert tell(ADA).heading == (
        "Ada <ada@x.example> and send 7 (done) of edition 3, “Space, seen from elsewhere”, list space-digest"
    )
    a_test = replace(STRANGER, sending=replace(SENDING, kind=SendKind.TEST))
    assert tell(a_test).heading.startswith("ada@x.example and test send 7 (done)")


@pytest.mark.parametrize(
    ("kinds", "fate"),
    [
        ((), "The transport took it; nothing says yet that it was delivered."),
        ((EventKind.PROCESSED,), "The transport took it; nothing says yet that it was delivered."),
        ((EventKind.DEFERRED, EventKind.DELIVERED), "Their mail server took it."),
        ((EventKind.BOUNCED,), "It bounced: their mail server refused it for good."),
        ((EventKind.DELIVERED, EventKind.COMPLAINED), "The reader called it spam."),
    ],
)
def test_accepted_is_not_delivered(kinds: tuple[EventKind, ...], fate: str) -> None:
    events = tuple(an_event(kind, 9) for kind in kinds)
    assert conclusion(replace(ADA, copy=a_copy(events=events))) == f"Outcome: accepted. {fate}"


def test_who_may_have_two_copies_is_called_possibly_twice() -> None:
    assert conclusion(replace(ADA, copy=sent_again(AnswerKind.ACCEPTED))).startswith(
        "Outcome: accepted, possibly twice."
    )


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("pending", "pending: nothing is on its way to them now."),
        ("in_flight", "in flight: a request with their copy has left"),
        ("unknown", "unknown: it cannot be told whether the transport took their copy."),
        ("rejected", "rejected, because the transport refused their address."),
        ("cancelled", "cancelled: the send was cancelled before their copy left."),
        ("not_confirmed", "not confirmed: it was never known whether the transport took their copy."),
    ],
)
def test_every_outcome_has_its_sentence(outcome: str, words: str) -> None:
    assert conclusion(replace(ADA, copy=a_copy(outcome))).startswith(f"Outcome: {words}")


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_told_in_words(reason: Reason) -> None:
    copy = a_copy("excluded", state=DeliveryState.EXCLUDED, reason=reason)
    assert conclusion(replace(ADA, copy=copy)) == f"Outcome: excluded, because {REASONS[reason]}."


def test_every_event_and_suppression_has_its_words() -> None:
    assert set(EVENTS) == set(EventKind)
    assert set(SUPPRESSED) == set(Suppressed)


def test_a_pending_copy_says_what_it_waits_for() -> None:
    paused = replace(SENDING, status=SendStatus.PAUSED, pause_reason="401: the key was revoked")
    assert "and the send is paused (401: the key was revoked)" in conclusion(
        replace(ADA, copy=a_copy("pending"), sending=paused)
    )
    later = replace(a_part(12), not_before=at(90))
    assert "not before 2026-12-01 09:01:30 UTC." in conclusion(
        replace(ADA, copy=a_copy("pending", parts=(later,)))
    )


def test_a_cancelled_copy_names_the_correction_that_took_its_place() -> None:
    taken = replace(a_part(12), replaced_by=9)
    assert conclusion(replace(ADA, copy=a_copy("cancelled", parts=(taken,)))).endswith(
        "The correction, send 9, took their place."
    )


def test_an_erased_person_is_told_by_the_hash_alone() -> None:
    assert "has been erased since" in conclusion(replace(STRANGER, copy=a_copy()))
    a_test = replace(STRANGER, copy=a_copy(), sending=replace(SENDING, kind=SendKind.TEST))
    assert "erased" not in conclusion(a_test)


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (STRANGER, "Not a candidate: nobody here has this address, and the ledger of the send"),
        (
            replace(STRANGER, barred=(Barred(Suppressed.ERASED, everywhere=True, source="", at=MAY),)),
            "Not a candidate: this person was erased on 2026-05-01 10:00:00 UTC",
        ),
        (replace(ADA, standing=None), "Not a candidate: they are not on space-digest"),
        (
            replace(ADA, agreed=(*ADA.agreed, Agreed(Action.WITHDRAWN, at(-60), "one-click"))),
            "Not a candidate: they had left space-digest on 2026-12-01 08:59:00 UTC, before the audience",
        ),
        (
            replace(ADA, standing=replace(STANDING, since=at(60))),
            "Not a candidate: they came to space-digest on 2026-12-01 09:01:00 UTC, after the freeze",
        ),
        (
            replace(ADA, sending=replace(SENDING, to_segment=True)),
            "Not a candidate: the send went to a segment of the list",
        ),
        (
            replace(ADA, sending=replace(SENDING, corrects=5)),
            "Not a candidate: it went only to those whose copy of send 5, which it corrects, had not left.",
        ),
        (
            replace(ADA, sending=replace(SENDING, kind=SendKind.TEST)),
            "Not a candidate: the send was a test, and this address was not among its addresses.",
        ),
        (ADA, "Not a candidate: they were not among those on space-digest at the freeze"),
    ],
)
def test_who_is_no_candidate_is_told_why(known: Known, words: str) -> None:
    assert conclusion(known).startswith(words)


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (ADA, "they are active on the list."),
        (STRANGER, "they are not on space-digest and get nothing."),
        (
            replace(ADA, standing=replace(STANDING, status=Status.UNSUBSCRIBED)),
            "they have left space-digest and get nothing.",
        ),
        (
            replace(ADA, standing=replace(STANDING, status=Status.PAUSED)),
            "they will be excluded: their subscription is paused.",
        ),
        (
            replace(ADA, barred=(Barred(Suppressed.BOUNCED, everywhere=True, source="", at=MAY),)),
            "they will be excluded: their address is suppressed.",
        ),
    ],
)
def test_before_the_freeze_it_is_said_how_things_stand(known: Known, words: str) -> None:
    assert conclusion(replace(known, sending=WAITING)) == (
        "Not decided yet: the audience is frozen when the send starts, 2026-12-01 09:00:00 UTC."
        f" As things stand {words}"
    )


def test_a_send_that_never_began_reached_nobody() -> None:
    cancelled = replace(WAITING, status=SendStatus.CANCELLED)
    assert conclusion(replace(ADA, sending=cancelled)) == (
        "Nobody got send 7: it was cancelled before its audience was chosen."
    )
