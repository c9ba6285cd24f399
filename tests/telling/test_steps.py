"""What happened, in order and in words."""

from dataclasses import replace

import pytest

from mailer.telling import Step, moment, tell
from mailer.telling.known import Barred, Copy, Elsewhere
from mailer.telling.words import REASONS
from mailer.vocabulary import AnswerKind, BatchState, DeliveryState, EventKind, Reason
from subscribers.vocabulary import Action, Suppressed
from tests.telling.cast import ADA, MAY, NOW, a_copy, a_part, a_request, an_event, at, sent_again


def told(copy: Copy, **known: object) -> list[str]:
    """Return the steps as a person reads them, with the time of day alone."""
    steps = tell(replace(ADA, copy=copy, **known)).steps  # type: ignore[arg-type]  # fields by name
    return [f"{moment(step.at)[11:19] if step.at else '':8} {step.text}" for step in steps]


def test_a_letter_in_doubt_that_was_sent_again_is_told_from_consent_to_opening() -> None:
    copy = replace(
        sent_again(AnswerKind.ACCEPTED),
        events=(
            an_event(EventKind.DELIVERED, 2_462, "a2", detail="250 OK"),
            an_event(EventKind.OPENED, 2_500, "a2", machine=True),
            an_event(EventKind.CLICKED, 2_600, "a2", link="https://a.example/nairobi"),
        ),
    )
    letter = "variant 3 “Space, seen from elsewhere”, the letter of 12 readers who chose Africa"
    assert told(copy) == [
        "10:00:00 consent: granted, “paper form at the spring meeting”",
        f"09:00:00 frozen into send 7: active, chose Africa; {letter}; batch 12",
        "09:00:03 request 1 left through sendgrid: attempt a1, batch 12, 1,000 readers",
        "09:00:04 request 1 got no clear answer; it is unknown whether it was taken (503: upstream is away)",
        "         ed decided about request 1: send again to its readers, who may get it twice",
        "         moved from batch 12 to batch 14",
        "09:41:00 request 2 left through sendgrid: attempt a2, batch 14, 1,000 readers",
        "09:41:01 request 2 was accepted (message id m2)",
        "09:41:02 delivered, of request 2: their mail server took it (250 OK)",
        "09:41:40 opened, of request 2: a machine opened it, which says nothing of the reader",
        "09:43:20 clicked, of request 2: they followed a link https://a.example/nairobi",
    ]


def test_an_event_on_a_clock_of_whole_seconds_does_not_come_before_its_request() -> None:
    copy = a_copy(requests=(a_request("a1", after=3.4),), events=(an_event(EventKind.PROCESSED, 3, "a1"),))
    assert [step[9:18] for step in told(copy)[-3:]] == ["request 1", "processed", "request 1"]


def test_who_was_excluded_at_the_freeze_has_one_step_and_no_request() -> None:
    copy = Copy(1, "excluded", DeliveryState.EXCLUDED, Reason.PAUSED)
    assert told(copy, agreed=()) == [
        "09:00:00 frozen into send 7 (then paused): excluded, because they wanted no letters for a while"
    ]


def test_who_left_before_the_request_was_left_out_as_it_left() -> None:
    left = replace(ADA.agreed[0], action=Action.WITHDRAWN, at=at(2), how="one-click")
    copy = a_copy(
        "excluded",
        state=DeliveryState.EXCLUDED,
        reason=Reason.UNSUBSCRIBED_SINCE,
        requests=(a_request("a1"),),
    )
    why = REASONS[Reason.UNSUBSCRIBED_SINCE]
    assert told(copy, agreed=(left,))[1:] == [
        "09:00:02 consent: withdrawn, “one-click”",
        f"09:00:03 left out of batch 12 as it was about to leave, because {why}",
    ]


@pytest.mark.parametrize(
    ("settled_by", "answer", "words"),
    [
        ("answer", AnswerKind.NOT_ACCEPTED, "request 1 was not accepted; certainly nothing was taken"),
        ("answer", AnswerKind.REFUSED, "request 1 was refused; certainly nothing was taken, and a person"),
        ("answer", AnswerKind.ADDRESS_REFUSED, "request 1 was refused for one of its addresses"),
        ("answer", AnswerKind.PARTLY, "request 1 was answered reader by reader: theirs was taken"),
        ("event", AnswerKind.ACCEPTED, "an event told of it: request 1 was accepted"),
        ("journal", AnswerKind.ACCEPTED, "the journal of the process that sent it told: request 1 was"),
        ("sweep", AnswerKind.UNKNOWN, "no answer came in time: request 1 got no clear answer"),
        ("lookup", AnswerKind.ACCEPTED, "it was looked up at the transport: request 1 was accepted"),
        ("ed", AnswerKind.ACCEPTED, "ed decided: request 1 was accepted"),
        ("", None, "request 1 never got an answer; it is unknown whether it was taken"),
    ],
)
def test_it_is_said_what_came_of_a_request_and_by_whom_it_is_known(
    settled_by: str, answer: AnswerKind | None, words: str
) -> None:
    *_, answered = told(a_copy(requests=(a_request("a1", answer, settled_by=settled_by),)))
    assert answered[9:].startswith(words)


def test_a_request_under_way_has_no_answer_yet() -> None:
    under_way = a_request("a1", None, settled_at=None, settled_by="")
    copy = a_copy("in_flight", parts=(a_part(12, BatchState.SUBMITTING, "a1"),), requests=(under_way,))
    assert told(copy)[-1] == "         request 1 has no answer yet"


def test_a_refusal_that_an_event_contradicts_is_an_alarm() -> None:
    refused = a_request("a1", AnswerKind.REFUSED, contradicted_at=at(60))
    assert told(a_copy(requests=(refused,)))[-1].startswith("09:01:00 alarm: an event told of request 1")


def test_readers_of_a_split_batch_are_shown_where_they_are_now() -> None:
    refused = a_request("a1", AnswerKind.ADDRESS_REFUSED)
    copy = a_copy(
        "pending", parts=(a_part(12, BatchState.SPLIT), a_part(14, BatchState.PENDING)), requests=(refused,)
    )
    assert told(copy)[-1] == "         moved from batch 12 to batch 14"


def test_to_leave_readers_out_is_told_with_who_decided() -> None:
    request = a_request("a1", AnswerKind.UNKNOWN, abandoned_by="ed", abandoned_at=at(1_900))
    copy = a_copy("not_confirmed", parts=(a_part(12, BatchState.NOT_CONFIRMED, "a1"),), requests=(request,))
    assert told(copy)[-1] == "09:31:40 ed decided about request 1: leave its readers out"


def test_leaving_is_told_once_though_it_suppresses_too() -> None:
    left = replace(ADA.agreed[0], action=Action.WITHDRAWN, at=at(5), how="one-click")
    by_leaving = Barred(Suppressed.UNSUBSCRIBED, everywhere=False, source="one-click", at=at(5))
    bounced = Barred(
        Suppressed.BOUNCED,
        everywhere=True,
        source="sendgrid",
        at=MAY,
        lifted_at=NOW,
        lifted_because="new host",
    )
    steps = tell(replace(ADA, agreed=(left,), barred=(by_leaving, bounced))).steps
    assert steps == (
        Step(MAY, "suppressed everywhere: it bounced (sendgrid)"),
        Step(NOW, "suppression everywhere lifted, “new host”"),
        Step(at(5), "consent: withdrawn, “one-click”"),
    )


def test_other_sends_of_the_edition_come_last() -> None:
    assert told(a_copy(), elsewhere=(Elsewhere(5, "not_confirmed"),))[-1] == (
        "         send 5 of the same edition: not confirmed"
    )
