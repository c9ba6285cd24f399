"""Test sends: the letter as it would leave now, to named addresses."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from mailer import trials
from mailer.models import Edition, Send
from mailer.sends.errors import SendError
from mailer.sends.scheduling import made
from mailer.timetable import Instant
from mailer.vocabulary import SendKind
from subscribers import changes
from subscribers.addresses import AddressError, parse
from subscribers.interests import Interests

MOST = 50  # addresses of one test; more is an audience


def test(
    edition: Edition, addresses: Sequence[str], interests: Sequence[str] | None, *, by: str, now: dt.datetime
) -> Send:
    """Send the newest revision to `addresses`: no approval, no report, and nobody who is suppressed.

    `interests` None: each subscriber their own letter, a stranger everything. Raises UnknownInterestError,
    and SendError, which names what is no address.
    """
    for address in addresses:
        try:
            parse(address)
        except AddressError as error:
            raise SendError(f"{address}: {error.reason}") from error
    if not 1 <= len(addresses) <= MOST:
        raise SendError(f"A test goes to 1 to {MOST} addresses, not {len(addresses)}")
    bits = Interests.of(edition.list).bits(interests) if interests else None
    with transaction.atomic():
        send = made(edition, Instant(now), approval=None, by=by, now=now, kind=SendKind.TEST)
        trials.invite(send, list(addresses), bits)
        changes.record(  # how many: whose addresses they are, is in no log
            "editions test",
            by=by,
            at=now,
            newsletter=edition.list,
            subject=f"send {send.pk}",
            after={"edition": edition.pk, "addresses": len(addresses), "interests": list(interests or ())},
        )
    return send
