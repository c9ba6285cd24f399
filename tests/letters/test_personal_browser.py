"""Letters to one person in a real browser: in every language they fit a phone, and all can read them."""

from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from mailer.letters import setting
from mailer.letters.personal import About
from tests.axe import problems
from tests.letters.test_notice_browser import FOR_PAGES
from tests.letters.test_personal import LANGUAGES, SHEET, facts

pytestmark = pytest.mark.browser

TALL, TARGET = 900, 44
# In which scheme a letter stands is no matter of its language: all but one are looked at in the dark alone.
SCREENS: tuple[tuple[int, Literal["light", "dark"]], ...] = ((600, "light"), (600, "dark"), (320, "light"))
BUTTON = "a.button"


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_letter_reads_well_on_every_screen(chromium: str, language: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND"],
        )
        for width, scheme in SCREENS if language == LANGUAGES[0] else SCREENS[1:]:
            page = browser.new_page(viewport={"width": width, "height": TALL}, color_scheme=scheme)
            for about in About:
                page.set_content(setting.personal(facts(about), SHEET, language).html)
                _reads_well(page)
            page.close()
        _prints_on_paper(browser, language)
        browser.close()


def _reads_well(page: Page) -> None:
    assert problems(page, but=FOR_PAGES) == []
    heights = [*_heights(page, BUTTON), *_heights(page, ".foot a")]
    assert heights
    assert all(height >= TARGET for height in heights)


def _heights(page: Page, selector: str) -> list[float]:
    found: list[float] = page.eval_on_selector_all(
        selector, "links => links.map(link => link.getBoundingClientRect().height)"
    )
    return found


def _prints_on_paper(browser: Browser, language: str) -> None:
    """Who reads in the dark still prints black on white."""
    page = browser.new_page(color_scheme="dark")
    page.set_content(setting.personal(facts(About.WELCOME), SHEET, language).html)
    page.emulate_media(media="print", color_scheme="dark")
    colour = page.eval_on_selector("h1", "heading => getComputedStyle(heading).color")
    assert max(map(int, colour.removeprefix("rgb(").removesuffix(")").split(","))) < 80
