import datetime as dt
from dataclasses import replace

import pytest

from mailer.archive.corrections import Change, changes, followed
from mailer.manuscript.document import Document, Group, Point, Section, Story
from tests.archive.passages import said

ONE = Story("One", "https://a.example/1", ("china",), "The plant costs **32** million a year, say both.", 11)
TWO = Story("Two", "https://a.example/2", (), "The dish turned.", 14)
NEWS = Section("News", stories=(ONE, TWO))
TRENDS = Section("Trends", groups=(Group("Rising", (Point("Antennas"), Point("Patience"))),))
VIEW = Section("View", prose="Who owns the antenna owns the news.")
EDITION = Document("space-digest", "Orbit", (TRENDS, VIEW, NEWS))


def with_stories(*stories: Story) -> Document:
    return replace(EDITION, sections=(TRENDS, VIEW, replace(NEWS, stories=stories)))


def with_trends(*groups: Group) -> Document:
    return replace(EDITION, sections=(replace(TRENDS, groups=groups), VIEW, NEWS))


def test_equal_texts_have_no_changes() -> None:
    assert changes(EDITION, with_stories(replace(ONE, line=40), TWO)) == ()


def test_a_changed_figure_is_told_with_the_words_around_it() -> None:
    mended = replace(ONE, summary=ONE.summary.replace("32", "23"))
    [change] = changes(EDITION, with_stories(mended, TWO))
    [passage] = change.passages
    assert change == Change("One", 0, passages=(passage,))
    assert said(passage) == (
        "The plant costs [32] million a year, say both. ",
        "The plant costs [23] million a year, say both. ",
    )


def test_what_is_written_anew_is_not_quoted() -> None:
    old = " ".join(f"w{number}" for number in range(200))
    new = " ".join(f"w{number}" if number % 20 else "x" for number in range(200))
    before, now = (with_stories(replace(ONE, summary=text), TWO) for text in (old, new))
    [change] = changes(before, now)
    assert change == Change("One", 0, anew=True)


def test_stories_come_and_go() -> None:
    three = Story("Three", "", (), "Third.", 20)
    found = changes(EDITION, with_stories(TWO, three))
    assert found == (Change("Three", 1, added=True), Change("One", removed=True))


def test_a_story_with_another_title_is_known_by_its_link() -> None:
    [change] = changes(EDITION, with_stories(replace(ONE, title="Won"), TWO))
    assert change.title == "Won"
    [passage] = change.passages
    assert said(passage)[0].startswith("[One] — The plant")
    assert said(passage)[1].startswith("[Won] — The plant")


def test_another_link_is_told() -> None:
    [change] = changes(EDITION, with_stories(replace(ONE, url="https://b.example/1"), TWO))
    assert change == Change("One", 0, link=True)


def test_other_interests_are_told() -> None:
    [change] = changes(EDITION, with_stories(replace(ONE, interests=("russia",)), TWO))
    assert change == Change("One", 0, interests=True)
    trends = with_trends(Group("Rising", (Point("Antennas", ("africa",)), Point("Patience"))))
    assert changes(EDITION, trends) == (Change("Rising", interests=True),)


def test_prose_points_and_the_title_are_compared_too() -> None:
    trends = Section("Trends", groups=(Group("Rising", (Point("Dishes"), Point("Patience"))),))
    view = replace(VIEW, prose="Who owns the antenna owns the day.")
    found = changes(EDITION, Document("space-digest", "Orbits", (trends, view, NEWS), subtitle="New"))
    assert [change.title for change in found] == ["", "Rising", "View"]
    assert said(found[1].passages[0]) == ("[Antennas] · Patience ", "[Dishes] · Patience ")


def test_a_heading_that_is_gone_is_told() -> None:
    assert changes(EDITION, replace(EDITION, sections=(TRENDS, NEWS))) == (Change("View", removed=True),)


@pytest.mark.parametrize("where", ["story", "prose", "point"])
def test_a_link_changed_within_a_text_is_told(where: str) -> None:
    old, new = (f"The [dish](https://{host}.example) turned." for host in ("wrong", "right"))

    def made(text: str) -> Document:
        if where == "story":
            return with_stories(ONE, replace(TWO, summary=text))
        if where == "point":
            return with_trends(Group("Rising", (Point(text),)))
        return replace(EDITION, sections=(TRENDS, replace(VIEW, prose=text), NEWS))

    [change] = changes(made(old), made(new))
    assert change.link
    assert (change.title, change.passages, change.anew) == (
        {"story": "Two", "prose": "View", "point": "Rising"}[where],
        (),
        False,
    )


@pytest.mark.parametrize("other", ["![wrong](picture:{a})", "![right](picture:{b})"])
def test_another_picture_is_told(other: str) -> None:
    names = {each: f"{each * 32}-1072x603.jpg" for each in "ab"}
    old, new = (
        replace(TWO, summary=f"The dish. {picture.format(**names)}")
        for picture in (other, "![right](picture:{a})")
    )
    assert changes(with_stories(ONE, old), with_stories(ONE, new)) == (Change("Two", 1, picture=True),)


def test_a_text_that_is_a_picture_alone_neither_came_nor_went() -> None:
    old, new = (
        replace(
            EDITION, sections=(TRENDS, replace(VIEW, prose=f"![](picture:{each * 32}-1072x603.jpg)"), NEWS)
        )
        for each in "ab"
    )
    assert changes(old, new) == (Change("View", picture=True),)


def test_a_summary_that_came_is_quoted_beside_the_headline() -> None:
    [change] = changes(with_stories(ONE, replace(TWO, summary="")), EDITION)
    assert (change.title, change.story, change.added) == ("Two", 1, False)
    assert said(change.passages[0]) == ("Two ", "Two [— The dish turned.] ")


def test_another_date_is_told_as_the_list_writes_it() -> None:
    old, new = (replace(EDITION, date=dt.date(year, 12, 1)) for year in (2025, 2026))
    [change] = changes(old, new)
    assert said(change.passages[0]) == ("Orbit — 1 December [2025] ", "Orbit — 1 December [2026] ")
    [change] = changes(old, new, "ru")
    assert said(change.passages[0])[1] == "Orbit — 1\u00a0декабря [2026]\u00a0г. "


def test_a_renamed_section_is_told_and_its_stories_are_not() -> None:
    old = replace(EDITION, sections=(TRENDS, VIEW, replace(NEWS, title="Newz")))
    [change] = changes(old, EDITION)
    assert change.title == "News"
    assert said(change.passages[0]) == ("[Newz] ", "[News] ")


def test_a_renamed_list_is_known_by_what_it_has_in_common() -> None:
    [change] = changes(with_trends(Group("Risen", TRENDS.groups[0].points)), EDITION)
    assert change.title == "Rising"
    assert said(change.passages[0])[0].startswith("[Risen] — Antennas")


def test_lists_of_one_name_in_two_sections_are_two() -> None:
    second = Section("Second", groups=(Group("Rising", (Point("Same"),)),))
    old, new = (
        replace(EDITION, sections=(replace(TRENDS, groups=(Group("Rising", (Point(text),)),)), second))
        for text in ("Old", "New")
    )
    [change] = changes(old, new)
    assert (change.title, said(change.passages[0])) == ("Rising", ("[Old] ", "[New] "))


def test_a_section_and_a_list_of_one_name_are_two() -> None:
    groups = (Group("Rising", (Point("Same"),)),)
    old, new = (
        replace(EDITION, sections=(Section("Rising", prose=text, groups=groups),)) for text in ("Old", "New")
    )
    [change] = changes(old, new)
    assert said(change.passages[0]) == ("[Old] ", "[New] ")


def test_a_story_is_followed_through_later_texts() -> None:
    renamed = replace(TWO, title="Second")
    three = Story("Three", "", (), "Third.", 20)
    moved = with_stories(three, ONE, replace(renamed, url="https://b.example/2"))
    texts = [EDITION, with_stories(ONE, renamed), moved]
    assert [followed(place, texts) for place in (0, 1, None)] == [1, 2, None]
    assert followed(0, [EDITION, with_stories(TWO), moved]) is None
    assert followed(1, [EDITION]) == 1
