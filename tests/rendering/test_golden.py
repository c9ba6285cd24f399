"""Letters compared byte for byte.

`UPDATE_GOLDEN=1 pytest tests/rendering` writes them anew; what changed is then read in the diff.
"""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from mailer.manuscript.document import Document
from mailer.manuscript.reading import read
from mailer.rendering.assemble import assemble
from mailer.rendering.sets import render_sets
from mailer.rendering.values import Look, Reading, Rendered

SAMPLE = Path(__file__).resolve().parents[2] / "mailer" / "samples" / "edition.md"
GOLDEN = Path(__file__).parent / "golden"
CAST = {
    "everything": Reading(None),
    "africa": Reading(frozenset({"africa"})),
    "china-and-south-asia": Reading(frozenset({"china", "south-asia"})),
}


# A list that writes in each of these, and its names of the interests.
MIXED = {
    "en": ("Orbit Weekly", ("China", "Russia", "Africa", "South Asia")),
    "ar": ("نشرة المدار", ("الصين", "روسيا", "أفريقيا", "جنوب آسيا")),
    "zh": ("轨道周报", ("中国", "俄罗斯", "非洲", "南亚")),
}


def in_many_scripts(look: Look, language: str) -> Rendered:
    """Return the letter of stories in seven languages, on a list in one of them, to who chose Africa."""
    text = (Path(__file__).parent / "mixed.md").read_text(encoding="utf-8")
    name, names = MIXED[language]
    interests = tuple(replace(one, name=own) for one, own in zip(look.interests, names, strict=True))
    archive = "https://news.example"
    there = replace(look, language=language, list_name=name, interests=interests, archive=archive)
    edition = replace(read(text, [one.slug for one in interests]), number=7)
    reading = CAST["africa"]
    return render_sets(edition, there, [reading])[reading]


def agree(name: str, made: str) -> None:
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(made, encoding="utf-8", newline="")
    assert path.read_bytes().decode() == made


@pytest.fixture(scope="module")
def letters(edition: Document, look: Look) -> dict[Reading, Rendered]:
    return render_sets(edition, look, CAST.values())


@pytest.mark.parametrize("name", CAST)
def test_the_letter_is_the_one_that_was_looked_at(name: str, letters: dict[Reading, Rendered]) -> None:
    agree(f"{name}.html", letters[CAST[name]].html)
    agree(f"{name}.txt", letters[CAST[name]].text)


@pytest.mark.parametrize("language", MIXED)
def test_a_letter_of_many_scripts_is_the_one_that_was_looked_at(language: str, look: Look) -> None:
    letter = in_many_scripts(look, language)
    agree(f"mixed-{language}.html", letter.html)
    agree(f"mixed-{language}.txt", letter.text)


def test_every_variant_of_the_sample_edition_is_the_one_that_was_looked_at(
    look: Look, all_sets: list[Reading]
) -> None:
    edition = read(SAMPLE.read_text(encoding="utf-8"), [interest.slug for interest in look.interests])
    letters = render_sets(edition, look, [Reading(None), *all_sets])
    names: dict[Rendered, str] = {}
    for reading, letter in letters.items():
        name = "everything" if reading.interests is None else "+".join(sorted(reading.interests)) or "none"
        names.setdefault(letter, name)
    assert len(names) == 15
    for letter, name in names.items():
        agree(f"sample/{name}.html", letter.html)
        agree(f"sample/{name}.txt", letter.text)


def matrix(edition: Document, look: Look, all_sets: list[Reading]) -> str:
    """Return what each of the 16 sets gets, to be read by people."""
    rows = {}
    for reading in all_sets:
        one = assemble(edition, look, reading)
        chosen = [interest.name for interest in look.interests if interest.slug in (reading.interests or ())]
        groups = [group for section in one.edition.sections for group in section.groups]
        rows[" + ".join(chosen) or "nothing chosen yet"] = {
            "for you": [interest.name for interest in one.for_you],
            "in full": [story.title for story in one.edition.stories],
            "headlines": [story.title for story in one.elsewhere],
            "points": [point.text for group in groups for point in group.points],
        }
    assert len(rows) == 16
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def test_each_set_of_interests_gets_what_it_should(
    edition: Document, look: Look, all_sets: list[Reading]
) -> None:
    agree("matrix.json", matrix(edition, look, all_sets))


def test_each_set_of_interests_gets_what_it_should_of_the_edition_that_ships(
    look: Look, all_sets: list[Reading]
) -> None:
    slugs = [interest.slug for interest in look.interests]
    sample = read(SAMPLE.read_text(encoding="utf-8"), slugs)
    agree("sample-matrix.json", matrix(sample, look, all_sets))
    assert len(set(render_sets(sample, look, all_sets).values())) == 15


def test_a_reader_who_chose_africa_alone_gets_africa_and_the_untagged_in_full_and_headlines_of_the_rest(
    edition: Document, letters: dict[Reading, Rendered]
) -> None:
    before, after = letters[CAST["africa"]].text.split("Elsewhere in this edition")
    for story in edition.stories:
        is_theirs = not story.interests or "africa" in story.interests
        first_words = " ".join(story.summary.split()[:4])
        assert (story.title in before, story.title in after) == (is_theirs, not is_theirs)
        assert (first_words in before, first_words in after) == (is_theirs, False)
