"""Count a list's people: where they stand, what they chose, who came and went, who reads.

Everything about subscriptions is counted in one pass over the list, domains and suppressions each in one of
their own. Moments are in UTC.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from subscribers import departing, moments
from subscribers.models import List, Request
from subscribers.segments.evaluating import DAY
from subscribers.vocabulary import RequestKind, Status, Suppressed

RECENT = (7, 30, 90)  # days
ENGAGED = (30, 90)  # days
MONTHS = 12
DOMAINS = 10
_MONTHS_A_YEAR = 12
FEW = 10_000  # people, whose figures are there at once
MANY = 100_000  # people, of whom it is said that there are more

COUNT = """
SELECT {counts}, MIN(subscription.since) FILTER (WHERE subscription.status = 'pending')
FROM subscription{join} WHERE subscription.list_id = %(list)s
"""
JOIN_PERSON = " JOIN subscriber ON subscriber.id = subscription.subscriber_id"

COUNT_DOMAINS = """
SELECT substr(subscriber.canonical, {position}(subscriber.canonical, '@') + 1) AS domain, COUNT(*) AS people
FROM subscription JOIN subscriber ON subscriber.id = subscription.subscriber_id
WHERE subscription.list_id = %(list)s AND subscription.status = 'active'
GROUP BY domain ORDER BY people DESC, domain LIMIT %(domains)s
"""

# Once for each address, which may be suppressed here and everywhere for the same reason.
COUNT_SUPPRESSIONS = """
SELECT reason, COUNT(DISTINCT address_key) FROM suppression
WHERE lifted_at IS NULL AND (list_id IS NULL OR list_id = %(list)s)
GROUP BY reason
"""

COUNT_UP_TO = """
SELECT COUNT(*) FROM (
  SELECT 1 FROM subscription WHERE list_id = %(list)s AND status = 'active' LIMIT %(most)s
) AS counted
"""

# Who waits for a confirmation has not come yet. Nothing else changes when somebody has left.
JOINED = "subscription.status <> 'pending' AND subscription.since"
LEFT = "subscription.status = 'unsubscribed' AND subscription.changed_at"
OPENED = "subscription.status = 'active' AND subscriber.last_opened_at"
CLICKED = "subscription.status = 'active' AND subscriber.last_clicked_at"


@dataclass(frozen=True)
class _Count:
    """One number: under which name it stands in the answer, and of whom it is true."""

    group: str
    name: str | int
    condition: str


@dataclass(frozen=True)
class Readers:
    """How many are active on a list; not `exact`: more than that."""

    people: int
    exact: bool


def readers(newsletter: List) -> Readers:
    """Count a list's active people up to MANY, which takes some milliseconds however many there are."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT_UP_TO, {"list": newsletter.pk, "most": MANY + 1})
        [(found,)] = cursor.fetchall()
    return Readers(people=min(found, MANY), exact=found <= MANY)


def stats(newsletter: List, *, now: dt.datetime) -> dict[str, Any]:
    """Return a list's figures in the shape of `mailer stats --json`.

    `list, at, people{status}, everything, interests{slug}, recent[{days, joined, left}], months[{month,
    joined, left}], suppressions{reason}, domains[{domain, people}], engagement[{days, opened, clicked}],
    pending{people, oldest}, sign_ups{waiting, kept_back}, left_because{reason}`. Interests, domains and
    engagement are about those who are active; opened and clicked are a person's last time, on any list, and
    None where this one does not track. Suppressions are all addresses that the list must not write to, also
    of people who are not on it. Sign-ups are those of the page: nobody is on the list yet.
    """
    bound: dict[str, Any] = {"list": newsletter.pk, "domains": DOMAINS}
    months = list(_months(now))
    wanted = [*_standing(newsletter, bound), *_moving(months, now, bound)]
    if newsletter.tracked:
        wanted += _reading(now, bound)
    columns = ", ".join(f"COUNT(*) FILTER (WHERE {count.condition})" for count in wanted)
    position = "strpos" if connection.vendor == "postgresql" else "instr"
    with connection.cursor() as cursor:
        cursor.execute(COUNT.format(counts=columns, join=JOIN_PERSON if newsletter.tracked else ""), bound)
        [(*numbers, oldest)] = cursor.fetchall()
        cursor.execute(COUNT_DOMAINS.format(position=position), bound)
        domains = cursor.fetchall()
        cursor.execute(COUNT_SUPPRESSIONS, bound)
        reasons = dict(cursor.fetchall())
    found: dict[str, dict[str | int, int]] = {}
    for count, number in zip(wanted, numbers, strict=True):
        found.setdefault(count.group, {})[count.name] = number
    return {
        "list": newsletter.slug,
        "at": now,
        "people": found["people"],
        "everything": found["everything"]["everything"],
        "interests": found.get("interests", {}),
        "recent": [
            {"days": days, "joined": found["joined"][days], "left": found["left"][days]} for days in RECENT
        ],
        "months": [
            {"month": name, "joined": found["joined"][name], "left": found["left"][name]}
            for name, _, _ in months
        ],
        "suppressions": {reason.value: reasons.get(reason.value, 0) for reason in Suppressed},
        "domains": [{"domain": domain, "people": people} for domain, people in domains],
        "engagement": [
            {"days": days, "opened": found["opened"][days], "clicked": found["clicked"][days]}
            for days in ENGAGED
        ]
        if newsletter.tracked
        else None,
        "pending": {
            "people": found["people"][Status.PENDING.value],
            "oldest": moments.read(oldest) if oldest else None,
        },
        "sign_ups": _sign_ups(newsletter),
        "left_because": departing.reasons(newsletter),
    }


def _sign_ups(newsletter: List) -> dict[str, int]:
    """Return how many asked on the page and have not confirmed, and how many of them got no letter."""
    unused = Request.objects.filter(list=newsletter, kind=RequestKind.SIGN_UP, used_at=None)
    return {"waiting": unused.count(), "kept_back": unused.exclude(kept_back="").count()}


def _standing(newsletter: List, bound: dict[str, Any]) -> Iterator[_Count]:
    for status in Status:
        yield _Count("people", status.value, f"subscription.status = '{status.value}'")
    active = "subscription.status = 'active'"
    yield _Count("everything", "everything", f"{active} AND subscription.everything")
    for slug, number in newsletter.interests.values_list("slug", "number"):
        bound[f"bit_{number}"] = 1 << number
        yield _Count("interests", slug, f"{active} AND (subscription.interests & %(bit_{number})s) <> 0")


def _moving(months: list["_Month"], now: dt.datetime, bound: dict[str, Any]) -> Iterator[_Count]:
    for days in RECENT:
        bound[f"days_{days}"] = moments.bound(now - days * DAY)
        for group, moment in (("joined", JOINED), ("left", LEFT)):
            yield _Count(group, days, f"{moment} >= %(days_{days})s")
    for number, (name, begins, ends) in enumerate(months):
        bound[f"begins_{number}"], bound[f"ends_{number}"] = moments.bound(begins), moments.bound(ends)
        for group, moment in (("joined", JOINED), ("left", LEFT)):
            column = moment.rpartition(" ")[2]
            within = f"{moment} >= %(begins_{number})s AND {column} < %(ends_{number})s"
            yield _Count(group, name, within)


def _reading(now: dt.datetime, bound: dict[str, Any]) -> Iterator[_Count]:
    for days in ENGAGED:
        bound[f"days_{days}"] = moments.bound(now - days * DAY)
        yield _Count("opened", days, f"{OPENED} >= %(days_{days})s")
        yield _Count("clicked", days, f"{CLICKED} >= %(days_{days})s")


_Month = tuple[str, dt.datetime, dt.datetime]  # its name, when it begins, when the next does


def _months(now: dt.datetime) -> Iterator[_Month]:
    """Yield the months of a year, the running one last."""
    utc = now.astimezone(dt.UTC)
    last = utc.year * _MONTHS_A_YEAR + utc.month - 1
    for number in range(last - MONTHS + 1, last + 1):
        begins, ends = _first_of(number), _first_of(number + 1)
        yield f"{begins:%Y-%m}", begins, ends


def _first_of(number: int) -> dt.datetime:
    year, month = divmod(number, _MONTHS_A_YEAR)
    return dt.datetime(year, month + 1, 1, tzinfo=dt.UTC)
