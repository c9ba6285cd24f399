"""What a list may change of its letters, as data."""

from typing import Any

import pytest

from mailer.manuscript.document import Document, Group, Point, Section, Story
from mailer.rendering import theme_reading
from mailer.rendering.palette import COLOURS, INTERESTS, Shade
from mailer.rendering.theme import EMPTY, Theme, ordered, pull_outs

VIEW = Section("View", prose="Words.")
OUTLOOK = Section("Outlook", prose="More words.")
TRENDS = Section("Trends", prose="An introduction.", groups=(Group("Up", (Point("a"),)),))
NEWS = Section("News", prose="An introduction.", stories=(Story("A"),))
PICTURE = "picture:" + "ab" * 16 + "-320x80.png"
TALL = "picture:" + "ab" * 16 + "-160x900.png"


def edition(*sections: Section) -> Document:
    return Document("list", "Title", sections)


def theme(data: dict[str, Any]) -> Theme:
    found, faults = theme_reading.read(data)
    assert faults == ()
    return found


def faults(data: dict[str, Any]) -> list[str]:
    return [fault.where for fault in theme_reading.read(data)[1]]


def test_the_first_of_several_sections_of_prose_is_the_pull_out() -> None:
    assert pull_outs(edition(TRENDS, VIEW, OUTLOOK, NEWS), EMPTY) == ("View",)


def test_a_single_section_of_prose_is_not_set_apart() -> None:
    assert pull_outs(edition(TRENDS, OUTLOOK, NEWS), EMPTY) == ()


def test_a_list_says_which_section_it_sets_apart() -> None:
    chosen = theme({"sections": {"Outlook": {"style": "pull-out"}}})
    assert pull_outs(edition(VIEW, OUTLOOK, NEWS), chosen) == ("Outlook",)


def test_a_list_may_set_none_apart() -> None:
    chosen = theme({"sections": {"View": {"style": "plain"}}})
    assert pull_outs(edition(VIEW, OUTLOOK), chosen) == ()


def test_sections_come_in_the_lists_order_and_the_others_after_them_as_written() -> None:
    chosen = theme({"order": ["News", "Nowhere", "View"]})
    titles = [section.title for section in ordered(edition(TRENDS, VIEW, OUTLOOK, NEWS), chosen)]
    assert titles == ["News", "View", "Trends", "Outlook"]
    assert ordered(edition(TRENDS, VIEW), EMPTY) == (TRENDS, VIEW)


def test_an_empty_theme_is_the_default() -> None:
    assert theme({}) == EMPTY
    assert EMPTY.palette == COLOURS
    assert EMPTY.shades == INTERESTS
    assert [EMPTY.place("any", number) for number in (0, 7, 8)] == [0, 7, 0]


def test_a_colour_for_one_mode_leaves_the_other_as_it_is() -> None:
    chosen = theme({"colours": {"accent": {"light": "#7A0000"}}})
    assert chosen.palette["accent"] == Shade("#7a0000", COLOURS["accent"].dark)


def test_one_colour_may_do_for_both() -> None:
    assert theme({"colours": {"masthead": "#777777"}}).palette["masthead"] == Shade("#777777", "#777777")


def test_an_interest_has_its_own_colour_and_the_others_keep_theirs() -> None:
    chosen = theme({"interests": {"moon": {"light": "#444444", "dark": "#dddddd"}}})
    assert chosen.shades[chosen.place("moon", 0)] == Shade("#444444", "#dddddd")
    assert [chosen.place("mars", number) for number in (1, 9)] == [1, 1]


def test_a_whole_theme_is_read() -> None:
    chosen = theme(
        {
            "logo": {"light": PICTURE, "dark": PICTURE, "alt": " The  Digest ", "width": 200},
            "type": {"headings": "sans", "text": "serif"},
            "footer": "Published in Nairobi.\n\n[Write to us](mailto:desk@news.example)",
        }
    )
    assert chosen.logo is not None
    assert (chosen.logo.alt, chosen.logo.width, chosen.logo.light.width) == ("The Digest", 200, 320)
    assert (chosen.headings, chosen.text) == ("sans", "serif")
    assert chosen.footer == ("Published in Nairobi.", "[Write to us](mailto:desk@news.example)")


@pytest.mark.parametrize(
    ("data", "where"),
    [
        ({"logos": {}}, ["logos"]),
        ({"logo": "x"}, ["logo"]),
        ({"logo": {"light": "https://a.example/x.png"}}, ["logo.light"]),
        ({"logo": {"alt": "x"}}, ["logo.light"]),
        ({"logo": {"light": PICTURE, "width": 5000}}, ["logo.width"]),
        ({"logo": {"light": TALL}}, ["logo.light"]),
        ({"logo": {"light": PICTURE, "width": "wide"}}, ["logo.width"]),
        ({"logo": {"light": PICTURE, "alt": 3}}, ["logo.alt"]),
        ({"colours": []}, ["colours"]),
        ({"colours": {"accent": "blue"}}, ["colours.accent.light"]),
        ({"colours": {"accent": {"light": "#fff"}}}, ["colours.accent.light"]),
        ({"colours": {"accent": 7}}, ["colours.accent"]),
        ({"colours": {"acent": "#000000"}}, ["colours.acent"]),
        ({"colours": {"accent": {"night": "#000000"}}}, ["colours.accent.night"]),
        ({"interests": {"moon": {"light": "#444444"}}}, ["interests.moon.dark"]),
        ({"type": {"headings": "Comic Sans"}}, ["type.headings"]),
        ({"type": {"titles": "serif"}}, ["type.titles"]),
        ({"order": "News"}, ["order"]),
        ({"order": ["News", 3]}, ["order"]),
        ({"order": [str(number) for number in range(99)]}, ["order"]),
        ({"sections": None}, ["sections"]),
        ({"sections": {"View": "pull-out"}}, ["sections.View"]),
        ({"sections": {"View": {"style": 3}}}, ["sections.View.style"]),
        ({"footer": ["a"] * 3 + ["b" * 9_000]}, ["footer"]),
        ({"footer": 3}, ["footer"]),
    ],
)
def test_what_makes_no_sense_is_named_and_changes_nothing(data: dict[str, Any], where: list[str]) -> None:
    assert faults(data) == where
    left = theme_reading.read(data)[0]
    assert left == EMPTY or data.get("logo")
    assert pull_outs(edition(VIEW, OUTLOOK), left) == ("View",)


@pytest.mark.parametrize(
    ("data", "where"),
    [
        ({"colours": {"accent": {"light": "#ffee00"}}}, "colours.accent"),
        ({"colours": {"paper": {"dark": "#9a9a9a"}}}, "colours.paper"),
        ({"interests": {"moon": "#808080"}}, "interests.moon"),
    ],
)
def test_text_that_could_not_be_read_is_a_fault(data: dict[str, Any], where: str) -> None:
    assert where in faults(data)


def test_a_fault_is_one_line() -> None:
    [fault] = theme_reading.read({"type": {"text": "Papyrus"}})[1]
    assert str(fault) == "type.text: choose one of sans, serif"
