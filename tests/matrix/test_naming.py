"""Names of letters' files."""

import itertools
import re

import pytest

from mailer.matrix.naming import stem

SLUGS = [f"an-interest-with-a-long-name-{n}" for n in range(8)]


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("everything", "everything"),
        ("no-interest", "no-interest"),
        ("china", "for-china"),
        ("china+south-asia", "for-china_south-asia"),
        ("con", "for-con"),
    ],
)
def test_a_name_tells_whose_letter_it_is(name: str, file: str) -> None:
    assert stem(name) == file


def test_names_of_many_interests_are_short_safe_and_apart() -> None:
    names = ["+".join(some) for size in range(1, 9) for some in itertools.combinations(SLUGS, size)]
    stems = [stem(name) for name in names]
    assert len(set(stems)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,47}", each) for each in stems)
