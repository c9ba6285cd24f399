from dataclasses import replace

import pytest

from mailer.manuscript.document import Document, Group, Point, Section, Story
from mailer.rendering.assemble import Assembly, assemble, carried
from mailer.rendering.values import InterestLook, Look, Reading

CHINA_STORY = Story("Moon", interests=("china",))
AFRICA_STORY = Story("Nairobi", interests=("africa",))
SHARED_STORY = Story("Launchers", interests=("china", "africa"))
UNTAGGED_STORY = Story("Debris")
POINTS = (Point("For all"), Point("For China", ("china",)), Point("For Africa", ("africa",)))
EDITION = Document(
    "list",
    "Title",
    (
        Section("Trends", groups=(Group("Up", POINTS), Group("Down", (POINTS[1],)))),
        Section("News", stories=(CHINA_STORY, AFRICA_STORY, UNTAGGED_STORY, SHARED_STORY)),
    ),
)
CHINA, AFRICA, RUSSIA = (
    InterestLook(name.lower(), name, colour) for colour, name in enumerate(("China", "Africa", "Russia"))
)
LOOK = Look("list", "List", "Address", (CHINA, AFRICA, RUSSIA))


def letter(*interests: str, edition: Document = EDITION, **look: str) -> Assembly:
    return assemble(edition, replace(LOOK, **look), Reading(frozenset(interests)))  # type: ignore[arg-type]  # by name


def test_an_edition_carries_the_interests_of_its_points_and_stories() -> None:
    assert carried(EDITION) == ("china", "africa")
    assert carried(Document("list", "Title", ())) == ()


def test_a_reader_gets_the_untagged_and_their_own_in_full_in_the_editors_order() -> None:
    assert letter("africa").edition.stories == (AFRICA_STORY, UNTAGGED_STORY, SHARED_STORY)


def test_the_others_are_headlines() -> None:
    africa = letter("africa")
    assert africa.elsewhere == (CHINA_STORY,)
    assert not africa.elsewhere_in_full


def test_a_list_may_hide_the_others_or_show_them_in_full() -> None:
    assert letter("africa", unchosen_stories="hidden").elsewhere == ()
    full = letter("africa", unchosen_stories="full")
    assert (full.elsewhere, full.elsewhere_in_full) == ((CHINA_STORY,), True)
    assert full.edition.sections[0] == EDITION.sections[0]


def test_points_outside_the_interests_are_left_out_and_so_is_a_group_they_leave_empty() -> None:
    assert letter("africa").edition.sections[0].groups == (Group("Up", (POINTS[0], POINTS[2])),)


def test_a_section_without_anything_for_the_reader_has_no_heading() -> None:
    edition = replace(EDITION, sections=(Section("China", stories=(CHINA_STORY,)), *EDITION.sections))
    assert [section.title for section in letter("africa", edition=edition).edition.sections] == [
        "Trends",
        "News",
    ]


def test_who_chose_nothing_yet_gets_everything_and_is_told_nothing_about_it() -> None:
    everything = assemble(EDITION, LOOK, Reading(None))
    assert everything == Assembly(EDITION)


def test_who_chose_all_that_the_edition_carries_gets_everything() -> None:
    everything = assemble(EDITION, LOOK, Reading(None))
    assert letter("china", "africa") == letter("china", "africa", "russia") == everything


def test_for_you_names_chosen_interests_that_the_edition_carries_in_the_lists_order() -> None:
    edition = replace(
        EDITION, sections=(*EDITION.sections, Section("More", stories=(Story("R", "", ("russia",)),)))
    )
    assert letter("africa", "russia", edition=edition).for_you == (AFRICA, RUSSIA)
    assert letter("africa", "russia").for_you == (AFRICA,)


def test_an_interest_the_edition_does_not_carry_changes_nothing() -> None:
    assert letter("africa", "russia") == letter("africa")
    assert hash(letter("africa", "russia")) == hash(letter("africa"))


def test_a_retired_interest_is_not_needed_for_everything() -> None:
    retired = replace(LOOK, interests=(CHINA, RUSSIA))
    chosen = assemble(EDITION, retired, Reading(frozenset({"china"})))
    assert chosen == assemble(EDITION, retired, Reading(None))


def only_tagged(count: int) -> Document:
    stories = tuple(Story(f"China {number}", interests=("china",)) for number in range(count))
    return Document("list", "Title", (Section("View", prose="So."), Section("News", stories=stories)))


def test_a_reader_without_a_story_is_known_as_such() -> None:
    assert not letter("russia", edition=only_tagged(5)).has_story
    assert letter("china", edition=only_tagged(5)).has_story


def test_a_reader_without_a_story_may_get_the_top_ones() -> None:
    top = letter("russia", edition=only_tagged(5), no_story="top_stories")
    assert top.has_story
    assert [story.title for story in top.edition.stories] == ["China 0", "China 1", "China 2"]
    assert [story.title for story in top.elsewhere] == ["China 3", "China 4"]
    assert top.for_you == ()


def test_a_reader_with_a_story_gets_no_others_for_it() -> None:
    assert letter("africa", no_story="top_stories") == letter("africa")


def test_where_others_are_in_full_nobody_is_without_a_story() -> None:
    assert letter("russia", edition=only_tagged(1), unchosen_stories="full").has_story


def test_an_edition_without_any_story_still_goes_to_everyone() -> None:
    edition = Document("list", "Title", EDITION.sections[:1])
    assert letter("russia", edition=edition).has_story
    assert letter("africa", edition=edition).has_story


def test_a_heading_with_nothing_beneath_it_is_in_no_letter() -> None:
    edition = replace(EDITION, sections=(*EDITION.sections, Section("Empty")))
    assert assemble(edition, LOOK, Reading(None)).edition == EDITION


@pytest.mark.parametrize("interests", [(), ("africa",), ("china",)])
def test_every_story_is_in_full_or_a_headline_and_never_both(interests: tuple[str, ...]) -> None:
    one = letter(*interests)
    assert sorted((*one.edition.stories, *one.elsewhere), key=EDITION.stories.index) == list(EDITION.stories)
