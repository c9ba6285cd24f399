"""A person's other address: what goes along with them, what stays with the old one, and which they had."""

from django.db import connection

from subscribers import suppressions
from subscribers.addresses import Address, address_key, masked, parse
from subscribers.errors import SubscribersError
from subscribers.models import Change, Subscriber
from subscribers.vocabulary import Suppressed

# Where the audit log tells of a new address.
WHAT = "subscribers set"

# What the reader said holds for the reader, wherever they read; a dead mailbox is the mailbox's own.
_GOES_ALONG = (Suppressed.COMPLAINED, Suppressed.UNSUBSCRIBED, Suppressed.BY_HAND)

_TAKE_ALONG = f"""
    INSERT INTO suppression (address_key, list_id, reason, source, at, lifted_because)
    SELECT %(new)s, list_id, reason, source, at, '' FROM suppression
    WHERE address_key = %(old)s AND lifted_at IS NULL
      AND reason IN ({", ".join(f"'{reason}'" for reason in _GOES_ALONG)})
    ON CONFLICT DO NOTHING
"""


class AddressTakenError(SubscribersError):
    """An address cannot become this person's; the message masks it."""


def readdress(person: Subscriber, new: Address) -> tuple[str, ...]:
    """Give a person, not yet saved, another address; return what to say of suppressions.

    Those of the old address stay with it, as its hash knows it; what the person said themselves (complained,
    left, asked us) holds for the new one too. Call it in the transaction that saves them. Raises
    AddressTakenError where somebody else has the new address, or it is suppressed.
    """
    old, key = person.address_key, address_key(new.canonical)
    person.address = new.written
    if new.canonical == person.canonical:
        return ()  # another spelling of the same
    if Subscriber.objects.filter(canonical=new.canonical).exists():
        raise AddressTakenError(
            f"{masked(new.written)} is another subscriber's address; if both are one person, erase one of"
            f" the two"
        )
    if standing := suppressions.of_address(key).first():
        raise AddressTakenError(
            f"{masked(new.written)} is suppressed ({standing.reason}) and must not be written to;"
            f" `mailer subscribers show` says why"
        )
    person.canonical, person.address_key = new.canonical, key
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_ALONG, {"old": old, "new": key})
    stay, along = _reasons(old), _reasons(key)
    notes = [f"The old address keeps its suppressions: {stay}."] if stay else []
    if along:
        notes.append(f"What they said themselves holds for the new address too: {along}.")
    return tuple(notes)


def former(subscriber: int) -> tuple[str, ...]:
    """Return the addresses that a person had before, canonical, the oldest first."""
    lines = Change.objects.filter(subscriber=subscriber, what=WHAT, before__address__isnull=False)
    written = lines.order_by("pk").values_list("before__address", flat=True)
    return tuple(dict.fromkeys(parse(str(address)).canonical for address in written))


def stranger(address: Address) -> str:
    """Return what to say of an address that nobody has: who had it, or else how to look for people."""
    hint = moved_to(address) or "; `mailer subscribers ls --match TEXT` looks for people"
    return f"Nobody here has the address {masked(address.written)}{hint}"


def moved_to(address: Address) -> str:
    """Return what to say of an address that its owner has given up for another; '' for all others."""
    lines = Change.objects.filter(what=WHAT, before__address__iexact=address.written)
    latest = lines.exclude(subscriber=None).select_related("subscriber").order_by("-pk").first()
    if latest is None or latest.subscriber is None:
        return ""
    return f"; who had it has been {masked(latest.subscriber.address)} since {latest.at:%Y-%m-%d}"


def _reasons(key: str) -> str:
    return ", ".join(sorted({row.reason for row in suppressions.of_address(key)}))
