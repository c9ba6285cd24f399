"""Which letters there are, who gets each, and what each says."""

import dataclasses

import pytest

from mailer import interest_sets
from mailer.interest_sets import Group
from mailer.matrix.deciding import Issue, decide
from mailer.matrix.values import Matrix, Readers, Shown, Variant
from mailer.rendering.sets import render_sets
from mailer.rendering.values import TOKEN_MARK, InterestLook, Reading
from mailer.tracking.rewriting import TRANSPORTS, Rewriting
from tests.matrix.conftest import AFRICA, CHINA, DOCUMENT, GROUPS, ISSUE, LOOK, MOON

F, H, N = Shown.FULL, Shown.HEADLINE, Shown.NOT


def variant(matrix: Matrix, name: str) -> Variant:
    (found,) = (each for each in matrix.variants if name in [choice.name for choice in each.choices])
    return found


def changed(**look: object) -> Issue:
    return dataclasses.replace(ISSUE, look=dataclasses.replace(LOOK, **look))  # type: ignore[arg-type]  # by its name


def test_each_letter_is_there_once_everything_first_then_by_readers() -> None:
    names = [[choice.name for choice in each.choices] for each in decide(ISSUE, GROUPS).variants]
    assert names == [["everything", "china+africa"], ["africa"], ["china"], ["no-interest"]]


def test_readers_are_counted_with_what_they_chose_of_what_the_edition_carries() -> None:
    matrix = decide(ISSUE, GROUPS)
    assert variant(matrix, "everything").readers == Readers(117, 10, 0)
    assert variant(matrix, "africa").readers == Readers(35, 5, 35)
    assert variant(matrix, "no-interest").readers == Readers(3, 0, 0)
    assert matrix.readers == Readers(sum(group.readers for group in GROUPS), 15, 35)
    assert (matrix.interests, matrix.chose, matrix.idle) == ((CHINA, AFRICA), (27, 42), (MOON,))


def test_stories_come_first_then_lines_that_name_interests_in_words() -> None:
    assert [(item.title, item.heading, item.is_story) for item in decide(ISSUE, GROUPS).items] == [
        ("A launch", "News", True),
        ("A dish", "News", True),
        ("A <survey>", "News", True),
        ("Dishes that turn {x}", "Trends · Rising", False),
    ]


def test_each_letter_says_how_it_has_each_of_them() -> None:
    matrix = decide(ISSUE, GROUPS)
    assert variant(matrix, "everything").shown == (F, F, F, F)
    assert variant(matrix, "africa").shown == (H, F, F, F)
    assert variant(matrix, "china").shown == (F, F, F, N)
    assert variant(matrix, "no-interest").shown == (H, H, F, N)
    assert matrix.full == (117 + 20, 117 + 35 + 20, 175, 117 + 35)


@pytest.mark.parametrize(("unchosen", "shown"), [("hidden", Shown.NOT), ("full", Shown.FURTHER)])
def test_what_is_not_theirs_is_shown_as_the_list_wants(unchosen: str, shown: Shown) -> None:
    matrix = decide(changed(unchosen_stories=unchosen), GROUPS)
    assert variant(matrix, "africa").shown[0] is shown
    assert matrix.full[0] == (175 if shown is Shown.FURTHER else 137)


def test_the_letter_is_the_one_that_readers_get() -> None:
    reading = Reading(frozenset({"africa"}))
    assert variant(decide(ISSUE, GROUPS), "africa").letter == render_sets(DOCUMENT, LOOK, [reading])[reading]


@pytest.mark.parametrize(("no_story", "sent"), [("skip", False), ("top_stories", True)])
def test_a_letter_without_a_story_is_sent_as_the_list_wants(no_story: str, *, sent: bool) -> None:
    news = dataclasses.replace(DOCUMENT.sections[1], stories=DOCUMENT.sections[1].stories[:2])
    issue = dataclasses.replace(
        changed(no_story=no_story), document=dataclasses.replace(DOCUMENT, sections=(news,))
    )
    matrix = decide(issue, GROUPS)
    assert variant(matrix, "no-interest").sent is sent
    assert matrix.unsent == (0 if sent else 3)
    assert matrix.full[0] == (140 if sent else 137)


def test_links_that_are_counted_make_a_letter_longer() -> None:
    bare = decide(dataclasses.replace(ISSUE, counted=False), GROUPS).variants[0]
    counted = decide(ISSUE, GROUPS).variants[0]
    unseen = len(TRANSPORTS.of(bare.letter.html)) - len(bare.letter.html)
    longer = sum(500 - len(link) for link in bare.letter.links)
    assert counted.leaving - bare.leaving == longer + unseen


def test_links_of_our_own_are_as_long_as_they_are() -> None:
    own = Rewriting("https://news.example", own=True)
    bare = decide(dataclasses.replace(ISSUE, counted=False), GROUPS).variants[0]
    counted = decide(dataclasses.replace(ISSUE, rewriting=own), GROUPS).variants[0]
    written = own.of(bare.letter.html).replace(TOKEN_MARK, "t" * 24)
    assert counted.leaving - bare.leaving == len(written) - len(bare.letter.html)


def test_of_too_many_sets_the_rarest_are_counted_and_not_rendered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interest_sets, "ALL_SETS_OF", 1)
    monkeypatch.setattr(interest_sets, "MOST_SETS", 2)
    matrix = decide(ISSUE, GROUPS)
    assert [each.name for each in matrix.variants] == ["everything", "africa", "china"]
    assert (matrix.more, matrix.unseen) == (2, Readers(10, 0, 0))
    assert matrix.readers.all == 175
    whole = decide(ISSUE, GROUPS)
    monkeypatch.undo()
    assert (whole.full, whole.chose) == (decide(ISSUE, GROUPS).full, decide(ISSUE, GROUPS).chose)


def test_a_retired_interest_counts_as_long_as_readers_have_it() -> None:
    venus = InterestLook("africa", "Africa, as it was", 1)
    issue = dataclasses.replace(changed(interests=(CHINA, MOON)), interests=(CHINA, venus, MOON))
    assert [each.slug for each in decide(issue, GROUPS).interests] == ["china", "africa"]
    assert [each.slug for each in decide(issue, [Group(None, 1)]).interests] == ["china"]


def test_a_list_without_readers_and_an_edition_without_stories_have_letters_too() -> None:
    assert {each.readers for each in decide(ISSUE, []).variants} == {Readers()}
    bare = dataclasses.replace(ISSUE, document=dataclasses.replace(DOCUMENT, sections=()))
    matrix = decide(bare, GROUPS)
    assert [[choice.name for choice in each.choices] for each in matrix.variants] == [
        ["everything", "no-interest"]
    ]
    assert (matrix.items, matrix.variants[0].readers.all) == ((), 175)
