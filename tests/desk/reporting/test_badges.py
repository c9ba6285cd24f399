import pytest

from mailer.desk.reporting.badges import Clicked, heat, scale, with_clicks

TO_A, TO_B = "https://a.example/?x=1&y=2", "https://b.example/"
CLICKED = {TO_A: Clicked(1, 8, 2), TO_B: Clicked(2, 1, 0)}


def written(body: str) -> str:
    return with_clicks(f"<html><head></head><body>{body}</body></html>", CLICKED, dark=False)


@pytest.mark.parametrize("quote", ['"', "'"])
def test_a_link_gets_its_clicks_within_and_the_weight_of_them(quote: str) -> None:
    html = written(f"<a class=x href={quote}https://a.example/?x=1&amp;y=2{quote} style=z>A <b>b</b></a >.")
    said = "Link 1: clicked by people in 8 copies, by machines in 2"
    assert (
        f'href={quote}https://a.example/?x=1&amp;y=2{quote} data-heat="4"  style=z>A <b>b</b><span'
        f' class="desk-clicks" data-heat="4" role="img" aria-label="{said}" title="{said}">8</span></a >.'
    ) in html


def test_an_address_without_quotes_stays_whole() -> None:
    assert '<a href=https://b.example/ data-heat="1" >B<span' in written("<a href=https://b.example/>B</a>")


def test_a_link_that_stands_twice_has_its_clicks_twice() -> None:
    assert written('<a href="https://b.example/">B</a>' * 2).count('class="desk-clicks"') == 2


@pytest.mark.parametrize(
    "body",
    [
        '<!--[if mso]><a href="https://b.example/">B</a><![endif]-->',
        '<a href="https://unknown.example/">U</a>',
        '<a href="https://b.example/">never closed',
        '<a href="https://b.example/" clicktracking="off">B</a>',
    ],
)
def test_what_is_no_counted_link_that_is_shown_stays_as_it_is(body: str) -> None:
    assert body in written(body)
    assert 'desk-clicks" ' not in written(body)


def test_what_stands_between_two_comments_is_shown() -> None:
    assert 'class="desk-clicks"' in written(
        '<!--[if !mso]><!--><a href="https://b.example/">B</a><!--<![endif]-->'
    )


def test_heat_has_four_steps_beside_nobody() -> None:
    assert [heat(n, 19) for n in (0, 1, 4, 5, 9, 10, 14, 15, 19)] == [0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert heat(0, 0) == 0


@pytest.mark.parametrize("most", [0, 1, 2, 3, 4, 5, 19, 1_000])
def test_the_scale_says_what_the_lines_weigh(most: int) -> None:
    found = {step: said.replace(",", "").partition("–") for step, said in scale(most)}
    for people in range(most + 1):
        first, _, last = found[heat(people, most)]
        assert int(first) <= people <= int(last or first)


def test_a_letter_without_a_head_is_left_without_the_style() -> None:
    assert with_clicks("plain", CLICKED, dark=True) == "plain"
