"""The public pages in a real browser: what the eye, the keyboard and a screen reader meet."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from subscribers import tokens
from tests.stage import a_list, a_reader

pytestmark = [pytest.mark.browser, pytest.mark.database]


@dataclass(frozen=True)
class Site:
    """A running site with one reader, and the pages there are."""

    front: str
    leave: str
    preferences: str
    missing: str

    def __iter__(self) -> Iterator[str]:
        yield from (self.front, self.leave, self.preferences, self.missing)


@pytest.fixture
def site(live_server: LiveServer, settings: Settings) -> Site:
    # Django's test server hands out stylesheets itself, and looks for them here.
    settings.STATIC_ROOT = settings.STATICFILES_DIRS[0]
    nina = a_reader(a_list(), "nina@example.org", interests=["africa"])
    return Site(
        front=f"{live_server.url}/",
        leave=f"{live_server.url}/u/{tokens.make('leave', nina.pk)}",
        preferences=f"{live_server.url}/preferences/{tokens.make('preferences', nina.pk)}",
        missing=f"{live_server.url}/u/cut-off",
    )


@pytest.fixture
def browser(site: Site, chromium: str) -> Iterator[Browser]:  # noqa: ARG001 - its rows are written before a loop runs
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield running
        running.close()


def problems(page: Page) -> list[str]:
    found = [f"{rule['id']}: {rule['help']}" for rule in Axe().run(page).response["violations"]]
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return found + ([f"scrolls sideways by {wider} px"] if wider else [])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 375, 1280])
def test_every_page_is_sound_at_every_width_and_in_the_dark(
    site: Site, browser: Browser, width: int, scheme: Literal["light", "dark"]
) -> None:
    # axe is a script, and the pages allow none.
    page = browser.new_page(viewport={"width": width, "height": 700}, color_scheme=scheme, bypass_csp=True)
    for address in site:
        page.goto(address)
        assert problems(page) == []


def test_a_reader_chooses_and_leaves_by_keyboard_alone(site: Site, browser: Browser) -> None:
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(site.preferences)
    page.get_by_label("China").focus()
    page.keyboard.press("Space")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "Saved. From the next letter you get China and Africa in full" in page.inner_text("[role=status]")
    page.get_by_role("link", name="Unsubscribe").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.get_by_role("button").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.inner_text("h1") == "You are unsubscribed"
    assert complaints == []


def test_buttons_and_boxes_are_large_enough_for_a_thumb(site: Site, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 375, "height": 700})
    page.goto(site.preferences)
    for place in page.locator("button, .choice").all():
        box = place.bounding_box()
        assert box is not None
        assert box["height"] >= 48
