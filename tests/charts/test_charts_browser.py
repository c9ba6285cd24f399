"""Every chart in a real browser: nothing sticks out or is written over, and axe finds nothing."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, sync_playwright

from mailer.web.headers import AT_THE_DESK
from tests.axe import problems
from tests.charts import sheet

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
SHOTS = os.environ.get("DESK_SHOTS", "")
# Words that are drawn outside the chart they belong to, or on one another.
STRAYS = """() => {
  const seen = [...document.querySelectorAll(".chart text")].filter(each => each.getClientRects().length)
  const boxes = seen.map(each => [each.textContent, each.closest(".chart"), each.getBoundingClientRect()])
  const out = ([words, chart, box]) => {
    const frame = chart.getBoundingClientRect()
    return box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1
  }
  const touch = (a, b) =>
    a.left < b.right && b.left < a.right && a.top + 3 < b.bottom && b.top + 3 < a.bottom
  const over = boxes.flatMap(([words, chart, box], place) => boxes.slice(place + 1)
    .filter(([, other, another]) => other === chart && touch(box, another))
    .map(([others]) => words + " / " + others))
  return boxes.filter(out).map(([words]) => words).concat(over)
}"""


def test_the_charts_read_well_on_every_screen_and_on_paper(chromium: str) -> None:
    html = sheet.page()
    refused: list[str] = []

    def answer(route: Route) -> None:
        style = route.request.url.rpartition("/static/")[2]
        if style.endswith(".css"):
            route.fulfill(body=(sheet.STATIC / style).read_text(), content_type="text/css")
        else:
            route.fulfill(body=html, content_type="text/html; charset=utf-8", headers=AT_THE_DESK)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.route("**/*", answer)
        page.on("console", lambda message: refused.append(message.text))
        page.goto("http://desk.example/")
        assert refused == []  # the desk's own policy lets all of it pass
        for width, scheme, forced, media, axe in (
            (1280, "light", "none", "screen", True),
            (375, "dark", "none", "screen", True),
            (320, "light", "none", "screen", False),
            (1280, "dark", "active", "screen", False),
            (720, "light", "none", "print", False),
        ):
            name = f"charts-{width}-{scheme}-{forced}-{media}"
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme, forced_colors=forced, media=media)  # type: ignore[arg-type]  # as listed above
            _seen(page, name, width, axe=axe)
        browser.close()


def _seen(page: Page, name: str, width: int, *, axe: bool) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    assert page.evaluate(STRAYS) == [], name
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)
    if axe:
        assert problems(page) == [], name
