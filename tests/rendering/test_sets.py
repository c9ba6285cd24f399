from dataclasses import replace

from mailer.manuscript.document import Document
from mailer.rendering.sets import Letters, render_sets
from mailer.rendering.values import Look, Reading

AFRICA = Reading(frozenset({"africa"}))


def test_16_sets_of_four_interests_make_15_letters(
    edition: Document, look: Look, all_sets: list[Reading]
) -> None:
    letters = render_sets(edition, look, all_sets)
    assert len(letters) == 16
    assert len(set(letters.values())) == 15


def test_an_edition_that_carries_two_interests_needs_four_letters(
    edition: Document, look: Look, all_sets: list[Reading]
) -> None:
    stories = tuple(replace(story, interests=story.interests[1:]) for story in edition.stories)
    section = replace(edition.sections[-1], stories=stories)
    letters = render_sets(replace(edition, sections=(section,)), look, all_sets)
    # Russia, Africa, both (which is everything), and none of the two.
    assert len(set(letters.values())) == 4


def test_text_alone_is_the_same_letter_without_html(edition: Document, look: Look) -> None:
    alone = replace(AFRICA, text_only=True)
    letters = render_sets(edition, look, [AFRICA, alone])
    assert letters[alone] == replace(letters[AFRICA], html="")
    assert letters[AFRICA].html


def test_whether_clicks_are_counted_does_not_change_the_letter(edition: Document, look: Look) -> None:
    untracked = replace(AFRICA, tracked=False)
    letters = render_sets(edition, look, [AFRICA, untracked])
    assert letters[untracked] is letters[AFRICA]


def test_letters_that_are_asked_for_one_after_the_other_are_those_of_once(
    edition: Document, look: Look, all_sets: list[Reading]
) -> None:
    letters = Letters(edition, look)
    for some in (all_sets[5:9], [replace(AFRICA, text_only=True)], all_sets):
        assert letters.of(some) == render_sets(edition, look, some)
    assert letters.of([AFRICA])[AFRICA] is letters.of(all_sets)[AFRICA]
