"""What came back: the body as it arrived, and each event once however often it is told."""

from django.db import models
from django.db.models import Q

from mailer.vocabulary import EventKind
from subscribers.models.choices import only, word


class EventBody(models.Model):
    """One verified webhook body: stored before it is answered, applied afterwards, in bulk."""

    # Emptied once applied: it holds addresses, and all that matters is in the events.
    body = models.BinaryField()
    body_hash = models.CharField(max_length=64, unique=True)  # SHA-256, hex: told twice, stored once
    received_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True, blank=True)
    # Why it was no list of events; such a body is kept for a person to look at.
    fault = models.TextField(default="", blank=True)

    class Meta:
        """The table."""

        db_table = "event_body"
        indexes = [
            # The sweep looks for what was not applied, and nearly everything was.
            models.Index(fields=["id"], condition=Q(applied_at__isnull=True), name="event_body_waiting"),
        ]

    def __str__(self) -> str:
        """Return what a log may say."""
        return f"event body {self.pk}"


class Event(models.Model):
    """One event, as the provider told it. No foreign keys: it may be about what we do not know."""

    # 0 where our id is missing.
    delivery_ref = models.BigIntegerField(default=0)
    # Stands in for the delivery where that is missing; '' where it is not.
    address_key = models.CharField(max_length=32, default="", blank=True)
    send_ref = models.BigIntegerField(default=0)
    attempt = models.UUIDField(null=True, blank=True)
    kind = word(EventKind)
    at = models.DateTimeField()  # the provider's clock, whole seconds
    link = models.TextField(default="", blank=True)
    # A short hash of the link, since an index cannot hold a long one; '' when there is none.
    link_key = models.CharField(max_length=32, default="", blank=True)
    # Opened or clicked by a machine: a privacy proxy, a link scanner.
    machine = models.BooleanField(default=False)
    # Tells two programs on one copy apart (models.tallies.Trace); 0 unknown.
    agent = models.PositiveIntegerField(default=0, db_default=0)
    # Of a refusal its reason as a number (mailer.tallies.reasons), which stays when the words are blanked.
    code = models.IntegerField(default=0, db_default=0)
    detail = models.TextField(default="", blank=True)  # the provider's words, addresses removed
    received_at = models.DateTimeField()

    class Meta:
        """The table."""

        db_table = "event"
        constraints = [
            only("event", "kind", EventKind),
            # The provider's own event id may change when it tells again, so it is no part of this; a
            # reader and a machine may open in the same second, so who it was is.
            models.UniqueConstraint(
                fields=["delivery_ref", "address_key", "kind", "at", "link_key", "machine", "agent"],
                name="event_once",
            ),
        ]
        indexes = [
            # A report's course over time reads one send's events by kind.
            models.Index(fields=["send_ref", "kind"], name="event_of_send"),
        ]

    def __str__(self) -> str:
        """Return what a log may say."""
        return f"event {self.pk}"


class Glimpse(models.Model):
    """That a letter's picture was fetched or one of its links followed, until it is applied as an event.

    Without a key to anything: the page that writes it must answer at once, whatever else is written.
    """

    delivery_ref = models.BigIntegerField()
    # The link's place in the letter; NULL for an opening, -1 for the link that no person sees.
    link = models.IntegerField(null=True, blank=True)
    machine = models.BooleanField()
    agent = models.PositiveIntegerField(default=0, db_default=0)
    at = models.DateTimeField()

    class Meta:
        """The table."""

        db_table = "glimpse"

    def __str__(self) -> str:
        """Return what a log may say."""
        return f"glimpse {self.pk}"
