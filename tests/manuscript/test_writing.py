"""What is written is read as the same document, and canonical text is written as it was."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.manuscript.characters import is_stray_control
from mailer.manuscript.document import Document, Group, Point, Section, Story
from mailer.manuscript.headline import HEADING, POINT, address_fault
from mailer.manuscript.reading import read
from mailer.manuscript.writing import write

INTERESTS = ("china", "russia", "africa", "south-asia")
SIGNS = '"aB é字🔺‍’“#[](){}\\-*+:!.\u00a0\u2028'

characters = st.characters(exclude_categories=["Cs", "Cc"]).filter(
    lambda c: not is_stray_control(c)
) | st.sampled_from(SIGNS)
one_line = st.text(characters, max_size=25).map(str.strip)
titles = one_line.filter(bool)
tags = st.lists(st.sampled_from(INTERESTS), unique=True).map(tuple)
addresses = st.builds(
    "https://{}.example/{}".format,
    st.text("abc", min_size=1, max_size=5),
    st.text("ab/?&=%_~{}()'é", max_size=12),
).filter(lambda url: not address_fault(url) and _is_balanced(url))


def _is_balanced(url: str) -> bool:
    depth = 0
    for character in url:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return False
    return depth == 0


def _is_body(text: str) -> bool:
    """Return whether Markdown can stand beneath a heading as it is."""
    lines = text.split("\n")
    points = [line for line in lines if POINT.fullmatch(line.strip())]
    trimmed = text == text.rstrip() and bool(lines[0].strip()) == bool(text)
    return (
        trimmed and not any(HEADING.fullmatch(line) for line in lines) and not any("{" in p for p in points)
    )


paragraphs = st.lists(one_line | one_line.map("- {}".format) | one_line.map("  {}".format), max_size=5)
bodies = paragraphs.map("\n".join).map(str.rstrip).filter(_is_body)
point_words = one_line.map(lambda text: text.replace("\\", "").replace("{", "\\{").strip()).filter(bool)
points = st.builds(Point, point_words, tags)
groups = st.builds(Group, titles, st.lists(points, max_size=3).map(tuple))
stories = st.builds(Story, titles, st.just("") | addresses, tags, bodies)


def _title_of(value: Section | Group | Story) -> str:
    return value.title.casefold()


@st.composite
def sections(draw: st.DrawFn) -> Section:
    children = draw(st.lists(groups | stories, max_size=4, unique_by=_title_of))
    return Section(
        draw(titles),
        draw(bodies),
        tuple(child for child in children if isinstance(child, Group)),
        tuple(child for child in children if isinstance(child, Story)),
    )


documents = st.builds(
    Document,
    list=st.sampled_from(["", "space-digest"]),
    title=titles,
    sections=st.lists(sections(), min_size=1, max_size=3, unique_by=_title_of).map(tuple),
    subtitle=one_line,
    date=st.none() | st.dates(min_value=dt.date(1000, 1, 1)),
    subject=one_line,
    preheader=one_line,
)


@given(documents)
def test_what_is_written_reads_as_the_same_document(document: Document) -> None:
    text = write(document)
    assert read(text, INTERESTS) == document
    assert write(read(text, INTERESTS)) == text


def test_canonical_text_is_written_byte_for_byte(samples: Path) -> None:
    text = (samples / "edition.md").read_text(encoding="utf-8")
    assert write(read(text, INTERESTS)) == text


def test_an_edition_looks_like_this() -> None:
    document = Document(
        list="space-digest",
        title="The week",
        date=dt.date(2026, 11, 30),
        sections=(
            Section(
                "Trends", groups=(Group("🔺 Rising", (Point("Dishes", ("china", "africa")), Point("Rain"))),)
            ),
            Section("View", "One.\n\nTwo."),
            Section(
                "News",
                stories=(
                    Story("[Sic] it flew", "https://a.example/", ("china",), "It did."),
                    Story("In brief", summary="- a\n- b"),
                ),
            ),
        ),
    )
    assert write(document) == (
        "---\nlist: space-digest\ntitle: The week\ndate: 2026-11-30\n---\n"
        "# Trends\n\n## 🔺 Rising\n- Dishes {china, africa}\n- Rain\n\n"
        "# View\nOne.\n\nTwo.\n\n"
        "# News\n\n## [\\[Sic\\] it flew](https://a.example/) {china}\nIt did.\n\n"
        "## In brief {}\n- a\n- b\n"
    )


@pytest.mark.parametrize(
    "title", ["a {b}", "{}", "[x](https://y.example)", "\\", "# a", "- a", "a \\{", "] ("]
)
def test_a_title_may_hold_any_sign(title: str) -> None:
    document = Document(
        "",
        "T",
        (
            Section(
                title,
                stories=(Story(title, "https://a.example/"), Story(f"{title}.")),
            ),
        ),
    )
    assert read(write(document), INTERESTS) == document


@pytest.mark.parametrize(
    "title",
    ['"', '""', '"""', '""""', '"Foo"', '""Foo""', '" Foo "', '"Foo" and "bar"', 'the "Foo"', '"Foo: bar'],
)
def test_a_title_keeps_the_quotes_it_really_has(title: str) -> None:
    document = Document("", title, (Section("News"),), subject=title)
    assert read(write(document), INTERESTS) == document
