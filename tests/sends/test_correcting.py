"""Stop the press: corrected text to whoever certainly has not the first one, and to nobody else."""

import datetime as dt

import pytest

from mailer import batches, editions, faultpoints, reports, sends
from mailer.manuscript.faults import ManuscriptError
from mailer.models import Batch, Delivery, Revision, Send
from mailer.sends import SendError
from mailer.transports.answers import NotAccepted, Unknown
from subscribers import changes
from subscribers.addresses import address_key
from subscribers.leaving import unsubscribe
from subscribers.models import List, Subscriber, Subscription
from subscribers.suppressions import suppress
from subscribers.vocabulary import Suppressed
from tests.provider import Provider
from tests.sends.cast import (
    CORRECTED,
    FIRST,
    LATER,
    a_send_in,
    batch_of,
    deliver,
    deliver_all,
    mailed,
    shown,
    text_to,
)
from tests.stage import EDITION, NOW, a_list, a_send, an_edition, batches_of, delivery_of, fired

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def corrected(send: Send, text: bytes = CORRECTED, now: dt.datetime = LATER) -> Send:
    correction = sends.correct(send.pk, text, by="ann", now=now)
    sends.prepare(correction.pk, now=now)
    return correction


def test_those_who_wait_get_the_corrected_text_and_those_who_have_the_first_do_not(
    sendgrid: Provider,
) -> None:
    send = a_send_in(3)
    deliver(batch_of(send, "reader0@x.example"))
    correction = corrected(send)
    assert shown(send) == {"status": "cancelled", "accepted": 2, "cancelled": 4}
    deliver_all(correction, LATER)
    assert shown(correction) == {"status": "done", "accepted": 4}
    assert set(mailed(sendgrid).values()) == {1}
    assert len(mailed(sendgrid)) == 6
    assert FIRST in text_to(sendgrid, "reader0@x.example")
    assert "Space, corrected" in text_to(sendgrid, "reader2@x.example")
    assert FIRST not in text_to(sendgrid, "reader2@x.example")


def test_who_may_have_the_first_text_gets_no_other_whatever_becomes_of_it(sendgrid: Provider) -> None:
    send = a_send_in(3)
    in_flight, unknown, _ = batches_of(send)
    fired(in_flight)
    batches.settle(unknown.pk, fired(unknown).attempt, Unknown("no answer"), now=NOW)
    correction = corrected(send, now=NOW)
    assert reports.ledger(correction).reasons == {"may_have_first_text": 4}
    assert shown(correction) == {"status": "sending", "excluded": 4, "pending": 2}
    # The doubt holds the transport for a while.
    deliver_all(correction, LATER)
    assert shown(send) == {"status": "cancelling", "in_flight": 2, "unknown": 2, "cancelled": 2}
    assert len(mailed(sendgrid)) == 2


def test_run_again_it_takes_those_who_were_refused_since_and_nobody_twice(sendgrid: Provider) -> None:
    send = a_send_in(2)
    in_flight, _ = batches_of(send)
    request = fired(in_flight)
    first = corrected(send, now=NOW)
    batches.settle(in_flight.pk, request.attempt, NotAccepted("429", 429), now=NOW)
    assert shown(send) == {"status": "cancelled", "cancelled": 4}
    again = corrected(send, now=NOW)
    assert shown(again) == {"status": "sending", "pending": 2}
    deliver_all(first, LATER)
    deliver_all(again, LATER)
    assert set(mailed(sendgrid).values()) == {1}
    assert len(mailed(sendgrid)) == 4
    with pytest.raises(SendError, match="nobody is left to correct"):
        sends.correct(send.pk, CORRECTED, by="ann", now=LATER)


def test_a_correction_can_be_corrected(sendgrid: Provider) -> None:
    send = a_send_in(3)
    deliver(batch_of(send, "reader0@x.example"))
    first = corrected(send)
    deliver(batch_of(first, "reader2@x.example"), LATER)
    second = corrected(first, EDITION.replace(FIRST.encode(), b"Space, corrected again"))
    deliver_all(second, LATER)
    assert shown(first) == {"status": "cancelled", "accepted": 2, "cancelled": 2}
    assert shown(second) == {"status": "done", "accepted": 2}
    assert "Space, corrected again" in text_to(sendgrid, "reader4@x.example")
    assert len(mailed(sendgrid)) == 6
    assert set(mailed(sendgrid).values()) == {1}


def test_a_batch_that_is_refused_while_the_correction_is_frozen_is_left_for_the_next_run() -> None:
    """Its readers are not free yet: taken now, they would be counted nowhere and written to by nobody."""
    send = a_send_in(2)
    first, _ = batches_of(send)
    correction = sends.correct(send.pk, CORRECTED, by="ann", now=LATER)
    batches_free = batches.cancel_for_good

    def and_then_another_is_refused(edition: int) -> None:
        batches_free(edition)
        Batch.objects.filter(pk=first.pk).update(n=2)
        Delivery.objects.filter(batch=first).update(state=None)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches, "cancel_for_good", and_then_another_is_refused)
        sends.prepare(correction.pk, now=LATER)
    assert shown(correction) == {"status": "sending", "pending": 2}
    first.refresh_from_db()
    assert first.replaced_by is None
    assert shown(corrected(send)) == {"status": "sending", "pending": 2}


def test_who_left_was_suppressed_or_erased_since_is_a_candidate_with_that_reason() -> None:
    send = a_send_in(2, each=3)
    people = {each.subscriber.address: each for each in Subscription.objects.select_related("subscriber")}
    unsubscribe(people["reader0@x.example"].pk, "one-click", NOW)
    suppress(people["reader1@x.example"].subscriber.address_key, Suppressed.BOUNCED, "test", NOW)
    people["reader2@x.example"].subscriber.delete()
    Subscription.objects.filter(pk=people["reader3@x.example"].pk).update(status="paused")
    correction = corrected(send)
    assert reports.ledger(correction).reasons == {
        "suppressed": 2,  # leaving writes a suppression for the list too
        "erased": 1,
        "paused": 1,
    }
    assert shown(correction) == {"status": "sending", "excluded": 4, "pending": 2}


def test_another_send_of_the_edition_that_has_taken_the_readers_meanwhile_keeps_them(
    sendgrid: Provider,
) -> None:
    send = a_send_in(2)
    sends.cancel(send.pk, by="ann", now=NOW)
    other = a_send(send.edition)
    sends.prepare(other.pk, now=NOW)
    assert shown(other) == {"status": "sending", "pending": 4}
    correction = corrected(send)
    assert reports.ledger(correction).reasons == {"already_has_this_edition": 4}
    deliver_all(other, LATER)
    assert set(mailed(sendgrid).values()) == {1}


def test_a_fault_in_the_text_stops_nothing() -> None:
    send = a_send_in(2)
    with pytest.raises(ManuscriptError):
        sends.correct(send.pk, EDITION.replace(b"{china}", b"{moon}"), by="ann", now=NOW)
    assert shown(send) == {"status": "sending", "pending": 4}
    assert Revision.objects.count() == 1


def test_the_very_same_text_corrects_nothing() -> None:
    send = a_send_in(2)
    with pytest.raises(SendError, match="nothing to correct"):
        sends.correct(send.pk, EDITION, by="ann", now=NOW)
    assert shown(send) == {"status": "sending", "pending": 4}


def test_where_a_second_person_must_agree_the_press_stops_at_once_and_the_text_follows() -> None:
    send = a_send_in(2)
    owner = send.edition.list
    owner.second_approval = True
    owner.save()
    with pytest.raises(SendError, match="second person"):
        sends.correct(send.pk, CORRECTED, by="ann", now=NOW)
    assert shown(send) == {"status": "cancelled", "cancelled": 4}
    editions.approve(send.edition, by="chief", now=NOW)
    assert shown(corrected(send)) == {"status": "sending", "pending": 4}


def test_a_send_of_which_nothing_is_frozen_is_not_corrected_but_cancelled() -> None:
    send = a_send(an_edition(a_list()), at=LATER)
    with pytest.raises(SendError, match="mailer sends cancel"):
        sends.correct(send.pk, CORRECTED, by="ann", now=NOW)


def test_first_and_corrected_copy_of_a_reader_are_told_apart() -> None:
    send = a_send_in(1)
    correction = corrected(send)
    first, second = (delivery_of(each, "reader0@x.example") for each in (send, correction))
    assert first.state == "cancelled"
    assert second.state is None
    assert correction.corrects == send
    assert set(Batch.objects.filter(send=send).values_list("replaced_by", flat=True)) == {correction.pk}


def test_of_two_who_correct_at_once_the_second_is_told_of_the_first(sendgrid: Provider) -> None:
    send = a_send_in(2)
    first = sends.correct(send.pk, CORRECTED, by="ann", now=LATER)
    with pytest.raises(SendError, match=f"Send {first.pk} is about to take corrected text"):
        sends.correct(send.pk, CORRECTED.replace(b"corrected", b"otherwise"), by="bob", now=LATER)
    sends.prepare(first.pk, now=LATER)
    deliver_all(first, LATER)
    assert shown(first) == {"status": "done", "accepted": 4}
    assert "Space, corrected" in text_to(sendgrid, "reader0@x.example")


def test_what_is_sent_is_the_text_that_was_given_whatever_is_stored_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """I6: an approval is of a text that its giver has seen."""
    send = a_send_in(2)
    others = CORRECTED.replace(b"corrected", b"otherwise")

    def meanwhile(point: str) -> None:
        if point == "correct.after_cancel":
            editions.revise(send.edition, others, author="bob", now=LATER)

    monkeypatch.setattr(faultpoints, "_pull", meanwhile)
    correction = sends.correct(send.pk, CORRECTED, by="ann", now=LATER)
    assert correction.revision.text.encode() == CORRECTED
    assert correction.approval is not None
    assert correction.approval.revision == correction.revision


def test_an_edition_whose_send_was_stopped_is_on_its_way_again_with_its_correction(
    sendgrid: Provider,
) -> None:
    send = a_send_in(2)
    correction = corrected(send)
    send.edition.refresh_from_db()
    assert send.edition.status == "sending"
    deliver_all(correction, LATER)
    send.edition.refresh_from_db()
    assert send.edition.status == "done"
    assert len(mailed(sendgrid)) == 4


def test_who_has_the_edition_at_a_new_address_gets_no_corrected_text_at_the_old_one(
    sendgrid: Provider,
) -> None:
    send = a_send_in(1)
    sends.cancel(send.pk, by="ann", now=NOW)
    moved = Subscriber.objects.get(address="reader0@x.example")
    Subscriber.objects.filter(pk=moved.pk).update(
        address="moved@x.example", canonical="moved@x.example", address_key=address_key("moved@x.example")
    )
    second = a_send(send.edition)
    sends.prepare(second.pk, now=NOW)
    deliver_all(second)
    correction = corrected(send)
    assert reports.ledger(correction).reasons == {"already_has_this_edition": 2}
    assert mailed(sendgrid) == {"moved@x.example": 1, "reader1@x.example": 1}


def test_of_a_cancelled_correction_one_is_told_which_send_to_correct(sendgrid: Provider) -> None:
    send = a_send_in(1)
    correction = corrected(send)
    sends.cancel(correction.pk, by="ann", now=LATER)
    with pytest.raises(SendError, match=f"correct that one with `mailer sends correct {correction.pk} FILE`"):
        corrected(send, CORRECTED + b"\nMore.\n")
    again = corrected(correction, CORRECTED + b"\nMore.\n")
    deliver_all(again, LATER)
    assert set(mailed(sendgrid).values()) == {1}


def test_a_correction_that_is_tried_changes_nothing() -> None:
    send = a_send_in(2)
    tried = sends.tried(send.pk, CORRECTED, by="ann", now=NOW)
    assert (tried.first, tried.text) == (EDITION.decode(), CORRECTED.decode())
    assert not tried.second_word
    assert shown(send) == {"status": "sending", "pending": 4}
    assert Revision.objects.count() == 1
    with pytest.raises(SendError, match="the very text"):
        sends.tried(send.pk, EDITION, by="ann", now=NOW)
    with pytest.raises(ManuscriptError):
        sends.tried(send.pk, b"---\nnothing\n", by="ann", now=NOW)


def test_a_correction_that_is_tried_says_whether_a_second_person_is_wanted() -> None:
    owner = a_list()
    send = a_send_in(1, owner=owner)
    List.objects.update(second_approval=True)
    assert sends.tried(send.pk, CORRECTED, by="ann", now=NOW).second_word
    with pytest.raises(SendError, match="second person"):
        sends.correct(send.pk, CORRECTED, by="ann", now=NOW)
    editions.approve(editions.find(send.edition_id), by="bo", now=NOW)
    assert not sends.tried(send.pk, CORRECTED, by="ann", now=NOW).second_word
    assert sends.correct(send.pk, CORRECTED, by="ann", now=NOW).kind == "correction"


def test_the_log_names_who_stopped_the_press() -> None:
    send = a_send_in(1)
    correction = corrected(send)
    last = [line for line in changes.listing() if line["subject"] == f"send {send.pk}"][-1]
    assert (last["what"], last["who"], last["after"]["correction"]) == ("sends correct", "ann", correction.pk)
