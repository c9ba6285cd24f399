import re
from dataclasses import replace

import pytest

from mailer.manuscript.document import Document, Section, Story
from mailer.rendering.assemble import Assembly, assemble
from mailer.rendering.columns import COLUMNS, width
from mailer.rendering.text import write
from mailer.rendering.values import LEAVE_MARK, MARKS, PREFERENCES_MARK, Look, Reading

AFRICA = Reading(frozenset({"africa"}))


@pytest.fixture
def text(edition: Document, look: Look) -> str:
    return write(assemble(edition, look, AFRICA), look)[0]


def written(look: Look, *sections: Section, **document: str) -> tuple[str, tuple[str, ...]]:
    return write(Assembly(Document("list", document.pop("title", "Title"), sections, **document)), look)  # type: ignore[arg-type]  # by name


def test_no_line_is_wider_than_76_columns_but_for_addresses(text: str) -> None:
    wide = [line for line in text.split("\n") if width(line) > COLUMNS]
    assert all(re.fullmatch(r"\[\d+\] https?://\S+", line) for line in wide)


def test_no_line_ends_in_a_space_and_the_last_one_ends(text: str) -> None:
    assert not re.search(r"[ \t\u00a0]$", text, re.MULTILINE)
    assert re.search(r"[^\n]\n\Z", text)


def test_each_way_out_has_a_line_of_its_own_at_the_foot(text: str) -> None:
    lines = text.split("\n")
    for mark in MARKS:
        assert lines.count(mark) == text.count(mark) == 1
    assert lines[lines.index(PREFERENCES_MARK) - 1] == "Change your interests:"
    assert lines[lines.index(LEAVE_MARK) - 1] == "Unsubscribe:"


def test_why_it_came_and_where_from_is_said(text: str, look: Look) -> None:
    assert f"because you subscribed to {look.list_name}." in text
    assert text.endswith(f"{look.postal_address}\n")


def test_links_are_numbered_in_order_and_listed_after_their_story(edition: Document, look: Look) -> None:
    text, links = write(assemble(edition, look, AFRICA), look)
    listed = re.findall(r"^\[(\d+)\] (\S+)$", text, re.MULTILINE)
    assert [int(number) for number, _ in listed] == list(range(1, len(links) + 1))
    assert tuple(link for _, link in listed) == links
    for number in range(1, len(links) + 1):
        assert text.index(f"[{number}]") < text.index(f"\n[{number}] http")


def test_an_address_that_comes_twice_keeps_its_number(look: Look) -> None:
    twice = Section("News", stories=(Story("A", "https://a.example/"), Story("B", "https://a.example/")))
    text, links = written(look, twice)
    assert links == ("https://a.example/",)
    assert "A\u00a0[1]" in text
    assert "B\u00a0[1]" in text
    assert text.count("https://a.example/") == 1


def test_a_story_without_a_link_has_no_number(text: str) -> None:
    assert re.search(r"^- Letter from Lahore: the class of 2026$", text, re.MULTILINE)


def test_sections_and_groups_are_underlined(text: str) -> None:
    assert re.search(r"^Outlook\n=======$", text, re.MULTILINE)
    assert re.search(r"^🔺 Rising\n---------$", text, re.MULTILINE)


def test_markup_is_written_as_words(text: str) -> None:
    assert "ministry that runs a ground station has one even after the" in text
    assert "1. a draft on debris, with dates;\n2. no draft" in text
    assert not re.search(r"\*\*|</|&\w+;", text)


@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_from_outside_is_none(look: Look, mark: str) -> None:
    story = Story(mark, f"https://a.example/{mark}", summary=f"{mark} and [a link](https://b.example/{mark})")
    outside = replace(look, list_name=f"List {mark}", postal_address=mark)
    text, links = written(outside, Section(mark, prose=mark, stories=(story,)), title=mark, subtitle=mark)
    assert text.count(mark) == 1
    assert not any(mark in link for link in links)


def test_an_edition_of_a_title_alone_is_still_a_letter(look: Look) -> None:
    text, links = written(look)
    assert text.startswith("Title\n\n====")
    assert links == ()


def test_script_addresses_are_not_listed(look: Look) -> None:
    text, links = written(look, Section("News", stories=(Story("A", "javascript:alert(1)"),)))
    assert "javascript" not in text
    assert links == ()
