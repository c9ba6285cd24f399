"""What is moved or tagged in a text is read as exactly that change, and all other lines stay as they were."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from mailer.manuscript.arranging import (
    ArrangingError,
    Item,
    Kind,
    item_on,
    items,
    placed,
    shifted,
    tagged_with,
)
from mailer.manuscript.document import Document, Group, Point, Section, Story
from mailer.manuscript.faults import ManuscriptError
from mailer.manuscript.reading import read
from mailer.manuscript.writing import write
from tests.manuscript.test_writing import INTERESTS, documents, tags

TEXT = """---
list: space-digest
title: Orbit
---
# Trends
A word before.

## Rising
- One line {china}
- Another
  that goes on {africa}

## Declining

# News
## [Wenchang](https://a.example/w) {china}
The rocket flew.
<!-- ask Li -->

## Nairobi {}
- a
- b

##  Odd   spacing  { china ,africa }
x

# Outlook
"""


# Texts are whole editions, and slow to think up where the machine is busy.
thoroughly = settings(
    max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def reading(text: str) -> Document:
    return read(text, INTERESTS)


def lines_in(text: str) -> Counter[str]:
    return Counter(line for line in text.replace("\r\n", "\n").split("\n") if line.strip())


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A text as people leave it: blank lines, spaces and ends of lines as they come."""
    lines = write(draw(documents)).split("\n")[:-1]
    height = lines.index("---", 1) + 1
    for index in range(height, len(lines)):
        loose = draw(st.sampled_from(["", "", "", "  ", "\n", "\n \t\n"]))
        lines[index] += loose
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    last = draw(st.sampled_from(["", "\n", "\n\n", "\n  "]))
    text = ("\n".join(lines) + last).replace("\n", end)
    assume(is_read(text))
    return text


def is_read(text: str) -> bool:
    try:
        reading(text)
    except ManuscriptError:
        return False
    return True


def plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def an_item(data: st.DataObject, text: str) -> Item:
    found = items(text, reading(text))
    assume(found)
    return data.draw(st.sampled_from(found))


def without(document: Document, item: Item) -> Document:
    return replace(
        document,
        sections=tuple(
            replace(
                section,
                groups=tuple(
                    replace(group, points=tuple(p for p in group.points if p.line != item.line))
                    for group in section.groups
                ),
                stories=tuple(s for s in section.stories if s.line != item.line),
            )
            for section in document.sections
        ),
    )


def inserted(document: Document, item: Item, under: int, position: int) -> Document:
    """The same document with the item at a place: what the change should come to."""

    def group(each: Group) -> Group:
        if each.line != under or not isinstance(item.value, Point):
            return each
        return replace(each, points=(*each.points[:position], item.value, *each.points[position:]))

    def section(each: Section) -> Section:
        each = replace(each, groups=tuple(map(group, each.groups)))
        if each.line != under or not isinstance(item.value, Story):
            return each
        return replace(each, stories=(*each.stories[:position], item.value, *each.stories[position:]))

    return replace(document, sections=tuple(map(section, document.sections)))


@thoroughly
@given(st.data())
def test_a_moved_item_stands_where_it_was_put_and_nothing_else_differs(data: st.DataObject) -> None:
    text = data.draw(texts())
    document = reading(text)
    item = an_item(data, text)
    groups = [group for section in document.sections for group in section.groups]
    places: list[Section | Group] = list(groups)
    if item.kind is Kind.STORY:
        places = list(document.sections)
    assume(places)
    place = data.draw(st.sampled_from(places))
    there = place.stories if isinstance(place, Section) else place.points
    position = data.draw(st.integers(0, len([each for each in there if each.line != item.line])))
    if isinstance(place, Section):
        headings = [(group.title, group.line) for group in place.groups]
        headings += [(story.title, story.line) for story in place.stories]
        if item.name.casefold() in [title.casefold() for title, line in headings if line != item.line]:
            with pytest.raises(ArrangingError, match="already"):
                placed(text, document, item.line, under=place.line, position=position)
            return
    arranged = placed(text, document, item.line, under=place.line, position=position)
    expected = inserted(without(document, item), item, place.line, position)
    assert reading(arranged.text) == expected
    assert lines_in(plain(arranged.text)) == lines_in(plain(text))
    assert abs(plain(arranged.text).count("\n") - plain(text).count("\n")) <= 1
    assert arranged.text.endswith(("\n", "\r")) == text.endswith(("\n", "\r"))
    assert item_on(arranged.text, reading(arranged.text), arranged.line).value == item.value


@thoroughly
@given(st.data())
def test_all_lines_outside_of_the_move_stand_as_before_and_in_their_order(data: st.DataObject) -> None:
    text = data.draw(texts())
    found = [item for item in items(text, reading(text)) if item.siblings > 1]
    assume(found)
    item = data.draw(st.sampled_from(found))
    by = data.draw(st.sampled_from([by for by in (-1, 1) if 0 <= item.position + by < item.siblings]))
    arranged = shifted(text, reading(text), item.line, by)
    assert sorted(arranged.text.splitlines(keepends=False)) == sorted(text.splitlines(keepends=False))
    back = shifted(arranged.text, reading(arranged.text), arranged.line, -by)
    assert back.text == text
    assert back.line == item.line


@thoroughly
@given(st.data(), tags)
def test_new_interests_change_the_braces_of_one_item_alone(
    data: st.DataObject, wanted: tuple[str, ...]
) -> None:
    text = data.draw(texts())
    document = reading(text)
    item = an_item(data, text)
    arranged = tagged_with(text, document, item.line, wanted)
    after = reading(arranged.text)
    changed = item_on(arranged.text, after, arranged.line)
    assert set(changed.value.interests) == set(wanted)
    value = replace(item.value, interests=changed.value.interests)
    assert changed.value == value
    assert without(after, changed) == without(document, item)
    if set(wanted) == set(item.value.interests):
        assert arranged.text == text


@thoroughly
@given(st.data(), tags)
def test_tags_given_and_taken_back_leave_the_other_bytes_alone(
    data: st.DataObject, wanted: tuple[str, ...]
) -> None:
    text = data.draw(texts())
    item = an_item(data, text)
    arranged = tagged_with(text, reading(text), item.line, wanted)
    before, after = plain(text).split("\n"), plain(arranged.text).split("\n")
    assert before[: item.line - 1] == after[: item.line - 1]
    height = plain(item.written).count("\n") + (0 if item.written.endswith(("\n", "\r")) else 1)
    rest = before[item.line - 1 + height :]
    assert after[len(after) - len(rest) :] == rest


def on(beginning: str, text: str = TEXT) -> int:
    """The line that begins with these words."""
    return next(
        number for number, line in enumerate(plain(text).split("\n"), 1) if line.startswith(beginning)
    )


def moved(beginning: str, under: str, position: int | None = None, text: str = TEXT) -> str:
    return placed(text, reading(text), on(beginning, text), under=on(under, text), position=position).text


def tagged(beginning: str, *interests: str, text: str = TEXT) -> str:
    return tagged_with(text, reading(text), on(beginning, text), interests).text


def test_stories_that_change_places_leave_the_blank_lines_where_they_were() -> None:
    text = shifted(TEXT, reading(TEXT), on("## [Wenchang]"), 1).text
    first = TEXT[TEXT.index("## [Wenchang]") : TEXT.index("\n\n## Nairobi")]
    second = "## Nairobi {}\n- a\n- b"
    assert text == TEXT.replace(f"{first}\n\n{second}", f"{second}\n\n{first}")


def test_a_story_takes_its_comment_along_into_an_empty_section() -> None:
    text = moved("## [Wenchang]", "# Outlook")
    assert text.endswith(
        "# Outlook\n\n## [Wenchang](https://a.example/w) {china}\nThe rocket flew.\n<!-- ask Li -->\n"
    )
    assert "# News\n## Nairobi {}\n" in text


def test_a_story_stands_after_the_lists_of_points_of_its_new_section() -> None:
    text = moved("## Nairobi", "# Trends")
    assert "## Declining\n\n## Nairobi {}\n- a\n- b\n\n# News\n" in text


def test_the_only_story_of_a_section_is_set_apart_from_those_it_comes_to() -> None:
    text = "---\ntitle: T\n---\n# One\n## A {china}\na\n\n# Two\n## B {china}\nb\n"
    head = text[: text.index("# One")]
    assert moved("## A", "# Two", text=text) == head + "# One\n\n# Two\n## B {china}\nb\n\n## A {china}\na\n"
    assert (
        moved("## A", "# Two", 0, text=text) == head + "# One\n\n# Two\n## A {china}\na\n\n## B {china}\nb\n"
    )


def test_a_text_that_sets_nothing_apart_is_left_so() -> None:
    text = "---\ntitle: T\n---\n# One\n## A {china}\na\n# Two\n## B {china}\nb"
    assert (
        moved("## A", "# Two", text=text)
        == "---\ntitle: T\n---\n# One\n# Two\n## B {china}\nb\n## A {china}\na"
    )


def test_a_point_goes_to_an_empty_list_with_all_its_lines() -> None:
    text = moved("- Another", "## Declining")
    assert "- One line {china}\n\n## Declining\n- Another\n  that goes on {africa}\n\n# News" in text


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_last_line_may_lack_its_end_and_every_other_keeps_it(end: str) -> None:
    text = (TEXT.removesuffix("\n# Outlook\n").rstrip("\n")).replace("\n", end)
    up = shifted(text, reading(text), on("##  Odd", text), -1).text
    assert up.endswith(f"## Nairobi {{}}{end}- a{end}- b")
    assert up.count(end) == text.count(end)
    assert shifted(up, reading(up), on("##  Odd", up), 1).text == text


def test_braces_alone_are_written_anew() -> None:
    assert tagged("- One", "russia") == TEXT.replace("- One line {china}", "- One line {russia}")
    assert tagged("- Another", "africa", "china") == TEXT.replace(
        "goes on {africa}", "goes on {africa, china}"
    )
    assert tagged("- Another") == TEXT.replace("goes on {africa}", "goes on")
    assert tagged("##  Odd", "africa") == TEXT.replace("{ china ,africa }", "{africa}")
    assert tagged("##  Odd", "africa", "china") == TEXT
    assert tagged("## [Wenchang]") == TEXT.replace("/w) {china}", "/w)")


def test_a_story_of_points_keeps_the_braces_that_make_it_one() -> None:
    text = tagged("## Nairobi", "africa")
    assert text == TEXT.replace("Nairobi {}", "Nairobi {africa}")
    assert tagged("## Nairobi", text=text) == TEXT
    assert tagged("##  Odd") == TEXT.replace("spacing  { china ,africa }", "spacing")


@pytest.mark.parametrize("title", ["a\\\\", "a \\{b\\}", "a {}", "a {,}", "a\\", "a{china}"])
def test_signs_of_the_grammar_at_the_end_of_a_title_are_told_from_braces(title: str) -> None:
    text = f"---\ntitle: T\n---\n# One\n## {title}\nwords\n"
    given = tagged("## ", "russia", text=text)
    before, after = reading(text).stories[0], reading(given).stories[0]
    assert after == replace(before, interests=("russia",))
    assert reading(tagged("## ", text=given)).stories[0] == replace(before, interests=())


def test_braces_of_a_point_may_stand_on_lines_of_their_own() -> None:
    text = TEXT.replace("that goes on {africa}", "that goes on\n  {africa,\n  china}")
    assert tagged("- Another", text=text) == TEXT.replace("goes on {africa}", "goes on")
    assert tagged("- Another", "africa", text=text) == text.replace("{africa,\n  china}", "{africa}")


def test_a_title_that_a_section_has_already_is_refused_there() -> None:
    text = TEXT.replace("# Outlook\n", "# Outlook\n## NAIROBI {china}\nx\n")
    with pytest.raises(ArrangingError, match="“Outlook” has a heading “Nairobi” already"):
        moved("## Nairobi", "# Outlook", text=text)


def test_what_is_not_there_is_refused() -> None:
    document = reading(TEXT)
    with pytest.raises(ArrangingError, match="No story and no point begins on line 5"):
        item_on(TEXT, document, 5)
    with pytest.raises(ArrangingError, match="is the first of “Rising” already"):
        shifted(TEXT, document, on("- One"), -1)
    with pytest.raises(ArrangingError, match="is the last of “News” already"):
        shifted(TEXT, document, on("##  Odd"), 1)
    with pytest.raises(ArrangingError, match="heads no list of points"):
        moved("- One", "# News")
    with pytest.raises(ArrangingError, match="heads no section"):
        moved("## Nairobi", "## Rising")


def test_what_stays_where_it_is_changes_nothing() -> None:
    assert moved("## [Wenchang]", "# News", 0) == TEXT
    assert moved("##  Odd", "# News") == TEXT
    assert items("---\ntitle: T\n---\n# One\n", reading("---\ntitle: T\n---\n# One\n")) == ()
