"""Pause, resume, cancel: at any moment, twice, or too late."""

import datetime as dt

import pytest

from mailer import batches, editions, sends
from mailer.models import Batch, Edition, Send
from mailer.sends import SendError
from mailer.sends.controlling import WORKER
from mailer.transports.answers import Accepted, NotAccepted
from subscribers import changes
from tests.provider import Provider
from tests.sends.cast import CORRECTED, LATER, a_send_in, deliver, deliver_all, shown
from tests.stage import NOW, SENDGRID, a_frozen_send, a_list, a_send, an_edition, batches_of, fired, readers

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def test_a_paused_send_fires_nothing_and_says_who_paused_it(sendgrid: Provider) -> None:
    send = a_send_in(3)
    first, second, _ = batches_of(send)
    deliver(first)
    attempt = batches.claim(second.pk, now=NOW, lease=60)
    assert attempt is not None
    sends.pause(send.pk, by="ann", now=NOW)
    assert batches.fire(second.pk, attempt, SENDGRID, now=NOW) is None
    deliver_all(send)
    assert shown(send) == {"status": "paused", "accepted": 2, "pending": 4}
    assert sends.find(send.pk).pause_reason == "paused by ann"
    second.refresh_from_db()
    assert (second.state, second.attempt) == ("pending", None)
    assert len(sendgrid.asked) == 1


def test_what_was_under_way_at_the_pause_is_answered_as_ever() -> None:
    send = a_send_in(1)
    (batch,) = batches_of(send)
    request = fired(batch)
    sends.pause(send.pk, by="ann", now=NOW)
    assert shown(send) == {"status": "paused", "in_flight": 2}
    batches.settle(batch.pk, request.attempt, Accepted(202, "m1"), now=NOW)
    sends.resume(send.pk, by="ann", now=NOW)
    assert shown(send) == {"status": "done", "accepted": 2}


def test_a_second_pause_resume_or_cancel_changes_nothing(sendgrid: Provider) -> None:
    send = a_send_in(1)
    for _ in range(2):
        sends.pause(send.pk, by="ann", now=NOW)
    sends.pause(send.pk, by="bob", now=LATER, reason="bob's words")
    assert sends.find(send.pk).pause_reason == "paused by ann"
    for _ in range(2):
        assert sends.resume(send.pk, by="ann", now=NOW).status == "sending"
    assert sends.find(send.pk).pause_reason == ""
    for _ in range(2):
        assert sends.cancel(send.pk, by="ann", now=NOW).status == "cancelled"
    assert sendgrid.asked == []


def test_a_send_paused_before_its_hour_is_prepared_by_nobody_and_goes_when_it_is_resumed(
    sendgrid: Provider,
) -> None:
    owner = a_list()
    readers(owner, 2)
    send = a_send(an_edition(owner), at=LATER)
    sends.pause(send.pk, by="ann", now=NOW)
    much_later = LATER + dt.timedelta(days=3)
    sends.prepare(send.pk, now=much_later)
    assert shown(send) == {"status": "paused"}
    assert sends.resume(send.pk, by="ann", now=much_later).status == "scheduled"
    sends.prepare(send.pk, now=much_later)
    deliver_all(send, much_later)
    assert shown(send) == {"status": "done", "accepted": 2}
    assert len(sendgrid.asked) == 1


def test_a_pause_while_the_audience_is_being_frozen_freezes_nobody() -> None:
    owner = a_list()
    readers(owner, 2)
    send = a_send(an_edition(owner))
    Send.objects.update(status="preparing")
    sends.pause(send.pk, by="ann", now=NOW)
    sends.prepare(send.pk, now=NOW)
    assert shown(send) == {"status": "paused"}
    assert not Batch.objects.exists()


def test_a_missed_send_is_resumed_and_means_now(sendgrid: Provider) -> None:
    owner = a_list()
    readers(owner, 2)
    send = a_send(an_edition(owner))
    late = NOW + dt.timedelta(hours=7)
    sends.prepare(send.pk, now=late)
    assert shown(send) == {"status": "missed"}
    sends.resume(send.pk, by="ann", now=late)
    sends.prepare(send.pk, now=late)
    deliver_all(send, late)
    assert shown(send) == {"status": "done", "accepted": 2}
    assert len(sendgrid.asked) == 1


def test_cancelled_is_over_only_when_nothing_is_under_way(sendgrid: Provider) -> None:
    send = a_send_in(3)
    first, second, third = batches_of(send)
    deliver(first)
    request = fired(second)
    assert batches.claim(third.pk, now=NOW, lease=60)
    sends.cancel(send.pk, by="ann", now=NOW)
    assert shown(send) == {"status": "cancelling", "accepted": 2, "in_flight": 2, "cancelled": 2}
    assert sends.find(send.pk).finished_at is None
    batches.settle(second.pk, request.attempt, NotAccepted("429", 429), now=LATER)
    sends.sweep(now=LATER)
    assert shown(send) == {"status": "cancelled", "accepted": 2, "cancelled": 4}
    assert sends.find(send.pk).finished_at == LATER
    deliver_all(send, LATER)
    assert len(sendgrid.asked) == 1


def test_a_claim_that_raced_a_cancel_is_cancelled_by_the_next_sweep() -> None:
    send = a_send_in(1)
    (batch,) = batches_of(send)
    sends.cancel(send.pk, by="ann", now=NOW)
    Batch.objects.update(state="claimed", attempt="0" * 32, lease_until=LATER)
    assert shown(send) == {"status": "cancelled", "pending": 2}
    sends.sweep(now=NOW)
    batch.refresh_from_db()
    assert batch.state == "cancelled"
    assert shown(send) == {"status": "cancelled", "cancelled": 2}


@pytest.mark.parametrize("status", ["scheduled", "missed"])
def test_a_send_that_never_began_is_undone_and_its_edition_is_approved_as_before(status: str) -> None:
    send = a_send(an_edition(a_list()))
    Send.objects.update(status=status)
    sends.cancel(send.pk, by="ann", now=NOW)
    assert shown(send) == {"status": "cancelled"}
    assert Edition.objects.get().status == "approved"
    again = a_send(Edition.objects.get())
    assert again.approval is not None
    assert (again.approval.by, again.approval.at) == ("ed", NOW)


def test_a_test_of_an_edition_does_not_keep_it_from_being_cancelled() -> None:
    owner = a_list()
    readers(owner, 1)
    edition = an_edition(owner)
    sends.test(edition, ["ann@x.example"], None, by="ann", now=NOW)
    send = a_send(edition)
    sends.prepare(send.pk, now=NOW)
    sends.cancel(send.pk, by="ann", now=NOW)
    edition.refresh_from_db()
    assert edition.status == "cancelled"


def test_an_edition_with_another_send_to_come_is_not_cancelled() -> None:
    edition = an_edition(a_list())
    first, _ = a_send(edition), a_send(edition, at=LATER)
    sends.cancel(first.pk, by="ann", now=NOW)
    edition.refresh_from_db()
    assert edition.status == "scheduled"


@pytest.mark.parametrize("verb", [sends.pause, sends.resume, sends.cancel])
def test_what_is_done_is_neither_paused_resumed_nor_cancelled(sendgrid: Provider, verb: object) -> None:
    owner = a_list()
    readers(owner, 1)
    send = a_frozen_send(owner)
    deliver_all(send)
    assert callable(verb)
    with pytest.raises(SendError, match="is done"):
        verb(send.pk, by="ann", now=NOW)
    assert len(sendgrid.asked) == 1


def test_an_edition_whose_text_has_changed_since_is_a_draft_when_its_send_is_undone() -> None:
    edition = an_edition(a_list())
    send = a_send(edition, at=LATER)
    editions.revise(edition, CORRECTED, author="ed", now=NOW)
    sends.cancel(send.pk, by="ann", now=NOW)
    edition.refresh_from_db()
    assert edition.status == "draft"
    assert not editions.newest(edition).approvals.exists()


def test_an_edition_of_which_a_part_was_sent_is_not_given_back() -> None:
    owner = a_list()
    readers(owner, 2)
    edition = an_edition(owner)
    first, second = a_send(edition), a_send(edition, at=LATER)
    sends.prepare(first.pk, now=NOW)
    sends.cancel(first.pk, by="ann", now=NOW)
    sends.cancel(second.pk, by="ann", now=NOW)
    edition.refresh_from_db()
    assert edition.status == "cancelled"


def test_the_log_names_who_paused_resumed_and_cancelled_and_says_it_once() -> None:
    send = a_send_in(1)
    for _ in range(2):
        sends.pause(send.pk, by="ann", now=NOW, reason="a wrong figure")
        sends.pause(send.pk, by="cy", now=NOW)
        sends.resume(send.pk, by="bo", now=NOW)
    sends.cancel(send.pk, by="ann", now=NOW)
    sends.cancel(send.pk, by="cy", now=NOW)
    lines = [line for line in changes.listing() if line["subject"] == f"send {send.pk}"]
    assert [(line["what"], line["who"]) for line in lines] == [
        ("sends schedule", "ed"),
        *[("sends pause", "ann"), ("sends resume", "bo")] * 2,
        ("sends cancel", "ann"),
    ]
    assert lines[1]["after"] == {"reason": "a wrong figure", "status": "paused"}
    assert lines[1]["before"] == {"status": "sending"}


def test_a_stop_by_the_worker_is_no_persons_deed() -> None:
    send = a_send_in(1)
    sends.pause(send.pk, by=WORKER, now=NOW, reason="the rows are wrong")
    assert "sends pause" not in {line["what"] for line in changes.listing()}
