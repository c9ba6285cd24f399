"""Unknown, decided: by a person, by the list's policy, or by proof."""

import datetime as dt
from collections.abc import Callable

import pytest

from mailer import batches, reports, sends
from mailer.models import Attempt, Send
from mailer.sends import SendError
from mailer.transports.answers import Accepted, NotAccepted
from subscribers import changes
from subscribers.models import List
from tests.provider import Provider, says
from tests.sends.cast import a_send_in, deliver_all, mailed, shown
from tests.stage import NOW, batches_of

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]
EARLY = NOW + dt.timedelta(minutes=29)
# After the wait, and after any canary's turn.
THEN = NOW + dt.timedelta(minutes=45)


def an_unknown_send(sendgrid: Provider) -> Send:
    """Two readers whose request was answered with 503, and two who have the letter."""
    send = a_send_in(2)
    first, second = batches_of(send)
    sends.deliver(first.pk, now=NOW)
    sendgrid.reply = says(503)
    sends.deliver(second.pk, now=NOW)
    sendgrid.reply = says(202, X_Message_Id="m2")
    assert shown(send) == {"status": "settling", "accepted": 2, "unknown": 2}
    return send


def test_nothing_is_decided_too_early(sendgrid: Provider) -> None:
    send = an_unknown_send(sendgrid)
    for decide in (sends.resend, sends.leave_out):
        with pytest.raises(SendError, match=r"2 readers of send .* less than 30 minutes"):
            decide(send.pk, by="ann", now=EARLY)
    assert shown(send) == {"status": "settling", "accepted": 2, "unknown": 2}


def test_sent_again_they_are_counted_as_possibly_twice(sendgrid: Provider) -> None:
    send = an_unknown_send(sendgrid)
    assert sends.resend(send.pk, by="ann", now=THEN) == sends.Resolved(2, 0)
    assert shown(send) == {"status": "sending", "accepted": 2, "pending": 2}
    deliver_all(send, THEN)
    assert shown(send) == {"status": "done", "accepted": 4}
    assert reports.described(sends.find(send.pk))["possibly_twice"] == 2
    # The provider was asked twice for these two, as the person knew it might be.
    assert sorted(mailed(sendgrid).values()) == [1, 1, 2, 2]


def test_left_out_they_are_gaps_until_late_proof_fills_them(sendgrid: Provider) -> None:
    send = an_unknown_send(sendgrid)
    assert sends.leave_out(send.pk, by="ann", now=THEN) == sends.Resolved(2, 0)
    assert shown(send) == {"status": "done_with_gaps", "accepted": 2, "not_confirmed": 2}
    assert Attempt.objects.get(answer="unknown").abandoned_by == "ann"
    second = batches_of(send)[1]
    assert second.attempt is not None
    batches.settle(second.pk, second.attempt, Accepted(202, "m2"), now=THEN)
    sends.sweep(now=THEN)
    assert shown(send) == {"status": "done", "accepted": 4}
    assert len(sendgrid.asked) == 2


def test_nothing_unknown_leaves_nothing_to_decide(sendgrid: Provider) -> None:
    send = a_send_in(1)
    deliver_all(send)
    assert len(sendgrid.asked) == 1
    for decide in (sends.resend, sends.leave_out):
        with pytest.raises(SendError, match="nothing to decide"):
            decide(send.pk, by="ann", now=THEN)


def test_unknown_readers_of_a_cancelled_send_are_left_out_and_never_written_to_again(
    sendgrid: Provider,
) -> None:
    send = an_unknown_send(sendgrid)
    sends.cancel(send.pk, by="ann", now=NOW)
    with pytest.raises(SendError, match="nobody of it is written to again"):
        sends.resend(send.pk, by="ann", now=THEN)
    sends.leave_out(send.pk, by="ann", now=THEN)
    assert shown(send) == {"status": "cancelled", "accepted": 2, "not_confirmed": 2}


@pytest.mark.parametrize(
    ("policy", "after"),
    [
        ("hold", {"status": "settling", "accepted": 2, "unknown": 2}),
        ("resend", {"status": "sending", "accepted": 2, "pending": 2}),
        ("leave_out", {"status": "done_with_gaps", "accepted": 2, "not_confirmed": 2}),
    ],
)
def test_the_lists_policy_decides_after_the_wait_and_not_before(
    sendgrid: Provider, policy: str, after: dict[str, object]
) -> None:
    send = an_unknown_send(sendgrid)
    List.objects.update(when_unknown=policy)
    sends.sweep(now=EARLY)
    assert shown(send) == {"status": "settling", "accepted": 2, "unknown": 2}
    sends.sweep(now=THEN)
    assert shown(send) == after
    decided = Attempt.objects.get(answer="unknown").abandoned_by
    assert decided == ("" if policy == "hold" else "the list's policy")


def test_a_policy_to_send_again_never_writes_to_readers_of_a_cancelled_send(sendgrid: Provider) -> None:
    send = an_unknown_send(sendgrid)
    List.objects.update(when_unknown="resend")
    sends.cancel(send.pk, by="ann", now=NOW)
    sends.sweep(now=THEN)
    deliver_all(send, THEN)
    assert shown(send) == {"status": "cancelled", "accepted": 2, "unknown": 2}
    assert len(sendgrid.asked) == 2


def test_a_policy_sends_again_once_and_then_waits_for_a_person(sendgrid: Provider) -> None:
    send = an_unknown_send(sendgrid)
    List.objects.update(when_unknown="resend")
    sendgrid.reply = says(503)
    sends.tidy(now=THEN)
    deliver_all(send, THEN)
    assert shown(send) == {"status": "settling", "accepted": 2, "unknown": 2}
    for hours in (1, 2, 3):
        sends.tidy(now=THEN + dt.timedelta(hours=hours))
    assert shown(send) == {"status": "settling", "accepted": 2, "unknown": 2}
    assert sorted(mailed(sendgrid).values()) == [1, 1, 2, 2]
    assert sends.resend(send.pk, by="ann", now=THEN + dt.timedelta(hours=4)).readers == 2


def test_proof_that_comes_weeks_later_closes_the_gap_and_the_send(sendgrid: Provider) -> None:
    send = an_unknown_send(sendgrid)
    sends.leave_out(send.pk, by="ann", now=THEN)
    second = batches_of(send)[1]
    assert second.attempt is not None
    weeks_later = THEN + dt.timedelta(weeks=3)
    theirs = set(second.deliveries.values_list("pk", flat=True))
    batches.prove({second.attempt: theirs}, now=weeks_later)
    sends.tidy(now=weeks_later)
    assert shown(send) == {"status": "done", "accepted": 4}


def test_a_settling_send_can_be_paused_so_that_a_late_refusal_writes_to_nobody(sendgrid: Provider) -> None:
    send = an_unknown_send(sendgrid)
    sends.pause(send.pk, by="ann", now=NOW)
    second = batches_of(send)[1]
    assert second.attempt is not None
    batches.settle(second.pk, second.attempt, NotAccepted("429", 429), now=NOW)
    deliver_all(send, THEN)
    assert shown(send) == {"status": "paused", "accepted": 2, "pending": 2}
    sends.resume(send.pk, by="ann", now=THEN)
    deliver_all(send, THEN)
    assert shown(send) == {"status": "done", "accepted": 4}


@pytest.mark.parametrize(("decide", "words"), [(sends.resend, "send again"), (sends.leave_out, "leave out")])
def test_the_log_names_who_decided_and_about_how_many(
    sendgrid: Provider, decide: Callable[..., sends.Resolved], words: str
) -> None:
    send = an_unknown_send(sendgrid)
    decide(send.pk, by="ann", now=THEN)
    (line,) = [line for line in changes.listing() if line["what"] == "sends resolve"]
    assert (line["who"], line["after"]) == ("ann", {"decision": words, "readers": 2})
