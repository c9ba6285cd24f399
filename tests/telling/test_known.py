"""What follows from what is known: who was carried, whose copy was taken, and who may have two."""

from dataclasses import replace

import pytest

from mailer.telling.known import Barred, Decision, Taking
from mailer.vocabulary import AnswerKind, BatchState, DeliveryState, EventKind, Reason, SendKind
from subscribers.vocabulary import Action, Status, Suppressed
from tests.telling.cast import ADA, SENDING, STANDING, a_copy, a_part, a_request, an_event, at, sent_again


@pytest.mark.parametrize(
    ("answer", "taking"),
    [
        (AnswerKind.ACCEPTED, Taking.YES),
        (AnswerKind.NOT_ACCEPTED, Taking.NO),
        (AnswerKind.REFUSED, Taking.NO),
        (AnswerKind.ADDRESS_REFUSED, Taking.NO),
        (AnswerKind.UNKNOWN, Taking.MAYBE),
        (None, Taking.MAYBE),
    ],
)
def test_an_answer_says_whether_the_copy_was_taken(answer: AnswerKind | None, taking: Taking) -> None:
    request = a_request("a1", answer)
    assert a_copy(requests=(request,)).taking(request) is taking


def test_an_event_that_names_a_request_proves_it_whatever_the_answer() -> None:
    request = a_request("a1", AnswerKind.REFUSED)
    proved = a_copy(requests=(request,), events=(an_event(EventKind.DELIVERED, 9, "a1"),))
    assert proved.taking(request) is Taking.YES


def test_an_answer_reader_by_reader_is_read_from_where_it_put_this_one() -> None:
    request = a_request("a1", AnswerKind.PARTLY)
    stayed = a_copy(parts=(a_part(12, attempt="a1"),))
    rejected = replace(stayed, state=DeliveryState.REJECTED)
    in_doubt = a_copy(parts=(a_part(12, attempt="a1"), a_part(13, BatchState.UNKNOWN, "a1")))
    waits = a_copy(parts=(a_part(12, attempt="a1"), a_part(14, BatchState.PENDING)))
    assert [copy.taking(request) for copy in (stayed, rejected, in_doubt, waits)] == [
        *(Taking.YES, Taking.NO, Taking.MAYBE, Taking.NO)
    ]


@pytest.mark.parametrize(
    ("second", "twice"),
    [
        (AnswerKind.ACCEPTED, True),
        (AnswerKind.UNKNOWN, True),
        (None, True),
        (AnswerKind.REFUSED, False),
    ],
)
def test_a_reader_is_possibly_twice_if_the_second_copy_may_have_been_taken_too(
    second: AnswerKind | None,
    twice: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    assert sent_again(second).possibly_twice is twice


def test_without_a_decision_nobody_is_possibly_twice() -> None:
    asked_twice = (a_request("a1", AnswerKind.NOT_ACCEPTED), a_request("a2", after=9))
    assert not a_copy(requests=asked_twice).possibly_twice


def test_what_was_sent_again_stays_so_once_the_first_request_is_proved() -> None:
    first = sent_again(AnswerKind.ACCEPTED, first=BatchState.CLOSED)
    assert first.decision(first.requests[0]) is Decision.SENT_AGAIN


def test_to_leave_readers_out_leaves_them_where_they_are() -> None:
    request = a_request("a1", AnswerKind.UNKNOWN, abandoned_by="ed")
    copy = a_copy("not_confirmed", parts=(a_part(12, BatchState.NOT_CONFIRMED, "a1"),), requests=(request,))
    assert copy.decision(request) is Decision.LEFT_OUT
    assert not copy.possibly_twice


def test_a_decision_about_readers_in_doubt_is_none_about_those_who_merely_waited() -> None:
    """SMTP parts them: those in doubt keep the attempt, the others wait in a batch of their own."""
    request = a_request("a1", AnswerKind.PARTLY, abandoned_by="ed")
    doubted = (a_part(12, attempt="a1"), a_part(13, BatchState.RESENT, "a1"), a_part(15, attempt="a3"))
    waited = (a_part(12, attempt="a1"), a_part(14, attempt="a2"))
    assert a_copy(parts=doubted).decision(request) is Decision.SENT_AGAIN
    assert a_copy(parts=waited).decision(request) is None


def test_who_left_was_in_the_earlier_requests_only() -> None:
    left = replace(ADA.agreed[0], action=Action.WITHDRAWN, at=at(60))
    early, late = a_request("a1", AnswerKind.NOT_ACCEPTED), a_request("a2", after=90)
    copy = a_copy(
        "excluded",
        state=DeliveryState.EXCLUDED,
        reason=Reason.UNSUBSCRIBED_SINCE,
        requests=(early, late),
    )
    assert replace(ADA, copy=copy, agreed=(*ADA.agreed, left)).carried == (early,)
    # Without a moment, only what was certainly not taken can have carried them.
    assert replace(ADA, copy=copy, agreed=()).carried == (early,)


def test_who_left_below_a_request_that_was_sent_again_was_still_in_the_first() -> None:
    copy = replace(
        sent_again(AnswerKind.ACCEPTED, "not_confirmed"),
        state=DeliveryState.NOT_CONFIRMED,
        reason=Reason.ERASED,
    )
    assert [request.id for request in replace(ADA, copy=copy).carried] == ["a1"]


@pytest.mark.parametrize(
    ("state", "reason", "status"),
    [
        (None, None, Status.ACTIVE),
        (DeliveryState.EXCLUDED, Reason.NO_STORY, Status.ACTIVE),
        (DeliveryState.EXCLUDED, Reason.UNSUBSCRIBED_SINCE, Status.ACTIVE),
        (DeliveryState.EXCLUDED, Reason.PAUSED, Status.PAUSED),
        (DeliveryState.EXCLUDED, Reason.UNCONFIRMED, Status.PENDING),
        (DeliveryState.EXCLUDED, Reason.SUPPRESSED, None),
    ],
)
def test_the_ledger_tells_how_the_subscription_stood_at_the_freeze(
    state: DeliveryState | None, reason: Reason | None, status: Status | None
) -> None:
    assert replace(ADA, copy=a_copy(state=state, reason=reason)).status_at_freeze is status


def test_a_test_send_asks_nobody_how_they_stand() -> None:
    known = replace(ADA, copy=a_copy(), sending=replace(SENDING, kind=SendKind.TEST))
    assert known.status_at_freeze is None


def test_what_was_chosen_at_the_freeze_is_known_until_it_changes() -> None:
    everything = replace(STANDING, everything=True, chose=())
    assert ADA.chose_at_freeze == ("Africa",)
    assert replace(ADA, standing=everything).chose_at_freeze == ()
    assert replace(ADA, standing=replace(STANDING, changed_at=at(1))).chose_at_freeze is None


def test_a_suppression_holds_until_it_is_lifted() -> None:
    barred = Barred(Suppressed.BOUNCED, everywhere=True, source="sendgrid", at=at(0), lifted_at=at(10))
    assert [barred.in_force(at(second)) for second in (-1, 0, 9, 10)] == [False, True, True, False]
