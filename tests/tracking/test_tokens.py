"""Tokens of a copy's picture and links: only ours are read."""

import base64
import re

from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from mailer import verp
from mailer.tracking import tokens
from subscribers import tokens as readers_tokens

DELIVERY = 4711


@given(st.integers(0, 2**63 - 1))
def test_a_token_says_which_copy_and_is_short(delivery: int) -> None:
    token = tokens.make(delivery)
    assert re.fullmatch(r"[A-Za-z0-9_-]{24}", token)
    assert tokens.read(token) == delivery


def test_no_bit_can_be_flipped() -> None:
    sealed = base64.urlsafe_b64decode(tokens.make(DELIVERY))
    number = int.from_bytes(sealed, "big")
    for bit in range(len(sealed) * 8):
        changed = (number ^ 1 << bit).to_bytes(len(sealed), "big")
        assert tokens.read(base64.urlsafe_b64encode(changed).decode()) is None


@given(st.text(max_size=60))
def test_whatever_else_is_written_is_none(text: str) -> None:
    assert tokens.read(text) is None


def test_a_token_that_is_cut_or_longer_or_of_another_purpose_is_none() -> None:
    token = tokens.make(DELIVERY)
    for other in (token[:-1], f"{token}A", f"{token}=", f"{token}\n", token[1:], token.swapcase()):
        assert tokens.read(other) is None
    assert tokens.read(verp.make("bounce", DELIVERY)) is None
    assert tokens.read(readers_tokens.make("leave", 1, DELIVERY)) is None
    assert readers_tokens.read("leave", token) is None


def test_tokens_outlive_their_key_as_long_as_it_is_kept(settings: Settings) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "o" * 40, []
    old = tokens.make(DELIVERY)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 40, ["o" * 40]
    assert tokens.read(old) == DELIVERY
    settings.SECRET_KEY_FALLBACKS = []
    assert tokens.read(old) is None
