import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers.csvfiles.formulas import BEGINNINGS, bare, shielded


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_no_cell_begins_as_a_formula_does(beginning: str) -> None:
    assert shielded(f"{beginning}1+1") == f"'{beginning}1+1"
    assert bare(f"'{beginning}1+1") == f"{beginning}1+1"


def test_other_apostrophes_stay() -> None:
    for text in ("'t Hooft", "O'Brien", "'", "", "''"):
        assert shielded(text) == bare(text) == text


@given(st.text(alphabet=st.sampled_from([*"'=+-@＝\ta"])))
def test_whatever_is_shielded_comes_back(text: str) -> None:
    assert bare(shielded(text)) == text
    assert not shielded(text).startswith(BEGINNINGS)
