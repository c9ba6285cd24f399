"""A reader's own pages in a real browser: what the eye, the keyboard and a screen reader meet."""

import json
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Locator, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from subscribers.models import Interest, List, Subscription
from subscribers.vocabulary import RequestKind, Status
from tests.axe import SCREENS, problems
from tests.stage import NOW, a_list, a_reader
from tests.web.stored import asked, link, moving

pytestmark = [pytest.mark.browser, pytest.mark.database]


@dataclass(frozen=True)
class Site:
    """A running site with a few readers, and the pages that a letter leads them to."""

    front: str
    preferences: str
    paused: str
    pending: str
    leave: str
    left: str
    why: str
    data: str
    forget: str
    address: str
    move: str
    taken: str
    over: str
    missing: str


@pytest.fixture
def site(live_server: LiveServer, settings: Settings) -> Site:
    # Django's test server hands out stylesheets itself, and looks for them here.
    settings.STATIC_ROOT = settings.STATICFILES_DIRS[0]
    owner = a_list()
    weekly = a_list("africa-weekly")
    List.objects.filter(pk=weekly.pk).update(name="Africa Weekly")
    nina = a_reader(owner, "nina@example.org", interests=["africa"])
    a_reader(weekly, "nina@example.org")
    omar = a_reader(owner, "omar@example.org", status=Status.PAUSED)
    pia = a_reader(owner, "pia@example.org", status=Status.PENDING)
    quim = a_reader(owner, "quim@example.org", status=Status.UNSUBSCRIBED)
    rosa, sami, taken = (a_reader(owner, f"{name}@example.org") for name in ("rosa", "sami", "taken"))
    paths = {
        "front": "/",
        "preferences": own(nina),
        "paused": own(omar),
        "pending": own(pia),
        "leave": link("u", "leave", nina.pk),
        "left": link("u", "leave", quim.pk),
        "why": link("why", "why", owner.pk, 1),
        "data": link("data", "data", asked(RequestKind.DATA, nina)),
        "forget": link("forget", "forget", asked(RequestKind.FORGET, nina)),
        "address": link("address", "readdress", asked(RequestKind.READDRESS, nina)),
        "move": link("move", "move", moving(rosa, "rosa@new.example")),
        "taken": link("move", "move", moving(sami, taken.subscriber.address)),
        "over": link("data", "data", asked(RequestKind.DATA, quim, at=NOW.replace(year=2020))),
        "missing": "/u/cut-off",
    }
    return Site(**{name: f"{live_server.url}{path}" for name, path in paths.items()})


def own(reader: Subscription) -> str:
    return link("preferences", "preferences", reader.pk)


@pytest.fixture
def a_wide_word() -> str:
    """The name of an interest, wider than a telephone."""
    word = "Donaudampfschifffahrtsgesellschaftsinteressen"
    Interest.objects.filter(slug="africa").update(name=word)
    return word


def press(page: Page, button: str) -> None:
    """Press a button with this name, and wait for what comes."""
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_every_page_is_sound_at_every_width_and_in_the_dark(
    site: Site, browser: Browser, width: int, scheme: Literal["light", "dark"]
) -> None:
    # axe is a script, and the pages allow none.
    page = browser.new_page(viewport={"width": width, "height": 700}, color_scheme=scheme, bypass_csp=True)
    for address in astuple(site):
        page.goto(address)
        assert problems(page) == []


@pytest.mark.parametrize("language", ["ar", "hi", "zh"])
def test_every_page_is_sound_in_another_script(site: Site, browser: Browser, language: str) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 700}, bypass_csp=True)
    for address in astuple(site):
        page.goto(f"{address}?lang={language}")
        assert problems(page) == []
        assert page.get_attribute("html", "dir") == ("rtl" if language == "ar" else "ltr")


def test_words_that_are_wider_than_a_telephone_are_broken(
    site: Site,
    a_wide_word: str,
    browser: Browser,
) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 700}, bypass_csp=True)
    page.goto(site.preferences)
    assert a_wide_word in page.inner_text("main")
    assert problems(page) == []


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
def test_every_answer_is_sound(
    site: Site, browser: Browser, width: int, scheme: Literal["light", "dark"]
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 700}, color_scheme=scheme, bypass_csp=True)
    headings = []

    def stands() -> None:
        assert problems(page) == []
        headings.append(page.inner_text("h1"))

    page.goto(site.preferences)
    page.get_by_label("One month").check()
    press(page, "Save")
    stands()
    for wish in ("Change my address", "Get my data", "Forget me"):
        page.goto(site.preferences)
        press(page, wish)
        stands()
    page.goto(site.address)
    page.get_by_label("New e-mail address").fill("nina at example")
    press(page, "Continue")
    stands()
    page.get_by_label("New e-mail address").fill("nina@new.example")
    press(page, "Continue")
    stands()
    for address, button in ((site.move, "Change the address"), (site.taken, "Change the address")):
        page.goto(address)
        press(page, button)
        stands()
    page.goto(site.leave)
    press(page, "Unsubscribe")
    stands()
    undo = page.get_attribute("form[action^='/undo/']", "action")
    press(page, "Send answer")
    stands()
    page.get_by_label("Too many letters").check()
    press(page, "Send answer")
    stands()
    page.goto(site.front.rstrip("/") + str(undo))
    stands()
    press(page, "Undo")
    stands()
    page.goto(site.forget)
    press(page, "Forget me")
    stands()
    page.goto(site.preferences)
    stands()
    assert headings == [
        "Your preferences",
        *["Check your inbox"] * 3,
        "Change your address",
        "Check your inbox",
        "Your address is changed",
        "Nothing was changed",
        "You are unsubscribed",
        "You are unsubscribed",
        "Thank you",
        "Stay with Space Digest?",
        "You are subscribed",
        "You are forgotten",
        "You are unsubscribed",
    ]


def test_a_reader_chooses_pauses_and_leaves_by_keyboard_alone(site: Site, browser: Browser) -> None:
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(site.preferences)

    def go_to(place: Locator) -> None:
        """Press Tab until one is there, as a reader does; it is always somewhere below."""
        for _ in range(60):
            if place.evaluate("e => e === document.activeElement"):
                return
            page.keyboard.press("Tab")
        pytest.fail("never reached")

    go_to(page.get_by_label("China"))
    page.keyboard.press("Space")
    # One stop for all pauses; arrows choose among them.
    go_to(page.get_by_label("No pause"))
    page.keyboard.press("ArrowDown")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "Saved." in page.inner_text("[role=status]")
    assert "come again from" in page.inner_text(".lede")
    assert page.get_by_label("The pause as it is").is_checked()
    assert page.get_by_label("China").is_checked()
    go_to(page.get_by_role("link", name="Unsubscribe"))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    go_to(page.get_by_role("button", name="Unsubscribe"))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.inner_text("h1") == "You are unsubscribed"
    go_to(page.get_by_role("button", name="Undo"))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.inner_text("h1") == "You are subscribed"
    assert complaints == []


def test_all_of_it_works_without_a_script(site: Site, browser: Browser, tmp_path: Path) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 700})
    page = context.new_page()
    page.goto(site.preferences)
    page.get_by_label("Russia").check()
    page.get_by_label("Text only").check()
    page.locator("select").select_option(label="العربية")
    press(page, "Save")
    assert page.get_attribute("html", "lang") == "ar"
    page.goto(site.preferences)
    assert page.get_attribute("html", "dir") == "rtl"
    page.goto(f"{site.preferences}?lang=en")
    assert page.get_by_label("Text only").is_checked()
    page.goto(f"{site.data}?lang=en")
    with page.expect_download() as brought:
        page.get_by_role("button", name="Download the file").click()
    brought.value.save_as(tmp_path / brought.value.suggested_filename)
    [file] = tmp_path.iterdir()
    assert json.loads(file.read_bytes())["text_only"] is True
    page.goto(f"{site.forget}?lang=en")
    press(page, "Forget me")
    assert page.inner_text("h1") == "You are forgotten"
    assert context.cookies() == []


def test_buttons_boxes_and_links_are_large_enough_for_a_thumb(site: Site, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 375, "height": 700})
    for address in (site.preferences, site.leave, site.left, site.why, site.address, site.forget):
        page.goto(address)
        for place in page.locator("button, .choice, select, input[type=email]").all():
            least = 44 if "plainly" in (place.get_attribute("class") or "") else 48
            assert height(place) >= least
        for place in page.locator("main a:not(p:not(.small, .act, .deed) > a)").all():
            assert height(place) >= 44


def height(place: Locator) -> float:
    box = place.bounding_box()
    assert box is not None
    return box["height"]


def test_one_button_a_page_is_solid(site: Site, browser: Browser) -> None:
    page = browser.new_page()
    for address in (site.preferences, site.leave, site.data, site.forget, site.address, site.move):
        page.goto(address)
        assert page.locator("main button:not(.plainly, .second)").count() == 1
    page.goto(site.leave)
    press(page, "Unsubscribe")
    # What is left to do there is optional, all of it.
    assert page.locator("main button:not(.plainly, .second)").count() == 0
