"""T1 and the lease: whatever is given back has certainly not left."""

import datetime as dt

import pytest
from django.db import transaction

from mailer import batches
from mailer.models import Attempt, Batch, Delivery, Send
from mailer.transports.answers import NotAccepted
from tests.batches.cast import LATER, a_batch, answered, claimed, outcomes, resent, state_of
from tests.stage import NOW, SENDGRID, fired

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def test_a_batch_is_claimed_by_one_worker() -> None:
    batch = a_batch()
    assert batches.claim(batch.pk, now=NOW, lease=60) is not None
    assert batches.claim(batch.pk, now=NOW, lease=60) is None


def test_a_batch_that_must_wait_is_claimed_by_nobody_before_its_time() -> None:
    batch = a_batch()
    Batch.objects.update(not_before=LATER)
    assert batches.claim(batch.pk, now=NOW, lease=60) is None
    assert batches.due(now=NOW, most=10) == []
    assert batches.due(now=LATER, most=10) == [batch.pk]
    assert batches.claim(batch.pk, now=LATER, lease=60) is not None


@pytest.mark.parametrize("status", ["paused", "cancelled", "preparing", "done"])
def test_nothing_is_claimed_or_fired_of_a_send_that_is_not_sending(status: str) -> None:
    batch = a_batch()
    attempt = claimed(batch)
    Send.objects.update(status=status)
    assert batches.fire(batch.pk, attempt, SENDGRID, now=NOW) is None
    Batch.objects.update(state="pending", attempt=None)
    assert batches.claim(batch.pk, now=NOW, lease=60) is None


def test_a_worker_whose_lease_went_to_another_fires_nothing() -> None:
    batch = a_batch()
    slow = claimed(batch)
    assert batches.release(now=LATER) == 1
    quick = claimed(batch, LATER)
    assert batches.fire(batch.pk, slow, SENDGRID, now=LATER) is None
    assert batches.fire(batch.pk, quick, SENDGRID, now=LATER) is not None


def test_a_lease_is_given_back_only_when_it_is_over_and_only_by_who_holds_it() -> None:
    batch = a_batch()
    slow = claimed(batch)
    assert batches.release(now=NOW + dt.timedelta(seconds=60)) == 0
    assert batches.give_back(batch.pk, slow) == 1
    quick = claimed(batch)
    assert batches.give_back(batch.pk, slow) == 0
    batch.refresh_from_db()
    assert (batch.state, batch.attempt) == ("claimed", quick)


def test_what_has_left_is_given_back_by_nobody() -> None:
    batch = a_batch()
    request = fired(batch)
    assert batches.release(now=LATER) == 0
    assert batches.give_back(batch.pk, request.attempt) == 0
    assert batches.hold_back(batch.send_id) == 0
    assert batches.cancel_waiting([batch.send_id]) == 0
    assert state_of(batch) == "submitting"


def test_a_lease_is_lengthened_only_while_the_request_is_this_workers() -> None:
    batch = a_batch()
    request = fired(batch)
    assert batches.renew(batch.pk, request.attempt, now=LATER, lease=60)
    batch.refresh_from_db()
    assert batch.lease_until == LATER + dt.timedelta(seconds=60)
    Batch.objects.update(state="unknown")
    assert not batches.renew(batch.pk, request.attempt, now=LATER, lease=60)


def test_a_cancelled_batch_may_be_called_so_again_and_its_attempts_are_kept() -> None:
    batch = a_batch()
    answered(batch, NotAccepted("no connection"))
    assert batches.cancel_waiting([batch.send_id]) == 1
    assert batches.cancel_waiting([batch.send_id]) == 0
    assert batches.cancel_waiting([]) == 0
    assert outcomes(batch.send) == {"cancelled": 3}
    assert Attempt.objects.count() == 1


@pytest.mark.parametrize("claimed_too", [False, True])
def test_readers_below_a_batch_that_was_sent_again_are_not_called_cancelled(
    claimed_too: bool,  # noqa: FBT001 - a table's column
) -> None:
    batch = a_batch()
    _, again = resent(batch)
    if claimed_too:
        claimed(again, LATER)
    assert batches.cancel_waiting([batch.send_id]) == 1
    assert state_of(again) == "not_confirmed"
    assert outcomes(batch.send) == {"not_confirmed": 3}


def test_cancelled_for_good_frees_the_readers_of_cancelled_batches_and_of_no_other() -> None:
    batch = a_batch()
    Batch.objects.update(state="cancelled")
    held = Delivery.objects.first()
    assert held is not None
    Delivery.objects.filter(pk=held.pk).update(state="excluded", reason="suppressed_since")
    Batch.objects.update(n=2)
    for _ in range(2):
        with transaction.atomic():
            batches.cancel_for_good(batch.send.edition_id)
        assert outcomes(batch.send) == {"cancelled": 2, "excluded": 1}
    batch.refresh_from_db()
    assert batch.n == 0


@pytest.mark.parametrize("status", ["paused", "cancelled"])
def test_a_worker_that_sends_letter_by_letter_hears_of_a_pause_when_it_renews_its_lease(status: str) -> None:
    batch = a_batch()
    request = fired(batch)
    Send.objects.update(status=status)
    assert not batches.renew(batch.pk, request.attempt, now=LATER, lease=60)
