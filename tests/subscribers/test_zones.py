"""The time zones that may be used, and how people write them."""

import pytest

from subscribers import zones


@pytest.mark.parametrize(
    ("written", "zone"),
    [
        ("Africa/Nairobi", "Africa/Nairobi"),
        ("europe/berlin", "Europe/Berlin"),
        (" america/new york ", "America/New_York"),
        ("utc", "UTC"),
        ("Nairobi", None),
        ("localtime", None),
        ("posixrules", None),
        ("factory", None),
        ("right/UTC", None),
        ("posix/Europe/Berlin", None),
        ("../etc/passwd", None),
        ("", None),
    ],
)
def test_a_zone_is_of_a_place_however_it_is_written(written: str, zone: str | None) -> None:
    assert zones.find(written) == zone


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("nairobi", ("Africa/Nairobi",)),
        ("new york", ("America/New_York",)),
        ("Istanbul", ("Asia/Istanbul", "Europe/Istanbul")),
        ("GMT+3", ()),
        ("Nowhere", ()),
    ],
)
def test_a_place_has_the_zones_that_are_called_so(place: str, found: tuple[str, ...]) -> None:
    assert zones.of_place(place) == found
