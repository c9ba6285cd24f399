"""Letters to one person as they leave: who is spared them, and whose links they hold."""

import datetime as dt
import json
from collections.abc import Collection
from typing import Any

import pytest

from mailer import outbox
from mailer.outgoing import LEFT, OVER, PAUSES, SUPPRESSED
from subscribers import asking, leaving, proving, tokens
from subscribers.addresses import parse
from subscribers.amending import Wish, amend
from subscribers.erasing import erase
from subscribers.evidence import UNSTATED
from subscribers.models import Letter, Request, Subscriber, Subscription
from subscribers.vocabulary import OutboxKind, RequestKind, Status, Suppressed
from tests.outgoing import (
    a_current_edition,
    a_link,
    a_move,
    a_welcome,
    answered,
    asked,
    body_of,
    confirmed,
    current_letter,
    kept_back,
    sent,
    suppress,
    text_of,
)
from tests.stage import NOW, SENDGRID, a_list, a_reader

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


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
    assert f"/move/{tokens.make('move', request, nina.subscriber_id)}" in text_of(body)
    assert "nina@example.org" not in json.dumps(body)


def test_who_gets_the_letters_already_is_led_to_their_preferences() -> None:
    owner = a_list()
    nina = a_reader(owner, "nina@example.org")
    body = body_of(answered(asked(owner)))
    assert body["subject"] == "You already get Space Digest"
    assert f"/preferences/{tokens.make('preferences', nina.pk)}" in text_of(body)
    assert "/confirm/" not in text_of(body)


ALL = frozenset(Suppressed)
TO_STRANGERS = {Suppressed.BOUNCED, Suppressed.COMPLAINED, Suppressed.BY_HAND}
TO_READERS = {Suppressed.BOUNCED, Suppressed.BY_HAND, Suppressed.ERASED}


@pytest.mark.parametrize("reason", Suppressed)
@pytest.mark.parametrize("where", ["everywhere", "here", "on another list"])
@pytest.mark.parametrize(
    ("write", "stops"),
    [
        (lambda owner: answered(asked(owner)), TO_STRANGERS),
        (a_move, TO_STRANGERS),
        (lambda owner: a_link(RequestKind.DATA, owner), TO_READERS),
        (lambda owner: a_link(RequestKind.FORGET, owner), TO_READERS),
        (lambda owner: a_link(RequestKind.READDRESS, owner), TO_READERS),
        (a_welcome, ALL),
        (a_current_edition, ALL),
    ],
    ids=["confirmation", "move", "data", "forget", "readdress", "welcome", "current"],
)
def test_what_came_up_since_it_was_written_stops_a_letter_or_does_not(
    write: Any,  # noqa: ANN401 - one of the functions above
    stops: Collection[Suppressed],
    where: str,
    reason: Suppressed,
) -> None:
    """Who has left or was forgotten may be asked whether they come back; who complained, what we know."""
    owner = a_list()
    letter = write(owner)
    suppress(reason, None if where == "everywhere" else owner if where == "here" else a_list("second"))
    if reason in stops and where != "on another list":
        assert kept_back(letter) == SUPPRESSED
    else:
        assert body_of(letter)["subject"]


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


def test_a_mailbox_that_was_given_up_since_gets_no_link_and_nor_does_the_new_one() -> None:
    letter = a_link(RequestKind.DATA, a_list())
    amend("nina@example.org", Wish(address="nina@new.example"), how="telephone", by="ops", at=NOW)
    assert kept_back(letter) == OVER


def test_the_hour_of_a_link_begins_when_its_letter_leaves() -> None:
    """A provider that was away for long must not make links that are over when they come."""
    letter = a_link(RequestKind.DATA, a_list())
    request, later = letter.values["request"], NOW + dt.timedelta(hours=5)
    assert proving.standing(request, RequestKind.DATA, at=later) is proving.Ended.OVER
    body_of(letter, now=later)
    soon, late = (later + dt.timedelta(minutes=minutes) for minutes in (59, 60))
    assert isinstance(proving.standing(request, RequestKind.DATA, at=soon), proving.Proof)
    assert proving.standing(request, RequestKind.DATA, at=late) is proving.Ended.OVER


def test_who_had_the_letters_and_left_before_it_leaves_is_asked_to_confirm() -> None:
    owner = a_list()
    nina = a_reader(owner, "nina@example.org")
    letter = answered(asked(owner))
    leaving.unsubscribe(nina.pk, "one-click", NOW)
    body = body_of(letter)
    assert body["subject"] == "Please confirm: Space Digest"
    assert "/preferences/" not in text_of(body)


def test_whose_letters_go_elsewhere_by_then_is_not_led_to_them_from_the_old_mailbox() -> None:
    owner = a_list()
    a_reader(owner, "nina@example.org")
    letter = answered(asked(owner))
    amend("nina@example.org", Wish(address="nina@new.example"), how="telephone", by="ops", at=NOW)
    body = body_of(letter)
    assert body["personalizations"][0]["to"] == [{"email": "nina@example.org"}]
    assert "/confirm/" in text_of(body)
    assert "/preferences/" not in json.dumps(body)


def test_whoever_is_erased_takes_along_what_was_asked_for_in_their_name_as_a_stranger() -> None:
    letter = answered(asked(a_list()))
    attempt = outbox.claim(letter.pk, now=NOW, lease=60)
    assert attempt
    assert not Subscriber.objects.exists()
    erased = erase("Nina@example.org", by="ops", at=NOW)
    assert {place.place: place.rows for place in erased.places}["letters to one person"] == 1
    assert not Letter.objects.exists()
    assert not Request.objects.exists()
    assert outbox.fire(letter.pk, attempt, SENDGRID, now=NOW) is None


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


def test_a_welcome_comes_to_who_pauses_at_once_and_the_edition_does_not() -> None:
    owner = a_list()
    sent(owner)
    edition = current_letter(owner)
    Subscription.objects.filter(pk=edition.values["subscription"]).update(status=Status.PAUSED)
    assert kept_back(edition) == PAUSES
    welcome = Letter.objects.get(kind=OutboxKind.WELCOME)
    text = text_of(body_of(welcome))
    assert text.startswith("Space Digest\n\nWelcome to Space Digest")
    assert "follows in a letter" not in text


def test_a_welcome_promises_an_edition_only_where_one_follows() -> None:
    current_letter(a_list())
    assert "follows in a letter" not in text_of(body_of(Letter.objects.get(kind=OutboxKind.WELCOME)))


@pytest.mark.parametrize("edition_first", [True, False])
def test_a_welcome_says_that_the_edition_follows_whichever_leaves_first(*, edition_first: bool) -> None:
    owner = a_list()
    sent(owner)
    edition = current_letter(owner)
    if edition_first:
        body_of(edition)
    welcome = Letter.objects.get(kind=OutboxKind.WELCOME)
    assert "The current edition follows in a letter of its own." in text_of(body_of(welcome))


def test_who_wants_text_only_gets_their_own_letters_so_too() -> None:
    letter = a_link(RequestKind.DATA, a_list())
    Subscriber.objects.update(text_only=True)
    assert [part["type"] for part in body_of(letter)["content"]] == ["text/plain"]
