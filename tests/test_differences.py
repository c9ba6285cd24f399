"""How two texts differ."""

from hypothesis import given
from hypothesis import strategies as st

from mailer.differences import Gap, Piece, Row, counted, rows

TEXTS = st.lists(
    st.text(alphabet="ab ", max_size=4) | st.sampled_from(["", "## heading", "one two three"]), max_size=12
).map("\n".join)


def test_a_changed_line_stands_beside_what_it_was_with_its_words_marked() -> None:
    [row] = rows("The rocket flew far.", "The rocket stood far.")
    assert row == Row(
        1,
        1,
        (Piece("The rocket "), Piece("flew", changed=True), Piece(" far.")),
        (Piece("The rocket "), Piece("stood", changed=True), Piece(" far.")),
    )


def test_lines_that_are_hardly_alike_are_one_that_went_and_one_that_came() -> None:
    assert list(rows("The rocket flew.", "Nothing of it remains")) == [
        Row(1, None, was=(Piece("The rocket flew.", changed=True),)),
        Row(None, 1, now=(Piece("Nothing of it remains", changed=True),)),
    ]


def test_what_is_the_same_is_passed_over_but_for_some_lines_around() -> None:
    lines = [f"line {n}" for n in range(20)]
    found = list(rows("\n".join(lines), "\n".join([*lines[:10], "new", *lines[10:]]), around=2))
    assert found[0] == Gap(8)
    assert [each.new for each in found[1:-1] if isinstance(each, Row)] == [9, 10, 11, 12, 13]
    assert found[-1] == Gap(8)


def test_equal_texts_have_nothing_to_show() -> None:
    assert list(rows("a\nb\nc\nd", "a\nb\nc\nd")) == [Gap(4)]
    assert counted("a", "a") == (0, 0)


def test_differing_lines_are_counted() -> None:
    assert counted("a\nb\nc", "a\nB\nc\nd") == (2, 1)


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_in_the_rows(old: str, new: str) -> None:
    found = [row for row in rows(old, new, around=99) if isinstance(row, Row)]
    was = "\n".join("".join(p.text for p in row.was) for row in found if row.old is not None)
    now = "\n".join("".join(p.text for p in row.now) for row in found if row.new is not None)
    if old != new:
        assert (was, now) == (old, new)


@given(TEXTS, TEXTS)
def test_every_line_has_its_own_number(old: str, new: str) -> None:
    found = [row for row in rows(old, new, around=99) if isinstance(row, Row)]
    for numbers in ([row.old for row in found if row.old], [row.new for row in found if row.new]):
        assert numbers == sorted(set(numbers))
