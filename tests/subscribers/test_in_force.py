import datetime as dt

import pytest

from subscribers import in_force, people, suppressions
from subscribers.addresses import address_key
from subscribers.models import List, Suppression
from subscribers.vocabulary import Suppressed

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

NINA, OMAR = "nina@example.org", "omar@example.org"


def suppress(address: str, reason: Suppressed, at: dt.datetime, newsletter: List | None = None) -> None:
    assert suppressions.suppress(address_key(address), reason, "event", at, newsletter)


def test_a_suppression_tells_where_since_when_and_why_and_masks_whom(digest: List, noon: dt.datetime) -> None:
    people.add(digest, NINA, consent="form", at=noon, by="ann")
    suppress(NINA, Suppressed.BOUNCED, noon)
    suppress(OMAR, Suppressed.UNSUBSCRIBED, noon, digest)
    left, bounced = in_force.listing()
    assert left.pop("id") > bounced.pop("id")
    assert bounced == {
        "key": address_key(NINA)[:8],
        "email": "n•••a@example.org",
        "reason": "bounced",
        "list": None,
        "everywhere": True,
        "since": noon,
        "source": "event",
    }
    assert (left["email"], left["list"], left["everywhere"]) == (None, "space-digest", False)


def test_of_a_list_are_its_own_and_those_of_every_list(digest: List, second: List, noon: dt.datetime) -> None:
    suppress(NINA, Suppressed.UNSUBSCRIBED, noon, digest)
    suppress(NINA, Suppressed.UNSUBSCRIBED, noon, second)
    suppress(OMAR, Suppressed.COMPLAINED, noon)
    assert [row["list"] for row in in_force.listing(newsletter=digest)] == [None, "space-digest"]
    assert [row["list"] for row in in_force.listing(reason=Suppressed.UNSUBSCRIBED)] == [
        "second",
        "space-digest",
    ]


def test_pages_go_on_where_the_last_one_ended(noon: dt.datetime) -> None:
    for n in range(5):
        suppress(f"reader{n}@example.org", Suppressed.BY_HAND, noon)
    whole = [row["id"] for row in in_force.listing()]
    first = [row["id"] for row in in_force.listing(limit=2)]
    rest = [row["id"] for row in in_force.listing(after=first[-1])]
    assert first + rest == whole == sorted(whole, reverse=True)


def test_what_was_lifted_is_not_in_force(noon: dt.datetime) -> None:
    suppress(NINA, Suppressed.BOUNCED, noon)
    Suppression.objects.update(lifted_at=noon)
    assert list(in_force.listing()) == []
