"""The notice in a real browser: it fits a phone, and nobody is kept from reading it."""

import pytest
from playwright.sync_api import sync_playwright

from mailer.letters.notice import News
from tests.axe import problems
from tests.letters.test_notice import letter

pytestmark = pytest.mark.browser

# Landmarks are for pages; a mail program puts the letter into a page of its own.
FOR_PAGES = {"landmark-one-main", "region"}


def test_a_notice_reads_well_on_every_screen(chromium: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND"],
        )
        for width in (600, 375, 320):
            for scheme in ("light", "dark"):
                page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
                page.set_content(letter(News.PAUSED, words="401 " + "unbroken" * 20)[1])
                assert problems(page, but=FOR_PAGES) == []
        browser.close()
