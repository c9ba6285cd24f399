"""Words, quoted texts and signs, each with its column."""

import pytest

from subscribers.segments.conditions import SegmentError
from subscribers.segments.lexing import Kind, Token, tokens


def test_a_text_is_cut_where_signs_and_spaces_are() -> None:
    assert tokens(' a>=1\tand("b c" )') == [
        Token(Kind.WORD, "a", 2),
        Token(Kind.SIGN, ">=", 3),
        Token(Kind.WORD, "1", 5),
        Token(Kind.WORD, "and", 7),
        Token(Kind.SIGN, "(", 10),
        Token(Kind.QUOTED, "b c", 11),
        Token(Kind.SIGN, ")", 17),
        Token(Kind.END, "", 18),
    ]


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ('"and"', "and"),
        ("'it is \"so\"'", 'it is "so"'),
        ("“Köln”", "Köln"),
        (r'"a \" b \\ c"', 'a " b \\ c'),
        (r"'it\'s'", "it's"),
        ('""', ""),
    ],
)
def test_what_stands_in_quotation_marks_is_text_and_no_word(text: str, inside: str) -> None:
    assert tokens(text)[0] == Token(Kind.QUOTED, inside, 1)
    assert not tokens(text)[0].says("and")


@pytest.mark.parametrize("text", ['"', "'a", '“a"', r'"a\"', "a ”"])
def test_a_quotation_mark_alone_is_told(text: str) -> None:
    with pytest.raises(SegmentError, match="this quotation mark has no other"):
        tokens(text)


def test_a_sign_that_is_none_is_told() -> None:
    with pytest.raises(SegmentError, match="column 3: '!' means nothing here; unequal is written !="):
        tokens("a ! b")
