import datetime as dt
from collections import Counter
from typing import Any

import pytest

from subscribers import asking, counting, departing
from subscribers.addresses import parse
from subscribers.counting import stats
from subscribers.evidence import UNSTATED
from subscribers.models import List, Request, Suppression
from subscribers.vocabulary import Departed, Status, Suppressed
from tests.stage import a_list
from tests.subscribers.crowd import DAY, NOW, Member, Somebody, gather, slugs

pytestmark = pytest.mark.database


def counted(newsletter: List, crowd: list[Somebody]) -> dict[str, Any]:
    """Count in plain Python what `stats` has the database count."""
    on_list = [(each, member) for each in crowd for member in each.members if member.newsletter == newsletter]
    active = [(each, member) for each, member in on_list if member.status is Status.ACTIVE]
    members = [member for _, member in on_list]
    domains = Counter(each.domain for each, _ in active)
    pending = [member.since for member in members if member.status is Status.PENDING]
    return {
        "list": newsletter.slug,
        "at": NOW,
        "people": {status.value: sum(member.status is status for member in members) for status in Status},
        "everything": sum(member.everything for _, member in active),
        "interests": {
            slug: sum(slug in member.interests for _, member in active) for slug in slugs(newsletter)
        },
        "recent": [
            {
                "days": days,
                "joined": sum(_joined(member) and member.since >= NOW - days * DAY for member in members),
                "left": sum(_left(member) and member.changed_at >= NOW - days * DAY for member in members),
            }
            for days in (7, 30, 90)
        ],
        "months": [
            {
                "month": month,
                "joined": sum(_joined(member) and f"{member.since:%Y-%m}" == month for member in members),
                "left": sum(_left(member) and f"{member.changed_at:%Y-%m}" == month for member in members),
            }
            for month in (
                *(f"2025-{number:02}" for number in range(4, 13)),
                *("2026-01", "2026-02", "2026-03"),
            )
        ],
        "suppressions": {
            reason.value: len({each.address for each in crowd if _suppressed(each, newsletter, reason)})
            for reason in Suppressed
        },
        "domains": [
            {"domain": domain, "people": people}
            for domain, people in sorted(domains.items(), key=lambda item: (-item[1], item[0]))
        ],
        "engagement": [
            {
                "days": days,
                "opened": sum(_since(each.opened_at, days) for each, _ in active),
                "clicked": sum(_since(each.clicked_at, days) for each, _ in active),
            }
            for days in (30, 90)
        ],
        "pending": {"people": len(pending), "oldest": min(pending, default=None)},
        "sign_ups": {"waiting": 0, "kept_back": 0},
        "left_because": dict.fromkeys([reason.value for reason in Departed], 0),
    }


def _joined(member: Member) -> bool:
    return member.status is not Status.PENDING


def _left(member: Member) -> bool:
    return member.status is Status.UNSUBSCRIBED


def _since(moment: dt.datetime | None, days: int) -> bool:
    return moment is not None and moment >= NOW - days * DAY


def _suppressed(each: Somebody, newsletter: List, reason: Suppressed) -> bool:
    return any(
        on in {None, newsletter} and why is reason and not lifted for on, why, _, lifted in each.suppressed
    )


@pytest.mark.parametrize("seed", range(5))
def test_the_figures_are_those_of_a_recount(digest: List, second: List, seed: int) -> None:
    crowd = gather([digest, second], 80, seed)
    for newsletter in (digest, second):
        assert stats(newsletter, now=NOW) == counted(newsletter, crowd)


def test_the_figures_of_nobody_are_nothing(digest: List) -> None:
    assert stats(digest, now=NOW) == counted(digest, [])


def test_where_nobody_is_tracked_nobody_is_counted_as_reading(digest: List, second: List) -> None:
    crowd = gather([digest, second], 40, seed=9)
    List.objects.filter(pk=digest.pk).update(tracked=False)
    digest.refresh_from_db()
    assert stats(digest, now=NOW) == counted(digest, crowd) | {"engagement": None}


def test_an_address_is_suppressed_once_for_one_reason(digest: List) -> None:
    for on in (None, digest):
        Suppression.objects.create(address_key="k" * 32, list=on, reason=Suppressed.ERASED, at=NOW)
    assert stats(digest, now=NOW)["suppressions"]["erased"] == 1


def test_the_commonest_domains_are_shown(digest: List, second: List, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "DOMAINS", 2)
    crowd = gather([digest, second], 60, seed=2)
    assert stats(digest, now=NOW)["domains"] == counted(digest, crowd)["domains"][:2]


def test_an_interest_may_be_called_everything(digest: List) -> None:
    digest.interests.create(slug="everything", name="All of it", number=9, position=9)
    crowd = gather([digest], 40, seed=4)
    found = stats(digest, now=NOW)
    assert found == counted(digest, crowd)
    assert found["everything"] != found["interests"]["everything"]


@pytest.mark.parametrize(
    ("now", "first", "last"),
    [
        (dt.datetime(2026, 12, 31, 23, 59, tzinfo=dt.UTC), "2026-01", "2026-12"),
        (dt.datetime(2026, 1, 1, tzinfo=dt.UTC), "2025-02", "2026-01"),
        # still February in UTC
        (dt.datetime(2026, 3, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=2))), "2025-03", "2026-02"),
    ],
)
def test_months_are_those_of_utc(digest: List, now: dt.datetime, first: str, last: str) -> None:
    months = [row["month"] for row in stats(digest, now=now)["months"]]
    assert (len(months), months[0], months[-1]) == (12, first, last)


@pytest.mark.django_db
def test_who_asked_on_the_page_is_counted_apart_from_people_and_so_is_why_others_left() -> None:
    owner = a_list()
    for address in ("nina@example.org", "oleg@example.org"):
        wish = asking.Wish(owner, parse(address), (), tracked=False, current=False, language="en")
        asking.sign_up(wish, origin=UNSTATED, at=NOW)
    Request.objects.filter(address="oleg@example.org").update(kept_back="too often")
    departing.tell(owner.pk, Departed.OTHER, at=NOW)
    found = stats(owner, now=NOW)
    assert found["sign_ups"] == {"waiting": 2, "kept_back": 1}
    assert found["left_because"]["other"] == 1
    assert found["people"]["pending"] == 0
