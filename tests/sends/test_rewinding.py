"""A clock that ran ahead and was set back: nobody waits for a time that no sound clock would have written."""

import datetime as dt

import pytest
from pytest_django import Settings

from mailer import outbox, pace, sends
from mailer.batches import claim, doubt, settle
from mailer.models import Batch, Send, Transport
from mailer.sends.rewinding import rewind
from mailer.transports.answers import NotAccepted, Unknown
from subscribers.models import Letter, List
from tests.sends.cast import a_send_in
from tests.stage import NOW, a_list, batches_of, fired

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]
AHEAD = NOW + dt.timedelta(days=3)  # what the clock said before it was set back to NOW


def after(seconds: float) -> dt.datetime:
    return NOW + dt.timedelta(seconds=seconds)


def test_a_refused_batch_waits_as_long_as_the_longest_wait_there_is_and_no_longer() -> None:
    (batch,) = batches_of(a_send_in(1))
    request = fired(batch, AHEAD)
    settle(batch.pk, request.attempt, NotAccepted("503"), now=AHEAD)
    Send.objects.update(useful_until=AHEAD + dt.timedelta(days=1))
    assert rewind(now=NOW) == 2, "the batch, and the life of its send"
    batch.refresh_from_db()
    assert batch.not_before == after(3630)
    assert Send.objects.get().useful_until == after(86_400)
    assert rewind(now=NOW) == 0


def test_what_a_sound_clock_wrote_stays() -> None:
    (batch,) = batches_of(a_send_in(1))
    request = fired(batch)
    settle(batch.pk, request.attempt, NotAccepted("429", 429, wait=3600), now=NOW)
    pace.doubted("sendgrid", now=NOW)
    assert rewind(now=NOW) == 0


def test_hosts_whose_clocks_differ_by_half_a_minute_take_nothing_from_each_other() -> None:
    for batch in batches_of(a_send_in(2))[:1]:
        fired(batch, after(30))
    for batch in batches_of(Send.objects.get())[1:]:
        assert claim(batch.pk, now=after(30), lease=60)
    assert rewind(now=NOW) == 0


@pytest.mark.parametrize("wrong_for", [20.0, 1700.0])
def test_a_clock_that_is_wrong_for_a_while_shortens_no_doubt(settings: Settings, wrong_for: float) -> None:
    """Swept by a clock an hour slow: nobody may decide sooner than the wait, or a second copy could leave."""
    (batch,) = batches_of(a_send_in(1))
    List.objects.update(when_unknown="resend")
    fired(batch, NOW)
    sends.tidy(now=after(-3600))
    sends.tidy(now=after(wrong_for))
    assert Batch.objects.get().state in {"submitting", "unknown"}
    assert not doubt(now=after(100), after=120)
    sends.tidy(now=after(settings.CONFIGURATION.timings.unknown_wait - 1))
    assert Batch.objects.get().state == "unknown"
    sends.tidy(now=after(settings.CONFIGURATION.timings.unknown_wait + 1))
    assert Batch.objects.filter(state="resent").exists()


def test_a_claim_is_given_back_one_lease_later() -> None:
    (batch,) = batches_of(a_send_in(1))
    assert claim(batch.pk, now=AHEAD, lease=60)
    sends.tidy(now=NOW)
    sends.tidy(now=after(61))
    batch.refresh_from_db()
    assert batch.state == "pending"


def test_what_was_fired_in_the_future_is_in_doubt_as_long_as_ever(settings: Settings) -> None:
    (batch,) = batches_of(a_send_in(1))
    fired(batch, AHEAD)
    sends.tidy(now=NOW)
    assert Batch.objects.get().fired_at == NOW
    timings = settings.CONFIGURATION.timings
    silence = timings.lease + timings.answer_timeout
    sends.tidy(now=after(silence - 1))
    assert Batch.objects.get().state == "submitting"
    sends.tidy(now=after(silence + 1))
    assert Batch.objects.get().state == "unknown"
    with pytest.raises(sends.SendError, match="less than 30 minutes"):
        sends.leave_out(Send.objects.get().pk, by="ann", now=after(timings.unknown_wait - 1))
    assert sends.leave_out(Send.objects.get().pk, by="ann", now=after(timings.unknown_wait + 1)).readers == 2


def test_a_transport_that_is_held_or_in_doubt_is_asked_again() -> None:
    (batch,) = batches_of(a_send_in(1))
    request = fired(batch, AHEAD)
    settle(batch.pk, request.attempt, Unknown("no answer"), now=AHEAD)
    pace.note("smtp", NotAccepted("429", 429, wait=60), now=AHEAD)
    rewind(now=NOW)
    assert Transport.objects.get(pk="sendgrid").turn_at == after(5)
    assert Transport.objects.get(pk="smtp").not_before == after(3600)


def test_a_letter_to_one_person_is_offered_again() -> None:
    owner, said = a_list(), {"kind": "notice", "address": "ann@example.org", "created_at": NOW}
    letter = Letter.objects.create(list=owner, occasion="send 7 done", not_before=AHEAD, **said)
    taken = Letter.objects.create(list=owner, occasion="send 8 done", **said)
    assert outbox.claim(taken.pk, now=AHEAD, lease=60)
    rewind(now=NOW)
    letter.refresh_from_db()
    taken.refresh_from_db()
    assert letter.not_before == after(3600)
    assert taken.lease_until == after(60)


def test_a_send_that_was_being_prepared_does_not_wait_for_its_time_again() -> None:
    send = a_send_in(1)
    Send.objects.filter(pk=send.pk).update(status="preparing", scheduled_at=AHEAD)
    assert sends.work(now=NOW, most=10)["mailer.prepare"] == [send.pk]
