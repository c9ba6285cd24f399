"""Each part of a letter is marked and set as its own script is, and no more than that."""

import re
from dataclasses import replace

import pytest

from mailer.manuscript.document import Document, Group, Point, Section, Story
from mailer.rendering.assemble import Assembly
from mailer.rendering.letter import set_in_type
from mailer.rendering.values import InterestLook, Look

URDU = "چین اور پاکستان نے ایک معاہدے پر دستخط کیے ہیں۔"
ARABIC = "استقبلت المحطة أول صورة من القمر الصناعي الجديد."
CHINESE = "中国与巴基斯坦签署协议，首位外国航天员将访问天宫空间站。"
ENGLISH = "The station received its first picture in twelve minutes."


def letter(look: Look, *sections: Section, elsewhere: tuple[Story, ...] = ()) -> str:
    document = Document(look.list_slug, "Orbit Weekly", sections)
    return set_in_type([Assembly(document, elsewhere=elsewhere)], look)[0].html


def story(look: Look, title: str, summary: str) -> str:
    html = letter(look, Section("News", stories=(Story(title, summary=summary),)))
    return html[html.index(">News<") :].split("</tbody>")[0]


def test_a_letter_in_one_script_names_its_language_once_and_no_part_names_it_again(look: Look) -> None:
    html = letter(look, Section("News", stories=(Story(ENGLISH, summary=f"{ENGLISH} “Déjà”, 5 µm."),)))
    assert set(re.findall(r' lang="\w+"', html)) == {' lang="en"'}
    assert "<bdi" not in html


def test_a_story_in_urdu_runs_from_the_right_with_room_for_its_letters(look: Look) -> None:
    html = story(look, URDU, URDU)
    assert '<div lang="ur" dir="rtl" style="text-align:right;line-height:2">' in html
    assert re.search(r'<h3[^>]*font:700 20px/1.9 Georgia,serif">چین', html)


def test_a_story_that_runs_as_the_letter_does_says_its_language_alone(look: Look) -> None:
    assert '<div lang="ru">' in story(look, "Восточный ждёт", "Старт назначен на 14 марта.")


def test_each_paragraph_of_a_story_in_two_languages_is_in_its_own(look: Look) -> None:
    html = story(look, URDU, f"{URDU} {URDU}\n\n{ENGLISH}\n\n{CHINESE}")
    for language, leading, text in (("en", "1.55", ENGLISH), ("zh", "1.7", CHINESE)):
        style = f"margin:10px 0 0;line-height:{leading};text-align:left"
        assert f'<p lang="{language}" dir="ltr" style="{style}">{text}</p>' in html


def test_a_headline_in_another_language_than_its_summary_is_in_its_own(look: Look) -> None:
    html = story(look, "مختصر", f"{ENGLISH} {ENGLISH}")
    set_ = r"20px/1.5 Georgia,serif;text-align:right"
    assert re.search(rf'<h3 class="ink" lang="ar" dir="rtl"[^>]*{set_}">', html)


def test_a_point_of_the_other_direction_has_its_bullet_within_the_column(look: Look) -> None:
    points = (Point(ENGLISH), Point(ARABIC))
    html = letter(look, Section("Trends", groups=(Group("Rising", points),)))
    assert f'<li style="margin:0 0 8px">{ENGLISH}</li>' in html
    assert (
        '<li lang="ar" dir="rtl" style="margin:0 0 8px;line-height:1.8;'
        'text-align:right;margin-right:24px;margin-left:-24px">'
    ) in html


def test_a_list_in_a_passage_of_the_other_direction_is_indented_from_there(look: Look) -> None:
    html = letter(look, Section("رأي", prose=f"{ARABIC}\n\n- {ARABIC}\n- {ARABIC}"))
    assert '<ul style="margin:10px 0 0;padding:0;padding-right:24px">' in html


def test_a_pull_out_has_its_edge_where_its_text_begins(look: Look) -> None:
    view, outlook = Section("رأي الخبير", prose=ARABIC), Section("Outlook", prose=ENGLISH)
    document = Document(look.list_slug, "Orbit Weekly", (view, outlook))
    html = set_in_type([Assembly(document, pull_outs=(view.title,))], look)[0].html
    assert "border-right:3px solid" in html


@pytest.mark.parametrize("text", [ENGLISH, ARABIC, CHINESE, URDU])
def test_no_letter_is_slanted_whose_script_has_no_slanted_letters(look: Look, text: str) -> None:
    html = letter(
        look,
        Section("News", prose=f"{text} *so*", stories=(Story("A", summary=f"{text} *so*"),)),
        Section("Trends", groups=(Group("Rising", (Point(f"{text} *so*"),)),)),
    )
    plain, upright = html.count("<em>"), html.count('<em style="font-style:normal;font-weight:600">')
    assert (plain, upright) == ((3, 0) if text == ENGLISH else (0, 3))


def test_names_of_another_script_in_a_sentence_stand_apart_and_are_escaped(look: Look) -> None:
    sections = (Section("رأي <b>", prose=ARABIC), Section("News", stories=(Story("A"),)))
    html = letter(replace(look, list_name="نشرة & المدار"), *sections)
    assert '1 story, after <bdi lang="ar">رأي &lt;b&gt;</bdi>.' in html
    assert 'because you subscribed to <bdi lang="ar">نشرة &amp; المدار</bdi>.' in html


@pytest.mark.parametrize(("language", "way"), [("ur", 'lang="en" dir="ltr"'), ("de", 'lang="en"')])
def test_words_that_the_letter_says_in_english_are_marked_as_english(
    look: Look, language: str, way: str
) -> None:
    html = letter(replace(look, language=language), Section("A", prose="B"), elsewhere=(Story("C"),))
    for said in ("1 more in brief", "Elsewhere", "In brief, as", "You get this letter", '<a class="link"'):
        assert re.search(rf"<(p|h2)[^<>]* {way} [^<>]*>{said}", html), said


def test_a_name_in_the_lists_own_language_is_told_by_the_list_where_its_letters_tell_another(
    look: Look,
) -> None:
    persian_too = (InterestLook("china", "چین", 0),)
    urdu = replace(look, language="ur", interests=persian_too)
    document = Document(look.list_slug, "Orbit Weekly", (Section("A", prose="B"),))
    html = set_in_type([Assembly(document, for_you=persian_too)], urdu)[0].html
    assert 'For you: <bdi lang="ur"><b class="i0"' in html


def test_a_letter_from_the_right_says_what_runs_from_the_left(look: Look) -> None:
    arabic = replace(look, language="ar")
    html = letter(arabic, Section("News", stories=(Story(ENGLISH, summary=ENGLISH),)))
    assert '<div lang="en" dir="ltr" style="text-align:left;line-height:1.55">' in html
    assert '<bdi lang="en" dir="ltr">14 Observatory Road</bdi>' in html


def test_the_subject_holds_no_invisible_character(look: Look) -> None:
    document = Document(look.list_slug, f"{ARABIC} 2026 (EgSA)", ())
    assert set_in_type([Assembly(document)], look)[0].subject == document.title
