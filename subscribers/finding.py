"""Find people among all: page by page in the order of their addresses, by what is asked of them."""

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from subscribers import matching, moments
from subscribers.addresses import parse
from subscribers.interests import Interests, UnknownInterestError
from subscribers.matching import FindingError
from subscribers.models import Interest, List, Segment
from subscribers.segments import keeping
from subscribers.segments.evaluating import span
from subscribers.segments.querying import Where, where
from subscribers.vocabulary import Status

__all__ = ["EVERYTHING", "FindingError", "Wanted", "listing", "numbered"]

EVERYTHING = "everything"  # in place of an interest: who gets all of them

# So many are fetched and put in order at once; where there are more, going through all people in their
# order meets the first page of them soon.
FEW = 2_000


@dataclass(frozen=True)
class Wanted:
    """Whom to find: all that is said must hold, of one and the same subscription where it is about one."""

    newsletter: List | None = None
    status: Status | None = None
    interest: str = ""  # a slug of the list, also a retired one, or EVERYTHING
    joined_after: dt.date | None = None  # after that day had ended in UTC, as segments have it
    joined_before: dt.date | None = None  # before it began
    suppressed: bool = False  # on the list or everywhere; without a list, anywhere
    domain: str = ""  # of the address, without those below it
    match: str = ""  # a part of the address or of the name
    begins: str = ""  # how the address begins, or all of it
    called: str = ""  # how the name, or a word of it, begins
    segment: Segment | None = None  # of that list


# One statement, so that one moment is seen.
PAGE = """
WITH page AS (
  SELECT subscriber.id, subscriber.address, subscriber.canonical, subscriber.address_key, subscriber.name,
    subscriber.locale
  FROM subscriber WHERE {people}
  ORDER BY subscriber.canonical LIMIT %(limit)s
)
SELECT page.id, page.address, page.name, page.locale,
  (
    SELECT suppression.reason FROM suppression
    WHERE suppression.address_key = page.address_key AND {suppressed}
    ORDER BY suppression.list_id IS NOT NULL, suppression.at LIMIT 1
  ),
  list.id, list.slug, subscription.status, subscription.everything, subscription.interests, subscription.since
FROM page
LEFT JOIN subscription ON subscription.subscriber_id = page.id AND {subscribed}
LEFT JOIN list ON list.id = subscription.list_id
ORDER BY page.canonical, list.slug
"""

HAS_SUBSCRIPTION = """EXISTS (
    SELECT 1 FROM subscription WHERE subscription.subscriber_id = subscriber.id AND {subscribed}
  )"""
FEW_PEOPLE = "SELECT subscriber.id FROM subscriber WHERE {people} LIMIT %(few)s"
FEW_SUBSCRIBED = "SELECT subscription.subscriber_id FROM subscription{join} WHERE {subscribed} LIMIT %(few)s"
JOIN_PERSON = " JOIN subscriber ON subscriber.id = subscription.subscriber_id"

IS_SUPPRESSED = """EXISTS (
    SELECT 1 FROM suppression WHERE suppression.address_key = subscriber.address_key AND {suppressed}
  )"""
FEW_SUPPRESSED = """
SELECT subscriber.id FROM suppression JOIN subscriber ON subscriber.address_key = suppression.address_key
WHERE {suppressed} LIMIT %(few)s
"""


def listing(wanted: Wanted, *, now: dt.datetime, limit: int = 100, after: str = "") -> list[dict[str, Any]]:
    """Return people in the order of their addresses: at most `limit`, those after the address `after`.

    Each is `email, name, locale, subscriptions[{list, status, everything, interests[], since}], suppressed`
    with the subscriptions that were asked for; `suppressed` is a reason or None, the widest first.
    Raises AddressError, FindingError, SegmentError, UnknownInterestError.
    """
    found = numbered(wanted, now=now, limit=limit, after=after)
    return [{name: value for name, value in person.items() if name != "id"} for person in found]


def numbered(wanted: Wanted, *, now: dt.datetime, limit: int = 100, after: str = "") -> list[dict[str, Any]]:
    """Return the same people, each with the number that names them where no address may stand: `id`."""
    bound: dict[str, Any] = {"limit": limit, "few": FEW + 1}
    people = list(_of_people(wanted, after, bound))
    shown = list(_of_subscription(wanted, bound))
    suppressed = " AND ".join(_of_suppression(wanted, bound))
    # An address's beginning is found by its index, and in order.
    narrow = [*_of_text(wanted, bound)] if (wanted.called or wanted.domain) and not wanted.begins else []
    few = [FEW_PEOPLE.format(people=" AND ".join(narrow))] if narrow else []
    segment = _of_segment(wanted, now, bound)
    if asked := [*shown, *([segment.sql] if segment else ())]:
        subscribed, join = " AND ".join(asked), JOIN_PERSON if segment and segment.of_subscriber else ""
        people.append(HAS_SUBSCRIPTION.format(subscribed=subscribed))
        few.append(FEW_SUBSCRIBED.format(subscribed=subscribed, join=join))
    if wanted.suppressed:
        people.append(IS_SUPPRESSED.format(suppressed=suppressed))
        few.append(FEW_SUPPRESSED.format(suppressed=suppressed))
    with connection.cursor() as cursor:
        found = list(_only_few(cursor, few, bound))
        if wanted.called and narrow and not found:
            raise FindingError(
                f"More than {FEW:,} people are called so: say another word of the name, or how the address"
                f" begins"
            )
        people += found
        page = PAGE.format(
            people=" AND ".join(people) or "TRUE",
            subscribed=" AND ".join(shown) or "TRUE",
            suppressed=suppressed,
        )
        cursor.execute(page, bound)
        return list(_described(cursor.fetchall()))


def _only_few(cursor: CursorWrapper, statements: list[str], bound: dict[str, Any]) -> Iterator[str]:
    """Yield a condition that names people by number, where one of `statements` finds only few.

    Neither database knows how few there are, and both might go through everybody to find them.
    """
    for statement in statements:
        cursor.execute(statement, bound)
        found = cursor.fetchall()
        if len(found) <= FEW:
            yield f"subscriber.id IN ({', '.join(str(int(number)) for (number,) in found) or 'NULL'})"
            return


def _of_people(wanted: Wanted, after: str, bound: dict[str, Any]) -> Iterator[str]:
    if after:
        bound["after"] = parse(after).canonical
        yield "subscriber.canonical > %(after)s"
    yield from _of_text(wanted, bound)
    if wanted.begins:
        yield from matching.beginning(wanted.begins, bound)
    if wanted.match:
        yield from matching.holding(wanted.match, bound)


def _of_text(wanted: Wanted, bound: dict[str, Any]) -> Iterator[str]:
    if wanted.domain:
        yield from matching.at_domain(wanted.domain, bound)
    if wanted.called.strip():
        yield from matching.called(wanted.called, bound)


def _of_subscription(wanted: Wanted, bound: dict[str, Any]) -> Iterator[str]:
    if wanted.newsletter:
        bound["list"] = wanted.newsletter.pk
        yield "subscription.list_id = %(list)s"
    if wanted.status:
        bound["status"] = wanted.status.value
        yield "subscription.status = %(status)s"
    if wanted.interest:
        yield _of_interest(wanted, bound)
    if wanted.joined_after:
        bound["joined_after"] = moments.bound(span(wanted.joined_after)[1])
        yield "subscription.since >= %(joined_after)s"
    if wanted.joined_before:
        bound["joined_before"] = moments.bound(span(wanted.joined_before)[0])
        yield "subscription.since < %(joined_before)s"


def _of_interest(wanted: Wanted, bound: dict[str, Any]) -> str:
    if wanted.newsletter is None:
        raise FindingError("Say of which list that is an interest")
    numbers = Interests.of(wanted.newsletter).numbers
    if wanted.interest in numbers:
        bound["bit"] = 1 << numbers[wanted.interest]
        return "(subscription.interests & %(bit)s) <> 0"
    if wanted.interest != EVERYTHING:
        raise UnknownInterestError(wanted.interest, wanted.newsletter.slug, [*numbers, EVERYTHING])
    return "subscription.everything"


def _of_segment(wanted: Wanted, now: dt.datetime, bound: dict[str, Any]) -> Where | None:
    if wanted.segment is None:
        return None
    kept = keeping.current(wanted.segment)
    found = where(kept.condition, kept.as_of(wanted.segment.list, now))
    bound |= found.parameters
    return found


def _of_suppression(wanted: Wanted, bound: dict[str, Any]) -> Iterator[str]:
    yield "suppression.lifted_at IS NULL"
    if wanted.newsletter:
        bound["list"] = wanted.newsletter.pk
        yield "(suppression.list_id IS NULL OR suppression.list_id = %(list)s)"


def _described(rows: list[tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    slugs: dict[int, list[tuple[int, str]]] = {}
    for newsletter, number, slug in Interest.objects.values_list("list", "number", "slug"):
        slugs.setdefault(newsletter, []).append((number, slug))
    for _, theirs in itertools.groupby(rows, key=itemgetter(0)):
        subscriptions = list(theirs)
        number, address, name, locale, suppressed, *_ = subscriptions[0]
        yield {
            "id": number,
            "email": address,
            "name": name,
            "locale": locale,
            "subscriptions": [
                {
                    "list": newsletter,
                    "status": status,
                    "everything": bool(everything),
                    "interests": [slug for number, slug in slugs.get(list_id, ()) if bits >> number & 1],
                    "since": moments.read(since),
                }
                for *_, list_id, newsletter, status, everything, bits, since in subscriptions
                if list_id is not None
            ],
            "suppressed": suppressed,
        }
