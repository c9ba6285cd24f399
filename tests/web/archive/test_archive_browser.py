"""The archive in a real browser: what the eye, the keyboard and a screen reader meet, without a script."""

from dataclasses import astuple, dataclass
from typing import Literal

import pytest
from playwright.sync_api import Browser
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from mailer.archive.publishing import PAGE
from mailer.languages import languages
from subscribers.models import List
from tests.archive.editions import corrected, many, published
from tests.axe import problems
from tests.stage import EDITION, a_list

pytestmark = [pytest.mark.browser, pytest.mark.database]

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
CODE = f"> It flew.\n\n```\nconst pad = '{LONG}'\n```"
TRENDS = (
    f"# 🔭 Trends\n## 🔺 Rising\n- {LONG}\n- Patience\n\n# View\nIt is *so*.\n\n# Outlook\n{LONG}\n\n# News"
)
WIDE = EDITION.replace(b"# Selected news", TRENDS.encode()).replace(b"The rocket flew.", CODE.encode())
WIDE = WIDE.replace(b"[Vostochny waits]", "[电站将在月球建成]".encode())

WIDE += b"".join(b"\n## [More %d](https://a.example/more) {russia}\nMore.\n" % number for number in range(3))


@dataclass(frozen=True)
class Site:
    """A running site with an archive, and pages of it."""

    list: str
    interest: str
    older: str
    found: str
    missed: str
    empty: str
    edition: str
    narrowed: str
    corrected: str
    arabic: str


@pytest.fixture
def site(live_server: LiveServer, settings: Settings) -> Site:
    # Django's test server hands out stylesheets itself, and looks for them here.
    settings.STATIC_ROOT = settings.STATICFILES_DIRS[0]
    digest, arabic = a_list(), a_list("fada")
    a_list("empty")
    List.objects.filter(pk=arabic.pk).update(language="ar", name="نشرة الفضاء")
    List.objects.filter(pk=digest.pk).update(name="W" * 80)
    edition = many(digest, PAGE + 2)[PAGE]
    wide = published(digest, WIDE, weeks=40)
    mended = corrected(digest, EDITION.replace(b"turned", b"fell"), EDITION.replace(b"The dish", b"A dish"))
    right = published(
        arabic, EDITION.replace(b"space-digest", b"fada").replace(b"Space, seen", "الفضاء كما يُرى".encode())
    )
    base = f"{live_server.url}/archive"
    return Site(
        list=f"{base}/space-digest/",
        interest=f"{base}/space-digest/?interest=south-asia",
        older=f"{base}/space-digest/?before={edition.pk}",
        found=f"{base}/space-digest/?q=the+DISH",
        missed=f"{base}/space-digest/?q={'nothing' * 14}",
        empty=f"{base}/empty/",
        edition=f"{base}/space-digest/{wide.pk}/",
        narrowed=f"{base}/space-digest/{wide.pk}/?interest=africa&interest=china",
        corrected=f"{base}/space-digest/{mended.pk}/",
        arabic=f"{base}/fada/{right.pk}/?interest=africa&lang=ar",
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_is_sound_at_every_width_and_in_the_dark(
    site: Site, browser: Browser, width: int, scheme: Literal["light", "dark"]
) -> None:
    # axe is a script, and the pages allow none.
    page = browser.new_page(viewport={"width": width, "height": 700}, color_scheme=scheme, bypass_csp=True)
    for address in astuple(site):
        page.goto(address)
        assert problems(page) == []


@pytest.mark.parametrize("tag", [language.tag for language in languages()])
def test_every_page_is_sound_in_every_language(site: Site, browser: Browser, tag: str) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 700}, bypass_csp=True)
    for address in (site.list, site.found, site.corrected, site.narrowed):
        page.goto(f"{address}{'&' if '?' in address else '?'}lang={tag}")
        assert page.evaluate("[document.documentElement.lang, document.dir]") == [
            tag,
            "rtl" if tag == "ar" else "ltr",
        ]
        assert problems(page) == []


def test_nothing_is_complained_of_asked_elsewhere_or_remembered(site: Site, browser: Browser) -> None:
    """What search engines read stands in a script element, which the page's policy must not stumble over."""
    page = browser.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    base = site.list.partition("/archive/")[0]
    for address in astuple(site):
        page.goto(address)
    assert page.locator("script[type='application/ld+json']").count() == 1
    assert said == []
    assert [url for url in asked if not url.startswith((base, "data:"))] == []
    assert page.context.cookies() == []


def test_a_reader_finds_a_story_by_keyboard_alone_and_without_scripts(site: Site, browser: Browser) -> None:
    page = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 700}).new_page()
    page.goto(f"{site.list}?lang=fr")
    page.get_by_label("Rechercher dans les articles").focus()
    page.keyboard.type("DISH a")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("?q=DISH+a&lang=fr")
    assert page.locator("mark").first.inner_text() == "A"
    with page.expect_navigation():
        page.locator(".found a").first.focus()
        page.keyboard.press("Enter")
    assert page.url.endswith("?lang=fr#s2")
    assert page.evaluate("document.documentElement.lang") == "fr"
    assert page.locator(":target h3").inner_text() == "A station over Nairobi"
    assert page.evaluate("scrollY") > 0
    page.goto(site.list)
    assert not page.get_by_text("More 2").is_visible()
    page.locator("summary").focus()
    page.keyboard.press("Enter")
    assert page.get_by_text("More 2").is_visible()
    page.goto(site.edition)
    link = page.get_by_role("link", name="Africa")
    with page.expect_navigation():
        link.focus()
        page.keyboard.press("Enter")
    assert page.locator(".filter [aria-current]").inner_text() == "Africa (1)"
    assert page.locator("article").count() == 1


def test_targets_are_as_large_as_a_thumb(site: Site, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 700})
    for address in (site.list, site.found, site.edition, site.corrected):
        page.goto(address)
        for place in page.locator(".row a, .tap, summary, h2 a, h3 a, .heads a, button, [type=search]").all():
            box = place.bounding_box()
            # What is folded away has no height at all.
            assert box is None or not box["height"] or box["height"] >= 40, place.inner_text()


def test_a_page_prints_on_white_without_what_only_leads_on(site: Site, browser: Browser) -> None:
    page = browser.new_page(color_scheme="dark")
    page.goto(site.edition)
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator(".places").is_visible()
    assert page.locator("article").first.is_visible()
