"""Test sends: named addresses get the letter as it stands, outside approval, reports and once-a-reader.

Never outside suppression. A subscriber gets their own letter, a stranger the one for the interests asked
for.
"""

import datetime as dt
from collections import defaultdict

from django.db import transaction

from mailer import variants
from mailer.audience import Frozen
from mailer.models import Batch, Delivery, Send, VariantSet
from mailer.models.editions import EVERYTHING
from mailer.rendering.values import Look
from mailer.tallies import known_links
from mailer.vocabulary import BatchState, DeliveryState, Reason, SendStatus
from subscribers import suppressions
from subscribers.addresses import address_key, parse
from subscribers.models import Subscription


def invite(send: Send, addresses: list[str], bits: int | None) -> None:
    """Write who gets a test; `bits` are the interests asked for, None: each their own, strangers everything.

    Raises AddressError for what is no address.
    """
    known = {address.canonical: address for address in map(parse, addresses)}
    send.segment = {
        "addresses": [address.written for address in known.values()],
        "interests": bits,
    }
    send.save(update_fields=["segment"])


def freeze(send: Send, look: Look, *, size: int, now: dt.datetime, useful_life: float) -> Frozen | None:
    """Make the copies of a preparing test send; None if another did."""
    asked = send.segment or {}
    people = [_invited(send, written, asked.get("interests")) for written in asked.get("addresses", [])]
    keys = {key for *_, key in people}
    variants.make(send.revision, look, send.content_hash, keys, now=now)
    with transaction.atomic():
        started = Send.objects.filter(pk=send.pk, status=SendStatus.PREPARING).update(
            status=SendStatus.SENDING,
            candidates=len(people),
            frozen_at=now,
            useful_until=now + dt.timedelta(seconds=useful_life),
            segment=None,
        )
        if not started:
            return None
        groups: dict[int, list[Delivery]] = defaultdict(list)
        for copy, suppressed, key in people:
            if suppressed:
                copy.state, copy.reason = DeliveryState.EXCLUDED, Reason.SUPPRESSED
                copy.save()
            else:
                groups[_variant(send, look, key)].append(copy)
        made = [
            _batch(send, variant, copies[start : start + size])
            for variant, copies in groups.items()
            for start in range(0, len(copies), size)
        ]
        known_links.write(send.pk)
    return Frozen(len(people), sum(map(len, groups.values())), tuple(made))


def _invited(send: Send, written: str, bits: int | None) -> tuple[Delivery, bool, variants.Key]:
    """Return the copy of one address, whether it is suppressed, and which letter it gets."""
    key = address_key(parse(written).canonical)
    found = Subscription.objects.filter(list=send.edition.list, subscriber__address_key=key)
    subscription = found.select_related("subscriber").first()
    own = subscription.interests if subscription and not subscription.everything else EVERYTHING
    chosen = own if bits is None else bits
    carried = variants.carried_bits(send.revision)
    copy = Delivery(
        send=send,
        edition=None,
        subscriber=subscription.subscriber if subscription else None,
        address_key=key,
        test_address="" if subscription else written,
    )
    text_only = bool(subscription and subscription.subscriber.text_only)
    applies = suppressions.of_address(key)
    suppressed = any(each.list_id in {None, send.edition.list_id} for each in applies)
    return copy, suppressed, (chosen if chosen == EVERYTHING else chosen & carried, text_only, False)


def _variant(send: Send, look: Look, key: variants.Key) -> int:
    bits, text_only, tracked = key
    found = VariantSet.objects.get(
        revision=send.revision,
        content_hash=send.content_hash,
        interests=bits,
        text_only=text_only,
        tracked=tracked,
        language=look.language,
    )
    return found.variant_id


def _batch(send: Send, variant: int, copies: list[Delivery]) -> int:
    batch = Batch.objects.create(send=send, variant_id=variant, state=BatchState.PENDING, n=len(copies))
    for copy in copies:
        copy.batch, copy.variant_id = batch, variant
    Delivery.objects.bulk_create(copies)
    return batch.pk
