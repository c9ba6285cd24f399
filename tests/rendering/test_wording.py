from dataclasses import replace

import pytest

from mailer.archive.addresses import online as online_of_archive
from mailer.manuscript.document import Document, Section, Story
from mailer.rendering.assemble import Assembly, assemble
from mailer.rendering.languages import words_of
from mailer.rendering.values import InterestLook, Look, Reading
from mailer.rendering.wording import labels, online, preheader, signed, standfirst, subject

WORDS = words_of("en")
AFRICA = InterestLook("africa", "Africa", 0)
TRENDS = Section("📈 Trends", prose="Up.")
NEWS = Section("News", stories=(Story("First"), Story("Second")))


def assembly(*sections: Section, **more: object) -> Assembly:
    return replace(Assembly(Document("list", "Title", sections)), **more)  # type: ignore[arg-type]  # by name


def test_the_subject_is_the_title_unless_the_editor_wrote_one() -> None:
    assert subject(Document("list", "Title", ())) == "Title"
    assert subject(Document("list", "Title", (), subject="Subject")) == "Subject"


def test_a_subject_cannot_begin_another_header() -> None:
    assert subject(Document("list", "A\r\nBcc: x@y.example\n\n\tB", ())) == "A Bcc: x@y.example B"


@pytest.mark.parametrize(
    ("title", "sign", "words"),
    [
        ("🔺 Rising", "🔺", "Rising"),
        ("⚠️Watch list", "⚠️", "Watch list"),
        ("🧑🏽‍💻 Expert’s view", "🧑🏽‍💻", "Expert’s view"),
        ("🇰🇪 Kenya", "🇰🇪", "Kenya"),
        ("→ Next", "→", "Next"),
        ("Rising 🔺", "", "Rising 🔺"),
        ("“Quoted”", "", "“Quoted”"),
        ("24 March", "", "24 March"),
        ("🚀", "", "🚀"),
        ("", "", ""),
    ],
)
def test_the_sign_of_a_heading_is_told_from_its_words(title: str, sign: str, words: str) -> None:
    assert signed(title) == (sign, words)


def test_the_standfirst_says_what_comes_before_the_stories() -> None:
    assert standfirst(assembly(TRENDS, NEWS), WORDS, "en") == "2 stories, after Trends."


def test_the_standfirst_does_not_promise_an_order_that_is_not_there() -> None:
    assert standfirst(assembly(NEWS, TRENDS), WORDS, "en") == "2 stories, with Trends."


def test_the_standfirst_counts_what_is_for_the_reader_and_what_is_in_brief() -> None:
    letter = assembly(NEWS, for_you=(AFRICA,), elsewhere=(Story("Third"),))
    assert standfirst(letter, WORDS, "en") == "2 stories for you and 1 more in brief."


def test_a_letter_without_stories_names_its_sections() -> None:
    assert standfirst(assembly(TRENDS, Section("View", prose="So.")), WORDS, "en") == "Trends and View."
    assert standfirst(assembly(), WORDS, "en") == ""


def test_the_preheader_is_the_editors_or_the_headlines() -> None:
    letter = assembly(NEWS, elsewhere=(Story("Third" * 40),))
    assert preheader(letter, WORDS, "en") == "First · Second"
    written = replace(letter, edition=replace(letter.edition, preheader="Written."))
    assert preheader(written, WORDS, "en") == "Written."
    assert preheader(assembly(TRENDS), WORDS, "en") == "Trends."


def test_a_story_wears_the_interests_the_list_still_has_in_the_lists_order() -> None:
    look = Look("list", "List", "Address", (AFRICA, InterestLook("china", "China", 1)))
    story = Story("A", interests=("china", "retired", "africa"))
    assert [label.name for label in labels(story, look.interests)] == ["Africa", "China"]


def test_a_letter_can_be_read_online_by_its_interests_and_nothing_else(edition: Document, look: Look) -> None:
    kept = replace(edition, number=7)
    there = replace(look, archive="https://news.example")
    two = Reading(frozenset({"south-asia", "africa"}))
    assert online(assemble(kept, there, two), there) == (
        "https://news.example/archive/orbit-weekly/7/?interest=africa&interest=south-asia"
    )
    assert online(assemble(kept, there, Reading()), there).endswith("/archive/orbit-weekly/7/")
    nothing_of_theirs = Reading(frozenset({"mars"}))
    assert online(assemble(kept, there, nothing_of_theirs), there).endswith(
        "/archive/orbit-weekly/7/?interest="
    )
    for reading in (Reading(), two, nothing_of_theirs):
        chosen = None if reading.interests is None else reading.interests - {"mars"}
        path = online_of_archive("orbit-weekly", 7, chosen)
        assert online(assemble(kept, there, reading), there) == f"https://news.example{path}"
    # A list that is not public has no archive; a preview of a text is no edition.
    assert online(assemble(kept, look, Reading()), look) == ""
    assert online(assemble(edition, there, Reading()), there) == ""
