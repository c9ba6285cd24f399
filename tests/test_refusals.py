"""The rule by which a mailbox is as good as none, as numbers."""

import datetime as dt

import pytest

from mailer.refusals import Refusal, Run, about_us, run_of
from tests.stage import NOW

DAY = dt.timedelta(days=1)
FULL = "552 5.2.2 mailbox full"


def at(day: float) -> dt.datetime:
    return NOW + day * DAY


def refusals(*days: float, words: str = FULL) -> list[Refusal]:
    return [Refusal(letter, at(day), words) for letter, day in enumerate(days)]


@pytest.mark.parametrize(
    ("days", "sign", "run"),
    [
        ((0, 4, 8, 12, 16), None, Run(5, at(0), at(16))),
        ((0, 0, 0, 0, 14), None, Run(5, at(0), at(14))),
        ((16, 4, 12, 8, 0), None, Run(5, at(0), at(16))),
        ((0, 4, 8, 12), None, None),
        ((0, 1, 2, 3, 13.9), None, None),
        ((), None, None),
        ((0, 4, 8, 12, 16), -1, Run(5, at(0), at(16))),
        ((0, 4, 8, 12, 16), 0, None),  # a sign of that very moment: in doubt for the reader
        ((0, 4, 8, 12, 16), 17, None),
        ((0, 4, 8, 12, 16, 20, 24), 5, Run(5, at(8), at(24))),
        ((0, 4, 8, 12, 16, 20, 24), 9, None),
    ],
)
def test_five_letters_in_a_row_over_two_weeks_end_a_mailbox(
    days: tuple[float, ...], sign: float | None, run: Run | None
) -> None:
    assert run_of(refusals(*days), None if sign is None else at(sign)) == run


def test_many_refusals_of_one_letter_are_one() -> None:
    assert run_of([Refusal(7, at(day), FULL) for day in range(20)], None) is None


def test_a_letter_counts_from_its_first_refusal_that_is_about_the_mailbox() -> None:
    said = [Refusal(0, at(0), "450 4.7.1 greylisted"), *refusals(2, 5, 8, 11, 14)]
    assert run_of(said, None) is None
    assert run_of([*said, Refusal(4, at(17), FULL), Refusal(5, at(17), FULL)], None) == Run(6, at(2), at(17))


@pytest.mark.parametrize(
    "words",
    [
        "550 5.7.1 sending address listed",
        "554 5.7.1 message refused by policy",
        "421-4.7.0 our system has detected an unusual rate\n421 4.7.0 see there",
        "552 5.3.4 message size exceeds fixed limit",
        "552 5.2.3 too long for this mailbox",
        "554 5.6.0 malformed",
        "550 Messages from 192.0.2.7 weren't sent: part of their network is on our block list",
        "554 blocked using an RBL",
        "Message rejected due to SPF",
        "552 message size limit",
    ],
)
def test_what_is_about_us_or_the_letter_counts_for_nothing(words: str) -> None:
    assert about_us(words)
    assert run_of(refusals(0, 4, 8, 12, 16, words=words), None) is None


@pytest.mark.parametrize(
    "words",
    [
        FULL,
        "452-4.2.2 The account that you tried to reach is over quota",
        "450 4.2.1 mailbox temporarily disabled",
        "451 4.3.0 mail server temporarily out of order",
        "4.4.1 connection to 192.5.7.1 timed out",
        "unable to get mx info: failed to get IPs from PTR record",
        "Mailbox size limit exceeded",
        "the operator of this mailbox is away",
        "",
    ],
)
def test_what_is_about_the_mailbox_counts(words: str) -> None:
    assert not about_us(words)
