import re

import pytest
from django.test import Client

from mailer.web.origins import wording
from subscribers import leaving, tokens
from subscribers.models import Consent, Subscription
from subscribers.vocabulary import NoStory, UnchosenStories
from tests.stage import NOW, a_list, a_reader

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]


WHOLE = {"whole": "yes"}  # what the form ends with


@pytest.fixture
def nina() -> Subscription:
    return a_reader(a_list(), "nina@example.org", interests=["africa", "south-asia"])


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True)


def link(subscription: Subscription) -> str:
    return f"/preferences/{tokens.make('preferences', subscription.pk, 31)}"


def ticked(written: str) -> set[str]:
    return set(re.findall(r'value="([^"]+)" checked', written))


def seen(browser: Client, subscription: Subscription) -> str:
    return browser.get(link(subscription)).content.decode()


def test_a_reader_sees_what_they_get(nina: Subscription, browser: Client) -> None:
    written = seen(browser, nina)
    assert ticked(written) == {"africa", "south-asia"}
    assert set(re.findall(r'name="interest" value="([^"]+)"', written)) == {
        "china",
        "russia",
        "africa",
        "south-asia",
    }
    assert "At present you get Africa and South Asia in full, the other stories as headlines." in written
    assert "n•••a@example.org" in written
    assert "nina@" not in written


def test_looking_changes_nothing(nina: Subscription, browser: Client) -> None:
    browser.get(link(nina))
    browser.head(link(nina))
    nina.refresh_from_db()
    assert nina.interests == 0b1100
    assert not Consent.objects.exists()


def test_what_a_reader_ticks_is_saved_and_said_back(nina: Subscription, browser: Client) -> None:
    response = browser.post(link(nina), {"interest": ["china", "russia", "africa"], **WHOLE})
    written = response.content.decode()
    assert response.status_code == 200
    assert "<b>Saved.</b> From the next letter you get China, Russia and Africa in full" in written
    assert ticked(written) == {"china", "russia", "africa"}
    nina.refresh_from_db()
    assert (nina.everything, nina.interests) == (False, 0b0111)
    assert list(Consent.objects.values_list("action", "how", "wording", "network")) == [
        ("changed", "preferences page", wording("preferences.html"), "127.0.0.0/24")
    ]


def test_ticking_nothing_is_everything(nina: Subscription, browser: Client) -> None:
    written = browser.post(link(nina), WHOLE).content.decode()
    assert "From the next letter you get every story in full." in written
    assert ticked(written) == set()
    nina.refresh_from_db()
    assert (nina.everything, nina.interests) == (True, 0)


def test_the_form_ends_with_the_field_that_says_it_is_whole(nina: Subscription, browser: Client) -> None:
    fields = re.findall(r'<input type="(\w+)" name="(\w+)"', seen(browser, nina))
    assert fields[-1] == ("hidden", "whole")
    assert {kind for kind, _ in fields[:-1]} == {"checkbox"}


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{"interest": ["china"], "whole": "yes"}', "application/json"),
        (b"", "application/x-www-form-urlencoded"),
        (b"interest=china", "application/x-www-form-urlencoded"),
        (b"--x\r\nbroken", "multipart/form-data"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (
            b'--x\r\nContent-Disposition: form-data; name="interest"\r\n\r\nchi',
            "multipart/form-data; boundary=x",
        ),
        (b"interest=china&whole=yes", "text/plain"),
        (b"interest=china&whole=yes" + b"x" * 5 * 1024 * 1024, "application/x-www-form-urlencoded"),
    ],
    ids=["json", "empty", "cut-off", "no-boundary", "broken", "cut-off-part", "plain", "too-large"],
)
def test_a_form_that_did_not_arrive_whole_changes_nothing(
    nina: Subscription, browser: Client, body: bytes, content_type: str
) -> None:
    response = browser.post(link(nina), body, content_type=content_type)
    assert response.status_code == 400
    assert "Nothing was changed." in response.content.decode()
    assert response.headers["Cache-Control"] == "no-store"
    nina.refresh_from_db()
    assert (nina.everything, nina.interests) == (False, 0b1100)
    assert not Consent.objects.exists()


def test_saving_the_same_twice_is_one_change(nina: Subscription, browser: Client) -> None:
    for _ in range(2):
        assert browser.post(link(nina), {"interest": "china", **WHOLE}).status_code == 200
    assert Consent.objects.count() == 1


def test_an_interest_that_was_retired_meanwhile_saves_nothing(nina: Subscription, browser: Client) -> None:
    nina.list.interests.filter(slug="russia").update(retired_at=NOW)
    response = browser.post(link(nina), {"interest": ["russia", "china"], **WHOLE})
    assert response.status_code == 400
    assert "Nothing was saved" in response.content.decode()
    nina.refresh_from_db()
    assert nina.interests == 0b1100


def test_who_followed_only_a_retired_interest_is_not_told_everything(
    nina: Subscription, browser: Client
) -> None:
    nina.list.interests.filter(slug__in=["africa", "south-asia"]).update(retired_at=NOW)
    written = seen(browser, nina)
    assert "you get stories meant for everyone in full, the other stories as headlines." in written
    assert "Africa" not in written


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (UnchosenStories.HEADLINES, "Africa and South Asia in full, the other stories as headlines."),
        (UnchosenStories.HIDDEN, "Africa and South Asia in full, and no other stories."),
        (UnchosenStories.FULL, "you get every story in full."),
    ],
)
def test_the_page_says_what_this_list_does_with_other_stories(
    nina: Subscription, browser: Client, rule: UnchosenStories, words: str
) -> None:
    nina.list.unchosen_stories = rule
    nina.list.no_story = NoStory.SKIP
    nina.list.save()
    assert words in seen(browser, nina)


def test_the_page_leads_to_leaving(nina: Subscription, browser: Client) -> None:
    [there] = re.findall(r'href="(/u/[^"]+)"', seen(browser, nina))
    assert browser.post(there).status_code == 200
    nina.refresh_from_db()
    assert nina.status == "unsubscribed"


def test_who_has_left_cannot_choose_their_way_back(nina: Subscription, browser: Client) -> None:
    leaving.unsubscribe(nina.pk, "one-click", NOW)
    for answer in (browser.get(link(nina)), browser.post(link(nina), {"interest": "china", **WHOLE})):
        assert answer.status_code == 200
        assert "You are unsubscribed" in answer.content.decode()
    nina.refresh_from_db()
    assert (nina.status, nina.interests) == ("unsubscribed", 0b1100)


def test_a_token_to_leave_opens_no_preferences(nina: Subscription, browser: Client) -> None:
    assert browser.get(f"/preferences/{tokens.make('leave', nina.pk)}").status_code == 404
    assert browser.post(f"/preferences/{'A' * 44}").status_code == 404


def test_an_erased_reader_has_nothing_to_choose(nina: Subscription, browser: Client) -> None:
    there = link(nina)
    nina.subscriber.delete()
    assert "no longer there" in browser.get(there).content.decode()
