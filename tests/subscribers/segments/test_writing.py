"""A tree as text that reads back as itself, and as words."""

import pytest
from hypothesis import given, settings

from subscribers.segments.conditions import Condition
from subscribers.segments.reading import read
from subscribers.segments.writing import describe, write
from tests.subscribers.segments.cast import CONDITIONS


@settings(max_examples=300, deadline=None)
@given(CONDITIONS)
def test_a_tree_written_and_read_is_the_same_tree(tree: Condition) -> None:
    assert repr(read(write(tree))) == repr(tree)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("interest=china", "interest in (china)"),
        ("status in (active)", "status = active"),
        ("everything and opened never or locale = fr", "(everything and opened never) or locale = fr"),
        ("not(((opened within 1 days)))", "not opened within 1 day"),
        ("attribute n = 0.00000000000001", "attribute n = 0.00000000000001"),
        ("attribute n = -12345.50", "attribute n = -12345.5"),
        ("attribute or-else = x", 'attribute or-else = "x"'),
        ("attribute 'or' = x", 'attribute "or" = "x"'),
        ("attribute город = x", 'attribute "город" = "x"'),
    ],
)
def test_text_is_written_in_one_way(typed: str, written: str) -> None:
    assert write(read(typed)) == written


def test_words_say_what_is_meant_a_condition_a_line() -> None:
    text = (
        "interest in (china, africa) and interest all of (china, russia) and interest not in (russia)"
        " and joined after 2025-01-01 and opened before 2025-02-01 and not (clicked within 90 days or"
        ' opened never) and (everything or domain ends .cn or domain != gmail.com or attribute "a b" > 3'
        " or attribute c is not set or locale begins pt or locale in (fr, de) or locale is not set)"
    )
    assert describe(read(text)) == [
        "all of these:",
        "  chose china or africa",
        "  chose china and russia",
        "  did not choose russia",
        "  joined after 2025-01-01 had ended (UTC)",
        "  last opened a letter before 2025-02-01 began (UTC)",
        "  not:",
        "    at least one of these:",
        "      last followed a link within the last 90 days",
        "      never opened a letter",
        "  at least one of these:",
        "    gets everything",
        "    address at a domain that ends with .cn",
        "    address at other than gmail.com",
        '    attribute "a b" is more than 3',
        "    attribute c is not set",
        "    locale pt, or a kind of it",
        "    locale fr or de",
        "    has no locale of their own",
    ]
