import datetime as dt

import pytest

from subscribers import leaving, people, suppressions
from subscribers.addresses import AddressError, address_key
from subscribers.enrolling import Enrolled
from subscribers.interests import UnknownInterestError
from subscribers.models import List, Subscriber, Subscription
from subscribers.people import PersonError
from subscribers.vocabulary import Status, Suppressed

pytestmark = pytest.mark.database


def test_one_person_is_put_on_a_list(digest: List, noon: dt.datetime) -> None:
    added = people.add(
        digest, "Nina@example.org", name=" Nina ", interests=["africa"], consent="telephone", at=noon
    )
    assert added == Enrolled(new=1)
    assert people.add(digest, "nina@example.org", interests=["africa"], consent="x", at=noon) == Enrolled(
        unchanged=1
    )
    assert people.add(digest, "nina@example.org", interests=[], consent="x", at=noon) == Enrolled(updated=1)
    assert people.add(digest, "nina@example.org", consent="x", at=noon) == Enrolled(unchanged=1)


def test_a_person_is_shown_whole(digest: List, second: List, noon: dt.datetime) -> None:
    people.add(
        digest, "nina@example.org", name="Nina", interests=["south-asia", "china"], consent="form", at=noon
    )
    people.add(second, "nina@example.org", consent="stand", at=noon)
    leaving.unsubscribe(Subscription.objects.get(list=second).pk, "one-click", noon)
    assert people.show("NINA@example.org") == {
        "email": "nina@example.org",
        "name": "Nina",
        "locale": "",
        "subscriptions": [
            {"list": "second", "status": "unsubscribed", "everything": True, "interests": [], "since": noon},
            {
                "list": "space-digest",
                "status": "active",
                "everything": False,
                "interests": ["china", "south-asia"],
                "since": noon,
            },
        ],
        "consents": [
            {"list": "space-digest", "action": "granted", "at": noon, "how": "form"},
            {"list": "second", "action": "granted", "at": noon, "how": "stand"},
            {"list": "second", "action": "withdrawn", "at": noon, "how": "one-click"},
        ],
        "suppression": {
            "reason": "unsubscribed",
            "lists": ["second"],
            "everywhere": False,
            "since": noon,
            "source": "one-click",
        },
    }


@pytest.mark.usefixtures("db")
def test_an_address_that_is_only_suppressed_is_shown_as_such(noon: dt.datetime) -> None:
    suppressions.suppress(address_key("nina@example.org"), Suppressed.ERASED, "letter", noon)
    shown = people.show("nina@example.org")
    assert (shown["subscriptions"], shown["suppression"]["everywhere"]) == ([], True)


@pytest.mark.usefixtures("db")
def test_a_stranger_is_nobody_and_the_error_masks_the_address() -> None:
    with pytest.raises(PersonError, match=r"Nobody here has the address n•••a@example\.org"):
        people.show("nina@example.org")


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"text": "nobody"}, AddressError),
        ({"interests": ["mars"]}, UnknownInterestError),
        ({"consent": ""}, PersonError),
        ({"name": "Nina\nBcc: x"}, PersonError),
    ],
)
def test_a_wrong_value_adds_nobody(
    digest: List, noon: dt.datetime, values: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        people.add(digest, **{"text": "nina@example.org", "consent": "form", "at": noon, **values})  # type: ignore[arg-type]  # one wrong value at a time is the point
    assert not Subscriber.objects.exists()


def test_who_has_left_is_not_brought_back_by_hand(digest: List, noon: dt.datetime) -> None:
    people.add(digest, "nina@example.org", consent="form", at=noon)
    leaving.unsubscribe(Subscription.objects.get().pk, "one-click", noon)
    with pytest.raises(
        PersonError, match=r"n•••a@example\.org has left space-digest; only they can come back"
    ):
        people.add(digest, "nina@example.org", consent="they must have meant it", at=noon)


def test_people_are_listed_by_address_and_page_by_page(digest: List, second: List, noon: dt.datetime) -> None:
    for name in ("omar", "nina", "li"):
        people.add(digest, f"{name}@example.org", consent="form", at=noon)
    people.add(second, "nina@example.org", consent="form", at=noon)
    first = people.listing(limit=2)
    assert [row["email"] for row in first] == ["li@example.org", "nina@example.org"]
    assert [row["list"] for row in first[1]["subscriptions"]] == ["second", "space-digest"]
    assert [row["email"] for row in people.listing(after="nina@example.org")] == ["omar@example.org"]


def test_people_are_listed_by_list_and_status(digest: List, second: List, noon: dt.datetime) -> None:
    people.add(digest, "nina@example.org", consent="form", at=noon)
    people.add(second, "nina@example.org", consent="form", at=noon)
    people.add(digest, "omar@example.org", consent="form", at=noon)
    leaving.unsubscribe(Subscription.objects.get(subscriber__canonical="omar@example.org").pk, "x", noon)
    [nina] = people.listing(newsletter=digest, status=Status.ACTIVE)
    assert [row["list"] for row in nina["subscriptions"]] == ["space-digest"]
    assert [row["email"] for row in people.listing(status=Status.UNSUBSCRIBED)] == ["omar@example.org"]
    assert people.listing(newsletter=second, status=Status.PENDING) == []
