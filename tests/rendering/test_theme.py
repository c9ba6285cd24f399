import pytest

from mailer.manuscript.document import Document, Group, Point, Section, Story
from mailer.rendering.theme import pull_outs

VIEW = Section("View", prose="Words.")
OUTLOOK = Section("Outlook", prose="More words.")
TRENDS = Section("Trends", prose="An introduction.", groups=(Group("Up", (Point("a"),)),))
NEWS = Section("News", prose="An introduction.", stories=(Story("A"),))


def edition(*sections: Section) -> Document:
    return Document("list", "Title", sections)


def test_the_first_of_several_sections_of_prose_is_the_pull_out() -> None:
    assert pull_outs(edition(TRENDS, VIEW, OUTLOOK, NEWS), {}) == ("View",)


def test_a_single_section_of_prose_is_not_set_apart() -> None:
    assert pull_outs(edition(TRENDS, OUTLOOK, NEWS), {}) == ()


def test_a_list_says_which_section_it_sets_apart() -> None:
    theme = {"sections": {"Outlook": {"style": "pull-out"}}}
    assert pull_outs(edition(VIEW, OUTLOOK, NEWS), theme) == ("Outlook",)


def test_a_list_may_set_none_apart() -> None:
    assert pull_outs(edition(VIEW, OUTLOOK), {"sections": {"View": {"style": "plain"}}}) == ()


@pytest.mark.parametrize(
    "theme", [{"sections": None}, {"sections": {"View": "pull-out"}}, {"sections": {"View": {"style": 3}}}]
)
def test_a_theme_that_makes_no_sense_changes_nothing(theme: dict[str, object]) -> None:
    assert pull_outs(edition(VIEW, OUTLOOK), theme) == ("View",)
