import datetime as dt
from typing import Any

import pytest

from subscribers import choosing, leaving, lifting, people, suppressions
from subscribers.addresses import AddressError, address_key
from subscribers.enrolling import Enrolled
from subscribers.evidence import Origin
from subscribers.interests import UnknownInterestError
from subscribers.models import Change, List, Subscriber, Subscription
from subscribers.people import PersonError
from subscribers.vocabulary import Suppressed

pytestmark = pytest.mark.database
# What scripts rely on (design.md).
PROMISED = ("email", "name", "locale", "subscriptions", "consents", "suppression")


def test_one_person_is_put_on_a_list(digest: List, noon: dt.datetime) -> None:
    added = people.add(
        digest,
        "Nina@example.org",
        name=" Nina ",
        interests=["africa"],
        consent="telephone",
        by="ops",
        at=noon,
    )
    assert added == Enrolled(new=1)
    assert people.add(
        digest, "nina@example.org", interests=["africa"], consent="x", by="ops", at=noon
    ) == Enrolled(unchanged=1)
    assert people.add(digest, "nina@example.org", interests=[], consent="x", by="ops", at=noon) == Enrolled(
        updated=1
    )
    assert people.add(digest, "nina@example.org", consent="x", by="ops", at=noon) == Enrolled(unchanged=1)


def test_a_person_is_shown_whole(digest: List, second: List, noon: dt.datetime) -> None:
    people.add(
        digest,
        "nina@example.org",
        name="Nina",
        interests=["south-asia", "china"],
        consent="form",
        by="ops",
        at=noon,
    )
    people.add(second, "nina@example.org", consent="stand", by="ops", at=noon)
    leaving.unsubscribe(Subscription.objects.get(list=second).pk, "one-click", noon)
    shown = people.show("NINA@example.org")
    assert {name: shown[name] for name in PROMISED} == {
        "email": "nina@example.org",
        "name": "Nina",
        "locale": "",
        "subscriptions": [
            {"list": "second", "status": "unsubscribed", "everything": True, "interests": [], **since(noon)},
            {
                "list": "space-digest",
                "status": "active",
                "everything": False,
                "interests": ["china", "south-asia"],
                **since(noon),
            },
        ],
        "consents": [
            line("space-digest", "granted", noon, "form"),
            line("second", "granted", noon, "stand"),
            line("second", "withdrawn", noon, "one-click", {"before": {"status": "active"}}),
        ],
        "suppression": {
            "reason": "unsubscribed",
            "lists": ["second"],
            "everywhere": False,
            "since": noon,
            "source": "one-click",
        },
    }


def since(noon: dt.datetime) -> dict[str, object]:
    return {"since": noon, "changed_at": noon, "paused_until": None}


def line(
    newsletter: str, action: str, at: dt.datetime, how: str, detail: dict[str, object] | None = None
) -> dict[str, object]:
    return {
        "list": newsletter,
        "action": action,
        "at": at,
        "how": how,
        "wording": "",
        "network": "",
        "detail": detail or {},
    }


def test_the_evidence_stands_in_the_order_in_which_it_came(digest: List, noon: dt.datetime) -> None:
    hour = dt.timedelta(hours=1)
    people.add(digest, "nina@example.org", consent="form", by="ops", at=noon)
    nina = Subscription.objects.get()
    choosing.choose(nina, ["africa"], "page", noon + hour, origin=Origin("page@1", "203.0.113.0/24"))
    key = address_key("nina@example.org")
    suppressions.suppress(key, Suppressed.BOUNCED, "sendgrid", noon + 2 * hour)
    lifting.lift(key, "works again", by="ops", at=noon + 3 * hour)
    leaving.unsubscribe(nina.pk, "one-click", noon + 4 * hour, origin=Origin(network="198.51.100.0/24"))
    shown = people.show("nina@example.org")
    assert [(each["action"], each["wording"], each["network"]) for each in shown["consents"]] == [
        ("granted", "", ""),
        ("changed", "page@1", "203.0.113.0/24"),
        ("withdrawn", "", "198.51.100.0/24"),
    ]
    assert shown["consents"][1]["detail"] == {"interests": ["africa"], "before": {"interests": "everything"}}
    assert shown["suppressions"] == [
        {
            "reason": "bounced",
            "list": None,
            "since": noon + 2 * hour,
            "source": "sendgrid",
            "lifted_at": noon + 3 * hour,
            "lifted_because": "works again",
        },
        {
            "reason": "unsubscribed",
            "list": "space-digest",
            "since": noon + 4 * hour,
            "source": "one-click",
            "lifted_at": None,
            "lifted_because": "",
        },
    ]
    assert [(each["who"], each["what"]) for each in shown["changes"]] == [
        ("ops", "subscribers add"),
        ("ops", "subscribers lift"),
    ]


def test_what_one_of_us_adds_is_in_the_audit_log(digest: List, noon: dt.datetime) -> None:
    people.add(digest, "nina@example.org", consent="form", by="ops", at=noon)
    people.add(digest, "nina@example.org", interests=["africa"], consent="form", by="eva", at=noon)
    people.add(digest, "nina@example.org", interests=["africa"], consent="form", by="eva", at=noon)
    lines = Change.objects.filter(what="subscribers add", list=digest).values_list("who", "before", "after")
    assert list(lines) == [
        ("ops", {}, {"name": "", "status": "active", "interests": "everything"}),
        ("eva", {"interests": "everything"}, {"interests": ["africa"]}),
    ]


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
    wrong: dict[str, Any] = {"text": "nina@example.org", "consent": "form", **values}
    with pytest.raises(error):
        people.add(digest, **wrong, by="ops", at=noon)
    assert not Subscriber.objects.exists()


def test_who_has_left_is_not_brought_back_by_hand(digest: List, noon: dt.datetime) -> None:
    people.add(digest, "nina@example.org", consent="form", by="ops", at=noon)
    leaving.unsubscribe(Subscription.objects.get().pk, "one-click", noon)
    with pytest.raises(
        PersonError, match=r"n•••a@example\.org has left space-digest; only they can come back"
    ):
        people.add(digest, "nina@example.org", consent="they must have meant it", by="ops", at=noon)
