"""Confirming: only the address's owner can, once, and what they saw is what they get."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from subscribers import answering, asking, confirming, erasing, leaving
from subscribers.addresses import parse
from subscribers.confirming import Changed, Confirmed, Open
from subscribers.evidence import Origin
from subscribers.models import Consent, Letter, List, Request, Subscriber, Subscription, Suppression
from subscribers.proving import Ended
from subscribers.vocabulary import Action, OutboxKind, Status, Suppressed
from tests.stage import NOW, a_list, a_reader

pytestmark = [pytest.mark.django_db, pytest.mark.database]

FORM = Origin(wording="subscribe.html@abc", network="203.0.113.0/24")
PAGE = Origin(wording="confirm.html@def", network="198.51.100.0/24")
SOON = NOW + dt.timedelta(minutes=5)


def asked(
    owner: List, *slugs: str, tracked: bool = False, current: bool = False, at: dt.datetime = NOW
) -> int:
    wish = asking.Wish(owner, parse("nina@example.org"), slugs, tracked, current, "fr")
    request = asking.sign_up(wish, origin=FORM, at=at)
    answering.answer(request, at=at)
    return request


def seen(request: int, at: dt.datetime = SOON) -> Open:
    there = confirming.standing(request, at=at)
    assert isinstance(there, Open)
    return there


def confirmed(request: int, at: dt.datetime = SOON) -> Confirmed:
    done = confirming.confirm(request, shown=seen(request, at).digest, origin=PAGE, at=at)
    assert isinstance(done, Confirmed)
    return done


def test_a_stranger_becomes_a_reader_with_what_they_chose() -> None:
    owner = a_list()
    done = confirmed(asked(owner, "africa", "china", tracked=True))
    row = Subscription.objects.select_related("subscriber").get(pk=done.subscriptions[0])
    assert (row.status, row.everything, row.since) == (Status.ACTIVE, False, SOON)
    assert (row.subscriber.address, row.subscriber.tracked, row.subscriber.locale) == (
        "nina@example.org",
        True,
        "fr",
    )
    assert not Request.objects.exclude(address="").exists()


def test_nobody_is_counted_who_did_not_say_so() -> None:
    confirmed(asked(a_list()))
    assert Subscriber.objects.get().tracked is False


def test_the_evidence_names_both_wordings_both_networks_and_both_moments() -> None:
    confirmed(asked(a_list(), "africa"))
    granted, agreed = Consent.objects.all()
    assert (granted.action, granted.at, granted.wording, granted.network) == (
        Action.GRANTED,
        NOW,
        FORM.wording,
        FORM.network,
    )
    assert granted.how == "form /subscribe/space-digest"
    assert granted.detail == {"interests": ["africa"], "tracked": False}
    assert (agreed.action, agreed.at, agreed.wording, agreed.network) == (
        Action.CONFIRMED,
        SOON,
        PAGE.wording,
        PAGE.network,
    )


def test_a_welcome_leaves_and_the_current_edition_only_if_it_was_asked_for() -> None:
    assert len(confirmed(asked(a_list())).letters) == 1
    Letter.objects.all().delete()
    done = confirmed(
        asked(a_list("sea-digest"), current=True, at=NOW + dt.timedelta(days=2)), NOW + dt.timedelta(days=2)
    )
    kinds = Letter.objects.filter(pk__in=done.letters).values_list("kind", flat=True)
    assert set(kinds) == {OutboxKind.WELCOME, OutboxKind.CURRENT}


def test_twice_is_once() -> None:
    request = asked(a_list())
    shown = seen(request).digest
    confirmed(request)
    assert confirming.confirm(request, shown=shown, at=SOON) is Ended.USED
    assert Letter.objects.filter(kind=OutboxKind.WELCOME).count() == 1
    assert Consent.objects.count() == 2


def test_what_was_changed_since_the_page_was_shown_is_shown_again() -> None:
    owner = a_list()
    request = asked(owner, "africa")
    shown = seen(request).digest
    asked(owner, "china", tracked=True)
    outcome = confirming.confirm(request, shown=shown, at=SOON)
    assert isinstance(outcome, Changed)
    assert [interest.slug for interest in outcome.now.interests] == ["china"]
    assert not Subscription.objects.exists()


def test_a_link_is_good_for_seven_days() -> None:
    request = asked(a_list())
    week = NOW + dt.timedelta(days=7)
    assert confirming.standing(request, at=week) is Ended.OVER
    assert confirming.confirm(request, shown="", at=week) is Ended.OVER
    assert isinstance(confirming.standing(request, at=week - dt.timedelta(seconds=1)), Open)


def test_a_request_that_no_letter_went_out_for_cannot_be_confirmed() -> None:
    owner = a_list()
    wish = asking.Wish(owner, parse("nina@example.org"), (), tracked=False, current=False, language="fr")
    request = asking.sign_up(wish, origin=FORM, at=NOW)
    assert confirming.standing(request, at=NOW) is Ended.OVER
    assert confirming.standing(request + 1, at=NOW) is Ended.GONE


def test_one_letter_confirms_all_lists_that_were_asked_for_and_only_those_that_are_ticked() -> None:
    space, sea, land = a_list(), a_list("sea-digest"), a_list("land-digest")
    request = asked(space)
    sea_request, land_request = asked(sea, "africa"), asked(land)
    there = seen(request)
    assert {also.list for also in there.also} == {sea, land}
    done = confirming.confirm(request, shown=there.digest, also=[sea_request, 999], origin=PAGE, at=SOON)
    assert isinstance(done, Confirmed)
    assert set(Subscription.objects.values_list("list__slug", flat=True)) == {"space-digest", "sea-digest"}
    assert isinstance(confirming.standing(land_request, at=SOON), Ended)


def test_who_left_comes_back_and_the_suppression_is_lifted_with_the_reason() -> None:
    owner = a_list()
    nina = a_reader(owner, "nina@example.org", ["russia"])
    leaving.unsubscribe(nina.pk, "one-click", NOW - dt.timedelta(days=3))
    confirmed(asked(owner, "africa"))
    nina.refresh_from_db()
    assert nina.status == Status.ACTIVE
    assert nina.since == SOON
    row = Suppression.objects.get(reason=Suppressed.UNSUBSCRIBED)
    assert (row.lifted_at, row.lifted_because) == (SOON, confirming.BECAUSE)
    granted = Consent.objects.get(action=Action.GRANTED)
    assert granted.detail["before"] == {"status": "unsubscribed", "interests": ["russia"]}


def test_who_was_forgotten_comes_back_as_somebody_new() -> None:
    owner = a_list()
    a_reader(owner, "nina@example.org", ["russia"], name="Nina")
    erasing.erase("nina@example.org", by="a test", at=NOW)
    confirmed(asked(owner))
    assert Subscriber.objects.get().name == ""
    assert Suppression.objects.get(reason=Suppressed.ERASED).lifted_at == SOON


def test_who_complained_meanwhile_is_not_subscribed_and_nothing_is_kept() -> None:
    request = asked(a_list())
    shown = seen(request).digest
    key = Request.objects.get().address_key
    Suppression.objects.create(
        address_key=key, list=None, reason=Suppressed.COMPLAINED, source="an event", at=NOW
    )
    assert confirming.confirm(request, shown=shown, at=SOON) is Ended.GONE
    assert not Subscriber.objects.exists()


def test_who_is_on_the_list_already_changes_what_they_follow() -> None:
    owner = a_list()
    nina = a_reader(owner, "nina@example.org", ["russia"])
    done = confirmed(asked(owner, "africa"))
    assert done.letters == ()
    nina.refresh_from_db()
    assert nina.since == NOW
    assert Consent.objects.filter(action=Action.CHANGED).get().detail["interests"] == ["africa"]


def test_erasing_takes_along_what_was_asked_for_in_their_name() -> None:
    owner = a_list()
    a_reader(owner, "nina@example.org")
    asked(owner)
    erased = erasing.erase("nina@example.org", by="a test", at=NOW)
    assert {place.place: place.rows for place in erased.places}["requests from pages"] == 1
    assert not Request.objects.exists()
    assert not Letter.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_once_confirm_once() -> None:
    request = asked(a_list())
    shown = seen(request).digest

    def press(_: int) -> object:
        try:
            return confirming.confirm(request, shown=shown, at=SOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as crowd:
        outcomes = list(crowd.map(press, range(8)))
    assert sum(isinstance(outcome, Confirmed) for outcome in outcomes) == 1
    assert outcomes.count(Ended.USED) == 7
    assert Letter.objects.filter(kind=OutboxKind.WELCOME).count() == 1


@pytest.mark.parametrize("still_reads", [True, False])
def test_what_the_page_says_of_counting_is_what_then_holds(still_reads: bool) -> None:  # noqa: FBT001 - both are tried
    """Who once let their letters be counted, and leaves that unticked when they come back."""
    nina = a_reader(a_list("sea-digest"), "nina@example.org", tracked=True)
    if not still_reads:
        leaving.unsubscribe(nina.pk, "one-click", NOW)
    number = asked(a_list(), "africa")
    there = confirming.standing(number, at=NOW)
    assert isinstance(there, confirming.Open)
    assert there.tracked is still_reads
    confirmed(number)
    nina.subscriber.refresh_from_db()
    assert nina.subscriber.tracked is still_reads
