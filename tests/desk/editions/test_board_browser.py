"""The board in a real browser: by keyboard alone, with JavaScript off, dragged, and clean under axe."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page

from mailer import editions
from mailer.accounts.roles import Role
from mailer.models import Edition
from tests.accounts.cast import a_person, signed_in
from tests.axe import SCREENS, problems
from tests.stage import a_list, an_edition

pytestmark = [
    pytest.mark.browser,
    pytest.mark.database,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(180),
]

TEXT = """---
list: space-digest
title: Space China, Russia and Global South
date: 2026-12-01
---
# Trend analysis
## Rising
- More launches from Wenchang in China
- A port {africa}

## Declining

# Selected news
A word before the stories, by the editor.

## [Tiangong, China’s space station, will host a Pakistani, its first guest](https://a.example) {china}
The rocket flew over Kenya and Nairobi, and a crew from Islamabad trained for it.

## [A dish turns in Nairobi](https://kenya.example/n) {africa}
The dish turned to the north.

## Nobody knows where this one comes from
It says little.

# Industry outlook
"""
SHOTS = os.environ.get("BOARD_SHOTS", "")


@pytest.fixture
def edition(url: str) -> Edition:  # noqa: ARG001 - what the server shows
    return an_edition(a_list(), TEXT.encode())


@contextmanager
def window(browser: Browser, url: str, cookies: dict[str, str], **options: object) -> Iterator[Page]:
    asked: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}, **options}
    context = browser.new_context(**asked)
    context.add_cookies(
        [{"name": n, "value": v, "domain": "localhost", "path": "/desk/"} for n, v in cookies.items()]
    )
    page = context.new_page()
    page.goto(url)
    yield page
    context.close()


def as_(role: Role) -> dict[str, str]:
    client = signed_in(a_person(role))
    return {
        name: client.cookies[name].value
        for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)
        if name in client.cookies
    }


def order(edition: Edition) -> list[str]:
    document = editions.document_of(editions.newest(edition))
    return [
        f"{section.title[:8]}: {story.title[:8]}"
        for section in document.sections
        for story in section.stories
    ]


def test_the_board_works_by_keyboard_with_javascript_off(
    browser: Browser, url: str, edition: Edition
) -> None:
    board = f"{url}/desk/editions/{edition.pk}/board"
    with window(browser, board, as_(Role.EDITOR), java_script_enabled=False) as page:
        down = page.get_by_role(
            "button", name="Down one place: “A dish turns in Nairobi”, 2 of 3 in Selected news"
        )
        down.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**?undo=1*")
        focused = page.locator("li:focus")
        assert "A dish turns in Nairobi" in focused.inner_text()
        assert order(edition)[2] == "Selected: A dish t"
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")  # Undo stands first in the story
        page.wait_for_url("**?undo=2*")
        assert order(edition)[1] == "Selected: A dish t"
        page.get_by_label("Where to move “Nobody knows where this one comes from”").select_option(
            "Industry outlook"
        )
        page.get_by_role("button", name="Move “Nobody knows where this one comes from” there").press("Enter")
        page.wait_for_url("**?undo=3*")
        assert order(edition)[2] == "Industry: Nobody k"
        page.get_by_role("group", name="Interests of “Nobody").get_by_label("Russia").press("Space")
        page.get_by_role("button", name="Save the interests of “Nobody").press("Enter")
        page.wait_for_url("**?undo=4*")
        assert "Nobody knows where this one comes from {russia}" in editions.newest(edition).text


def test_a_story_is_dragged_to_another_section(browser: Browser, url: str, edition: Edition) -> None:
    with window(browser, f"{url}/desk/editions/{edition.pk}/board", as_(Role.EDITOR)) as page:
        card = page.locator(".card", has_text="A dish turns").locator(".grip")
        card.drag_to(page.locator(".column").last.locator(".cards"))
        page.wait_for_url("**?undo=1*")
        assert order(edition)[2] == "Industry: A dish t"
        card = page.locator(".card", has_text="Nobody knows").locator(".grip")
        card.drag_to(page.locator(".card h3", has_text="Tiangong"))
        page.wait_for_url("**?undo=2*")
        assert order(edition)[0] == "Selected: Nobody k"


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_the_board_is_clean_under_axe(
    browser: Browser, url: str, edition: Edition, width: int, scheme: str
) -> None:
    options = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    board = f"{url}/desk/editions/{edition.pk}/board"
    with window(browser, board, as_(Role.EDITOR), **options) as page:
        page.locator("button[value='dismiss:south-asia']").first.click()
        page.locator("button[value=down]").first.click()
        page.wait_for_url("**?undo=1*")
        found = problems(page)
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"board-{width}-{scheme}.png", full_page=True)
        assert found == []
