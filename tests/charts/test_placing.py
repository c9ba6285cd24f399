"""Names beside their lines: as near as can be, in order, and never on one another."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mailer.charts.placing import spread


@given(st.lists(st.floats(0, 200), max_size=30))
def test_names_never_touch_and_keep_their_order(wanted: list[float]) -> None:
    found = spread(wanted, apart=17, top=0, bottom=200)
    apart = min(17, 200 / max(len(wanted) - 1, 1))
    placed = sorted(found)
    assert all(0 <= place <= 200 + 1e-6 for place in placed)
    assert all(after - before >= apart - 1e-6 for before, after in pairwise(placed))
    by_wish = [place for _, place in sorted(zip(wanted, found, strict=True))]
    assert by_wish == placed


def test_what_has_room_stays_where_it_is() -> None:
    assert spread([150, 20, 80], apart=17, top=0, bottom=200) == [150, 20, 80]


def test_what_would_touch_stands_around_its_middle() -> None:
    assert spread([100, 100, 100], apart=20, top=0, bottom=200) == [80, 100, 120]
