"""Newsletters as they are really pasted: found what is there, lost nothing, invented nothing."""

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.manuscript.arriving import Arrival, arrive
from mailer.manuscript.document import Document
from mailer.manuscript.faults import Fault, ManuscriptError
from mailer.manuscript.gazetteer import Gazetteer
from mailer.manuscript.pasted import Pasted, understand

INTERESTS = {"china": "China", "russia": "Russia", "africa": "Africa", "south-asia": "South Asia"}
GAZETTEER = Gazetteer.load()


def pasted_text(text: str, interests: Mapping[str, str] | None = None) -> Pasted:
    known = INTERESTS if interests is None else interests
    return understand(text, list_slug="space-digest", interests=known, gazetteer=GAZETTEER)


def arrival_of(path: Path) -> Arrival:
    return arrive(path.read_bytes(), list_slug="space-digest", interests=INTERESTS)


def outline_of(document: Document) -> list[str]:
    """Draw the document's headings, with how much is beneath each."""
    drawn: list[str] = []
    for section in document.sections:
        drawn.append(f"# {section.title}" + (" + prose" if section.prose else ""))
        drawn += [f"- {group.title}: {len(group.points)}" for group in section.groups]
        for story in section.stories:
            tags = f" {{{', '.join(story.interests)}}}" if story.interests else ""
            drawn.append(f"= {story.title}{tags}" + (f" -> {story.url}" if story.url else ""))
    return drawn


def test_an_orderly_newsletter_with_numbers_and_addresses(pasted: Path) -> None:
    document = arrival_of(pasted / "numbered.txt").document
    assert (document.title, document.subtitle) == ("ORBIT WEEKLY", "Ten minutes of space policy")
    assert document.date == dt.date(2026, 11, 3)
    assert outline_of(document) == [
        "# In this edition + prose",
        "# TOP STORIES",
        "= Kenya opens its first ground station {africa} -> https://news.example/kenya-ground-station",
        "= A Soyuz leaves Vostochny with forty passengers {russia} -> https://news.example/soyuz-rideshare",
        "= ISRO rehearses a docking in low orbit {south-asia} -> https://news.example/isro-docking",
        "# IN BRIEF + prose",
    ]
    assert (
        document.sections[2].prose == "1. A comet was named after a post office\n2. The moon is still there"
    )


def test_dashes_asterisks_and_addresses_in_the_text(pasted: Path) -> None:
    arrival = arrival_of(pasted / "dashes.txt")
    assert outline_of(arrival.document) == [
        "# What moved + prose",
        "# What stood still + prose",
        "# Stories",
        "= Rwanda lends its dish to three neighbours {africa} -> https://stories.example/rwanda_dish_2026",
        "= Pakistan tests a small lander {south-asia} -> https://stories.example/lander?stage=1&part=2",
        "= Nobody owns the far side of anything -> https://stories.example/far_side",
    ]
    rwanda, pakistan, nobody = arrival.document.stories
    assert rwanda.summary.endswith("near Kigali \\* and one bill, as the agreement of \\[2024] says.")
    assert pakistan.summary.endswith("a crane & a sand pit; engineers call it \\<good enough>.")
    assert nobody.summary.endswith(
        "See <https://stories.example/far_side> for the minutes, which run to 5\\*3\\*2 pages."
    )
    assert any("took its link from the words beneath" in warning for warning in arrival.warnings)


def test_markdown_without_front_matter_keeps_its_levels_and_interests(pasted: Path) -> None:
    document = arrival_of(pasted / "markdownish.txt").document
    assert (document.title, document.subtitle) == ("Signals from Orbit", "A letter about who builds what")
    assert outline_of(document) == [
        "# What we saw",
        "- Up: 2",
        "- Down: 1",
        "# Reading list",
        "= China tests a reusable stage {china} -> https://read.example/stage_(2026)",
        "= Delhi signs a data pact {south-asia} -> https://read.example/pact",
    ]
    assert document.sections[0].groups[0].points[0].interests == ("africa",)
    assert document.stories[0].summary == (
        "The stage came back *upright*, which [the agency](https://agency.example/) showed live."
    )
    assert "### A footnote" in document.stories[1].summary


def test_lines_that_a_mail_program_wrapped_are_joined(pasted: Path) -> None:
    document = arrival_of(pasted / "wrapped.txt").document
    assert document.sections[0].prose.count("\n") == 0
    assert document.sections[0].prose.endswith("At the end of one of them, for once, is Beijing.")
    assert outline_of(document)[1:] == [
        "# Africa from above",
        (
            "= Ghana counts its trees from orbit and finds more than it had planted {africa}"
            " -> https://skies.example/ghana-trees"
        ),
        "# Next in line + prose",
    ]
    assert document.sections[2].prose.split("\n") == [
        "- a second count, with better pictures and a longer patience than the first one had",
        "- a third",
    ]


def test_a_table_of_contents_buttons_and_repeated_lines_make_no_headings(pasted: Path) -> None:
    arrival = arrival_of(pasted / "bylines.txt")
    assert arrival.document.date == dt.date(2026, 11, 12)
    assert outline_of(arrival.document) == [
        "# In the news",
        "= Who buys the Moon {russia}",
        "= A quiet week for launches {china}",
        "= What to read",
    ]
    assert arrival.document.stories[0].summary.startswith("By A. Writer\n\nThe first contracts")
    assert "Why it matters:" in arrival.document.stories[1].summary
    for number in (1, 7, 8, 9, 10, 36, 37):
        assert any(
            warning.startswith(f"line {number}: ") and warning.endswith("left out")
            for warning in arrival.warnings
        )


@pytest.mark.parametrize("name", ["windows-1252", "byte-order-mark", "mojibake"])
def test_encodings_and_line_ends_make_no_difference(pasted: Path, name: str) -> None:
    document = arrival_of(pasted / f"{name}.txt").document
    assert (document.title, document.date) == ("The Southern Orbit", dt.date(2026, 11, 14))
    assert [section.title.strip("🔺📰 ") for section in document.sections] == ["Rising", "Selected news"]
    assert document.sections[0].prose == (
        "- Ground stations that pay for themselves – in Dakar, São Paulo and Malé\n"
        "- “Sovereign” clouds for satellite data"
    )
    china, africa = document.stories
    assert china.title.startswith("China’s freighter brings 5 tonnes to Tiangong")
    assert china.summary == (
        "The cargo includes seeds, a “space mouse” and Zoë’s violin… and it cost €90 million."
    )
    assert africa.interests == ("africa",)


def test_what_no_repair_can_mend_is_named(pasted: Path) -> None:
    warnings = arrival_of(pasted / "mojibake.txt").warnings
    assert "line 12: broken characters could not be mended: write them anew" in warnings


def test_a_date_with_two_readings_is_left_to_the_editor() -> None:
    found = pasted_text("Orbit\n03/04/2026\n\nNews\n\nA story 🌐\n\nIts words are here.")
    assert found.document.date is None
    assert "line 2: “03/04/2026” can be read as two dates: write date: at the top" in map(str, found.warnings)


def test_text_under_no_heading_stands_in_a_section_that_says_so() -> None:
    found = pasted_text("Orbit\n\nGood morning, this is a first sentence.")
    assert found.document.sections[0].prose == "Good morning, this is a first sentence."
    assert "nothing headed this text" in found.warnings[0].message


def test_a_guess_between_section_and_story_is_named() -> None:
    found = pasted_text("Orbit\n\nOutlook\n\nIt will rain.\n\nChina sends seven crews in one year\n\nIt did.")
    assert outline_of(found.document) == [
        "# Outlook + prose",
        "= China sends seven crews in one year {china}",
    ]
    guesses = [str(warning) for warning in found.warnings if "was taken for" in warning.message]
    assert guesses == [
        "line 3: “Outlook” was taken for a section: change its # if it is not",
        "line 7: “China sends seven crews in one year” was taken for a story: change its # if it is not",
    ]


def test_among_stories_a_heading_with_a_sign_begins_a_section() -> None:
    text = "Orbit\n\nNews\n\nA crew\n\nIt went.\n\nA dish\n\nIt turns.\n\n📅 Dates\n\nNone this week."
    assert outline_of(pasted_text(text).document) == ["# News", "= A crew", "= A dish", "# 📅 Dates + prose"]


def test_where_every_story_has_a_sign_a_sign_tells_nothing() -> None:
    text = "Orbit\n\nNews\n\n🚀 A crew\n\nIt went.\n\n📡 A dish\n\nIt turns."
    assert outline_of(pasted_text(text).document) == ["# News", "= 🚀 A crew", "= 📡 A dish"]


def test_interests_that_rest_on_one_word_are_doubted() -> None:
    found = pasted_text("Orbit\n\nNews\n\nChina sends a crew 🌐\n\nA crew from Egypt watched.")
    assert found.document.stories[0].interests == ("china", "africa")
    assert any(
        warning.message.endswith("china (China), africa (Egypt); unsure of africa, named by one word only")
        for warning in found.warnings
    )


def test_a_list_without_interests_gets_untagged_stories() -> None:
    found = pasted_text("Orbit\n\nNews\n\nChina sends a crew 🌐\n\nIt went.", {})
    assert found.document.stories[0].interests == ()


def test_braces_in_a_pasted_text_are_words() -> None:
    found = pasted_text("Orbit\n\nNews\n\nA story {of sorts} 🌐\n\n• set {1, 2}\n• set {3}")
    assert found.document.stories[0].title == "A story {of sorts}"
    assert found.document.stories[0].summary == "- set \\{1, 2}\n- set \\{3}"


def test_two_stories_of_one_title_are_an_error_with_both_lines() -> None:
    with pytest.raises(ManuscriptError) as caught:
        pasted_text("Orbit\n\nNews\n\nSame 🌐\n\nOne.\n\nSame 🌐\n\nTwo.")
    assert caught.value.faults == [Fault(9, 1, "“Same” is a heading on line 5 already: tell them apart")]


@pytest.mark.parametrize(
    "text", ["• only\n• bullets", "# One\n\ntext\n\n# Two\n\ntext", "Contents\n\n---", "https://a.example/"]
)
def test_a_text_without_a_title_is_an_error(text: str) -> None:
    with pytest.raises(ManuscriptError, match="no title was found: write it at the top"):
        pasted_text(text)


@pytest.mark.parametrize(("text", "line"), [("Orbit", 1), ("\nOrbit weekly\nNews of space\n", 3)])
def test_a_title_with_nothing_beneath_is_an_error_in_its_own_lines(text: str, line: int) -> None:
    with pytest.raises(ManuscriptError) as caught:
        pasted_text(text)
    assert caught.value.faults == [
        Fault(line, 1, "the edition says nothing beneath its title: write it there")
    ]


# Every line of a generated text carries a word of its own, which must be found again.
SHAPES = (
    *(
        "{w}",
        "{p} {w}",
        "{p} {w}:",
        "{p} {w} 🌐",
        "{w} 🌐🌐",
        "🔺 {w}",
        "   {w}",
        "trends {w}",
        "> {w}",
        "| {w} |",
    ),
    *("• {w}", "- {p} {w}", "* {w}", "1. {p} {w}", "2) {w}", "2026. {w}", "{w} 3 November 2026"),
    *("# {w}", "## {p} {w}", "### {w}", "**{w}**", "__{p} {w}__", "a_{w}_b *{w}*", "`{w}`", "\\{w}\\"),
    *("https://a.example/{w}", "Read more: https://a.example/{w}", "{p} {w} https://a.example/x_{w}"),
    *("[{p} {w}](https://a.example/q) {{china}}", "{w} {{africa}}", "{w} <b>{w}</b> & {{nope}}"),
    *("{w}, and so it went on for a while, as such things do.", "{w}\x0b{w}", "{w}\x07 " + "and so on " * 20),
)
PHRASES = (
    "China launches",
    "a small step",
    "Expert’s View",
    "NEWS",
    "of the many new satellites that",
    "It is: this",
)


@st.composite
def newsletters(draw: st.DrawFn) -> str:
    lines = []
    for number in range(draw(st.integers(1, 14))):
        phrase = draw(st.sampled_from(PHRASES))
        lines.append(draw(st.sampled_from(SHAPES)).format(w=f"w{number}w", p=phrase))
        lines += draw(st.sampled_from([[], [""], ["----"], ["===="], ["Contents"], ["🌐"]]))
    return draw(st.sampled_from(["\n", "\r\n"])).join(lines)


@given(newsletters())
def test_every_line_is_in_the_edition_or_named_in_a_warning(text: str) -> None:
    try:
        arrival = arrive(text.encode(), list_slug="space-digest", interests=INTERESTS)
    except ManuscriptError as error:
        # A text may lack a title or all but a title, and nothing else.
        assert re.search("no title was found|says nothing beneath its title", str(error))  # noqa: PT017 - as above
        return
    kept = arrival.text + "\n".join(arrival.warnings)
    assert [word for word in re.findall(r"w\d+w", text) if word not in kept] == []


@given(newsletters())
def test_nothing_is_invented(text: str) -> None:
    try:
        document = pasted_text(text).document
    except ManuscriptError:
        return
    given_words = set(re.findall(r"[^\W_]+", text)) | {"In", "this", "edition"}
    for section in document.sections:
        written = [section.title, section.prose]
        written += [part for story in section.stories for part in (story.title, story.url, story.summary)]
        written += [
            part for group in section.groups for part in (group.title, *(p.text for p in group.points))
        ]
        assert set(re.findall(r"[^\W_]+", " ".join(written))) <= given_words


def test_a_title_that_shares_its_line_with_the_date_stays_the_title() -> None:
    text = "Orbit Weekly — May 3, 2025\n\nNews\n\n1. A launch\n\nThe rocket flew far over the sea.\n"
    pasted = understand(text, list_slug="space-digest", interests={}, gazetteer=Gazetteer.load())
    assert pasted.document.title == "Orbit Weekly — May 3, 2025"
    assert pasted.document.date == dt.date(2025, 5, 3)
