"""Which suppressions are in force, page by page, the newest first; nobody's address is told."""

from collections.abc import Iterator
from typing import Any

from django.db.models import OuterRef, Q, Subquery

from subscribers.addresses import masked
from subscribers.models import List, Subscriber, Suppression
from subscribers.vocabulary import Suppressed

_PREFIX = 8  # digits of the hash: enough to tell addresses apart, too few to know one by


def listing(
    *, reason: Suppressed | None = None, newsletter: List | None = None, limit: int = 100, after: int = 0
) -> Iterator[dict[str, Any]]:
    """Yield suppressions in force, at most `limit`, those after the one numbered `after`.

    Of a list: those that keep it from writing, its own and those of every list. The address is masked, and
    None where nobody here has it.
    """
    rows = Suppression.objects.filter(lifted_at=None)
    if reason:
        rows = rows.filter(reason=reason)
    if newsletter:
        rows = rows.filter(Q(list=None) | Q(list=newsletter))
    if after:
        rows = rows.filter(pk__lt=after)
    owners = Subscriber.objects.filter(address_key=OuterRef("address_key"))
    found = rows.order_by("-pk").annotate(owner=Subquery(owners.values("address")[:1]))
    columns = ("pk", "address_key", "owner", "reason", "list__slug", "at", "source")
    for number, key, address, why, slug, at, source in found.values_list(*columns)[:limit].iterator():
        yield {
            "id": number,
            "key": key[:_PREFIX],
            "email": masked(address) if address else None,
            "reason": why,
            "list": slug,
            "everywhere": slug is None,
            "since": at,
            "source": source,
        }
