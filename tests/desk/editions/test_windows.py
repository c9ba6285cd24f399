"""One person in two windows, at home and at the office, loses nothing that was typed in either."""

import html
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from mailer import editions
from mailer.manuscript.decoding import MOST_BYTES
from mailer.merging import END, KEPT, OURS
from mailer.models import Draft, Edition
from tests.stage import EDITION, a_list, an_edition

pytestmark = [pytest.mark.database, pytest.mark.django_db]

Desk = Callable[..., Client]
TEXT = EDITION.decode()
HOME = TEXT.replace("The rocket flew.", "The rocket of home.")
OFFICE = TEXT.replace("The rocket flew.", "The rocket of the office.")
SCRIPT = Path(__file__).parents[3] / "templates" / "desk" / "static" / "edition.js"


def hidden(page: str, name: str) -> str:
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)">', page)
    assert found, name
    return html.unescape(found[1])


def field_of(page: str) -> str:
    found = re.search(r'<textarea[^>]*name="text"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found
    return html.unescape(found[1])


class Window:
    """The page of an edition, as it was opened, and posted as its form has it."""

    def __init__(self, client: Client, edition: Edition) -> None:
        self.client, self.path = client, f"/desk/editions/{edition.pk}"
        self.shows(client.get(self.path))

    def shows(self, answer: Any) -> str:  # noqa: ANN401 - Django's own
        page: str = answer.content.decode()
        self.base, self.draft = hidden(page, "base"), hidden(page, "draft")
        return page

    def keeps(self, text: str) -> Any:  # noqa: ANN401 - Django's own
        answer = self.client.post(
            f"{self.path}/draft", {"text": text, "base": self.base, "draft": self.draft}
        )
        if answer.status_code == 200:
            self.draft = answer.json()["draft"]
        return answer

    def posts(self, text: str, do: str) -> Any:  # noqa: ANN401 - Django's own
        form = {"text": text, "base": self.base, "draft": self.draft, "do": do}
        return self.client.post(self.path, form)


def test_a_window_keeps_what_is_typed_there_again_and_again(desk: Desk) -> None:
    window = Window(desk("editor"), an_edition(a_list()))
    for text in (HOME, f"{HOME}\n", HOME):
        assert window.keeps(text).status_code == 200
    assert Draft.objects.get().text == HOME


def test_an_older_window_does_not_write_over_the_newer_one_s_draft(desk: Desk) -> None:
    edition = an_edition(a_list())
    office, home = Window(desk("editor"), edition), Window(desk("editor"), edition)
    home.keeps(HOME)
    told = office.keeps(OFFICE)
    assert told.status_code == 409
    assert told.json()["text"] == HOME
    assert Draft.objects.get().text == HOME
    # Nor does it drop it: by showing the saved text, or by its button.
    office.posts(TEXT, "show")
    office.client.post(f"{office.path}/draft", {"do": "drop", "draft": office.draft})
    assert Draft.objects.get().text == HOME
    assert "in another window meanwhile" in office.client.get(office.path).content.decode()


@pytest.mark.parametrize("do", ["show", "both"])
def test_what_two_windows_typed_is_put_together_by_whoever_typed_it(desk: Desk, do: str) -> None:
    edition = an_edition(a_list())
    office, home = Window(desk("editor"), edition), Window(desk("editor"), edition)
    home.keeps(HOME)
    answer = office.posts(OFFICE, do)
    page = office.shows(answer)
    assert answer.status_code == 409
    assert "You wrote in two windows" in page
    both = f"{OURS}\nThe rocket of the office.\n{KEPT}\nThe rocket of home.\n{END}"
    assert both in field_of(page)
    assert Draft.objects.get().text == HOME
    assert office.posts(field_of(page), "save").status_code == 422  # the marks stand
    office.shows(office.client.get(office.path))
    assert office.posts(TEXT.replace("The rocket flew.", "One rocket."), "save").status_code == 303
    assert "One rocket." in editions.newest(edition).text
    assert not Draft.objects.exists()


def test_an_older_window_that_saves_makes_a_revision_and_the_newer_s_draft_stays(desk: Desk) -> None:
    edition = an_edition(a_list())
    office, home = Window(desk("editor"), edition), Window(desk("editor"), edition)
    home.keeps(HOME)
    assert office.posts(OFFICE, "save").status_code == 303
    assert editions.newest(edition).text == OFFICE
    page = office.client.get(office.path).content.decode()
    assert "Saved as revision 2; what stands here now is what you typed in another window" in page
    assert field_of(page) == HOME


def test_what_does_not_read_in_an_older_window_stands_on_its_page_and_that_is_said(desk: Desk) -> None:
    edition = an_edition(a_list())
    office, home = Window(desk("editor"), edition), Window(desk("editor"), edition)
    home.keeps(HOME)
    faulty = OFFICE.replace("{africa}", "{atlantis}")
    answer = office.posts(faulty, "save")
    page = office.shows(answer)
    assert answer.status_code == 422
    assert field_of(page) == faulty
    assert "Another window of yours kept other text" in page
    assert "data-unkept" in page
    assert re.search(r'value="both" id="both">', page)
    assert Draft.objects.get().text == HOME
    assert office.posts(faulty, "both").status_code == 409


def test_a_conflict_with_somebody_is_kept_while_it_is_settled(desk: Desk) -> None:
    edition = an_edition(a_list())
    sam = Window(desk("sender"), edition)
    Window(desk("editor"), edition).posts(HOME, "save")
    answer = sam.posts(OFFICE, "save")
    page = sam.shows(answer)
    assert answer.status_code == 409
    assert f'data-path="/desk/editions/{edition.pk}"' in page
    assert "Your own text is kept until then." in page
    assert "data-unkept" not in page
    assert sam.keeps("half settled").status_code == 200
    assert Draft.objects.get().text == "half settled"


def test_nonsense_for_a_draft_is_none(desk: Desk) -> None:
    window = Window(desk("editor"), an_edition(a_list()))
    for nonsense in ("x", "9" * 400, "2026-11-28", "\0", "0001-01-01T00:00:00+14:00"):
        window.draft = nonsense
        assert window.keeps(HOME).status_code == 200, nonsense


def test_the_token_is_for_the_user_whose_page_asks_for_it(desk: Desk) -> None:
    client = desk("editor")
    a_list()
    who = hidden(client.get("/desk/editions/new").content.decode(), "who")
    given = client.get(f"/desk/token?who={who}")
    assert given.json()["token"]
    assert "no-store" in given["Cache-Control"]
    refused = desk("sender").get(f"/desk/token?who={who}")
    assert refused.status_code == 409
    assert "token" not in refused.json()
    assert Client().get(f"/desk/token?who={who}").status_code == 302


def test_the_script_knows_how_much_an_edition_may_have() -> None:
    assert f"const MOST = {MOST_BYTES};" in SCRIPT.read_text(encoding="utf-8")
