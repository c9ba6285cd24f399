import dataclasses
import datetime as dt

import pytest

from mailer.rendering.languages import script_of, words_of
from mailer.rendering.words.shape import Words

ENGLISH = words_of("en")
OURS = ("ar", "en", "fr", "hi", "ru", "zh")
# How many forms a number has in each (CLDR).
FORMS = {"ar": 6, "en": 2, "fr": 2, "hi": 2, "ru": 3, "zh": 1}
COUNTED = ("stories", "stories_for_you", "more_in_brief", "more_in_full")


def texts(words: Words) -> dict[str, tuple[str, ...]]:
    said = {field.name: getattr(words, field.name) for field in dataclasses.fields(words)}
    return {
        name: value if isinstance(value, tuple) else (value,)
        for name, value in said.items()
        if not callable(value)
    }


def test_a_date_does_not_depend_on_the_machine() -> None:
    assert ENGLISH.date_of(dt.date(2025, 3, 4)) == "4 March 2025"


@pytest.mark.parametrize(
    ("language", "first", "fourth"),
    [
        ("zh", "2026年3月1日", "2026年3月4日"),
        ("ru", "1\u00a0марта 2026\u00a0г.", "4\u00a0марта 2026\u00a0г."),
        ("fr", "1er\u00a0mars 2026", "4\u00a0mars 2026"),
        ("ar", "1 مارس 2026", "4 مارس 2026"),
        ("hi", "1 मार्च 2026", "4 मार्च 2026"),
    ],
)
def test_a_date_is_written_as_its_readers_write_it(language: str, first: str, fourth: str) -> None:
    dates = [words_of(language).date_of(dt.date(2026, 3, day)) for day in (1, 4)]
    assert dates == [first, fourth]


def test_one_story_is_not_stories() -> None:
    assert [ENGLISH.count(ENGLISH.stories, number) for number in (0, 1, 2)] == [
        "0 stories",
        "1 story",
        "2 stories",
    ]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "ru",
            {1: "1 материал", 2: "2 материала", 5: "5 материалов", 11: "11 материалов", 21: "21 материал"},
        ),
        ("ar", {1: "خبر واحد", 2: "خبران", 3: "3 أخبار", 11: "11 خبراً", 100: "100 خبر", 103: "103 أخبار"}),
        ("fr", {0: "0 article", 1: "1 article", 2: "2 articles"}),
        ("hi", {1: "1 ख़बर", 2: "2 ख़बरें"}),
        ("zh", {1: "1篇文章", 2: "2篇文章"}),
    ],
)
def test_numbers_have_the_forms_of_their_language(language: str, said: dict[int, str]) -> None:
    words = words_of(language)
    assert {number: words.count(words.stories, number) for number in said} == said


@pytest.mark.parametrize("language", OURS)
def test_every_form_that_a_number_can_ask_for_is_there(language: str) -> None:
    words = words_of(language)
    asked = {words.form(number) for number in range(1_000)}
    assert asked == set(range(FORMS[language]))
    assert {len(getattr(words, name)) for name in COUNTED} == {FORMS[language]}


@pytest.mark.parametrize("language", [language for language in OURS if language != "en"])
def test_nothing_is_left_in_english(language: str) -> None:
    english, own = texts(ENGLISH), texts(words_of(language))
    alike = {name for name in own if set(own[name]) & set(english[name])}
    # Marks and places are shared; no word is.
    assert alike <= {"comma", "colon", "date", "only_sections", "first_day", "months"}
    assert not set(own["months"]) & set(english["months"])
    assert all(own[name] != ("",) for name in own if name != "first_day")


@pytest.mark.parametrize("language", OURS)
def test_every_place_is_filled_in_and_no_other(language: str) -> None:
    words = words_of(language)
    assert "{" not in words.why.format(list="Orbits")
    assert "Orbits" in words.why.format(list="Orbits")
    for sentence in (words.after_sections, words.with_sections):
        assert {"STORIES", "SECTIONS"} <= set(
            sentence.format(stories=" STORIES ", sections=" SECTIONS ").replace(",", " ").split()
        )
    assert len(set(words.months)) == 12


@pytest.mark.parametrize(
    ("names", "said"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_names_are_listed_as_a_sentence_lists_them(names: list[str], said: str) -> None:
    assert ENGLISH.listed(names) == said


def test_a_label_ends_as_its_language_ends_it() -> None:
    assert [words_of(language).labelled("x") for language in ("en", "fr", "zh")] == ["x:", "x\u00a0:", "x："]


def test_a_language_the_letter_does_not_speak_yet_gets_english() -> None:
    assert words_of("pt-BR") is ENGLISH
    assert words_of("EN_gb") is ENGLISH
    assert words_of("fr-CA") is words_of("fr")


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


@pytest.mark.parametrize("language", OURS)
def test_no_word_of_ours_needs_escaping_since_html_takes_them_as_they_are(language: str) -> None:
    assert not set("<>&\"'") & set("".join(map("".join, texts(words_of(language)).values())))


@pytest.mark.parametrize("language", ["ar", "he", "ur", "hi", "zh", "am", "th"])
def test_a_script_without_slanted_letters_is_known_as_such(language: str) -> None:
    assert not script_of(language).slants
    assert script_of("ru").slants
