"""The current edition for one who has just come: what the others were sent last, as this reader gets it."""

from dataclasses import replace

from mailer import variants
from mailer.look import content_hash, look_of
from mailer.models import Delivery, Send, Variant, VariantSet
from mailer.models.editions import EVERYTHING
from mailer.rendering.values import Look
from mailer.vocabulary import DeliveryState, SendKind, SendStatus
from subscribers.models import List, Subscription
from subscribers.vocabulary import NoStory

# Copies of these certainly never left.
_NEVER_LEFT = (DeliveryState.EXCLUDED, DeliveryState.CANCELLED, DeliveryState.REJECTED)


def last_sent(newsletter: List) -> Send | None:
    """Return the last send to everybody on the list that is over; None before there was one."""
    return (
        Send.objects.filter(
            edition__list=newsletter,
            kind__in=(SendKind.SEND, SendKind.CORRECTION),
            status__in=(SendStatus.DONE, SendStatus.DONE_WITH_GAPS),
            segment__isnull=True,
        )
        .select_related("revision__edition__list")
        .order_by("-finished_at")
        .first()
    )


def has_it(reader: Subscription, send: Send) -> bool:
    """Return whether the reader was sent this edition, or may have been."""
    copies = Delivery.objects.filter(edition=send.edition_id, address_key=reader.subscriber.address_key)
    return copies.exclude(state__in=_NEVER_LEFT, state__isnull=False).exists()


def variant_for(reader: Subscription, send: Send) -> Variant:
    """Return the reader's letter of what was sent, made now if nobody has needed it.

    Untracked: what comes back of a letter to one person belongs to no copy that it could be counted for.
    Whose interests the edition has nothing of gets the top stories, whatever the list's rule: they asked.
    """
    look = look_of(reader.list)
    found = _found(reader, send, look)
    return found if found.has_story else _found(reader, send, replace(look, no_story=NoStory.TOP_STORIES))


def _found(reader: Subscription, send: Send, look: Look) -> Variant:
    carried = variants.carried_bits(send.revision)
    bits = EVERYTHING if reader.everything else reader.interests & carried
    # The list may be set otherwise than it was then; the letter is set as the list is now.
    content = content_hash(send.revision, look)
    text_only = reader.subscriber.text_only
    variants.make(send.revision, look, content, {(bits, text_only, False)}, now=send.created_at)
    return (
        VariantSet.objects.select_related("variant")
        .get(
            revision=send.revision,
            content_hash=content,
            interests=bits,
            text_only=text_only,
            tracked=False,
            language=reader.list.language,
        )
        .variant
    )
