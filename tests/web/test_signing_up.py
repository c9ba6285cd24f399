"""Signing up in a real browser: with JavaScript and without, by keyboard, narrow, dark, right to left."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from mailer.models import Send
from mailer.vocabulary import SendStatus
from mailer.web.embedding import form_of
from mailer.web.gate import ALL_SIGN_UPS
from subscribers import answering, brakes, tokens
from subscribers.models import Letter, List, Request, Subscription
from tests.axe import problems
from tests.stage import NOW, a_list, a_send, an_edition
from tests.web.form import a_ticket

pytestmark = [pytest.mark.browser, pytest.mark.database]


@dataclass(frozen=True)
class Site:
    """A running site with one list, of which an edition was sent."""

    url: str
    list: List

    @property
    def form(self) -> str:
        return f"{self.url}/subscribe/{self.list.slug}"


@pytest.fixture
def site(live_server: LiveServer, settings: Settings) -> Site:
    # Django's test server hands out stylesheets itself, and looks for them here.
    settings.STATIC_ROOT = settings.STATICFILES_DIRS[0]
    newsletter = a_list()
    send = a_send(an_edition(newsletter))
    Send.objects.filter(pk=send.pk).update(status=SendStatus.DONE, finished_at=NOW)
    return Site(live_server.url, newsletter)


def answered() -> str:
    """Answer what was asked, as a worker does, and return the path that the letter's link has."""
    [number] = answering.waiting(most=2)
    answering.answer(number, at=dt.datetime.now(dt.UTC))
    assert Letter.objects.get().values["request"] == number
    return f"/confirm/{tokens.make('confirm', number)}"


def aged_ticket(newsletter: List, seconds: float, **ticket: int) -> Callable[[Page], None]:
    """Put a ticket of some age into the form, since a test does not wait."""
    text = a_ticket(newsletter, age=seconds, **ticket)
    return lambda page: page.locator("[name=ticket]").evaluate(
        "(field, text) => { field.value = text }", text
    )


def watched(browser: Browser, **how: Any) -> tuple[Page, list[str]]:  # noqa: ANN401 - a browser's own options
    page, complaints = browser.new_page(**how), []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page, complaints


def test_a_reader_signs_up_and_confirms_by_keyboard_alone(site: Site, browser: Browser) -> None:
    page, complaints = watched(browser, viewport={"width": 320, "height": 700})
    page.goto(f"{site.url}/")
    page.get_by_role("link", name="Subscribe to Space Digest").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.get_by_label("Africa").focus()
    page.keyboard.press("Space")
    page.get_by_label("E-mail address").focus()
    page.keyboard.type("nina@example.org")
    page.keyboard.press("Tab")  # past the field that people do not see
    page.keyboard.press("Space")
    assert page.get_by_label("Send me the current edition at once.").is_checked()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.inner_text("h1") == "Check your inbox"
    assert "nina" not in page.content()
    page.goto(site.url + answered())
    assert "Africa" in page.inner_text(".facts")
    assert "n•••a@example.org" in page.inner_text(".facts")
    page.get_by_role("button", name="Confirm").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.inner_text("h1") == "You are subscribed"
    assert list(Subscription.objects.values_list("interests", "status")) == [(0b100, "active")]
    with page.expect_navigation():
        page.get_by_role("link", name="Your preferences for Space Digest").click()
    assert page.get_by_label("Africa").is_checked()
    assert complaints == []


def test_the_script_pays_while_the_form_is_filled_in(site: Site, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(site.form)
    proof = page.locator("[name=proof]")
    expect(proof).to_have_value("")
    page.get_by_label("E-mail address").focus()
    expect(proof).to_have_value(re.compile(r"^[0-9]{1,10}$"))


def test_who_presses_at_once_with_javascript_is_never_told_to_be_slower(site: Site, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(site.form)
    page.get_by_label("E-mail address").fill("nina@example.org")
    with page.expect_navigation():
        page.get_by_role("button").dblclick()
    assert page.inner_text("h1") == "Check your inbox"
    assert Request.objects.count() == 1


def test_a_reader_signs_up_with_javascript_off(site: Site, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 700})
    page = context.new_page()
    page.goto(site.form)
    page.get_by_label("China").check()
    page.get_by_label("E-mail address").fill("nina@example.org")
    page.get_by_label("Count which letters").check()
    page.wait_for_timeout(2100)
    with page.expect_navigation():
        page.get_by_role("button", name="Subscribe").click()
    assert page.inner_text("h1") == "One more step"
    assert "Please wait 10 seconds, then press Continue." in page.inner_text("main")
    with page.expect_navigation():
        page.get_by_role("button", name="Continue").click()
    assert re.search(r"\d+ more seconds, then press Continue again.", page.inner_text("[role=status]"))
    page.wait_for_timeout(10_000)
    with page.expect_navigation():
        page.get_by_role("button", name="Continue").click()
    assert page.inner_text("h1") == "Check your inbox"
    asked = Request.objects.get()
    assert (asked.address, asked.interests, asked.tracked) == ("nina@example.org", 0b1, True)
    page.goto(site.url + answered())
    with page.expect_navigation():
        page.get_by_role("button", name="Confirm").click()
    assert page.inner_text("h1") == "You are subscribed"


def test_in_a_flood_the_script_saves_the_wait(site: Site, browser: Browser) -> None:
    def a_flood() -> None:
        for _ in range(brakes.QUIET_HOUR):
            brakes.hourly(ALL_SIGN_UPS, at=dt.datetime.now(dt.UTC))

    a_flood()
    page = browser.new_page()
    page.goto(site.form)
    page.get_by_label("E-mail address").fill("nina@example.org")
    with page.expect_navigation():
        page.get_by_role("button").click()
    assert page.inner_text("h1") == "One more step"
    page.get_by_text("Your browser has saved you the wait: you can press Continue now.").wait_for(
        timeout=60_000
    )
    with page.expect_navigation():
        page.get_by_role("button").click()
    assert page.inner_text("h1") == "Check your inbox"


def test_a_slip_in_the_address_is_where_the_cursor_goes(site: Site, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(site.form)
    page.get_by_label("South Asia").check()
    page.get_by_label("E-mail address").fill("nina at example.org")
    with page.expect_navigation():
        page.get_by_role("button").click()
    field = page.get_by_label("E-mail address")
    assert field.evaluate("field => field === document.activeElement")
    assert page.get_by_label("South Asia").is_checked()
    assert "Letters cannot be sent to this." in page.inner_text("#fault")
    field.fill("nina@example.org")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.inner_text("h1") == "Check your inbox"


def test_the_sample_follows_the_ticks(site: Site, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(site.form)
    whole = "The rocket flew."
    assert page.get_by_text(whole).is_visible()
    page.get_by_label("Count which letters").check()
    assert page.get_by_text(whole).is_visible(), "only interests change the letter"
    page.get_by_label("Africa").check()
    assert not page.get_by_text(whole).is_visible()
    assert page.get_by_role("link", name="A launch from Wenchang").is_visible()
    assert page.get_by_text("The dish turned.").is_visible()
    page.get_by_label("China").check()
    assert page.get_by_text(whole).is_visible()


def test_a_form_on_another_site_leads_here_and_is_sent_from_here(site: Site, browser: Browser) -> None:
    html = form_of(site.list, site.url)
    page, complaints = watched(browser)
    page.route("https://elsewhere.example/", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto("https://elsewhere.example/")
    page.get_by_label("Africa").check()
    page.get_by_label("E-mail address").fill("nina@example.org")
    with page.expect_navigation():
        page.get_by_role("button", name="Subscribe to Space Digest").click()
    assert page.url == site.form
    assert "One more press." in page.inner_text("[role=status] >> nth=0")
    assert page.get_by_label("Africa").is_checked()
    assert Request.objects.count() == 0
    with page.expect_navigation():
        page.get_by_role("button", name="Subscribe").click()
    assert page.inner_text("h1") == "Check your inbox"
    assert Request.objects.get().address == "nina@example.org"
    assert complaints == []


@pytest.mark.parametrize(
    ("width", "language", "scheme"),
    [(320, "en", "light"), (320, "ar", "dark"), (375, "hi", "light"), (1280, "en", "dark")],
)
def test_every_page_on_the_way_is_sound_at_every_width_and_in_the_dark(
    site: Site, browser: Browser, width: int, language: str, scheme: Literal["light", "dark"]
) -> None:
    # axe is a script of another's, and the pages allow none.
    page = browser.new_page(viewport={"width": width, "height": 700}, color_scheme=scheme, bypass_csp=True)
    page.goto(f"{site.url}/?lang={language}")
    assert problems(page) == []
    page.goto(f"{site.form}?lang={language}")
    assert problems(page) == []
    page.locator("#email").fill("nina")
    with page.expect_navigation():
        page.locator("main button").click()
    assert problems(page) == []
    page.route("**/subscribe.js", lambda route: route.fulfill(body=""))
    page.goto(f"{site.form}?lang={language}")
    page.locator("#email").fill("nina@example.org")
    aged_ticket(site.list, 30)(page)
    with page.expect_navigation():
        page.locator("main button").click()
    assert page.locator(".meter").is_visible()
    assert problems(page) == []
    aged_ticket(site.list, 3, wait=10)(page)
    with page.expect_navigation():
        page.locator("main button").click()
    assert problems(page) == []
    aged_ticket(site.list, 11, wait=10)(page)
    with page.expect_navigation():
        page.locator("main button").click()
    assert problems(page) == []
    link = site.url + answered()
    page.goto(link)
    assert problems(page) == []
    with page.expect_navigation():
        page.locator("main button").click()
    assert problems(page) == []
    page.goto(link)
    assert problems(page) == []


def test_fields_buttons_and_choices_are_large_enough_for_a_thumb(site: Site, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 375, "height": 700})
    for address in (site.form, f"{site.url}/"):
        page.goto(address)
        for place in page.locator("button, .button, .choice, [type=email]").all():
            box = place.bounding_box()
            assert box is not None
            assert box["height"] >= 44
