import datetime as dt
import re

import pytest
from django.test import Client

from mailer.web.origins import wording
from subscribers import leaving, pausing, tokens
from subscribers.models import Request, Subscriber, Subscription, Suppression
from subscribers.vocabulary import NoStory, Status, Suppressed, UnchosenStories
from tests.stage import NOW, a_list, a_reader
from tests.web.choices import NOON, form, link, seen, ticked
from tests.web.stored import every_row

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailer.web.preferences._now", lambda: NOON)


@pytest.fixture(autouse=True)
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What was rung for at the workers' door."""
    rings: list[tuple[str, int]] = []
    monkeypatch.setattr("mailer.doorbell.ring", lambda task, number: rings.append((task, number)))
    return rings


@pytest.fixture
def nina() -> Subscription:
    return a_reader(a_list(), "nina@example.org", interests=["africa", "south-asia"])


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True)


def chosen(written: str) -> str:
    [value] = re.findall(r'name="pause" value="([^"]+)" checked', written)
    return str(value)


# What it shows


def test_a_reader_sees_what_they_get(nina: Subscription, browser: Client) -> None:
    written = seen(browser, nina)
    assert ticked(written) == {"africa", "south-asia"}
    assert set(re.findall(r'name="interest" value="([^"]+)"', written)) == {
        "china",
        "russia",
        "africa",
        "south-asia",
    }
    assert "You get Africa and South Asia in full, and the other stories as headlines." in written
    assert "n•••a@example.org" in written
    assert "nina@" not in written
    assert "It counts from the next letter on." not in written


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(nina: Subscription, browser: Client, method: str) -> None:
    before = every_row()
    for query in ("", "?lang=ar", "?ask=forget", "?interest=china&whole=yes"):
        assert getattr(browser, method)(link(nina) + query).status_code == 200
    assert every_row() == before


def test_the_pauses_say_when_letters_come_again(nina: Subscription, browser: Client) -> None:
    written = seen(browser, nina)
    assert chosen(written) == "none"
    assert re.findall(r'name="pause" value="([^"]+)"', written) == [
        "none",
        "2026-12-15",
        "2027-01-01",
        "2027-03-01",
    ]
    assert re.findall(r"Back on ([^<]+)<", written) == ["15 December 2026", "1 January 2027", "1 March 2027"]


def test_a_month_after_the_31st_is_the_last_of_the_next(
    nina: Subscription, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailer.web.preferences._now", lambda: dt.datetime(2027, 11, 30, tzinfo=dt.UTC))
    assert re.findall(r'value="(2\d{3}-[\d-]+)"', seen(browser, nina)) == [
        "2027-12-14",
        "2027-12-30",
        "2028-02-29",
    ]


def test_who_is_paused_sees_until_when_and_that_it_is_chosen(nina: Subscription, browser: Client) -> None:
    pausing.pause(nina.pk, dt.datetime(2026, 12, 20, tzinfo=dt.UTC), "by hand", NOW)
    written = seen(browser, nina)
    assert "letters to <b>n•••a@example.org</b> come again from 20 December 2026 on." in written
    assert chosen(written) == "as-it-is"
    assert "Back on 20 December 2026" in written
    assert "End the pause" in written


def test_a_pause_that_ends_on_a_day_on_offer_stands_there_once(nina: Subscription, browser: Client) -> None:
    pausing.pause(nina.pk, dt.datetime(2026, 12, 15, tzinfo=dt.UTC), "by hand", NOW)
    assert seen(browser, nina).count("Back on 15 December 2026") == 1


def test_a_pause_without_an_end_says_so(nina: Subscription, browser: Client) -> None:
    Subscription.objects.update(status=Status.PAUSED)
    written = seen(browser, nina)
    assert "until you end the pause here." in written
    assert chosen(written) == "as-it-is"


def test_a_list_that_counts_nothing_asks_for_no_counting(nina: Subscription, browser: Client) -> None:
    nina.list.tracked = False
    nina.list.save()
    assert 'name="count"' not in seen(browser, nina)
    browser.post(link(nina), form(count=None))
    assert Subscriber.objects.get().tracked is True


def test_who_has_not_confirmed_has_nothing_to_pause(browser: Client) -> None:
    pia = a_reader(a_list(), "pia@example.org", status=Status.PENDING)
    written = seen(browser, pia)
    assert "No letters come yet." in written
    assert 'name="pause"' not in written
    assert browser.post(link(pia), form(pause="2026-12-15", interest=["china"])).status_code == 200
    pia.refresh_from_db()
    assert (pia.status, pia.interests) == ("pending", 0b0001)


@pytest.mark.parametrize("where", ["everywhere", "here"])
def test_whose_letters_are_held_back_is_not_told_that_they_come(
    nina: Subscription, browser: Client, where: str
) -> None:
    Suppression.objects.create(
        address_key=nina.subscriber.address_key,
        list=nina.list if where == "here" else None,
        reason=Suppressed.COMPLAINED,
        at=NOW,
    )
    written = browser.post(link(nina), form()).content.decode()
    assert "No letters come at present." in written
    assert "mailto:editor@news.example" in written
    assert "You get" not in written


def test_another_list_s_suppression_holds_nothing_back_here(nina: Subscription, browser: Client) -> None:
    other = a_list("other")
    key = nina.subscriber.address_key
    Suppression.objects.create(address_key=key, list=other, reason=Suppressed.UNSUBSCRIBED, at=NOW)
    assert "No letters come at present." not in seen(browser, nina)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (
            UnchosenStories.HEADLINES,
            "You get Africa and South Asia in full, and the other stories as headlines.",
        ),
        (UnchosenStories.HIDDEN, "You get Africa and South Asia in full, and no other stories."),
        (UnchosenStories.FULL, "You get every story in full."),
    ],
)
def test_the_page_says_what_this_list_does_with_other_stories(
    nina: Subscription, browser: Client, rule: UnchosenStories, words: str
) -> None:
    nina.list.unchosen_stories = rule
    nina.list.no_story = NoStory.SKIP
    nina.list.save()
    assert words in seen(browser, nina)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (UnchosenStories.HEADLINES, "the stories meant for everyone in full, and the others as headlines."),
        (UnchosenStories.HIDDEN, "the stories meant for everyone, and no others."),
    ],
)
def test_who_followed_only_a_retired_interest_is_not_told_everything(
    nina: Subscription, browser: Client, rule: UnchosenStories, words: str
) -> None:
    nina.list.unchosen_stories = rule
    nina.list.save()
    nina.list.interests.filter(slug__in=["africa", "south-asia"]).update(retired_at=NOW)
    written = seen(browser, nina)
    assert words in written
    assert "Africa" not in written


def test_a_name_that_an_editor_gave_is_text_and_no_markup(nina: Subscription, browser: Client) -> None:
    nina.list.interests.filter(slug="africa").update(name="<i>Africa</i> & 50%(s)")
    written = browser.get(link(nina)).content.decode()
    assert "<i>" not in written
    assert "&lt;i&gt;Africa&lt;/i&gt; &amp; 50%(s)" in written


def test_who_has_left_cannot_choose_their_way_back(nina: Subscription, browser: Client) -> None:
    leaving.unsubscribe(nina.pk, "one-click", NOW)
    before = every_row()
    for answer in (browser.get(link(nina)), browser.post(link(nina), form(interest=["china"]))):
        assert answer.status_code == 200
        assert "You are unsubscribed" in answer.content.decode()
        assert "/undo/" not in answer.content.decode()
    assert every_row() == before


def test_a_token_to_leave_opens_no_preferences(nina: Subscription, browser: Client) -> None:
    for purpose in ("leave", "confirm", "data", "forget", "readdress", "move", "undo", "why"):
        forged = f"/preferences/{tokens.make(purpose, nina.pk)}"
        assert browser.get(forged).status_code == 404
        assert browser.post(forged, form()).status_code == 404
    assert browser.post(f"/preferences/{'A' * 44}").status_code == 404


def test_an_erased_reader_has_nothing_to_choose(nina: Subscription, browser: Client) -> None:
    there = link(nina)
    nina.subscriber.delete()
    for answer in (
        browser.get(there),
        browser.post(there, form()),
        browser.post(there, {"ask": "data"}),
    ):
        assert "no longer there" in answer.content.decode()


def test_no_cookie_is_set_and_nobody_else_is_told(nina: Subscription, browser: Client) -> None:
    for answer in (browser.get(link(nina)), browser.post(link(nina), form())):
        assert not answer.cookies
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Robots-Tag"] == "noindex"


# What it leads to


def test_the_page_leads_to_leaving(nina: Subscription, browser: Client) -> None:
    [there] = re.findall(r'href="(/u/[^"]+)"', seen(browser, nina))
    assert browser.post(there).status_code == 200
    nina.refresh_from_db()
    assert nina.status == "unsubscribed"


@pytest.mark.parametrize("kind", ["data", "forget", "readdress"])
@pytest.mark.parametrize("standing", [Status.ACTIVE, Status.PAUSED, Status.UNSUBSCRIBED])
def test_a_forwarded_letter_only_asks_for_a_link(
    nina: Subscription, browser: Client, rung: list[tuple[str, int]], kind: str, standing: Status
) -> None:
    Subscription.objects.update(status=standing)
    before = every_row()
    response = browser.post(link(nina) + "?lang=fr", {"ask": kind})
    written = response.content.decode()
    assert response.status_code == 200
    assert "n•••a@example.org" in written
    assert "nina@" not in written
    [request] = Request.objects.all()
    assert (request.kind, request.address, request.language) == (kind, "nina@example.org", "fr")
    assert (request.wording, request.network) == (wording("preferences.html", "fr"), "127.0.0.0/24")
    assert rung == [("mailer.answer", request.pk)]
    after = every_row()
    assert {name for name in after if after[name] != before[name]} == {"request"}


def test_asking_again_and_again_is_one_request(nina: Subscription, browser: Client) -> None:
    for _ in range(5):
        browser.post(link(nina), {"ask": "data"})
    assert Request.objects.count() == 1
