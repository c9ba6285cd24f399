"""Tokens that were changed, cut, swapped or made with another key: none is ever read."""

import base64
import random
from typing import get_args

import pytest
from django.test import Client
from pytest_django import Settings

from subscribers import tokens
from subscribers.tokens import Claim, Purpose
from tests.attacks.addresses import address, with_tokens
from tests.web.stored import every_row

PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
# 1,000 of the nine purposes together.
EACH = 112
CHANCE = random.Random(8058)  # noqa: S311 - nobody has to guess it
CLAIMS = [(CHANCE.getrandbits(40), CHANCE.choice([0, CHANCE.getrandbits(63)])) for _ in range(EACH)]


def flipped(token: str) -> list[str]:
    """Return a token with each of its bits flipped, one at a time."""
    sealed = base64.urlsafe_b64decode(token)
    number = int.from_bytes(sealed, "big")
    changed = (number ^ 1 << bit for bit in range(len(sealed) * 8))
    return [base64.urlsafe_b64encode(each.to_bytes(len(sealed), "big")).decode() for each in changed]


@pytest.mark.parametrize("purpose", PURPOSES)
def test_no_bit_can_be_flipped(purpose: Purpose) -> None:
    for claim in CLAIMS:
        token = tokens.make(purpose, *claim)
        assert tokens.read(purpose, token) == Claim(*claim)
        forged = flipped(token)
        assert len(forged) == 264
        assert not any(tokens.read(purpose, each) for each in forged)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_none_serves_another_purpose(purpose: Purpose) -> None:
    others = [other for other in PURPOSES if other != purpose]
    assert len(others) == 8
    for claim in CLAIMS:
        token = tokens.make(purpose, *claim)
        assert not any(tokens.read(other, token) for other in others)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_token_that_is_cut_or_written_otherwise_is_none(purpose: Purpose) -> None:
    token = tokens.make(purpose, 7, 31)
    assert len(token) == 44
    forged = [token[:length] for length in range(44)]
    forged += [token + more for more in ("=", "A", "\n", " ", "%00", "\0", "/", token)]
    forged += [more + token[1:] for more in ("\n", " ", "ａ", "é", "=", "\0", ".")]
    forged += [token.swapcase(), token[::-1], token[22:] + token[:22], "A" * 44, "_" * 44, "-" * 44]
    assert not any(tokens.read(purpose, each) for each in forged)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_tokens_outlive_their_key_as_long_as_it_is_kept(purpose: Purpose, settings: Settings) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "o" * 40, []
    old = tokens.make(purpose, 7, 31)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 40, ["p" * 40, "o" * 40]
    assert tokens.read(purpose, old) == Claim(7, 31)
    assert tokens.read(purpose, tokens.make(purpose, 7, 31)) == Claim(7, 31)
    assert not any(tokens.read(purpose, each) for each in flipped(old))
    settings.SECRET_KEY_FALLBACKS = ["p" * 40]
    assert tokens.read(purpose, old) is None


@pytest.mark.parametrize("purpose", PURPOSES)
def test_the_key_of_another_installation_opens_nothing(purpose: Purpose, settings: Settings) -> None:
    theirs = []
    for number in range(600):  # enough for keys with the same first octet
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = f"{number:040}", []
        theirs.append(tokens.make(purpose, 7, 31))
    settings.SECRET_KEY = "u" * 40
    ours = tokens.make(purpose, 7, 31)
    same = [token for token in theirs if token[0] == ours[0]]
    assert same
    assert not any(tokens.read(purpose, token) for token in theirs)


def test_a_token_says_nothing_and_two_of_them_look_like_none_of_each_other() -> None:
    made = [tokens.make(purpose, number) for purpose in PURPOSES for number in range(1, 200)]
    # Beside the octet of the key, no place holds the same character in more than a few of them.
    for place in range(2, 44):
        characters = [token[place] for token in made]
        assert max(map(characters.count, set(characters))) < len(made) / 16


@pytest.mark.database
@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("route", with_tokens())
def test_no_page_takes_a_token_that_is_not_its_own(route: str) -> None:
    there = address(route)
    page, _, token = there.path.rpartition("/")
    claims = [tokens.read(purpose, token) for purpose in PURPOSES]
    [claim] = filter(None, claims)
    forged = [
        tokens.make(purpose, claim.subscription, claim.delivery)
        for purpose in PURPOSES
        if purpose != there.purpose
    ]
    forged += CHANCE.sample(flipped(token), 20)
    before = every_row()
    answers = set()
    for each in forged:
        for answer in (Client().get(f"{page}/{each}"), Client().post(f"{page}/{each}", there.form)):
            assert answer.status_code == 404
            answers.add(answer.content)
    assert len(answers) == 1, "no answer tells one from another"
    assert every_row() == before
