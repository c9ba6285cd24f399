import datetime as dt
import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from mailer.web.origins import wording
from subscribers import pausing
from subscribers.models import Consent, Subscriber, Subscription
from tests.stage import NOW, a_list, a_reader
from tests.web.choices import NOON, form, link, plain, seen, ticked
from tests.web.stored import every_row

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailer.web.preferences._now", lambda: NOON)


@pytest.fixture
def nina() -> Subscription:
    return a_reader(a_list(), "nina@example.org", interests=["africa", "south-asia"])


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True)


def test_what_a_reader_ticks_is_saved_and_said_back(nina: Subscription, browser: Client) -> None:
    response = browser.post(link(nina), form(interest=["china", "russia", "africa"]))
    written = plain(response.content.decode())
    assert response.status_code == 200
    assert "<b>Saved.</b>" in written
    assert "You get China, Russia and Africa in full, and the other stories as headlines." in written
    assert "It counts from the next letter on." in written
    assert ticked(written) == {"china", "russia", "africa"}
    nina.refresh_from_db()
    assert (nina.everything, nina.interests) == (False, 0b0111)
    assert list(Consent.objects.values_list("action", "how", "wording", "network")) == [
        ("changed", "preferences page", wording("preferences.html"), "127.0.0.0/24")
    ]


def test_ticking_nothing_is_everything(nina: Subscription, browser: Client) -> None:
    written = browser.post(link(nina), form(interest=None)).content.decode()
    assert "You get every story in full." in written
    assert ticked(written) == set()
    nina.refresh_from_db()
    assert (nina.everything, nina.interests) == (True, 0)


def test_one_save_is_for_all_of_it(nina: Subscription, browser: Client) -> None:
    changed = form(interest=["china"], pause="2026-12-15", text="on", count=None, locale="fr")
    written = browser.post(link(nina), changed).content.decode()
    assert '<html lang="fr"' in written
    nina.refresh_from_db()
    person = nina.subscriber
    assert (nina.interests, nina.status, nina.paused_until) == (
        0b0001,
        "paused",
        dt.datetime(2026, 12, 15, tzinfo=dt.UTC),
    )
    assert (person.text_only, person.tracked, person.locale) == (True, False, "fr")
    # And back again, in one.
    browser.post(link(nina), form(interest=["africa", "south-asia"]))
    nina.refresh_from_db()
    person.refresh_from_db()
    assert (nina.interests, nina.status, nina.paused_until) == (0b1100, "active", None)
    assert (person.text_only, person.tracked, person.locale) == (False, True, "")


def test_saving_what_is_so_already_leaves_no_trace(nina: Subscription, browser: Client) -> None:
    before = every_row()
    for _ in range(2):
        written = browser.post(link(nina), form()).content.decode()
        assert "<b>Saved.</b>" in written
    assert every_row() == before


def test_saving_a_change_twice_is_one_change(nina: Subscription, browser: Client) -> None:
    for _ in range(2):
        assert browser.post(link(nina), form(interest=["china"], pause="2026-12-15")).status_code == 200
    assert [line.detail for line in Consent.objects.order_by("pk")] == [
        {"interests": ["china"], "before": {"interests": ["africa", "south-asia"]}},
        {
            "status": "paused",
            "paused_until": "2026-12-15T00:00:00+00:00",
            "before": {"status": "active"},
        },
    ]


def test_a_pause_ends_as_its_day_begins_where_the_list_is_at_home(
    nina: Subscription, browser: Client
) -> None:
    nina.list.zone = "Asia/Kolkata"
    nina.list.save()
    browser.post(link(nina), form(pause="2026-12-15"))
    nina.refresh_from_db()
    assert nina.paused_until == dt.datetime(2026, 12, 15, tzinfo=ZoneInfo("Asia/Kolkata"))
    assert "Back on 15 December 2026" in seen(browser, nina)


def test_a_pause_stays_to_the_minute_while_other_things_are_saved(
    nina: Subscription, browser: Client
) -> None:
    until = dt.datetime(2026, 12, 20, 7, 31, tzinfo=dt.UTC)
    pausing.pause(nina.pk, until, "by hand", NOW)
    browser.post(link(nina), form(pause="as-it-is", text="on"))
    nina.refresh_from_db()
    assert (nina.status, nina.paused_until) == ("paused", until)


def test_a_page_that_lay_open_since_a_pause_ended_starts_no_new_one(
    nina: Subscription, browser: Client
) -> None:
    browser.post(link(nina), form(pause="as-it-is"))
    nina.refresh_from_db()
    assert nina.status == "active"


def test_an_interest_that_is_offered_no_more_is_not_given_up_by_choosing_a_language(
    nina: Subscription, browser: Client
) -> None:
    nina.list.interests.filter(slug="south-asia").update(retired_at=NOW)
    browser.post(link(nina), form(interest=["africa"], locale="hi"))
    nina.refresh_from_db()
    assert nina.interests == 0b1100


@pytest.mark.parametrize(("stored", "shown"), [("ar-EG", "العربية"), ("zh-TW", "中文"), ("sw", "Kiswahili")])
def test_a_language_that_was_said_more_exactly_is_kept_so(browser: Client, stored: str, shown: str) -> None:
    omar = a_reader(a_list(), "omar@example.org", locale=stored)
    written = browser.get(link(omar)).content.decode()
    assert re.findall(r'<option value="([^"]+)"[^>]* selected>([^<]+)<', written) == [(stored, shown)]
    browser.post(link(omar), form(locale=stored, interest=None))
    assert Subscriber.objects.get().locale == stored


def test_a_language_of_a_kind_that_nobody_has_heard_of_is_shown_as_it_is(browser: Client) -> None:
    omar = a_reader(a_list(), "omar@example.org", locale="qqq-x-old")
    assert ">qqq-x-old</option>" in browser.get(link(omar)).content.decode()


def test_the_page_speaks_the_reader_s_language(browser: Client) -> None:
    omar = a_reader(a_list(), "omar@example.org", locale="ar")
    assert '<html lang="ar" dir="rtl">' in browser.get(link(omar)).content.decode()
    there = link(omar) + "?lang=ru"
    assert '<html lang="ru"' in browser.get(there).content.decode()


def test_the_form_ends_with_the_field_that_says_it_is_whole(nina: Subscription, browser: Client) -> None:
    written = browser.get(link(nina)).content.decode()
    first = written.split("</form>")[0]
    assert re.findall(r'name="(\w+)"', first)[-1] == "whole"


# What it refuses


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b'{"interest": ["china"], "whole": "yes"}', "application/json", 400),
        (b"", "application/x-www-form-urlencoded", 400),
        (b"interest=china", "application/x-www-form-urlencoded", 400),
        (b"--x\r\nbroken", "multipart/form-data", 400),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x", 400),
        (
            b'--x\r\nContent-Disposition: form-data; name="interest"\r\n\r\nchi',
            "multipart/form-data; boundary=x",
            400,
        ),
        (b"interest=china&whole=yes", "text/plain", 400),
        (b"interest=china&whole=yes" + b"x" * 5 * 1024 * 1024, "application/x-www-form-urlencoded", 413),
    ],
    ids=["json", "empty", "cut-off", "no-boundary", "broken", "cut-off-part", "plain", "too-large"],
)
def test_a_form_that_did_not_arrive_whole_changes_nothing(
    nina: Subscription, browser: Client, body: bytes, content_type: str, status: int
) -> None:
    before = every_row()
    response = browser.post(link(nina), body, content_type=content_type)
    assert response.status_code == status
    assert "Nothing was changed." in response.content.decode()
    assert response.headers["Cache-Control"] == "no-store"
    assert every_row() == before


@pytest.mark.parametrize(
    "changed",
    [
        {"pause": "for ever"},
        {"pause": "2026-02-31"},
        {"pause": "２０２６-12-15"},
        {"locale": "xx"},
        {"locale": "../../etc"},
        {"ask": "everything"},
        {"ask": "move"},
        {"ask": "sign_up"},
    ],
    ids=str,
)
def test_what_the_page_does_not_offer_is_refused_whole(
    nina: Subscription, browser: Client, changed: dict[str, str]
) -> None:
    before = every_row()
    assert browser.post(link(nina), form(text="on", **changed)).status_code == 400
    assert every_row() == before


@pytest.mark.parametrize(
    "changed",
    [
        {"interest": ["russia", "china"]},
        {"interest": ["moon"]},
        {"pause": "2026-12-01"},
        {"pause": "2026-11-20"},
        {"pause": "2027-03-02"},
        {"pause": "9999-12-31"},
    ],
    ids=str,
)
def test_a_page_that_is_outdated_saves_nothing_and_keeps_what_was_filled_in(
    nina: Subscription, browser: Client, changed: dict[str, Any]
) -> None:
    nina.list.interests.filter(slug="russia").update(retired_at=NOW)
    before = every_row()
    response = browser.post(link(nina), form(text="on", locale="fr", **changed))
    written = response.content.decode()
    assert response.status_code == 409
    assert "Nothing was saved yet." in written
    assert every_row() == before
    assert 'name="text" checked' in written
    assert '<option value="fr" lang="fr" selected>' in written
    assert "Russia" not in written
