"""The test list of a list: whose mailboxes get an edition before everybody's."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from mailer.models import Tester
from mailer.sends.testing import MOST
from subscribers import changes
from subscribers.addresses import AddressError, address_key, parse
from subscribers.errors import SubscribersError
from subscribers.models import List


class TesterError(SubscribersError):
    """What was asked of a test list cannot be done; nothing was changed."""


@dataclass(frozen=True)
class Changed:
    """How many addresses became new on a test list, and how many were taken off it."""

    added: int
    removed: int


def of(owner: List) -> list[str]:
    """Return the addresses of a list's test list, in the order they were added."""
    return list(Tester.objects.filter(list=owner).order_by("pk").values_list("address", flat=True))


def asked(owner: List) -> list[str]:
    """Return the same for a test that is to go to them all. Raises TesterError where nobody is on it."""
    if addresses := of(owner):
        return addresses
    raise TesterError(
        f"Nobody is on the test list of {owner.slug}; `mailer lists testers {owner.slug} --add ADDRESS` puts"
        " somebody there"
    )


def add(owner: List, addresses: Sequence[str], *, by: str, at: dt.datetime) -> int:
    """Put addresses on the test list; return how many are new. Raises TesterError, which names what is wrong.

    The audit log says how many there are, and nobody's address.
    """
    parsed = _parsed(addresses)
    with transaction.atomic():
        List.objects.select_for_update().get(pk=owner.pk)  # two at once: neither goes past the limit
        there = set(Tester.objects.filter(list=owner).values_list("address_key", flat=True))
        new = {key: written for key, written in parsed.items() if key not in there}
        if len(there) + len(new) > MOST:
            raise TesterError(
                f"A test list has at most {MOST} addresses, and this would be {len(there) + len(new)}:"
                " more is a segment"
            )
        Tester.objects.bulk_create(
            Tester(list=owner, address=written, address_key=key, added_by=by, added_at=at)
            for key, written in new.items()
        )
        if new:
            _note(owner, len(there), len(there) + len(new), by=by, at=at)
    return len(new)


def remove(owner: List, addresses: Sequence[str], *, by: str, at: dt.datetime) -> int:
    """Take addresses off the test list; return how many were on it. Raises TesterError for what is none."""
    keys = _parsed(addresses).keys()
    with transaction.atomic():
        List.objects.select_for_update().get(pk=owner.pk)
        there = Tester.objects.filter(list=owner).count()
        gone, _ = Tester.objects.filter(list=owner, address_key__in=list(keys)).delete()
        if gone:
            _note(owner, there, there - gone, by=by, at=at)
    return gone


def change(
    owner: List, *, on: Sequence[str] = (), off: Sequence[str] = (), by: str, at: dt.datetime
) -> Changed:
    """Take addresses `off` the test list and put others `on` it, or change nothing. Raises TesterError."""
    with transaction.atomic():
        gone = remove(owner, off, by=by, at=at) if off else 0
        return Changed(add(owner, on, by=by, at=at) if on else 0, gone)


def _parsed(addresses: Sequence[str]) -> dict[str, str]:
    """Return addresses by their keys, as they are written. Raises TesterError, which names what is wrong."""
    parsed: dict[str, str] = {}
    for address in addresses:
        try:
            known = parse(address)
        except AddressError as error:
            raise TesterError(f"{address}: {error.reason}") from error
        parsed.setdefault(address_key(known.canonical), known.written)
    return parsed


def _note(owner: List, before: int, after: int, *, by: str, at: dt.datetime) -> None:
    changes.record(
        "lists testers",
        by=by,
        at=at,
        newsletter=owner,
        subject=owner.slug,
        before={"addresses": before},
        after={"addresses": after},
    )
