"""The page that shows all letters beside one another, as its HTML says it."""

import dataclasses

import pytest

from mailer import interest_sets
from mailer.matrix.deciding import decide
from mailer.matrix.page import page
from mailer.matrix.values import GENERATOR, Matrix
from tests.matrix.conftest import DOCUMENT, GROUPS, ISSUE, LOOK
from tests.rendering.page import Page


@pytest.fixture
def matrix() -> Matrix:
    return decide(ISSUE, GROUPS)


def html_of(matrix: Matrix, **more: str) -> str:
    files = [
        {"html": f"letters/{n}.html", "text": f"letters/{n}.txt", **more}
        for n, _ in enumerate(matrix.variants)
    ]
    return page(matrix, files).decode()


def text_of(matrix: Matrix) -> str:
    return Page(html_of(matrix)).text


def test_every_tag_is_closed_and_the_page_is_known_by_its_maker(matrix: Matrix) -> None:
    html = html_of(matrix)
    assert GENERATOR in html[:1000]
    assert html.startswith("<!doctype html>\n")
    Page(html)


def test_it_says_how_many_readers_letters_and_stories_there_are(matrix: Matrix) -> None:
    text = text_of(matrix)
    for said in ("active readers 175", "get text only 15", "not tracked 35", "different letters 4"):
        assert said in text
    assert "of 3 stories differ between them 2" in text


def test_a_story_is_said_for_each_letter_in_words(matrix: Matrix) -> None:
    # Its readers in full, then letters 1 to 4: everything, africa, china, none of these.
    assert "A launch China 137 in full headline in full headline" in text_of(matrix)
    assert "A dish China · Africa 172 in full in full in full headline" in text_of(matrix)
    assert "A <survey> everyone 175 in full in full in full in full" in text_of(matrix)
    assert "Dishes that turn {x} Africa 152 in full in full not not" in text_of(matrix)


def test_a_letter_says_who_gets_it_and_what_is_in_it(matrix: Matrix) -> None:
    text = text_of(matrix)
    assert "1 Everything 117 readers, 10 of text only" in text
    assert "The same letter as for China + Africa (7)" in text
    assert "2 Africa 35 readers, 5 of text only, 35 not tracked" in text
    assert "2 of 3 stories in full, 1 as headlines; 1 of 1 lines" in text


def test_headers_of_the_table_have_a_scope_and_columns_lead_to_their_letter(matrix: Matrix) -> None:
    made = Page(html_of(matrix))
    assert {each.get("scope") for each in made.all("th")} == {"col", "row", "rowgroup"}
    targets = {each["id"] for each in made.all("article")}
    assert targets == {f"letter-{n}" for n in range(1, 5)}
    assert {each["href"] for each in made.all("a")} >= {f"#{target}" for target in targets}


def test_nothing_is_fetched_from_anywhere_else_and_nothing_runs(matrix: Matrix) -> None:
    pictures = {"small-light": "letters/s.png", "small-dark": "letters/d.png", "phone-light": "letters/p.png"}
    html = html_of(matrix, **pictures)
    made = Page(html)
    assert list(made.all("script")) == []
    assert [each["src"] for each in made.all("img")] == ["letters/s.png"] * 4
    assert [each["srcset"] for each in made.all("source")] == ["letters/d.png"] * 4
    assert [each["href"] for each in made.all("link")] == ["data:,"]
    assert "http://" not in html
    assert "https://" not in html
    assert "url(" not in html
    assert "@import" not in html


def test_without_pictures_there_is_none_and_no_link_to_one(matrix: Matrix) -> None:
    made = Page(html_of(matrix))
    assert list(made.all("img")) == []
    assert not [each for each in made.all("a") if each["href"].endswith(".png")]


def test_a_subject_that_all_share_is_said_once(matrix: Matrix) -> None:
    assert text_of(matrix).count("Subject: Seen from elsewhere") == 1
    other = dataclasses.replace(matrix.variants[1].letter, subject="For Africa")
    mixed = dataclasses.replace(
        matrix, variants=(matrix.variants[0], dataclasses.replace(matrix.variants[1], letter=other))
    )
    assert text_of(mixed).count("Subject: ") == 2


def test_what_is_not_for_anybody_is_named(matrix: Matrix) -> None:
    assert "Nothing in this edition is for Moon." in text_of(matrix)


def test_readers_who_are_passed_over_are_told() -> None:
    news = dataclasses.replace(DOCUMENT.sections[1], stories=DOCUMENT.sections[1].stories[:2])
    issue = dataclasses.replace(ISSUE, document=dataclasses.replace(DOCUMENT, sections=(news,)))
    text = text_of(decide(issue, GROUPS))
    assert "of them not sent, for want of a story 3 0 0 0 3" in text
    assert "Not sent: it holds no story, and the list passes its readers over." in text


def test_sets_that_are_too_many_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interest_sets, "ALL_SETS_OF", 1)
    monkeypatch.setattr(interest_sets, "MOST_SETS", 2)
    text = text_of(decide(ISSUE, GROUPS))
    assert "10 readers with 2 rarer sets of interests get letters that are not shown here" in text


def test_in_full_further_down_has_a_sign_of_its_own() -> None:
    full = dataclasses.replace(ISSUE, look=dataclasses.replace(LOOK, unchosen_stories="full"))
    assert "A launch China 175 in full in full, further down in full in full, further down" in text_of(
        decide(full, GROUPS)
    )


def test_an_edition_without_anything_has_a_page_too() -> None:
    bare = dataclasses.replace(ISSUE, document=dataclasses.replace(DOCUMENT, sections=()))
    text = text_of(decide(bare, []))
    assert "active readers 0" in text
    assert "of 0 stories differ between them 0" in text


def test_the_same_matrix_is_the_same_page(matrix: Matrix) -> None:
    assert html_of(matrix) == html_of(decide(ISSUE, GROUPS))
