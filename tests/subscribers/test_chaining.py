import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from pytest_django import Settings

from subscribers import chaining
from subscribers.chaining import Words, told

NOON = dt.datetime(2026, 3, 24, 12, tzinfo=dt.UTC)
SAID = Words(NOON, "ada", "lists set", 7, "", "space-digest", told("salt", 3, {"a": 1}, {"a": 2}))


@pytest.mark.parametrize(
    "change",
    [
        {"at": NOON + dt.timedelta(microseconds=1)},
        {"who": "eve"},
        {"what": "lists rm"},
        {"list_number": 8},
        {"list_number": None},
        {"work": "a"},
        {"subject": ""},
        {"told": told("salt", 3, {"a": 1}, {"a": 3})},
        # Nor can what ends one word begin the next.
        {"who": "ad", "what": "alists set"},
    ],
    ids=str,
)
def test_whatever_a_line_says_is_in_its_mark(change: dict[str, Any]) -> None:
    assert replace(SAID, **change).mark != SAID.mark


def test_a_moment_is_the_same_in_every_zone() -> None:
    nairobi = dt.timezone(dt.timedelta(hours=3))
    assert replace(SAID, at=NOON.astimezone(nairobi)).mark == SAID.mark


def test_what_is_told_of_a_person_has_a_salt_without_which_nobody_can_guess_at_it() -> None:
    assert told("salt", 3, {}, {"name": "Nina"}) != told("other", 3, {}, {"name": "Nina"})
    assert told("salt", 3, {}, {"name": "Nina"}) != told("salt", 4, {}, {"name": "Nina"})
    assert told("salt", 3, {"name": "Nina"}, {}) != told("salt", 3, {}, {"name": "Nina"})
    assert chaining.chance() != chaining.chance()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ({"b": 1, "a": 2}, {"a": 2, "b": 1}),
        ({"n": 2.0}, {"n": 2}),
        ({"n": 1e20}, {"n": 100_000_000_000_000_000_000}),
        ({"all": (1, 2.0)}, {"all": [1, 2]}),
        ({10: "x", 9: {"y": 3.0}}, {"9": {"y": 3}, "10": "x"}),
    ],
    ids=str,
)
def test_what_a_database_gives_back_is_what_was_written(
    written: dict[str, Any], read: dict[str, Any]
) -> None:
    assert told("", None, written, {}) == told("", None, read, {})


def test_without_the_key_nobody_makes_a_digest(settings: Settings) -> None:
    mark, link, blanked = SAID.mark, chaining.link("", 1, 1, SAID.mark), chaining.blanked(SAID.mark)
    settings.HASH_KEY = "k" * 40
    assert replace(SAID).mark != mark
    assert chaining.link("", 1, 1, mark) != link
    assert chaining.blanked(mark) != blanked
