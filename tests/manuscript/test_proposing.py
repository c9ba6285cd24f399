"""Stories and points are proposed for interests that they do not name, until somebody says a word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.manuscript.arriving import arrive
from mailer.manuscript.document import Document, Group, Point, Section, Story
from mailer.manuscript.gazetteer import Gazetteer, Proposal
from mailer.manuscript.proposing import Proposals, Settled, Verdict, drafted_in, key_of, propose

INTERESTS = {"china": "China", "russia": "Russia", "africa": "Africa", "south-asia": "South Asia"}
KENYA = Proposal("africa", ("Kenya", "Nairobi"))


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.load()


def a_document(*values: Story | Point) -> Document:
    points = tuple(value for value in values if isinstance(value, Point))
    stories = tuple(value for value in values if isinstance(value, Story))
    groups = (Group("Rising", points, 4),) if points else ()
    return Document("space-digest", "Orbit", (Section("News", "", groups, stories, 3),))


def test_what_a_story_names_and_is_not_tagged_with_is_proposed_with_the_words(gazetteer: Gazetteer) -> None:
    story = Story("A dish in Kenya", "", ("china",), "It turned over Nairobi, and Kenya saw it.", 5)
    assert propose(a_document(story), gazetteer, INTERESTS) == {5: Proposals(5, untagged=(KENYA,))}


def test_points_are_proposed_for_too(gazetteer: Gazetteer) -> None:
    point = Point("More from Kenya and Nairobi", (), 6)
    assert propose(a_document(point), gazetteer, INTERESTS)[6].untagged == (KENYA,)


def test_what_is_tagged_is_not_proposed(gazetteer: Gazetteer) -> None:
    story = Story("Kenya", "", ("africa",), "Nairobi", 5)
    assert propose(a_document(story), gazetteer, INTERESTS)[5].open == ()


@pytest.mark.parametrize(
    ("verdicts", "untagged", "dismissed"),
    [
        ([], 1, 0),
        ([Verdict.DISMISSED], 0, 1),
        ([Verdict.DISMISSED, Verdict.OPEN], 1, 0),
        ([Verdict.DISMISSED, Verdict.OPEN, Verdict.DISMISSED], 0, 1),
        # It was accepted, and undone.
        ([Verdict.CONFIRMED], 1, 0),
    ],
)
def test_the_last_word_about_a_proposal_counts(
    gazetteer: Gazetteer, verdicts: list[Verdict], untagged: int, dismissed: int
) -> None:
    story = Story("Kenya", "", (), "", 5)
    words = [Settled(key_of(story), "africa", verdict) for verdict in verdicts]
    found = propose(a_document(story), gazetteer, INTERESTS, settled=words)[5]
    assert (len(found.untagged), len(found.dismissed)) == (untagged, dismissed)


def test_a_word_holds_as_long_as_the_title_is_the_same(gazetteer: Gazetteer) -> None:
    words = [Settled(key_of(Story("Kenya")), "africa", Verdict.DISMISSED)]
    moved = a_document(Story("Kenya", "https://a.example", ("china",), "New words.", 9))
    renamed = a_document(Story("Kenya!", "", (), "", 9))
    assert propose(moved, gazetteer, INTERESTS, settled=words)[9].untagged == ()
    assert len(propose(renamed, gazetteer, INTERESTS, settled=words)[9].untagged) == 1


def test_what_the_import_gave_waits_until_it_is_confirmed_or_changed(gazetteer: Gazetteer) -> None:
    story = Story("Kenya and China", "", ("china", "africa"), "", 5)
    drafted = {key_of(story): frozenset(story.interests)}

    def waiting(value: Story, *words: Settled) -> list[str]:
        found = propose(a_document(value), gazetteer, INTERESTS, drafted=drafted, settled=words)[value.line]
        return [proposal.interest for proposal in found.unconfirmed]

    assert waiting(story) == ["china", "africa"]
    assert waiting(story, Settled(key_of(story), "china", Verdict.CONFIRMED)) == ["africa"]
    assert waiting(Story(story.title, "", ("china",), "", 5)) == []
    assert waiting(Story("Another title", "", story.interests, "", 5)) == []


def test_what_the_import_gave_is_known_by_what_it_said() -> None:
    pasted = (
        "Space News\n\nNews\n\nA launch from Wenchang\nhttps://a.example/1\nThe rocket flew far, over seas.\n"
        "\nA quiet week\nhttps://a.example/2\nNothing happened at all in any place.\n"
    )
    arrival = arrive(pasted.encode(), list_slug="space-digest", interests=INTERESTS)
    drafted = drafted_in(arrival.document, arrival.warnings)
    assert drafted == {key_of(Story("A launch from Wenchang")): frozenset({"china"})}
    assert drafted_in(arrival.document, ()) == {}


WORDS = [
    *"aZ .-’'",
    "Kenya",
    "Niger",
    "Nigeria",
    "South Africa",
    "AFRICA",
    "launch",
    "Guinea",
    "中国",
    "New ",
]


@given(st.lists(st.sampled_from(WORDS), max_size=12).map("".join))
def test_whatever_a_text_says_only_words_of_it_speak_for_an_interest(text: str) -> None:
    story = Story(text, "", (), text, 5)
    for proposal in propose(a_document(story), Gazetteer.load({"china": ["中国"]}), INTERESTS)[5].open:
        assert proposal.words
        assert all(word in text for word in proposal.words)
