"""An edition is written in a real browser: kept and seen while it is typed, by keyboard, without scripts."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import Browser, Dialog, Page, Route, expect

from mailer import drafts, editions, previews
from mailer.accounts.roles import Role
from mailer.models import Draft, Edition
from tests.accounts.cast import PASSWORD, a_person, a_user, signed_in
from tests.axe import UNHEARD, problems
from tests.stage import EDITION, NOW, a_list, an_edition, readers
from tests.waiting import until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.database,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(240),
]

TEXT = EDITION.decode()
BROKEN = TEXT.replace("(https://a.example/nairobi)", "(https://localhost/nairobi)")
# Where one writes: the caret, and what is seen of the text.
PLACE = "each => [document.activeElement === each, each.selectionStart, Math.round(each.scrollTop)]"
SHOTS = os.environ.get("DESK_SHOTS", "")  # a folder to look at what the browser showed


@pytest.fixture
def edition(url: str) -> Edition:  # noqa: ARG001 - what the server shows
    owner = a_list()
    readers(owner, 3, ["africa"])
    return an_edition(owner)


@contextmanager
def window(
    browser: Browser,
    cookies: dict[str, str],
    *,
    width: int = 1280,
    scheme: Literal["light", "dark"] = "light",
    scripts: bool = True,
) -> Iterator[Page]:
    """A page of somebody's browser; what it complains of, as of a policy that is broken, fails the test."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=scripts
    )
    context.add_cookies(
        [{"name": n, "value": v, "domain": "localhost", "path": "/desk/"} for n, v in cookies.items()]
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on(
        "console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert [each for each in complaints if "status of 4" not in each and UNHEARD not in each] == []


def as_(role: Role) -> dict[str, str]:
    return of(signed_in(a_person(role)))


def of(client: Client) -> dict[str, str]:
    return {
        name: client.cookies[name].value
        for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)
        if name in client.cookies
    }


def field(page: Page) -> Any:  # noqa: ANN401 - Playwright's own
    return page.locator("textarea[name=text]")


def test_what_is_typed_is_seen_kept_and_then_saved(browser: Browser, url: str, edition: Edition) -> None:
    drafts.save(edition, BROKEN, based_on=1, by="Boris", now=NOW)
    here = f"{url}/desk/editions/{edition.pk}"
    with window(browser, as_(Role.EDITOR), scheme="dark") as page:
        page.goto(here)
        page.get_by_label("Dark").check()
        page.get_by_label("Africa").check()
        expect(page.locator("#caption")).to_contain_text("Africa: 1 story in full, 3 as headlines; 3 readers")
        # The one button leads to the error, by keyboard: the caret stands where it is to be mended.
        page.get_by_role("link", name="Mend 1 error").focus()
        page.keyboard.press("Enter")
        assert page.evaluate("getSelection().toString()").startswith("https://localhost/nairobi")
        page.keyboard.type("https://a.example/dish) {africa}")
        expect(page.locator("#findings")).not_to_contain_text("localhost")
        expect(page.get_by_role("link", name="Mend 1 error")).to_be_hidden()
        expect(
            page.frame_locator("iframe.dark").locator("a[href='https://a.example/dish']").first
        ).to_be_visible()
        expect(page.locator("#kept")).to_contain_text("Kept", timeout=15_000)
        assert Draft.objects.get().text == TEXT.replace("a.example/nairobi", "a.example/dish")
        assert editions.newest(edition).number == 2
        page.keyboard.press("Control+s")
        expect(page.locator(".said.success")).to_have_text("Saved as revision 3")
        assert editions.newest(edition).text == TEXT.replace("a.example/nairobi", "a.example/dish")
        assert not Draft.objects.exists()


def test_whoever_saves_and_types_on_goes_on_where_they_were_even_if_it_was_stopped(
    browser: Browser, url: str, edition: Edition
) -> None:
    lines = "".join(
        f"\n## [Story {n}](https://a.example/{n}) {{africa}}\n\nSummary {n}.\n" for n in range(40)
    )
    drafts.save(edition, f"{TEXT}{lines}", based_on=1, by="Boris", now=NOW)
    here, held = f"{url}/desk/editions/{edition.pk}", list[Route]()
    script = (settings.BASE_DIR / "templates/desk/static/edition.js").read_text()
    quick = script.replace("STOPPED = 5000", "STOPPED = 2000").replace("KEEP = 3000", "KEEP = 300")
    with window(browser, as_(Role.EDITOR)) as page:
        page.route(
            "**/static/edition.js", lambda way: way.fulfill(body=quick, content_type="text/javascript")
        )
        area = page.locator("#writing textarea")
        page.goto(here)
        page.route(here, lambda way: held.append(way) if way.request.method == "POST" else way.continue_())

        def on_its_way() -> Route:
            page.keyboard.press("Control+s")
            while not held:
                page.wait_for_timeout(20)  # in which Playwright hears of it
            return held.pop()

        area.focus()
        page.keyboard.press("Control+End")
        page.keyboard.type("Saved.")
        way = on_its_way()
        page.keyboard.type("Seen to go nowhere.")
        page.keyboard.press("Control+s")  # and no second time
        assert held == []
        # What comes of it is no page, as when it was stopped: one writes on, is kept and warned.
        way.abort("aborted")
        expect(page.locator("#kept")).to_have_text("No answer yet: go on writing, or try again")
        page.keyboard.type(" Typed after.")
        expect(page.locator("#kept")).to_contain_text("Kept")
        assert Draft.objects.get().text.endswith("Saved. Typed after.")
        page.keyboard.type(" More.")
        assert not page.evaluate("dispatchEvent(new Event('beforeunload', {cancelable: true}))")
        way = on_its_way()
        page.keyboard.press("Escape")
        way.abort("aborted")
        expect(page.locator("#kept")).to_contain_text("Stopped")
        before = area.evaluate(PLACE)
        on_its_way().continue_()
        expect(page.locator(".said.success")).to_have_text("Saved as revision 3")
        assert area.evaluate(PLACE) == before
        page.keyboard.type(" On.")
        assert area.input_value().endswith("Saved. Typed after. More. On.")
    assert editions.newest(edition).text.endswith("Saved. Typed after. More.")


def test_a_window_that_is_closed_loses_nothing(browser: Browser, url: str, edition: Edition) -> None:
    here, cookies = f"{url}/desk/editions/{edition.pk}", as_(Role.EDITOR)
    typed = TEXT.replace("The rocket flew.", "The rocket flew over the sea.")
    with window(browser, cookies) as page:
        page.goto(here)
        field(page).fill(typed)
        page.evaluate("Object.defineProperty(document, 'visibilityState', {value: 'hidden'})")
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        until(lambda: Draft.objects.filter(text=typed).exists())
    with window(browser, cookies) as page:
        page.goto(here)
        assert field(page).input_value() == typed
        page.get_by_role("link", name="See the saved text").click()
        assert field(page).count() == 0
        page.get_by_role("link", name="Go on with it").click()
        assert field(page).input_value() == typed


def test_who_was_signed_out_while_writing_signs_in_in_another_tab_and_goes_on(
    browser: Browser, url: str, edition: Edition
) -> None:
    here, edda = f"{url}/desk/editions/{edition.pk}", a_user(Role.EDITOR)
    typed = TEXT.replace("The rocket flew.", "The rocket flew over the sea.")
    with window(browser, of(signed_in(edda))) as page:
        page.goto(here)
        Session.objects.all().delete()
        field(page).fill(typed)
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("You are signed out.")).to_be_visible()
        assert field(page).input_value() == typed
        assert problems(page) == []
        with page.expect_popup() as popup:
            page.get_by_role("link", name="Sign in in another tab").click()
        other = popup.value
        other.get_by_label("Address").fill(edda.email)
        other.get_by_label("Password", exact=True).fill(PASSWORD)
        other.get_by_role("button", name="Sign in", exact=True).click()
        other.wait_for_url(here)
        other.close()
        # Of itself: the token is a new one, and what was typed is kept, then saved by this page's own form.
        expect(page.locator("#kept")).to_contain_text("Kept", timeout=15_000)
        expect(page.get_by_text("You are signed out.")).to_be_hidden()
        assert Draft.objects.get().text == typed
        page.get_by_role("button", name="Save").click()
        expect(page.locator(".said.success")).to_have_text("Saved as revision 2")
        # In a new edition nothing is kept before it is made: who leaves is asked.
        page.goto(f"{url}/desk/editions/new")
        field(page).evaluate("area => { area.hidden = true; area.value = 'x'.repeat(2000001); }")
        page.get_by_role("button", name="Make the edition").click()
        expect(page.locator("#much")).to_contain_text("2,000,001 bytes")
        asked: list[str] = []

        def agree(dialog: Dialog) -> None:
            asked.append(dialog.type)
            dialog.accept()

        page.once("dialog", agree)
        page.get_by_role("link", name="an empty edition").click()
        page.wait_for_url("**from=empty")
        assert asked == ["beforeunload"]


def test_without_scripts_all_of_it_works_but_the_live_parts(
    browser: Browser, url: str, edition: Edition
) -> None:
    here = f"{url}/desk/editions/{edition.pk}"
    typed = TEXT.replace("The dish turned.", "The dish turned north.")
    with window(browser, as_(Role.EDITOR), scripts=False, width=375) as page:
        page.goto(here)
        field(page).fill(typed)
        page.get_by_label("Africa").check()
        page.get_by_label("Dark").check()
        page.get_by_role("button", name="Show").click()
        assert field(page).input_value() == typed
        assert editions.newest(edition).number == 1
        expect(page.frame_locator("iframe.dark").get_by_text("The dish turned north.")).to_be_attached()
        page.locator("#as-text").check()
        expect(page.locator("#letter-text")).to_be_visible()
        field(page).fill(typed.replace("{africa}", "{atlantis}"))
        page.get_by_role("button", name="Save").click()
        page.get_by_role("link", name="Line 10").click()
        expect(page.locator("#L10")).to_be_in_viewport()
        field(page).fill(typed)
        page.get_by_role("button", name="Save").click()
        expect(page.locator(".said.success")).to_have_text("Saved as revision 2")
    assert editions.newest(edition).text == typed


def test_two_windows_on_one_line_settle_it_and_lose_nothing(
    browser: Browser, url: str, edition: Edition
) -> None:
    here = f"{url}/desk/editions/{edition.pk}"
    with window(browser, as_(Role.EDITOR)) as edda, window(browser, as_(Role.SENDER)) as sam:
        edda.goto(here)
        sam.goto(here)
        field(edda).fill(TEXT.replace("The rocket flew.", "Edda's rocket."))
        field(sam).fill(TEXT.replace("The rocket flew.", "Sam's rocket."))
        edda.get_by_role("button", name="Save").click()
        expect(edda.locator(".said.success")).to_have_text("Saved as revision 2")
        sam.get_by_role("button", name="Save").click()
        expect(sam.get_by_role("heading", name="Two wrote the same lines")).to_be_visible()
        conflict = field(sam).input_value()
        assert "Edda's rocket." in conflict
        assert "Sam's rocket." in conflict
        shot(sam, "conflict")
        assert problems(sam) == []
        field(sam).fill(TEXT.replace("The rocket flew.", "Their rocket."))
        sam.get_by_role("button", name="Save what is settled").click()
        expect(sam.locator(".said.success")).to_have_text("Saved as revision 3")
    assert "Their rocket." in editions.newest(edition).text


@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_clean_under_axe_and_nothing_sticks_out(
    browser: Browser, url: str, edition: Edition, width: int, scheme: Literal["light", "dark"]
) -> None:
    drafts.save(edition, BROKEN, based_on=1, by="Boris", now=NOW)
    sample = Path(previews.__file__).parent / "samples" / "edition.txt"
    pasted = an_edition(edition.list, sample.read_bytes())
    pages = {
        "edition": f"editions/{edition.pk}?interest=africa&mode={scheme}",
        "pasted": f"editions/{pasted.pk}",
        "new": "editions/new",
        "history": f"editions/{edition.pk}/history?one=1&other=2",
    }
    with window(browser, as_(Role.EDITOR), width=width, scheme=scheme) as page:
        for name, path in pages.items():
            page.goto(f"{url}/desk/{path}")
            page.wait_for_load_state("networkidle")
            assert problems(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
            shot(page, f"{name}-{width}-{scheme}")
        page.goto(f"{url}/desk/editions/new")
        field(page).fill(BROKEN.replace("{china}", "{mars}"))
        with page.expect_navigation():  # the script asks first who is signed in
            page.get_by_role("button", name="Make the edition").click()
        assert problems(page) == []
        shot(page, f"faulty-{width}-{scheme}")


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/d1-{name}.png", full_page=True)
