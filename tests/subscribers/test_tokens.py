from collections.abc import Iterator

import pytest
from pytest_django import Settings

from subscribers import tokens
from subscribers.tokens import Claim

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.fixture(autouse=True)
def _keys(settings: Settings) -> None:
    settings.SECRET_KEY = "the key of this year, long enough"
    settings.SECRET_KEY_FALLBACKS = ["the key of last year, long enough"]


def with_one_bit_flipped(token: str) -> Iterator[str]:
    for place, letter in enumerate(token):
        for bit in range(6):
            other = ALPHABET[ALPHABET.index(letter) ^ (1 << bit)]
            yield token[:place] + other + token[place + 1 :]


def test_a_token_gives_back_what_it_was_made_of() -> None:
    token = tokens.make("leave", 7, 2**63 - 1)
    assert tokens.read("leave", token) == Claim(subscription=7, delivery=2**63 - 1)


def test_a_link_outside_a_letter_names_no_delivery() -> None:
    assert tokens.read("preferences", tokens.make("preferences", 7)) == Claim(7, 0)


def test_a_token_stands_in_a_url_as_it_is() -> None:
    for subscription in range(500):
        token = tokens.make("leave", subscription, subscription * 31)
        assert len(token) == 44
        assert set(token) <= set(ALPHABET)


def test_no_flipped_bit_is_accepted() -> None:
    made = [tokens.make("leave", number, number + 1) for number in range(1, 1001, 37)]
    forged = [forgery for token in made for forgery in with_one_bit_flipped(token)]
    assert len(forged) == len(made) * 44 * 6
    assert [forgery for forgery in forged if tokens.read("leave", forgery)] == []


def test_a_token_to_leave_opens_no_preferences_and_the_other_way_round() -> None:
    assert tokens.read("preferences", tokens.make("leave", 7)) is None
    assert tokens.read("leave", tokens.make("preferences", 7)) is None


def test_a_token_made_before_the_key_was_changed_still_works(settings: Settings) -> None:
    old = tokens.make("leave", 7, 9)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the key of next year, long enough"
    assert tokens.make("leave", 7, 9) != old
    assert tokens.read("leave", old) == Claim(7, 9)


def test_a_token_of_an_unknown_key_is_refused(settings: Settings) -> None:
    token = tokens.make("leave", 7)
    settings.SECRET_KEY = "a key that made none of our links"
    settings.SECRET_KEY_FALLBACKS = []
    assert tokens.read("leave", token) is None


@pytest.mark.parametrize(
    "text",
    ["", "x", "A" * 43, "A" * 44, "A" * 45, "é" * 44, "=" * 44, "A" * 42 + "==", "\x00" * 44],
)
def test_what_is_no_token_is_refused_without_a_fuss(text: str) -> None:
    assert tokens.read("leave", text) is None


def test_a_token_shows_neither_number_nor_order() -> None:
    first, second = (tokens.make("leave", number) for number in (1, 2))
    assert sum(a == b for a, b in zip(first, second, strict=True)) < 15
