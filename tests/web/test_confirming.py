import datetime as dt
import re

import pytest
from django.test import Client

from mailer.web.origins import wording
from subscribers import answering, tokens
from subscribers.addresses import address_key, parse
from subscribers.asking import LIFE, Wish, sign_up
from subscribers.evidence import UNSTATED
from subscribers.models import Consent, List, Request, Subscriber, Subscription, Suppression
from subscribers.vocabulary import RequestKind, Status, Suppressed
from tests.stage import a_list, a_reader
from tests.web.form import Answer

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

NINA = "nina@example.org"


@pytest.fixture
def digest() -> List:
    return a_list()


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True)


def a_request(
    newsletter: List,
    *slugs: str,
    ago: float = 60,
    tracked: bool = False,
    current: bool = False,
    language: str = "en",
) -> int:
    """Return a sign-up that was answered by a letter so many seconds ago."""
    at = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=ago)
    wish = Wish(newsletter, parse(NINA), slugs, tracked=tracked, current=current, language=language)
    number = sign_up(wish, origin=UNSTATED, at=at)
    answering.answer(number, at=at)
    Request.objects.filter(pk=number, written_at=None).update(written_at=at)  # another's letter goes for it
    return number


def link(number: int) -> str:
    return f"/confirm/{tokens.make('confirm', number)}"


def shown(response: Answer) -> dict[str, str]:
    return {"shown": re.findall(r'name="shown" value="([^"]+)"', response.content.decode())[0]}


def said(response: Answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def headline(response: Answer) -> str:
    return str(re.findall(r"<h1>(.*?)</h1>", response.content.decode())[0])


def test_the_page_shows_what_would_be_confirmed(digest: List, browser: Client) -> None:
    number = a_request(digest, "china", "africa", tracked=True, current=True)
    response = browser.get(link(number))
    text = said(response)
    assert response.status_code == 200
    assert "Would you like to read Space Digest" in text
    assert "China · Africa" in text
    assert "Which letters you open and which links you follow is counted." in text
    assert "The current edition comes along with the letter of welcome." in text
    assert "n•••a@example.org" in text
    assert "nina@" not in text
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert not response.cookies


def test_who_ticked_nothing_confirms_everything_uncounted(digest: List, browser: Client) -> None:
    text = said(browser.get(link(a_request(digest))))
    assert "Interests Everything" in text
    assert "Nothing is counted" in text
    assert "current edition" not in text


def test_a_scanner_that_looks_confirms_nothing(digest: List, browser: Client) -> None:
    number = a_request(digest)
    for method in (browser.get, browser.head, browser.get):
        assert method(link(number)).status_code == 200
    assert browser.put(link(number)).status_code == 405
    assert not Subscriber.objects.exists()


def test_pressing_confirm_subscribes_exactly_what_was_shown(digest: List, browser: Client) -> None:
    number = a_request(digest, "africa", tracked=True)
    response = browser.post(link(number), shown(browser.get(link(number))), REMOTE_ADDR="203.0.113.9")
    subscription = Subscription.objects.get()
    assert headline(response) == "You are subscribed"
    assert "A letter of welcome is on its way." in said(response)
    assert (subscription.status, subscription.interests) == (Status.ACTIVE, 0b100)
    assert subscription.subscriber.address == NINA
    assert subscription.subscriber.tracked
    preferences = re.findall(r'href="/preferences/([^"?]+)"', response.content.decode())
    assert tokens.read("preferences", preferences[0]) == tokens.Claim(subscription.pk, 0)
    confirmed = Consent.objects.get(action="confirmed")
    assert (confirmed.wording, confirmed.network) == (wording("confirm.html"), "203.0.113.0/24")


def test_other_sign_ups_of_the_address_are_offered_unticked(digest: List, browser: Client) -> None:
    weekly = a_list("africa-weekly")
    List.objects.filter(pk=weekly.pk).update(name="Africa Weekly")
    a_list("unasked")
    number = a_request(digest)
    a_request(weekly, "africa")
    page = browser.get(link(number))
    assert re.findall(r'name="also" value="([^"]+)"( checked)?', page.content.decode()) == [
        ("africa-weekly", "")
    ]
    response = browser.post(link(number), shown(page) | {"also": ["africa-weekly", "unasked"]})
    assert set(Subscription.objects.values_list("list__slug", flat=True)) == {"space-digest", "africa-weekly"}
    assert "Your preferences for Space Digest" in said(response)
    assert "Your preferences for Africa Weekly" in said(response)


def test_what_is_not_ticked_stays_unconfirmed(digest: List, browser: Client) -> None:
    number = a_request(digest)
    a_request(a_list("africa-weekly"))
    browser.post(link(number), shown(browser.get(link(number))))
    assert list(Subscription.objects.values_list("list__slug", flat=True)) == ["space-digest"]


def test_what_was_changed_meanwhile_is_shown_before_it_counts(digest: List, browser: Client) -> None:
    number = a_request(digest, "china")
    before = shown(browser.get(link(number)))
    a_request(digest, "russia", ago=30)
    response = browser.post(link(number), before)
    assert response.status_code == 409
    assert "Nothing was confirmed yet. Something else has been asked for meanwhile." in said(response)
    assert "Russia" in said(response)
    assert not Subscription.objects.exists()
    assert headline(browser.post(link(number), shown(response))) == "You are subscribed"


@pytest.mark.parametrize("body", [{}, {"shown": ""}, {"shown": "\0"}, {"shown": "0" * 32}])
def test_a_form_that_says_nothing_of_what_was_seen_confirms_nothing(
    digest: List, browser: Client, body: dict[str, str]
) -> None:
    assert browser.post(link(a_request(digest)), body).status_code == 409
    assert not Subscription.objects.exists()


def test_a_used_link_says_so_and_shows_no_way_in(digest: List, browser: Client) -> None:
    number = a_request(digest)
    page = browser.get(link(number))
    browser.post(link(number), shown(page))
    for response in (browser.get(link(number)), browser.post(link(number), shown(page))):
        assert response.status_code == 200
        assert headline(response) == "This is confirmed already"
        assert "/preferences/" not in response.content.decode()
        assert "example.org" not in said(response)
    assert Consent.objects.filter(action="confirmed").count() == 1


def test_a_link_is_good_for_seven_days_and_then_says_how_to_go_on(digest: List, browser: Client) -> None:
    week = LIFE[RequestKind.SIGN_UP].total_seconds()
    number = a_request(digest, ago=week - 60)
    page = browser.get(link(number))
    assert page.status_code == 200
    Request.objects.update(written_at=dt.datetime.now(dt.UTC) - LIFE[RequestKind.SIGN_UP])
    for response in (browser.get(link(number)), browser.post(link(number), shown(page))):
        assert response.status_code == 410
        assert headline(response) == "This link is too old"
        assert 'href="/subscribe/space-digest"' in response.content.decode()
    List.objects.update(public=False)
    assert 'href="mailto:editor@news.example"' in browser.get(link(number)).content.decode()
    assert not Subscription.objects.exists()


def test_an_address_that_must_not_be_written_to_is_subscribed_by_no_link(
    digest: List, browser: Client
) -> None:
    number = a_request(digest)
    page = browser.get(link(number))
    Suppression.objects.create(
        address_key=address_key(NINA), reason=Suppressed.COMPLAINED, at=dt.datetime.now(dt.UTC)
    )
    response = browser.post(link(number), shown(page))
    assert (response.status_code, headline(response)) == (404, "This link does not work")
    assert not Subscription.objects.exists()


def test_a_link_of_ours_is_no_link_for_anything_else(digest: List, browser: Client) -> None:
    number = a_request(digest)
    unknown = browser.get("/confirm/cut-off")
    for token in (
        tokens.make("leave", number),
        tokens.make("preferences", number),
        tokens.make("data", number),
        tokens.make("confirm", number + 1),
        "",
        "A" * 44,
        tokens.make("confirm", number)[:-1],
    ):
        response = browser.post(f"/confirm/{token}", {"shown": "x"}) if token else unknown
        assert (response.status_code, response.content) == (404, unknown.content)
    assert not Subscription.objects.exists()


def test_who_reads_already_is_not_promised_a_second_welcome(digest: List, browser: Client) -> None:
    a_reader(digest, NINA, interests=["russia"])
    number = a_request(digest, "africa")
    response = browser.post(link(number), shown(browser.get(link(number))))
    assert "as before, with the choice that you have just confirmed" in said(response)
    assert Subscription.objects.get().interests == 0b100


def test_the_page_speaks_the_language_that_the_form_spoke(digest: List, browser: Client) -> None:
    number = a_request(digest, language="ar")
    page = browser.get(link(number), headers={"Accept-Language": "en"})
    assert '<html lang="ar" dir="rtl">' in page.content.decode()
    chosen = browser.post(link(number), shown(page) | {"lang": "fr"})
    assert '<html lang="fr"' in chosen.content.decode()


def test_an_interest_that_is_retired_meanwhile_is_not_confirmed_unseen(digest: List, browser: Client) -> None:
    number = a_request(digest, "russia", "africa")
    page = browser.get(link(number))
    digest.interests.filter(slug="russia").update(retired_at=dt.datetime.now(dt.UTC))
    changed = browser.post(link(number), shown(page))
    assert changed.status_code == 409
    assert "Russia" not in said(changed)
    assert not Subscription.objects.exists()
    browser.post(link(number), shown(changed))
    assert Subscription.objects.values_list("everything", "interests").get() == (False, 0b100)


def test_whose_every_interest_was_retired_gets_the_everything_that_the_page_says(
    digest: List, browser: Client
) -> None:
    number = a_request(digest, "africa")
    digest.interests.filter(slug="africa").update(retired_at=dt.datetime.now(dt.UTC))
    page = browser.get(link(number))
    assert "Interests Everything" in said(page)
    browser.post(link(number), shown(page))
    assert Subscription.objects.values_list("everything", "interests").get() == (True, 0)


def test_a_list_of_names_from_outside_is_text_and_not_markup(digest: List, browser: Client) -> None:
    List.objects.update(name="<script>alert(1)</script>")
    digest.interests.update(name="<b>bold</b>")
    number = a_request(digest, "africa")
    page = browser.get(link(number))
    done = browser.post(link(number), shown(page))
    assert b"<script" not in page.content + done.content
    assert b"<b>bold" not in page.content + done.content
