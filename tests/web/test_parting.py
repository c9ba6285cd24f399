"""What the page that says good-bye leads to: undo, and why."""

import datetime as dt
import re

import pytest
from django.test import Client

from mailer.web import parting
from mailer.web.origins import wording
from subscribers import departing, leaving, pausing, returning, suppressions, tokens
from subscribers.models import Brake, Consent, List, Subscription, Suppression
from subscribers.vocabulary import Departed, Status, Suppressed
from tests.stage import NOW, a_list, a_reader
from tests.web.stored import every_row, link

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> "Clock":
    return Clock(monkeypatch)


class Clock:
    """What the views take for now."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Begin at nine o'clock, and a little."""
        self.now = NOW.replace(microsecond=700_000)
        for view in ("leaving", "parting"):
            monkeypatch.setattr(f"mailer.web.{view}._now", lambda: self.now)

    def later(self, **time: float) -> None:
        self.now += dt.timedelta(**time)


@pytest.fixture
def nina() -> Subscription:
    return a_reader(a_list(), "nina@example.org", interests=["africa"])


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True)


def leave(nina: Subscription) -> str:
    return link("u", "leave", nina.pk, 31)


def paths(written: str) -> dict[str, str]:
    """Return where a page leads, by the first part of the path."""
    return {path.split("/")[1]: path for path in re.findall(r'(?:href|action)="(/\w+/[^"]+)"', written)}


def left(browser: Client, nina: Subscription) -> dict[str, str]:
    """Leave by the page's own button; return where the page leads then."""
    return paths(browser.post(leave(nina)).content.decode())


# Undo


def test_undo_brings_a_reader_back_as_they_were(nina: Subscription, browser: Client, clock: Clock) -> None:
    undo = left(browser, nina)["undo"]
    clock.later(minutes=59, seconds=59)
    written = browser.post(undo).content.decode()
    assert "You are subscribed" in written
    assert "n•••a@example.org" in written
    nina.refresh_from_db()
    assert (nina.status, nina.interests) == ("active", 0b0100)
    assert not suppressions.of_address(nina.subscriber.address_key).exists()
    last = Consent.objects.latest("pk")
    assert (last.action, last.how, last.wording) == ("granted", returning.HOW, wording("left.html"))


def test_looking_at_undo_changes_nothing_and_shows_one_button(
    nina: Subscription, browser: Client, clock: Clock
) -> None:
    undo = left(browser, nina)["undo"]
    clock.later(minutes=5)
    before = every_row()
    written = browser.get(undo).content.decode()
    browser.head(undo)
    assert written.count("<button") == 1
    assert every_row() == before


@pytest.mark.usefixtures("clock")
def test_undo_twice_is_once(nina: Subscription, browser: Client) -> None:
    undo = left(browser, nina)["undo"]
    browser.post(undo)
    before = every_row()
    for answer in (browser.post(undo), browser.get(undo)):
        assert "You are subscribed" in answer.content.decode()
        assert "<button" not in answer.content.decode()
    assert every_row() == before


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_hour_later_there_is_nothing_to_undo(
    nina: Subscription, browser: Client, clock: Clock, method: str
) -> None:
    undo = left(browser, nina)["undo"]
    clock.later(hours=1)
    before = every_row()
    written = getattr(browser, method)(undo).content.decode()
    assert "This cannot be undone any more." in written
    assert "/subscribe/space-digest" in written
    assert every_row() == before


def test_who_left_again_since_stays_away(nina: Subscription, browser: Client, clock: Clock) -> None:
    undo = left(browser, nina)["undo"]
    browser.post(undo)
    clock.later(minutes=10)
    browser.post(leave(nina), "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    browser.post(undo)
    nina.refresh_from_db()
    assert nina.status == "unsubscribed"


def test_who_complained_meanwhile_stays_away(nina: Subscription, browser: Client, clock: Clock) -> None:
    undo = left(browser, nina)["undo"]
    suppressions.suppress(nina.subscriber.address_key, Suppressed.COMPLAINED, "an event", clock.now)
    written = browser.post(undo).content.decode()
    assert "This cannot be undone any more." in written
    nina.refresh_from_db()
    assert nina.status == "unsubscribed"
    assert Suppression.objects.filter(lifted_at=None).count() == 2


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.usefixtures("clock")
def test_there_is_nobody_to_bring_back_once_they_are_erased(
    nina: Subscription,
    browser: Client,
    method: str,
) -> None:
    undo = left(browser, nina)["undo"]
    nina.subscriber.delete()
    assert "no longer there" in getattr(browser, method)(undo).content.decode()


def test_a_button_that_was_pressed_twice_still_leads_to_undo(
    nina: Subscription, browser: Client, clock: Clock
) -> None:
    first = left(browser, nina)["undo"]
    clock.later(seconds=5)
    assert left(browser, nina)["undo"] == first


def test_a_stranger_with_the_letter_cannot_undo_what_the_reader_did(
    nina: Subscription, browser: Client, clock: Clock
) -> None:
    leaving.unsubscribe(nina.pk, "one-click", clock.now)
    clock.later(minutes=2)
    assert not {"undo", "why"} & left(browser, nina).keys()


@pytest.mark.usefixtures("clock")
def test_who_never_confirmed_does_not_come_in_by_leaving_and_undoing(browser: Client) -> None:
    pia = a_reader(a_list(), "pia@example.org", status=Status.PENDING)
    assert "undo" not in left(browser, pia)


def test_who_was_paused_may_undo(nina: Subscription, browser: Client, clock: Clock) -> None:
    pausing.pause(nina.pk, NOW + dt.timedelta(days=9), "by hand", clock.now)
    assert "undo" in left(browser, nina)


@pytest.mark.parametrize("page", ["undo", "why"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_token_for_something_else_is_none(
    nina: Subscription, browser: Client, page: str, method: str
) -> None:
    before = every_row()
    for purpose in ("leave", "preferences", "confirm", "data", "forget", "readdress", "move", "undo", "why"):
        if purpose != page:
            path = link(page, purpose, nina.pk, 1)
            assert getattr(browser, method)(path, {"reason": "other"}).status_code == 404
    assert every_row() == before


# Why


@pytest.mark.usefixtures("clock")
def test_why_is_counted_without_who(nina: Subscription, browser: Client) -> None:
    why = left(browser, nina)["why"]
    assert "Thank you" in browser.post(why, {"reason": "too_many"}).content.decode()
    assert departing.reasons(nina.list)[Departed.TOO_MANY] == 1
    kept = Brake.objects.get().name
    assert nina.subscriber.address_key not in kept
    # Nothing that was stored by the answer names the reader or their subscription.
    assert re.fullmatch(rf"why {nina.list_id} \d+", kept)


def test_an_answer_counts_once(nina: Subscription, browser: Client, clock: Clock) -> None:
    why = left(browser, nina)["why"]
    for reason in ("other", "other", "too_many"):
        assert browser.post(why, {"reason": reason}).status_code == 200
    assert sum(departing.reasons(nina.list).values()) == 1
    # When the brake is forgotten, the token has long been too old.
    clock.later(days=1)
    Brake.objects.all().delete()
    assert "Thank you" in browser.post(why, {"reason": "other"}).content.decode()
    assert sum(departing.reasons(nina.list).values()) == 1


@pytest.mark.usefixtures("clock")
def test_every_reason_of_the_vocabulary_is_on_the_page(nina: Subscription, browser: Client) -> None:
    written = browser.post(leave(nina)).content.decode()
    offered = re.findall(r'name="reason" value="(\w+)"', written)
    assert offered == [reason.value for reason in Departed]
    assert "checked" not in written


@pytest.mark.usefixtures("clock")
def test_pressing_without_an_answer_asks_again_and_stores_nothing(
    nina: Subscription, browser: Client
) -> None:
    why = left(browser, nina)["why"]
    before = every_row()
    written = browser.post(why).content.decode()
    assert "Pick one of the answers" in written
    assert browser.get(why).status_code == 200
    assert browser.head(why).status_code == 200
    assert browser.post(why, {"reason": "the moon"}).status_code == 400
    assert every_row() == before


def test_the_answer_of_a_list_that_is_gone_is_nobody_s(browser: Client) -> None:
    owner = a_list()
    why = link("why", "why", owner.pk, 1)
    List.objects.all().delete()
    assert browser.post(why, {"reason": "other"}).status_code == 404


@pytest.mark.usefixtures("clock")
def test_two_who_leave_in_the_same_second_both_count(browser: Client) -> None:
    owner = a_list()
    for name in ("nina", "omar", "pia"):
        why = left(browser, a_reader(owner, f"{name}@example.org"))["why"]
        browser.post(why, {"reason": "other"})
    assert departing.reasons(owner)[Departed.OTHER] == 3


def test_the_longest_token_is_still_one() -> None:
    late = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
    claim = tokens.read("why", parting._why(2**62, late))  # the one place that knows how it is made
    assert claim is not None
    assert claim.subscription == 2**62
    assert claim.delivery >> 31 == int(late.timestamp())
