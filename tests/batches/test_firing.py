"""T2: who is in the request, and who is left out of it at the last moment."""

import hashlib

import pytest

from mailer import batches, reports
from mailer.batches import Limits
from mailer.models import Attempt, Batch, Delivery, Variant
from mailer.tracking.rewriting import Rewriting
from subscribers.leaving import unsubscribe
from subscribers.models import List, Subscriber
from subscribers.suppressions import suppress
from subscribers.vocabulary import Suppressed
from tests.batches.cast import LATER, a_batch, addresses, children, claimed, outcomes, resent, state_of
from tests.stage import (
    NOW,
    SENDGRID,
    a_frozen_send,
    a_list,
    a_reader,
    batches_of,
    body_of_request,
    delivery_of,
    fired,
    readers,
)

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def leave(*addresses: str) -> None:
    """These readers leave the list."""
    for delivery in Delivery.objects.filter(subscriber__address__in=addresses).select_related("subscriber"):
        assert delivery.subscriber is not None
        unsubscribe(delivery.subscriber.subscriptions.get().pk, "one-click", NOW)


def test_a_batch_is_fired_once() -> None:
    batch = a_batch()
    attempt = claimed(batch)
    assert batches.fire(batch.pk, attempt, SENDGRID, now=NOW) is not None
    assert batches.fire(batch.pk, attempt, SENDGRID, now=NOW) is None


def test_a_batch_that_does_not_hold_as_many_readers_as_it_says_is_not_sent() -> None:
    """Some would be lost and nobody would know."""
    batch = a_batch()
    attempt = claimed(batch)
    Batch.objects.update(n=4)
    with pytest.raises(batches.MiscountError, match="4 readers"):
        batches.fire(batch.pk, attempt, SENDGRID, now=NOW)
    assert state_of(batch) == "claimed"
    assert not Attempt.objects.exists()


def test_the_letter_says_the_hash_that_the_ledger_names() -> None:
    """What was sent can be told byte for byte, by whoever has the letter and whoever has the database."""
    owner = a_list()
    a_reader(owner, "ada@x.example", tracked=False)
    body = body_of_request(fired(batches_of(a_frozen_send(owner))[0]))
    text, html = (part["value"] for part in body["content"])
    said = body["headers"]["X-Content-SHA256"]
    assert said == Variant.objects.get().hash
    assert said == hashlib.sha256(f"{body['subject']}\0{html}\0{text}".encode()).hexdigest()


def test_a_letter_that_is_counted_is_a_function_of_what_was_approved() -> None:
    body = body_of_request(fired(a_batch()))
    variant = Variant.objects.get()
    text, html = (part["value"] for part in body["content"])
    assert body["headers"]["X-Content-SHA256"] == variant.hash
    assert (html, text) == (Rewriting("http://127.0.0.1:8000", own=False).of(variant.html), variant.text)
    assert html.count("/c/unseen") == 1
    assert html != variant.html


def test_who_wants_not_to_be_counted_since_the_freeze_gets_a_letter_that_counts_nothing() -> None:
    owner = a_list()
    readers(owner, 3)
    (batch,) = batches_of(a_frozen_send(owner))
    Subscriber.objects.filter(address="reader1@x.example").update(tracked=False)
    request = fired(batch)
    assert addresses(request) == {"reader0@x.example", "reader2@x.example"}
    assert "/c/unseen" in body_of_request(request)["content"][1]["value"]
    (beside,) = Batch.objects.exclude(pk=batch.pk)
    assert (beside.state, beside.n, beside.parent_id, beside.variant.tracked) == ("pending", 1, None, False)
    assert delivery_of(beside.send, "reader1@x.example").variant == beside.variant
    plain = body_of_request(fired(beside))
    assert plain["content"][1]["value"] == beside.variant.html
    assert plain["tracking_settings"]["click_tracking"]["enable"] is False
    assert beside.variant.hash == batch.variant.hash, "the letter that was approved"
    assert reports.ledger(beside.send).adds_up


def test_of_a_list_that_counts_no_more_since_the_freeze_no_letter_counts() -> None:
    owner = a_list()
    readers(owner, 3, ["africa"])
    a_reader(owner, "china@x.example", ["china"])
    send = a_frozen_send(owner)
    List.objects.update(tracked=False)
    for batch in batches_of(send):
        body = body_of_request(fired(batch))
        batch.refresh_from_db()
        assert body["content"][1]["value"] == batch.variant.html
        assert not batch.variant.tracked
    assert Batch.objects.count() == 2, "nobody is moved"
    assert {copy.variant for copy in Delivery.objects.all()} == {one.variant for one in batches_of(send)}
    shown = {str(each["interest_sets"]): each["deliveries"] for each in reports.variants(send)}
    assert shown == {"[['africa']]": 3, "[['china']]": 1}


def test_text_alone_and_tests_are_as_they_were() -> None:
    owner = a_list()
    a_reader(owner, "text@x.example", text_only=True)
    (batch,) = batches_of(a_frozen_send(owner))
    before = batch.variant
    List.objects.update(tracked=False)
    assert fired(batch).readers == 1
    batch.refresh_from_db()
    assert batch.variant == before


def test_the_request_holds_every_reader_with_links_of_their_own() -> None:
    request = fired(a_batch())
    assert addresses(request) == {"reader0@x.example", "reader1@x.example", "reader2@x.example"}
    leaving = [
        person["headers"]["List-Unsubscribe"] for person in body_of_request(request)["personalizations"]
    ]
    assert len(set(leaving)) == 3
    assert all(link.startswith("<http") and "/u/" in link and "@" not in link for link in leaving)


def test_a_reader_who_left_after_the_freeze_is_left_out() -> None:
    owner = a_list()
    ada, bo, cy, _, ed = (a_reader(owner, f"{name}@x.example") for name in ("ada", "bo", "cy", "di", "ed"))
    send = a_frozen_send(owner)
    unsubscribe(ada.pk, "one-click", NOW)
    suppress(bo.subscriber.address_key, Suppressed.COMPLAINED, "test", NOW)
    suppress(ed.subscriber.address_key, Suppressed.BY_HAND, "test", NOW, newsletter=owner)
    key = cy.subscriber.address_key
    cy.subscriber.delete()
    request = fired(batches_of(send)[0])
    assert addresses(request) == {"di@x.example"}
    assert delivery_of(send, "ada@x.example").reason == "unsubscribed_since"
    assert delivery_of(send, "bo@x.example").reason == "suppressed_since"
    assert delivery_of(send, "ed@x.example").reason == "suppressed_since"
    assert Delivery.objects.get(address_key=key).reason == "erased"
    assert outcomes(send) == {"excluded": 4, "in_flight": 1}


def test_a_batch_whose_readers_all_left_is_closed_without_a_request() -> None:
    batch = a_batch(1)
    leave("reader0@x.example")
    assert batches.fire(batch.pk, claimed(batch), SENDGRID, now=NOW) is None
    assert state_of(batch) == "closed"
    assert not Attempt.objects.exists()
    assert outcomes(batch.send) == {"excluded": 1}


def test_who_leaves_below_a_batch_that_was_sent_again_is_not_confirmed_until_proof_comes() -> None:
    """The first copy may have reached them: excluded would be a lie."""
    batch = a_batch()
    attempt, again = resent(batch)
    leave("reader1@x.example")
    request = fired(again, LATER)
    assert addresses(request) == {"reader0@x.example", "reader2@x.example"}
    assert outcomes(batch.send) == {"not_confirmed": 1, "in_flight": 2}
    assert delivery_of(batch.send, "reader1@x.example").reason == "unsubscribed_since"
    batches.prove({attempt: set()}, now=LATER)
    assert outcomes(batch.send) == {"accepted": 3}
    assert delivery_of(batch.send, "reader1@x.example").reason is None


def test_after_firing_the_readers_are_in_flight_and_the_attempt_is_kept() -> None:
    batch = a_batch()
    request = fired(batch)
    assert outcomes(batch.send) == {"in_flight": 3}
    attempt = Attempt.objects.get(pk=request.attempt)
    assert (attempt.n, attempt.transport) == (3, "sendgrid")
    assert attempt.answer is None
    assert len(attempt.payload_hash) == 64


def test_letters_leave_under_the_sender_that_was_approved() -> None:
    """I6: what the list says after the freeze is another approval's business."""
    owner = a_list()
    readers(owner, 1)
    send = a_frozen_send(owner)
    owner.sender_address = "other@evil.example"
    owner.save()
    request = fired(batches_of(send)[0])
    assert body_of_request(request)["from"] == {"email": "editor@news.example", "name": "Space Digest"}


def test_a_canary_leaves_the_others_in_a_batch_beside_it() -> None:
    batch = a_batch(25)
    limits = Limits(10, {}, LATER)
    request = batches.fire(batch.pk, claimed(batch), SENDGRID, now=NOW, limits=limits)
    assert request is not None
    assert request.readers == 10
    beside = Batch.objects.get(pk=request.later)
    assert (beside.state, beside.n, beside.not_before) == ("pending", 15, LATER)
    assert beside.parent is None
    assert outcomes(batch.send) == {"in_flight": 10, "pending": 15}
    assert Attempt.objects.get().n == 10


def test_what_waits_beside_a_canary_below_a_resent_batch_stays_below_it() -> None:
    batch = a_batch(25)
    attempt, again = resent(batch)
    batches.fire(again.pk, claimed(again, LATER), SENDGRID, now=LATER, limits=Limits(10, {}))
    assert [(each.state, each.n) for each in children(batch)] == [("submitting", 10), ("pending", 15)]
    batches.prove({attempt: set()}, now=LATER)
    assert outcomes(batch.send) == {"accepted": 25}


def test_readers_of_a_domain_that_has_had_its_share_wait_and_the_others_go() -> None:
    owner = a_list()
    for n in range(3):
        a_reader(owner, f"ada{n}@capped.example")
    a_reader(owner, "bo@free.example")
    (batch,) = batches_of(a_frozen_send(owner))
    limits = Limits(1_000, {"capped.example": 2}, LATER)
    request = batches.fire(batch.pk, claimed(batch), SENDGRID, now=NOW, limits=limits)
    assert request is not None
    assert addresses(request) == {"ada0@capped.example", "ada1@capped.example", "bo@free.example"}
    assert batches.domains_of(request.later) == {"capped.example": 1}
    assert outcomes(batch.send) == {"in_flight": 3, "pending": 1}


def test_a_batch_of_which_nobody_may_go_yet_is_closed_and_its_readers_wait_in_another() -> None:
    batch = a_batch()
    limits = Limits(1_000, {"x.example": 0}, LATER)
    assert batches.fire(batch.pk, claimed(batch), SENDGRID, now=NOW, limits=limits) is None
    assert state_of(batch) == "closed"
    assert outcomes(batch.send) == {"pending": 3}
    assert not Attempt.objects.exists()
