"""Files as others export them, into a list, without a word from anybody."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from subscribers.addresses import address_key
from subscribers.csvfiles import peers
from subscribers.enrolling import Enrolled
from subscribers.importing import Imported, import_csv
from subscribers.models import Consent, List, Subscriber, Subscription, Suppression

pytestmark = pytest.mark.database

FILES = Path(__file__).parents[1] / "peers"


def imported(digest: List, name: str, noon: dt.datetime) -> Imported:
    return import_csv(digest, FILES / f"{name}.csv", by="vera", at=noon)


def people() -> dict[str, tuple[Any, ...]]:
    rows = Subscription.objects.select_related("subscriber").order_by("pk")
    return {
        row.subscriber.address: (row.subscriber.name, row.status, row.everything, row.interests)
        for row in rows
    }


def consents() -> dict[str, list[tuple[str, str, str]]]:
    found: dict[str, list[tuple[str, str, str]]] = {}
    for line in Consent.objects.select_related("subscriber").order_by("pk"):
        told = (line.action, f"{line.at.astimezone(dt.UTC):%Y-%m-%d %H:%M}", line.how)
        found.setdefault(line.subscriber.address, []).append(told)
    return found


def test_mailchimp(digest: List, noon: dt.datetime) -> None:
    subscribed = imported(digest, "mailchimp_subscribed", noon)
    assert subscribed.people == Enrolled(new=3)
    assert subscribed.unknown_tags == ("VIP", "Spring meeting")
    assert people() == {
        "nina@example.org": ("Nina Okafor", "active", False, 0b1100),
        "li@example.org": ("李伟", "active", False, 0b0001),
        "omar@example.org": ("", "active", True, 0),
    }
    there = "subscribed at Mailchimp, imported from mailchimp_subscribed.csv"
    assert consents()["nina@example.org"] == [("granted", "2019-04-21 11:16", there)]
    assert imported(digest, "mailchimp_unsubscribed", noon).people == Enrolled(ended=1)
    assert imported(digest, "mailchimp_cleaned", noon).people == Enrolled(ended=1)
    assert people()["ada@example.org"] == ("Ada Byron", "unsubscribed", False, 0b0001)
    assert consents()["ada@example.org"] == [
        ("granted", "2018-02-12 10:54", there.replace("_sub", "_unsub")),
        ("withdrawn", "2021-07-23 12:19", "imported from mailchimp_unsubscribed.csv"),
    ]
    assert set(Suppression.objects.values_list("address_key", "reason", "list")) == {
        (address_key("ada@example.org"), "unsubscribed", digest.pk),
        (address_key("gone@example.org"), "bounced", digest.pk),
    }
    assert not Subscriber.objects.filter(canonical="gone@example.org").exists()


def test_listmonk(digest: List, noon: dt.datetime) -> None:
    assert imported(digest, "listmonk", noon).people == Enrolled(new=2, ended=1)
    assert people() == {
        "nina@example.org": ("Nina Okafor", "active", True, 0),
        "li@example.org": ("李伟", "active", True, 0),
    }
    assert Subscriber.objects.get(name="Nina Okafor").attributes == {"city": "Lagos", "age": 41}
    assert consents()["li@example.org"] == [
        ("granted", "2022-01-05 02:30", "subscribed at listmonk, imported from listmonk.csv")
    ]
    assert Suppression.objects.get().reason == "by_hand"


def test_substack(digest: List, noon: dt.datetime) -> None:
    assert imported(digest, "substack", noon).people == Enrolled(new=2, ended=1)
    assert people() == {
        "nina@example.org": ("", "active", True, 0),
        "li@example.org": ("", "active", True, 0),
        "ada@example.org": ("", "unsubscribed", True, 0),
    }
    assert consents()["nina@example.org"][0][1] == "2018-08-27 15:06"
    # what the dashboard exports of the same people has their names
    assert imported(digest, "substack_dashboard", noon).people == Enrolled(updated=1)
    assert people()["nina@example.org"][0] == "Nina Okafor"


def test_ghost(digest: List, noon: dt.datetime) -> None:
    found = imported(digest, "ghost", noon)
    assert (found.people, found.unknown_tags) == (Enrolled(new=2, ended=1), ("Founding readers",))
    assert people() == {
        "nina@example.org": ("Nina Okafor", "active", False, 0b0100),
        "li@example.org": ("李伟", "active", True, 0),
        "ada@example.org": ("Ada Byron", "unsubscribed", False, 0b0001),
    }
    assert consents()["nina@example.org"] == [
        ("granted", "2022-10-18 06:34", "subscribed at Ghost, imported from ghost.csv")
    ]


def test_buttondown(digest: List, noon: dt.datetime) -> None:
    found = imported(digest, "buttondown", noon)
    assert (found.people, found.unknown_tags) == (Enrolled(new=3, ended=2), ("insiders",))
    assert people() == {
        "nina@example.org": ("", "active", False, 0b0001),
        "li@example.org": ("", "active", True, 0),
        "kim@example.org": ("", "pending", True, 0),
        "ada@example.org": ("", "unsubscribed", False, 0b0010),
    }
    assert consents()["nina@example.org"] == [
        ("granted", "2022-03-04 05:06", "subscribed at Buttondown, imported from buttondown.csv: organic")
    ]
    assert {row.reason: row.at.year for row in Suppression.objects.all()} == {
        "unsubscribed": 2023,
        "bounced": 2023,
    }


def test_buttondown_as_it_used_to_be(digest: List, noon: dt.datetime) -> None:
    assert imported(digest, "buttondown_older", noon).people == Enrolled(new=1, ended=1)
    assert people() == {"nina@example.org": ("", "active", False, 0b0100)}


@pytest.mark.parametrize("name", sorted(file.stem for file in FILES.glob("*.csv")))
def test_a_peers_file_twice_changes_nothing(digest: List, noon: dt.datetime, name: str) -> None:
    first = imported(digest, name, noon).people
    before = (people(), consents(), Suppression.objects.count())
    again = imported(digest, name, noon + dt.timedelta(days=1)).people
    assert again.new == again.updated == again.ended == 0
    assert again.unchanged == first.new
    assert (people(), consents(), Suppression.objects.count()) == before


def test_a_header_of_ones_own_is_nobodys() -> None:
    assert peers.of(["email", "name", "interests"]) is None
    assert peers.of(["Email Address", "First Name", "Last Name"]) is None
