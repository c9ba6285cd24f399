"""An edition's whole way at the desk, in a real browser against the running house.

Pasted as newsletters arrive, its interests accepted, what preflight found mended, looked at as a reader in
Africa gets it on a phone in the dark, approved by a second person, scheduled for Nairobi, taken back, sent,
paused, resumed, cancelled and corrected: with a mouse, by keyboard alone, and with JavaScript off.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, sync_playwright

from mailer.embedded.stack import Stack
from tests.acceptance import running
from tests.accounts.cast import a_code
from tests.axe import UNHEARD, problems
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

ROOT = Path(__file__).parents[2]
# A real edition, where the house that develops this has one; the sample is invented.
TEXTS = [
    ROOT / "mailer" / "samples" / "edition.txt",
    *sorted(ROOT.parent.glob("shared/input/edition-*.txt")),
]
READERS = 140
PASSWORD = "correct horse battery staple"
INTERESTS = {"china": "China", "russia": "Russia", "africa": "Africa", "south-asia": "South Asia"}


@dataclass(frozen=True)
class Manner:
    """With what somebody works."""

    name: str
    scripts: bool = True
    keyboard: bool = False


MOUSE, KEYBOARD, PLAIN = Manner("mouse"), Manner("keyboard", keyboard=True), Manner("plain", scripts=False)


@dataclass
class House:
    """A running installation, and its command line."""

    stack: Stack
    codes: list[str] = field(default_factory=list)  # the sender's, for recovery

    def mailer(self, *words: str) -> Any:  # noqa: ANN401 - whatever the command prints
        return running.mailer(self.stack.environ, *words)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("desk")
    # 40 letters leave at once and as many every ten seconds: long enough to stop them on a busy machine too.
    environ = running.an_environment(folder) | {"MAILER_PACE": "4"}
    with Stack(environ, workers=1, port=0, sandbox_port=0, sandbox_options=["--pace", "100000"]) as stack:
        made = House(stack)
        made.mailer(
            *("lists", "add", "space-digest", "--name", "Space Digest", "--postal-address", "1 Orbit Road"),
            *("--from", "Space Digest <editor@space-digest.example>"),
            *(word for slug, name in INTERESTS.items() for word in ("--interest", f"{slug}={name}")),
        )
        made.mailer("lists", "set", "space-digest", "--second-approval", "--zone", "Africa/Nairobi")
        people = folder / "people.csv"
        rows = (f"reader{n}@readers.example,{list(INTERESTS)[n % 4]}" for n in range(READERS))
        people.write_text("email,interests\n" + "\n".join(rows) + "\n", encoding="utf-8")
        made.mailer("subscribers", "import", "space-digest", str(people), "--consent", "a test")
        (folder / "password").write_text(PASSWORD, encoding="utf-8")
        for role, name in (("editor", "Edda Lind"), ("sender", "Sam Njoroge")):
            with_password = ("--password-file", str(folder / "password"))
            made.mailer(
                "users", "add", f"{role}@news.example", "--name", name, "--role", role, *with_password
            )
        yield made


@pytest.fixture(scope="module")
def browser(house: House, chromium: str) -> Iterator[Browser]:  # noqa: ARG001 - the house stands before a loop runs
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


class Colleague:
    """Somebody at the desk, who does all in one manner and signs in with a second factor."""

    def __init__(self, house: House, browser: Browser, role: str, manner: Manner) -> None:
        self.house, self.manner, self.role = house, manner, role
        self.complaints: list[str] = []
        context = browser.new_context(
            viewport={"width": 1280, "height": 900},
            java_script_enabled=manner.scripts,
            locale="en-GB",
        )
        self.page: Page = context.new_page()
        self.page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        # A refusal is told by its page; the browser notes its status as well.
        if "the server responded with a status of 422" not in message.text and UNHEARD not in message.text:
            self.complaints.append(message.text)

    def sign_in(self) -> None:
        self.see("/desk/")
        self.fill("Address", f"{self.role}@news.example")
        self.fill("Password", PASSWORD)
        self.press("Sign in")
        if self.role == "editor":
            pass  # who only writes has to have no second factor
        elif self.house.codes:
            # The app's code counts once, and the next one comes in half a minute.
            self.fill("Code", self.house.codes.pop())
            self.press("Sign in")
        else:
            self.see("/desk/account/2fa/totp/activate/")
            secret = "".join(self.page.locator(".secret").inner_text().split())
            self.fill("Code", a_code(secret))
            self.press("Turn it on")
            self.house.codes += self.page.locator(".codes li").all_inner_texts()
        self.see("/desk/")
        assert self.page.get_by_role("heading", name="Editions", exact=True).count() == 1

    def see(self, path: str) -> None:
        self.page.goto(f"{self.house.stack.base_url}{path}")

    def fill(self, label: str, text: str) -> None:
        box = self.page.get_by_label(re.compile(f"^{re.escape(label)}")).first
        if self.manner.keyboard:
            box.focus()
            self.page.keyboard.press("Control+a")
            self.page.keyboard.insert_text(text)
        else:
            box.fill(text)

    def tick(self, box: Locator) -> None:
        if self.manner.keyboard:
            box.focus()
            self.page.keyboard.press("Space")
        else:
            box.check()

    def press(self, name: str | re.Pattern[str], *, role: Literal["button", "link"] = "button") -> None:
        """Press the button or follow the link of this name, and see the next page."""
        target = self.page.get_by_role(role, name=name, exact=isinstance(name, str)).first
        with self.page.expect_navigation():
            if self.manner.keyboard:
                target.focus()
                self.page.keyboard.press("Enter")
            else:
                target.click()

    def says(self, words: str) -> bool:
        return words in " ".join(self.page.locator("body").inner_text().split())

    def waits_for(self, true: Callable[[], bool]) -> None:
        """Wait until the page shows it: by itself with scripts, else when it is loaded again."""

        def shown() -> bool:
            if not self.manner.scripts:
                self.page.reload()
            return true()

        until(shown, within=120)

    def is_clean(self) -> None:
        if self.manner.scripts:
            assert problems(self.page) == []


def in_ledger(watcher: Colleague, outcome: str) -> int:
    """What the ledger on the page says."""
    row = watcher.page.locator(".outcomes tr", has=watcher.page.locator("th", has_text=outcome)).first
    return int(row.locator("td").first.inner_text().replace(",", "")) if row.count() else 0


@pytest.mark.parametrize(
    ("manner", "text"),
    [*((MOUSE, text) for text in TEXTS), (KEYBOARD, TEXTS[0]), (PLAIN, TEXTS[0])],
    ids=lambda value: value.stem if isinstance(value, Path) else value.name,
)
def test_an_edition_is_written_checked_sent_stopped_and_corrected(
    house: House, browser: Browser, manner: Manner, text: Path
) -> None:
    editor = Colleague(house, browser, "editor", manner)
    editor.sign_in()
    number = writes(editor, text, manner)
    sender = Colleague(house, browser, "sender", manner)
    sender.sign_in()
    approves(editor, sender, number)
    send = schedules(sender, number)
    watches_and_stops(sender, send)
    corrects(editor, sender, number, send)
    assert editor.complaints == sender.complaints == []


def writes(editor: Colleague, text: Path, manner: Manner) -> int:
    """Paste, accept proposed interests, mend what preflight found, see a letter; the edition's number."""
    page = editor.page
    editor.press("New edition", role="link")
    pasted = text.read_text(encoding="utf-8") + f"\n\nWritten with {manner.name}, TKTK\n"
    editor.fill("Text", pasted)
    editor.press("Make the edition")
    number = int(re.search(r"/desk/editions/(\d+)", page.url)[1])  # type: ignore[index]  # it fails if not
    assert editor.says("What the import was unsure of")
    editor.is_clean()
    editor.press("Story board", role="link")
    editor.is_clean()
    if page.get_by_role("button", name=re.compile("^Accept (all|the)")).count():
        editor.press(re.compile("^Accept (all|the)"))
        assert editor.says("Nothing waits for your word")
    editor.see(f"/desk/editions/{number}")
    assert editor.says("to mend")
    markdown = page.locator("textarea[name=text]").input_value()
    for wrong in re.findall(r".*TKTK.*\n?", markdown):
        markdown = markdown.replace(wrong, "")
    editor.fill("Text", mended(editor, markdown))
    editor.press("Save")
    assert not editor.says("to mend"), page.locator("#findings").inner_text()
    for label in ("Africa", "Phone", "Dark"):
        editor.tick(page.get_by_label(label, exact=True).first)
    if manner.scripts:
        page.get_by_role("button", name="Show", exact=True).click()
    else:
        editor.press("Show")
    letter = page.frame_locator("iframe.dark")
    until(lambda: "For you: Africa" in " ".join(letter.locator("body").inner_text().split()))
    frame = page.locator("iframe.dark")
    assert frame.bounding_box()["width"] == 375  # type: ignore[index]  # it is shown
    assert (
        letter.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
        != "rgb(244, 242, 238)"
    )
    return number


def mended(editor: Colleague, markdown: str) -> str:
    """Give the text what preflight says it lacks: a date that is not over, and links that lead somewhere."""
    today = dt.datetime.now(ZoneInfo("Africa/Nairobi")).date()
    del editor
    return re.sub(r"^date: .*", f"date: {today}", markdown, flags=re.MULTILINE)


def approves(editor: Colleague, sender: Colleague, number: int) -> None:
    """Ask the author, who may not; and the second person, who says why the warnings may stand."""
    editor.see(f"/desk/editions/{number}/approve")
    assert editor.says("somebody else has to approve it")
    assert editor.says("Sam Njoroge")
    sender.see(f"/desk/editions/{number}/approve")
    sender.is_clean()
    if sender.page.locator("#word").count():
        sender.fill("Why the warning", "They are meant so.")
    sender.press(re.compile("^Approve "))
    assert sender.says("Approved by Sam Njoroge")


def schedules(sender: Colleague, number: int) -> int:
    """Schedule for nine tomorrow in Nairobi, take it back, and let it leave at once; the send's number."""
    page = sender.page
    sender.see(f"/desk/editions/{number}/schedule")
    tomorrow = dt.datetime.now(ZoneInfo("Africa/Nairobi")).date() + dt.timedelta(days=1)
    page.locator("#at").fill(f"{tomorrow}T09:00")
    sender.fill("By the clock in", "Africa/Nairobi")
    sender.press("See when that is, and who gets it")
    assert sender.says("06:00")  # in UTC
    assert re.search(r"\d+ readers of \d+ candidates", page.locator("#expected").inner_text())
    sender.is_clean()
    sender.press(re.compile(r"^Schedule for .*09:00 in Nairobi$"))
    assert sender.says("Until then it can be moved or undone")
    sender.press("Undo", role="link")
    sender.press("Undo: it does not leave")
    sender.see(f"/desk/editions/{number}/schedule")
    assert sender.says("Approved by Sam Njoroge")
    sender.tick(page.get_by_label("As soon as possible"))
    sender.press("See when that is, and who gets it")
    sender.press("Send it now")
    return int(re.search(r"/desk/sends/(\d+)", page.url)[1])  # type: ignore[index]  # it fails if not


def watches_and_stops(sender: Colleague, send: int) -> None:
    """Watch it run; pause it, let it go on, and end it before everybody has it."""
    page = sender.page
    sender.waits_for(lambda: in_ledger(sender, "Accepted") > 0)
    sender.press("Pause")
    assert sender.says("Paused:")
    sender.is_clean()
    sender.press("Resume")
    assert not sender.says("Paused:")
    sender.press("Cancel", role="link")
    sender.press(re.compile("^End it: "))
    sender.waits_for(lambda: page.get_by_role("heading", level=1).inner_text().startswith("Cancelled:"))
    assert 0 < in_ledger(sender, "Accepted") < in_ledger(sender, "Candidates")
    assert page.url.endswith(f"/desk/sends/{send}")


def corrects(editor: Colleague, sender: Colleague, number: int, send: int) -> None:
    """Give corrected text, once a second person approved it, to those who had not been written to."""
    page = sender.page
    first = {outcome: in_ledger(sender, outcome) for outcome in ("Accepted", "Excluded", "Candidates")}
    sender.press(re.compile("^Send corrected text to "), role="link")
    text = page.locator("textarea[name=text]").input_value()
    corrected = re.sub(r"^title: ", "title: Corrected. ", text, count=1, flags=re.MULTILINE)
    sender.fill("The text, to be corrected", corrected)
    sender.press("See what differs")
    assert "Corrected." in page.locator("ins").first.inner_text()
    sender.is_clean()
    lets_go(sender)
    editor.see(f"/desk/editions/{number}/approve")
    if editor.page.locator("#word").count():
        editor.fill("Why the warning", "As they were.")
    editor.press(re.compile("^Approve "))
    sender.see(f"/desk/sends/{send}/correct")
    sender.fill("The text, to be corrected", corrected)
    sender.press("See what differs")
    lets_go(sender)
    assert page.url != f"{sender.house.stack.base_url}/desk/sends/{send}/correct"
    sender.waits_for(lambda: page.get_by_role("heading", level=1).inner_text().startswith("Done:"))
    then = in_ledger(sender, "Accepted") + in_ledger(sender, "Excluded")
    assert first["Accepted"] + first["Excluded"] + then == first["Candidates"]


def lets_go(sender: Colleague) -> None:
    if sender.page.locator("#word").count():
        sender.fill("Why the warnings", "They are meant so.")
    sender.press(re.compile("^End the first text"))
