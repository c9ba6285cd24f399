"""What one is sent who asked for it on a page: no word of a stranger, one link, and what to do if not."""

import datetime as dt
import re
from dataclasses import replace

import pytest

from mailer.letters import setting
from mailer.letters.personal import About, Facts, write
from mailer.letters.setting import Sheet
from mailer.rendering.columns import COLUMNS, width

URL = "https://news.example.org/confirm/" + "x" * 44
SHEET = Sheet("Space Digest", "en", "1 Orbit Road\nNairobi")
FACTS = Facts(About.CONFIRM, "Space Digest", URL, dt.date(2026, 12, 1))
WELCOME = replace(
    FACTS, about=About.WELCOME, interests=("China", "Africa"), leave_url="https://news.example.org/u/y"
)
LANGUAGES = ["en", "zh", "ru", "fr", "ar", "hi"]


def facts(about: About) -> Facts:
    return WELCOME if about is About.WELCOME else replace(FACTS, about=about)


CONFIRMATION = f"""\
Space Digest

Would you like to read Space Digest?
====================================

On 1 December 2026 somebody, probably you, asked for Space Digest to come to
this address. It comes only if you confirm it.

The link leads to a page with one button. It is good for seven days.

Look and confirm:
    {URL}

If it was not you, do nothing: no letters come, and what was asked for is
forgotten in a few days.

{"-" * COLUMNS}

You get this letter because it was asked for on the page of Space Digest.

1 Orbit Road
Nairobi
"""


def test_a_confirmation_says_just_this() -> None:
    """Nothing of what was typed into the form, by whomever: no name, no interest, no network."""
    made = setting.personal(FACTS, SHEET, "en")
    assert made.subject == "Please confirm: Space Digest"
    assert made.text == CONFIRMATION


@pytest.mark.parametrize("about", About)
def test_each_has_one_button_whose_address_stands_in_full_in_both_parts(about: About) -> None:
    made = setting.personal(facts(about), SHEET, "en")
    assert made.html.count('class="button"') == 1
    assert made.html.count(f'href="{URL}"') == 2
    assert f"\n    {URL}\n" in made.text


@pytest.mark.parametrize("about", About)
def test_each_says_why_it_comes_from_whom_and_what_to_do_if_it_was_somebody_else(about: About) -> None:
    made = setting.personal(facts(about), SHEET, "en")
    for part in (made.html, made.text):
        assert "You get this letter because" in part
        assert "1 Orbit Road" in part
        assert "Nairobi" in part
        assert about is About.WELCOME or "If it was not you, do nothing" in part


@pytest.mark.parametrize("about", About)
def test_no_service_counts_anything_and_nothing_is_fetched(about: About) -> None:
    html = setting.personal(facts(about), SHEET, "en").html
    links = re.findall(r"<a [^>]*>", html)
    assert links
    assert all('clicktracking="off"' in link for link in links)
    assert "<img" not in html
    assert "@import" not in html
    assert not re.findall(r'(?:src|href)="(?!https://news\.example\.org/)', html)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("about", About)
def test_lines_of_the_text_part_fit_and_no_place_was_left_unfilled(about: About, language: str) -> None:
    made = setting.personal(facts(about), SHEET, language)
    assert all(width(line) <= COLUMNS for line in made.text.split("\n") if "://" not in line)
    for part in (made.subject, made.html, made.text):
        assert "%(" not in part
        assert "None" not in part
    assert "\n" not in made.subject


@pytest.mark.parametrize(
    ("language", "says", "direction"), [("ar-EG", "ar", "rtl"), ("zh-TW", "zh", "ltr"), ("pt", "en", "ltr")]
)
def test_it_speaks_the_nearest_of_our_languages(language: str, says: str, direction: str) -> None:
    html = setting.personal(FACTS, SHEET, language).html
    assert re.search(rf'<html[^>]* lang="{says}"', html)
    assert re.search(rf'<html[^>]* dir="{direction}"', html)


def test_a_list_in_another_script_turns_nothing_around_its_name() -> None:
    sheet = Sheet("نشرة الفضاء", "ar", "شارع المدار ١")
    html = setting.personal(replace(FACTS, list_name=sheet.name), sheet, "en").html
    assert '<bdi lang="ar">نشرة الفضاء</bdi>' in html


def test_a_name_with_markup_is_a_name() -> None:
    sheet = Sheet("Space & <b>Time</b>", "en", "1 <i>Orbit</i> Road")
    made = setting.personal(replace(FACTS, list_name=sheet.name), sheet, "en")
    assert "<b>Time" not in made.html
    assert "<i>Orbit" not in made.html
    assert "Space & <b>Time</b>" in made.text
    assert made.subject == "Please confirm: Space & <b>Time</b>"


def test_a_long_postal_address_keeps_the_columns_of_the_text_part() -> None:
    made = setting.personal(FACTS, Sheet("Space Digest", "en", "Orbit House, " * 12 + "Nairobi"), "en")
    assert all(width(line) <= COLUMNS for line in made.text.split("\n") if "://" not in line)
    assert made.text.endswith("Nairobi\n")


def test_a_welcome_says_what_is_followed_and_how_to_leave() -> None:
    made = write(WELCOME)
    assert "You follow China and Africa." in made.said
    assert [way.url for way in made.ways] == ["https://news.example.org/u/y"]
    assert "You get every story in full." in write(replace(WELCOME, interests=None)).said
    assert "You get what is meant for everyone." in write(replace(WELCOME, interests=())).said
    assert len(write(replace(WELCOME, current=True)).said) == len(made.said) + 1


def test_the_day_is_told_as_the_language_writes_it() -> None:
    assert "On 1 December 2026 somebody" in setting.personal(FACTS, SHEET, "en").text
