"""The board: stories moved and given interests by buttons and forms alone."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from mailer import editions
from mailer.accounts.roles import Role
from mailer.models import Edition
from subscribers import curating
from subscribers.models import Change
from tests.accounts.cast import a_person, signed_in
from tests.stage import NOW, a_list, an_edition

pytestmark = [pytest.mark.database, pytest.mark.django_db]

TEXT = """---
list: space-digest
title: Orbit
date: 2026-12-01
---
# Trends
## Rising
- More launches from Wenchang in China
- A port {africa}

## Declining
- Old rockets

# News
## [Wenchang](https://a.example/w) {china}
The rocket flew over Kenya and Nairobi.

## [Nairobi](https://a.example/n) {africa}
The dish turned.

# Outlook
Words.
"""
PASTED = (
    "Space News\n\nDecember 1, 2026\n\nNews\n\nA launch from Wenchang\nhttps://a.example/1\n"
    "The rocket of China flew far over the sea.\n\nA dish near Nairobi\n"
    "https://a.example/2\nIt turned to the north.\n"
)


class Harmful(HTMLParser):
    """Collects what a page of ours never has: scripts in it, handlers, styles on the spot, pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Any] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        script = tag == "script" and not (names.get("src") or "").startswith("/static/")
        if script or tag == "img" or any(n.startswith("on") or n == "style" for n in names):
            self.found.append((tag, attrs))


@pytest.fixture
def editor() -> Client:
    return signed_in(a_person(Role.EDITOR))


@pytest.fixture
def edition() -> Edition:
    return an_edition(a_list(), TEXT.encode())


def text_of(edition: Edition) -> str:
    return editions.newest(edition).text


def line_of(edition: Edition, beginning: str, text: str = "") -> int:
    lines = (text or text_of(edition)).split("\n")
    return next(number for number, line in enumerate(lines, 1) if line.startswith(beginning))


def board(client: Client, edition: Edition, query: str = "") -> str:
    answer = client.get(f"/desk/editions/{edition.pk}/board{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def press(client: Client, edition: Edition, do: str, line: int = 0, base: int = 1, **more: object) -> Any:  # noqa: ANN401 - what a test client answers
    values = {"do": do, "line": line, "base": base, **more}
    return client.post(f"/desk/editions/{edition.pk}/board/change", values)


def words_in(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_every_section_is_shown_with_its_stories_and_points(editor: Client, edition: Edition) -> None:
    words = words_in(board(editor, edition))
    for said in ("Trends", "Rising 2 points", "A port", "News", "Wenchang", "Outlook", "Words of its own"):
        assert said in words


def test_what_is_proposed_is_shown_with_the_words_that_speak_for_it(editor: Client, edition: Edition) -> None:
    words = words_in(board(editor, edition))
    assert "Proposed: Africa (Kenya, Nairobi)" in words
    assert "Proposed: China (Wenchang, China)" in words
    assert "Accept all 2 proposals (1 for stories, 1 for points)" in words
    assert "who gets a story, or a point of a list, is decided by its interests." in words


def test_a_story_moves_down_and_the_reader_returns_to_it(editor: Client, edition: Edition) -> None:
    answer = press(editor, edition, "down", line_of(edition, "## [Wenchang]"))
    line = line_of(edition, "## [Wenchang]")
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        f"/desk/editions/{edition.pk}/board?undo=1&at={line}#l{line}",
    )
    assert [story.title for story in editions.document_of(editions.newest(edition)).stories] == [
        "Nairobi",
        "Wenchang",
    ]
    shown = board(editor, edition, f"?undo=1&at={line}")
    assert "“Wenchang” moved down." in shown
    assert f'id="l{line}" tabindex="-1"' in shown
    assert editions.newest(edition).author == "Edda Lind"


def test_a_story_moves_to_another_section(editor: Client, edition: Edition) -> None:
    press(editor, edition, "place", line_of(edition, "## [Wenchang]"), under=line_of(edition, "# Outlook"))
    assert text_of(edition).endswith(
        "# Outlook\nWords.\n\n## [Wenchang](https://a.example/w) {china}\n"
        "The rocket flew over Kenya and Nairobi.\n"
    )


def test_a_point_moves_to_another_list(editor: Client, edition: Edition) -> None:
    press(
        editor,
        edition,
        "place",
        line_of(edition, "- A port"),
        under=line_of(edition, "## Declining"),
        position=0,
    )
    assert "## Declining\n- A port {africa}\n- Old rockets\n" in text_of(edition)


def test_ticked_interests_are_kept_and_what_was_unticked_is_not_proposed_again(
    editor: Client, edition: Edition
) -> None:
    line = line_of(edition, "## [Wenchang]")
    press(editor, edition, "tag", line, interest=["africa", "russia"])
    assert "## [Wenchang](https://a.example/w) {russia, africa}" in text_of(edition)
    assert "Dismissed: China (Wenchang)" in words_in(board(editor, edition))


def test_a_proposal_is_accepted_with_one_press(editor: Client, edition: Edition) -> None:
    press(editor, edition, "accept:africa", line_of(edition, "## [Wenchang]"))
    assert "## [Wenchang](https://a.example/w) {china, africa}" in text_of(edition)
    assert "Proposed: Africa" not in words_in(board(editor, edition))


def test_all_proposals_are_accepted_with_one_press(editor: Client, edition: Edition) -> None:
    answer = press(editor, edition, "accept-all")
    assert answer.status_code == 303
    assert "- More launches from Wenchang in China {china}\n" in text_of(edition)
    assert "## [Wenchang](https://a.example/w) {china, africa}" in text_of(edition)
    words = words_in(board(editor, edition, "?undo=1"))
    assert "2 proposals accepted: 1 for stories, 1 for points." in words
    assert "Nothing waits for your word" in words


def test_a_dismissed_proposal_stays_dismissed_until_it_is_taken_back(
    editor: Client, edition: Edition
) -> None:
    line = line_of(edition, "## [Wenchang]")
    press(editor, edition, "dismiss:africa", line)
    words = words_in(board(editor, edition))
    assert "Dismissed: Africa (Kenya, Nairobi)" in words
    assert "Proposed: Africa" not in words
    assert text_of(edition) == TEXT
    press(editor, edition, "again:africa", line)
    assert "Proposed: Africa" in words_in(board(editor, edition))
    assert Change.objects.filter(what="editions settle", who="Edda Lind").count() == 2


def test_what_the_import_gave_waits_until_somebody_confirms_it(editor: Client) -> None:
    edition = an_edition(a_list(), PASTED.encode())
    words = words_in(board(editor, edition))
    assert "Given by the import, confirmed by nobody: China (Wenchang, China)" in words
    before = text_of(edition)
    press(editor, edition, "accept", line_of(edition, "## [A launch"))
    words = words_in(board(editor, edition))
    assert words.count("confirmed by nobody") == 1
    press(editor, edition, "accept-all")
    assert "confirmed by nobody" not in words_in(board(editor, edition))
    assert text_of(edition) == before


def test_what_the_import_gave_still_waits_after_the_text_was_changed(editor: Client) -> None:
    edition = an_edition(a_list(), PASTED.encode())
    press(editor, edition, "down", line_of(edition, "## [A launch"))
    assert words_in(board(editor, edition)).count("confirmed by nobody") == 2
    press(editor, edition, "tag", line_of(edition, "## [A launch"), base=2, interest=["china", "russia"])
    assert words_in(board(editor, edition)).count("confirmed by nobody") == 1


def test_undo_brings_the_revision_before_back(editor: Client, edition: Edition) -> None:
    press(editor, edition, "down", line_of(edition, "## [Wenchang]"))
    assert 'value="undo"' in board(editor, edition, "?undo=1")
    answer = press(editor, edition, "undo", base=2, to=1)
    assert answer.status_code == 303
    assert text_of(edition) == TEXT
    assert editions.newest(edition).number == 3


def test_undo_is_refused_once_another_editor_saved(editor: Client, edition: Edition) -> None:
    press(editor, edition, "down", line_of(edition, "## [Wenchang]"))
    theirs = text_of(edition).replace("Words.", "Their words.")
    editions.revise(edition, theirs.encode(), author="Li Wen", now=NOW)
    assert 'value="undo"' not in board(editor, edition, "?undo=1")
    answer = press(editor, edition, "undo", base=2, to=1)
    assert answer.status_code == 409
    assert "Li Wen saved revision 3 meanwhile" in answer.content.decode()
    assert text_of(edition) == theirs


def test_what_another_editor_saved_meanwhile_stays(editor: Client, edition: Edition) -> None:
    line = line_of(edition, "## [Wenchang]")
    theirs = TEXT.replace("# Trends", "# Trends\n\nTheir words.\n").replace("Old rockets", "Older rockets")
    editions.revise(edition, theirs.encode(), author="Li Wen", now=NOW)
    assert press(editor, edition, "accept:africa", line, base=1).status_code == 303
    assert text_of(edition) == theirs.replace("/w) {china}", "/w) {china, africa}")
    assert press(editor, edition, "down", line, base=1).status_code == 409  # its tags are others by now


def test_a_story_that_another_editor_changed_is_left_as_they_wrote_it(
    editor: Client, edition: Edition
) -> None:
    theirs = TEXT.replace("The rocket flew over", "A rocket fell on")
    editions.revise(edition, theirs.encode(), author="Li Wen", now=NOW)
    answer = press(editor, edition, "accept:africa", line_of(edition, "## [Wenchang]", TEXT))
    assert answer.status_code == 409
    assert "“Wenchang” was changed or taken out meanwhile, by Li Wen in revision 2" in answer.content.decode()
    assert text_of(edition) == theirs


def test_of_many_stories_those_that_were_changed_meanwhile_are_left_out(
    editor: Client, edition: Edition
) -> None:
    theirs = TEXT.replace("The rocket flew over", "A rocket fell on")
    editions.revise(edition, theirs.encode(), author="Li Wen", now=NOW)
    assert press(editor, edition, "accept-all").status_code == 303
    assert text_of(edition) == theirs.replace("Wenchang in China\n", "Wenchang in China {china}\n")
    assert "1 proposal accepted; “Wenchang” was changed meanwhile" in board(editor, edition)


@pytest.mark.parametrize(
    ("do", "more"),
    [
        ("", {}),
        ("fly", {}),
        ("up", {"line": "x"}),
        ("up", {"line": "99999999999999999999"}),
        ("up", {"line": "²"}),
        ("up", {"line": 4}),
        ("up", {"base": 77}),
        ("place", {"under": 3}),
        ("place", {"under": "-1", "position": "a"}),
        ("accept:mars", {}),
        ("dismiss:mars", {}),
        ("accept-section", {"lines": "a ² 99999999999999 3"}),
        ("undo", {"to": 9}),
    ],
)
def test_nonsense_is_refused_with_a_sentence(
    editor: Client, edition: Edition, do: str, more: dict[str, Any]
) -> None:
    answer = press(editor, edition, do, **({"line": line_of(edition, "## [Wenchang]")} | more))
    assert answer.status_code in {409, 422}
    assert 'role="alert"' in answer.content.decode()
    assert text_of(edition) == TEXT


def test_an_interest_that_is_no_more_can_be_taken_off(editor: Client, edition: Edition) -> None:
    edition.list.interests.filter(slug="china").update(retired_at=NOW)
    line = line_of(edition, "## [Wenchang]")
    assert "(not offered any more)" in board(editor, edition)
    answer = press(editor, edition, "down", line)
    assert answer.status_code == 422
    assert "“china” is no interest of this list" in answer.content.decode()
    assert press(editor, edition, "tag", line, interest=["africa"]).status_code == 303
    assert "(https://a.example/w) {africa}" in text_of(edition)


def test_what_an_editor_typed_does_nothing_in_the_page(editor: Client) -> None:
    bad = (
        "# <script>alert(1)</script>\n## <img src=x onerror=alert(2)>\n- <svg onload=alert(3)> \"'\n"
        '# Two\n## [<b onmouseover="x()">t</b>](https://a.example/?"q=<x>)\n'
    ).replace('?"q=<x>', "?q=%22&x='onclick=alert(4)'")
    edition = an_edition(a_list(), (TEXT[: TEXT.index("# Trends")] + bad).encode())
    shown = board(editor, edition)
    assert "&lt;script&gt;alert(1)" in shown
    harmful = Harmful()
    harmful.feed(shown)
    assert harmful.found == []


class TestOfManyInterests:
    """A list with more of them than fit on each card."""

    @pytest.fixture
    def edition(self) -> Edition:
        owner = a_list()
        for number in range(4, 40):
            curating.add(owner, f"topic-{number}", f"Topic {number}", by="test", at=NOW)
        return an_edition(owner, TEXT.encode())

    def test_they_are_sent_once_and_a_card_has_its_own(self, editor: Client, edition: Edition) -> None:
        shown = board(editor, edition)
        assert shown.count('value="Topic 20"') == 1
        assert shown.count('type="checkbox"') == 3

    @pytest.mark.parametrize("typed", ["Topic 20", " topic  20 ", "topic-20"])
    def test_one_more_is_given_by_its_name(self, editor: Client, edition: Edition, typed: str) -> None:
        line = line_of(edition, "## [Wenchang]")
        press(editor, edition, "tag", line, interest=["china"], more=typed)
        assert "## [Wenchang](https://a.example/w) {china, topic-20}" in text_of(edition)

    def test_a_name_that_is_none_changes_nothing(self, editor: Client, edition: Edition) -> None:
        answer = press(editor, edition, "tag", line_of(edition, "## [Wenchang]"), more="Mars")
        assert answer.status_code == 409
        assert "“Mars” is no interest of this list, so nothing was changed." in answer.content.decode()
        assert text_of(edition) == TEXT


def test_who_may_only_look_sees_a_board_without_a_button(edition: Edition) -> None:
    viewer = signed_in(a_person(Role.VIEWER))
    shown = board(viewer, edition)
    assert "Proposed: Africa" in words_in(shown)
    assert "<button" not in shown.partition("<main")[2]
    assert press(viewer, edition, "down", line_of(edition, "## [Wenchang]")).status_code == 403
    assert text_of(edition) == TEXT


def test_a_stranger_is_led_to_sign_in(edition: Edition) -> None:
    for answer in (Client().get(f"/desk/editions/{edition.pk}/board"), press(Client(), edition, "down", 14)):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/desk/account/login/")


def test_another_site_cannot_press_a_button(edition: Edition) -> None:
    strict = Client(enforce_csrf_checks=True)
    signed_in(a_person(Role.EDITOR), Client())
    answer = strict.post(f"/desk/editions/{edition.pk}/board/change", {"do": "accept-all", "base": 1})
    assert answer.status_code in {302, 403}
    assert text_of(edition) == TEXT


def test_an_edition_that_is_not_there_has_no_board(editor: Client) -> None:
    assert editor.get("/desk/editions/999/board").status_code == 404


def test_a_board_takes_a_handful_of_statements_however_many_stories(
    editor: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    stories = "".join(f"## [Kenya {n}](https://a.example/{n}) {{china}}\nx\n\n" for n in range(60))
    edition = an_edition(a_list(), (TEXT[: TEXT.index("# Trends")] + "# News\n" + stories).encode())
    board(editor, edition)
    with django_assert_max_num_queries(16):
        board(editor, edition)
