"""An editor's text is read as meant, or every fault in it is named with its line."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.manuscript.document import Document, Group, Point, Section, Story
from mailer.manuscript.faults import Fault, ManuscriptError
from mailer.manuscript.reading import read

INTERESTS = ("china", "russia", "africa", "south-asia")
HEAD = "---\nlist: space-digest\ntitle: The week\n---\n"

EDITION = """\
---
list: space-digest
title: Space: the week
subtitle: Who builds what
date: 2026-11-30
subject: Dishes for hire
preheader: Three stories
---
# Trend analysis
Read slowly.

Then again.
## Rising
- Dishes {china, africa}
- Patience
## Declining
# Selected news
## [A dish for Dakar (again)](https://dishes.example/a_(b)?x=1&y=2) {china, africa}
First paragraph.

- a bullet
## A story without its link {russia}
## Another one
Words.
"""


def faults_of(text: str) -> list[Fault]:
    with pytest.raises(ManuscriptError) as caught:
        read(text, INTERESTS, list_slug="space-digest")
    return caught.value.faults


def test_an_edition_is_read_whole() -> None:
    assert read(EDITION, INTERESTS) == Document(
        list="space-digest",
        title="Space: the week",
        subtitle="Who builds what",
        date=dt.date(2026, 11, 30),
        subject="Dishes for hire",
        preheader="Three stories",
        sections=(
            Section(
                "Trend analysis",
                "Read slowly.\n\nThen again.",
                groups=(
                    Group("Rising", (Point("Dishes", ("china", "africa")), Point("Patience"))),
                    Group("Declining", ()),
                ),
            ),
            Section(
                "Selected news",
                stories=(
                    Story(
                        "A dish for Dakar (again)",
                        "https://dishes.example/a_(b)?x=1&y=2",
                        ("china", "africa"),
                        "First paragraph.\n\n- a bullet",
                    ),
                    Story("A story without its link", "", ("russia",)),
                    Story("Another one", summary="Words."),
                ),
            ),
        ),
    )


def test_values_know_their_lines() -> None:
    document = read(EDITION, INTERESTS)
    trends, news = document.sections
    assert (trends.line, trends.groups[0].line, trends.groups[0].points[1].line) == (9, 13, 15)
    assert [story.line for story in news.stories] == [18, 22, 23]


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    assert read("\ufeff" + EDITION.replace("\n", "\r\n"), INTERESTS) == read(EDITION, INTERESTS)


def test_marks_in_a_title_are_escaped_and_read_as_signs() -> None:
    document = read(
        HEAD + "# News\n## [\\[Update\\] a \\\\ and \\{b\\}](https://a.example/) {china}\n", INTERESTS
    )
    assert document.stories[0].title == "[Update] a \\ and {b}"


def test_a_long_point_may_go_on_in_an_indented_line() -> None:
    document = read(HEAD + "# T\n## Rising\n- one thing\n  and more {china}\n- two\n", INTERESTS)
    assert document.sections[0].groups[0].points == (Point("one thing and more", ("china",)), Point("two"))


def test_braces_that_name_nobody_make_a_list_of_points_a_story() -> None:
    document = read(HEAD + "# News\n## In brief {}\n- one\n- two\n", INTERESTS)
    assert document.stories == (Story("In brief", summary="- one\n- two"),)


@pytest.mark.parametrize(
    ("body", "line", "column", "message"),
    [
        (
            "# News\n## A {chna}\nx",
            6,
            7,
            (
                "“chna” is no interest of this list: did you mean “china”? it"
                " has china, russia, africa, south-asia"
            ),
        ),
        (
            "# T\n## Up\n- a {South Asia}",
            7,
            6,
            (
                "“South Asia” is no interest of this list: did you mean “south-asia”?"
                " it has china, russia, africa, south-asia"
            ),
        ),
        ("# T\n## Up\n- a {china, china}", 7, 13, "“china” is named twice: keep one"),
        (
            "# N\n## [A](ftp://a.example/)\nx",
            6,
            8,
            "the address must begin with http:// or https:// and a host",
        ),
        ("# N\n## [A](https://)\nx", 6, 8, "the address must begin with http:// or https:// and a host"),
        (
            "# N\n## [A](https://a b.example)\nx",
            6,
            8,
            "the address holds a character it must not: percent-encode spaces, quotes and odd brackets",
        ),
        (
            "# N\n## [A](https://a.example:port/)\nx",
            6,
            8,
            "the address cannot be read: write https://host/path",
        ),
        ("# N\n## [A]()\nx", 6, 8, "the link has no address: write [Title](https://…), or the title alone"),
        ("# N\n## [A](https://a.example\nx", 6, 8, "the link is not closed: write ) after the address"),
        ("# N\n## [A](https://a.example) tail {china}\nx", 6, 26, "only {interests} may follow the link"),
        (
            "# N\n## See [A](https://a.example)\nx",
            6,
            10,
            "a link is the whole heading: write ## [Title](https://…) {interests}",
        ),
        ("# N\n## A {china\nx", 6, 6, "“{” is not closed: write } after the interests, or \\{ for a brace"),
        ("# T\n## Up\n- {china} a", 7, 3, "interests stand at the end of the line; write \\{ for a brace"),
        ("# N\n## [ ](https://a.example)\nx", 6, 4, "a story without a title: write one after the #"),
        ("# N\n##\nx", 6, 3, "a story without a title: write one after the #"),
        ("#\nx", 5, 2, "a section without a title: write one after the #"),
        ("# News\n# news", 6, 3, "“news” is already the heading of a section, on line 5: tell them apart"),
        (
            "# N\n## A\nx\n## a\ny",
            8,
            4,
            "“a” is already the heading of a story of this section, on line 6: tell them apart",
        ),
        (
            "# N\n## Up\n- a\n## up\n- b",
            8,
            4,
            "“up” is already the heading of a story of this section, on line 6: tell them apart",
        ),
        ("words\n\n# N", 5, 1, "this text stands before the first heading: write # and a heading above it"),
        ("## A\nx", 5, 1, "this heading stands in no section: write # and a section above it"),
        ("# N {china}\nx", 5, 3, "a section has no link and no interests: give them to its stories"),
        (
            "# N\n- a {china}",
            6,
            1,
            "a point with interests must stand under a ## heading with nothing but points",
        ),
        (
            "# N\n## A {china}\n- a {china}",
            7,
            1,
            "a point with interests must stand under a ## heading with nothing but points",
        ),
        ("# T\n## Up\n- a\n-", 8, 1, "this point says nothing: write it or delete it"),
        (
            "# N\n## A\nwords\n## Up\n- a",
            8,
            4,
            (
                "a list of points stands after a story: move it above the stories,"
                " or write {} after its heading to make it a story"
            ),
        ),
        ("# N\na\x07b", 6, 2, "an invisible character, U+0007: delete it"),
    ],
)
def test_each_fault_says_where_it_is_and_what_to_do(body: str, line: int, column: int, message: str) -> None:
    assert faults_of(HEAD + body) == [Fault(line, column, message)]


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("# News\n", 1, 1, "the front matter is missing: begin with ---, title: … and --- on three lines"),
        ("---\ntitle: A\n# News", 1, 1, "the front matter does not end: write --- on a line after its keys"),
        ("---\nlist: space-digest\n---\n", 1, 1, "the title is missing: write title: … here"),
        ("---\ntitle:\n---\n", 2, 1, "the title is missing: write title: … here"),
        (
            "---\ntitle: A\nsubtitel: B\n---\n",
            3,
            1,
            "“subtitel” is no key of the front matter: did you mean subtitle?",
        ),
        (
            "---\ntitle: A\nxyz: B\n---\n",
            3,
            1,
            "“xyz” is no key of the front matter; known are list, title, subtitle, date, subject, preheader",
        ),
        ("---\ntitle: A\ntitle: B\n---\n", 3, 1, "title is given twice, first on line 2: keep one"),
        ("---\ntitle: A\nnonsense\n---\n", 3, 1, "“nonsense” is no key: value line"),
        (
            "---\ntitle: A\n date 2026-11-30\n---\n",
            3,
            6,
            "the colon is missing after date: write date: 2026-11-30",
        ),
        ("---\ntitle: A\ndate: 30.11.2026\n---\n", 3, 1, "“30.11.2026” is no date: write it as 2026-11-30"),
        ("---\ntitle: A\ndate: 2026-02-30\n---\n", 3, 1, "“2026-02-30” is no date: write it as 2026-11-30"),
        ("---\ntitle: " + "a" * 501 + "\n---\n", 2, 1, "the title has 501 characters: 500 at most"),
        (
            "---\nlist: other\ntitle: A\n---\n",
            2,
            1,
            "this edition is for “other”: import it there, or write list: space-digest",
        ),
    ],
)
def test_a_faulty_head_says_what_to_write(text: str, line: int, column: int, message: str) -> None:
    assert Fault(line, column, message) in faults_of(text)


def test_a_title_without_its_colon_is_the_only_fault() -> None:
    assert faults_of("---\ntitle t\n---\n# N\nx") == [
        Fault(2, 6, "the colon is missing after title: write title: t")
    ]


@pytest.mark.parametrize("space", ["", "\n\n"])
def test_a_head_alone_is_no_edition(space: str) -> None:
    assert faults_of(HEAD + space) == [
        Fault(4, 1, "the edition says nothing: add a section, # and a heading, beneath this")
    ]


def test_quotes_around_a_value_are_taken_off() -> None:
    head = '---\ntitle: "Foo: bar"\nsubject: " So "\ndate: "2026-11-30"\npreheader: "A" and "B"\n---\n'
    document = read(head + "# N\nx", INTERESTS)
    assert (document.title, document.subject, document.date, document.preheader) == (
        "Foo: bar",
        "So",
        dt.date(2026, 11, 30),
        '"A" and "B"',
    )


def test_all_faults_are_told_at_once_in_the_order_of_their_lines() -> None:
    faults = faults_of("---\ntitel: A\n---\n# N\n## [A](x) {chna}\n## A {\n# N\n")
    assert [(fault.line, fault.column) for fault in faults] == [(1, 1), (2, 1), (5, 8), (6, 6), (7, 3)]


def test_braces_in_the_bullets_of_a_story_are_words() -> None:
    document = read(HEAD + "# N\n## A {china}\n- set {1, 2}\n- open {\n", INTERESTS)
    assert document.stories[0].summary == "- set {1, 2}\n- open {"


def test_a_fault_reads_as_one_line() -> None:
    assert str(Fault(6, 8, "the link has no address")) == "line 6, column 8: the link has no address"


def test_a_list_without_interests_says_so() -> None:
    with pytest.raises(ManuscriptError, match="no interest of this list: it has none"):
        read(HEAD + "# N\n## A {china}\nx", ())


@given(st.text() | st.text("#[](){}-\\ \nab:", max_size=200).map(HEAD.__add__))
def test_any_text_is_read_or_refused_with_lines_that_exist(text: str) -> None:
    height = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    faults: list[Fault] = []
    try:
        read(text, INTERESTS)
    except ManuscriptError as error:
        faults = error.faults
    assert all(1 <= fault.line <= height and fault.column >= 1 for fault in faults)
