"""A delivery is one reader's copy in one send: written once, then touched by exceptions and events."""

from django.db import models
from django.db.models import Q

from mailer.models.editions import Edition, Variant
from mailer.models.sends import Batch, Send
from mailer.vocabulary import DeliveryState, EventKind, Reason
from subscribers.models.choices import only, word
from subscribers.models.people import Subscriber

# The column that keeps the earliest event of each kind, for people and for machines.
EVENT_COLUMNS = {
    (EventKind.PROCESSED, False): "processed_at",
    (EventKind.DELIVERED, False): "delivered_at",
    (EventKind.DEFERRED, False): "deferred_at",
    (EventKind.BOUNCED, False): "bounced_at",
    (EventKind.BLOCKED, False): "blocked_at",
    (EventKind.DROPPED, False): "dropped_at",
    (EventKind.OPENED, False): "opened_at",
    (EventKind.OPENED, True): "machine_opened_at",
    (EventKind.CLICKED, False): "clicked_at",
    (EventKind.CLICKED, True): "machine_clicked_at",
    (EventKind.COMPLAINED, False): "complained_at",
    (EventKind.UNSUBSCRIBED, False): "unsubscribed_at",
}
# Copies that count as "this reader has this edition": all but those that certainly never leave.
# No state counts too. The freeze asks in the very words this becomes, or SQLite would not use the index.
_HOLDS = ~Q(state__in=[DeliveryState.EXCLUDED, DeliveryState.CANCELLED])


class Delivery(models.Model):
    """One subscriber's copy; its outcome is its own state if it has one, else its batch's."""

    send = models.ForeignKey(Send, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    # NULL for tests, which stand outside once-a-reader.
    edition = models.ForeignKey(
        Edition, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # NULL once the person is erased; the address is read from the subscriber when the copy leaves.
    subscriber = models.ForeignKey(
        Subscriber, null=True, blank=True, on_delete=models.SET_NULL, related_name="deliveries"
    )
    address_key = models.CharField(max_length=32)
    # Of a test to one who is no subscriber; '' for all others, whose address is read when it leaves.
    test_address = models.CharField(max_length=254, default="", blank=True)
    variant = models.ForeignKey(
        Variant, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    batch = models.ForeignKey(
        Batch, null=True, blank=True, on_delete=models.PROTECT, related_name="deliveries"
    )
    state = word(DeliveryState, null=True, blank=True)
    reason = word(Reason, null=True, blank=True)
    # The earliest event of each kind: order and repetition cannot matter (I7).
    processed_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    deferred_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)
    blocked_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    machine_opened_at = models.DateTimeField(null=True, blank=True)
    clicked_at = models.DateTimeField(null=True, blank=True)
    machine_clicked_at = models.DateTimeField(null=True, blank=True)
    complained_at = models.DateTimeField(null=True, blank=True)
    unsubscribed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """The table."""

        db_table = "delivery"
        constraints = [
            only("delivery", "state", DeliveryState, or_null=True),
            only("delivery", "reason", Reason, or_null=True),
            models.CheckConstraint(
                condition=~Q(state=DeliveryState.EXCLUDED) | Q(reason__isnull=False),
                name="delivery_excluded_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(batch__isnull=False) | Q(state__isnull=False), name="delivery_has_an_outcome"
            ),
            models.UniqueConstraint(fields=["send", "subscriber"], name="delivery_once_in_a_send"),
            models.UniqueConstraint(
                fields=["edition", "address_key"], condition=_HOLDS, name="delivery_edition_once_an_address"
            ),
            models.UniqueConstraint(
                fields=["edition", "subscriber"], condition=_HOLDS, name="delivery_edition_once_a_subscriber"
            ),
        ]
        indexes = [
            # Sums of a send read its exceptions only, and all they say is here; the rest is counted by batch.
            models.Index(
                fields=["send", "state", "reason"],
                condition=Q(state__isnull=False),
                name="delivery_exceptions",
            ),
        ]

    def __str__(self) -> str:
        """Return what a log may say."""
        return f"delivery {self.pk}"
