"""The current edition for one who has just come: which one that is, who has it already, how it is set."""

import datetime as dt
import json
import re

import pytest
from django.db import transaction

from mailer import current, editions, sends
from mailer.database import execute, fetch, is_postgresql
from mailer.models import Batch, Delivery, Send, Variant, VariantSet
from mailer.outgoing import HAS_IT, NONE_SENT
from mailer.timetable import Instant
from subscribers import leaving, tokens
from subscribers.addresses import address_key
from subscribers.models import Letter, List, Request, Subscriber, Subscription
from subscribers.vocabulary import OutboxKind, OutboxState, Status
from tests.outgoing import asked, body_of, confirmed, current_letter, kept_back, sent, text_of
from tests.stage import EDITION, NOW, a_frozen_send, a_list, a_reader, delivery_of

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

NINA = "nina@example.org"
HOUR = dt.timedelta(hours=1)
OTHER_TEXT = EDITION.replace(b"seen from elsewhere", b"seen again").replace(b"The dish turned.", b"It fell.")


@pytest.fixture
def owner() -> List:
    return a_list()


def over(send: Send, **said: object) -> Send:
    Send.objects.filter(pk=send.pk).update(**{"status": "done", "finished_at": NOW, **said})
    send.refresh_from_db()
    return send


def another(owner: List) -> Send:
    return over(a_frozen_send(owner, OTHER_TEXT), scheduled_at=NOW + HOUR)


@pytest.mark.parametrize("status", ["done", "done_with_gaps"])
def test_it_is_what_everybody_was_sent_last(owner: List, status: str) -> None:
    assert current.last_sent(owner) is None
    sent(owner)
    last = over(another(owner), status=status)
    assert current.last_sent(owner) == last


@pytest.mark.parametrize(
    "said",
    [
        *({"status": status} for status in ("scheduled", "preparing", "sending", "paused")),
        *({"status": status} for status in ("settling", "cancelled", "missed")),
        {"kind": "test"},
        {"segment": {"slug": "some", "all": []}},
    ],
)
def test_what_is_not_over_or_was_not_for_everybody_is_not_it(owner: List, said: dict[str, object]) -> None:
    first = sent(owner)
    over(another(owner), **said)
    assert current.last_sent(owner) == first


def test_one_that_was_long_in_doubt_is_not_the_last_for_that(owner: List) -> None:
    first, last = sent(owner), another(owner)
    over(first, finished_at=NOW + 48 * HOUR, status="done_with_gaps")
    assert current.last_sent(owner) == last


def test_of_another_list_there_is_none(owner: List) -> None:
    sent(owner)
    assert current.last_sent(a_list("second")) is None


def test_a_correction_brings_the_corrected_text(owner: List) -> None:
    nina = a_reader(owner, NINA)
    correction = over(sends.correct(a_frozen_send(owner).pk, OTHER_TEXT, by="ed", now=NOW))
    last = current.last_sent(owner)
    assert last == correction
    assert "It fell." in current.variant_for(nina, correction).text


def test_a_correction_of_what_only_some_were_sent_is_not_for_everybody(owner: List) -> None:
    first = sent(owner)
    part = a_frozen_send(owner, EDITION.replace(b"seen from", b"heard from"))
    Send.objects.filter(pk=part.pk).update(segment={"slug": "some", "all": []})
    correction = sends.correct(part.pk, OTHER_TEXT, by="ed", now=NOW)
    over(correction, scheduled_at=NOW + HOUR)
    assert correction.segment is None
    assert current.last_sent(owner) == first


@pytest.mark.parametrize(
    ("state", "batch", "has_it"),
    [
        (None, "accepted", True),
        (None, "pending", True),
        (None, "unknown", True),
        ("not_confirmed", "not_confirmed", True),
        ("accepted", "accepted", True),
        ("excluded", "accepted", False),
        ("cancelled", "cancelled", False),
        ("rejected", "accepted", False),
    ],
)
def test_who_may_have_a_copy_has_it(owner: List, state: str | None, batch: str, *, has_it: bool) -> None:
    nina = a_reader(owner, NINA)
    send = sent(owner)
    Batch.objects.update(state=batch)
    reason = "suppressed" if state == "excluded" else None
    Delivery.objects.filter(pk=delivery_of(send, NINA).pk).update(state=state, reason=reason)
    assert current.has_it(nina, send) is has_it
    assert not current.has_it(a_reader(owner, "late@example.org"), send)


def test_who_has_moved_since_has_it_and_so_has_who_was_forgotten_and_came_back(owner: List) -> None:
    nina = a_reader(owner, NINA)
    send = sent(owner)
    moved = "nina@new.example"
    Subscriber.objects.filter(pk=nina.subscriber_id).update(
        address=moved, canonical=moved, address_key=address_key(moved)
    )
    assert current.has_it(Subscription.objects.get(pk=nina.pk), send)
    Delivery.objects.update(subscriber=None)
    assert not current.has_it(Subscription.objects.get(pk=nina.pk), send)
    assert current.has_it(a_reader(owner, NINA), send)


@pytest.mark.parametrize(
    ("state", "has_it"),
    [
        (OutboxState.ACCEPTED, True),
        (OutboxState.UNKNOWN, True),
        (OutboxState.SUBMITTING, True),
        (OutboxState.PENDING, False),
        (OutboxState.CANCELLED, False),
        (OutboxState.REJECTED, False),
    ],
)
def test_who_was_brought_it_when_they_came_has_it(owner: List, state: OutboxState, *, has_it: bool) -> None:
    send, next_one = sent(owner), another(owner)
    nina = a_reader(owner, NINA)
    Letter.objects.create(
        kind=OutboxKind.CURRENT,
        list=owner,
        subscriber=nina.subscriber,
        values={"subscription": nina.pk, "send": send.pk},
        occasion="current",
        state=state,
        created_at=NOW,
    )
    assert current.has_it(nina, send) is has_it
    assert not current.has_it(nina, next_one)


def test_who_has_it_is_asked_of_indexes_and_not_of_the_whole_table(owner: List) -> None:
    nina = a_reader(owner, NINA)
    whose = {"edition": sent(owner).edition_id, "address_key": "0" * 32, "subscriber": nina.subscriber_id}
    with transaction.atomic():
        if is_postgresql():
            execute("SET LOCAL enable_seqscan = off")  # a table so small is otherwise read whole
        asked = "EXPLAIN" if is_postgresql() else "EXPLAIN QUERY PLAN"
        plan = str(fetch(f"{asked} {current.HELD}", whose))
    assert "delivery_edition_once" in plan
    assert "SCAN delivery" not in plan
    assert "Seq Scan" not in plan


def test_it_is_the_very_letter_that_the_others_got(owner: List) -> None:
    a_reader(owner, "oleg@example.org", ["africa"], tracked=False)
    a_reader(owner, "olga@example.org", ["africa"], tracked=True)
    send = sent(owner)
    nina = a_reader(owner, NINA, ["africa"], tracked=True)
    uncounted, counted = (delivery_of(send, f"{name}@example.org").variant for name in ("oleg", "olga"))
    assert current.variant_for(nina, send) == uncounted
    assert uncounted is not None
    assert counted is not None
    assert uncounted.hash == counted.hash


def test_it_is_set_as_the_reader_wants_their_letters_but_never_counted(owner: List) -> None:
    owner.tracked = True
    owner.save()
    send = sent(owner)
    plain = current.variant_for(a_reader(owner, NINA, ["china"], text_only=True, tracked=True), send)
    assert (plain.html, plain.text_only, plain.tracked) == ("", True, False)
    assert "The rocket flew." in plain.text
    assert "The dish turned." not in plain.text
    whole = current.variant_for(a_reader(owner, "olga@example.org"), send)
    assert "The rocket flew." in whole.html
    assert "The dish turned." in whole.html


def test_for_whom_it_has_no_story_it_has_the_top_ones_although_a_send_would_skip_them(owner: List) -> None:
    only_china = b"---\nlist: space-digest\ntitle: T\n---\n# News\n## One {china}\nIt flew.\n"
    a_reader(owner, "oleg@example.org")
    send = over(a_frozen_send(owner, only_china))
    nina = a_reader(owner, NINA, ["africa"])
    assert owner.no_story == "skip"
    made = current.variant_for(nina, send)
    assert made.has_story
    assert "It flew." in made.text
    rows = VariantSet.objects.count()
    assert current.variant_for(nina, send) == made
    assert VariantSet.objects.count() == rows


def test_an_interest_that_was_retired_since_keeps_nobody_from_it(owner: List) -> None:
    send = sent(owner)
    nina = a_reader(owner, NINA, ["africa"])
    owner.interests.filter(slug="africa").update(retired_at=NOW)
    assert "The dish turned." in current.variant_for(nina, send).text


def test_a_text_that_was_changed_since_is_not_it(owner: List) -> None:
    send = sent(owner)
    editions.revise(send.edition, OTHER_TEXT, author="ed", now=NOW)
    last = current.last_sent(owner)
    assert last is not None
    assert "The dish turned." in current.variant_for(a_reader(owner, NINA), last).text


def test_the_current_edition_comes_as_this_reader_would_have_got_it_with_their_own_way_out() -> None:
    owner = a_list()
    sent(owner)
    body = body_of(current_letter(owner, "africa"))
    text = text_of(body)
    assert "The dish turned." in text
    assert "The rocket flew." not in text
    number = Subscription.objects.get(subscriber__canonical="nina@example.org").pk
    one = body["personalizations"][0]
    assert one["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert tokens.make("leave", number) in one["headers"]["List-Unsubscribe"]
    assert any(tokens.make("preferences", number) in link for link in one["substitutions"].values())
    content = Variant.objects.get(sets__interests=0b0100).hash
    assert body["headers"] == {"List-Id": "<space-digest.news.example>", "X-Content-SHA256": content}
    assert body["tracking_settings"]["click_tracking"]["enable"] is False
    assert not re.search(r"nl_delivery|nl_send", json.dumps(body))


def test_whose_interests_it_has_nothing_of_gets_the_top_stories() -> None:
    owner = a_list()
    owner.interests.create(number=4, slug="mars", name="Mars", position=4)
    owner.next_interest = 5
    owner.save()
    sent(owner)
    assert "The rocket flew." in text_of(body_of(current_letter(owner, "mars")))


def test_nobody_gets_an_edition_twice() -> None:
    owner = a_list()
    a_reader(owner, "nina@example.org")
    send = sent(owner)
    nina = Subscription.objects.get(subscriber__canonical="nina@example.org")
    assert current.has_it(nina, send)
    Subscription.objects.filter(pk=nina.pk).update(status=Status.UNSUBSCRIBED)
    assert kept_back(current_letter(owner)) == HAS_IT
    Delivery.objects.update(state="excluded", reason="suppressed")
    assert not current.has_it(nina, send)


def test_who_comes_and_goes_and_comes_again_is_brought_an_edition_once() -> None:
    owner = a_list()
    send = sent(owner)
    first = current_letter(owner)
    body_of(first)
    first.refresh_from_db()
    assert first.values == {"subscription": first.values["subscription"], "send": send.pk}
    leaving.unsubscribe(first.values["subscription"], "the page", NOW)
    request = asked(owner, current=True)
    Request.objects.filter(pk=request).update(answered_at=NOW, written_at=NOW)
    again = Letter.objects.get(pk=confirmed(request).letters[1])
    assert kept_back(again) == HAS_IT


def test_what_ends_while_it_is_made_is_not_what_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the reader has the edition was asked of the one that was the last then."""
    owner = a_list()
    send = sent(owner)
    letter = current_letter(owner)
    answers = iter([send])
    monkeypatch.setattr(current, "last_sent", lambda _: next(answers))
    assert "The rocket flew." in text_of(body_of(letter))


def test_before_the_first_edition_there_is_none() -> None:
    assert kept_back(current_letter(a_list())) == NONE_SENT


@pytest.mark.parametrize("state", [OutboxState.SUBMITTING, OutboxState.UNKNOWN, OutboxState.ACCEPTED])
def test_an_edition_sent_again_leaves_out_whom_it_was_brought(owner: List, state: OutboxState) -> None:
    first = sent(owner)
    letter = current_letter(owner)
    body_of(letter)
    Letter.objects.filter(pk=letter.pk).update(state=state)
    zoe = a_reader(owner, "zoe@example.org")
    again = sends.schedule(first.edition, Instant(NOW), by="ed", now=NOW)
    sends.prepare(again.pk, now=NOW)
    nina = Delivery.objects.get(send=again, subscriber=letter.subscriber)
    assert (nina.state, nina.reason) == ("excluded", "already_has_this_edition")
    assert Delivery.objects.get(send=again, subscriber=zoe.subscriber).state is None
