"""Two people changed one text."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from mailer.merging import END, OURS, THEIRS, Clash, merge, unsettled

# Few lines, many alike, as blank lines and headings are.
LINES = st.lists(st.sampled_from(["", "a", "b", "c", "d", "## e"]), max_size=9)
TEXTS = LINES.map("\n".join)


def test_changes_apart_from_one_another_are_both_kept() -> None:
    merged = merge("one\n\ntwo\n\nthree\n", "ONE\n\ntwo\n\nthree\n", "one\n\ntwo\n\nTHREE\nfour\n")
    assert merged.clashes == ()
    assert merged.text == "ONE\n\ntwo\n\nTHREE\nfour\n"


def test_the_same_change_by_both_is_one_change() -> None:
    assert merge("a\nb\nc", "a\nB\nc", "a\nB\nc").text == "a\nB\nc"


def test_one_line_changed_in_two_ways_is_for_a_person_to_settle() -> None:
    merged = merge("a\nb\nc", "a\nmine\nc", "a\ntheirs\nc")
    assert merged.clashes == (Clash(("b",), ("mine",), ("theirs",)),)
    assert merged.text == f"a\n{OURS}\nmine\n{THEIRS}\ntheirs\n{END}\nc"
    assert merged.places == (2,)


def test_neighbouring_lines_changed_by_two_are_for_a_person_to_settle() -> None:
    assert merge("a\nb\nc\nd", "a\nB\nc\nd", "a\nb\nC\nd").clashes


def test_what_one_deletes_and_another_changes_is_for_a_person_to_settle() -> None:
    assert merge("a\nb\nc", "a\nc", "a\nB\nc").clashes == (Clash(("b",), (), ("B",)),)


def test_marks_that_still_stand_are_found_by_their_lines() -> None:
    merged = merge("a\nb\nc", "a\nmine\nc", "a\ntheirs\nc")
    assert unsettled(merged.text) == (2, 4, 6)
    assert unsettled("======= a heading of somebody's own\n<<<<<<<\n") == ()


@given(TEXTS, TEXTS)
def test_whoever_changed_nothing_gets_what_the_other_wrote(base: str, other: str) -> None:
    assert merge(base, base, other).text == other
    assert merge(base, other, base).text == other
    assert merge(base, other, other).text == other


@given(TEXTS, TEXTS, TEXTS)
def test_nobody_s_words_are_lost(base: str, mine: str, theirs: str) -> None:
    """Each line that one added is in what comes out, as often as they added it."""
    got = Counter(merge(base, mine, theirs).text.split("\n"))
    old = Counter(base.split("\n"))
    for new in (mine, theirs):
        assert not (Counter(new.split("\n")) - old) - got


@given(TEXTS, TEXTS, TEXTS)
def test_both_ways_round_the_same_is_merged(base: str, mine: str, theirs: str) -> None:
    one, other = merge(base, mine, theirs), merge(base, theirs, mine)
    assert [clash.mine for clash in one.clashes] == [clash.theirs for clash in other.clashes]
    if not one.clashes:
        assert one.text == other.text


@given(TEXTS, TEXTS, TEXTS)
def test_the_places_of_conflicts_are_those_of_their_marks(base: str, mine: str, theirs: str) -> None:
    merged = merge(base, mine, theirs)
    lines = merged.text.split("\n")
    assert [lines[place - 1] for place in merged.places] == [OURS] * len(merged.clashes)
    assert len(unsettled(merged.text)) == 3 * len(merged.clashes)


@given(st.integers(0, 8), st.integers(0, 8))
def test_changes_with_a_line_of_its_own_between_them_never_clash(one: int, two: int) -> None:
    base = [f"line {n}" for n in range(10)]
    mine, theirs = base.copy(), base.copy()
    mine[one] = "mine"
    theirs[two] = "theirs"
    merged = merge("\n".join(base), "\n".join(mine), "\n".join(theirs))
    assert bool(merged.clashes) == (abs(one - two) <= 1)
