"""The mailbox's tokens: ours alone, for one purpose and one copy, whatever a server does to their case."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from mailer import verp
from mailer.smtp_settings import LONGEST_BOUNCE_NAME

DELIVERIES = st.integers(0, 2**63 - 1)


@settings(deadline=None)
@given(DELIVERIES, st.sampled_from(["bounce", "leave"]))
def test_a_token_is_read_in_any_case(delivery: int, purpose: verp.Purpose) -> None:
    token = verp.make(purpose, delivery)
    assert token == token.lower()
    assert token.isalnum()
    assert len(token) == verp.LENGTH
    for written in (token, token.upper(), token.title()):
        assert verp.read(written) == (purpose, delivery)


def test_a_local_part_of_any_bounce_address_is_short_enough() -> None:
    assert LONGEST_BOUNCE_NAME + len("+") + verp.LENGTH <= 64


@settings(deadline=None)
@given(DELIVERIES, st.integers(0, verp.LENGTH - 1), st.sampled_from("abu27"))
def test_a_changed_token_is_none_of_ours(delivery: int, place: int, character: str) -> None:
    token = verp.make("bounce", delivery)
    changed = token[:place] + character + token[place + 1 :]
    assert verp.read(changed) == (("bounce", delivery) if changed == token else None)


@settings(deadline=None)
@given(st.text(max_size=40))
def test_what_we_never_made_is_nothing(text: str) -> None:
    assert verp.read(text) is None
    assert verp.read("b" + text) is None


@pytest.mark.parametrize("text", ["", "b", "b" * 33, "b" + "1" * 32, "b" + "é" * 32, "b" + "=" * 32])
def test_what_is_no_token_is_nothing(text: str) -> None:
    assert verp.read(text) is None


def test_an_earlier_key_goes_on_working(settings: Settings) -> None:
    token = verp.make("leave", 7)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 8
    assert verp.read(token) == ("leave", 7)
    assert verp.make("leave", 7) != token
    settings.SECRET_KEY_FALLBACKS = []
    assert verp.read(token) is None
