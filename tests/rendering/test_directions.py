"""Lines of plain text that are read in order whatever a mail program sets around them."""

import pytest

from mailer.rendering.columns import COLUMNS, width
from mailer.rendering.directions import headed, isolated, laid, laid_as

RLM, LRM, RLI, LRI, PDI = "\u200f", "\u200e", "\u2067", "\u2066", "\u2069"
ENGLISH = "Two stations (one in Kigali) open in 2026."


@pytest.mark.parametrize("language", ["en", "ru", "zh", "hi"])
def test_a_letter_that_runs_one_way_holds_no_invisible_character(language: str) -> None:
    text = f"{ENGLISH}\n\n- 天宫空间站\n> Восточный, 5 марта"
    assert laid(text, language) == text


def test_a_line_from_the_right_holds_its_direction_for_those_that_look_and_those_that_do_not() -> None:
    assert laid("استقبلت EgSA أول صورة.", "en") == f"{RLM}{RLI}استقبلت EgSA أول صورة.{PDI}"


def test_a_line_that_cannot_be_misread_is_left_alone() -> None:
    assert laid("أخبار الفضاء", "en") == "أخبار الفضاء"
    assert laid("Space news", "ar") == "Space news"
    assert laid("====\n2026", "ar") == "====\n2026"


def test_in_a_letter_from_the_right_a_line_from_the_left_holds_its_own() -> None:
    assert laid(ENGLISH, "ar") == f"{LRM}{LRI}{ENGLISH}{PDI}"


def test_each_line_of_a_wrapped_paragraph_has_its_own_marks_and_none_takes_a_column() -> None:
    lines = laid("وقّعت وكالة الفضاء المصرية (EgSA) اتفاقاً مع خمس دول. " * 5, "en").split("\n")
    assert len(lines) > 2
    assert all(line.startswith(RLM + RLI) and line.endswith(PDI) for line in lines)
    assert max(map(width, lines)) <= COLUMNS


def test_a_bullet_stands_where_its_line_begins_and_signs_of_quotation_stay_in_front() -> None:
    assert laid("- نعم، 2026", "en") == f"{RLM}{RLI}- نعم، 2026{PDI}"
    assert laid("> > نعم، 2026", "en") == f"> > {RLM}{RLI}نعم، 2026{PDI}"


def test_the_number_of_a_link_stays_behind_the_word_it_belongs_to() -> None:
    assert laid("The station is called نجم\u00a0[3]", "en") == f"The station is called نجم{LRM}\u00a0[3]"
    assert laid("A link to نجم [4] and more words", "en") == f"A link to نجم{LRM} [4] and more words"


def test_a_name_of_the_other_direction_stands_apart_and_no_other_does() -> None:
    assert isolated("أخبار الفضاء", "en") == f"{RLI}أخبار الفضاء{PDI}"
    assert isolated("Space news", "ar") == f"{LRI}Space news{PDI}"
    for text, language in (("天宫", "en"), ("Space news", "ru"), ("أخبار", "ur"), ("", "en")):
        assert isolated(text, language) == text


def test_a_name_that_begins_with_a_word_of_the_other_direction_runs_as_most_of_it_does() -> None:
    assert isolated("EgSA تفتح محطتها", "en") == f"{RLI}EgSA تفتح محطتها{PDI}"


def test_what_a_letter_says_itself_runs_as_its_language_whatever_names_stand_in_it() -> None:
    names = "، ".join(isolated(name, "ar") for name in ("China", "South Asia"))
    said = laid_as(f"اهتماماتك: {names}", "ar", "ar")
    assert said == f"{RLM}{RLI}اهتماماتك: {LRI}China{PDI}، {LRI}South Asia{PDI}{PDI}"


def test_a_row_under_a_heading_begins_where_the_heading_does() -> None:
    assert headed("Outlook", "=", "en") == "Outlook\n======="
    assert headed("Outlook", "=", "ar") == "Outlook\n======="
    assert headed("رأي الخبير", "=", "en") == f"رأي الخبير\n{RLM}=========="


def test_nothing_is_put_behind_an_address() -> None:
    assert laid("انظر https://a.example/b", "en") == f"{RLM}{RLI}انظر https://a.example/b"
