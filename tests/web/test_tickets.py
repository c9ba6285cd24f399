import base64
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from mailer.web.tickets import LIFE, RAISED, USUAL, Standing, Ticket, judge, make, name_of, proved, read
from tests.stage import NOW
from tests.web.form import proof_of

LIST, OTHER = 7, 8
SECOND = dt.timedelta(seconds=1)
MADE = make(Ticket(NOW), LIST)


def standing(ticket: str, proof: str = "", *, after: float, newsletter: int = LIST) -> tuple[str, int]:
    verdict = judge(ticket, proof, newsletter, at=NOW + after * SECOND)
    return verdict.standing, verdict.left


def test_a_ticket_says_what_it_was_made_with() -> None:
    made = make(Ticket(NOW, 19, 60), LIST)
    assert len(made) == 44
    assert read(made, LIST, at=NOW) == Ticket(NOW, 19, 60)
    assert read(MADE, LIST, at=NOW) == Ticket(NOW, USUAL.difficulty, 0)


def test_two_tickets_of_the_same_moment_differ() -> None:
    assert len({make(Ticket(NOW), LIST) for _ in range(50)}) == 50


def test_no_bit_of_a_ticket_can_be_flipped() -> None:
    sealed = base64.urlsafe_b64decode(MADE)
    for bit in range(len(sealed) * 8):
        flipped = bytearray(sealed)
        flipped[bit // 8] ^= 1 << bit % 8
        assert read(base64.urlsafe_b64encode(flipped).decode(), LIST, at=NOW) is None


@given(st.text(max_size=60) | st.from_regex(r"[A-Za-z0-9_-]{44}", fullmatch=True))
def test_what_is_none_of_ours_is_no_ticket(text: str) -> None:
    assert read(text, LIST, at=NOW) is None


def test_a_ticket_spelled_another_way_is_none() -> None:
    written = next(made for _ in range(1000) if {"-", "_"} <= set(made := make(Ticket(NOW), LIST)))
    for other in (
        written.replace("-", "+"),
        written.replace("_", "/"),
        written + "=",
        written + "\n",
        " " + written,
        written[:-1],
        "",
    ):
        assert read(other, LIST, at=NOW) is None


def test_a_ticket_of_another_list_is_none() -> None:
    assert standing(MADE, proof_of(MADE), after=30, newsletter=OTHER) == (Standing.NONE, 0)


def test_a_ticket_is_good_for_two_hours() -> None:
    assert read(MADE, LIST, at=NOW + LIFE - SECOND)
    assert read(MADE, LIST, at=NOW + LIFE) is None


def test_a_clock_that_runs_ahead_a_little_makes_good_tickets_and_one_far_ahead_none() -> None:
    assert read(MADE, LIST, at=NOW - 60 * SECOND)
    assert read(MADE, LIST, at=NOW - 61 * SECOND) is None


def test_a_form_filled_in_faster_than_people_do_is_hasty_whatever_it_proves() -> None:
    assert standing(MADE, proof_of(MADE), after=1.9) == (Standing.HASTY, 0)
    assert standing(MADE, proof_of(MADE), after=2) == (Standing.PAID, 0)


def test_without_its_number_a_form_is_not_paid_however_long_it_took() -> None:
    assert standing(MADE, after=7000) == (Standing.UNPAID, 0)
    assert standing(MADE, "1", after=7000) == (Standing.UNPAID, 0)


def test_a_number_of_one_ticket_proves_nothing_for_another() -> None:
    other = make(Ticket(NOW), LIST)
    assert not proved(other, proof_of(MADE), USUAL.difficulty)


@pytest.mark.parametrize("proof", ["-1", "+1", " 1", "1\n", "12345678901", "0x1", "١", "1e3", ""])
def test_a_number_is_a_few_digits_and_nothing_else(proof: str) -> None:
    assert not proved(MADE, proof, 0)


def test_proof_is_counted_in_leading_zero_bits() -> None:
    number = proof_of(MADE, 12)
    assert proved(MADE, number, 12)
    assert all(not proved(MADE, str(lower), 12) for lower in range(int(number)))


def test_who_waits_needs_no_number_and_sees_how_long_still() -> None:
    waiting = make(Ticket(NOW, USUAL.difficulty, USUAL.wait), LIST)
    assert standing(waiting, after=0) == (Standing.UNPAID, 10)
    assert standing(waiting, after=6.2) == (Standing.UNPAID, 4)
    assert standing(waiting, after=10) == (Standing.PAID, 0)


def test_who_finds_the_number_meanwhile_need_not_wait() -> None:
    waiting = make(Ticket(NOW, USUAL.difficulty, USUAL.wait), LIST)
    assert standing(waiting, proof_of(waiting), after=1) == (Standing.PAID, 0)


def test_in_a_flood_a_cheap_number_is_not_enough() -> None:
    raised = make(Ticket(NOW, RAISED.difficulty, RAISED.wait), LIST)
    cheap = next(p for n in range(10**6) if proved(raised, p := str(n), 15) and not proved(raised, p, 19))
    assert standing(raised, cheap, after=30) == (Standing.UNPAID, 30)
    assert standing(raised, cheap, after=60) == (Standing.PAID, 0)


def test_a_ticket_outlives_a_new_key_and_not_the_old_ones_removal(settings: Settings) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 40, [settings.SECRET_KEY]
    assert read(MADE, LIST, at=NOW)
    settings.SECRET_KEY_FALLBACKS = []
    assert read(MADE, LIST, at=NOW) is None


def test_the_name_of_a_used_ticket_does_not_hold_it() -> None:
    assert name_of(MADE) == name_of(MADE) != name_of(make(Ticket(NOW), LIST))
    assert MADE not in name_of(MADE)
