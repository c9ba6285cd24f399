"""A reader's whole way in a real browser, against the running house: come, confirm, choose, read, leave.

On a desk with scripts, on a narrow phone by keyboard alone, in Arabic, and with JavaScript off.
"""

import re
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from mailer.embedded.stack import Stack
from tests.acceptance import running
from tests.axe import problems
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(280)]

EDITION = """---
list: space-digest
title: Orbit {number}
date: 2026-11-{day}
---
# Selected news
## [A launch from Wenchang {number}](https://a.example/wenchang-{number}) {{china}}
The rocket flew over the sea.

## [A station over Nairobi {number}](https://a.example/nairobi-{number}) {{africa}}
The dish turned to the north.
"""


@dataclass(frozen=True)
class Manner:
    """How somebody reads: with which window, language and means, and the words that they see."""

    name: str
    width: int
    locale: str = "en-GB"
    scripts: bool = True
    keyboard: bool = False
    subscribe: str = "Subscribe"
    go_on: str = "Continue"
    confirm: str = "Confirm"
    save: str = "Save"
    leave: str = "Unsubscribe"

    @property
    def address(self) -> str:
        return f"{self.name}@readers.example"


DESK = Manner("desk", 1280)
PHONE = Manner("phone", 320, keyboard=True)
ARABIC = Manner(
    *("arabic", 375, "ar-EG"),
    subscribe="اشتراك",
    go_on="متابعة",
    confirm="تأكيد",
    save="حفظ",
    leave="إلغاء الاشتراك",
)
PLAIN = Manner("plain", 320, scripts=False)


class House:
    """A running installation with a list, its command line and its sandbox."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        self.stack, self.folder = stack, folder
        self.editions = 0

    def mailer(self, *words: str) -> Any:  # noqa: ANN401 - whatever the command prints
        return running.mailer(self.stack.environ, *words)

    def send(self) -> int:
        """Send the next edition to everybody; return its number once all copies are accepted."""
        self.editions += 1
        text = self.folder / f"edition-{self.editions}.md"
        text.write_text(EDITION.format(number=self.editions, day=10 + self.editions), encoding="utf-8")
        edition = self.mailer("editions", "import", "space-digest", str(text))
        number = self.mailer("sends", "schedule", str(edition["id"]))["id"]
        until(lambda: self.mailer("sends", "show", str(number))["status"] == "done")
        return self.editions

    def letter(self, address: str, about: str) -> dict[str, Any]:
        """Wait for the newest letter to an address whose subject or text says `about`; return it whole."""
        found: list[dict[str, Any]] = []

        def came() -> bool:
            asked = urllib.parse.urlencode({"address": address})
            url = f"{self.stack.sandbox_url}/?{asked}"
            with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own, on loopback
                pages = re.findall(r'href="(/letters/[^"?]+)"', answer.read().decode())
            for page in dict.fromkeys(pages):
                shown = f"{self.stack.sandbox_url}{page}?show=text"
                with urllib.request.urlopen(shown, timeout=10) as answer:  # noqa: S310 - the same
                    text = answer.read().decode()
                if about in text:
                    found.append({"page": page, "text": text})
                    return True
            return False

        until(came)
        return found[-1]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    environ = running.an_environment(folder)
    with Stack(environ, workers=1, port=0, sandbox_port=0, sandbox_options=["--pace", "100000"]) as stack:
        made = House(stack, folder)
        made.mailer(
            *("lists", "add", "space-digest", "--name", "Space Digest", "--postal-address", "1 Orbit Road"),
            *("--from", "Space Digest <editor@space-digest.example>", "--interest", "china=China"),
            *("--interest", "africa=Africa"),
        )
        made.mailer("subscribers", "add", "space-digest", "oleg@readers.example", "--consent", "a test")
        made.send()
        yield made


@pytest.fixture(scope="module")
def browser(house: House, chromium: str) -> Iterator[Browser]:  # noqa: ARG001 - the house stands before a loop runs
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


class Visitor:
    """Somebody at a browser who does all in one manner."""

    def __init__(self, browser: Browser, manner: Manner) -> None:
        self.manner = manner
        self.complaints: list[str] = []
        context = browser.new_context(
            viewport={"width": manner.width, "height": 800},
            locale=manner.locale,
            java_script_enabled=manner.scripts,
        )
        self.page: Page = context.new_page()
        self.page.on("console", lambda message: self.complaints.append(message.text))

    def tick(self, value: str) -> None:
        box = self.page.locator(f"input[name=interest][value={value}]")
        if self.manner.keyboard:
            box.focus()
            self.page.keyboard.press("Space")
        else:
            box.click()

    def press(self, name: str) -> None:
        """Press the button of this name, with the thumb or the keyboard, and see the next page."""
        button = self.page.get_by_role("button", name=name, exact=True)
        with self.page.expect_navigation():
            if self.manner.keyboard:
                button.focus()
                self.page.keyboard.press("Enter")
            else:
                button.click()

    def fill_in(self, address: str) -> None:
        if self.manner.keyboard:
            self.page.locator("#email").focus()
            self.page.keyboard.type(address)
        else:
            self.page.fill("#email", address)

    def has(self, name: str) -> bool:
        return self.page.get_by_role("button", name=name, exact=True).count() > 0


def link_in(letter: dict[str, Any], path: str) -> str:
    """The address of ours in a letter that begins with this path."""
    found = re.search(rf'href="([^"]*/{path}/[^"]+)"', letter["text"])
    assert found, letter["text"]
    return found[1]


@pytest.mark.parametrize("manner", [DESK, PHONE, ARABIC, PLAIN], ids=lambda manner: manner.name)
def test_a_reader_comes_confirms_chooses_reads_and_leaves(
    house: House, browser: Browser, manner: Manner
) -> None:
    reader = Visitor(browser, manner)
    page = reader.page
    page.goto(f"{house.stack.base_url}/")
    with page.expect_navigation():
        page.locator("a[href*='/subscribe/space-digest']").first.click()
    assert page.locator("html").get_attribute("dir") == ("rtl" if manner is ARABIC else "ltr")
    assert not page.locator("input:checked").count()
    reader.tick("africa")
    reader.fill_in(manner.address)

    # Too quick for a person, or without a script, it takes one more press; nothing is lost meanwhile.
    def asked() -> bool:
        for name in (manner.subscribe, manner.go_on):
            if reader.has(name):
                reader.press(name)
                return False
        return True

    until(asked, within=60)  # without a script the page itself asks for ten seconds
    assert manner.address not in page.content()

    confirmation = house.letter(manner.address, "/confirm/")
    assert "Africa" not in confirmation["text"]
    page.goto(link_in(confirmation, "confirm"))
    assert house.mailer("stats", "space-digest")[0]["sign_ups"]["waiting"] >= 1
    reader.press(manner.confirm)

    welcome = house.letter(manner.address, "/preferences/")
    page.goto(link_in(welcome, "preferences"))
    assert page.locator("input[name=interest]:checked").count() == 1
    reader.tick("africa")
    reader.tick("china")
    reader.press(manner.save)
    assert page.locator("[role=status]").count()

    number = house.send()
    letter = house.letter(manner.address, f"a.example/wenchang-{number}")
    assert "The rocket flew over the sea." in letter["text"]
    assert "The dish turned to the north." not in letter["text"]

    # By the header, as a mail program does; and, for the next one, by the page.
    left = re.search(r"&lt;(http[^&]*/u/[^&]+)&gt;", letter["text"])
    assert left
    if manner is DESK:
        body = b"List-Unsubscribe=One-Click"
        with urllib.request.urlopen(left[1], data=body, timeout=10) as answer:  # noqa: S310 - our own
            assert (answer.status, answer.url) == (200, left[1])
    else:
        page.goto(left[1])
        reader.press(manner.leave)
    shown = house.mailer("subscribers", "show", manner.address)
    assert [row["status"] for row in shown["subscriptions"]] == ["unsubscribed"]
    assert {line["action"] for line in shown["consents"]} == {"granted", "confirmed", "changed", "withdrawn"}
    assert reader.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_form_with_a_real_letter_beside_it_is_sound(
    house: House,
    browser: Browser,
    width: int,
    scheme: Any,  # noqa: ANN401 - Playwright's own words
) -> None:
    # axe is a script, and the pages allow none but their own.
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True)
    for language in ("en", "ar", "zh"):
        page.goto(f"{house.stack.base_url}/subscribe/space-digest?lang={language}")
        assert page.locator(".sample").count() == 1
        assert problems(page) == []
