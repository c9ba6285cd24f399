"""Letters to one person as they leave: who is spared them, whose links they hold, and which edition comes."""

import json
import re
from typing import Any

import pytest

from mailer import current, outbox
from mailer.models import Batch, Delivery, Send
from mailer.outgoing import HAS_IT, LEFT, NONE_SENT, OVER, SUPPRESSED
from mailer.transports.sendgrid import SendGrid
from subscribers import answering, asking, confirming, leaving, tokens
from subscribers.addresses import address_key, parse
from subscribers.confirming import Confirmed, Open
from subscribers.evidence import UNSTATED
from subscribers.models import Letter, List, Request, Subscription, Suppression
from subscribers.vocabulary import OutboxKind, OutboxState, RequestKind, Status, Suppressed
from tests.stage import NOW, SENDGRID, a_frozen_send, a_list, a_reader

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def asked(owner: List, *slugs: str, current: bool = False) -> int:
    wish = asking.Wish(owner, parse("nina@example.org"), slugs, tracked=False, current=current, language="en")
    return asking.sign_up(wish, origin=UNSTATED, at=NOW)


def answered(request: int) -> Letter:
    letter = answering.answer(request, at=NOW)
    assert letter
    return Letter.objects.get(pk=letter)


def confirmed(request: int) -> Confirmed:
    there = confirming.standing(request, at=NOW)
    assert isinstance(there, Open)
    done = confirming.confirm(request, shown=there.digest, at=NOW)
    assert isinstance(done, Confirmed)
    return done


def body_of(letter: Letter, transport: SendGrid = SENDGRID) -> dict[str, Any]:
    """What would leave: the request's body, with the reader's own addresses put in."""
    attempt = outbox.claim(letter.pk, now=NOW, lease=60)
    assert attempt
    fired = outbox.fire(letter.pk, attempt, transport, now=NOW)
    assert fired, Letter.objects.get(pk=letter.pk).answer
    content = fired.parcel.content
    assert isinstance(content, bytes)
    body: dict[str, Any] = json.loads(content)
    return body


def kept_back(letter: Letter) -> str:
    """Why a letter was cancelled when it should have left."""
    attempt = outbox.claim(letter.pk, now=NOW, lease=60)
    assert attempt
    assert outbox.fire(letter.pk, attempt, SENDGRID, now=NOW) is None
    letter.refresh_from_db()
    assert letter.state == OutboxState.CANCELLED
    return letter.answer


def text_of(body: dict[str, Any]) -> str:
    return str(body["content"][0]["value"])


def suppress(reason: Suppressed, owner: List | None = None) -> None:
    key = address_key(parse("nina@example.org").canonical)
    Suppression.objects.create(address_key=key, list=owner, reason=reason, source="a test", at=NOW)


def sent(owner: List) -> Send:
    """An edition that everybody on the list has been sent, and the send is over."""
    if not owner.subscriptions.exists():
        a_reader(owner, "oleg@example.org")
    send = a_frozen_send(owner)
    Batch.objects.filter(send=send).update(state="accepted")
    Send.objects.filter(pk=send.pk).update(status="done", finished_at=NOW)
    send.refresh_from_db()
    return send


def test_a_confirmation_holds_a_link_that_stands_in_no_table() -> None:
    request = asked(a_list())
    letter = answered(request)
    token = tokens.make("confirm", request)
    assert token not in json.dumps(
        list(Letter.objects.values()) + list(Request.objects.values()), default=str
    )
    body = body_of(letter)
    assert f"/confirm/{token}" in text_of(body)
    assert body["personalizations"][0]["to"] == [{"email": "nina@example.org"}]
    assert body["headers"] == {"Auto-Submitted": "auto-generated"}
    assert body["tracking_settings"]["open_tracking"] == {"enable": False}


@pytest.mark.parametrize(
    ("kind", "path", "purpose"),
    [
        (RequestKind.DATA, "data", "data"),
        (RequestKind.FORGET, "forget", "forget"),
        (RequestKind.READDRESS, "address", "readdress"),
    ],
)
def test_each_link_is_for_its_one_purpose(kind: RequestKind, path: str, purpose: tokens.Purpose) -> None:
    nina = a_reader(a_list(), "nina@example.org", name="Nina")
    request = asking.ask(kind, nina.pk, language="en", origin=UNSTATED, at=NOW)
    assert request
    body = body_of(answered(request))
    assert f"/{path}/{tokens.make(purpose, request)}" in text_of(body)
    assert body["personalizations"][0]["to"] == [{"email": "nina@example.org", "name": "Nina"}]


def test_the_link_for_a_new_address_goes_there_and_names_nobody() -> None:
    nina = a_reader(a_list(), "nina@example.org", name="Nina")
    proof = asking.ask(RequestKind.READDRESS, nina.pk, language="en", origin=UNSTATED, at=NOW)
    assert proof
    answered(proof)
    request = asking.move(proof, parse("nina@new.example.net"), language="en", origin=UNSTATED, at=NOW)
    assert request
    body = body_of(answered(request))
    assert body["personalizations"][0]["to"] == [{"email": "nina@new.example.net"}]
    assert f"/move/{tokens.make('move', request)}" in text_of(body)
    assert "nina@example.org" not in json.dumps(body)


def test_who_gets_the_letters_already_is_led_to_their_preferences() -> None:
    owner = a_list()
    nina = a_reader(owner, "nina@example.org")
    body = body_of(answered(asked(owner)))
    assert body["subject"] == "You already get Space Digest"
    assert f"/preferences/{tokens.make('preferences', nina.pk)}" in text_of(body)
    assert "/confirm/" not in text_of(body)


@pytest.mark.parametrize("reason", [Suppressed.BOUNCED, Suppressed.COMPLAINED, Suppressed.BY_HAND])
def test_who_complained_since_it_was_written_gets_no_confirmation(reason: Suppressed) -> None:
    letter = answered(asked(a_list()))
    suppress(reason)
    assert kept_back(letter) == SUPPRESSED


@pytest.mark.parametrize("reason", [Suppressed.UNSUBSCRIBED, Suppressed.ERASED])
def test_who_has_left_may_be_asked_whether_they_come_back(reason: Suppressed) -> None:
    letter = answered(asked(a_list()))
    suppress(reason)
    assert body_of(letter)["subject"] == "Please confirm: Space Digest"


def test_a_link_to_their_data_reaches_who_has_left() -> None:
    nina = a_reader(a_list(), "nina@example.org")
    leaving.unsubscribe(nina.pk, "one-click", NOW)
    request = asking.ask(RequestKind.DATA, nina.pk, language="en", origin=UNSTATED, at=NOW)
    assert request
    assert "/data/" in text_of(body_of(answered(request)))


def test_what_was_confirmed_or_forgotten_meanwhile_needs_no_letter() -> None:
    request = asked(a_list())
    letter = answered(request)
    confirmed(request)
    assert kept_back(letter) == OVER


def test_a_request_that_is_gone_needs_no_letter() -> None:
    request = asked(a_list())
    letter = answered(request)
    Request.objects.all().delete()
    assert kept_back(letter) == OVER


def test_a_welcome_leads_to_the_readers_own_pages() -> None:
    owner = a_list()
    request = asked(owner, "africa")
    answered(request)
    done = confirmed(request)
    (number,) = done.subscriptions
    text = text_of(body_of(Letter.objects.get(pk=done.letters[0])))
    assert "You follow Africa." in text
    assert f"/preferences/{tokens.make('preferences', number)}" in text
    assert f"/u/{tokens.make('leave', number)}" in text


def test_who_left_at_once_is_not_welcomed() -> None:
    request = asked(a_list())
    answered(request)
    done = confirmed(request)
    leaving.unsubscribe(done.subscriptions[0], "the page", NOW)
    assert kept_back(Letter.objects.get(pk=done.letters[0])) == LEFT


def current_letter(owner: List, *slugs: str) -> Letter:
    request = asked(owner, *slugs, current=True)
    answered(request)
    return Letter.objects.get(pk=confirmed(request).letters[1], kind=OutboxKind.CURRENT)


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
    assert body["headers"] == {"List-Id": "<space-digest.news.example>"}
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


def test_before_the_first_edition_there_is_none() -> None:
    assert kept_back(current_letter(a_list())) == NONE_SENT
