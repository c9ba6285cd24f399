import datetime as dt
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from subscribers.models import List


@pytest.fixture
def noon() -> dt.datetime:
    return dt.datetime(2026, 3, 24, 12, tzinfo=dt.UTC)


@pytest.fixture
def digest(db: None) -> "List":  # noqa: ARG001 - its rows need the database
    from subscribers import lists  # noqa: PLC0415 - Django is set up by then

    return lists.add_list(
        "space-digest",
        name="Space Digest",
        sender=lists.Sender("Space Digest", "news@example.org"),
        postal_address="14 Observatory Road\nCape Town 7925",
        interests={"china": "China", "russia": "Russia", "africa": "Africa", "south-asia": "South Asia"},
    ).newsletter


@pytest.fixture
def second(db: None) -> "List":  # noqa: ARG001 - its rows need the database
    from subscribers import lists  # noqa: PLC0415 - Django is set up by then

    return lists.add_list(
        "second",
        name="The Second Letter",
        sender=lists.Sender("Second", "second@example.org"),
        postal_address="1 Other Street",
        interests={"tea": "Tea"},
    ).newsletter
