"""The letter in a real browser: what only a screen can show."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from mailer.manuscript.document import Document
from mailer.rendering.sets import render_sets
from mailer.rendering.values import Look, Reading

pytestmark = pytest.mark.browser

AFRICA = Reading(frozenset({"africa"}))
# Landmarks are for pages; a mail program puts the letter into a page of its own.
FOR_PAGES = {"landmark-one-main", "region"}
TARGET = 44  # CSS pixels, WCAG 2.2, 2.5.5


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND"],
        )
        yield browser
        browser.close()


@pytest.fixture(
    params=[(600, "light"), (600, "dark"), (375, "light"), (375, "dark"), (320, "light"), (320, "dark")],
    ids=str,
)
def page(request: pytest.FixtureRequest, browser: Browser, edition: Document, look: Look) -> Iterator[Page]:
    width, scheme = request.param
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(render_sets(edition, look, [AFRICA])[AFRICA].html)
    yield page
    page.close()
    assert asked == []


def test_nobody_is_kept_from_reading(page: Page) -> None:
    violations = Axe().run(page).response["violations"]
    assert [found["id"] for found in violations if found["id"] not in FOR_PAGES] == []


def test_the_letter_fits_its_screen(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_thumb_finds_the_ways_out(page: Page) -> None:
    heights = page.eval_on_selector_all(
        ".foot a, .brief a", "links => links.map(link => link.getBoundingClientRect().height)"
    )
    assert len(heights) == 5
    assert min(heights) >= TARGET
