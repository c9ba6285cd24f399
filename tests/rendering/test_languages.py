import datetime as dt

import pytest

from mailer.rendering.languages import script_of, words_of

ENGLISH = words_of("en")


def test_a_date_does_not_depend_on_the_machine() -> None:
    assert ENGLISH.date_of(dt.date(2025, 3, 4)) == "4 March 2025"


def test_one_story_is_not_stories() -> None:
    assert [ENGLISH.count(ENGLISH.stories, number) for number in (0, 1, 2)] == [
        "0 stories",
        "1 story",
        "2 stories",
    ]


@pytest.mark.parametrize(
    ("names", "said"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_names_are_listed_as_a_sentence_lists_them(names: list[str], said: str) -> None:
    assert ENGLISH.listed(names) == said


def test_a_language_the_letter_does_not_speak_yet_gets_english() -> None:
    assert words_of("fr-CA") is ENGLISH
    assert words_of("EN_gb") is ENGLISH


def test_urdu_runs_from_the_right_with_room_between_the_lines() -> None:
    urdu = script_of("ur-PK")
    assert (urdu.direction, urdu.start, urdu.end, urdu.leading, urdu.tight) == (
        "rtl",
        "right",
        "left",
        "2",
        "1.9",
    )
    assert script_of("en").direction == script_of("xx").direction == "ltr"
