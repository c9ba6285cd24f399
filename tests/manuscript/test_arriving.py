"""At the front door: canonical text is kept, pasted text is understood, and anything else is refused."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.manuscript.arriving import Arrival, arrive
from mailer.manuscript.faults import ManuscriptError, NotText
from mailer.manuscript.reading import read
from mailer.manuscript.repair import repair
from mailer.manuscript.writing import write

CHECKOUT = Path(__file__).parents[2]
INTERESTS = {"china": "China", "russia": "Russia", "africa": "Africa", "south-asia": "South Asia"}
SMALL = "---\nlist: space-digest\ntitle: T\n---\n# News\n## A {china}\nWords.\n"


@dataclass(frozen=True)
class Expected:
    """What is in a pasted edition of the real one's shape."""

    path: Path
    title: str
    subtitle: str
    date: dt.date
    points: tuple[int, int, int]
    captions: tuple[int, ...]
    first: str
    tags: tuple[str, ...]


SAMPLE = Expected(
    path=CHECKOUT / "mailer/samples/edition.txt",
    title="Space Digest: Neighbours in Orbit",
    subtitle="Notes from the space news desk",
    date=dt.date(2026, 11, 23),
    points=(4, 3, 5),
    captions=(1, 12, 45),
    first="Tiangong opens a laboratory shelf to students from Lahore",
    tags=(
        "china south-asia", "russia", "africa", "china russia africa south-asia", "", "south-asia",
        "africa south-asia", "china russia", "", "russia africa", "", "china africa south-asia",
    ),
)  # fmt: skip
REAL = Expected(
    path=CHECKOUT.parent / "shared/input/edition-2025-03-24.txt",
    title="Space China, Russia and Global South",
    subtitle="Insights from space news Collection",
    date=dt.date(2025, 3, 24),
    points=(6, 6, 7),
    captions=(1, 12, 52),
    first="China’s Tiangong space station will host Pakistani astronaut as first foreign visitor",
    tags=(
        "china south-asia", "china russia", "china south-asia", "china africa", "china russia", "",
        "china africa south-asia", "china russia", "", "china russia", "south-asia", "africa south-asia",
    ),
)  # fmt: skip


@pytest.fixture(
    params=[edition for edition in (SAMPLE, REAL) if edition.path.exists()], ids=lambda e: e.path.name
)
def expected(request: pytest.FixtureRequest) -> Expected:
    edition: Expected = request.param
    return edition


@pytest.fixture
def arrival(expected: Expected) -> Arrival:
    return arrive(expected.path.read_bytes(), list_slug="space-digest", interests=INTERESTS)


def warned(arrival: Arrival, line: int) -> str:
    return "\n".join(warning for warning in arrival.warnings if warning.startswith(f"line {line}: "))


def test_a_pasted_edition_has_its_title_subtitle_and_date(arrival: Arrival, expected: Expected) -> None:
    document = arrival.document
    assert (document.list, document.title, document.subtitle) == (
        "space-digest",
        expected.title,
        expected.subtitle,
    )
    assert document.date == expected.date


def test_its_sections_stand_in_order_with_the_signs_mended(arrival: Arrival) -> None:
    assert [section.title for section in arrival.document.sections] == [
        "Trend Analysis",
        "🧑‍💻 Expert’s View",
        "⏩ Industry Outlook",
        "📰 Selected News Sources",
    ]


def test_its_trends_are_three_lists(arrival: Arrival, expected: Expected) -> None:
    groups = arrival.document.sections[0].groups
    assert [group.title for group in groups] == ["🔺 Rising", "🔻 Declining", "⚠️ Watch List"]
    assert tuple(len(group.points) for group in groups) == expected.points


def test_view_and_outlook_are_prose(arrival: Arrival) -> None:
    _, view, outlook, _ = arrival.document.sections
    assert min(len(view.prose), len(outlook.prose)) > 350
    assert (view.stories, view.groups, outlook.stories, outlook.groups) == ((), (), (), ())


def test_its_twelve_stories_have_no_link_and_keep_their_summaries(
    arrival: Arrival, expected: Expected
) -> None:
    source = expected.path.read_text(encoding="utf-8")
    stories = arrival.document.sections[3].stories
    assert len(stories) == 12
    assert stories[0].title == expected.first
    assert not any(story.url for story in stories)
    places = [source.index(story.summary) for story in stories]
    assert places == sorted(places)
    assert all(f"{story.title} 🌐" in source for story in stories)
    assert sum("🌐 stands for one that was not pasted" in warning for warning in arrival.warnings) == 12


def test_its_stories_are_proposed_for_interests(arrival: Arrival, expected: Expected) -> None:
    assert tuple(" ".join(story.interests) for story in arrival.document.stories) == expected.tags
    assert sum("is proposed for" in warning for warning in arrival.warnings) == sum(map(bool, expected.tags))
    assert sum("names no interest" in warning for warning in arrival.warnings) == expected.tags.count("")


def test_its_stray_captions_are_named(arrival: Arrival, expected: Expected) -> None:
    lines = expected.path.read_text(encoding="utf-8").split("\n")
    for line in expected.captions:
        assert f"“{lines[line - 1]}”" in warned(arrival, line)
        assert "left out" in warned(arrival, line)
    assert not any(section.title in {"Contents", "trends"} for section in arrival.document.sections)


def test_its_good_quotes_are_as_they_were(arrival: Arrival, expected: Expected) -> None:
    source, _ = repair(expected.path.read_text(encoding="utf-8"))
    assert [arrival.text.count(sign) for sign in "’‘“”–"] == [source.count(sign) for sign in "’‘“”–"]
    assert sum("broken encoding was mended" in warning for warning in arrival.warnings) == 4


def test_every_line_of_it_is_in_the_edition_or_named(arrival: Arrival, expected: Expected) -> None:
    source, _ = repair(expected.path.read_text(encoding="utf-8"))
    for number, line in enumerate(source.split("\n"), 1):
        words = line.strip("• 🌐:")
        assert words in arrival.text or words in warned(arrival, number), (number, line)


def test_what_was_pasted_is_kept_as_the_source_and_its_text_is_canonical(
    arrival: Arrival, expected: Expected
) -> None:
    assert arrival.source == expected.path.read_text(encoding="utf-8")
    assert arrival.text == write(arrival.document)
    again = arrive(arrival.text.encode(), list_slug="space-digest", interests=INTERESTS)
    assert (again.text, again.document, again.warnings, again.source) == (
        arrival.text,
        arrival.document,
        (),
        "",
    )


def test_the_sample_edition_is_canonical_and_carries_every_interest(samples: Path) -> None:
    data = (samples / "edition.md").read_bytes()
    arrival = arrive(data, list_slug="space-digest", interests=INTERESTS)
    assert arrival.text.encode() == data
    assert (arrival.source, arrival.warnings) == ("", ())
    stories = arrival.document.stories
    assert {slug for story in stories for slug in story.interests} == set(INTERESTS)
    assert sum(not story.interests for story in stories) == 2
    assert all(".example/" in story.url for story in stories)


@pytest.mark.parametrize(
    "text", [SMALL, SMALL.replace("# News", "\n# News\n"), SMALL.strip(), SMALL + "\n\n"]
)
def test_canonical_text_is_kept_byte_for_byte_however_it_is_spaced(text: str) -> None:
    arrival = arrive(text.encode(), list_slug="space-digest", interests=INTERESTS)
    assert (arrival.text, arrival.source) == (text, "")


def test_line_ends_of_another_system_are_turned_and_the_source_is_kept() -> None:
    sent = "\ufeff" + SMALL.replace("\n", "\r\n")
    arrival = arrive(sent.encode(), list_slug="space-digest", interests=INTERESTS)
    assert (arrival.text, arrival.source) == (SMALL, sent.removeprefix("\ufeff"))


def test_broken_encoding_is_mended_in_canonical_text_too() -> None:
    broken = SMALL.replace("Words.", "Chinaâ€™s words.")
    arrival = arrive(broken.encode(), list_slug="space-digest", interests=INTERESTS)
    assert arrival.document.stories[0].summary == "China’s words."
    assert arrival.warnings == ("line 7: broken encoding was mended: “â€™” is “’”",)
    assert arrival.source == broken


def test_an_edition_of_another_list_is_refused() -> None:
    with pytest.raises(ManuscriptError, match="line 2, column 1: this edition is for “space-digest”"):
        arrive(SMALL.encode(), list_slug="other", interests=INTERESTS)


def test_a_text_may_leave_its_list_unsaid() -> None:
    text = SMALL.replace("list: space-digest\n", "")
    assert arrive(text.encode(), list_slug="other", interests=INTERESTS).document.list == ""


def test_words_of_the_list_propose_its_interests() -> None:
    arrival = arrive(
        "Orbit\n\nNews\n\nA dish for Malabo 🌐\n\nIt turns.".encode(),
        list_slug="space-digest",
        interests=INTERESTS,
        extra_gazetteer={"africa": ["Malabo"]},
    )
    assert arrival.document.stories[0].interests == ("africa",)


@pytest.mark.parametrize("data", [b"", bytes(range(256)), b"%PDF-1.7"])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(NotText):
        arrive(data, list_slug="space-digest", interests=INTERESTS)


def fault_of(data: bytes) -> str:
    with pytest.raises(ManuscriptError) as caught:
        arrive(data, list_slug="space-digest", interests=INTERESTS)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            SMALL.replace("title: T", "title: a\x1bb"),
            "line 3, column 9: an invisible character, U+001B: delete it",
        ),
        (
            SMALL.replace("title: T", "title: a\0b"),
            "line 3, column 9: an invisible character, U+0000: delete it",
        ),
        ("Orbit\n\nNews\n\nIt fle\0w.", "line 5, column 7: an invisible character, U+0000: delete it"),
        ("---\ntitle t\n---\n# N\nx", "line 2, column 6: the colon is missing after title: write title: t"),
    ],
)
def test_a_slip_is_named_with_its_place(text: str, fault: str) -> None:
    assert fault_of(text.encode()) == fault


@pytest.mark.parametrize("rule", ["---\nSpace weekly\n---\n", "---\ntitle fight\n\n"])
def test_a_pasted_text_may_begin_with_a_rule(rule: str) -> None:
    arrival = arrive(f"{rule}\nNews\n\nIt flew.\n".encode(), list_slug="space-digest", interests=INTERESTS)
    assert arrival.document.title in {"Space weekly", "title fight"}


SCRAPS = (
    *(
        "# ",
        "## ",
        "### ",
        "#",
        "- ",
        "• ",
        "* ",
        "1. ",
        "10. ",
        "> ",
        "**",
        "__",
        "~~~",
        "`",
        "\\",
        "---",
        "===",
    ),
    *(
        "[",
        "](",
        "](https://a.example/x)",
        "https://b.example/y",
        "Read more: ",
        "(",
        ")",
        "<b>",
        "<!--",
        "&amp;",
    ),
    *("{china}", "{", "}", "{nope}", "🌐", "🔺", "“x”", "π", "â€™", ":", ".", "trends", "Contents", "China"),
    *("A Title Of Many Words In A Row", "2026-11-03", "03/04/2026", "---\ntitle: T\n---\n"),
    *("\n", "\n\n", "\r\n", "\x0b", "\x00", "\x85", "\u2028", "  ", "\t"),
)
scraps = st.lists(st.sampled_from(SCRAPS), max_size=25).map("".join)


@given(st.binary() | (st.text() | scraps).map(str.encode))
def test_anything_at_all_arrives_as_a_text_that_reads_the_same_or_is_refused(data: bytes) -> None:
    try:
        arrival = arrive(data, list_slug="space-digest", interests=INTERESTS)
    except ManuscriptError:
        return
    assert read(arrival.text, list(INTERESTS)) == arrival.document
    assert read(write(arrival.document), list(INTERESTS)) == arrival.document
