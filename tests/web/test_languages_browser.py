"""The public pages in every language, in a real browser on a small phone."""

import pytest
from playwright.sync_api import Browser
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from mailer.languages import languages
from subscribers import tokens
from tests.axe import problems
from tests.stage import a_list, a_reader

pytestmark = [pytest.mark.browser, pytest.mark.database]


@pytest.fixture
def addresses(live_server: LiveServer, settings: Settings) -> list[str]:
    # Django's test server hands out stylesheets itself, and looks for them here.
    settings.STATIC_ROOT = settings.STATICFILES_DIRS[0]
    nina = a_reader(a_list(), "nina@example.org", interests=["africa"])
    preferences = f"preferences/{tokens.make('preferences', nina.pk)}"
    paths = ["", "subscribe/space-digest", preferences, f"u/{tokens.make('leave', nina.pk)}", "nowhere"]
    return [f"{live_server.url}/{path}" for path in paths]


@pytest.mark.parametrize("tag", [language.tag for language in languages()])
def test_every_page_is_sound_in_every_language(addresses: list[str], browser: Browser, tag: str) -> None:
    # axe is a script, and the pages allow none.
    page = browser.new_page(viewport={"width": 320, "height": 700}, bypass_csp=True)
    for address in addresses:
        page.goto(f"{address}?lang={tag}")
        assert page.evaluate("[document.documentElement.lang, document.dir]") == [
            tag,
            "rtl" if tag == "ar" else "ltr",
        ]
        assert problems(page) == []


def test_the_foot_of_a_page_changes_its_language_and_stays_on_it(
    addresses: list[str], browser: Browser
) -> None:
    page = browser.new_page(locale="fr-CA", viewport={"width": 320, "height": 700})
    for address in addresses:
        page.goto(address)
        assert page.evaluate("document.documentElement.lang") == "fr"
        link = page.get_by_role("link", name="العربية")
        box = link.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
        link.click()
        assert page.evaluate("document.documentElement.lang") == "ar"
        assert page.url == f"{address}?lang=ar"
    # What was chosen goes along to other pages of ours, without a cookie.
    page.locator(".mast a").click()
    assert page.evaluate("document.documentElement.lang") == "ar"
    assert page.context.cookies() == []
