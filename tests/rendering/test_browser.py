"""The letter in a real browser: what only a screen can show."""

from collections.abc import Iterator
from html import escape

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from mailer.manuscript.document import Document
from mailer.rendering.sets import render_sets
from mailer.rendering.values import Look, Reading
from tests.axe import problems
from tests.rendering.test_golden import MIXED, in_many_scripts

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
    params=[(600, "light"), (600, "dark"), (375, "light"), (375, "dark"), (320, "light")],
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
    assert problems(page, but=FOR_PAGES) == []


def test_the_letter_fits_its_screen(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_thumb_finds_the_ways_out(page: Page) -> None:
    heights = page.eval_on_selector_all(
        ".foot a, .brief a", "links => links.map(link => link.getBoundingClientRect().height)"
    )
    assert len(heights) == 5
    assert min(heights) >= TARGET


@pytest.mark.parametrize("language", MIXED)
@pytest.mark.parametrize(("width", "scheme"), [(600, "light"), (375, "dark"), (320, "light")])
def test_many_scripts_fit_one_letter_and_each_runs_its_own_way(
    browser: Browser, look: Look, language: str, width: int, scheme: str
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]  # one of two words
    page.set_content(in_many_scripts(look, language).html)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    outside = page.evaluate(
        """() => [...document.querySelectorAll("h1,h2,h3,p,li,blockquote")]
            .map(part => [part.getBoundingClientRect(), part])
            .filter(([box]) => box.left < 0 || box.right > innerWidth).map(([, part]) => part.textContent)"""
    )
    assert outside == []
    runs = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll("[lang]")].map(part => {
            const style = getComputedStyle(part), side = {start: style.direction == "rtl" ? "right" : "left"}
            return [part.lang, [style.direction, side[style.textAlign] || style.textAlign]] }))"""
    )
    for spoken in ("ar", "am", "zh"):
        if spoken in runs:
            assert runs[spoken][0] == ("rtl" if spoken == "ar" else "ltr")
    assert {"ar", "am"} <= set(runs)
    assert problems(page, but=FOR_PAGES) == []
    page.close()


def test_at_twice_the_size_and_without_images_nothing_is_lost(browser: Browser, look: Look) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 900})
    page.set_content(in_many_scripts(look, "en").html)
    page.evaluate("document.documentElement.style.fontSize = '200%'; document.body.style.zoom = 2")
    lost = page.evaluate(
        """() => [...document.querySelectorAll("h1,h2,h3,p,li")].filter(part => {
            const style = getComputedStyle(part)
            return style.overflow != "visible" && part.scrollWidth > part.clientWidth }).length"""
    )
    assert lost == 0
    page.close()


# For each line: whether its first word stands furthest to the right, and its last furthest to the left.
ENDS = r"""() => {
    const node = document.querySelector("pre").firstChild, ends = []
    let begin = 0
    for (const line of node.data.split("\n")) {
        const boxes = [...line.matchAll(/[^\s\u200e\u200f\u2066-\u2069]+/g)].map(word => {
            const range = new Range()
            range.setStart(node, begin + word.index)
            range.setEnd(node, begin + word.index + word[0].length)
            return range.getBoundingClientRect()
        })
        const right = Math.max(...boxes.map(box => box.right)), left = Math.min(...boxes.map(box => box.left))
        ends.push([boxes[0].right > right - 1, boxes.at(-1).left < left + 1])
        begin += line.length + 1
    }
    return ends
}"""


# How mail programs set a letter's text: from the left, from the right, each line as its first letter runs.
@pytest.mark.parametrize("around", ["direction:ltr", "direction:rtl", "unicode-bidi:plaintext"])
def test_lines_of_the_text_part_run_from_the_right_whatever_is_around_them(
    browser: Browser, look: Look, around: str
) -> None:
    text = "\n".join(in_many_scripts(look, language).text for language in MIXED)
    lines = [line for line in text.split("\n") if line.startswith("\N{RIGHT-TO-LEFT MARK}") and " " in line]
    assert len(lines) > 20
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.set_content(f'<pre style="{around}">{escape(chr(10).join(lines))}</pre>')
    assert [line for line, ends in zip(lines, page.evaluate(ENDS), strict=True) if ends != [True, True]] == []
    page.close()
