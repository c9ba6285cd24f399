"""A subscriber is one address; a subscription is that person on one list, with consent as evidence."""

from typing import Any

from django.db import models
from django.db.models import Q

from subscribers.models.choices import only, word
from subscribers.models.lists import List
from subscribers.vocabulary import Action, Status, Suppressed


class Subscriber(models.Model):
    """A person, known by one address. Erasure deletes the row; outcomes elsewhere stay without it."""

    # As the person typed it, for sending; the domain already in its A-label form.
    address = models.CharField(max_length=254)
    # Lower-cased and NFC: what makes two spellings one person.
    canonical = models.CharField(max_length=254, unique=True)
    # A keyed hash of `canonical`: how ledger and suppressions know an address without holding it.
    address_key = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=200, default="", blank=True)
    locale = models.CharField(max_length=35, default="", blank=True)  # BCP 47; '' = the list's
    text_only = models.BooleanField(default=False)
    tracked = models.BooleanField(default=True)
    attributes = models.JSONField(default=dict, blank=True)
    last_opened_at = models.DateTimeField(null=True, blank=True)
    last_clicked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        """The table."""

        db_table = "subscriber"

    def __str__(self) -> str:
        """Return the number, never the address: this text reaches logs."""
        return f"subscriber {self.pk}"


class Subscription(models.Model):
    """One subscriber on one list."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="subscriptions")
    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="subscriptions")
    status = word(Status)
    # "Everything" is stored as such: a reader whose only interest was retired does not get everything.
    everything = models.BooleanField(default=True)
    # One bit an interest (Interest.number); 0 when everything is true.
    interests = models.BigIntegerField(default=0)
    paused_until = models.DateTimeField(null=True, blank=True)
    since = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        """The table."""

        db_table = "subscription"
        constraints = [
            only("subscription", "status", Status),
            models.UniqueConstraint(fields=["subscriber", "list"], name="subscription_once"),
            models.CheckConstraint(condition=Q(interests__gte=0), name="subscription_interests_are_bits"),
            models.CheckConstraint(
                condition=Q(everything=False) | Q(interests=0), name="subscription_everything_or_some"
            ),
        ]
        indexes = [
            # The freeze and every count read one list's people by status.
            models.Index(fields=["list", "status"], name="subscription_of_list"),
        ]

    def __str__(self) -> str:
        """Return the number, never the person."""
        return f"subscription {self.pk}"


class AlteredEvidenceError(RuntimeError):
    """Consent is evidence: lines are added and never altered. Only erasure removes them, by its own SQL."""


class _Lines(models.QuerySet["Consent"]):
    """Lines that can be added and read."""

    def update(self, **_: object) -> int:
        raise AlteredEvidenceError

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AlteredEvidenceError


class Consent(models.Model):
    """One append-only line of evidence: who agreed to what, when and how."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="consents")
    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="consents")
    action = word(Action)
    at = models.DateTimeField()
    # In words: "paper form at the IAC 2025 stand", "one-click", "form /subscribe/space-digest".
    how = models.TextField()
    wording = models.CharField(max_length=64, default="", blank=True)  # version of the form's text
    network = models.CharField(max_length=64, default="", blank=True)  # minimised: /24 or /48
    # What changed: {"interests": ["africa"], "before": {"interests": "everything"}}.
    detail = models.JSONField(default=dict, blank=True)

    objects = _Lines.as_manager()

    class Meta:
        """The table."""

        db_table = "consent"
        ordering = ["at", "pk"]
        constraints = [only("consent", "action", Action)]

    def __str__(self) -> str:
        """Return the number, never the person."""
        return f"consent {self.pk}"

    def save(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - a model's own
        """Add the line; one that is there already cannot be saved again."""
        if not self._state.adding:
            raise AlteredEvidenceError
        super().save(*args, **options)

    def delete(self, *_: object, **__: object) -> tuple[int, dict[str, int]]:
        """Refuse it."""
        raise AlteredEvidenceError


class Suppression(models.Model):
    """An address we must not write to; it outlives the person as a keyed hash."""

    address_key = models.CharField(max_length=32)
    # NULL: on every list.
    list = models.ForeignKey(
        List, null=True, blank=True, on_delete=models.CASCADE, related_name="suppressions"
    )
    reason = word(Suppressed)
    source = models.CharField(max_length=200, default="", blank=True)
    at = models.DateTimeField()
    # A lifted row stays: events older than the lift do not suppress again.
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_because = models.TextField(default="", blank=True)

    class Meta:
        """The table. Two partial keys, since NULL is never equal to NULL.

        Each reason stands for itself: lifting a bounce does not free one who complained.
        """

        db_table = "suppression"
        constraints = [
            only("suppression", "reason", Suppressed),
            models.UniqueConstraint(
                fields=["address_key", "reason"],
                condition=Q(list__isnull=True, lifted_at__isnull=True),
                name="suppression_everywhere_once",
            ),
            models.UniqueConstraint(
                fields=["address_key", "list", "reason"],
                condition=Q(list__isnull=False, lifted_at__isnull=True),
                name="suppression_on_list_once",
            ),
        ]
        indexes = [
            # An event asks whether it is older than the address's last lift.
            models.Index(fields=["address_key"], name="suppression_of_address"),
        ]

    def __str__(self) -> str:
        """Return the number, never the address."""
        return f"suppression {self.pk}"
