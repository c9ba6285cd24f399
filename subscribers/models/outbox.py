"""The outbox of letters to one person: written here, delivered by mailer, by the rules of a batch of one."""

from django.db import models
from django.db.models import Q

from subscribers.models.choices import only, word
from subscribers.models.lists import List
from subscribers.models.people import Subscriber
from subscribers.vocabulary import OutboxKind, OutboxState


class Letter(models.Model):
    """A confirmation, welcome or notice; the row is the queue."""

    kind = word(OutboxKind)
    list = models.ForeignKey(List, null=True, blank=True, on_delete=models.CASCADE, related_name="letters")
    # Erasing the person takes their unsent letters along.
    subscriber = models.ForeignKey(
        Subscriber, null=True, blank=True, on_delete=models.CASCADE, related_name="letters"
    )
    # For one who is no subscriber (the list's owner); else '' and read from the subscriber when it leaves.
    address = models.CharField(max_length=254, default="", blank=True)
    language = models.CharField(max_length=35, default="", blank=True)
    values = models.JSONField(default=dict, blank=True)
    # Says what it is about: the same thing asked twice is one letter.
    occasion = models.CharField(max_length=200, unique=True)
    state = word(OutboxState, default=OutboxState.PENDING)
    attempt = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    fired_at = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(default="", blank=True)
    message_id = models.CharField(max_length=200, default="", blank=True)
    created_at = models.DateTimeField()

    class Meta:
        """The table."""

        db_table = "letter"
        constraints = [
            only("letter", "kind", OutboxKind),
            only("letter", "state", OutboxState),
            models.CheckConstraint(
                condition=Q(subscriber__isnull=False) | ~Q(address=""), name="letter_has_a_reader"
            ),
        ]
        indexes = [
            # The sweep looks for open letters only, and most are not.
            models.Index(
                fields=["state", "not_before"],
                condition=Q(state__in=["pending", "claimed", "submitting"]),
                name="letter_open",
            ),
        ]

    def __str__(self) -> str:
        """Return the number, never the person."""
        return f"letter {self.pk}"
