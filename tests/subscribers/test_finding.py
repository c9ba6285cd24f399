import dataclasses
import datetime as dt
import random
from typing import Any, TypeVar

import pytest

from subscribers import finding, people
from subscribers.addresses import AddressError
from subscribers.finding import EVERYTHING, FindingError, Wanted, listing
from subscribers.interests import UnknownInterestError
from subscribers.models import Interest, List, Subscription
from subscribers.segments import keeping
from subscribers.vocabulary import Status
from tests.subscribers.crowd import DAY, NOW, Member, Somebody, gather, slugs

pytestmark = pytest.mark.database

T = TypeVar("T")

TODAY = NOW.date()


def emails(wanted: Wanted, **page: Any) -> list[str]:  # noqa: ANN401 - limit and after, as they are named
    return [person["email"] for person in listing(wanted, now=NOW, **page)]


@pytest.fixture
def cast(digest: List, second: List, noon: dt.datetime) -> None:
    """Three readers of the digest, of whom Nina also reads the second."""
    for name in ("omar", "nina", "li"):
        people.add(digest, f"{name}@example.org", consent="form", by="ada", at=noon)
    people.add(second, "nina@example.org", consent="form", by="ada", at=noon)


@pytest.mark.usefixtures("cast")
def test_people_are_listed_by_address_and_page_by_page() -> None:
    first = listing(Wanted(), now=NOW, limit=2)
    assert [row["email"] for row in first] == ["li@example.org", "nina@example.org"]
    assert [row["list"] for row in first[1]["subscriptions"]] == ["second", "space-digest"]
    assert emails(Wanted(), after="NINA@example.org") == ["omar@example.org"]
    assert emails(Wanted(), after="omar@example.org") == []


@pytest.mark.usefixtures("cast")
def test_only_the_subscriptions_that_were_asked_for_are_shown(digest: List) -> None:
    Subscription.objects.filter(subscriber__canonical="omar@example.org").update(status=Status.PAUSED)
    [li, nina] = listing(Wanted(digest, Status.ACTIVE), now=NOW)
    assert (li["email"], nina["email"]) == ("li@example.org", "nina@example.org")
    assert nina == {
        "email": "nina@example.org",
        "name": "",
        "locale": "",
        "subscriptions": [
            {
                "list": "space-digest",
                "status": "active",
                "everything": True,
                "interests": [],
                "since": dt.datetime(2026, 3, 24, 12, tzinfo=dt.UTC),
            }
        ],
        "suppressed": None,
    }
    assert emails(Wanted(status=Status.PAUSED)) == ["omar@example.org"]
    assert emails(Wanted(digest, Status.PENDING)) == []


@pytest.mark.usefixtures("cast")
def test_who_is_on_no_list_is_shown_too_where_no_list_is_asked_for(digest: List) -> None:
    Subscription.objects.filter(subscriber__canonical="li@example.org").delete()
    assert listing(Wanted(), now=NOW)[0]["subscriptions"] == []
    assert emails(Wanted(digest)) == ["nina@example.org", "omar@example.org"]


# Where only few are found they are fetched and put in order, otherwise all are gone through in their order.
@pytest.mark.parametrize("few", [0, 3, 5_000])
@pytest.mark.parametrize("seed", range(3))
def test_what_is_found_is_what_plain_python_finds(
    digest: List, second: List, monkeypatch: pytest.MonkeyPatch, seed: int, few: int
) -> None:
    monkeypatch.setattr(finding, "FEW", few)
    crowd = sorted(gather([digest, second], 60, seed), key=lambda each: each.canonical)
    segment = keeping.add(
        digest, "near", "domain = gmail.com or interest in (china)", by="ada", at=NOW
    ).segment
    chance = random.Random(seed)  # noqa: S311 - nobody has to guess it
    met = 0
    for _ in range(30):
        wanted = _anything(digest, second, chance)
        if wanted.newsletter == digest and chance.random() < 0.3:
            wanted = dataclasses.replace(wanted, segment=segment)
        expected = [each for each in crowd if _is_wanted(each, wanted)]
        assert emails(wanted, limit=1_000) == [each.address for each in expected], wanted
        met += len(expected)
        for each, found in zip(expected, listing(wanted, now=NOW, limit=1_000), strict=True):
            assert found["suppressed"] == each.reason(wanted.newsletter)
            assert [
                (row["list"], row["status"], row["everything"], frozenset(row["interests"]), row["since"])
                for row in found["subscriptions"]
            ] == [
                (member.newsletter.slug, member.status, member.everything, member.interests, member.since)
                for member in sorted(each.members, key=lambda member: member.newsletter.slug)
                if _is_shown(member, wanted)
            ]
    assert met > 50  # nothing is shown by finding nobody


def _anything(digest: List, second: List, chance: random.Random) -> Wanted:
    newsletter = chance.choice([None, digest, second])

    def maybe(nothing: T, *values: T) -> T:
        """Mostly do not ask for it."""
        return chance.choice([nothing] * (2 + 2 * len(values)) + list(values))

    return Wanted(
        newsletter=newsletter,
        status=maybe(None, *Status),
        interest=maybe("", *slugs(newsletter), EVERYTHING) if newsletter else "",
        joined_after=maybe(None, TODAY - 7 * DAY, TODAY - 30 * DAY, dt.date(2026, 1, 31)),
        joined_before=maybe(None, TODAY, TODAY - 90 * DAY, dt.date(2026, 2, 1)),
        suppressed=bool(maybe(0, 1)),
        domain=maybe("", "gmail.com", "@Example.ORG", "münchen.test", "nowhere.test"),
        match=maybe("", "READER", "okafor", "нина", "100%", "_", "!", "ωMEGA", "%b_c"),
    )


def _is_wanted(each: Somebody, wanted: Wanted) -> bool:
    domain = wanted.domain.lower().removeprefix("@").replace("münchen", "xn--mnchen-3ya")
    text = wanted.match.casefold()
    about_one = (wanted.newsletter, wanted.status, wanted.interest, wanted.joined_after, wanted.joined_before)
    return (
        (not domain or each.domain == domain)
        and (not text or text in each.canonical.casefold() or text in each.name.casefold())
        and (not wanted.suppressed or each.reason(wanted.newsletter) is not None)
        and (not any(about_one) or any(_is_shown(member, wanted) for member in each.members))
        and (not wanted.segment or each.domain == "gmail.com" or _chose(each, wanted.newsletter, "china"))
    )


def _is_shown(member: Member, wanted: Wanted) -> bool:
    day = member.since.date()
    return (
        (not wanted.newsletter or member.newsletter == wanted.newsletter)
        and (not wanted.status or member.status is wanted.status)
        and (not wanted.interest or wanted.interest in {*member.interests, member.everything and EVERYTHING})
        and (not wanted.joined_after or day > wanted.joined_after)
        and (not wanted.joined_before or day < wanted.joined_before)
    )


def _chose(each: Somebody, newsletter: List | None, slug: str) -> bool:
    return any(member.newsletter == newsletter and slug in member.interests for member in each.members)


def test_all_pages_together_are_all_people(digest: List, second: List) -> None:
    crowd = gather([digest, second], 40, seed=7)
    wanted = Wanted(digest)
    seen: list[str] = []
    while page := emails(wanted, limit=7, after=seen[-1] if seen else ""):
        seen += page
    assert seen == emails(wanted, limit=1_000)
    assert len(seen) == sum(any(member.newsletter == digest for member in each.members) for each in crowd)


@pytest.mark.usefixtures("cast")
def test_who_chose_a_retired_interest_is_still_found(digest: List) -> None:
    china = Interest.objects.get(list=digest, slug="china")
    Subscription.objects.filter(list=digest, subscriber__canonical="li@example.org").update(
        everything=False, interests=1 << china.number
    )
    Interest.objects.filter(pk=china.pk).update(retired_at=NOW)
    assert emails(Wanted(digest, interest="china")) == ["li@example.org"]


@pytest.mark.parametrize(
    ("wrong", "error", "said"),
    [
        ({"interest": "mars"}, UnknownInterestError, "“mars” is no interest of space-digest: china, "),
        ({"domain": "no domain"}, FindingError, "'no domain' is no domain of an address"),
        ({"domain": "a@b.example"}, FindingError, "is no domain of an address"),
        ({"match": "x" * 255}, FindingError, "longer than 254 characters"),
    ],
)
def test_what_cannot_be_looked_for_says_why(
    digest: List, wrong: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        listing(Wanted(digest, **wrong), now=NOW)


@pytest.mark.usefixtures("db")
def test_an_interest_is_one_of_a_list() -> None:
    with pytest.raises(FindingError, match="Say of which list that is an interest"):
        listing(Wanted(interest="china"), now=NOW)
    with pytest.raises(AddressError):
        listing(Wanted(), now=NOW, after="nonsense")


@pytest.mark.usefixtures("db")
def test_nobody_is_found_where_nobody_is() -> None:
    assert listing(Wanted(suppressed=True, match="x", status=Status.ACTIVE), now=NOW) == []
