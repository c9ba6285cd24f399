"""A send's pages in a real browser: on every screen, by keyboard, with and without JavaScript."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from mailer import sends, testers
from tests.axe import SCREENS, problems
from tests.desk.conftest import Desk
from tests.desk.sends.cast import a_house, busy, now, running, scheduled
from tests.stage import an_edition

pytestmark = [pytest.mark.browser, pytest.mark.timeout(280), pytest.mark.django_db(transaction=True)]

SHOTS = Path(os.environ.get("DESK_SHOTS", ""))
Open = Callable[..., Page]


@pytest.fixture
def open_(browser: Browser, url: str, desk: Desk) -> Open:
    """Open a page as somebody who has signed in."""

    def opened(path: str, role: str = "sender", *, width: int = 1280, **options: Any) -> Page:  # noqa: ANN401 - Playwright's own
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        client: Client = desk(role)
        context.add_cookies(
            [
                {"name": name, "value": morsel.value, "url": f"{url}/desk/"}
                for name, morsel in client.cookies.items()
            ]
        )
        page = context.new_page()
        page.goto(f"{url}{path}")
        return page

    return opened


def looked_at(page: Page, name: str) -> None:
    if os.environ.get("DESK_SHOTS"):
        page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_the_pages_read_well_on_every_screen(open_: Open, width: int, scheme: str) -> None:
    send = busy()
    edition = send.edition_id
    testers.add(send.edition.list, ["nia@news.example", "li.wen@news.example"], by="Nia", at=now())
    pages = {
        "list": "/desk/sends/",
        "send": f"/desk/sends/{send.pk}",
        "cancel": f"/desk/sends/{send.pk}/cancel",
        "correct": f"/desk/sends/{send.pk}/correct",
        "again": f"/desk/sends/{send.pk}/unknown/send-again",
        "log": f"/desk/sends/{send.pk}/log",
        "approve": f"/desk/editions/{edition}/approve",
        "schedule": f"/desk/editions/{edition}/schedule?when=at&at=2027-03-14T02:30&zone=America/Los_Angeles",
        "tests": f"/desk/editions/{edition}/test",
        "calendar": "/desk/calendar",
    }
    if width == 320:
        waits = scheduled(an_edition(send.edition.list))
        pages["move"] = f"/desk/sends/{waits.pk}/move?at=2027-09-15T20:00&zone=Africa/Johannesburg"
    faults = {}
    for name, path in pages.items():
        # axe is a script, and the pages allow none but ours.
        page = open_(path, width=width, color_scheme=scheme, bypass_csp=True)
        looked_at(page, f"{name}-{width}-{scheme}")
        faults[name] = problems(page)
        page.context.close()
    assert {name: found for name, found in faults.items() if found} == {}


def test_the_page_follows_the_send_by_itself_and_keeps_the_focus(open_: Open) -> None:
    send = busy()
    page = open_(f"/desk/sends/{send.pk}")
    page.get_by_text("Why 3 are excluded").click()
    page.get_by_role("link", name="Send again to 300").focus()
    sends.pause(send.pk, by="Nia", now=now(), reason="a wrong figure")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Paused: "))
    expect(page.locator("#part-lead")).to_contain_text("It is held: a wrong figure.")
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    assert page.evaluate("document.activeElement.textContent") == "Send again to 300"
    expect(page.locator("#why-excluded")).to_have_attribute("open", "")
    assert page.locator("#part-lead").get_attribute("aria-live") == "polite"
    assert page.evaluate("document.querySelectorAll('[aria-live]').length") == 1


def test_once_the_send_is_over_the_page_asks_no_more(open_: Open) -> None:
    send = running()
    page = open_(f"/desk/sends/{send.pk}")
    sends.cancel(send.pk, by="Nia", now=now())
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Cancelled: "))
    expect(page.locator("#part-stamp[data-over]")).to_be_attached()
    asked: list[str] = []
    page.on("request", lambda each: asked.append(each.url))
    page.wait_for_timeout(1_500)  # while it ran, it was asked every second
    assert asked == []


def test_a_send_is_paused_stopped_and_corrected_by_keyboard_alone(open_: Open) -> None:
    send = running()
    page = open_(f"/desk/sends/{send.pk}", width=375)

    def press(name: str) -> None:
        reached = page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name)).first
        for _ in range(60):
            page.keyboard.press("Tab")
            if reached.evaluate("each => each === document.activeElement"):
                page.keyboard.press("Enter")
                return
        pytest.fail(f"{name} cannot be reached")

    press("Pause")
    expect(page.get_by_role("status")).to_contain_text("It is paused")
    press("Stop the press")
    expect(page.get_by_role("heading", level=1)).to_have_text("Stop the press")
    text = page.get_by_label("The text, to be corrected")
    text.fill(text.input_value().replace("The rocket flew.", "The rocket flew on Monday."))
    press("See what differs")
    expect(page.locator("ins").first).to_be_visible()
    page.get_by_label(re.compile("^Why the warning")).fill("meant so")
    press("End the first text, and send this to 3 readers")
    expect(page.get_by_role("status")).to_contain_text("Corrected text goes to 3 readers")


def test_an_edition_is_scheduled_moved_and_undone_without_javascript(open_: Open) -> None:
    _, edition = a_house()
    page = open_(f"/desk/editions/{edition.pk}/schedule", java_script_enabled=False)
    page.get_by_label("Leaves on").fill("2031-12-02T09:00")
    page.get_by_label("By the clock in").fill("Africa/Nairobi")
    page.get_by_role("button", name="See when that is, and who gets it").click()
    page.get_by_label(re.compile("^Why the warning")).fill("meant so")
    page.get_by_label("The year is right").check()
    page.get_by_role("button", name="Schedule for Tuesday 2 December 2031, 09:00 in Nairobi").click()
    expect(page.get_by_role("status")).to_contain_text(
        "It leaves on Tuesday 2 December 2031, 09:00 in Nairobi."
    )
    page.get_by_role("link", name="Move").click()
    page.get_by_label("Leaves on").fill("2031-12-03T10:00")
    page.get_by_role("button", name="See when that is").click()
    page.get_by_label("The year is right").check()
    page.get_by_role("button", name=re.compile("^Move it to Wednesday 3 December 2031, 10:00")).click()
    page.get_by_role("link", name="Undo").click()
    page.get_by_role("button", name="Undo: it does not leave").click()
    expect(page.get_by_role("status")).to_contain_text("Undone: nobody was written to")
