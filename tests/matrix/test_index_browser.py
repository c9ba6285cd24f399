"""The page and the pictures in a real browser: what only a screen can show."""

import struct
import threading
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from mailer.matrix import browser as ours
from mailer.matrix.deciding import decide
from mailer.matrix.making import make
from mailer.rendering.palette import COLOURS
from tests.axe import problems
from tests.matrix.conftest import GROUPS, ISSUE

pytestmark = pytest.mark.browser

LEFT = "cell => cell.getBoundingClientRect().left"


@pytest.fixture(scope="module")
def folder(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A matrix with pictures."""
    path = tmp_path_factory.mktemp("matrix")
    made = make(decide(ISSUE, GROUPS), path, chromium)
    assert made.trouble == ""
    return path


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND"],
        )
        yield browser
        browser.close()


@pytest.fixture(params=[(1280, "light"), (1280, "dark"), (375, "light"), (320, "dark")], ids=str)
def page(request: pytest.FixtureRequest, browser: Browser, folder: Path) -> Iterator[Page]:
    width, scheme = request.param
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((folder / "index.html").as_uri())
    yield page
    page.close()
    assert [url for url in asked if not url.startswith((folder.as_uri(), "data:"))] == []


def test_nobody_is_kept_from_reading(page: Page) -> None:
    assert problems(page) == []


def test_the_table_alone_is_wider_than_a_screen(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_first_column_stays_where_the_others_scroll_by_keyboard(page: Page) -> None:
    page.add_style_tag(content="table { min-width: 2000px }")
    box, first = page.locator(".box"), page.locator("tbody th").first
    before = first.evaluate(LEFT)
    box.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.box').scrollLeft > 0")
    assert first.evaluate(LEFT) == before


def test_all_pictures_of_the_page_are_there(page: Page) -> None:
    widths = page.eval_on_selector_all("img", "images => images.map(image => image.naturalWidth)")
    assert widths == [300] * 4


def size_of(picture: Path) -> tuple[int, int]:
    width, height = struct.unpack(">II", picture.read_bytes()[16:24])
    return width, height


def test_pictures_are_whole_letters_as_wide_as_their_screens(folder: Path) -> None:
    letters = folder / "letters"
    for scheme in ("light", "dark"):
        phone, desktop = (
            size_of(letters / f"everything-{what}-{scheme}.png") for what in ("phone", "desktop")
        )
        assert (phone[0], desktop[0]) == (375, 680)
        assert min(phone[1], desktop[1]) > 900  # taller than any screen
        assert size_of(letters / f"everything-small-{scheme}.png") == (300, 416)


def first_pixel(picture: Path) -> str:
    """Its colour, which no filter of a PNG's first row changes (RFC 2083 §6)."""
    data, place, packed = picture.read_bytes(), 8, b""
    while place < len(data):
        (length,) = struct.unpack(">I", data[place : place + 4])
        if data[place + 4 : place + 8] == b"IDAT":
            packed += data[place + 8 : place + 8 + length]
        place += length + 12
    return f"#{zlib.decompress(packed)[1:4].hex()}"


def test_a_letter_is_light_and_dark(folder: Path) -> None:
    for scheme in ("light", "dark"):
        ground = getattr(COLOURS["ground"], scheme)
        assert first_pixel(folder / "letters" / f"everything-desktop-{scheme}.png") == ground


def test_the_same_letters_are_the_same_pictures(folder: Path, chromium: str, tmp_path: Path) -> None:
    make(decide(ISSUE, GROUPS), tmp_path, chromium)
    for picture in (folder / "letters").glob("*.png"):
        assert (tmp_path / "letters" / picture.name).read_bytes() == picture.read_bytes(), picture.name
    assert (tmp_path / "index.html").read_bytes() == (folder / "index.html").read_bytes()


class Door(BaseHTTPRequestHandler):
    """Notes whoever knocks."""

    knocked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.knocked.append(self.path)
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_picture_fetches_nothing_and_runs_nothing(chromium: str) -> None:
    with HTTPServer(("127.0.0.1", 0), Door) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        at = f"http://127.0.0.1:{server.server_port}"
        html = f"""
            <img src="{at}/picture" alt="x"><link rel="stylesheet" href="{at}/style">
            <iframe src="{at}/frame"></iframe>
            <script>document.body.style.height = "5000px"; fetch("{at}/script")</script>
        """
        with ours.Browser(chromium) as page:
            page.load(html)
            page.look(375, "light")
            data = page.picture(375)
        server.shutdown()
    assert Door.knocked == []
    assert struct.unpack(">II", data[16:24])[1] < 5000
