import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from mailer.web.filling import Fault, Filled, address_in, read
from subscribers.addresses import Address

OFFERED = {"china", "africa"}


def filled(body: str = "", *, tracked: bool = True, current: bool = True) -> Filled:
    return read(QueryDict(body), OFFERED, tracked=tracked, current=current)


def address(typed: str) -> Address | Fault:
    posted = QueryDict(mutable=True)
    posted["email"] = typed
    return address_in(read(posted, OFFERED, tracked=True, current=True))


def test_a_form_is_read_as_it_was_filled_in() -> None:
    body = (
        "email=+nina%40example.org&interest=china&interest=africa&count=on&current=on&ticket=t&proof=1&site="
    )
    assert filled(body) == Filled(
        email="nina@example.org",
        interests=frozenset(OFFERED),
        tracked=True,
        current=True,
        ticket="t",
        proof="1",
    )


def test_an_empty_form_asks_for_nothing_beyond_the_letters() -> None:
    assert filled() == Filled()


def test_a_tick_that_the_list_does_not_offer_is_none() -> None:
    read_ = filled("count=on&current=on", tracked=False, current=False)
    assert (read_.tracked, read_.current) == (False, False)


def test_an_interest_that_is_not_on_offer_is_left_out_and_told() -> None:
    read_ = filled("interest=china&interest=mars&interest=%00")
    assert (set(read_.interests), read_.outdated) == ({"china"}, True)


def test_the_field_that_people_do_not_see_gives_robots_away() -> None:
    assert filled("site=https%3A%2F%2Fspam.example").baited
    assert not filled("site=").baited


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("", Fault.MISSING),
        ("  \t ", Fault.MISSING),
        ("\u200f", Fault.MISSING),
        ("nina", Fault.NO_ADDRESS),
        ("nina@", Fault.NO_ADDRESS),
        ("nina@localhost", Fault.NO_ADDRESS),
        ("nina@example.org, omar@example.org", Fault.NO_ADDRESS),
        ("nina@example.org\r\nBcc: omar@example.org", Fault.NO_ADDRESS),
        ("nina@example.org\nomar@example.org", Fault.NO_ADDRESS),
        ("ni\0na@example.org", Fault.NO_ADDRESS),
        ("<nina@example.org>", Fault.NO_ADDRESS),
        ("Nina <nina@example.org>", Fault.NO_ADDRESS),
        ("a" * 65 + "@example.org", Fault.NO_ADDRESS),
        ("a@" + "b." * 150 + "org", Fault.NO_ADDRESS),
        ("a" * 1_000_000, Fault.NO_ADDRESS),
        ("نينا@example.org", Fault.FOREIGN),
        ("nína@example.org", Fault.FOREIGN),
    ],
)
def test_what_is_no_address_is_told_so_that_it_can_be_mended(typed: str, wrong: Fault) -> None:
    assert address(typed) == wrong


def test_marks_that_nobody_sees_come_along_when_pasting_and_do_no_harm() -> None:
    assert address("\u202a\u200enina@example.org\u202c") == Address("nina@example.org", "nina@example.org")


@given(st.text(max_size=400))
def test_what_comes_back_for_mending_is_one_line_that_can_be_shown(typed: str) -> None:
    posted = QueryDict(mutable=True)
    posted["email"] = typed
    shown = read(posted, OFFERED, tracked=True, current=True).email
    assert shown.isprintable()
    assert len(shown) <= 320
