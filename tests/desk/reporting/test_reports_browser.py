"""The pages of reports in a real browser: on every screen, in both modes, without a fault that axe knows."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.axe import problems
from tests.desk.conftest import Desk
from tests.desk.reporting.cast import a_told_send
from tests.desk.reporting.test_of_list import reckoned

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120), pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("DESK_SHOTS", "")
SCREENS = ((1280, "light"), (1280, "dark"), (375, "dark"), (375, "light"))
NARROWEST, WIDEST = 320, 1600


def test_reports_read_well_on_every_screen(browser: Browser, url: str, desk: Desk) -> None:
    send = a_told_send()
    reckoned(send.edition.list, days=40, lapsed=9)
    pages = {
        "send": f"/desk/sends/{send.pk}/report",
        "letter": f"/desk/sends/{send.pk}/report/letter",
        "list": f"/desk/lists/{send.edition.list.slug}/report",
    }
    # axe is a script, and the pages allow none but ours.
    context = browser.new_context(bypass_csp=True)
    cookies = desk("viewer").cookies.items()
    context.add_cookies(
        [{"name": name, "value": each.value, "url": f"{url}/desk/"} for name, each in cookies]
    )
    page = context.new_page()
    faults = {}
    for name, path in pages.items():
        page.goto(f"{url}{path}")
        for width, scheme in SCREENS:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # as listed above
            faults[f"{name} {width} {scheme}"] = problems(page)
            if SHOTS:
                page.screenshot(path=Path(SHOTS) / f"report-{name}-{width}-{scheme}.png", full_page=True)
        faults[f"{name} wide"] = [
            f"sideways at {width}" for width in (NARROWEST, WIDEST) if _sideways(page, width)
        ]
        page.emulate_media(media="print")
        faults[f"{name} print"] = [] if page.locator("nav").first.is_hidden() else ["has its navigation"]
        page.emulate_media(media="screen")
    frame = page.context.new_page()
    frame.goto(f"{url}{pages['letter']}")
    letter = frame.frame_locator("iframe")
    letter.get_by_role("img", name="Link 1: clicked by people in 2 copies, by machines in 1").wait_for()
    assert {name: found for name, found in faults.items() if found} == {}


def _sideways(page: Page, width: int) -> bool:
    page.set_viewport_size({"width": width, "height": 900})
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))
